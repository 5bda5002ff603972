"""Times the models by Spark on this machine against DuckDB, from the same rows folder, each in its own process."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from etl.build import models
from etl.build.build import build_rows
from etl.engines import spark
from sql.paths import PROJECT

MASTER = "local[2]"
ENGINES = {"duckdb": models.build_models, "spark": partial(spark.build_models, spark.Settings(MASTER))}


@dataclass(frozen=True)
class Run:
    """Describes one build: elapsed seconds in total, and of the models and checks alone."""

    seconds: float
    models: float


def build_by_engine(rows: Path, below: Path) -> dict[str, Run]:
    """Builds a rows folder with each engine, one after the other, and discards the versions; returns the runs."""
    runs = {}
    for engine in ENGINES:
        with tempfile.TemporaryDirectory(dir=below) as into:
            result = subprocess.run(
                [sys.executable, "-m", "tests.bench.rows.spark", engine, str(rows), into],
                cwd=PROJECT,
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            # Java may have printed lines before.
            runs[engine] = Run(**json.loads(result.stdout.splitlines()[-1]))
    return runs


def main(engine: str, rows: str, into: str) -> None:
    """Runs one build in this process and prints its figures as JSON."""
    started = time.perf_counter()
    report = build_rows(Path(rows), Path(into), engine=ENGINES[engine])
    print(json.dumps({"seconds": time.perf_counter() - started, "models": report.seconds["models"]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
