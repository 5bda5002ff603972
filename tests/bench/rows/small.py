"""Times commands on a small district, each as a whole process, against bare DuckDB."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from sql.paths import PROJECT
from tests.bench.rows import builds
from tests.helpers.warehouse.world import AREAS, EAST, SOUTH, population, workers, write

DISTRICT, AS_OF = "庆阳市", date(2024, 3, 31)
# A process with only DuckDB that runs pickled statements.
_BARE = """
import pickle, sys, duckdb
with open(sys.argv[1], "rb") as file:
    statements = pickle.load(file)
with duckdb.connect(sys.argv[2]) as connection:
    for statement, params in statements:
        connection.execute(statement, params)
"""
BARE, FIRST = "bare DuckDB: the same rows and models", "build, the first"


def run_alternately(folder: Path, times: int) -> dict[str, list[float]]:
    """Returns the seconds of each command as a whole process, run in turn that many times."""
    shutil.rmtree(folder, ignore_errors=True)
    # Areas, workers and population: the least that a district can send.
    source = write(
        folder / "source",
        DISTRICT,
        areas=AREAS,
        population=[population(EAST, "2024-01-31", 9000), population(SOUTH, "2024-01-31", 4000)],
        workers=workers(20, EAST),
    )
    statements = [*builds.row_statements(source, DISTRICT, AS_OF), *((text, {}) for text in builds.model_statements())]
    (folder / "statements").write_bytes(pickle.dumps(statements))
    into, demo = folder / "warehouse", folder / "demo"
    build = ("build", "--source", source, "--warehouse", into, "--as-of", AS_OF)
    commands: dict[str, tuple[object, ...]] = {
        BARE: ("-c", _BARE, folder / "statements", folder / "bare.duckdb"),
        FIRST: ("-m", "etl", *build),
        "build, nothing changed": ("-m", "etl", *build),
        "--help": ("-m", "etl", "--help"),
        "metric": ("-m", "etl", "metric", "workers", "--warehouse", into),
        "build, the four demo places": ("-m", "etl", "build", "--source", "data/demo", "--warehouse", demo),
    }
    timings: dict[str, list[float]] = {name: [] for name in commands}
    # The first round fills the caches derived from sql/ and does not count.
    for round in range(times + 1):
        for old in (into, demo):
            shutil.rmtree(old, ignore_errors=True)
        (folder / "bare.duckdb").unlink(missing_ok=True)
        for name, command in commands.items():
            seconds = _seconds(*command)
            if round:
                timings[name].append(seconds)
    return timings


def _seconds(*command: object) -> float:
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, *map(str, command)], cwd=PROJECT, env=dict(os.environ), check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - started
