"""Measures builds from a rows folder and metrics over it, at multiples of the demo's events."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
from sqlglot import exp

from data import generator
from data.generator import event_copies
from etl.build.build import build_rows
from etl.build.rows_folder import open_rows, raw_columns
from sql import metric, warehouse
from sql.files import sql_file
from sql.paths import PROJECT
from sql.semantic import metrics
from sql.semantic.catalog import catalog
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.warehouse import Version
from tests.bench.rows.builds import WAYS, model_statements

# Additive metrics read the monthly marts; metrics with these expressions read individual people, accounts or waits.
_NOT_ADDITIVE = (exp.Distinct, exp.Median, exp.Min, exp.Max, exp.Anonymous)


@dataclass(frozen=True)
class Run:
    """Describes one build: elapsed and CPU seconds, seconds by part, the process's peak memory in MB, and the size of the
    built file in MB."""

    seconds: float
    cpu_seconds: float
    parts: dict[str, float]
    memory: float
    size: float


def folder(below: Path, scale: int) -> Path:
    """Returns the rows folder with that multiple of the demo's events; writes it once."""
    into = below / f"rows-{scale}"
    if not into.is_dir():
        with tempfile.TemporaryDirectory(dir=below) as scratch:
            generator.write(Path(scratch) / "demo")
            event_copies.write(Path(scratch) / "demo", Path(scratch) / "rows", scale)
            (Path(scratch) / "rows").rename(into)
    return into


def events(rows: Path) -> int:
    """Returns the number of rows of events in a rows folder."""
    with duckdb.connect() as connection:
        return sum(
            connection.execute(
                "select count(*) from read_parquet($files)", {"files": [str(rows / table / "*.parquet")]}
            ).fetchone()[0]
            for table in event_copies.EVENTS
        )


def build_and_time(below: Path, scale: int) -> tuple[Version, dict[str, Run]]:
    """Builds that multiple of the events with the product and with bare DuckDB, each in its own process, in sequence.

    Returns the product's version and both runs.
    """
    rows, into = folder(below, scale), below / f"many-{scale}"
    shutil.rmtree(into, ignore_errors=True)
    runs = {}
    for way in WAYS:
        with tempfile.TemporaryDirectory(dir=below) as scratch:
            result = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "tests.bench.rows.rows",
                    way,
                    str(rows),
                    str(into if way == "product" else scratch),
                ],
                cwd=PROJECT,
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            runs[way] = Run(**json.loads(result.stdout))
    return warehouse.current_version(into), runs


def time_metrics(version: Version, repeats: int = 5) -> pl.DataFrame:
    """Times every metric in sql/ by month, for all areas and for the city with the most rows, with empty row caches.

    Returns metric, mart, of (the area), is_additive, and the median milliseconds.
    """
    rows = []
    for name in catalog.names("metrics"):
        timed_metric = metric(name, version)
        tree = sql_file.parse(timed_metric.file.path, timed_metric.file.text)
        is_additive = not any(tree.find(kind) for kind in _NOT_ADDITIVE)
        for area in (None, "621000"):
            scope = Scope(version, area, Period(None, version.data_month))
            # The first query reads the file's blocks and composes the SQL.
            timed_metric.rows(scope, by="month")
            milliseconds = []
            for _ in range(repeats):
                metrics._rows.cache_clear()
                warehouse._rows.cache_clear()
                started = time.perf_counter()
                timed_metric.rows(scope, by="month")
                milliseconds.append(1000 * (time.perf_counter() - started))
                if milliseconds[-1] > 2000:
                    break
            rows.append((name, timed_metric.mart, area or "everywhere", is_additive, pl.Series(milliseconds).median()))
    return pl.DataFrame(rows, schema=["metric", "mart", "of", "is_additive", "milliseconds"], orient="row")


def _product(rows: Path, into: Path) -> tuple[dict[str, float], Path]:
    report = build_rows(rows, into)
    return report.seconds, warehouse.current_version(into).path


def _bare(rows: Path, into: Path) -> tuple[dict[str, float], Path]:
    """Builds as `_product` does, with DuckDB only and the same settings: checks, counts and publishes nothing."""
    path = into / "bare.duckdb"
    files, statements = open_rows(rows).files, model_statements()
    started = time.perf_counter()
    with duckdb.connect(str(path), config={"preserve_insertion_order": False}) as connection:
        connection.execute("create schema raw")
        for table in raw_columns():
            connection.execute(
                f"create table raw.{table} as from read_parquet($files)",
                {"files": [str(file) for file in files[table]]},
            )
        loaded_at = time.perf_counter()
        for statement in statements:
            connection.execute(statement)
    return {"load": loaded_at - started, "models": time.perf_counter() - loaded_at}, path


def main(way: str, rows: str, into: str) -> None:
    """Runs one build in this process and prints its figures as JSON."""
    before, started = time.process_time(), time.perf_counter()
    parts, path = {"product": _product, "bare": _bare}[way](Path(rows), Path(into))
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - before
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                "seconds": seconds,
                "cpu_seconds": cpu_seconds,
                "parts": parts,
                "memory": memory,
                "size": os.path.getsize(path) / 1e6,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
