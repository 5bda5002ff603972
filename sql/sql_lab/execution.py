"""Runs one SELECT that a user wrote on a version.

The statement is untrusted: `process.py` checks and runs it, and the operating system limits that process to a few
seconds, little memory, no file but the version's, and no network. The answer is text of bounded length.
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
# Per user, besides the running one.
MAX_WAITING = 2
_QUEUE = FairQueue(MAX_RUNNING, MAX_WAITING)
# DuckDB's messages may contain paths of this machine.
_PATH = re.compile(r"(?<![\w/])(?:/[\w.@+~-]+)+/?")
_TYPES = {"bool": pl.Boolean, "float": pl.Float64}
_INTEGERS = range(-(2**63), 2**63)
_DATE, _TIME = "%Y-%m-%d", "%Y-%m-%d %H:%M:%S%.f"
_YEARS = (1, 9999)


@dataclass(frozen=True)
class Answer:
    """Holds a statement's result: its rows, whether more rows were cut off, and the seconds it took."""

    statement: str
    rows: pl.DataFrame
    is_truncated: bool
    seconds: float


def run_statement(
    version: Version,
    statement: str,
    user: str,
    on_progress: Callable[[int], None] = lambda ahead: None,
    limits: Limits = DEFAULT_LIMITS,
) -> Answer:
    """Returns the result of one SELECT on a version, limited to the version's area.

    Each `user` runs one statement at a time. `on_progress` is called repeatedly with the number of statements ahead of
    this one, 0 while it runs; an exception from it stops the statement. Raises StatementError if the statement is
    rejected, fails or exceeds a limit, and if the user has too many statements waiting.
    """
    statement = statement.strip().rstrip("; \t\r\n")
    if not statement:
        raise StatementError("empty")
    if len(statement) > MAX_LENGTH:
        raise StatementError("long")
    path = _path(version)
    # The process has another working directory.
    request: dict[str, object] = {
        "path": str(path.absolute()),
        "tables": tables.tables(version),
        "statement": statement,
        "limits": asdict(limits),
    }
    with _QUEUE.slot(user, on_progress):
        start = time.monotonic()
        response = runner.run_process(request, on_progress, limits)
        seconds = time.monotonic() - start
    if "why" in response:
        raise StatementError(response["why"], _without_paths(response["what"], statement))
    return Answer(statement, _frame(response["columns"], response["rows"]), response["is_cut"], seconds)


def _path(version: Version) -> Path:
    """Returns the file that the process opens: the version's own, or a copy that is restricted to its area or
    rounded."""
    if version.is_rounded:
        return rounded_copy.copy_rounded(version)
    return version.path if version.area is None else row_filter.copy_area(version.path, version.area)


def _without_paths(message: str, statement: str) -> str:
    """Returns DuckDB's message without stack traces, and without paths that the statement does not contain."""
    return _PATH.sub(
        lambda match: match[0] if match[0] in statement else "…", message.partition("Stack Trace")[0].strip()
    )


def _frame(columns: list[tuple[str, str]], rows: list[list[object]]) -> pl.DataFrame:
    """Returns the rows as a typed frame; repeated column names get a number appended."""
    series: dict[str, pl.Series] = {}
    for index, (name, kind) in enumerate(columns):
        values = [row[index] for row in rows]
        number = 2
        unique_name = name
        while unique_name in series:
            unique_name, number = f"{name}_{number}", number + 1
        series[unique_name] = _series(values, kind)
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
    # Without an explicit format Polars infers one from the values, and fails if it cannot.
    dates = texts.str.to_date(_DATE, strict=False) if kind == "date" else texts.str.to_datetime(_TIME, strict=False)
    # Python has no infinite dates and no years before 1 or after 9999: a column with one stays text.
    is_valid = dates.dt.year().is_between(*_YEARS).fill_null(False)
    return dates if is_valid.sum() == texts.count() else texts
