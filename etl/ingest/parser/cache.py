"""Validated units on disk, by content: what was read once is not read again while file, mapping and code are the same.

An entry is a folder that appears whole, by a rename, or not at all; each file in it is compared with its checksum
before it is used, so a damaged entry is read anew. Losing all of them costs time, never data.
"""

import functools
import hashlib
import importlib.metadata
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from etl.contracts import Table
from etl.ingest.errors import FileError, NoHeader
from etl.ingest.parser.results import ParsedSheet

_FRAMES = ("rows", "rejected_keys", "problems")
_CELLS = "cells"
_ERRORS = {kind.__name__: kind for kind in (FileError, NoHeader)}
_ABOUT = "about.json"
_ASIDE = "aside-"
# What a cell becomes depends on these as much as on our own code.
_LIBRARIES = ("polars", "dataframely", "fastexcel", "shapely")


def entry_name(table: Table, content_hash: str, sheet: str, fingerprint: str, key: bytes) -> str:
    """The name of a unit's entry; `fingerprint` is what else decides how it is read: its kind and its mapping."""
    secret = hashlib.sha256(key).hexdigest()
    parts = (content_hash, table.name, sheet, fingerprint, secret, _code())
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:40]


def sheet_names_entry(content_hash: str, kind: str) -> str:
    """The name under which the sheets of a workbook are kept."""
    return hashlib.sha256(repr((content_hash, kind, _code())).encode()).hexdigest()[:40]


def store(folder: Path, name: str, outcome: ParsedSheet | FileError, cells: pl.DataFrame | None) -> None:
    """Write an entry: a unit's outcome with its cells as written, or why it can't be read. Raises OSError where the
    disk refuses."""
    _appear(folder, name, lambda aside: _write(aside, outcome, cells))


def store_sheet_names(folder: Path, name: str, sheets: list[str]) -> None:
    """Write an entry: the names of a workbook's sheets. Raises OSError where the disk refuses."""
    about = json.dumps({"sheets": sheets}, ensure_ascii=False)
    _appear(folder, name, lambda aside: (aside / _ABOUT).write_text(about, encoding="utf-8"))


def _appear(folder: Path, name: str, write: Callable[[Path], object]) -> None:
    """Has a folder appear whole under its name, or not at all."""
    aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=folder))
    try:
        write(aside)
        os.rename(aside, folder / name)
    except (OSError, pl.exceptions.PolarsError) as error:
        shutil.rmtree(aside, ignore_errors=True)
        if not (folder / name).is_dir():
            raise OSError(str(error)) from error


def exists(folder: Path, name: str) -> bool:
    """Whether there is an entry of that name, whole or damaged."""
    return (folder / name).is_dir()


def load(folder: Path, name: str) -> ParsedSheet | None:
    """The outcome kept under a name; None where there is none or it is damaged, which is then removed.

    Raises FileError where what is kept is that the unit can't be read.
    """
    path = folder / name
    try:
        about = json.loads((path / _ABOUT).read_bytes())
        contents = {frame: (path / f"{frame}.parquet").read_bytes() for frame in about["files"]}
    except FileNotFoundError:
        shutil.rmtree(path, ignore_errors=True)
        return None
    except (ValueError, KeyError, TypeError):
        shutil.rmtree(path)
        return None
    if any(_checksum(content) != about["files"][frame] for frame, content in contents.items()):
        shutil.rmtree(path)
        return None
    if error := about.get("error"):
        raise _ERRORS[error["kind"]](error["zh"], error["en"])
    rows, rejected_keys, problems = (pl.read_parquet(contents[frame]) for frame in _FRAMES)
    return ParsedSheet(rows, rejected_keys, problems, **about["texts"])


def load_sheet_names(folder: Path, name: str) -> list[str] | None:
    """The names of a workbook's sheets kept under a name; None where there is no such entry or it is damaged."""
    try:
        return json.loads((folder / name / _ABOUT).read_bytes())["sheets"]
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        shutil.rmtree(folder / name)
        return None


def load_cells(folder: Path, name: str, rows: pl.Series) -> pl.DataFrame:
    """The cells of some rows of a kept unit, as the clerk wrote them."""
    cells = pl.scan_parquet(folder / name / f"{_CELLS}.parquet")
    return cells.filter(pl.col("source_row").is_in(rows.implode())).collect()


def evict(folder: Path, used: set[str]) -> None:
    """Remove the entries that no file has any more, and what somebody who was stopped left behind."""
    for path in folder.iterdir():
        if path.is_dir() and path.name not in used:
            shutil.rmtree(path, ignore_errors=True)


def _write(aside: Path, outcome: ParsedSheet | FileError, cells: pl.DataFrame | None) -> None:
    about: dict[str, Any] = {"files": {}}
    if isinstance(outcome, FileError):
        about["error"] = {"kind": type(outcome).__name__, "zh": outcome.zh, "en": outcome.en}
    else:
        for name, frame in {**{name: getattr(outcome, name) for name in _FRAMES}, _CELLS: cells}.items():
            path = aside / f"{name}.parquet"
            frame.write_parquet(path, compression="lz4", statistics=False)
            about["files"][name] = _checksum(path.read_bytes())
        about["texts"] = {
            "header": outcome.header,
            "unused_headers": outcome.unused_headers,
            "notes": outcome.notes,
            "is_empty": outcome.is_empty,
        }
    (aside / _ABOUT).write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@functools.cache
def _code() -> str:
    """What the code that reads and checks is now: another contract is another outcome."""
    digest = hashlib.sha256()
    ingest = Path(__file__).parents[1]
    for path in sorted([*ingest.rglob("*.py"), *(ingest.parent / "contracts").glob("*.py")]):
        digest.update(path.read_bytes())
    for library in _LIBRARIES:
        digest.update(importlib.metadata.version(library).encode())
    return digest.hexdigest()
