"""Many rows: what a build from a rows folder and a metric over it cost, by how many times the demo's events there are."""

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
from sql.paths import PROJECT
from sql.semantic import metrics
from sql.semantic.files import catalog, sql_file
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.warehouse import Version
from tests.bench.builds import WAYS, model_statements

# Metrics that add up are asked of what the marts of months hold; these others look at people, accounts or waits one by one.
_NOT_ADDITIVE = (exp.Distinct, exp.Median, exp.Min, exp.Max, exp.Anonymous)


@dataclass(frozen=True)
class Run:
    """One build: seconds by the clock and of all cores, of its parts, the whole process's most memory in MB, and the size of
    what was built in MB."""

    seconds: float
    cpu_seconds: float
    parts: dict[str, float]
    memory: float
    size: float


def folder(below: Path, scale: int) -> Path:
    """The rows folder with so many times the demo's events; made once."""
    into = below / f"rows-{scale}"
    if not into.is_dir():
        with tempfile.TemporaryDirectory(dir=below) as aside:
            generator.write(Path(aside) / "demo")
            event_copies.write(Path(aside) / "demo", Path(aside) / "rows", scale)
            (Path(aside) / "rows").rename(into)
    return into


def events(rows: Path) -> int:
    """How many rows of events a rows folder holds."""
    with duckdb.connect() as connection:
        return sum(
            connection.execute(
                "select count(*) from read_parquet($files)", {"files": [str(rows / table / "*.parquet")]}
            ).fetchone()[0]
            for table in event_copies.EVENTS
        )


def build_and_time(below: Path, scale: int) -> tuple[Version, dict[str, Run]]:
    """The version of so many times the events, built by the product, and what that and bare DuckDB took, each in a process of
    its own, one after the other."""
    rows, into = folder(below, scale), below / f"many-{scale}"
    shutil.rmtree(into, ignore_errors=True)
    runs = {}
    for way in WAYS:
        with tempfile.TemporaryDirectory(dir=below) as aside:
            done = subprocess.run(
                [sys.executable, "-m", "tests.bench.rows", way, str(rows), str(into if way == "product" else aside)],
                cwd=PROJECT,
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            runs[way] = Run(**json.loads(done.stdout))
    return warehouse.current_version(into), runs


def time_metrics(version: Version, repeats: int = 5) -> pl.DataFrame:
    """Every metric of sql/ asked by month of everywhere and of the city with the most rows, nothing remembered: metric, of,
    is_additive, and the median milliseconds."""
    rows = []
    for name in catalog.names("metrics"):
        known = metric(name, version)
        tree = sql_file.parse(known.file.path, known.file.text)
        is_additive = not any(tree.find(kind) for kind in _NOT_ADDITIVE)
        for of in (None, "621000"):
            at = Scope(version, of, Period(None, version.data_month))
            # The first question reads the file's blocks and composes the SQL.
            known.rows(at, by="month")
            taken = []
            for _ in range(repeats):
                metrics._rows.cache_clear()
                warehouse._rows.cache_clear()
                started = time.perf_counter()
                known.rows(at, by="month")
                taken.append(1000 * (time.perf_counter() - started))
                if taken[-1] > 2000:
                    break
            rows.append((name, known.mart, of or "everywhere", is_additive, pl.Series(taken).median()))
    return pl.DataFrame(rows, schema=["metric", "mart", "of", "is_additive", "milliseconds"], orient="row")


def _product(rows: Path, into: Path) -> tuple[dict[str, float], Path]:
    report = build_rows(rows, into)
    return report.seconds, warehouse.current_version(into).path


def _bare(rows: Path, into: Path) -> tuple[dict[str, float], Path]:
    """As `_product`, by DuckDB alone with the same settings: nothing checked, counted or published."""
    path = into / "bare.duckdb"
    given, statements = open_rows(rows).files, model_statements()
    started = time.perf_counter()
    with duckdb.connect(str(path), config={"preserve_insertion_order": False}) as connection:
        connection.execute("create schema raw")
        for table in raw_columns():
            connection.execute(
                f"create table raw.{table} as from read_parquet($files)",
                {"files": [str(file) for file in given[table]]},
            )
        loaded = time.perf_counter()
        for statement in statements:
            connection.execute(statement)
    return {"load": loaded - started, "models": time.perf_counter() - loaded}, path


def main(way: str, rows: str, into: str) -> None:
    """One build in this process, its figures printed as JSON."""
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
