"""What lies in sql/ right now, and what of it can be used.

The files are read again when they change, so an edit shows on the next run. A file that cannot be used is replaced by
the text that the version was built with, and the reason goes along.
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
from sql.semantic.files import sql_file
from sql.semantic.files.sql_file import SqlFile
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
# A query that somebody of an area saved names it.
AREA_KEY = "area"
# A model that people may ask in the SQL workbench says so: it tells of no person, or of groups of at least five, whose
# numbers its `people` names. A model that says nothing is not to be asked, and the build proves what is said
# (etl/build/anonymity).
SQL_LAB, NO_PERSON, GROUPS = "sql_lab", "no_person", "groups"
_ALLOWED = {
    SQL_LAB: (NO_PERSON, GROUPS),
    "direction": ("higher", "lower", "none"),
    "aggregation": ("latest", "sum", "ratio"),
    "severity": ("error", "warn", "verify"),
}
# A page asks for some dozens of files; the folder is looked at once for all of them.
_LOOK_EVERY_SECONDS = 0.2
# Who asks for what is not there is told so many names that are like it.
_MAX_NAMED = 12

T = TypeVar("T")

_lock = threading.Lock()
_broken: dict[str, SqlFileError] = {}
_seen: dict[Path, tuple[float, dict[str, SqlFile | SqlFileError]]] = {}
# By place: when it was last changed and how long it was, its path below sql/, and what it holds.
_texts: dict[str, tuple[tuple[int, int], str, SqlFile | SqlFileError]] = {}


def read_file(root: Path, path: Path) -> SqlFile:
    """One file of sql/, its header checked. Raises SqlFileError."""
    relative = path.relative_to(root).as_posix()
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SqlFile(relative, {}, "").error("not UTF-8; save it as UTF-8 / 请以 UTF-8 保存") from error
    if relative.startswith("queries/"):
        text = sql_file.with_current_schemas(text)
    file = sql_file.read(relative, text, ())
    for old in aliases.HEADER_KEYS.keys() & file.header.keys():
        new = aliases.HEADER_KEYS[old]
        raise file.error(f"'-- {old}:' is now / 现在写作 '-- {new}:'", 1)
    sql_file.require(file, REQUIRED_KEYS[file.folder])
    for key, words in _ALLOWED.items():
        if key in file.header and file.header[key] not in words:
            raise file.error(f"{key}: {file.header[key]!r} is not one of / 不是以下之一 {', '.join(words)}", 1)
    return file


def current_files(root: Path = sql_file.SQL_FOLDER) -> dict[str, SqlFile | SqlFileError]:
    """Every file of sql/ by its path, as it is now; a file that cannot be read is its error."""
    with _lock:
        looked_at, found = _seen.get(root, (0.0, {}))
        if time.monotonic() - looked_at < _LOOK_EVERY_SECONDS:
            return found
        found = {}
        for place, stamp in sorted(entry for folder in FOLDERS for entry in _stamps(str(root / folder))):
            if _texts.get(place, (None,))[0] != stamp:
                _texts[place] = (stamp, *_entry(root, Path(place)))
            _, path, file = _texts[place]
            found[path] = file
        _seen[root] = (time.monotonic(), found)
        return found


def _stamps(folder: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each file of SQL below a folder, and when it was changed and how long it is. A page's run looks through all of
    sql/, so this is done with as little as it takes."""
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
    relative = path.relative_to(root).as_posix()
    try:
        return relative, read_file(root, path)
    except SqlFileError as error:
        return relative, error


def clear_cache() -> None:
    """Has the next look at sql/ read the folder again at once."""
    with _lock:
        _seen.clear()


def names(folder: str) -> list[str]:
    """The names of all files in one folder of sql/, ordered."""
    return sorted(Path(path).stem for path in current_files() if path.startswith(f"{folder}/"))


def definition(
    folder: str, name: str, version: Version, try_out: Callable[[SqlFile], T]
) -> tuple[SqlFile, T, SqlFileError | None]:
    """The file to use for a name, what trying it out gave, and what is wrong with the file in sql/, if anything is.

    `try_out` raises SqlFileError where DuckDB refuses the file; then the text that the version was built with is
    tried; of a frozen version that text alone counts. Raises AskError for an unknown name, and SqlFileError where no
    good text is left.
    """
    if (
        version.is_frozen
        and (text := version.sql_file(_places(_built_with(version)).get((folder, name), ""))) is not None
    ):
        file = sql_file.read(_places(_built_with(version))[folder, name], text)
        return file, try_out(file), None
    path = _path(folder, aliases.METRICS.get(name, name) if folder == "metrics" else name)
    if path is None:
        there = names(folder)
        if len(there) > _MAX_NAMED:
            there = get_close_matches(name.lower(), there, _MAX_NAMED, cutoff=0.4) or there[:_MAX_NAMED]
        raise InputError(
            f"sql/{folder} 里没有 {name!r}；相近的有：{', '.join(there)}",
            f"there is no {name!r} in sql/{folder}; like it are {', '.join(there)}",
        )
    now = current_files()[path]
    try:
        if isinstance(now, SqlFileError):
            raise now
        result = try_out(now)
    except SqlFileError as error:
        _broken[path] = error
        built_with = version.sql_file(path)
        if built_with is None:
            raise
        file = sql_file.read(path, built_with)
        return file, try_out(file), error
    _broken.pop(path, None)
    return now, result, None


@lru_cache(maxsize=16)
def _built_with(version: Version) -> tuple[str, ...]:
    return tuple(version.rows("select path from meta.sql_files order by path")["path"])


def _path(folder: str, name: str) -> str | None:
    """Where the file of that name lies: in the folder itself or in a theme's."""
    return _places(tuple(current_files())).get((folder, name))


@lru_cache(maxsize=4)
def _places(paths: tuple[str, ...]) -> dict[tuple[str, str], str]:
    """Where each file lies, by its folder of sql/ and its name: in the folder itself before a theme's."""
    places: dict[tuple[str, str], str] = {}
    for path in sorted(paths, key=lambda path: path.count("/")):
        places.setdefault((path.split("/", 1)[0], Path(path).stem), path)
    return places


def broken_files() -> dict[str, SqlFileError]:
    """The files that lie broken in sql/ as they were last used or read, with what is wrong, by path."""
    unreadable = {path: file for path, file in current_files().items() if isinstance(file, SqlFileError)}
    files_now = current_files()
    return {
        path: error
        for path, error in sorted((_broken | unreadable).items())
        # What belongs to an area is told to nobody else: who asks for it is told.
        if path in files_now and not _is_of_an_area(files_now[path])
    }


def _is_of_an_area(file: SqlFile | SqlFileError) -> bool:
    return isinstance(file, SqlFile) and AREA_KEY in file.header


def explain(version: Version, file: SqlFile, composed: ComposedQuery) -> None:
    """Has DuckDB bind the SQL without running it. Raises SqlFileError in terms of the file's own lines."""
    try:
        version.rows(f"explain\n{composed.sql}", composed.params)
    except duckdb.Error as error:
        raise duckdb_error(file, f"explain\n{composed.sql}", error) from error


def duckdb_error(file: SqlFile, sql: str, error: duckdb.Error) -> SqlFileError:
    """DuckDB's own words, with the line and column of the file where they can be found."""
    message = str(error)
    words = message.split("\n\n")[0].replace("\n", " ")
    place = re.search(r"LINE (\d+): (.*)\n( *)\^", message)
    if place is None:
        return file.error(words)
    number, excerpt = int(place[1]), place[2]
    lines = sql.splitlines()
    wrong = lines[number - 1]
    same = [line for line, text in enumerate(file.text.splitlines(), 1) if text == wrong]
    before = lines[: number - 1].count(wrong)
    if before >= len(same):
        return file.error(words)
    return file.error(words, same[before], _column(wrong, excerpt, len(place[3]) - len(f"LINE {number}: ")))


def _column(line: str, excerpt: str, width: int) -> int:
    """The column of a line, from 1, that DuckDB's mark stands under, so many places into the excerpt it shows.

    The mark counts a wide character twice, and of a long line only a part is shown, between dots.
    """
    column = 0
    while width > 0 and column < len(excerpt):
        width -= 2 if unicodedata.east_asian_width(excerpt[column]) in "WF" else 1
        column += 1
    if excerpt.startswith("...") and not line.startswith(excerpt):
        column += line.find(excerpt[3:].removesuffix("...")) - 3
    return column + 1
