"""Keeps the warehouse up with edits: a changed file of a district, or a changed model in sql/, is built at once."""
from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import duckdb
from watchfiles import watch as changes

from etl.build import build, rebuild_models
from sql import catalog
from sql.errors import LinliError
from sql.files import SQL
from sql.warehouse import OUTCOME

# Metrics and queries are read by the pages themselves; only these are built into a version.
_MODEL_FOLDERS = ("staging", "bases", "marts", "checks")


def watch(source: Path, warehouse: Path) -> None:
    """Builds on every change until the process is stopped. A build that fails is told in last_build.json."""
    models = [SQL / folder for folder in _MODEL_FOLDERS]
    parent = os.getppid()
    for changed in changes(*models, source, debounce=300, step=50, rust_timeout=2000, yield_on_timeout=True):
        if os.getppid() != parent:
            # The dashboard that started this process is gone.
            return
        if changed:
            only_models = all(Path(path).is_relative_to(SQL) for _, path in changed)
            rebuild(source, warehouse, only_models)


def rebuild(source: Path, warehouse: Path, only_models: bool) -> None:
    """One build, its outcome written to last_build.json for the pages to show."""
    catalog.forget()
    try:
        report = rebuild_models(warehouse) if only_models else build(source, warehouse)
    except (LinliError, duckdb.Error, OSError) as error:
        zh, en = (error.zh, error.en) if isinstance(error, LinliError) else (str(error), str(error))
        _tell(warehouse, {"ok": False, "zh": zh, "en": en})
        print(f"{zh}\n{en}", file=sys.stderr, flush=True)
    else:
        _tell(warehouse, {"ok": True, "version": report.name})
        print(f"published {report.name}", flush=True)


def _tell(warehouse: Path, status: dict[str, object]) -> None:
    aside = warehouse / f"{OUTCOME}.new"
    aside.write_text(json.dumps(status, ensure_ascii=False), encoding="utf-8")
    os.replace(aside, warehouse / OUTCOME)
