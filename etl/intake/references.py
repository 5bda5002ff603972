"""References between tables, against accepted rows only, so that a refused row takes its dependants along."""

import polars as pl

from etl.contracts import Reference, Table, registered
from etl.contracts.columns import Frames
from etl.intake.reasons import no_problems, problems

_PLACE = ["source_unit", "source_row"]


def referring(table: Table, rows: pl.DataFrame, accepted: Frames) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows whose references all lead to an accepted row, and the problems of the others."""
    if rows.is_empty():
        return rows, no_problems()
    found = [no_problems()]
    if table.name == "areas":
        rows, misplaced = _in_a_tree(table, rows)
        found.append(misplaced)
    wrong = pl.lit(False)
    own: dict[str, Reference] = {}
    for column, reference in table.where("reference").items():
        if reference.table == table.name:
            own[column] = reference
            continue
        unknown = _unknown(column, accepted[reference.table], reference)
        found.append(_problems(table, rows.filter(unknown), column, reference))
        wrong = wrong | unknown
    rows = rows.filter(~wrong)
    for column, reference in own.items():
        # Each round refuses the rows below those refused in the one before.
        while (lost := rows.filter(_unknown(column, rows, reference))).height:
            found.append(_problems(table, lost, column, reference))
            rows = rows.join(lost, on=_PLACE, how="anti", maintain_order="left")
    return rows, pl.concat(found)


def _unknown(column: str, target: pl.DataFrame, reference: Reference) -> pl.Expr:
    if reference.level is not None:
        target = target.filter(pl.col("level") == reference.level)
    known = target[reference.column].drop_nulls()
    return pl.col(column).is_not_null() & ~pl.col(column).is_in(known.implode())


def _problems(table: Table, rows: pl.DataFrame, column: str, reference: Reference) -> pl.DataFrame:
    target = registered()[reference.table]
    kind_zh = kind_en = ""
    if reference.level is not None:
        kind_zh = f"（{target.columns['level'].metadata['labels'][reference.level]}）"
        kind_en = f" of a {reference.level}"
    return problems(
        rows,
        table,
        column,
        f"{table.header(column)} '{{{column}}}' 不在已接受的{target.title}{kind_zh}里；"
        f"请改正代码，或先补上{target.title}中的那一行",
        f"{column} '{{{column}}}' is not among the accepted {target.name}.{reference.column}{kind_en}; "
        f"correct it, or add the row to {target.name} first",
    )


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
