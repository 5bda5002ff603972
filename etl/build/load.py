"""Loads ingested rows into the raw tables of a build and reports what differs from the previous version.

A build starts from a copy of the previous version, where there is one. Rows of unchanged files stay, with the time they
were loaded. The content of the accepted rows is compared file by file, so the reason for a difference does not matter:
a new file, a corrected one, a withdrawn one, or a changed area that a row refers to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import duckdb
import polars as pl

from etl.contracts import all_tables
from etl.engines.arrow import as_table, read_frame
from etl.ingest.pipeline import IngestResult
from sql.files import parse_cache
from sql.semantic.extremes import max_date, min_date
from sql.semantic.periods import add_months

# The columns of a raw table by name, with their types.
Tables = dict[str, list[tuple[str, str]]]
# A row of meta.loaded: the content of one file in one table.
FileContent = tuple[str, str | None, str | None, str | None, int, int]
_LOADED = {
    **dict.fromkeys(("table_name", "source_district", "source_file", "source_sheet"), pl.String),
    "rows": pl.Int64,
    "content": pl.UInt64,
}
_FILE = ["source_district", "source_file", "source_sheet"]
# Identifies a file with its content in the list of files; the same content keeps its loaded_at and received_on.
_FILE_KEY = ["district", "file", "sheet", "table_name", "status", "content_hash"]
_RECEIPTS = {
    **dict.fromkeys(_FILE_KEY, pl.String()),
    "loaded_at": pl.Datetime("us"),
    "received_on": pl.Date(),
    "valid_on": pl.Date(),
}
# Matches the rows of a file even where some of its names are null: shapes derived from child areas have no file.
_OF_THESE_FILES = " and ".join(f'rows."{name}" is not distinct from these."{name}"' for name in _FILE)


@dataclass
class Changes:
    """Describes what differs from the version that a build started from.

    changed_tables: raw tables in which the rows of some files differ; their rows, old and new, are in a temporary table
    called `changed_…`. replaced_tables: raw tables that count as entirely new. months: months of the calendar that are
    new, gone, or observed at another date. data_date_moved_back: the data date is earlier than before, so events of the
    previous version may not have happened yet.
    """

    changed_tables: set[str] = field(default_factory=set)
    replaced_tables: set[str] = field(default_factory=set)
    months: set[date] = field(default_factory=set)
    data_date_moved_back: bool = False

    def months_of(self, connection: duckdb.DuckDBPyConnection, table: str, column: str) -> set[date]:
        """Returns the months of a date column in the changed rows of a raw table."""
        # Table and column are names from the contracts, never text from outside.
        rows = connection.execute(
            f'select distinct date_trunc(\'month\', "{column}")::date from temp."changed_{table}" '
            f'where "{column}" is not null'
        )
        return {month for (month,) in rows.fetchall()}


def load(connection: duckdb.DuckDBPyConnection, ingest_result: IngestResult, data_date: date, now: datetime) -> Changes:
    """Brings the raw tables, lists and calendar up to date with the ingested rows and the data date.

    `now` becomes the `loaded_at` of new content.
    """
    connection.execute("create schema if not exists raw")
    connection.execute("create schema if not exists meta")
    connection.execute(
        "create table if not exists meta.loaded "
        "(table_name varchar, source_district varchar, source_file varchar, source_sheet varchar, rows bigint, "
        "content ubigint)"
    )
    existing_tables = _raw_tables(connection)
    loaded_files = connection.execute("select * from meta.loaded").fetchall()
    changes = Changes()
    contents = []
    for name, rows in ingest_result.tables.items():
        content = _content(name, rows)
        previous_content = {file for file in loaded_files if file[0] == name}
        _load_table(
            connection,
            name,
            rows.with_columns(loaded_at=pl.lit(now)),
            set(content.rows()),
            previous_content,
            existing_tables,
            changes,
        )
        contents.append(content)
    if changes.changed_tables or changes.replaced_tables:
        connection.execute("delete from meta.loaded")
        _insert(connection, "meta.loaded", pl.concat(contents))
    lists = {
        "files": _with_receipt(connection, ingest_result.files, now),
        "rejects": ingest_result.rejects,
        "rejected_rows": ingest_result.rejected_rows,
        **ingest_result.derived_tables,
    }
    for name, rows in lists.items():
        _load_list(connection, name, rows, existing_tables, changes)
    _load_calendar(connection, calendar(ingest_result.tables["population"], data_date), changes)
    return changes


def calendar(population: pl.DataFrame, data_date: date) -> pl.DataFrame:
    """Returns the months from the first population count to the data date: month, month_end and observed_on."""
    counts = population["as_of"]
    first_count = min_date(counts.filter(counts <= data_date)) if len(counts) else None
    first = (first_count or data_date).replace(day=1)
    months = pl.DataFrame({"month": _months(first, data_date)})
    return months.with_columns(month_end=pl.col("month").dt.month_end()).with_columns(
        # The last month may be partial; it is observed at the data date.
        observed_on=pl.min_horizontal("month_end", pl.lit(data_date))
    )


def _months(first: date, last: date) -> list[date]:
    """Returns the first days of the months from one date's month to another's."""
    steps = (last.year - first.year) * 12 + last.month - first.month + 1
    return [add_months(first.replace(day=1), step) for step in range(steps)]


def _load_table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    rows: pl.DataFrame,
    content: set[FileContent],
    previous_content: set[FileContent],
    existing_tables: Tables,
    changes: Changes,
) -> None:
    """Brings a raw table up to date with `rows`, whose content by file is `content`."""
    if _has_schema_of(existing_tables.get(name), rows):
        if content != previous_content:
            _load_differences(connection, name, rows, previous_content - content, content - previous_content)
            changes.changed_tables.add(name)
        return
    with as_table(connection, "accepted", rows):
        connection.execute(f'create or replace table raw."{name}" as select * from accepted')
    changes.replaced_tables.add(name)


def _load_differences(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    rows: pl.DataFrame,
    old_content: set[FileContent],
    new_content: set[FileContent],
) -> None:
    """Deletes the rows of files that are gone or differ and inserts those of files that are new or differ."""
    with as_table(connection, "these", _files_of(old_content)):
        connection.execute(
            f'create temp table "changed_{name}" as '
            f'select * from raw."{name}" as rows where exists (from these where {_OF_THESE_FILES})'
        )
        connection.execute(f'delete from raw."{name}" as rows where exists (from these where {_OF_THESE_FILES})')
    new_rows = rows.join(_files_of(new_content), on=_FILE, how="semi", nulls_equal=True)
    _insert(connection, f'raw."{name}"', new_rows)
    _insert(connection, f'temp."changed_{name}"', new_rows)


def _files_of(contents: set[FileContent]) -> pl.DataFrame:
    files = [(district, file, sheet) for _, district, file, sheet, _, _ in contents]
    return pl.DataFrame(files, schema=dict.fromkeys(_FILE, pl.String), orient="row")


def _content(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Returns the number of rows of each file and a hash of them that does not depend on their order."""
    if rows.is_empty():
        return pl.DataFrame(schema=_LOADED)
    # Nobody gains from forging a collision, so a sum of the rows' hashes is enough to notice a difference.
    hashes = rows.select(*_FILE, content=rows.hash_rows(seed=2026))
    by_file = hashes.group_by(_FILE).agg(pl.len().cast(pl.Int64).alias("rows"), pl.col("content").sum())
    return by_file.select(pl.lit(name).alias("table_name"), *_FILE, "rows", "content")


def _with_receipt(connection: duckdb.DuckDBPyConnection, files: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Returns the list of files with the time when their present content was first loaded, the day it was received, and
    the day for which a register's rows are valid."""
    previous_files = _previous_files(connection)
    # Several sections about missing files have a row each under the same key.
    receipts = previous_files.unique(_FILE_KEY).select(*_FILE_KEY, "loaded_at", "received_on")
    return (
        files.join(receipts, on=_FILE_KEY, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(pl.col("loaded_at").fill_null(now))
        # A file may have lain in the folder for weeks before a warehouse first loads it.
        .with_columns(pl.col("received_on").fill_null(pl.min_horizontal("modified_on", pl.col("loaded_at").dt.date())))
        .with_columns(_valid_on(previous_files))
        .drop("modified_on")
    )


def _previous_files(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Returns the list of files of the version that the build started from; empty where there is none."""
    if "files" not in _raw_tables(connection):
        return pl.DataFrame(schema=_RECEIPTS)
    previous_files = read_frame(connection, "select * from raw.files")
    # An earlier release recorded neither day.
    missing = [name for name in ("received_on", "valid_on") if name not in previous_files.columns]
    added = {name: pl.lit(None, pl.Date) for name in missing}
    return previous_files.with_columns(**added).select(list(_RECEIPTS))


def _valid_on(previous_files: pl.DataFrame) -> pl.Expr:
    """Returns the day for which a register's rows are valid: declared in the file, else the day it was received; of a
    file that could not be read, that of the last good rows; null for tables of events and files without a good row."""
    registers = [table.name for table in all_tables().values() if table.is_register]
    last_good = {
        f"{district}/{table}": day
        for district, table, day in previous_files.group_by("district", "table_name")
        .agg(pl.col("valid_on").max())
        .drop_nulls()
        .iter_rows()
    }
    is_good = (pl.col("status") == "loaded") & ((pl.col("rows_loaded") > 0) | (pl.col("rows_read") == 0))
    return (
        pl.when(is_good & pl.col("table_name").is_in(registers))
        .then(pl.coalesce("valid_on", "received_on"))
        .when(pl.col("status") == "stale")
        .then(
            pl.coalesce(
                "valid_on",
                pl.concat_str("district", pl.lit("/"), "table_name").replace_strict(
                    last_good, default=None, return_dtype=pl.Date
                ),
            )
        )
        .alias("valid_on")
    )


def _load_list(
    connection: duckdb.DuckDBPyConnection, name: str, rows: pl.DataFrame, existing_tables: Tables, changes: Changes
) -> None:
    """Replaces a list where it differs."""
    if _has_schema_of(existing_tables.get(name), rows):
        previous_rows = read_frame(connection, f'select * from raw."{name}"')
        if previous_rows.equals(rows.cast(previous_rows.schema)):
            return
    with as_table(connection, "accepted", rows):
        connection.execute(f'create or replace table raw."{name}" as select * from accepted')
    changes.replaced_tables.add(name)


def _load_calendar(connection: duckdb.DuckDBPyConnection, months: pl.DataFrame, changes: Changes) -> None:
    previous_months = months.clear()
    if "months" in _raw_tables(connection):
        previous_months = read_frame(connection, "select * from raw.months")
    unchanged = months.join(previous_months, on=months.columns, how="semi")
    changed = pl.concat([months, previous_months]).join(unchanged, on="month", how="anti")
    changes.months = set(changed["month"])
    previous_date, new_date = max_date(previous_months["observed_on"]), max_date(months["observed_on"])
    if previous_date is not None and new_date is not None:
        changes.data_date_moved_back = new_date < previous_date
        # Without a population count the calendar is the month of the data date alone. Events since the previous data
        # date are then in months that neither calendar has.
        changes.months.update(_months(previous_date, new_date) if previous_date < new_date else ())
    with as_table(connection, "accepted", months):
        connection.execute("create or replace table raw.months as select * from accepted")


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    with as_table(connection, "accepted", rows):
        connection.execute(f"insert into {table} by name select * from accepted")


def _raw_tables(connection: duckdb.DuckDBPyConnection) -> Tables:
    """Returns the raw tables by name, with the names and types of their columns."""
    rows = connection.execute(
        "select table_name, list((column_name, data_type) order by column_index) from duckdb_columns() "
        "where schema_name = 'raw' and database_name = current_database() group by table_name"
    )
    return dict(rows.fetchall())


def _has_schema_of(columns: list[tuple[str, str]] | None, rows: pl.DataFrame) -> bool:
    """Returns true where a raw table with these columns (None: no such table) fits the schema of the rows."""
    return columns is not None and columns == _duckdb_columns(tuple(rows.schema.items()))


def _duckdb_columns(schema: tuple[tuple[str, pl.DataType], ...]) -> list[tuple[str, str]]:
    """Returns the names and types that DuckDB gives the columns of a schema. The parse cache keeps the answer."""

    def describe() -> list[tuple[str, str]]:
        with duckdb.connect() as connection, as_table(connection, "described", pl.DataFrame(schema=dict(schema))):
            return connection.execute("select column_name, column_type from (describe from described)").fetchall()

    columns = parse_cache.get_or_compute(duckdb.__version__, ("described", schema), describe)
    return [(name, kind) for name, kind in columns]
