"""Files that nobody sends by chance: how long the intake takes for each, and how much memory."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from etl.ingest.pipeline import ingest_folder
from tests.helpers.hostile_source import HEAVY_CASES, MB, write_case
from tests.helpers.ingest_source import AREAS, write

__all__ = ["MAX_MEGABYTES", "MAX_SECONDS", "MB", "FileOutcome", "measure_files"]

# What a file of up to 50 MB may take.
MAX_SECONDS, MAX_MEGABYTES = 30.0, 1024.0


@dataclass
class ParserUsage:
    """What the parsing process took: its peak in MB and the seconds of all cores, by process; `ours` is by how many MB
    this process grew meanwhile."""

    megabytes: dict[str, float] = field(default_factory=dict)
    cores: dict[str, float] = field(default_factory=dict)
    own_growth: float = 0.0


@dataclass(frozen=True)
class FileOutcome:
    """What became of a hostile file. outcome: how many rows were loaded and rejected, or the reason. megabytes, cores:
    the peak of the parsing process and the seconds of its cores; ours: by how many MB this process grew."""

    case: str
    size: int
    outcome: str
    seconds: float
    cores: float
    megabytes: float
    own_growth: float


def measure_files(folder: Path, cases: list[str]) -> Iterator[FileOutcome]:
    """Each of the cases, written into `folder` and taken in."""
    # Starts the parsing process, which is not a file's to answer for.
    ingest_folder(write(folder / "first", {"区/行政区划.csv": AREAS}), None)
    for number, case in enumerate(cases):
        source = write(folder / str(number), {"西峰区/行政区划.csv": AREAS})
        path = source / "西峰区" / HEAVY_CASES[case][0]
        # The memory that writing it takes is not ours to answer for.
        writing = multiprocessing.get_context("spawn").Process(target=write_case, args=(case, path))
        writing.start()
        writing.join()
        began = time.monotonic()
        with _watched() as watched:
            intake = ingest_folder(source, None)
        seconds = time.monotonic() - began
        rows = intake.files.filter(pl.col("file") == path.name)
        loaded, rejected = rows.select("rows_loaded", "rows_rejected").sum().row(0)
        reasons = rows.filter(pl.col("status") != "loaded")["message_en"]
        parts = [f"{loaded:,} loaded, {rejected:,} rejected"] if "loaded" in rows["status"] else []
        outcome = "; ".join([*parts, *reasons.unique(maintain_order=True).head(1)])
        cores, megabytes = sum(watched.cores.values()), max(watched.megabytes.values(), default=0.0)
        yield FileOutcome(case, path.stat().st_size, outcome, seconds, cores, megabytes, watched.own_growth)
        path.unlink()


@contextmanager
def _watched() -> Iterator[ParserUsage]:
    """Watches the parsing processes, one after the other, until it is left."""
    watched, is_over = ParserUsage(), threading.Event()
    for process in ("self", *_children()):
        # Forgets the peaks so far.
        Path(f"/proc/{process}/clear_refs").write_text("5", encoding="ascii")
    before, used = _memory("self", "VmRSS"), {child: _seconds(child) for child in _children()}

    def watch() -> None:
        while not is_over.wait(0.01):
            for child in _children():
                if peak := _memory(child, "VmHWM"):
                    watched.megabytes[child] = peak
                    watched.cores[child] = max(_seconds(child) - used.get(child, 0.0), watched.cores.get(child, 0.0))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield watched
    finally:
        is_over.set()
        watching.join()
        watched.own_growth = _memory("self", "VmHWM") - before


def _children() -> list[str]:
    found: list[str] = []
    for task in Path("/proc/self/task").iterdir():
        try:
            found += (task / "children").read_text(encoding="ascii").split()
        except FileNotFoundError:
            # A thread that has ended.
            continue
    return found


def _memory(process: str, figure: str) -> float:
    """Megabytes, 0 where the process has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(float(line.split()[1]) / 1024 for line in lines if line.startswith(f"{figure}:"))


def _seconds(process: str) -> float:
    """The seconds of all cores that a process has used, 0 where it has ended."""
    try:
        figures = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(figures[11]) + int(figures[12])) / os.sysconf("SC_CLK_TCK")
