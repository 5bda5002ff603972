"""Moves what users wrote in the browser out of sql/, where earlier releases kept it, into data/."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

from sql.errors import InputError, SqlFileError
from sql.files import sql_file
from sql.semantic import annotations as sql_annotations
from sql.semantic.catalog import catalog


def move(root: Path = sql_file.SQL_FOLDER) -> list[str]:
    """Moves annotations and saved queries to data/; returns the new locations of the files that were moved.

    Annotations are added to those that are in data/ already. Of queries, those are moved whose header names an area:
    only the browser writes it. The others work where they are, beside the product's own. A query whose name is taken in
    data/ stays where it is. Raises InputError if a file cannot be moved; it is then unchanged.
    """
    moved = []
    try:
        if _move_annotations(root / "annotations.csv", root.parent / "data" / sql_annotations.PATH.name):
            moved.append(f"data/{sql_annotations.PATH.name}")
        moved += [
            f"data/queries/{path.name}"
            for path in sorted((root / "queries").glob("*.sql"))
            if _is_saved(root, path) and _move_query(path, catalog.saved_folder(root) / path.name)
        ]
    except OSError as error:
        raise InputError(
            f"没能把 {error.filename} 移到 data/（{error.strerror}）；请检查权限和磁盘空间，或手工移动",
            f"{error.filename} was not moved to data/ ({error.strerror}); check permissions and disk space, or move it "
            "by hand",
        ) from error
    if moved:
        catalog.clear_cache()
    return moved


def _is_saved(root: Path, path: Path) -> bool:
    try:
        return catalog.AREA_KEY in catalog.read_file(root, path).header
    except SqlFileError:
        return False


def _move_query(old: Path, new: Path) -> bool:
    if new.exists():
        return False
    new.parent.mkdir(parents=True, exist_ok=True)
    os.replace(old, new)
    return True


def _move_annotations(old: Path, new: Path) -> bool:
    if not old.is_file():
        return False
    new.parent.mkdir(parents=True, exist_ok=True)
    with sql_annotations.lock(new):
        if not new.exists():
            os.replace(old, new)
            return True
        whole = _joined(new.read_text(encoding="utf-8-sig"), old.read_text(encoding="utf-8-sig"))
        aside = new.with_name(f"{new.name}.new")
        try:
            aside.write_text(whole, encoding="utf-8", newline="")
            os.replace(aside, new)
        finally:
            aside.unlink(missing_ok=True)
        old.unlink()
    return True


def _joined(current: str, added: str) -> str:
    """Returns the current file with the rows of the other that it lacks, in its own columns' order."""
    reader = csv.DictReader(io.StringIO(current))
    header = reader.fieldnames or sql_annotations.COLUMNS
    known = [tuple(row.get(name) or "" for name in header) for row in reader]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in csv.DictReader(io.StringIO(added)):
        cells = tuple(row.get(name) or "" for name in header)
        if cells not in known:
            writer.writerow(cells)
    return current.rstrip("\r\n") + "\n" + out.getvalue()
