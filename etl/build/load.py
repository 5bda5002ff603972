"""Writes what was taken in into the raw tables of a build, and tells what differs from the version it was begun from.

A build begins as a copy of the version before, where there is one: rows of files that have not changed stay as they
are, with the time they were loaded. What is compared is the content of accepted rows, a file at a time, so it makes no
difference why a row comes or goes: a new file, a corrected one, one withdrawn, or an area it refers to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import duckdb
import polars as pl

from etl.engines.arrow import as_table, read_frame
from etl.ingest.pipeline import IngestResult
from sql.semantic.extremes import max_date, min_date
from sql.semantic.files import parse_cache
from sql.semantic.periods import add_months

# The columns of a raw table by name, with their types.
Tables = dict[str, list[tuple[str, str]]]
# What meta.loaded has of a file's rows of a table.
FileContent = tuple[str, str | None, str | None, str | None, int, int]
_LOADED = {
    **dict.fromkeys(("table_name", "source_district", "source_file", "source_sheet"), pl.String),
    "rows": pl.Int64,
    "content": pl.UInt64,
}
_FILE = ["source_district", "source_file", "source_sheet"]
# What one file's row in the list of files is known by: its loaded_at is that of this very content.
_SENT = ["district", "file", "sheet", "table_name", "status", "content_hash"]
# The rows of a file, whichever of its names are empty: shapes drawn from their children's have no file.
_OF_THESE_FILES = " and ".join(f'rows."{name}" is not distinct from these."{name}"' for name in _FILE)


@dataclass
class Changes:
    """What differs from the version that a build began from.

    rows: raw tables of which some files' rows differ; those rows, of before and of now, are in a temporary table of the
    name `changed_…`. whole: raw tables that must be taken as altogether new. months: those of the calendar that are
    new, gone, or seen at another date. data_date_moved_back: what had happened by the date before may not have by this
    one.
    """

    changed_tables: set[str] = field(default_factory=set)
    replaced_tables: set[str] = field(default_factory=set)
    months: set[date] = field(default_factory=set)
    data_date_moved_back: bool = False

    def months_of(self, connection: duckdb.DuckDBPyConnection, table: str, column: str) -> set[date]:
        """The months that a date of the changed rows of a raw table lies in."""
        # Table and column are names of contracts, never text from outside.
        found = connection.execute(
            f'select distinct date_trunc(\'month\', "{column}")::date from temp."changed_{table}" '
            f'where "{column}" is not null'
        )
        return {month for (month,) in found.fetchall()}


def load(connection: duckdb.DuckDBPyConnection, intake: IngestResult, data_date: date, now: datetime) -> Changes:
    """Brings the raw tables to the accepted rows and the lists, the calendar to the data date; `now` is when."""
    connection.execute("create schema if not exists raw")
    connection.execute("create schema if not exists meta")
    connection.execute(
        "create table if not exists meta.loaded "
        "(table_name varchar, source_district varchar, source_file varchar, source_sheet varchar, rows bigint, "
        "content ubigint)"
    )
    there = _raw_tables(connection)
    loaded = connection.execute("select * from meta.loaded").fetchall()
    changes = Changes()
    contents = []
    for name, rows in intake.tables.items():
        content = _content(name, rows)
        before = {file for file in loaded if file[0] == name}
        _load_table(
            connection, name, rows.with_columns(loaded_at=pl.lit(now)), set(content.rows()), before, there, changes
        )
        contents.append(content)
    if changes.changed_tables or changes.replaced_tables:
        connection.execute("delete from meta.loaded")
        _insert(connection, "meta.loaded", pl.concat(contents))
    lists = {
        "files": _since(connection, intake.files, now),
        "rejects": intake.rejects,
        "rejected_rows": intake.rejected_rows,
        **intake.derived_tables,
    }
    for name, rows in lists.items():
        _load_list(connection, name, rows, there, changes)
    _load_calendar(connection, calendar(intake.tables["population"], data_date), changes)
    return changes


def calendar(population: pl.DataFrame, data_date: date) -> pl.DataFrame:
    """The months from the first population count to the data date: month, month_end and the date it is seen at."""
    counts = population["as_of"]
    counted = min_date(counts.filter(counts <= data_date)) if len(counts) else None
    first = (counted or data_date).replace(day=1)
    found = pl.DataFrame({"month": _months(first, data_date)})
    return found.with_columns(month_end=pl.col("month").dt.month_end()).with_columns(
        # The last month may be partial: it is seen at the data date.
        observed_on=pl.min_horizontal("month_end", pl.lit(data_date))
    )


def _months(first: date, last: date) -> list[date]:
    """The months from that of one date to that of another."""
    steps = (last.year - first.year) * 12 + last.month - first.month + 1
    return [add_months(first.replace(day=1), step) for step in range(steps)]


def _load_table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    rows: pl.DataFrame,
    content: set[FileContent],
    before: set[FileContent],
    there: Tables,
    changes: Changes,
) -> None:
    """Brings a raw table to `rows`; `content` is theirs by file, `before` that of the version before."""
    if _is_like(there.get(name), rows):
        if content != before:
            _load_differences(connection, name, rows, before - content, content - before)
            changes.changed_tables.add(name)
        return
    with as_table(connection, "accepted", rows):
        connection.execute(f'create or replace table raw."{name}" as select * from accepted')
    changes.replaced_tables.add(name)


def _load_differences(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    rows: pl.DataFrame,
    gone: set[FileContent],
    fresh: set[FileContent],
) -> None:
    """Takes out the rows of files that are gone or differ, and puts in those of files that are new or differ."""
    with as_table(connection, "these", _files_of(gone)):
        connection.execute(
            f'create temp table "changed_{name}" as '
            f'select * from raw."{name}" as rows where exists (from these where {_OF_THESE_FILES})'
        )
        connection.execute(f'delete from raw."{name}" as rows where exists (from these where {_OF_THESE_FILES})')
    new = rows.join(_files_of(fresh), on=_FILE, how="semi", nulls_equal=True)
    _insert(connection, f'raw."{name}"', new)
    _insert(connection, f'temp."changed_{name}"', new)


def _files_of(contents: set[FileContent]) -> pl.DataFrame:
    files = [(district, file, sheet) for _, district, file, sheet, _, _ in contents]
    return pl.DataFrame(files, schema=dict.fromkeys(_FILE, pl.String), orient="row")


def _content(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """By file, how many rows it has and what they say, in whatever order they come."""
    if rows.is_empty():
        return pl.DataFrame(schema=_LOADED)
    # Nobody gains by making two contents look alike: a sum of the rows' hashes tells them apart well enough.
    hashed = rows.select(*_FILE, content=rows.hash_rows(seed=2026))
    by_file = hashed.group_by(_FILE).agg(pl.len().cast(pl.Int64).alias("rows"), pl.col("content").sum())
    return by_file.select(pl.lit(name).alias("table_name"), *_FILE, "rows", "content")


def _since(connection: duckdb.DuckDBPyConnection, files: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """The list of files, with when this very content was first loaded."""
    if "files" not in _raw_tables(connection):
        return files.with_columns(loaded_at=pl.lit(now))
    # Of several sections about files that aren't there each has its row, and all are known by the same.
    before = read_frame(connection, "select * from raw.files").unique(_SENT).select(*_SENT, "loaded_at")
    return files.join(before, on=_SENT, how="left", nulls_equal=True, maintain_order="left").with_columns(
        pl.col("loaded_at").fill_null(now)
    )


def _load_list(
    connection: duckdb.DuckDBPyConnection, name: str, rows: pl.DataFrame, there: Tables, changes: Changes
) -> None:
    """Writes a list anew where it differs."""
    if _is_like(there.get(name), rows):
        before = read_frame(connection, f'select * from raw."{name}"')
        if before.equals(rows.cast(before.schema)):
            return
    with as_table(connection, "accepted", rows):
        connection.execute(f'create or replace table raw."{name}" as select * from accepted')
    changes.replaced_tables.add(name)


def _load_calendar(connection: duckdb.DuckDBPyConnection, months: pl.DataFrame, changes: Changes) -> None:
    before = months.clear()
    if "months" in _raw_tables(connection):
        before = read_frame(connection, "select * from raw.months")
    alike = months.join(before, on=months.columns, how="semi")
    either = pl.concat([months, before]).join(alike, on="month", how="anti")
    changes.months = set(either["month"])
    was, now = max_date(before["observed_on"]), max_date(months["observed_on"])
    if was is not None and now is not None:
        changes.data_date_moved_back = now < was
        # A calendar without a population count is the data date's month alone: what has happened since the date before
        # lies in months that neither calendar has.
        changes.months.update(_months(was, now) if was < now else ())
    with as_table(connection, "accepted", months):
        connection.execute("create or replace table raw.months as select * from accepted")


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    with as_table(connection, "accepted", rows):
        connection.execute(f"insert into {table} by name select * from accepted")


def _raw_tables(connection: duckdb.DuckDBPyConnection) -> Tables:
    """The raw tables by name, with the names and types of their columns."""
    found = connection.execute(
        "select table_name, list((column_name, data_type) order by column_index) from duckdb_columns() "
        "where schema_name = 'raw' and database_name = current_database() group by table_name"
    )
    return dict(found.fetchall())


def _is_like(columns: list[tuple[str, str]] | None, rows: pl.DataFrame) -> bool:
    """Whether a raw table with these columns, None where it is not there, is that of rows of such a schema."""
    return columns is not None and columns == _described(tuple(rows.schema.items()))


def _described(schema: tuple[tuple[str, pl.DataType], ...]) -> list[tuple[str, str]]:
    """Names and types that a table of rows of this schema has, by DuckDB's own word; kept as what a SQL text is."""

    def described() -> list[tuple[str, str]]:
        with duckdb.connect() as connection, as_table(connection, "described", pl.DataFrame(schema=dict(schema))):
            return connection.execute("select column_name, column_type from (describe from described)").fetchall()

    columns = parse_cache.get_or_compute(duckdb.__version__, ("described", schema), described)
    return [(name, kind) for name, kind in columns]
