"""Runs one build: read, validate, load, model, check, close, reopen and count, publish."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl

from etl.build import anonymity, table_counts, versions
from etl.build.checks import known_outcomes, run_checks
from etl.build.load import Changes, load
from etl.build.models import BuildResult, build_models
from etl.build.rows_folder import load_rows, open_rows, raw_columns, rebuild_calendar
from etl.contracts import all_tables, column_titles
from etl.engines.arrow import read_frame
from etl.ingest.pipeline import IngestResult, ingest_folder
from sql import warehouse
from sql.calendar_day import SHANGHAI
from sql.errors import LinliError, SqlFileError, WarehouseError
from sql.files import parse_cache
from sql.files.sql_file import SQL_FOLDER, SqlFile
from sql.paths import PROJECT, ROWS_CACHE
from sql.security.escaping import escape_invisible
from sql.semantic.catalog import catalog

NATIONAL_STANDARDS = PROJECT / "data" / "standards.csv"
# Memory cap for large builds; beyond it DuckDB spills to disk beside the file. It need not preserve insertion order,
# which would keep rows waiting in memory.
_MANY_ROWS = {"memory_limit": "'4GB'", "preserve_insertion_order": "false"}
Progress = Callable[[int, str], None]
# Builds the models: etl.build.models.build_models, or the same function of another engine.
Engine = Callable[
    [duckdb.DuckDBPyConnection, dict[str, SqlFile | SqlFileError], dict[str, str], Changes, Progress], BuildResult
]


class BuildRefused(LinliError):
    """Signals a build that was not published; the previous version stays current."""

    is_multiline = True


@dataclass(frozen=True)
class _Dates:
    """Holds a version's data date, and the day that it declares as today (None: the calendar decides)."""

    data_date: date
    declared_day: date | None


@dataclass
class Report:
    """Holds the outcome of a build. `name` is the published version; `built_count` of its `model_count` models were
    rebuilt, the others kept their rows."""

    name: str
    data_date: date
    files: pl.DataFrame
    rejects: pl.DataFrame
    checks: list[tuple[SqlFile, int]]
    model_count: int
    built_count: int
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def failed_files(self) -> pl.DataFrame:
        """Returns the files that could not be read; their districts keep their last good rows, or have none."""
        return self.files.filter(pl.col("status").is_in(["failed", "stale"]))


def build(
    source: Path,
    into: Path,
    as_of: date | None = None,
    sql_root: Path = SQL_FOLDER,
    progress: Progress = lambda done, what: None,
    engine: Engine = build_models,
) -> Report:
    """Builds a version from the districts' files and publishes it.

    Raises BuildRefused, SqlFileError or SourceError where nothing is published; the previous version stays current.
    """
    with versions.open_build(into) as path:
        started = time.perf_counter()
        ingest_result = ingest_folder(source, NATIONAL_STANDARDS, _last_good(into), progress, into / ROWS_CACHE)
        data_date = as_of or ingest_result.latest_event
        if data_date is None:
            raise _no_data_date(ingest_result)
        read = time.perf_counter()
        with _start_build(into, path) as connection:
            changes = load(connection, ingest_result, data_date, _now())
            loaded = time.perf_counter()
            dates = _Dates(data_date, as_of or ingest_result.declared_day)
            report = _finish(connection, into, sql_root, dates, source.name, changes, progress, engine)
        _reopen(path, {name: frame.height for name, frame in ingest_result.tables.items()})
        versions.publish(into, path, report.name)
        report.files, report.rejects = ingest_result.files, ingest_result.rejects
        report.seconds = {"read": read - started, "load": loaded - read, "models": time.perf_counter() - loaded}
        return report


def build_rows(
    folder: Path,
    into: Path,
    as_of: date | None = None,
    sql_root: Path = SQL_FOLDER,
    progress: Progress = lambda done, what: None,
    engine: Engine = build_models,
) -> Report:
    """Builds a version from scratch from a rows folder and publishes it.

    Raises RowsError for a folder that cannot be read; otherwise as `build`.
    """
    rows = open_rows(folder)
    data_date = as_of or rows.data_date
    with versions.open_build(into) as path:
        started = time.perf_counter()
        with versions.connect(path) as connection:
            _allow_many_rows(connection)
            progress(0, str(folder))
            counts = load_rows(connection, rows)
            if as_of:
                rebuild_calendar(connection, as_of)
                counts.pop("months")
            loaded = time.perf_counter()
            dates = _Dates(data_date, as_of or rows.declared_day)
            report = _finish(connection, into, sql_root, dates, rows.source, Changes(), progress, engine)
            report.files = read_frame(connection, "select * from raw.files")
            report.rejects = read_frame(connection, "select * from raw.rejects")
        _reopen(path, counts)
        versions.publish(into, path, report.name)
        report.seconds = {"load": loaded - started, "models": time.perf_counter() - loaded}
        return report


def rebuild_models(into: Path, sql_root: Path = SQL_FOLDER, progress: Progress = lambda done, what: None) -> Report:
    """Builds a version from the rows of the current version and today's files of sql/, and publishes it."""
    current = warehouse.intact_version(into)
    with versions.open_build(into) as path:
        started = time.perf_counter()
        shutil.copyfile(current.path, path)
        with versions.connect(path) as connection:
            if not _is_of_files(connection):
                _allow_many_rows(connection)
            _add_missing_columns(connection)
            source = warehouse.fetch_value(connection.execute("select source from meta.build"))
            dates = _Dates(current.data_date, current.declared_day)
            report = _finish(connection, into, sql_root, dates, source, Changes(), progress, build_models)
            report.files = read_frame(connection, "select * from raw.files")
            report.rejects = read_frame(connection, "select * from raw.rejects")
        versions.publish(into, path, report.name)
        report.seconds = {"models": time.perf_counter() - started}
        return report


def _add_missing_columns(connection: duckdb.DuckDBPyConnection) -> None:
    """Adds the columns of the raw tables that an earlier release did not record, empty until the next build from the
    files."""
    for table, columns in raw_columns().items():
        for name, kind in columns.items():
            # The names are those of contracts and lists, never text from outside.
            connection.execute(f'alter table if exists raw."{table}" add column if not exists "{name}" {kind}')


def _start_build(into: Path, path: Path) -> duckdb.DuckDBPyConnection:
    """Returns a connection to a build that starts from a copy of the previous version, where files were its source."""
    previous = _previous_version(into)
    if previous is None:
        return versions.connect(path)
    shutil.copyfile(previous.path, path)
    connection = versions.connect(path)
    if _is_of_files(connection):
        return connection
    # Rows from a rows folder do not show which files have changed.
    connection.close()
    versions.remove(path)
    return versions.connect(path)


def _is_of_files(connection: duckdb.DuckDBPyConnection) -> bool:
    """Returns true where the open database was loaded from districts' files and not from a rows folder."""
    condition = "database_name = current_database() and schema_name = 'meta' and table_name = 'loaded'"
    return bool(connection.execute(f"from duckdb_tables() where {condition}").fetchall())


def _allow_many_rows(connection: duckdb.DuckDBPyConnection) -> None:
    for setting, value in _MANY_ROWS.items():
        connection.execute(f"set {setting} = {value}")


def _previous_version(into: Path) -> warehouse.Version | None:
    """Returns the version that is current before this build; None where there is none to read."""
    try:
        return warehouse.intact_version(into)
    except WarehouseError:
        return None


def _no_data_date(ingest_result: IngestResult) -> BuildRefused:
    locations = [
        escape_invisible(f"{row['district']}/{row['file']}") for row in ingest_result.rejects.iter_rows(named=True)
    ]
    return BuildRefused(
        "没有一行带日期的数据被接受，无法确定数据日期。"
        + _first_reasons(locations, ingest_result.rejects["reason_zh"].to_list()),
        "no row with a date was accepted, so the data date is unknown. "
        + _first_reasons(locations, ingest_result.rejects["reason_en"].to_list()),
    )


def _first_reasons(locations: list[str], reasons: list[str]) -> str:
    """Returns why the first rows were rejected: nothing is published, so `etl rejects` cannot list them."""
    return "".join(
        f"\n{location}: {escape_invisible(reason)}"
        for location, reason in list(zip(locations, reasons, strict=True))[:5]
    )


def _now() -> datetime:
    return datetime.now(SHANGHAI).replace(tzinfo=None, microsecond=0)


def _finish(
    connection: duckdb.DuckDBPyConnection,
    into: Path,
    sql_root: Path,
    dates: _Dates,
    source: str,
    changes: Changes,
    progress: Progress,
    engine: Engine,
) -> Report:
    """Builds the models over loaded rows, runs the checks and writes the version's own record."""
    # A cached list that is a moment old suits a page, but a build needs the files as they are now.
    catalog.clear_cache()
    files = catalog.current_files(sql_root)
    built_with = _built_with(connection)
    table_counts.record(connection, changes)
    result = engine(connection, files, built_with, changes, progress)
    checks = run_checks(connection, files, known_outcomes(connection, files, built_with, result))
    anonymity.check(connection, files)
    parse_cache.save()
    failures = [(file, count) for file, count in checks if count and file.header["severity"] == "error"]
    if failures:
        raise BuildRefused(
            "检查未通过，未发布：" + "；".join(f"{file.title.zh}（{count} 行）" for file, count in failures),
            "not published, checks failed: " + "; ".join(f"{file.title.en} ({count} rows)" for file, count in failures),
        )
    texts = {name: file.text for name, file in files.items() if not isinstance(file, SqlFileError)}
    sql_hash = hashlib.sha256(repr(sorted(texts.items())).encode()).hexdigest()
    now = datetime.now(SHANGHAI)
    name = versions.version_name(into, now.replace(tzinfo=None), sql_hash)
    connection.execute("create schema if not exists meta")
    connection.execute(
        "create or replace table meta.build as select $name as version, $built_at::timestamp as built_at, "
        "$data_date::date as data_date, $today::date as today, $source as source, $sql_hash as sql_hash",
        {
            "name": name,
            "built_at": now.replace(tzinfo=None),
            "data_date": dates.data_date,
            "today": dates.declared_day,
            "source": source,
            "sql_hash": sql_hash,
        },
    )
    # One statement, because each of executemany's is a transaction of its own and is flushed to the disk.
    connection.execute(
        "create or replace table meta.sql_files as select unnest($paths::varchar[]) as path, unnest($texts::varchar[]) "
        "as text",
        {"paths": list(texts), "texts": list(texts.values())},
    )
    titles = column_titles()
    connection.execute(
        "create or replace table meta.column_titles as select unnest($names::varchar[]) as name, "
        "unnest($titles::varchar[]) as title",
        {"names": list(titles), "titles": list(titles.values())},
    )
    connection.execute("create or replace table meta.checks (name varchar, severity varchar, failing_rows bigint)")
    if checks:
        connection.executemany(
            "insert into meta.checks values (?, ?, ?)",
            [[file.name, file.header["severity"], count] for file, count in checks],
        )
    connection.execute("checkpoint")
    return Report(name, dates.data_date, pl.DataFrame(), pl.DataFrame(), checks, result.model_count, result.built_count)


def _built_with(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Returns the texts, by path, of the models that the open database holds."""
    try:
        return dict(connection.execute("select path, text from meta.sql_files").fetchall())
    except duckdb.CatalogException:
        # The build started from an empty database.
        return {}


def _reopen(path: Path, expected_counts: dict[str, int]) -> None:
    """Opens the closed file as a reader would and counts the loaded rows. Raises BuildRefused where rows are
    missing."""
    with duckdb.connect(str(path), read_only=True) as connection:
        select = " union all ".join(f"select '{name}', count(*) from raw.\"{name}\"" for name in expected_counts)
        counts = dict(connection.execute(select).fetchall())
        for name, expected in expected_counts.items():
            if counts[name] != expected:
                raise BuildRefused(
                    f"写入后 {name} 只有 {counts[name]} 行，应为 {expected} 行；未发布，请检查磁盘",
                    f"{name} holds {counts[name]} rows after writing, expected {expected}; "
                    "not published, check the disk",
                )


def _last_good(into: Path) -> Callable[[str, str], pl.DataFrame | None]:
    """Returns a function that looks up a district's rows of a table in the version current before this build."""
    previous = _previous_version(into)
    if previous is None:
        return lambda district, table: None

    def rows(district: str, table: str) -> pl.DataFrame | None:
        district_column = "source_district" if table in all_tables() else "district"
        try:
            rows_of_district = previous.rows(
                f'select * from raw."{table}" where {district_column} = $district', {"district": district}
            )
        except duckdb.CatalogException:
            # The previous version has no such table.
            return None
        return None if rows_of_district.is_empty() else rows_of_district.drop("loaded_at", strict=False)

    return rows
