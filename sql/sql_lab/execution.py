"""Asks a version one SELECT that somebody wrote.

The statement is a stranger's: it is looked at and run by `process.py`, which the operating system holds to few seconds,
little memory, no file but the version's and no network. What comes back is text of a bounded length.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from sql.security import row_filter
from sql.sql_lab import rounded_copy, runner, tables
from sql.sql_lab.fair_queue import FairQueue
from sql.sql_lab.limits import DEFAULT_LIMITS, MAX_LENGTH, Limits, StatementError
from sql.warehouse import Version

MAX_RUNNING = 2
# Of one person, beside the one that runs.
MAX_WAITING = 2
_LINE = FairQueue(MAX_RUNNING, MAX_WAITING)
# DuckDB's own words may name places of this machine.
_PATH = re.compile(r"(?<![\w/])(?:/[\w.@+~-]+)+/?")
_TYPES = {"bool": pl.Boolean, "float": pl.Float64}
_INTEGERS = range(-(2**63), 2**63)
_DATE, _TIME = "%Y-%m-%d", "%Y-%m-%d %H:%M:%S%.f"
_YEARS = (1, 9999)


@dataclass(frozen=True)
class Answer:
    """What a statement gave: its rows, whether there were more than are kept, and the seconds it took."""

    statement: str
    rows: pl.DataFrame
    is_truncated: bool
    seconds: float


def run_statement(
    version: Version,
    statement: str,
    who: str,
    told: Callable[[int], None] = lambda before: None,
    limits: Limits = DEFAULT_LIMITS,
) -> Answer:
    """Returns what one SELECT gives of a version, of no more than the version's area.

    `who` is the person who asks: one statement of each runs at a time. `told` is called now and then with how many are
    to be answered before this one, 0 while it runs; what it raises stops it. Raises StatementError where the statement
    is refused, fails, or needs more than it may use, and where the person has enough of them waiting.
    """
    statement = statement.strip().rstrip("; \t\r\n")
    if not statement:
        raise StatementError("empty")
    if len(statement) > MAX_LENGTH:
        raise StatementError("long")
    path = _path(version)
    # The process stands in a folder of its own.
    request: dict[str, object] = {
        "path": str(path.absolute()),
        "tables": tables.tables(version),
        "statement": statement,
        "limits": asdict(limits),
    }
    with _LINE.slot(who, told):
        begun = time.monotonic()
        found = runner.run_process(request, told, limits)
        seconds = time.monotonic() - begun
    if "why" in found:
        raise StatementError(found["why"], _without_paths(found["what"], statement))
    return Answer(statement, _frame(found["columns"], found["rows"]), found["is_cut"], seconds)


def _path(version: Version) -> Path:
    """Returns the file that the process opens: the version's own, or what of it may be seen, or given away."""
    if version.is_rounded:
        return rounded_copy.copy_rounded(version)
    return version.path if version.area is None else row_filter.copy_area(version.path, version.area)


def _without_paths(words: str, statement: str) -> str:
    """DuckDB's words without the traces of an error of its own, and without any path that the statement does not
    name."""
    return _PATH.sub(
        lambda found: found[0] if found[0] in statement else "…", words.partition("Stack Trace")[0].strip()
    )


def _frame(columns: list[tuple[str, str]], rows: list[list[object]]) -> pl.DataFrame:
    """The rows with their types; where columns share a name, the later ones get a number behind it."""
    series: dict[str, pl.Series] = {}
    for place, (name, kind) in enumerate(columns):
        values = [row[place] for row in rows]
        again = 2
        told = name
        while told in series:
            told, again = f"{name}_{again}", again + 1
        series[told] = _series(values, kind)
    return pl.DataFrame(series)


def _series(values: list[object], kind: str) -> pl.Series:
    if kind == "int":
        is_large = any(value is not None and value not in _INTEGERS for value in values)
        return pl.Series(values, dtype=pl.Float64 if is_large else pl.Int64, strict=False)
    if kind in _TYPES:
        return pl.Series(values, dtype=_TYPES[kind], strict=False)
    texts = pl.Series(values, dtype=pl.String)
    if kind == "text":
        return texts
    # With a format: without one Polars takes it from the values, and fails where it finds none.
    read = texts.str.to_date(_DATE, strict=False) if kind == "date" else texts.str.to_datetime(_TIME, strict=False)
    # Infinity, and years before the first and after 9999, are no dates to Python: then all stay texts.
    is_date = read.dt.year().is_between(*_YEARS).fill_null(False)
    return read if is_date.sum() == texts.count() else texts
