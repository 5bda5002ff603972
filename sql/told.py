"""What may be told outside the office of the rows of metrics, queries and checks: counts of few people in no file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from sql.disclosure import SMALL, WITHHELD, counted, is_small, lines_of, protected, withheld_together
from sql.files import SqlFile
from sql.metrics import Metric, metric
from sql.readings import Reading
from sql.scope import Scope

_ROW = "row_of_all"
# A count in a sentence: 3 人, 共 4 名; 2 people, 1 worker.
_IN_WORDS = re.compile(
    r"(?<![\d.,<])[1-4](?=\s?(?:人|名|位))"
    r"|(?<![\d.,<])\b[1-4](?= (?:people|persons?|workers?|secretar\w*|deput\w*|participants?|members?)\b)"
)


def of_metric(rows: pl.DataFrame, asked: Metric, by: Sequence[str]) -> pl.DataFrame:
    """A metric's rows by these dimensions, whose areas' codes a map calls `code`."""
    names = [name if name in rows.columns else "code" for name in by]
    lines = [here for here, name in zip(names, by, strict=True) if name in lines_of(asked, by)]
    return protected(rows, counted(asked.file), [name for name in names if name in rows.columns], lines)


def of_file(rows: pl.DataFrame, file: SqlFile) -> pl.DataFrame:
    """The rows of a query or a check, which may add up to totals that a page shows."""
    columns = counted(file)
    if not columns:
        return rows
    told = protected(rows.with_row_index(_ROW), columns, [_ROW]).drop(_ROW)
    return withheld_together(told, [name for name in columns if name in told.columns])


def of_areas(rows: pl.DataFrame, names: Sequence[str], at: Scope, level: str) -> pl.DataFrame:
    """Areas with the values of several metrics side by side, each in a column of its name."""
    counts = []
    for name in names:
        asked = metric(name, at.version)
        columns = counted(asked.file)
        if not columns or name not in rows.columns:
            continue
        counts += [name] if "value" in columns else []
        told = of_metric(asked.rows(at, by=level), asked, [level])
        if told["value"].dtype == pl.String:
            own = told.select(level, pl.col("value").alias(name))
            rows = rows.drop(name).join(own, on=level, how="left", maintain_order="left").select(rows.columns)
    return withheld_together(rows, counts)


def of_reading(read: Reading) -> Reading:
    """A number alone: with a mark in its place where it, or what it is made of, counts few people."""
    found = mark(read.metric, {name: getattr(read, name) for name in ("value", "numerator", "denominator")})
    if not found:
        return read
    return replace(read, value=None, numerator=None, denominator=None, year_change=None, month_change=None, mark=found)


def mark(asked: Metric, row: Mapping[str, float | None]) -> str:
    """What stands in place of a metric's value alone where it, or what it is made of, counts few people; else
    nothing."""
    columns = counted(asked.file)
    if not any(is_small(row[name]) for name in columns):
        return ""
    return SMALL if "value" in columns else WITHHELD


def in_words(text: str) -> str:
    """A sentence with `<5` in place of the counts of few people in it."""
    return _IN_WORDS.sub(SMALL, text)


def of_texts(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows whose cells are written out for readers."""
    return rows.with_columns(
        pl.Series(name, [cell and in_words(cell) for cell in rows[name]], dtype=pl.String)
        for name, dtype in rows.schema.items()
        if dtype == pl.String
    )


def split(rows: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """The rows as numbers that a picture may draw: empty where something else is told in their place."""
    return rows.with_columns(
        pl.when(told[name].is_in([SMALL, WITHHELD])).then(None).otherwise(pl.col(name)).alias(name)
        for name in rows.columns
        if told[name].dtype == pl.String and rows[name].dtype.is_numeric()
    )
