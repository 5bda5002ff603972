"""Measures how much time and memory ingest takes for each hostile file."""

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
from tests.helpers.ingest.hostile_source import HEAVY_CASES, MB, write_case
from tests.helpers.ingest.ingest_source import AREAS, write

__all__ = ["MAX_MEGABYTES", "MAX_SECONDS", "MB", "FileOutcome", "measure_files"]

# The limits for a file of up to 50 MB.
MAX_SECONDS, MAX_MEGABYTES = 30.0, 1024.0


@dataclass
class ParserUsage:
    """Records the peak memory in MB and the CPU seconds of each parser process; `own_growth` is the growth of this
    process in MB."""

    megabytes: dict[str, float] = field(default_factory=dict)
    cores: dict[str, float] = field(default_factory=dict)
    own_growth: float = 0.0


@dataclass(frozen=True)
class FileOutcome:
    """Describes the ingest of a hostile file.

    `outcome` is the numbers of rows loaded and rejected, or the reason; `megabytes` and `cores` are the peak memory and
    the CPU seconds of the parser process; `own_growth` is the growth of this process in MB.
    """

    case: str
    size: int
    outcome: str
    seconds: float
    cores: float
    megabytes: float
    own_growth: float


def measure_files(folder: Path, cases: list[str]) -> Iterator[FileOutcome]:
    """Writes each of the cases into `folder`, ingests it and yields its outcome."""
    # Starts the parser process, so that no file is charged for it.
    ingest_folder(write(folder / "first", {"区/行政区划.csv": AREAS}), None)
    for number, case in enumerate(cases):
        source = write(folder / str(number), {"西峰区/行政区划.csv": AREAS})
        path = source / "西峰区" / HEAVY_CASES[case][0]
        # Written in another process, whose memory does not count.
        writer = multiprocessing.get_context("spawn").Process(target=write_case, args=(case, path))
        writer.start()
        writer.join()
        began = time.monotonic()
        with _watch_parsers() as usage:
            result = ingest_folder(source, None)
        seconds = time.monotonic() - began
        rows = result.files.filter(pl.col("file") == path.name)
        loaded, rejected = rows.select("rows_loaded", "rows_rejected").sum().row(0)
        reasons = rows.filter(pl.col("status") != "loaded")["message_en"]
        parts = [f"{loaded:,} loaded, {rejected:,} rejected"] if "loaded" in rows["status"] else []
        outcome = "; ".join([*parts, *reasons.unique(maintain_order=True).head(1)])
        cores, megabytes = sum(usage.cores.values()), max(usage.megabytes.values(), default=0.0)
        yield FileOutcome(case, path.stat().st_size, outcome, seconds, cores, megabytes, usage.own_growth)
        path.unlink()


@contextmanager
def _watch_parsers() -> Iterator[ParserUsage]:
    """Measures the parser processes, one after the other, until the block ends."""
    usage, is_over = ParserUsage(), threading.Event()
    for process in ("self", *_children()):
        # Resets the peaks so far.
        Path(f"/proc/{process}/clear_refs").write_text("5", encoding="ascii")
    before, seconds_before = _memory("self", "VmRSS"), {child: _seconds(child) for child in _children()}

    def watch() -> None:
        while not is_over.wait(0.01):
            for child in _children():
                if peak := _memory(child, "VmHWM"):
                    usage.megabytes[child] = peak
                    seconds = _seconds(child) - seconds_before.get(child, 0.0)
                    usage.cores[child] = max(seconds, usage.cores.get(child, 0.0))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield usage
    finally:
        is_over.set()
        thread.join()
        usage.own_growth = _memory("self", "VmHWM") - before


def _children() -> list[str]:
    children: list[str] = []
    for task in Path("/proc/self/task").iterdir():
        try:
            children += (task / "children").read_text(encoding="ascii").split()
        except FileNotFoundError:
            # The thread has ended.
            continue
    return children


def _memory(process: str, figure: str) -> float:
    """Returns megabytes, 0 if the process has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(float(line.split()[1]) / 1024 for line in lines if line.startswith(f"{figure}:"))


def _seconds(process: str) -> float:
    """Returns the CPU seconds that a process has used, 0 if it has ended."""
    try:
        figures = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(figures[11]) + int(figures[12])) / os.sysconf("SC_CLK_TCK")
