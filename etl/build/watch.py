"""Watches the districts' files and the models in sql/ and rebuilds at once when one changes."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import duckdb
from watchfiles import watch as changes

from etl.build.build import build, rebuild_models
from sql import warehouse
from sql.errors import LinliError
from sql.files.sql_file import SQL_FOLDER
from sql.semantic.catalog import catalog

# Only these folders are built into a version; pages read metrics and queries themselves.
_MODEL_FOLDERS = ("staging", "intermediate", "marts", "checks")


def watch(
    source: Path, folder: Path, report_version: Callable[[str], None], report_error: Callable[[Exception], None]
) -> None:
    """Builds on every change until the process is stopped.

    The outcome of each build is in last_build.json; the name of a published version also goes to `report_version`, the
    error of a failed build to `report_error`.

    Builds first the models that were edited while no process was watching. Of several processes on one warehouse only
    one watches; when it ends, another takes over.
    """
    models = [SQL_FOLDER / name for name in _MODEL_FOLDERS]
    parent = os.getppid()
    is_caught_up = False
    with (folder / "watching.lock").open("w") as lock:
        if not _acquire(lock, parent):
            return
        for changed_paths in changes(*models, source, debounce=300, step=50, rust_timeout=2000, yield_on_timeout=True):
            if os.getppid() != parent:
                # The dashboard that started this process is gone.
                return
            if changed_paths or (not is_caught_up and _is_outdated(folder)):
                only_models = all(Path(path).is_relative_to(SQL_FOLDER) for _, path in changed_paths)
                rebuild(source, folder, only_models, report_version, report_error)
            is_caught_up = True


def _acquire(lock: TextIO, parent: int) -> bool:
    """Waits for the lock; returns false where the dashboard that started this process ends meanwhile."""
    while os.getppid() == parent:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(1)
        else:
            return True
    return False


def _is_outdated(folder: Path) -> bool:
    """Returns true where the models in sql/ differ from those that the current version was built with."""
    built_with = dict(warehouse.intact_version(folder).rows("select path, text from meta.sql_files").iter_rows())
    current = {path: getattr(file, "text", None) for path, file in catalog.current_files().items()}
    return any(
        built_with.get(path) != current.get(path)
        for path in built_with.keys() | current.keys()
        if path.split("/", 1)[0] in _MODEL_FOLDERS
    )


def rebuild(
    source: Path,
    folder: Path,
    only_models: bool,
    report_version: Callable[[str], None],
    report_error: Callable[[Exception], None],
) -> None:
    """Runs one build and writes its outcome to last_build.json, which the pages show."""
    try:
        report = rebuild_models(folder) if only_models else build(source, folder)
    except (LinliError, duckdb.Error, OSError) as error:
        zh, en = (error.zh, error.en) if isinstance(error, LinliError) else (str(error), str(error))
        _write_status(folder, {"ok": False, "zh": zh, "en": en})
        report_error(error)
    else:
        _write_status(folder, {"ok": True, "version": report.name})
        report_version(report.name)


def _write_status(folder: Path, status: dict[str, object]) -> None:
    temporary = folder / f"{warehouse.LAST_BUILD}.new"
    temporary.write_text(json.dumps(status, ensure_ascii=False), encoding="utf-8")
    os.replace(temporary, folder / warehouse.LAST_BUILD)
