"""Caches parsed sheets on disk, so that a sheet is parsed again only when its file, its mapping or the code changes.

An entry is a folder, created atomically by a rename. Each file in it is checked against its checksum before use, so the
sheet of a damaged entry is parsed again. Losing all entries costs time, never data.
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
_MANIFEST = "about.json"
_TEMPORARY_PREFIX = "aside-"
# The result of parsing depends on these as much as on our own code.
_LIBRARIES = ("polars", "dataframely", "fastexcel", "shapely")


def entry_name(table: Table, content_hash: str, sheet: str, fingerprint: str, key: bytes) -> str:
    """Returns the name of a sheet's entry; `fingerprint` covers its kind of file and its mapping."""
    secret = hashlib.sha256(key).hexdigest()
    parts = (content_hash, table.name, sheet, fingerprint, secret, _code_digest())
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:40]


def sheet_names_entry(content_hash: str, kind: str) -> str:
    """Returns the name of the entry that lists a workbook's sheets."""
    return hashlib.sha256(repr((content_hash, kind, _code_digest())).encode()).hexdigest()[:40]


def store(folder: Path, name: str, outcome: ParsedSheet | FileError, cells: pl.DataFrame | None) -> None:
    """Writes an entry: a parsed sheet with its cells as written, or the error that it can't be read.

    Raises OSError if writing fails.
    """
    _create_entry(folder, name, lambda temporary: _write(temporary, outcome, cells))


def store_sheet_names(folder: Path, name: str, sheets: list[str]) -> None:
    """Writes an entry with the names of a workbook's sheets. Raises OSError if writing fails."""
    manifest = json.dumps({"sheets": sheets}, ensure_ascii=False)
    _create_entry(folder, name, lambda temporary: (temporary / _MANIFEST).write_text(manifest, encoding="utf-8"))


def _create_entry(folder: Path, name: str, write: Callable[[Path], object]) -> None:
    """Creates an entry's folder atomically."""
    temporary = Path(tempfile.mkdtemp(prefix=_TEMPORARY_PREFIX, dir=folder))
    try:
        write(temporary)
        os.rename(temporary, folder / name)
    except (OSError, pl.exceptions.PolarsError) as error:
        shutil.rmtree(temporary, ignore_errors=True)
        if not (folder / name).is_dir():
            raise OSError(str(error)) from error


def exists(folder: Path, name: str) -> bool:
    """Returns whether there is an entry of that name, intact or damaged."""
    return (folder / name).is_dir()


def load(folder: Path, name: str) -> ParsedSheet | None:
    """Returns the parsed sheet of an entry; None if there is none or it is damaged, in which case it is removed.

    Raises FileError if the entry records that the sheet can't be read.
    """
    path = folder / name
    try:
        manifest = json.loads((path / _MANIFEST).read_bytes())
        contents = {frame: (path / f"{frame}.parquet").read_bytes() for frame in manifest["files"]}
    except FileNotFoundError:
        shutil.rmtree(path, ignore_errors=True)
        return None
    except (ValueError, KeyError, TypeError):
        shutil.rmtree(path)
        return None
    if any(_checksum(content) != manifest["files"][frame] for frame, content in contents.items()):
        shutil.rmtree(path)
        return None
    if error := manifest.get("error"):
        raise _ERRORS[error["kind"]](error["zh"], error["en"])
    rows, rejected_keys, problems = (pl.read_parquet(contents[frame]) for frame in _FRAMES)
    return ParsedSheet(rows, rejected_keys, problems, **manifest["texts"])


def load_sheet_names(folder: Path, name: str) -> list[str] | None:
    """Returns the names of a workbook's sheets from an entry; None if there is none or it is damaged."""
    try:
        return json.loads((folder / name / _MANIFEST).read_bytes())["sheets"]
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        shutil.rmtree(folder / name)
        return None


def load_cells(folder: Path, name: str, rows: pl.Series) -> pl.DataFrame:
    """Returns the cells of some rows of a cached sheet, as the clerk wrote them."""
    cells = pl.scan_parquet(folder / name / f"{_CELLS}.parquet")
    return cells.filter(pl.col("source_row").is_in(rows.implode())).collect()


def evict(folder: Path, used: set[str]) -> None:
    """Removes entries not in `used`, and folders left behind by an interrupted write."""
    for path in folder.iterdir():
        if path.is_dir() and path.name not in used:
            shutil.rmtree(path, ignore_errors=True)


def _write(temporary: Path, outcome: ParsedSheet | FileError, cells: pl.DataFrame | None) -> None:
    manifest: dict[str, Any] = {"files": {}}
    if isinstance(outcome, FileError):
        manifest["error"] = {"kind": type(outcome).__name__, "zh": outcome.zh, "en": outcome.en}
    else:
        for name, frame in {**{name: getattr(outcome, name) for name in _FRAMES}, _CELLS: cells}.items():
            path = temporary / f"{name}.parquet"
            frame.write_parquet(path, compression="lz4", statistics=False)
            manifest["files"][name] = _checksum(path.read_bytes())
        manifest["texts"] = {
            "header": outcome.header,
            "unused_headers": outcome.unused_headers,
            "notes": outcome.notes,
            "is_empty": outcome.is_empty,
        }
    (temporary / _MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@functools.cache
def _code_digest() -> str:
    """Returns a digest of the code, contracts and libraries that parse and check; any change invalidates the cache."""
    digest = hashlib.sha256()
    ingest_folder = Path(__file__).parents[1]
    for path in sorted([*ingest_folder.rglob("*.py"), *(ingest_folder.parent / "contracts").glob("*.py")]):
        digest.update(path.read_bytes())
    for library in _LIBRARIES:
        digest.update(importlib.metadata.version(library).encode())
    return digest.hexdigest()
