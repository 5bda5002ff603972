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

from etl import versions
from etl.intake import Intake, take_in
from etl.models import build_models, run_checks
from sql import catalog, warehouse
from sql.errors import LinliError, SqlFileError
from sql.files import SQL, SqlFile
from sql.periods import add_months

SHANGHAI = ZoneInfo("Asia/Shanghai")
NATIONAL_STANDARDS = warehouse.PROJECT / "data" / "standards.csv"
Progress = Callable[[int, str], None]


class BuildRefused(LinliError):
    """A build that was not published: the version before stays."""


@dataclass
class Report:
    """What a build did. `name` is the version published."""

    name: str
    data_date: date
    files: pl.DataFrame
    rejects: pl.DataFrame
    checks: list[tuple[SqlFile, int]]
    models: int
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def failed(self) -> pl.DataFrame:
        """The files that could not be read: their districts stay at their last good rows, or empty."""
        return self.files.filter(pl.col("status").is_in(["failed", "stale"]))


def build(
    source: Path,
    into: Path,
    as_of: date | None = None,
    sql_root: Path = SQL,
    progress: Progress = lambda done, what: None,
) -> Report:
    """Builds a version from the districts' files and publishes it.

    Raises BuildRefused, SqlFileError or SourceError where nothing is published; the version before stays served.
    """
    with versions.building(into) as path:
        started = time.perf_counter()
        intake = take_in(source, NATIONAL_STANDARDS, _last_good(into), progress, into / "kept")
        read = time.perf_counter()
        with duckdb.connect(str(path)) as connection:
            data_date = _load(connection, intake, as_of)
            loaded = time.perf_counter()
            report = _finish(connection, sql_root, data_date, source.name, progress)
        _reopen(path, intake)
        versions.publish(into, path, report.name)
        report.files, report.rejects = intake.files, intake.rejects
        report.seconds = {
            "read": read - started, "load": loaded - read, "models": time.perf_counter() - loaded,
        }
        return report


def rebuild_models(into: Path, sql_root: Path = SQL, progress: Progress = lambda done, what: None) -> Report:
    """Builds a version from the rows of the current one and the files of sql/ as they are now, and publishes it."""
    current = warehouse.current(into)
    with versions.building(into) as path:
        started = time.perf_counter()
        shutil.copyfile(current.path, path)
        with duckdb.connect(str(path)) as connection:
            source = connection.execute("select source from meta.build").fetchone()[0]
            _drop_models(connection)
            report = _finish(connection, sql_root, current.data_date, source, progress)
            report.files = connection.sql("select * from raw.files").pl()
            report.rejects = connection.sql("select * from raw.rejects").pl()
        versions.publish(into, path, report.name)
        report.seconds = {"models": time.perf_counter() - started}
        return report


def _load(connection: duckdb.DuckDBPyConnection, intake: Intake, as_of: date | None) -> date:
    """Writes the accepted rows as raw tables, with the calendar; returns the data date."""
    now = datetime.now(SHANGHAI).replace(tzinfo=None, microsecond=0)
    data_date = as_of or intake.latest_event
    if data_date is None:
        places = [f"{row['district']}/{row['file']}" for row in intake.rejects.iter_rows(named=True)]
        raise BuildRefused(
            "没有一行带日期的数据被接受，无法确定数据日期。"
            + _first_reasons(places, intake.rejects["reason_zh"].to_list()),
            "not one row with a date was accepted, so there is no data date. "
            + _first_reasons(places, intake.rejects["reason_en"].to_list()),
        )
    connection.execute("create schema raw")
    frames = {
        **intake.tables, "files": intake.files, "rejects": intake.rejects, "rejected_rows": intake.rejected_rows,
    }
    for name, frame in frames.items():
        frame = frame.with_columns(pl.col(pl.Enum, pl.Categorical).cast(pl.String), loaded_at=pl.lit(now))
        connection.register("accepted", frame)
        connection.execute(f'create table raw."{name}" as select * from accepted')
        connection.unregister("accepted")
    connection.register("accepted", _calendar(intake, data_date))
    connection.execute("create table raw.months as select * from accepted")
    connection.unregister("accepted")
    return data_date


def _first_reasons(places: list[str], reasons: list[str]) -> str:
    """Why the first rows were refused: nothing is published, so `etl rejects` can't list them."""
    return "".join(f"\n{place}: {reason}" for place, reason in list(zip(places, reasons, strict=True))[:5])


def _calendar(intake: Intake, data_date: date) -> pl.DataFrame:
    """The months from the first population count to the data date: month, month_end and the date it is seen at."""
    counts = intake.tables["population"]["as_of"]
    earliest = counts.filter(counts <= data_date).min() if len(counts) else None
    first = (earliest or data_date).replace(day=1)
    months = (data_date.year - first.year) * 12 + data_date.month - first.month + 1
    calendar = pl.DataFrame({"month": [add_months(first, step) for step in range(months)]})
    return calendar.with_columns(month_end=pl.col("month").dt.month_end()).with_columns(
        # The last month may be partial: it is seen at the data date.
        observed_on=pl.min_horizontal("month_end", pl.lit(data_date))
    )


def _finish(
    connection: duckdb.DuckDBPyConnection,
    sql_root: Path,
    data_date: date,
    source: str,
    progress: Progress,
) -> Report:
    """Models, checks and the version's own record over loaded rows."""
    files = catalog.current(sql_root)
    models = build_models(connection, files, progress)
    checks = run_checks(connection, files)
    wrong = [(file, count) for file, count in checks if count and file.header["severity"] == "error"]
    if wrong:
        raise BuildRefused(
            "检查未通过，未发布：" + "；".join(f"{file.title.zh}（{count} 行）" for file, count in wrong),
            "not published, checks failed: " + "; ".join(f"{file.title.en} ({count} rows)" for file, count in wrong),
        )
    texts = {name: file.text for name, file in files.items() if not isinstance(file, SqlFileError)}
    sql_hash = hashlib.sha256(repr(sorted(texts.items())).encode()).hexdigest()
    now = datetime.now(SHANGHAI)
    name = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}-{sql_hash[:8]}"
    connection.execute("create schema meta")
    connection.execute(
        "create table meta.build as select $name as version, $built_at::timestamp as built_at, "
        "$data_date::date as data_date, $source as source, $sql_hash as sql_hash",
        {
            "name": name, "built_at": now.replace(tzinfo=None), "data_date": data_date,
            "source": source, "sql_hash": sql_hash,
        },
    )
    # One statement: each of executemany's is a transaction of its own, flushed to the disk.
    connection.execute(
        "create table meta.sql_files as select unnest($paths::varchar[]) as path, unnest($texts::varchar[]) as text",
        {"paths": list(texts), "texts": list(texts.values())},
    )
    connection.execute("create table meta.checks (name varchar, severity varchar, failing_rows bigint)")
    if checks:
        connection.executemany(
            "insert into meta.checks values (?, ?, ?)",
            [[file.name, file.header["severity"], count] for file, count in checks],
        )
    connection.execute("checkpoint")
    return Report(name, data_date, pl.DataFrame(), pl.DataFrame(), checks, models)


def _reopen(path: Path, intake: Intake) -> None:
    """Opens the closed file as a reader would and counts what was loaded. Raises BuildRefused where rows are missing."""
    with duckdb.connect(str(path), read_only=True) as connection:
        for name, frame in intake.tables.items():
            count = connection.execute(f'select count(*) from raw."{name}"').fetchone()[0]
            if count != frame.height:
                raise BuildRefused(
                    f"写入后 {name} 只有 {count} 行，应为 {frame.height} 行；未发布，请检查磁盘",
                    f"{name} holds {count} rows after writing instead of {frame.height}; not published, check the disk",
                )


def _last_good(into: Path) -> Callable[[str, str], pl.DataFrame | None]:
    """Looks up a district's accepted rows of a table in the version that is current before this build."""
    # Where no version is left at all, building is the only remedy.
    if versions.pointed(into) is None or not versions.names(into):
        return lambda district, table: None
    before = warehouse.current(into)

    def rows(district: str, table: str) -> pl.DataFrame | None:
        try:
            found = before.rows(
                f'select * exclude (loaded_at) from raw."{table}" where source_district = $district',
                {"district": district},
            )
        except duckdb.CatalogException:
            # The version before knew no such table.
            return None
        return None if found.is_empty() else found

    return rows


def _drop_models(connection: duckdb.DuckDBPyConnection) -> None:
    """Leaves only the rows as loaded."""
    for schema in ("meta", "bases", "staging"):
        connection.execute(f"drop schema {schema} cascade")
    for (mart,) in connection.execute("select table_name from duckdb_tables() where schema_name = 'main'").fetchall():
        connection.execute(f'drop table main."{mart}"')
