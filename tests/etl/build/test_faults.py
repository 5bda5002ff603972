"""Whatever happens to the machine, the last good version is served, the next build succeeds, and nothing half-written
is read.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
import types
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

import duckdb
import pytest

import etl.build.build as etl_build
from etl.build import versions
from etl.build.build import build, rebuild_models
from etl.cli.app import main
from sql import warehouse
from sql.errors import LinliError, WarehouseError
from sql.files import sql_file
from tests.helpers.depth import examples
from tests.helpers.warehouse.world import AREAS, EAST, never_held, population, run_etl, value, workers, write

# Cases in batches, so that workers can share them.
PARTS = examples(1, 5)
KILLS = examples(12, 100) // PARTS
FULL_DISKS = 10
AS_OF = date(2024, 1, 31)
# Enough models to count people and residents; each build still loads, builds models, checks and publishes.
MODELS = (
    "staging",
    "intermediate",
    "marts/community_months.sql",
    "marts/worker_months.sql",
    "marts/partner_months.sql",
    "marts/place_months.sql",
    "marts/partner_contributions.sql",
    "marts/partner_ratings.sql",
    "checks/no_areas.sql",
)


def world(folder: Path, count: int) -> Path:
    """Writes `count` workers and a thousand times as many residents: each number identifies its version."""
    return write(
        folder,
        "庆阳市",
        areas=AREAS,
        workers=workers(count, EAST),
        population=[population(EAST, "2024-01-31", 1000 * count)],
        # Versions here lose workers on purpose, and are told apart by their number.
        standards=never_held(),
    )


def served(into: Path) -> int:
    """Returns the number of workers in the served version; asserts a thousand times as many residents, else it mixes
    two worlds.
    """
    version = warehouse.current_version(into)
    counted = value(version, "workers")
    assert value(version, "residents") == 1000 * counted
    return int(counted)


def built(source: Path, into: Path, models: Path = sql_file.SQL_FOLDER) -> int:
    """Builds, and returns the count that is then served."""
    build(source, into, AS_OF, sql_root=models)
    return served(into)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a folder with a few of the models, so that a build takes only a moment."""
    root = tmp_path_factory.mktemp("models")
    for name in MODELS:
        path = root / name
        path.parent.mkdir(exist_ok=True)
        (shutil.copytree if path.suffix == "" else shutil.copyfile)(sql_file.SQL_FOLDER / name, path)
    for folder in ("metrics", "queries"):
        (root / folder).mkdir()
    return root


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Path:
    """Returns a folder with a warehouse that serves one worker, and its source."""
    folder = tmp_path_factory.mktemp("first")
    assert built(world(folder / "source", 1), folder / "warehouse", models) == 1
    return folder


@pytest.fixture
def one(first: Path, tmp_path: Path) -> Path:
    """Returns a separate warehouse that serves one worker; its source lies beside it."""
    shutil.copytree(first, tmp_path, dirs_exist_ok=True)
    return tmp_path / "warehouse"


# The phases of a build, by the function whose call begins each. Publishing is nothing but moving the pointer: before it
# the previous version is served, after it the new one.
BEGINS = {
    etl_build.ingest_folder: "read",
    etl_build.load: "load",
    etl_build.build_models: "models",
    etl_build.run_checks: "checks",
    versions.version_name: "record",
    etl_build._reopen: "count",
    versions.publish: "publish",
    versions.set_pointer: "point",
}
PHASES = (*BEGINS.values(), "tidy")


def phase_profiler(tell: Callable[[str], object]) -> Callable[[types.FrameType, str, object], None]:
    """Returns a profiler that calls `tell` as every phase of a build begins."""
    codes = {function.__code__: phase for function, phase in BEGINS.items()}

    def profile(frame: types.FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in codes:
            tell(codes[frame.f_code])
        elif event == "return" and frame.f_code is versions.set_pointer.__code__:
            tell("tidy")

    return profile


def _build_until(source: Path, into: Path, models: Path, phase: str, after: float, line: Connection) -> None:
    """Builds, reports the phases, and dies `after` seconds into the given phase, in the middle of whatever it does."""

    def tell(begun: str) -> None:
        line.send((begun, time.monotonic()))
        if begun == phase:
            # Nothing handles the alarm: the system ends the process at that instant, as a kill does.
            signal.setitimer(signal.ITIMER_REAL, max(after, 1e-6))

    sys.setprofile(phase_profiler(tell))
    build(source, into, AS_OF, sql_root=models)
    line.send(("done", time.monotonic()))


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, list]]:
    """Returns a function that runs a function of this module in a separate process and returns its exit code and
    messages.
    """
    # A child begins by importing the parent's main module; a page tested earlier may have left its own there.
    monkeypatch.setitem(sys.modules, "__main__", types.ModuleType("__main__"))
    # The fork server has everything imported and no threads: a child begins at once.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.etl.build.test_faults", "etl.build.build"])

    def run(function: Callable[..., None], *arguments: object) -> tuple[int, list]:
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=function, args=(*arguments, theirs))
        process.start()
        theirs.close()
        sent = []
        try:
            while True:
                sent.append(ours.recv())
        except EOFError:
            process.join()
            return process.exitcode, sent

    return run


@pytest.mark.parametrize("part", range(PARTS))
def test_killed_in_every_phase_of_a_build(
    one: Path, tmp_path: Path, models: Path, children: Callable[..., tuple[int, list]], part: int
) -> None:
    code, sent = children(_build_until, world(tmp_path / "source", 2), one, models, "", 0.0)
    assert (code, [phase for phase, _ in sent]) == (0, [*PHASES, "done"])
    assert served(one) == 2
    lasts = {phase: sent[at + 1][1] - begun for at, (phase, begun) in enumerate(sent[:-1])}
    chance = random.Random(20240131 + part)
    before, wanted, killed, missed = 2, 2, Counter(), Counter()
    while killed.total() < KILLS:
        phase = PHASES[(part * KILLS + killed.total()) % len(PHASES)]
        wanted = 2 + (wanted + 1) % 7
        # Killed earlier, where the build was faster than the timed one.
        after = lasts[phase] * chance.random() / 2 ** missed[phase]
        code, sent = children(_build_until, world(tmp_path / "source", wanted), one, models, phase, after)
        assert code in (0, -signal.SIGALRM), code
        reached, now = sent[-1][0], served(one)
        # The previous version or the complete new one.
        allowed = {"point": (before, wanted), "tidy": (wanted,), "done": (wanted,)}.get(reached, (before,))
        assert now in allowed, (reached, before, wanted)
        assert warehouse.fallback_notice(one) is None, reached
        before = now
        if reached != phase:
            missed[phase] += 1
            assert missed[phase] < 30, f"{phase} is over before it can be killed"
            continue
        killed[phase] += 1
        if killed.total() % 6 == 0:
            before = built(tmp_path / "source", one, models)
            assert before == wanted
            assert [path.name for path in one.glob("building.duckdb*")] == []
    assert set(killed) == set(PHASES)


# The calls that change files, by their audit names in Python.
STEPS = {"open", "write", "close", "fsync", "replace", "unlink"}


def _publish_until(into: Path, name: str, step: int, line: Connection) -> None:
    """Publishes a copy of the served version, and dies just before the given step."""
    path = into / "building.duckdb"
    shutil.copyfile(warehouse.current_version(into).path, path)
    count = 0

    def profile(_frame: types.FrameType, event: str, called: object) -> None:
        nonlocal count
        if event == "c_call" and called.__name__ in STEPS:
            count += 1
            if count > step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(profile)
    versions.publish(into, path, name)
    sys.setprofile(None)
    line.send("done")


def test_killed_at_every_step_of_publishing(one: Path, children: Callable[..., tuple[int, list]]) -> None:
    first, steps = warehouse.current_version(one).name, 0
    while True:
        name = f"20990101T000000{steps:03d}-00000000"
        code, sent = children(_publish_until, one, name, steps)
        # Complete or absent, and never a pointer that leads nowhere.
        assert warehouse.fallback_notice(one) is None, steps
        assert warehouse.current_version(one).name in (first, name), steps
        if sent:
            break
        assert code == -signal.SIGKILL
        first = warehouse.current_version(one).name
        steps += 1
    assert steps > 15 and warehouse.current_version(one).name == name


def test_a_power_cut_never_finds_steps_out_of_order(one: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is flushed to disk before it gets its name, and the name before the next step relies on it."""
    flush, move = os.fsync, os.replace
    done: list[tuple[str, ...]] = []

    def flushed(descriptor: int) -> None:
        done.append(("flush", os.readlink(f"/proc/self/fd/{descriptor}")))
        flush(descriptor)

    def moved(source: Path, target: Path) -> None:
        done.append(("move", str(source.resolve()), str(target.resolve())))
        move(source, target)

    path, name = one / "building.duckdb", "20990101T000000000-00000000"
    shutil.copyfile(warehouse.current_version(one).path, path)
    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(os, "replace", moved)
    versions.publish(one, path, name)
    moves = [at for at, step in enumerate(done) if step[0] == "move"]
    assert [Path(done[at][2]).name for at in moves] == [f"{name}.sha256", f"{name}.duckdb", "current"]
    for at, following in zip(moves, [*moves[1:], len(done)], strict=True):
        _, source, target = done[at]
        assert ("flush", source) in done[:at], f"{source} has a new name before it is on the disk"
        assert ("flush", str(Path(target).parent)) in done[at:following], f"{target} is relied on before it is there"


# Phases in which a disk may be full: counting only reads, and so do the checks.
WRITES = ("read", "load", "models", "record", "publish", "point")


def _build_refused_from(source: Path, into: Path, models: Path, phase: str, line: Connection) -> None:
    """Builds, and from a phase on has the system refuse every write to a file; reports why the build ended."""

    def tell(begun: str) -> None:
        if begun == phase:
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    sys.setprofile(phase_profiler(tell))
    try:
        build(source, into, AS_OF, sql_root=models)
    except (LinliError, duckdb.Error, OSError) as error:
        line.send(str(error))


def test_writes_refused_from_any_phase_on(
    one: Path, tmp_path: Path, models: Path, children: Callable[..., tuple[int, list]]
) -> None:
    source = world(tmp_path / "source", 2)
    for phase in WRITES:
        code, sent = children(_build_refused_from, source, one, models, phase)
        # The build ends with an error that the command line prints and that mentions the disk.
        assert code == 0 and len(sent) == 1, phase
        assert any(word in sent[0] for word in ("磁盘", "File too large", "space")), (phase, sent)
        assert served(one) == 1 and warehouse.fallback_notice(one) is None, phase
        assert [path.name for path in one.glob("building.duckdb*")] == [], phase
    # Once there is room again, the next build succeeds.
    assert built(source, one, models) == 2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Returns a function that mounts a separate disk in memory of the given size."""
    path = tmp_path / "disk"
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", str(path)], check=True)
    yield path
    subprocess.run(["umount", "-l", str(path)], check=True)


@pytest.mark.root
def test_a_disk_that_is_full_at_ten_points(small_disk: Path, tmp_path: Path, models: Path) -> None:
    into = small_disk / "warehouse"
    assert built(world(tmp_path / "source", 1), into, models) == 1
    # The most space that a build of two needs.
    source = world(tmp_path / "source", 2)
    ballast = small_disk / "ballast"
    need = 4 * warehouse.current_version(into).path.stat().st_size
    refused = 0
    for point in range(FULL_DISKS):
        free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
        with ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, free - need * point // FULL_DISKS))
        done = run_etl("build", "--source", source, "--warehouse", into, "--as-of", AS_OF)
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
    # Once there is room again, the next build succeeds.
    assert built(source, into, models) == 2


@pytest.mark.parametrize("damage", ["empty", "cut", "one bit"])
def test_a_damaged_version_is_not_read(one: Path, tmp_path: Path, models: Path, damage: str) -> None:
    assert built(world(tmp_path / "source", 2), one, models) == 2
    path = warehouse.current_version(one).path
    content = bytearray(path.read_bytes())
    if damage == "one bit":
        content[len(content) // 2] ^= 1
    path.write_bytes({"empty": b"", "cut": bytes(content[:-4096]), "one bit": bytes(content)}[damage])
    assert served(one) == 1
    notice = warehouse.fallback_notice(one)
    assert path.stem in notice.zh and path.stem in notice.en
    with pytest.raises(WarehouseError, match="damaged"):
        versions.rollback(one, path.stem)
    # Editing a model builds on the served version, not on the damaged one.
    rebuild_models(one, models)
    assert served(one) == 1 and warehouse.fallback_notice(one) is None
    assert built(tmp_path / "source", one, models) == 2


@pytest.mark.parametrize("pointer", ["20990101T000000000-00000000", "", "../../etc/passwd", "\x00\xff", None])
def test_a_pointer_that_names_no_version(one: Path, tmp_path: Path, models: Path, pointer: str | None) -> None:
    named = warehouse.current_version(one).name
    (one / "current").unlink()
    if pointer is not None:
        (one / "current").write_text(pointer, encoding="latin-1")
    assert served(one) == 1
    assert named in warehouse.fallback_notice(one).zh
    assert built(world(tmp_path / "source", 2), one, models) == 2
    assert warehouse.fallback_notice(one) is None


def test_a_warehouse_without_versions_is_reported_with_the_remedy_and_a_build_repairs_it(
    one: Path, tmp_path: Path, models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    warehouse.current_version(one).path.write_bytes(b"")
    with pytest.raises(WarehouseError) as error:
        warehouse.current_version(one)
    assert "python -m etl build" in error.value.zh and "python -m etl build" in error.value.en
    assert main(["metric", "workers", "--warehouse", str(one)]) == 1
    assert "python -m etl build" in capsys.readouterr().err
    assert built(tmp_path / "source", one, models) == 1


@pytest.mark.parametrize("damage", ["empty", "cut", "one bit"])
def test_a_damaged_file_of_a_district(one: Path, tmp_path: Path, models: Path, damage: str) -> None:
    path = tmp_path / "source" / "庆阳市" / "workers.csv"
    content = bytearray(path.read_bytes())
    # Flips the first bit of a letter in the header: the file is no longer valid UTF-8.
    content[3] ^= 0x80
    path.write_bytes({"empty": b"", "cut": path.read_bytes()[:20], "one bit": bytes(content)}[damage])
    report = build(tmp_path / "source", one, AS_OF, sql_root=models)
    # The district keeps its last good rows, and the file's status says why.
    assert served(one) == 1
    file = report.failed_files.row(0, named=True)
    assert (file["file"], file["status"]) == ("workers.csv", "stale") and file["message_zh"] and file["message_en"]
    assert built(world(tmp_path / "source", 2), one, models) == 2


@pytest.mark.parametrize("damage", ["empty", "cut", "one bit", "gone"])
def test_damage_to_the_parse_cache_costs_time_only(one: Path, tmp_path: Path, models: Path, damage: str) -> None:
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
    # Files that a clock running ahead has left behind.
    first = warehouse.current_version(one)
    ahead = one / "versions" / "20990101T000000000-00000000.duckdb"
    shutil.copyfile(first.path, ahead)
    versions.set_pointer(one, ahead.stem)
    names = [ahead.stem]
    for count in (2, 3):
        assert built(world(tmp_path / "source", count), one, models) == count
        names.append(warehouse.current_version(one).name)
    # Names are in order of builds, so rolling back one version returns to the previous build.
    assert names == sorted(names) and names[1].startswith("20990101T000000001-")
    assert versions.rollback(one, None) == names[1] and served(one) == 2


def test_two_builds_at_once(one: Path, tmp_path: Path, models: Path) -> None:
    with versions.open_build(one):
        with pytest.raises(LinliError) as error:
            _raise_in_child(tmp_path / "source", one)
        assert str(os.getpid()) in error.value.zh and str(os.getpid()) in error.value.en
        assert served(one) == 1
    assert built(tmp_path / "source", one, models) == 1


def _raise_in_child(source: Path, into: Path) -> None:
    done = run_etl("build", "--source", source, "--warehouse", into, "--as-of", AS_OF)
    assert done.returncode == 1
    raise LinliError(done.stderr, done.stderr)
