"""Builds the rejection list: one row per problem, with a reason in Chinese and English, personal values masked."""

import functools
from string import Formatter

import polars as pl

from etl.contracts import Table
from etl.contracts.columns import metadata_of
from etl.ingest.values.masking import hide_numbers_expr

# Columns of a problem before source_unit is resolved to district, file and sheet.
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
    """Returns an empty rejection list."""
    return pl.DataFrame(schema=PROBLEM_SCHEMA)


def redact(table: Table, column: str, value: pl.Expr) -> pl.Expr:
    """Returns a value as a rejection list may show it: of a personal one, only the first characters or none.

    A `column` that is not in the table counts as not personal.
    """
    # Drop the zero fraction of a second that stored times have.
    value = value.cast(pl.String).str.replace(r"(\d\d:\d\d:\d\d)\.0+$", "${1}")
    contract_column = table.columns.get(column)
    match metadata_of(contract_column).get("personal") if contract_column else None:
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
    """Returns one problem at `column` for each of `rows`.

    The reasons may refer to columns of `rows` in braces; {name:header} inserts the column's header. `value` names the
    column with the offending value if it isn't `column` itself.
    """
    if rows.is_empty():
        return no_problems()
    return rows.select(
        "source_unit",
        "source_row",
        pl.lit(column).alias("column_name"),
        redact(table, column, pl.col(value or column)).alias("value"),
        _fill_template(zh, table, column, value).alias("reason_zh"),
        _fill_template(en, table, column, value).alias("reason_en"),
    ).cast(pl.Schema(PROBLEM_SCHEMA))


def _fill_template(template: str, table: Table, column: str, value: str | None) -> pl.Expr:
    parts = []
    for literal, name, format_spec, _ in Formatter().parse(template):
        parts.append(pl.lit(literal))
        if not name:
            continue
        if format_spec == "header":
            parts.append(pl.lit(table.header(name)))
        else:
            owner = column if name == value else name
            parts.append(redact(table, owner, pl.col(name)).fill_null(""))
    return pl.concat_str(parts)
