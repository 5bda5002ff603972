"""Times the build of a warehouse against bare DuckDB, each in its own process, one after the other."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

import dataframely as dy
import duckdb

from etl.build import models
from etl.build.build import NATIONAL_STANDARDS, build
from etl.contracts import all_tables
from sql import warehouse
from sql.paths import PROJECT
from sql.semantic.catalog import catalog
from tests.bench.rows.source import AS_OF, DISTRICT

WAYS = ("product", "bare")
_TYPES = {
    dy.String: "VARCHAR",
    dy.Enum: "VARCHAR",
    dy.Bool: "BOOLEAN",
    dy.Int64: "BIGINT",
    dy.Float64: "DOUBLE",
    dy.Date: "DATE",
    dy.Datetime: "TIMESTAMP",
}
# Columns that no file has, so bare DuckDB must add them.
_SOURCE = "source_district varchar, source_file varchar, source_sheet varchar, source_row bigint, loaded_at timestamp"
_CALENDAR = """
create table raw.months as
select
    month::date as month,
    last_day(month) as month_end,
    least(last_day(month), $as_of) as observed_on,
from range(
    (select date_trunc('month', min(as_of)) from raw.population), $as_of + interval 1 day, interval 1 month
) as calendar(month)
"""
_FILES = """
create table raw.files as
select
    $district as district,
    table_name || '.csv' as file,
    '' as sheet,
    table_name,
    'loaded' as status,
    1 as rows_read,
    1 as rows_loaded,
    0 as rows_rejected,
    0 as rows_duplicate,
    null::varchar as extra_columns,
    null::varchar as message_zh,
    null::varchar as message_en,
    null::varchar[] as header,
    null::date as last_event,
    null::date as valid_on,
    current_date as received_on,
    current_timestamp::timestamp as loaded_at,
from unnest($tables) as tables(table_name)
"""
# The tables that ingest writes beside the rows; here they stay empty.
_EMPTY_TABLES = """
create table raw.shapes (
    code varchar, kind varchar, geometry varchar, lon double, lat double, min_lon double, min_lat double,
    max_lon double, max_lat double, is_derived boolean
);
alter table raw.workers add column person_number bigint;
create table raw.claims (
    table_name varchar, key varchar, district varchar, file varchar, sheet varchar, row_number bigint, is_kept boolean
);
create table raw.full_rosters (district varchar, as_of date);
create table raw.full_roster_gaps (district varchar, as_of date, worker_id varchar);
create table raw.shape_faults (
    kind varchar, community_code varchar, grid_code varchar, other_grid_code varchar, share double
);
create table raw.rejects (
    district varchar, file varchar, sheet varchar, row_number bigint, table_name varchar, column_name varchar,
    value varchar, reason_zh varchar, reason_en varchar
);
create table raw.rejected_rows (
    district varchar, file varchar, sheet varchar, table_name varchar, row_number bigint, cells varchar[]
);
"""


@dataclass(frozen=True)
class Run:
    """Describes one build: seconds from start to published file, elapsed and of all cores; elapsed seconds by part; rows
    by mart; elapsed seconds of the whole process and its peak memory in MB."""

    seconds: float
    cpu_seconds: float
    parts: dict[str, float]
    rows: dict[str, int]
    process_seconds: float
    memory: float


def run_alternately(source: Path, folder: Path, times: int = 3) -> dict[str, Run]:
    """Builds both ways in turn that many times; returns the run with the median seconds of each way.

    Raises RuntimeError if the marts of the two ways have different numbers of rows, as they then did different work.
    """
    runs: dict[str, list[Run]] = {way: [] for way in WAYS}
    for _ in range(times):
        for way in WAYS:
            runs[way].append(_in_own_process(way, source, folder))
    rows = {way: runs[way][0].rows for way in WAYS}
    if rows["product"] != rows["bare"]:
        raise RuntimeError(f"the marts of the two ways have different numbers of rows: {rows}")
    return {
        way: next(run for run in way_runs if run.seconds == median(run.seconds for run in way_runs))
        for way, way_runs in runs.items()
    }


def _in_own_process(way: str, source: Path, folder: Path) -> Run:
    with tempfile.TemporaryDirectory(dir=folder) as into:
        started = time.perf_counter()
        result = subprocess.run(
            [sys.executable, "-m", "tests.bench.rows.builds", way, str(source), into],
            cwd=PROJECT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return Run(**json.loads(result.stdout), process_seconds=time.perf_counter() - started)


def _product(source: Path, into: Path) -> tuple[float, dict[str, float], Path]:
    """Builds with the product; returns the seconds, the seconds by part, and the file."""
    started = time.perf_counter()
    report = build(source, into, as_of=AS_OF)
    return time.perf_counter() - started, report.seconds, warehouse.current_version(into).path


def _bare(source: Path, into: Path) -> tuple[float, dict[str, float], Path]:
    """Builds as `_product` does, with DuckDB only: checks no row, drops no personal column, reports nothing."""
    path = into / "bare.duckdb"
    rows, models = row_statements(source, DISTRICT, AS_OF), model_statements()
    started = time.perf_counter()
    with duckdb.connect(str(path)) as connection:
        for statement, params in rows:
            connection.execute(statement, params)
        loaded_at = time.perf_counter()
        for statement in models:
            connection.execute(statement)
    ended_at = time.perf_counter()
    return ended_at - started, {"load": loaded_at - started, "models": ended_at - loaded_at}, path


def row_statements(source: Path, district: str, as_of: date) -> list[tuple[str, dict[str, object]]]:
    """Returns the statements, with their parameters, that load a district's CSV files with the English headers of the
    data dictionary."""
    files = {file.stem: [str(file)] for file in sorted((source / district).glob("*.csv"))}
    files.setdefault("standards", []).append(str(NATIONAL_STANDARDS))
    statements: list[tuple[str, dict[str, object]]] = [("create schema raw", {})]
    for name, table in all_tables().items():
        columns = {column: _TYPES[type(kind)] for column, kind in table.columns.items() if name != "shapes"}
        definitions = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        if columns:
            statements.append((f"create table raw.{name} ({definitions}, {_SOURCE})", {}))
        if name in files:
            # A file may omit columns without values.
            for file in files[name]:
                with Path(file).open(encoding="utf-8") as content:
                    header = content.readline().strip().split(",")
                # The national standards have Chinese headers, but all columns in the order of their contract.
                file_columns = header if set(header) <= set(columns) else list(columns)
                statements.append(
                    (
                        f"insert into raw.{name} by name select *, $district as source_district "
                        "from read_csv($file, header = true, columns = $columns)",
                        {
                            "district": district,
                            "file": file,
                            "columns": {column: columns[column] for column in file_columns},
                        },
                    )
                )
    statements.append((_CALENDAR, {"as_of": as_of}))
    statements.append((_FILES, {"district": district, "tables": list(files)}))
    # DuckDB runs several statements in one call if none has parameters.
    statements.append((_EMPTY_TABLES, {}))
    return statements


def model_statements() -> list[str]:
    """Returns the models in build order; working out the order is the product's job and is not timed here."""
    statements = [f"create schema if not exists {schema}" for schema, _ in models.MATERIALIZATIONS.values()]
    for file in models.order_models(catalog.current_files()):
        schema, kind = models.MATERIALIZATIONS[file.folder]
        statements.append(f'create {kind} {schema}."{file.name}" as\n{file.text}')
    return statements


def main(way: str, source: str, into: str) -> None:
    """Runs one build in this process and prints its figures as JSON."""
    before = time.process_time()
    seconds, parts, path = {"product": _product, "bare": _bare}[way](Path(source), Path(into))
    cpu_seconds = time.process_time() - before
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = {
            file.name: connection.execute(f'select count(*) from main."{file.name}"').fetchone()[0]
            for file in models.order_models(catalog.current_files())
            if file.folder == "marts"
        }
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds, "parts": parts, "rows": rows, "memory": memory}))


if __name__ == "__main__":
    main(*sys.argv[1:])
