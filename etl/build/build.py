"""One build: read, validate, load, model, check, close, reopen and count, publish."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import polars as pl

from etl.build import anonymity, versions
from etl.build.checks import known_outcomes, run_checks
from etl.build.load import Changes, load
from etl.build.models import BuildResult, build_models
from etl.build.rows_folder import load_rows, open_rows, rebuild_calendar
from etl.contracts import all_tables
from etl.engines.arrow import read_frame
from etl.ingest.pipeline import IngestResult, ingest_folder
from sql import warehouse
from sql.errors import LinliError, SqlFileError, WarehouseError
from sql.paths import PROJECT, ROWS_CACHE
from sql.security.escaping import escape_invisible
from sql.semantic.files import catalog, parse_cache
from sql.semantic.files.sql_file import SQL_FOLDER, SqlFile

SHANGHAI = ZoneInfo("Asia/Shanghai")
NATIONAL_STANDARDS = PROJECT / "data" / "standards.csv"
# Of many rows DuckDB may hold so much at a time, beyond which it writes beside the building file; rows in the order
# they come would have to be held until their turn.
_MANY_ROWS = {"memory_limit": "'4GB'", "preserve_insertion_order": "false"}
Progress = Callable[[int, str], None]
# What builds the models: etl.build.models.build_models, or as it does another engine.
Engine = Callable[
    [duckdb.DuckDBPyConnection, dict[str, SqlFile | SqlFileError], dict[str, str], Changes, Progress], BuildResult
]


class BuildRefused(LinliError):
    """A build that was not published: the version before stays."""

    has_lines = True


@dataclass
class Report:
    """What a build did. `name` is the version published; of its `models` so many were `built`, the others stayed."""

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
        """The files that could not be read: their districts stay at their last good rows, or empty."""
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

    Raises BuildRefused, SqlFileError or SourceError where nothing is published; the version before stays served.
    """
    with versions.open_build(into) as path:
        started = time.perf_counter()
        intake = ingest_folder(source, NATIONAL_STANDARDS, _last_good(into), progress, into / ROWS_CACHE)
        data_date = as_of or intake.latest_event
        if data_date is None:
            raise _nothing_dated(intake)
        read = time.perf_counter()
        with _begun(into, path) as connection:
            changes = load(connection, intake, data_date, _now())
            loaded = time.perf_counter()
            report = _finish(connection, into, sql_root, data_date, source.name, changes, progress, engine)
        _reopen(path, {name: frame.height for name, frame in intake.tables.items()})
        versions.publish(into, path, report.name)
        report.files, report.rejects = intake.files, intake.rejects
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
    """Builds a version from a rows folder, from nothing, and publishes it.

    Raises RowsError for a folder that cannot be read; else as `build`.
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
            report = _finish(connection, into, sql_root, data_date, rows.source, Changes(), progress, engine)
            report.files = read_frame(connection, "select * from raw.files")
            report.rejects = read_frame(connection, "select * from raw.rejects")
        _reopen(path, counts)
        versions.publish(into, path, report.name)
        report.seconds = {"load": loaded - started, "models": time.perf_counter() - loaded}
        return report


def rebuild_models(into: Path, sql_root: Path = SQL_FOLDER, progress: Progress = lambda done, what: None) -> Report:
    """Builds a version from the rows of the current one and the files of sql/ as they are now, and publishes it."""
    current = warehouse.current_version(into)
    with versions.open_build(into) as path:
        started = time.perf_counter()
        shutil.copyfile(current.path, path)
        with versions.connect(path) as connection:
            if not _is_of_files(connection):
                _allow_many_rows(connection)
            source = warehouse.fetch_value(connection.execute("select source from meta.build"))
            report = _finish(connection, into, sql_root, current.data_date, source, Changes(), progress, build_models)
            report.files = read_frame(connection, "select * from raw.files")
            report.rejects = read_frame(connection, "select * from raw.rejects")
        versions.publish(into, path, report.name)
        report.seconds = {"models": time.perf_counter() - started}
        return report


def _begun(into: Path, path: Path) -> duckdb.DuckDBPyConnection:
    """A connection to a build that begins as a copy of the version before, where one was loaded from files."""
    before = _before(into)
    if before is None:
        return versions.connect(path)
    shutil.copyfile(before.path, path)
    connection = versions.connect(path)
    if _is_of_files(connection):
        return connection
    # Of rows from a rows folder nothing tells which file's have changed.
    connection.close()
    versions.remove(path)
    return versions.connect(path)


def _is_of_files(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the open database was loaded from districts' files, and not from a rows folder."""
    loaded = "database_name = current_database() and schema_name = 'meta' and table_name = 'loaded'"
    return bool(connection.execute(f"from duckdb_tables() where {loaded}").fetchall())


def _allow_many_rows(connection: duckdb.DuckDBPyConnection) -> None:
    for setting, value in _MANY_ROWS.items():
        connection.execute(f"set {setting} = {value}")


def _before(into: Path) -> warehouse.Version | None:
    """The version that is current before this build; None where none is left, and building is the only remedy."""
    try:
        return warehouse.current_version(into)
    except WarehouseError:
        return None


def _nothing_dated(intake: IngestResult) -> BuildRefused:
    places = [escape_invisible(f"{row['district']}/{row['file']}") for row in intake.rejects.iter_rows(named=True)]
    return BuildRefused(
        "没有一行带日期的数据被接受，无法确定数据日期。"
        + _first_reasons(places, intake.rejects["reason_zh"].to_list()),
        "not one row with a date was accepted, so there is no data date. "
        + _first_reasons(places, intake.rejects["reason_en"].to_list()),
    )


def _first_reasons(places: list[str], reasons: list[str]) -> str:
    """Why the first rows were refused: nothing is published, so `etl rejects` can't list them."""
    return "".join(
        f"\n{place}: {escape_invisible(reason)}" for place, reason in list(zip(places, reasons, strict=True))[:5]
    )


def _now() -> datetime:
    return datetime.now(SHANGHAI).replace(tzinfo=None, microsecond=0)


def _finish(
    connection: duckdb.DuckDBPyConnection,
    into: Path,
    sql_root: Path,
    data_date: date,
    source: str,
    changes: Changes,
    progress: Progress,
    engine: Engine,
) -> Report:
    """Models, checks and the version's own record over loaded rows."""
    # What was seen a moment ago is good enough for a page, but a build is of the files as they are.
    catalog.clear_cache()
    files = catalog.current_files(sql_root)
    built_with = _built_with(connection)
    built = engine(connection, files, built_with, changes, progress)
    checks = run_checks(connection, files, known_outcomes(connection, files, built_with, built))
    anonymity.check(connection, files)
    parse_cache.save()
    wrong = [(file, count) for file, count in checks if count and file.header["severity"] == "error"]
    if wrong:
        raise BuildRefused(
            "检查未通过，未发布：" + "；".join(f"{file.title.zh}（{count} 行）" for file, count in wrong),
            "not published, checks failed: " + "; ".join(f"{file.title.en} ({count} rows)" for file, count in wrong),
        )
    texts = {name: file.text for name, file in files.items() if not isinstance(file, SqlFileError)}
    sql_hash = hashlib.sha256(repr(sorted(texts.items())).encode()).hexdigest()
    now = datetime.now(SHANGHAI)
    name = versions.version_name(into, now.replace(tzinfo=None), sql_hash)
    connection.execute("create schema if not exists meta")
    connection.execute(
        "create or replace table meta.build as select $name as version, $built_at::timestamp as built_at, "
        "$data_date::date as data_date, $source as source, $sql_hash as sql_hash",
        {
            "name": name,
            "built_at": now.replace(tzinfo=None),
            "data_date": data_date,
            "source": source,
            "sql_hash": sql_hash,
        },
    )
    # One statement: each of executemany's is a transaction of its own, flushed to the disk.
    connection.execute(
        "create or replace table meta.sql_files as select unnest($paths::varchar[]) as path, unnest($texts::varchar[]) "
        "as text",
        {"paths": list(texts), "texts": list(texts.values())},
    )
    connection.execute("create or replace table meta.checks (name varchar, severity varchar, failing_rows bigint)")
    if checks:
        connection.executemany(
            "insert into meta.checks values (?, ?, ?)",
            [[file.name, file.header["severity"], count] for file, count in checks],
        )
    connection.execute("checkpoint")
    return Report(name, data_date, pl.DataFrame(), pl.DataFrame(), checks, built.model_count, built.built_count)


def _built_with(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The texts, by path, of the models that the open database holds."""
    try:
        return dict(connection.execute("select path, text from meta.sql_files").fetchall())
    except duckdb.CatalogException:
        # It begins empty.
        return {}


def _reopen(path: Path, loaded: dict[str, int]) -> None:
    """Opens the closed file as a reader would and counts what was loaded. Raises BuildRefused where rows are
    missing."""
    with duckdb.connect(str(path), read_only=True) as connection:
        every = " union all ".join(f"select '{name}', count(*) from raw.\"{name}\"" for name in loaded)
        counts = dict(connection.execute(every).fetchall())
        for name, expected in loaded.items():
            if counts[name] != expected:
                raise BuildRefused(
                    f"写入后 {name} 只有 {counts[name]} 行，应为 {expected} 行；未发布，请检查磁盘",
                    f"{name} holds {counts[name]} rows after writing instead of {expected}; "
                    "not published, check the disk",
                )


def _last_good(into: Path) -> Callable[[str, str], pl.DataFrame | None]:
    """Looks up a district's rows of a table in the version that is current before this build."""
    before = _before(into)
    if before is None:
        return lambda district, table: None

    def rows(district: str, table: str) -> pl.DataFrame | None:
        sent_by = "source_district" if table in all_tables() else "district"
        try:
            found = before.rows(f'select * from raw."{table}" where {sent_by} = $district', {"district": district})
        except duckdb.CatalogException:
            # The version before knew no such table.
            return None
        return None if found.is_empty() else found.drop("loaded_at", strict=False)

    return rows
