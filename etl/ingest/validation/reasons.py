"""The rejection list: one row a problem, its reason in both languages, personal values hidden."""

import functools
from string import Formatter

import polars as pl

from etl.contracts import Table
from etl.contracts.columns import metadata_of
from etl.ingest.values.masking import hide_numbers_expr

# A problem before its unit is resolved to district, file and sheet.
PROBLEM_SCHEMA = {
    "source_unit": pl.UInt32,
    "source_row": pl.UInt32,
    "column_name": pl.String,
    "value": pl.String,
    "reason_zh": pl.String,
    "reason_en": pl.String,
}


@functools.cache
def no_problems() -> pl.DataFrame:
    """An empty rejection list."""
    return pl.DataFrame(schema=PROBLEM_SCHEMA)


def redact(table: Table, column: str, value: pl.Expr) -> pl.Expr:
    """A value as a rejection list may show it: of a personal one only its first characters, or none.

    `column` may also be none of the table's, whose value is shown as any that isn't personal.
    """
    # A time of day without the fraction of a second it is stored with.
    value = value.cast(pl.String).str.replace(r"(\d\d:\d\d:\d\d)\.0+$", "${1}")
    known = table.columns.get(column)
    match metadata_of(known).get("personal") if known else None:
        case "drop":
            return value.str.slice(0, 3) + "***"
        case "mask":
            return value.str.slice(0, 1) + "*"
        case "restrict":
            return pl.when(value.is_not_null()).then(pl.lit("***"))
        case _:
            return hide_numbers_expr(value)


def problems(
    rows: pl.DataFrame, table: Table, column: str, zh: str, en: str, *, value: str | None = None
) -> pl.DataFrame:
    """One problem for each of `rows`, at `column`.

    The reasons may name columns of `rows` in braces, {name:header} being the header of one; `value` says which
    of them holds the offending value where it isn't `column` itself.
    """
    if rows.is_empty():
        return no_problems()
    return rows.select(
        "source_unit",
        "source_row",
        pl.lit(column).alias("column_name"),
        redact(table, column, pl.col(value or column)).alias("value"),
        _filled(zh, table, column, value).alias("reason_zh"),
        _filled(en, table, column, value).alias("reason_en"),
    ).cast(pl.Schema(PROBLEM_SCHEMA))


def _filled(template: str, table: Table, column: str, value: str | None) -> pl.Expr:
    parts = []
    for literal, name, kind, _ in Formatter().parse(template):
        parts.append(pl.lit(literal))
        if not name:
            continue
        if kind == "header":
            parts.append(pl.lit(table.header(name)))
        else:
            owner = column if name == value else name
            parts.append(redact(table, owner, pl.col(name)).fill_null(""))
    return pl.concat_str(parts)
