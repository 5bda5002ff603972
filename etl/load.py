"""Writes what was taken in into the raw tables of a build, and tells what differs from the version it was begun from.

A build begins as a copy of the version before, where there is one: rows of files that have not changed stay as they are,
with the time they were loaded. What is compared is the content of accepted rows, a file at a time, so it makes no
difference why a row comes or goes: a new file, a corrected one, one withdrawn, or an area it refers to.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import duckdb
import polars as pl

from etl.intake import Intake
from sql.periods import add_months

_FILE = ["source_district", "source_file", "source_sheet"]
# What one file's row in the list of files is known by: its loaded_at is that of this very content.
_SENT = ["district", "file", "sheet", "table_name", "status", "content_hash"]
# The rows of a file, whichever of its names are empty: shapes drawn from their children's have no file.
_OF_THESE_FILES = " and ".join(f'rows."{name}" is not distinct from these."{name}"' for name in _FILE)


@dataclass
class Changes:
    """What differs from the version that a build began from.

    rows: raw tables of which some files' rows differ; those rows, of before and of now, are in a temporary table of the
    name `changed_…`. whole: raw tables that must be taken as altogether new. months: those of the calendar that are new,
    gone, or seen at another date. data_date_moved_back: what had happened by the date before may not have by this one.
    """

    rows: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    months: set[date] = field(default_factory=set)
    data_date_moved_back: bool = False

    def months_of(self, connection: duckdb.DuckDBPyConnection, table: str, column: str) -> set[date]:
        """The months that a date of the changed rows of a raw table lies in."""
        # Table and column are names of contracts, never text from outside.
        found = connection.execute(
            f'select distinct date_trunc(\'month\', "{column}")::date from temp."changed_{table}" where "{column}" is not null'
        )
        return {month for (month,) in found.fetchall()}


def load(connection: duckdb.DuckDBPyConnection, intake: Intake, data_date: date, now: datetime) -> Changes:
    """Brings the raw tables to the accepted rows and the lists, the calendar to the data date; `now` is when."""
    connection.execute("create schema if not exists raw")
    connection.execute("create schema if not exists meta")
    connection.execute(
        "create table if not exists meta.loaded "
        "(table_name varchar, source_district varchar, source_file varchar, source_sheet varchar, rows bigint, content ubigint)"
    )
    changes = Changes()
    for name, rows in intake.tables.items():
        _load_table(connection, name, rows, now, changes)
    lists = {
        "files": _since(connection, intake.files, now), "rejects": intake.rejects, "rejected_rows": intake.rejected_rows,
        **intake.findings,
    }
    for name, rows in lists.items():
        _load_list(connection, name, rows, changes)
    _load_calendar(connection, calendar(intake.tables["population"], data_date), changes)
    return changes


def calendar(population: pl.DataFrame, data_date: date) -> pl.DataFrame:
    """The months from the first population count to the data date: month, month_end and the date it is seen at."""
    counts = population["as_of"]
    earliest = counts.filter(counts <= data_date).min() if len(counts) else None
    first = (earliest or data_date).replace(day=1)
    months = (data_date.year - first.year) * 12 + data_date.month - first.month + 1
    found = pl.DataFrame({"month": [add_months(first, step) for step in range(months)]})
    return found.with_columns(month_end=pl.col("month").dt.month_end()).with_columns(
        # The last month may be partial: it is seen at the data date.
        observed_on=pl.min_horizontal("month_end", pl.lit(data_date))
    )


def _load_table(
    connection: duckdb.DuckDBPyConnection, name: str, rows: pl.DataFrame, now: datetime, changes: Changes
) -> None:
    rows = rows.with_columns(loaded_at=pl.lit(now))
    content = _content(name, rows.drop("loaded_at"))
    before = _columns(connection, name)
    if before != _described(connection, rows):
        if before:
            connection.execute(f'drop table raw."{name}"')
        connection.register("accepted", rows)
        connection.execute(f'create table raw."{name}" as select * from accepted')
        connection.unregister("accepted")
        changes.whole.add(name)
    else:
        _load_differences(connection, name, rows, content, changes)
    connection.execute("delete from meta.loaded where table_name = $name", {"name": name})
    _insert(connection, "meta.loaded", content)


def _load_differences(
    connection: duckdb.DuckDBPyConnection, name: str, rows: pl.DataFrame, content: pl.DataFrame, changes: Changes
) -> None:
    """Takes out the rows of files that are gone or differ, and puts in those of files that are new or differ."""
    loaded = connection.sql("select * from meta.loaded where table_name = $name", params={"name": name}).pl()
    every = loaded.columns
    gone = loaded.join(content, on=every, how="anti", nulls_equal=True).select(_FILE)
    fresh = content.join(loaded, on=every, how="anti", nulls_equal=True).select(_FILE)
    if gone.is_empty() and fresh.is_empty():
        return
    connection.register("these", gone)
    connection.execute(
        f'create temp table "changed_{name}" as '
        f'select * from raw."{name}" as rows where exists (from these where {_OF_THESE_FILES})'
    )
    connection.execute(f'delete from raw."{name}" as rows where exists (from these where {_OF_THESE_FILES})')
    connection.unregister("these")
    new = rows.join(fresh, on=_FILE, how="semi", nulls_equal=True)
    _insert(connection, f'raw."{name}"', new)
    _insert(connection, f'temp."changed_{name}"', new)
    changes.rows.add(name)


def _content(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """By file, how many rows it has and what they say, in whatever order they come."""
    # Nobody gains by making two contents look alike: a sum of the rows' hashes tells them apart well enough.
    hashed = rows.select(*_FILE, content=rows.hash_rows(seed=2026))
    by_file = hashed.group_by(_FILE).agg(pl.len().cast(pl.Int64).alias("rows"), pl.col("content").sum())
    return by_file.select(pl.lit(name).alias("table_name"), *_FILE, "rows", "content")


def _since(connection: duckdb.DuckDBPyConnection, files: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """The list of files, with when this very content was first loaded."""
    if not _columns(connection, "files"):
        return files.with_columns(loaded_at=pl.lit(now))
    before = connection.sql("select * from raw.files").pl().select(*_SENT, "loaded_at")
    return files.join(before, on=_SENT, how="left", nulls_equal=True, maintain_order="left").with_columns(
        pl.col("loaded_at").fill_null(now)
    )


def _load_list(connection: duckdb.DuckDBPyConnection, name: str, rows: pl.DataFrame, changes: Changes) -> None:
    """Writes a list anew where it differs."""
    connection.register("accepted", rows)
    if _columns(connection, name) == _described(connection, rows):
        before = connection.sql(f'select * from raw."{name}"').pl()
        if before.equals(rows.cast(before.schema)):
            connection.unregister("accepted")
            return
    connection.execute(f'create or replace table raw."{name}" as select * from accepted')
    connection.unregister("accepted")
    changes.whole.add(name)


def _load_calendar(connection: duckdb.DuckDBPyConnection, months: pl.DataFrame, changes: Changes) -> None:
    before = months.clear()
    if _columns(connection, "months"):
        before = connection.sql("select * from raw.months").pl()
    alike = months.join(before, on=months.columns, how="semi")
    either = pl.concat([months, before]).join(alike, on="month", how="anti")
    changes.months = set(either["month"])
    if before["observed_on"].len():
        changes.data_date_moved_back = months["observed_on"].max() < before["observed_on"].max()
    connection.register("accepted", months)
    connection.execute("create or replace table raw.months as select * from accepted")
    connection.unregister("accepted")


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    connection.register("accepted", rows)
    connection.execute(f"insert into {table} by name select * from accepted")
    connection.unregister("accepted")


def _columns(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[str, str]]:
    """Names and types of a raw table's columns; none where there is no such table."""
    return connection.execute(
        "select column_name, data_type from duckdb_columns() "
        "where schema_name = 'raw' and table_name = $name and database_name = current_database() order by column_index",
        {"name": name},
    ).fetchall()


def _described(connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame) -> list[tuple[str, str]]:
    """Names and types that a table of these rows would have."""
    connection.register("described", rows.clear())
    found = connection.execute("select column_name, column_type from (describe from described)").fetchall()
    connection.unregister("described")
    return found
