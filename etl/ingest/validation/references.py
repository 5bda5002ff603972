"""References between tables, against accepted rows only, so that a refused row takes its dependants along."""

import polars as pl

from etl.contracts import Reference, Table, all_tables
from etl.contracts.columns import Frames, metadata_of
from etl.ingest.validation.reasons import no_problems, problems

References = tuple[Reference, ...]

_PLACE = ["source_unit", "source_row"]


def check_references(table: Table, rows: pl.DataFrame, accepted: Frames) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows whose references all lead to an accepted row, and the problems of the others."""
    if rows.is_empty():
        return rows, no_problems()
    found = [no_problems()]
    if table.name == "areas":
        rows, misplaced = _in_a_tree(table, rows)
        found.append(misplaced)
    wrong = pl.lit(False)
    own: dict[str, References] = {}
    for column, references in table.columns_with("references").items():
        if any(reference.table == table.name for reference in references):
            own[column] = references
            continue
        unknown = _unknown(column, references, accepted)
        found.append(_problems(table, rows.filter(unknown), column, references))
        wrong = wrong | unknown
    rows = rows.filter(~wrong)
    for column, references in own.items():
        # Each round refuses the rows below those refused in the one before.
        while (lost := rows.filter(_unknown(column, references, {table.name: rows}))).height:
            found.append(_problems(table, lost, column, references))
            rows = rows.join(lost, on=_PLACE, how="anti", maintain_order="left")
        rows, circular = _without_circles(table, rows, column)
        found.append(circular)
    return rows, pl.concat(found)


def _unknown(column: str, references: References, targets: Frames) -> pl.Expr:
    known = pl.lit(False)
    for reference in references:
        target = targets[reference.table]
        if reference.where is not None:
            narrowing, words = reference.where
            target = target.filter(pl.col(narrowing).is_in(words))
        known = known | pl.col(column).is_in(target[reference.column].drop_nulls().implode())
    return pl.col(column).is_not_null() & ~known


def _problems(table: Table, rows: pl.DataFrame, column: str, references: References) -> pl.DataFrame:
    titles = "或".join(all_tables()[reference.table].title for reference in references)
    among = "或".join(_in_chinese(reference) for reference in references)
    names = " or ".join(_in_english(reference) for reference in references)
    tables = " or ".join(reference.table for reference in references)
    return problems(
        rows,
        table,
        column,
        f"{table.header(column)} '{{{column}}}' 不在已接受的{among}里；请改正代码，或先补上{titles}中的那一行",
        f"{column} '{{{column}}}' is not among the accepted {names}; correct it, or add the row to {tables} first",
    )


def _in_chinese(reference: Reference) -> str:
    target = all_tables()[reference.table]
    if reference.where is None:
        return target.title
    narrowing, words = reference.where
    labels = metadata_of(target.columns[narrowing])["labels"]
    return f"{target.title}（{'、'.join(labels[word] for word in words)}）"


def _in_english(reference: Reference) -> str:
    name = f"{reference.table}.{reference.column}"
    return name if reference.where is None else f"{name} of a {', '.join(reference.where[1])}"


def _without_circles(table: Table, rows: pl.DataFrame, column: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows from which the way up leads to a top, and the problems of those where it leads in a circle."""
    (key,) = table.key
    reached = rows.filter(pl.col(column).is_null())
    left = rows.filter(pl.col(column).is_not_null())
    while (below := left.filter(pl.col(column).is_in(reached[key].implode()))).height:
        reached = below
        left = left.join(below, on=_PLACE, how="anti")
    circular = problems(
        left,
        table,
        column,
        f"从{table.header(column)} '{{{column}}}' 一直向上又回到下级，找不到最高一级；"
        f"请改正其中一行的{table.header(column)}",
        f"from {column} '{{{column}}}' the way up leads in a circle; correct the {column} of one row",
    )
    return rows.join(left, on=_PLACE, how="anti", maintain_order="left"), circular


def _in_a_tree(table: Table, areas: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The areas whose parent stands at a higher level, and that have one unless they are at the top."""
    parents = areas.select(parent_code="area_code", parent_level="level")
    placed = areas.join(parents, on="parent_code", how="left", maintain_order="left").with_columns(
        rank=pl.col("level").to_physical(), parent_rank=pl.col("parent_level").to_physical()
    )
    below = pl.col("parent_rank") >= pl.col("rank")
    orphan = pl.col("parent_code").is_null() & (pl.col("rank") > pl.col("rank").min())
    found = [
        problems(
            placed.filter(below),
            table,
            "parent_code",
            "上级代码 '{parent_code}' 的级别 {parent_level} 不高于本行的级别 {level}；请改正上级代码或级别",
            "parent_code '{parent_code}' is a {parent_level}, not above this {level}; correct one of them",
        ),
        problems(
            placed.filter(orphan),
            table,
            "parent_code",
            "上级代码为空，而级别 {level} 不是最高一级；请填上级代码",
            "parent_code is empty, but a {level} is not the top of the tree; enter the parent's code",
        ),
    ]
    # A comparison with the unknown level of an absent parent is null: left to the reference check.
    kept = placed.filter(~(below.fill_null(False) | orphan)).select(areas.columns)
    return kept, pl.concat(found)
