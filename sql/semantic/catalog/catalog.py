"""Lists the files currently in sql/ and finds a usable definition for each name.

Files are read again when they change, so an edit takes effect on the next run. If a file cannot be used, the text that
the version was built with is used instead, and the error is returned with it.
"""

from __future__ import annotations

import os
import re
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import duckdb

from sql import aliases
from sql.errors import InputError, SqlFileError
from sql.files import sql_file
from sql.files.sql_file import SqlFile, Text
from sql.warehouse import Version

if TYPE_CHECKING:
    from sql.semantic.compose import ComposedQuery

FOLDERS = ("staging", "intermediate", "marts", "metrics", "queries", "checks", "alerts")
REQUIRED_KEYS = {
    "staging": ("title", "grain", "source"),
    "intermediate": ("title", "grain"),
    "marts": ("title", "grain", "source_table"),
    "metrics": ("title", "unit", "decimals", "direction", "aggregation"),
    "queries": ("title", "grain"),
    "checks": ("title", "severity", "fix"),
    "alerts": ("title", "grain", "unit", "decimals", "message", "remedy"),
}
# A query that a user restricted to an area saved names that area.
AREA_KEY = "area"
# A model must opt in to be queried in the SQL lab: its rows describe no person, or groups of at least five, whose
# counts its `people` key names. Models without this key cannot be queried. The build verifies the claim
# (etl/build/anonymity).
SQL_LAB, NO_PERSON, GROUPS = "sql_lab", "no_person", "groups"
_ALLOWED = {
    SQL_LAB: (NO_PERSON, GROUPS),
    "direction": ("higher", "lower", "none"),
    "aggregation": ("latest", "sum", "ratio"),
    "cohort": ("ripe",),
    "severity": ("error", "warn", "verify"),
}
# A page requests dozens of files; one scan of the folder serves them all.
_RESCAN_SECONDS = 0.2
# An error about an unknown name suggests at most this many similar names.
_MAX_SUGGESTIONS = 12

T = TypeVar("T")

_lock = threading.Lock()
_broken: dict[str, SqlFileError] = {}
_scans: dict[Path, tuple[float, dict[str, SqlFile | SqlFileError]]] = {}
# By location: modification time and size, path below sql/, and content.
_entries: dict[str, tuple[tuple[int, int], str, SqlFile | SqlFileError]] = {}


def read_file(root: Path, path: Path) -> SqlFile:
    """Reads one file of sql/, or a saved query, and checks its header. Raises SqlFileError."""
    relative = _path_of(root, path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SqlFile(relative, {}, "").error(
            Text("不是 UTF-8；请以 UTF-8 保存", "not UTF-8; save it as UTF-8")
        ) from error
    if relative.startswith("queries/"):
        text = sql_file.with_current_schemas(text)
    file = sql_file.read(relative, text, ())
    for old in aliases.HEADER_KEYS.keys() & file.header.keys():
        new = aliases.HEADER_KEYS[old]
        raise file.error(Text(f"'-- {old}:' 现在写作 '-- {new}:'", f"'-- {old}:' is now '-- {new}:'"), 1)
    sql_file.require(file, REQUIRED_KEYS[file.folder])
    for key, words in _ALLOWED.items():
        if key in file.header and file.header[key] not in words:
            value, allowed = file.header[key], ", ".join(words)
            raise file.error(
                Text(f"{key}: {value!r} 不是以下之一：{allowed}", f"{key}: {value!r} is not one of {allowed}"), 1
            )
    return file


def saved_folder(root: Path = sql_file.SQL_FOLDER) -> Path:
    """Returns the folder of the queries that users save in the browser: data/queries/ beside sql/."""
    return root.parent / "data" / "queries"


def _path_of(root: Path, path: Path) -> str:
    """Returns the path by which a file is known: below sql/, or for a saved query as if it lay below sql/queries/."""
    saved = saved_folder(root)
    if path.is_relative_to(saved):
        return sql_file.SAVED_PREFIX + path.relative_to(saved).as_posix()
    return path.relative_to(root).as_posix()


def current_files(root: Path = sql_file.SQL_FOLDER) -> dict[str, SqlFile | SqlFileError]:
    """Returns every file of sql/ by its path, up to date; an unreadable file is represented by its error."""
    with _lock:
        scanned_at, files = _scans.get(root, (0.0, {}))
        if time.monotonic() - scanned_at < _RESCAN_SECONDS:
            return files
        files = {}
        folders = (*(root / folder for folder in FOLDERS), saved_folder(root))
        for location, stamp in sorted(entry for folder in folders for entry in _stamps(str(folder))):
            if _entries.get(location, (None,))[0] != stamp:
                _entries[location] = (stamp, *_entry(root, Path(location)))
            _, path, file = _entries[location]
            files[path] = file
        _scans[root] = (time.monotonic(), files)
        return files


def _stamps(folder: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yields each SQL file below a folder with its modification time and size. Every page run scans all of sql/, so
    this uses `os.scandir` to stay cheap."""
    try:
        entries = os.scandir(folder)
    except FileNotFoundError:
        return
    with entries:
        for entry in entries:
            if entry.is_dir():
                yield from _stamps(entry.path)
            elif entry.name.endswith(".sql"):
                stat = entry.stat()
                yield entry.path, (stat.st_mtime_ns, stat.st_size)


def _entry(root: Path, path: Path) -> tuple[str, SqlFile | SqlFileError]:
    relative = _path_of(root, path)
    try:
        return relative, read_file(root, path)
    except SqlFileError as error:
        return relative, error


def clear_cache() -> None:
    """Makes the next access to sql/ scan the folder again."""
    with _lock:
        _scans.clear()


def names(folder: str) -> list[str]:
    """Returns the names of all files in one folder of sql/, sorted."""
    return sorted(Path(path).stem for path in current_files() if path.startswith(f"{folder}/"))


def definition(
    folder: str, name: str, version: Version, try_out: Callable[[SqlFile], T]
) -> tuple[SqlFile, T, SqlFileError | None]:
    """Returns the file to use for a name, the result of `try_out` on it, and the error in the file in sql/, if any.

    If `try_out` raises SqlFileError, because DuckDB rejects the file, the text that the version was built with is
    tried. A frozen version uses only that text. Raises InputError for an unknown name, and SqlFileError if no usable
    text is left.
    """
    if (
        version.is_frozen
        and (text := version.sql_file(_paths_by_name(_built_paths(version)).get((folder, name), ""))) is not None
    ):
        file = sql_file.read(_paths_by_name(_built_paths(version))[folder, name], text)
        return file, try_out(file), None
    path = _path(folder, aliases.METRICS.get(name, name) if folder == "metrics" else name)
    if path is None:
        similar = names(folder)
        if len(similar) > _MAX_SUGGESTIONS:
            similar = (
                get_close_matches(name.lower(), similar, _MAX_SUGGESTIONS, cutoff=0.4) or similar[:_MAX_SUGGESTIONS]
            )
        raise InputError(
            f"sql/{folder} 里没有 {name!r}；相近的有：{', '.join(similar)}",
            f"there is no {name!r} in sql/{folder}; similar names: {', '.join(similar)}",
        )
    now = current_files()[path]
    try:
        if isinstance(now, SqlFileError):
            raise now
        result = try_out(now)
    except SqlFileError as error:
        _broken[path] = error
        built_text = version.sql_file(path)
        if built_text is None:
            raise
        file = sql_file.read(path, built_text)
        return file, try_out(file), error
    _broken.pop(path, None)
    return now, result, None


@lru_cache(maxsize=16)
def _built_paths(version: Version) -> tuple[str, ...]:
    return tuple(version.rows("select path from meta.sql_files order by path")["path"])


def _path(folder: str, name: str) -> str | None:
    """Returns the path of the named file, in the folder itself or in a subfolder for its theme."""
    return _paths_by_name(tuple(current_files())).get((folder, name))


@lru_cache(maxsize=4)
def _paths_by_name(paths: tuple[str, ...]) -> dict[tuple[str, str], str]:
    """Returns each file's path by its folder of sql/ and its name; the folder itself takes precedence over
    subfolders."""
    by_name: dict[tuple[str, str], str] = {}
    for path in sorted(paths, key=lambda path: path.count("/")):
        by_name.setdefault((path.split("/", 1)[0], Path(path).stem), path)
    return by_name


def broken_files() -> dict[str, SqlFileError]:
    """Returns the errors of the files in sql/ that were broken when last used or read, by path."""
    unreadable = {path: file for path, file in current_files().items() if isinstance(file, SqlFileError)}
    files_now = current_files()
    return {
        path: error
        for path, error in sorted((_broken | unreadable).items())
        # A file that belongs to an area is not reported to others: whoever runs it gets the error.
        if path in files_now and not _belongs_to_area(files_now[path])
    }


def _belongs_to_area(file: SqlFile | SqlFileError) -> bool:
    return isinstance(file, SqlFile) and AREA_KEY in file.header


def explain(version: Version, file: SqlFile, composed: ComposedQuery) -> None:
    """Makes DuckDB bind the SQL without running it. Raises SqlFileError with the file's own line numbers."""
    try:
        version.rows(f"explain\n{composed.sql}", composed.params)
    except duckdb.Error as error:
        raise duckdb_error(file, f"explain\n{composed.sql}", error) from error


def duckdb_error(file: SqlFile, sql: str, error: duckdb.Error) -> SqlFileError:
    """Returns DuckDB's message as an error of the file, with line and column if they can be located in it."""
    message = str(error)
    summary = message.split("\n\n")[0].replace("\n", " ")
    location = re.search(r"LINE (\d+): (.*)\n( *)\^", message)
    if location is None:
        return file.error(summary)
    number, excerpt = int(location[1]), location[2]
    lines = sql.splitlines()
    wrong = lines[number - 1]
    same = [line for line, text in enumerate(file.text.splitlines(), 1) if text == wrong]
    before = lines[: number - 1].count(wrong)
    if before >= len(same):
        return file.error(summary)
    return file.error(summary, same[before], _column(wrong, excerpt, len(location[3]) - len(f"LINE {number}: ")))


def _column(line: str, excerpt: str, width: int) -> int:
    """Returns the 1-based column of a line that DuckDB's caret marks, `width` columns into the displayed excerpt.

    The caret counts a wide character twice, and DuckDB shortens a long line with dots at both ends.
    """
    column = 0
    while width > 0 and column < len(excerpt):
        width -= 2 if unicodedata.east_asian_width(excerpt[column]) in "WF" else 1
        column += 1
    if excerpt.startswith("...") and not line.startswith(excerpt):
        column += line.find(excerpt[3:].removesuffix("...")) - 3
    return column + 1
