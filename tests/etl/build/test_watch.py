"""Edits and new files appear by themselves; an edit that can't be built is reported and changes nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sql import warehouse
from tests.helpers.warehouse.world import EAST, copy_project, environment, value, workers, write

PATIENCE = 60


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Returns a copy of the project with `etl watch` running in it."""
    folder = copy_project(tmp_path_factory.mktemp("project"))
    process = watching(folder)
    # It prints nothing until something changes: touching a file repeatedly shows when it has begun to watch.
    probe = folder / "data" / "incoming" / "庆阳市" / ".probe"
    try:
        until(lambda: probe.write_text(str(time.monotonic())) and last_report(folder))
        yield folder
    finally:
        process.terminate()
        process.wait()


def watching(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "etl", "watch"],
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def until(happened: Callable[[], object]) -> object:
    """Returns the function's result once that is truthy; fails after a minute."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := happened():
            return found
        time.sleep(0.1)
    raise AssertionError(f"nothing happened in {PATIENCE} s")


def last_report(folder: Path) -> dict | None:
    path = folder / "data" / "warehouse" / "last_build.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def served_version(folder: Path) -> warehouse.Version:
    return warehouse.current_version(folder / "data" / "warehouse")


def test_an_edited_model_is_built_a_broken_one_reported_and_a_repaired_one_built_again(copy):
    into = copy / "data" / "warehouse"
    population = copy / "sql" / "staging" / "population.sql"
    good = population.read_text(encoding="utf-8")
    assert value(served_version(copy), "residents") == 1000

    population.write_text(good.replace("    residents,\n", "    2 * residents as residents,\n"), encoding="utf-8")
    until(lambda: value(served_version(copy), "residents") == 2000)
    assert until(lambda: last_report(copy)["ok"]) and warehouse.build_failure(into) is None

    population.write_text(good.replace("    residents,\n", "    inhabitants,\n"), encoding="utf-8")
    # A file may be read while it is being written: only the last report counts.
    until(lambda: "staging/population.sql:8:5" in (warehouse.build_failure(into) or ("", ""))[1])
    assert "inhabitants" in warehouse.build_failure(into).zh
    assert value(served_version(copy), "residents") == 2000

    population.write_text(good, encoding="utf-8")
    until(lambda: value(served_version(copy), "residents") == 1000)
    until(lambda: warehouse.build_failure(into) is None)


def test_a_new_file_of_a_district_is_read(copy):
    write(copy / "data" / "incoming", "庆阳市", workers=workers(5, EAST))
    until(lambda: value(served_version(copy), "workers") == 5)


def test_an_edited_metric_needs_no_build(copy):
    before = served_version(copy).name
    metric = copy / "sql" / "metrics" / "workforce" / "workers.sql"
    metric.write_text(metric.read_text(encoding="utf-8") + "where gender = 'male'\n", encoding="utf-8")
    time.sleep(2)
    assert served_version(copy).name == before


PARENT = """
import subprocess, sys, time
print(subprocess.Popen([sys.executable, "-m", "etl", "watch"]).pid, flush=True)
time.sleep(60)
"""


def has_open(process: int, name: str) -> bool:
    """Returns true where a process has a file of that name open."""
    return any(os.path.realpath(link).endswith(name) for link in Path(f"/proc/{process}/fd").iterdir())


def test_it_ends_with_the_process_that_started_it(copy):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        cwd=copy,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
        stderr=subprocess.DEVNULL,
    )
    child = int(parent.stdout.readline())
    try:
        # The process must have looked up its parent before the parent exits: it has done so by the time it asks for the
        # lock.
        until(lambda: has_open(child, "watching.lock"))
        parent.kill()
        parent.wait()
        until(lambda: not is_running(child))
    finally:
        parent.stdout.close()
        if is_running(child):
            os.kill(child, signal.SIGKILL)


def is_running(pid: int) -> bool:
    """Returns true where a process exists and is no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
