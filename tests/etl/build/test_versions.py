"""Versions are published complete or not at all, whatever happens to the process that builds them."""

from __future__ import annotations

import contextlib
import io
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import polars as pl
import pytest

from etl.build import versions
from etl.build.build import build, rebuild_models
from etl.cli.app import main
from sql import metric, warehouse
from sql.errors import WarehouseError
from sql.paths import PROJECT
from tests.helpers.depth import examples
from tests.helpers.warehouse.world import (
    AREAS,
    EAST,
    environment,
    make_old,
    population,
    publish,
    scope,
    value,
    workers,
    write,
)

KILLS = 10
# How often a kill is retried where the build had already ended.
TRIES = 10
# How many versions are published while readers read.
PUBLISHED = examples(3, 6)


def world(folder: Path, count: int) -> Path:
    """Writes `count` workers and a thousand times as many residents: each number identifies its version."""
    return write(
        folder,
        "庆阳市",
        areas=AREAS,
        workers=workers(count, EAST),
        population=[population(EAST, "2024-01-31", 1000 * count)],
    )


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a folder with a warehouse that has one version with one worker, and its source."""
    folder = tmp_path_factory.mktemp("first")
    publish(world(folder / "source", 1), folder / "warehouse", "2024-01-31")
    return folder


@pytest.fixture
def one(first: Path, tmp_path: Path) -> Path:
    """Returns a separate copy of that warehouse; its source lies beside it."""
    shutil.copytree(first, tmp_path, dirs_exist_ok=True)
    return tmp_path / "warehouse"


def command(*arguments: object) -> tuple[int, str]:
    """Returns a function that runs a command and returns its exit code and error output."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as output:
        return main([*map(str, arguments)]), output.getvalue()


def run_for(process: subprocess.Popen[bytes], seconds: float | None = None) -> tuple[float, int]:
    """Lets a process run for at most `seconds`, then kills it; returns how long it ran, and its exit code."""
    started = time.monotonic()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    code = process.wait()
    return time.monotonic() - started, code


def building(source: Path, into: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "etl", "build", "--source", str(source), "--warehouse", str(into)],
        cwd=PROJECT,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.slow
def test_a_build_killed_at_any_moment_leaves_a_complete_version_served(demo_folder, tmp_path):
    source, into = PROJECT / "data" / "demo", tmp_path / "warehouse"
    first = warehouse.current_version(demo_folder)
    (into / "versions").mkdir(parents=True)
    shutil.copyfile(first.path, into / "versions" / first.path.name)
    versions.set_pointer(into, first.name)
    # The parse cache is kept: from the second build on, builds take equally long.
    assert building(source, into).wait() == 0
    runs_for, _ended = run_for(building(source, into))
    served, chance = [warehouse.current_version(into).name], random.Random(20260630)
    for kill in range(KILLS):
        # A kill somewhere in each tenth of a build's duration; retried where a build ended first, being faster than the
        # timed ones.
        for _try in range(TRIES):
            lasted, ended = run_for(building(source, into), runs_for * (kill + chance.random()) / KILLS)
            version = warehouse.current_version(into)
            # The previous version or the complete new one: never a file that is still being written.
            assert version.name >= served[-1]
            served.append(version.name)
            assert value(version, "workers", "2026-06", "621000") == 1163
            assert value(version, "grids_staffed", "2026-06", "621000") == 678
            assert value(version, "communities", "2026-06", "370785") == 44
            assert version.rows("select count(*) from raw.population").item() == 15_918
            # Nothing blocks the next build: the lock is free, and half-written files are removed.
            with versions.open_build(into) as path:
                assert not path.exists() and not path.with_name(path.name + ".wal").exists()
            if ended == -signal.SIGKILL:
                break
            assert ended == 0
            runs_for = min(runs_for, lasted)
        else:
            pytest.fail(f"{TRIES} builds had ended before they could be killed in part {kill + 1} of {KILLS}")
    report = build(source, into)
    assert warehouse.current_version(into).name == report.name > served[-1]
    assert value(warehouse.current_version(into), "workers", "2026-06", "621000") == 1163


@pytest.mark.parametrize("size", [0, 100, 4096, 9000])
def test_a_lock_half_written_by_a_killed_process_is_replaced(one, size):
    lock = one / "building.lock"
    lock.write_bytes(lock.read_bytes()[:size])
    before = warehouse.current_version(one)
    report, version = publish(one.parent / "source", one, "2024-01-31")
    assert version.name == report.name != before.name


HOLD = """
import sys, time
from pathlib import Path
from etl.build import versions
with versions.open_build(Path(sys.argv[1])):
    print("holding", flush=True)
    time.sleep(60)
"""


def test_a_second_build_at_the_same_time_is_refused_and_names_the_first(one):
    first = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(one)], cwd=PROJECT, stdout=subprocess.PIPE, text=True, env=environment()
    )
    try:
        assert first.stdout.readline() == "holding\n"
        before = versions.read_pointer(one)
        code, output = command("build", "--source", one.parent / "source", "--warehouse", one)
        assert code == 1
        assert str(first.pid) in output
        assert "another process is building" in output
        assert versions.read_pointer(one) == before and versions.version_names(one) == [before]
        # Readers do not block it.
        assert command("metric", "workers", "--warehouse", one, "--format", "csv") == (0, "")
    finally:
        first.kill()
        first.wait()
        first.stdout.close()
    assert command("build", "--source", one.parent / "source", "--warehouse", one) == (0, "")


POLL = """
import sys, time
from pathlib import Path
from sql import Scope, metric, warehouse
from sql.semantic.periods import Period
folder, stop = Path(sys.argv[1]), Path(sys.argv[2])
seen, asked = set(), 0
while not stop.exists():
    version = warehouse.current_version(folder)
    at = Scope(version, None, Period(None, version.data_month))
    workers, residents = metric("workers", version).value(at), metric("residents", version).value(at)
    if residents != 1000 * workers:
        sys.exit(f"{version.name}: {workers} workers on {residents} residents")
    if (version.name, workers) not in seen:
        seen.add((version.name, workers))
        print(version.name, flush=True)
    asked += 1
print(asked, len(seen), len({name for name, _ in seen}))
"""


def test_readers_never_see_parts_of_two_versions(one, tmp_path):
    stop = tmp_path / "stop"
    process = subprocess.Popen(
        [sys.executable, "-c", POLL, str(one), str(stop)],
        cwd=PROJECT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == f"{versions.read_pointer(one)}\n"
    # One reader is a thread in the publishing process itself, as when the server builds the first version.
    seen: list[tuple[str, float, float]] = []
    errors: list[BaseException] = []

    def read() -> None:
        try:
            while not stop.exists():
                version = warehouse.current_version(one)
                seen.append((version.name, value(version, "workers"), value(version, "residents")))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        while not seen and thread.is_alive():
            thread.join(0.01)
        for count in range(2, 2 + PUBLISHED):
            _, version = publish(world(tmp_path / "source", count), one, "2024-01-31")
            assert value(version, "workers") == count
            # Both readers have arrived before the next version is published.
            assert process.stdout.readline() == f"{version.name}\n"
            while seen[-1][0] != version.name and thread.is_alive():
                thread.join(0.01)
        versions.rollback(one, None)
        while seen[-1][0] == version.name and thread.is_alive():
            thread.join(0.01)
    finally:
        stop.touch()
        thread.join()
        out, err = process.communicate(timeout=60)
    assert errors == []
    assert process.returncode == 0, err
    asked, pairs, names = map(int, out.split())
    # Each version always had the same number.
    assert pairs == names == PUBLISHED + 1
    assert asked > names
    assert {(name, workers, residents) for name, workers, residents in seen} == {
        (name, number, 1000 * number) for number, name in enumerate(versions.version_names(one), start=1)
    }


def published_again(built: bytes, into: Path, name: str) -> None:
    """Publishes the bytes of a version under another name."""
    aside = into / "copy.duckdb"
    aside.write_bytes(built)
    versions.publish(into, aside, name)


def test_the_last_14_versions_stay(one):
    first = warehouse.current_version(one)
    names = [f"20990101T0000000{number:02d}-00000000" for number in range(15)]
    built = first.path.read_bytes()
    for name in names:
        published_again(built, one, name)
    assert versions.version_names(one) == names[-14:]
    assert versions.read_pointer(one) == names[-1]
    assert not first.path.exists()
    assert sorted(path.name for path in (one / "versions").iterdir()) == [
        f"{name}.{kind}" for name in names[-14:] for kind in ("duckdb", "sha256")
    ]


def test_a_person_removed_from_the_files_is_gone_once_old_versions_are_removed(one):
    source, person = one.parent / "source", f"{EAST}-1"

    def holding() -> list[Path]:
        """Returns the files of the warehouse that have a row of the person."""
        held = []
        for path in sorted(one.rglob("*.duckdb")):
            with duckdb.connect(str(path), read_only=True) as version:
                rows = version.execute("select count(*) from raw.workers where worker_id = ?", [person]).fetchall()
            held += [path] * rows[0][0]
        return held + [path for path in one.rglob("*.parquet") if person in pl.read_parquet(path).write_json()]

    held = publish(world(source, 2), one, "2024-01-31")[1].path
    rounding = warehouse.current_version(one).rounding_key
    assert held in holding() and len(holding()) > 1
    publish(world(source, 1), one, "2024-01-31")
    # The parse cache of the earlier file is gone, the previous version is not.
    assert holding() == [held]
    keys = {path: path.read_bytes() for path in one.rglob("*.key")}
    shutil.rmtree(one / "versions")
    publish(source, one, "2024-01-31")
    assert holding() == [] and value(warehouse.current_version(one), "workers") == 1
    # Otherwise counts exported now would be rounded differently from before.
    assert len(keys) == 2 and keys == {path: path.read_bytes() for path in one.rglob("*.key")}
    assert warehouse.current_version(one).rounding_key == rounding


def test_a_version_published_after_the_clock_was_set_back_is_not_removed(one):
    built = warehouse.current_version(one).path.read_bytes()
    for number in range(14):
        published_again(built, one, f"20990101T0000000{number:02d}-00000000")
    published_again(built, one, "20000101T000000000-00000000")
    assert warehouse.current_version(one).name == "20000101T000000000-00000000"
    assert value(warehouse.current_version(one), "workers") == 1


def test_rollback_serves_the_previous_version_and_a_named_one(one, tmp_path):
    first = versions.read_pointer(one)
    second = publish(world(tmp_path / "source", 2), one, "2024-01-31")[0].name
    third = publish(world(tmp_path / "source", 3), one, "2024-01-31")[0].name
    assert versions.rollback(one, None) == second
    assert value(warehouse.current_version(one), "workers") == 2
    assert versions.rollback(one, None) == first
    assert value(warehouse.current_version(one), "workers") == 1
    with pytest.raises(WarehouseError, match="no earlier version"):
        versions.rollback(one, None)
    assert versions.rollback(one, third) == third
    assert value(warehouse.current_version(one), "workers") == 3
    assert versions.version_names(one) == [first, second, third]


@pytest.mark.parametrize("name", ["nothing", "", "../../etc/passwd", "*"])
def test_rollback_to_an_unknown_version_is_refused_with_those_available(one, name):
    served = versions.read_pointer(one)
    with pytest.raises(WarehouseError) as error:
        versions.rollback(one, name)
    assert served in error.value.en and versions.read_pointer(one) == served


def test_no_data_yet_says_what_to_run(tmp_path):
    with pytest.raises(WarehouseError) as error:
        warehouse.current_version(tmp_path)
    assert "python -m etl build" in error.value.zh and "python -m etl build" in error.value.en


def test_a_missing_version_does_not_keep_the_next_from_being_built(one):
    warehouse.current_version(one).path.unlink()
    assert command("build", "--source", one.parent / "source", "--warehouse", one) == (0, "")
    assert value(warehouse.current_version(one), "workers") == 1


def test_a_version_is_never_written_again(one, tmp_path):
    first = warehouse.current_version(one)
    bytes_before = first.path.read_bytes()
    assert value(first, "workers") == 1
    publish(world(tmp_path / "source", 2), one, "2024-01-31")
    assert first.path.read_bytes() == bytes_before
    # A reader that still holds the previous version continues to read it.
    assert metric("residents", first).value(scope(first)) == 1000
    with duckdb.connect(str(first.path), read_only=True) as again:
        assert again.execute("select version from meta.build").fetchone() == (first.name,)


@pytest.mark.parametrize("way", ["build", "rebuild_models"])
def test_a_version_of_an_earlier_release_is_refused_and_upgraded_by_a_build(one, way):
    make_old(one)
    with pytest.raises(WarehouseError, match="was built by an earlier release; run python -m etl build"):
        warehouse.current_version(one)
    if way == "build":
        build(one.parent / "source", one)
    else:
        rebuild_models(one)
    version = warehouse.current_version(one)
    schemas = version.rows("select distinct schema_name from duckdb_tables()")["schema_name"]
    assert set(schemas) == {"raw", "intermediate", "main", "meta"}
    assert value(version, "workers") == 1
