"""Times a build after one new monthly file against a full build, each in its own process."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

import polars as pl

from etl.build.build import build
from sql import warehouse
from sql.paths import PROJECT
from tests.bench.rows.source import AS_OF, DISTRICT

MONTH_BEFORE = date(2026, 5, 31)
_LATEST = "2026-06"
_NEW = "requests-new.csv"


@dataclass(frozen=True)
class Run:
    """Describes one build: elapsed and CPU seconds, including the parser process; seconds by part; the number of models
    built; and the rows of requests afterwards."""

    seconds: float
    cpu_seconds: float
    parts: dict[str, float]
    models_built: int
    rows: int


def split(source: Path, folder: Path, part: float = 0.01) -> Path:
    """Returns the source with its requests in two files: those up to May 2026, and a share `part` of all, from June."""
    into = folder / f"{source.name}-monthly"
    if into.is_dir():
        return into
    scratch = Path(tempfile.mkdtemp(dir=folder))
    shutil.copytree(source, scratch, dirs_exist_ok=True)
    path = scratch / DISTRICT / "requests.csv"
    rows = pl.read_csv(path, infer_schema=False)
    is_latest = pl.col("raised_at").str.starts_with(_LATEST)
    new = rows.filter(is_latest).head(round(part * rows.height))
    new.write_csv(path.with_name(_NEW))
    rows.filter(~is_latest).write_csv(path)
    scratch.chmod(0o755)
    scratch.rename(into)
    return into


def run_alternately(source: Path, folder: Path, times: int = 3) -> dict[str, Run]:
    """Builds everything, and after one new file, in turn that many times; returns the median run of each."""
    runs: dict[str, list[Run]] = {"from nothing": [], "one new file": []}
    for _ in range(times):
        with tempfile.TemporaryDirectory(dir=folder) as into:
            copy, new = Path(into) / "source", source / DISTRICT / _NEW
            shutil.copytree(source, copy)
            runs["from nothing"].append(_in_own_process(copy, Path(into) / "from nothing", AS_OF))
            (copy / DISTRICT / _NEW).unlink()
            _in_own_process(copy, Path(into) / "followed", MONTH_BEFORE)
            shutil.copyfile(new, copy / DISTRICT / _NEW)
            runs["one new file"].append(_in_own_process(copy, Path(into) / "followed", AS_OF))
    return {
        way: next(run for run in way_runs if run.seconds == median(run.seconds for run in way_runs))
        for way, way_runs in runs.items()
    }


def _in_own_process(source: Path, into: Path, as_of: date) -> Run:
    result = subprocess.run(
        [sys.executable, "-m", "tests.bench.rows.rebuilds", str(source), str(into), as_of.isoformat()],
        cwd=PROJECT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Run(**json.loads(result.stdout))


def _cpu() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def main(source: str, into: str, as_of: str) -> None:
    """Runs one build in this process and prints its figures as JSON."""
    started, before = time.perf_counter(), _cpu()
    report = build(Path(source), Path(into), date.fromisoformat(as_of))
    seconds, cpu_seconds = time.perf_counter() - started, _cpu() - before
    rows = warehouse.current_version(Path(into)).rows("select count(*) from requests").item()
    print(
        json.dumps(
            {
                "seconds": seconds,
                "cpu_seconds": cpu_seconds,
                "parts": report.seconds,
                "models_built": report.built_count,
                "rows": rows,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
