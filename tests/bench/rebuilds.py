"""A build after one new monthly file against a build of everything from nothing: each in a process of its own."""

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
from tests.bench.source import AS_OF, DISTRICT

MONTH_BEFORE = date(2026, 5, 31)
_LATEST = "2026-06"
_NEW = "requests-new.csv"


@dataclass(frozen=True)
class Run:
    """One build: seconds by the clock and of all cores, of this process and of the one that parses; its parts; how many
    of the models were built; rows of requests then."""

    seconds: float
    cpu_seconds: float
    parts: dict[str, float]
    models_built: int
    rows: int


def split(source: Path, folder: Path, part: float = 0.01) -> Path:
    """The source with its requests in two files: those up to May 2026, and of June so many as make `part` of all."""
    into = folder / f"{source.name}-monthly"
    if into.is_dir():
        return into
    aside = Path(tempfile.mkdtemp(dir=folder))
    shutil.copytree(source, aside, dirs_exist_ok=True)
    path = aside / DISTRICT / "requests.csv"
    rows = pl.read_csv(path, infer_schema=False)
    is_latest = pl.col("raised_at").str.starts_with(_LATEST)
    new = rows.filter(is_latest).head(round(part * rows.height))
    new.write_csv(path.with_name(_NEW))
    rows.filter(~is_latest).write_csv(path)
    aside.chmod(0o755)
    aside.rename(into)
    return into


def run_alternately(source: Path, folder: Path, times: int = 3) -> dict[str, Run]:
    """From nothing, and after a new file, so many times in turn; of each the run with the median seconds."""
    runs: dict[str, list[Run]] = {"from nothing": [], "one new file": []}
    for _ in range(times):
        with tempfile.TemporaryDirectory(dir=folder) as into:
            started, new = Path(into) / "source", source / DISTRICT / _NEW
            shutil.copytree(source, started)
            runs["from nothing"].append(_in_own_process(started, Path(into) / "from nothing", AS_OF))
            (started / DISTRICT / _NEW).unlink()
            _in_own_process(started, Path(into) / "followed", MONTH_BEFORE)
            shutil.copyfile(new, started / DISTRICT / _NEW)
            runs["one new file"].append(_in_own_process(started, Path(into) / "followed", AS_OF))
    return {
        way: next(run for run in of_way if run.seconds == median(run.seconds for run in of_way))
        for way, of_way in runs.items()
    }


def _in_own_process(source: Path, into: Path, as_of: date) -> Run:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.rebuilds", str(source), str(into), as_of.isoformat()],
        cwd=PROJECT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Run(**json.loads(done.stdout))


def _cpu() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def main(source: str, into: str, as_of: str) -> None:
    """One build in this process, its figures printed as JSON."""
    started, before = time.perf_counter(), _cpu()
    report = build(Path(source), Path(into), date.fromisoformat(as_of))
    seconds, mine = time.perf_counter() - started, _cpu() - before
    rows = warehouse.current_version(Path(into)).rows("select count(*) from requests").item()
    print(
        json.dumps(
            {
                "seconds": seconds,
                "cpu_seconds": mine,
                "parts": report.seconds,
                "built": report.built_count,
                "rows": rows,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
