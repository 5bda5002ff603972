"""Keeps the warehouse up with edits: a changed file of a district, or a changed model in sql/, is built at once."""

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
from sql.semantic.files import catalog
from sql.semantic.files.sql_file import SQL_FOLDER

# Metrics and queries are read by the pages themselves; only these are built into a version.
_MODEL_FOLDERS = ("staging", "intermediate", "marts", "checks")


def watch(
    source: Path, folder: Path, report_version: Callable[[str], None], report_error: Callable[[Exception], None]
) -> None:
    """Builds on every change until the process is stopped. The name of a version that was published goes to
    `report_version`, what a failed build raised to `report_error`, and both to last_build.json.

    Models that were edited while nobody watched are built first. Of several processes on one warehouse one watches;
    when it ends, another does.
    """
    models = [SQL_FOLDER / name for name in _MODEL_FOLDERS]
    parent = os.getppid()
    is_caught_up = False
    with (folder / "watching.lock").open("w") as lock:
        if not _taken(lock, parent):
            return
        for changed in changes(*models, source, debounce=300, step=50, rust_timeout=2000, yield_on_timeout=True):
            if os.getppid() != parent:
                # The dashboard that started this process is gone.
                return
            if changed or (not is_caught_up and _is_behind(folder)):
                only_models = all(Path(path).is_relative_to(SQL_FOLDER) for _, path in changed)
                rebuild(source, folder, only_models, report_version, report_error)
            is_caught_up = True


def _taken(lock: TextIO, parent: int) -> bool:
    """Waits until the lock is this process's; false where the dashboard that started it ends meanwhile."""
    while os.getppid() == parent:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(1)
        else:
            return True
    return False


def _is_behind(folder: Path) -> bool:
    """Whether the models in sql/ are others than those that the version served was built with."""
    built_with = dict(warehouse.current_version(folder).rows("select path, text from meta.sql_files").iter_rows())
    now = {path: getattr(file, "text", None) for path, file in catalog.current_files().items()}
    return any(
        built_with.get(path) != now.get(path)
        for path in built_with.keys() | now.keys()
        if path.split("/", 1)[0] in _MODEL_FOLDERS
    )


def rebuild(
    source: Path,
    folder: Path,
    only_models: bool,
    report_version: Callable[[str], None],
    report_error: Callable[[Exception], None],
) -> None:
    """Builds once and writes the outcome to last_build.json, from where pages show it."""
    try:
        report = rebuild_models(folder) if only_models else build(source, folder)
    except (LinliError, duckdb.Error, OSError) as error:
        zh, en = (error.zh, error.en) if isinstance(error, LinliError) else (str(error), str(error))
        _tell(folder, {"ok": False, "zh": zh, "en": en})
        report_error(error)
    else:
        _tell(folder, {"ok": True, "version": report.name})
        report_version(report.name)


def _tell(folder: Path, status: dict[str, object]) -> None:
    aside = folder / f"{warehouse.LAST_BUILD}.new"
    aside.write_text(json.dumps(status, ensure_ascii=False), encoding="utf-8")
    os.replace(aside, folder / warehouse.LAST_BUILD)
