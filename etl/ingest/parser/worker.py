"""Runs the parser process, which may be killed or crash without losing anything else.

Reads pickled tasks from standard input and answers each with a line of JSON. Ends when its parent is gone or has sent
nothing for a while.
"""

import base64
import hashlib
import json
import os
import pickle
import select
import signal
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from etl.contracts import all_tables
from etl.ingest.boundaries import shapes, topology
from etl.ingest.errors import FileError
from etl.ingest.mapping.loader import load
from etl.ingest.parser import cache
from etl.ingest.parser.sheets import ParsedSheet, parse_sheet
from etl.ingest.parser.tasks import ListSheets, OverlayBoundaries, ParseSheet, ReadMapping, Task
from etl.ingest.readers.files import open_error, sheet_names

_IDLE_SECONDS = 60


def _end_silently_on_interrupt() -> None:
    """Lets Ctrl-C end this process without a traceback, unless it is ignored, as in the background of a shell."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def answer(task: Task) -> dict[str, object]:
    """Returns the answer to a task.

    {"sheets": …}, {"sections": pickled}, {} if the result was stored, {"file": [zh, en]} if the file is at fault and
    that must not be cached, {"system": text} if the machine is at fault.
    """
    try:
        match task:
            case ListSheets():
                return {"sheets": sheet_names(task.path)}
            case ReadMapping():
                return {"sections": base64.b64encode(pickle.dumps(load(task.folder))).decode("ascii")}
            case OverlayBoundaries():
                return _overlay_boundaries(task.folder)
            case ParseSheet():
                return _parse_and_cache(task)
    except FileError as error:
        return {"file": [error.zh, error.en]}
    except OSError as error:
        fault = open_error(error)
        return {"file": [fault.zh, fault.en]}


def _overlay_boundaries(folder: Path) -> dict[str, object]:
    areas, own_shapes, grids = (pl.read_parquet(folder / f"{name}.parquet") for name in ("areas", "shapes", "grids"))
    try:
        shapes.derive_parents(areas, own_shapes).write_parquet(folder / "complete.parquet")
        topology.find_faults(own_shapes, grids).write_parquet(folder / "faults.parquet")
    except OSError as error:
        return {"system": f"{folder}: {error}"}
    return {}


def _parse_and_cache(task: ParseSheet) -> dict[str, object]:
    outcome: ParsedSheet | FileError
    cells = None
    try:
        outcome, cells = parse_sheet(task.path, task.sheet, all_tables()[task.table], task.section, task.key)
    except FileError as error:
        outcome = error
    with task.path.open("rb") as content:
        is_unchanged = hashlib.file_digest(content, "sha256").hexdigest() == task.content_hash
    if not is_unchanged:
        raise FileError(
            "读取时文件被改动；请等保存完成后重新构建",
            "the file changed while it was being read; build again once it is saved",
        )
    try:
        cache.store(task.folder, task.name, outcome, cells)
    except OSError as error:
        return {"system": f"{task.folder}: {error}"}
    return {}


def _read_tasks() -> Iterator[Task]:
    while select.select([sys.stdin], [], [], _IDLE_SECONDS)[0]:
        try:
            yield pickle.load(sys.stdin.buffer)  # noqa: S301  the process that started this one wrote it
        except EOFError:
            return


def main() -> None:
    """Answers tasks until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    errors = os.fdopen(os.dup(2), "w", encoding="utf-8")
    # Output of a library may quote cells, so it must not reach the log, nor mix with the answers.
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 1)
    os.dup2(devnull, 2)
    try:
        print("{}", file=answers, flush=True)
        for task in _read_tasks():
            print(json.dumps(answer(task)), file=answers, flush=True)
    except BaseException as error:
        # The error's message may quote cells too, so only its type and traceback are printed.
        print(type(error).__name__, *traceback.format_tb(error.__traceback__), file=errors, flush=True)
        sys.exit(1)


if __name__ == "__main__":
    _end_silently_on_interrupt()
    main()
