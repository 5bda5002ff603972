"""Whatever happens to the machine, the last good version is served, the next build succeeds, nothing half-written is read."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import types
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from etl import versions
from etl.build import build, rebuild_models
from sql import files, warehouse
from sql.errors import LinliError, WarehouseError
from tests.world import AREAS, EAST, etl, population, value, workers, write

KILLS = 100
FULL_DISKS = 10
AS_OF = date(2024, 1, 31)
# Enough of the models to count people and residents; each build still loads, models, checks and publishes.
MODELS = (
    "staging",
    "bases",
    "marts/community_months.sql",
    "marts/worker_months.sql",
    "marts/partner_months.sql",
    "marts/place_months.sql",
    "marts/partner_contributions.sql",
    "marts/partner_ratings.sql",
    "checks/no_areas.sql",
)


def world(folder: Path, count: int) -> Path:
    """So many workers on a thousand times as many residents: each number tells which version it is from."""
    return write(
        folder,
        "庆阳市",
        areas=AREAS,
        workers=workers(count, EAST),
        population=[population(EAST, "2024-01-31", 1000 * count)],
    )


def served(into: Path) -> int:
    """How many workers the version served counts; as many thousand residents, or it is of two worlds."""
    version = warehouse.current(into)
    counted = value(version, "workers")
    assert value(version, "residents") == 1000 * counted
    return int(counted)


def built(source: Path, into: Path, models: Path = files.SQL) -> int:
    """Builds, and tells what is then served."""
    build(source, into, AS_OF, sql_root=models)
    return served(into)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few of the models, so that a build takes a moment only."""
    root = tmp_path_factory.mktemp("models")
    for name in MODELS:
        path = root / name
        path.parent.mkdir(exist_ok=True)
        (shutil.copytree if path.suffix == "" else shutil.copyfile)(files.SQL / name, path)
    for folder in ("metrics", "queries"):
        (root / folder).mkdir()
    return root


@pytest.fixture
def one(tmp_path: Path, models: Path) -> Path:
    """A warehouse that serves one worker."""
    into = tmp_path / "warehouse"
    assert built(world(tmp_path / "source", 1), into, models) == 1
    return into


def _build_in_child(source: Path, into: Path, models: Path) -> None:
    build(source, into, AS_OF, sql_root=models)


def test_killed_at_a_hundred_moments(one: Path, tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A child begins by importing what the parent calls its main module; a page tested before may have left its own there.
    monkeypatch.setitem(sys.modules, "__main__", types.ModuleType("__main__"))
    # The server of forks has everything imported and no thread: a child begins to build at once.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.test_faults", "etl.build"])
    for _ in range(2):
        # The first also starts the server.
        started = time.monotonic()
        whole = context.Process(target=_build_in_child, args=(tmp_path / "source", one, models))
        whole.start()
        whole.join()
        assert whole.exitcode == 0
    runs_for = time.monotonic() - started
    chance = random.Random(20240131)
    before, killed, tried = 1, 0, 0
    while killed < KILLS:
        tried += 1
        wanted = 2 + tried % 7
        process = context.Process(target=_build_in_child, args=(world(tmp_path / "source", wanted), one, models))
        process.start()
        process.join(chance.uniform(0, runs_for))
        process.kill()
        process.join()
        killed += process.exitcode == -signal.SIGKILL
        # The version before, or the new one whole.
        assert served(one) in (before, wanted)
        before = served(one)
        if tried % 10 == 0:
            before = built(tmp_path / "source", one, models)
            assert before == wanted
            assert [path.name for path in one.glob("building.duckdb*")] == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own in memory; the test says how large."""
    path = tmp_path / "disk"
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", str(path)], check=True)
    yield path
    subprocess.run(["umount", "-l", str(path)], check=True)


def test_a_disk_that_is_full_at_ten_points(small_disk: Path, tmp_path: Path, models: Path) -> None:
    into = small_disk / "warehouse"
    assert built(world(tmp_path / "source", 1), into, models) == 1
    # So much a build of two needs at most.
    source = world(tmp_path / "source", 2)
    ballast = small_disk / "ballast"
    need = 4 * warehouse.current(into).path.stat().st_size
    refused = 0
    for point in range(FULL_DISKS):
        free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
        with ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, free - need * point // FULL_DISKS))
        done = etl("build", "--source", source, "--warehouse", into, "--as-of", AS_OF)
        assert "Traceback" not in done.stderr, done.stderr
        if done.returncode == 1:
            refused += 1
            assert served(into) == 1
            assert any(word in done.stderr for word in ("磁盘", "space", "Space")), done.stderr
        else:
            assert done.returncode == 0 and served(into) == 2
            world(tmp_path / "source", 1)
            ballast.unlink()
            assert built(source, into, models) == 1
            world(tmp_path / "source", 2)
        ballast.unlink(missing_ok=True)
    assert refused >= FULL_DISKS // 2
    # With room again the next build succeeds.
    assert built(source, into, models) == 2


@pytest.mark.parametrize("damage", ["empty", "cut", "one bit"])
def test_a_damaged_version_is_not_read(one: Path, tmp_path: Path, models: Path, damage: str) -> None:
    assert built(world(tmp_path / "source", 2), one, models) == 2
    path = warehouse.current(one).path
    content = bytearray(path.read_bytes())
    if damage == "one bit":
        content[len(content) // 2] ^= 1
    path.write_bytes({"empty": b"", "cut": bytes(content[:-4096]), "one bit": bytes(content)}[damage])
    assert served(one) == 1
    notice = warehouse.fallback_notice(one)
    assert path.stem in notice.zh and path.stem in notice.en
    with pytest.raises(WarehouseError, match="damaged"):
        versions.rollback(one, path.stem)
    # Editing a model builds on the version that is served, not on the damaged one.
    rebuild_models(one, models)
    assert served(one) == 1 and warehouse.fallback_notice(one) is None
    assert built(tmp_path / "source", one, models) == 2


@pytest.mark.parametrize("pointer", ["20990101T000000000-00000000", "", "../../etc/passwd", "\x00\xff", None])
def test_a_pointer_that_names_no_version(one: Path, tmp_path: Path, models: Path, pointer: str | None) -> None:
    named = warehouse.current(one).name
    (one / "current").unlink()
    if pointer is not None:
        (one / "current").write_text(pointer, encoding="latin-1")
    assert served(one) == 1
    assert named in warehouse.fallback_notice(one).zh
    assert built(world(tmp_path / "source", 2), one, models) == 2
    assert warehouse.fallback_notice(one) is None


def test_no_version_left_is_told_with_the_remedy_and_building_mends_it(one: Path, tmp_path: Path, models: Path) -> None:
    warehouse.current(one).path.write_bytes(b"")
    with pytest.raises(WarehouseError) as error:
        warehouse.current(one)
    assert "python -m etl build" in error.value.zh and "python -m etl build" in error.value.en
    done = etl("metric", "workers", "--warehouse", one)
    assert done.returncode == 1 and "python -m etl build" in done.stderr and "Traceback" not in done.stderr
    assert built(tmp_path / "source", one, models) == 1


@pytest.mark.parametrize("damage", ["empty", "cut", "one bit"])
def test_a_damaged_file_of_a_district(one: Path, tmp_path: Path, models: Path, damage: str) -> None:
    path = tmp_path / "source" / "庆阳市" / "workers.csv"
    content = bytearray(path.read_bytes())
    # The first bit of a letter, in the header: what was UTF-8 is no text any more.
    content[3] ^= 0x80
    path.write_bytes({"empty": b"", "cut": path.read_bytes()[:20], "one bit": bytes(content)}[damage])
    report = build(tmp_path / "source", one, AS_OF, sql_root=models)
    # Its district keeps its last good rows, and the file says why.
    assert served(one) == 1
    told = report.failed.row(0, named=True)
    assert (told["file"], told["status"]) == ("workers.csv", "stale") and told["message_zh"] and told["message_en"]
    assert built(world(tmp_path / "source", 2), one, models) == 2


@pytest.mark.parametrize("damage", ["empty", "cut", "one bit", "gone"])
def test_damage_to_what_is_kept_costs_time_only(one: Path, tmp_path: Path, models: Path, damage: str) -> None:
    for path in sorted((one / "kept").rglob("*")):
        if path.is_file():
            content = bytearray(path.read_bytes())
            content[len(content) // 2] ^= 1
            if damage == "gone":
                path.unlink()
            else:
                path.write_bytes({"empty": b"", "cut": bytes(content[:-1]), "one bit": bytes(content)}[damage])
    assert built(tmp_path / "source", one, models) == 1
    assert built(world(tmp_path / "source", 2), one, models) == 2


def test_a_clock_set_back(one: Path, tmp_path: Path, models: Path) -> None:
    # What a clock that ran ahead has left behind.
    first = warehouse.current(one)
    ahead = one / "versions" / "20990101T000000000-00000000.duckdb"
    shutil.copyfile(first.path, ahead)
    versions.point(one, ahead.stem)
    names = [ahead.stem]
    for count in (2, 3):
        assert built(world(tmp_path / "source", count), one, models) == count
        names.append(warehouse.current(one).name)
    # Names follow one another, so going back a version goes back in what was built.
    assert names == sorted(names) and names[1].startswith("20990101T000000001-")
    assert versions.rollback(one, None) == names[1] and served(one) == 2


def test_two_builds_at_once(one: Path, tmp_path: Path, models: Path) -> None:
    with versions.building(one):
        with pytest.raises(LinliError) as error:
            _raise_in_child(tmp_path / "source", one)
        assert str(os.getpid()) in error.value.zh and str(os.getpid()) in error.value.en
        assert served(one) == 1
    assert built(tmp_path / "source", one, models) == 1


def _raise_in_child(source: Path, into: Path) -> None:
    done = etl("build", "--source", source, "--warehouse", into, "--as-of", AS_OF)
    assert done.returncode == 1
    raise LinliError(*done.stderr.strip().split("\n", 1))
