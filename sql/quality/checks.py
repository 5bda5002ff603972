"""Runs the checks in sql/checks on a version and returns the failing rows, and their number, by area."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import duckdb
import polars as pl

from sql.errors import SqlFileError
from sql.files.sql_file import SqlFile, Text, without_header
from sql.semantic.catalog import catalog
from sql.semantic.compose import ComposedQuery
from sql.semantic.periods import Period
from sql.semantic.queries import round_counts
from sql.semantic.scope import Scope
from sql.warehouse import Version

# From errors, which prevent publishing, to rows that may be correct and need verification (需核实).
SEVERITIES = ("error", "warn", "verify")
# The first column of every check: the area that a row belongs to, null if none.
AREA_COLUMN = "area_code"


@dataclass(frozen=True)
class CheckResult:
    """Holds the result of one check in an area. It passed if `failing_rows` is 0."""

    name: str
    title: Text
    # Explains exactly what the check looks for; empty if the title suffices.
    note: Text
    severity: str
    fix: Text
    failing_rows: int


def results(version: Version, area: str | None = None) -> list[CheckResult]:
    """Returns the result of every check in the area and below it (None: everywhere), most severe first, then by name.

    A broken check that the version was not built with is skipped: `catalog.broken_files` reports it. Raises InputError
    for an unknown area.
    """
    check_results = []
    for name in catalog.names("checks"):
        try:
            file, rows = _file_and_rows(version, name)
        except SqlFileError:
            continue
        failing_rows = _rows_in_area(version, rows, area).height
        note, fix = (Text.of(file.header.get(key, "")) for key in ("note", "fix"))
        check_results.append(CheckResult(name, file.title, note, file.header["severity"], fix, failing_rows))
    return sorted(check_results, key=lambda result: (SEVERITIES.index(result.severity), result.name))


def check_rows(version: Version, name: str, area: str | None = None) -> pl.DataFrame:
    """Returns the rows that a check finds in the area and below it (None: everywhere), in the file's own order.

    `area_code` is the first column; rows without an area are included only if `area` is None. Raises InputError for an
    unknown check or area, SqlFileError for a broken file that the version was not built with.
    """
    return _rows_in_area(version, _file_and_rows(version, name)[1], area)


def _file_and_rows(version: Version, name: str) -> tuple[SqlFile, pl.DataFrame]:
    """Returns the usable definition of a check and its rows in all areas."""
    return catalog.definition("checks", name, version, partial(run, version))[:2]


def run(version: Version, file: SqlFile) -> pl.DataFrame:
    """Returns the rows of a check file. Raises SqlFileError if DuckDB rejects it or area_code is not its first
    column."""
    composed = ComposedQuery(without_header(file.text).rstrip().rstrip(";"), {})
    try:
        rows = version.rows(composed.sql)
        if version.is_rounded:
            rows = round_counts(file, rows, composed, Scope(version, None, Period(None, version.data_month)))
    except duckdb.Error as error:
        # For EXPLAIN, DuckDB reports the error's position, which it omits for the query itself.
        catalog.explain(version, file, composed)
        raise catalog.duckdb_error(file, composed.sql, error) from error
    if rows.columns[0] != AREA_COLUMN:
        raise file.error(
            Text(
                f"检查的第一列应为 {AREA_COLUMN}（没有区划时为 null）",
                f"the first column of a check must be {AREA_COLUMN} (null if the row has no area)",
            )
        )
    return rows


def _rows_in_area(version: Version, rows: pl.DataFrame, area: str | None) -> pl.DataFrame:
    if area is None:
        return rows
    level = Scope(version, area, Period(None, version.data_month)).area.level
    areas = version.rows("select * from intermediate.area_paths").filter(pl.col(level) == area)
    return rows.filter(pl.col(AREA_COLUMN).is_in(areas["area_code"].implode()))
