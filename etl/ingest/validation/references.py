"""Checks references between tables against accepted rows only, so that rejecting a row also rejects its dependants."""

import polars as pl

from etl.contracts import Reference, Table, all_tables
from etl.contracts.columns import Frames, metadata_of
from etl.ingest.validation.reasons import no_problems, problems

References = tuple[Reference, ...]

_ROW_ID = ["source_unit", "source_row"]


def check_references(table: Table, rows: pl.DataFrame, accepted: Frames) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Returns the rows whose references all lead to an accepted row, and the problems of the others."""
    if rows.is_empty():
        return rows, no_problems()
    problem_frames = [no_problems()]
    if table.name == "areas":
        rows, misplaced = _reject_misplaced(table, rows)
        problem_frames.append(misplaced)
    is_unknown = pl.lit(False)
    self_references: dict[str, References] = {}
    for column, references in table.columns_with("references").items():
        if any(reference.table == table.name for reference in references):
            self_references[column] = references
            continue
        is_unknown_here = _is_unknown(column, references, accepted)
        problem_frames.append(_reference_problems(table, rows.filter(is_unknown_here), column, references))
        is_unknown = is_unknown | is_unknown_here
    rows = rows.filter(~is_unknown)
    for column, references in self_references.items():
        # Each round rejects the children of the rows rejected in the previous one.
        while (orphans := rows.filter(_is_unknown(column, references, {table.name: rows}))).height:
            problem_frames.append(_reference_problems(table, orphans, column, references))
            rows = rows.join(orphans, on=_ROW_ID, how="anti", maintain_order="left")
        rows, circular = _reject_circular(table, rows, column)
        problem_frames.append(circular)
    return rows, pl.concat(problem_frames)


def _is_unknown(column: str, references: References, targets: Frames) -> pl.Expr:
    is_known = pl.lit(False)
    for reference in references:
        target = targets[reference.table]
        if reference.where is not None:
            filter_column, words = reference.where
            target = target.filter(pl.col(filter_column).is_in(words))
        is_known = is_known | pl.col(column).is_in(target[reference.column].drop_nulls().implode())
    return pl.col(column).is_not_null() & ~is_known


def _reference_problems(table: Table, rows: pl.DataFrame, column: str, references: References) -> pl.DataFrame:
    titles = "或".join(all_tables()[reference.table].title for reference in references)
    chinese_names = "或".join(_chinese_name(reference) for reference in references)
    names = " or ".join(_english_name(reference) for reference in references)
    tables = " or ".join(reference.table for reference in references)
    return problems(
        rows,
        table,
        column,
        f"{table.header(column)} '{{{column}}}' 不在已接受的{chinese_names}里；请改正代码，或先补上{titles}中的那一行",
        f"{column} '{{{column}}}' is not an accepted {names}; correct it, or add the row to {tables} first",
    )


def _chinese_name(reference: Reference) -> str:
    target = all_tables()[reference.table]
    if reference.where is None:
        return target.title
    filter_column, words = reference.where
    labels = metadata_of(target.columns[filter_column])["labels"]
    return f"{target.title}（{'、'.join(labels[word] for word in words)}）"


def _english_name(reference: Reference) -> str:
    name = f"{reference.table}.{reference.column}"
    return name if reference.where is None else f"{name} of a {', '.join(reference.where[1])}"


def _reject_circular(table: Table, rows: pl.DataFrame, column: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Returns the rows whose chain of parents reaches the top, and the problems of those where it is circular."""
    (key,) = table.key
    reached = rows.filter(pl.col(column).is_null())
    remaining = rows.filter(pl.col(column).is_not_null())
    while (children := remaining.filter(pl.col(column).is_in(reached[key].implode()))).height:
        reached = children
        remaining = remaining.join(children, on=_ROW_ID, how="anti")
    circular = problems(
        remaining,
        table,
        column,
        f"从{table.header(column)} '{{{column}}}' 一直向上又回到下级，找不到最高一级；"
        f"请改正其中一行的{table.header(column)}",
        f"{column} '{{{column}}}' leads into a circular chain of parents; correct the {column} of one row",
    )
    return rows.join(remaining, on=_ROW_ID, how="anti", maintain_order="left"), circular


def _reject_misplaced(table: Table, areas: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Returns the areas whose parent is at a higher level, or that are at the top, and the others' problems."""
    parents = areas.select(parent_code="area_code", parent_level="level")
    with_ranks = areas.join(parents, on="parent_code", how="left", maintain_order="left").with_columns(
        rank=pl.col("level").to_physical(), parent_rank=pl.col("parent_level").to_physical()
    )
    is_not_above = pl.col("parent_rank") >= pl.col("rank")
    is_orphan = pl.col("parent_code").is_null() & (pl.col("rank") > pl.col("rank").min())
    problem_frames = [
        problems(
            with_ranks.filter(is_not_above),
            table,
            "parent_code",
            "上级代码 '{parent_code}' 的级别 {parent_level} 不高于本行的级别 {level}；请改正上级代码或级别",
            "parent_code '{parent_code}' is a {parent_level}, which is not above a {level}; correct one of them",
        ),
        problems(
            with_ranks.filter(is_orphan),
            table,
            "parent_code",
            "上级代码为空，而级别 {level} 不是最高一级；请填上级代码",
            "parent_code is empty, but a {level} is not the top level; enter the parent's code",
        ),
    ]
    # Comparing with the unknown level of an absent parent yields null, which is left to the reference check.
    valid_areas = with_ranks.filter(~(is_not_above.fill_null(False) | is_orphan)).select(areas.columns)
    return valid_areas, pl.concat(problem_frames)
