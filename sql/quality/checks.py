"""What the checks in sql/checks find doubtful in a version: how much, and the rows themselves, by area."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import duckdb
import polars as pl

from sql.errors import SqlFileError
from sql.semantic.compose import ComposedQuery
from sql.semantic.files import catalog
from sql.semantic.files.sql_file import SqlFile, Text, without_header
from sql.semantic.periods import Period
from sql.semantic.queries import round_counts
from sql.semantic.scope import Scope
from sql.warehouse import Version

# From what keeps a version from being published to what may well be right: 需核实.
SEVERITIES = ("error", "warn", "verify")
# The column every check gives first: the area a row belongs to, empty where it belongs to none.
AREA_COLUMN = "area_code"


@dataclass(frozen=True)
class CheckResult:
    """How one check went in an area: how many rows it found there; 0 means passed."""

    name: str
    title: Text
    # What exactly is looked for; empty where the title says all.
    note: Text
    severity: str
    fix: Text
    failing_rows: int


def results(version: Version, area: str | None = None) -> list[CheckResult]:
    """Every check of sql/checks in the area and what lies below it (None: everywhere), the gravest first, then by name.

    One that is broken, and was not there when the version was built, is left out: `catalog.broken` tells of it.
    Raises AskError for an unknown area.
    """
    found = []
    for name in catalog.names("checks"):
        try:
            file, rows = _found(version, name)
        except SqlFileError:
            continue
        failing = _narrowed(version, rows, area).height
        note, fix = (Text.of(file.header.get(key, "")) for key in ("note", "fix"))
        found.append(CheckResult(name, file.title, note, file.header["severity"], fix, failing))
    return sorted(found, key=lambda result: (SEVERITIES.index(result.severity), result.name))


def check_rows(version: Version, name: str, area: str | None = None) -> pl.DataFrame:
    """The rows that a check finds in the area and what lies below it (None: everywhere), in the file's own order.

    `area_code` is the first column; rows of no area are told everywhere only. Raises AskError for an unknown check or
    area, SqlFileError for a file that is broken now and was not there when the version was built.
    """
    return _narrowed(version, _found(version, name)[1], area)


def _found(version: Version, name: str) -> tuple[SqlFile, pl.DataFrame]:
    """The check's file as it is used now, and its rows of all areas: read once a version."""
    return catalog.definition("checks", name, version, partial(run, version))[:2]


def run(version: Version, file: SqlFile) -> pl.DataFrame:
    """The rows of a check file as it stands. Raises SqlFileError where DuckDB refuses it or area_code is not first."""
    composed = ComposedQuery(without_header(file.text).rstrip().rstrip(";"), {})
    try:
        rows = version.rows(composed.sql)
        if version.is_rounded:
            rows = round_counts(file, rows, composed, Scope(version, None, Period(None, version.data_month)))
    except duckdb.Error as error:
        # Asked to explain, DuckDB also tells the place, which it keeps to itself in a plain question.
        catalog.explain(version, file, composed)
        raise catalog.duckdb_error(file, composed.sql, error) from error
    if rows.columns[0] != AREA_COLUMN:
        raise file.error(
            f"a check gives {AREA_COLUMN} first (null where there is none) / 检查的第一列应为 {AREA_COLUMN}（没有区划时为 null）"
        )
    return rows


def _narrowed(version: Version, rows: pl.DataFrame, area: str | None) -> pl.DataFrame:
    if area is None:
        return rows
    inside = Scope(version, area, Period(None, version.data_month)).area
    areas = version.rows("select * from intermediate.area_paths").filter(pl.col(inside.level) == area)
    return rows.filter(pl.col(AREA_COLUMN).is_in(areas["area_code"].implode()))
