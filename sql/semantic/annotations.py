"""Reads analysts' dated notes on a metric and an area from data/annotations.csv, and appends to it one row at a time.

The file is read again whenever it changes.
"""

from __future__ import annotations

import csv
import datetime as dt
import fcntl
import io
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sql.errors import InputError, SqlFileError
from sql.files.sql_file import Text
from sql.paths import PROJECT
from sql.security import plain_text
from sql.security.spreadsheet import escape_formula, unescape_formula
from sql.semantic.catalog import catalog
from sql.semantic.periods import add_months
from sql.semantic.scope import Area, Scope, areas
from sql.warehouse import Version

PATH = PROJECT / "data" / "annotations.csv"
COLUMNS = ("date", "metric", "area_code", "note_zh", "note_en")
# No chart has room for a longer note.
MAX_LENGTH = 120
_NOTE = Text("批注", "the note")
# Phone and identity numbers have at least 11 digits.
_PERSONAL = re.compile(r"\d{11}")


@dataclass(frozen=True)
class Annotation:
    """Holds an analyst's note on a metric in an area or in one above it; `line_number` is its line in the file."""

    date: dt.date
    metric: str
    area: Area
    text: Text
    line_number: int

    @property
    def month(self) -> dt.date:
        return self.date.replace(day=1)


@dataclass(frozen=True)
class _Row:
    line: int
    date: dt.date
    metric: str
    area_code: str | None
    text: Text


@dataclass(frozen=True)
class _Problem:
    """Describes an unusable row, with its area code as written, or an unusable file (`is_whole`)."""

    error: SqlFileError
    area_code: str | None = None
    is_whole: bool = False


def find_annotations(metric_name: str, scope: Scope, path: Path = PATH) -> list[Annotation]:
    """Returns the notes on a metric in the scope's period, for its area and all areas above it, earliest first."""
    above = {area.code: area for area in scope.path}
    first, end = scope.period.first or dt.date.min, add_months(scope.period.last, 1)
    annotations = [
        Annotation(row.date, row.metric, above[row.area_code], row.text, row.line)
        for row in _current(path)[0]
        if row.metric == metric_name and row.area_code in above and first <= row.date < end
    ]
    return sorted(annotations, key=lambda note: (note.date, note.line_number))


def find_errors(version: Version, path: Path = PATH) -> list[SqlFileError]:
    """Returns an error with its line for each unusable part of the file; the rest of the file is used.

    Errors in rows are limited to areas visible in the version, because an error may quote the note itself.
    """
    known = set(catalog.names("metrics"))
    rows, errors = _current(path)
    unknown = [
        _Problem(
            _error(path, row.line, f"没有指标 {row.metric!r}", f"there is no metric {row.metric!r}"), row.area_code
        )
        for row in rows
        if row.metric not in known
    ]
    visible = None if version.area is None else areas(version).keys() - {None}
    return [
        problem.error
        for problem in (*errors, *unknown)
        if visible is None or problem.is_whole or problem.area_code in visible
    ]


def add(
    metric_name: str,
    area_code: str | None,
    on: dt.date | None,
    text: Text,
    record: Callable[[], object],
    path: Path = PATH,
) -> None:
    """Appends a note to the file atomically. Calls `record` after all checks, right before the file is replaced.

    Safe for several processes at once. Raises InputError for an invalid note, SqlFileError for a file with a wrong
    header, and whatever `record` raises; in all these cases the file is unchanged.
    """
    plain_text.require(_NOTE, text.zh)
    plain_text.require(_NOTE, text.en)
    cells = {
        "date": on.isoformat() if on else "",
        "metric": metric_name,
        "area_code": area_code or "",
        "note_zh": text.zh.strip(),
        "note_en": text.en.strip(),
    }
    if complaint := _complaint(cells):
        raise InputError(*complaint)
    cells = {name: escape_formula(cell) for name, cell in cells.items()}
    with lock(path):
        before = path.read_bytes().decode("utf-8-sig") if path.exists() else ",".join(COLUMNS) + "\n"
        header = next(csv.reader(io.StringIO(before)), [])
        _require_header(path, header)
        ending = "\r\n" if "\r\n" in before else "\n"
        row = io.StringIO()
        csv.DictWriter(row, header, extrasaction="ignore", restval="", lineterminator=ending).writerow(cells)
        new_file = path.with_name(path.name + ".new")
        # Excel recognises UTF-8 by its byte order mark.
        mark = "utf-8-sig" if path.exists() and path.read_bytes().startswith(b"\xef\xbb\xbf") else "utf-8"
        new_file.write_bytes((before.rstrip("\r\n") + ending + row.getvalue()).encode(mark))
        try:
            record()
            os.replace(new_file, path)
        finally:
            new_file.unlink(missing_ok=True)


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Holds a lock against other writers of the file, whose folder it locks: each write replaces the file."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _current(path: Path) -> tuple[tuple[_Row, ...], tuple[_Problem, ...]]:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return (), ()
    return _read(path, stat.st_mtime_ns, stat.st_size, stat.st_ino)


@lru_cache(maxsize=8)
def _read(path: Path, *_stamp: int) -> tuple[tuple[_Row, ...], tuple[_Problem, ...]]:
    """Returns the file's usable rows, and the problems with the others."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        broken = _error(path, 1, "不是 UTF-8，请以 UTF-8 保存", "it is not UTF-8; save it as UTF-8")
        return (), (_Problem(broken, is_whole=True),)
    reader = csv.DictReader(io.StringIO(text), restkey="")
    rows: list[_Row] = []
    errors: list[_Problem] = []
    try:
        _require_header(path, reader.fieldnames or [])
        for cells in reader:
            cells = {name: unescape_formula(" ".join((value or "").split())) for name, value in cells.items() if name}
            if complaint := _complaint(cells):
                errors.append(_Problem(_error(path, reader.line_num, *complaint), cells["area_code"] or None))
                continue
            zh, en = cells["note_zh"], cells["note_en"]
            rows.append(
                _Row(
                    reader.line_num,
                    dt.date.fromisoformat(cells["date"]),
                    cells["metric"],
                    cells["area_code"] or None,
                    Text(zh or en, en or zh),
                )
            )
    except SqlFileError as error:
        errors.append(_Problem(error, is_whole=True))
    except csv.Error as error:
        unread = _error(path, reader.line_num, f"读不懂：{error}", f"it cannot be read: {error}")
        errors.append(_Problem(unread, is_whole=True))
    return tuple(rows), tuple(errors)


def _complaint(cells: dict[str, str]) -> tuple[str, str] | None:
    """Returns what is wrong with a row, in Chinese and in English; None if it is valid."""
    note = cells["note_zh"] + cells["note_en"]
    try:
        dt.date.fromisoformat(cells["date"])
    except ValueError:
        return f"日期 {cells['date']!r} 应写成 2026-06-30", f"the date {cells['date']!r} must be written as 2026-06-30"
    if not cells["metric"]:
        return "没有写指标", "the metric is missing"
    if not note:
        return "没有写批注", "the note is missing"
    if max(len(cells["note_zh"]), len(cells["note_en"])) > MAX_LENGTH:
        return (f"批注超过 {MAX_LENGTH} 字，请写短些", f"the note is longer than {MAX_LENGTH} characters; shorten it")
    if letter := plain_text.find_invisible(note):
        return f"批注里有看不见的字符 {letter}，请删掉", f"the note holds an invisible character {letter}; remove it"
    if _PERSONAL.search(note):
        return (
            "批注里有像电话或证件号的数字，请去掉",
            "the note contains what looks like a phone or identity number; remove it",
        )
    return None


def _require_header(path: Path, header: Sequence[str]) -> None:
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise _error(path, 1, f"表头缺少 {', '.join(missing)}", f"the header lacks {', '.join(missing)}")


def _error(path: Path, line: int, zh: str, en: str) -> SqlFileError:
    location = f"data/{path.name}:{line}"
    return SqlFileError(f"{location}：{zh}；改正这一行并保存即可", f"{location}: {en}; correct the line and save it")
