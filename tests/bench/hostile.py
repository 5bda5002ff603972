"""Files that nobody sends by chance: how long the intake takes for each, and how much memory."""
from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from etl.intake import take_in
from tests.hostile_source import HEAVY as CASES
from tests.intake_source import AREAS, write

# What a file of up to 50 MB may take.
MOST_SECONDS, MOST_MEGABYTES = 30.0, 1024.0


@dataclass(frozen=True)
class Taken:
    """What became of a hostile file. outcome: how many rows were loaded and rejected, or the reason. megabytes: the most
    that the parsing process held; ours: by how much this process grew meanwhile."""

    case: str
    size: int
    outcome: str
    seconds: float
    megabytes: float
    ours: float


def takings(folder: Path) -> Iterator[Taken]:
    """Each case, written into `folder` and taken in."""
    for case, (name, content) in CASES.items():
        source = write(folder / case.replace("/", " "), {"西峰区/行政区划.csv": AREAS})
        path = source / "西峰区" / name
        content(path)
        yield _taken(case, source, path)
        path.unlink()


def _taken(case: str, source: Path, path: Path) -> Taken:
    # Starts the parsing process, which is not the file's to answer for.
    take_in(write(source.parent / "first", {"区/行政区划.csv": AREAS}), None)
    began = time.monotonic()
    with _watched() as peaks:
        intake = take_in(source, None)
    rows = intake.files.filter(intake.files["file"] == path.name)
    loaded, rejected = rows.select("rows_loaded", "rows_rejected").sum().row(0)
    reasons = list(dict.fromkeys(rows["message_en"].drop_nulls()))
    outcome = f"{loaded:,} loaded, {rejected:,} rejected" if set(rows["status"]) & {"loaded"} else reasons[0]
    return Taken(case, path.stat().st_size, outcome, time.monotonic() - began, *peaks)


@contextmanager
def _watched() -> Iterator[list[float]]:
    """Two figures when it is over: the most memory of the parsing process, and by how much this one grew, in MB."""
    peaks = [0.0, 0.0]
    is_over = threading.Event()
    before = _memory("self", "VmRSS")

    def watch() -> None:
        while not is_over.wait(0.005):
            for child in _children():
                peaks[0] = max(peaks[0], _memory(child, "VmHWM"))

    for process in ("self", *_children()):
        # Forgets the peaks so far.
        Path(f"/proc/{process}/clear_refs").write_text("5")
    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield peaks
    finally:
        is_over.set()
        watching.join()
        peaks[1] = _memory("self", "VmHWM") - before


def _children() -> list[str]:
    return [child for task in Path("/proc/self/task").iterdir() for child in (task / "children").read_text().split()]


def _memory(process: str, figure: str) -> float:
    """Megabytes, 0 where the process has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(float(line.split()[1]) / 1024 for line in lines if line.startswith(f"{figure}:"))
