"""Finds gaps in a metric's base: districts in the area that have not sent a table it counts, or are overdue with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import polars as pl

from sql.semantic.metrics import Metric
from sql.semantic.periods import Period, add_months
from sql.semantic.queries import query
from sql.semantic.scope import Scope
from sql.warehouse import Version

_DATES = "intermediate/report_dates.sql"


@dataclass(frozen=True)
class Gap:
    """Describes a district that is missing from a number, entirely or after `covers_until`.

    `covers_until` and `due_on` are None if it has never sent the table; `reported_by` lists the districts in the area
    that have.
    """

    table: str
    district: str
    covers_until: date | None
    due_on: date | None
    reported_by: tuple[str, ...]


def find_gaps(metric: Metric, scope: Scope) -> tuple[Gap, ...]:
    """Returns the gaps in the metric's base for the scope, by table and district; empty if the base is complete.

    A district is missing if others in the area have sent a table that the metric counts and it has not, or if its last
    report of that table is overdue: today for the latest numbers, at the period's end for those of an earlier one.
    """
    version = scope.version
    # A version from before this model existed has no such information.
    if version.sql_file(_DATES) is None:
        return ()
    is_latest = scope.period.last >= version.data_month
    day = version.today if is_latest else add_months(scope.period.last, 1) - timedelta(days=1)
    own, others = metric.source_tables
    gaps = _gaps(version, scope.area_code, own, day)
    # A district that has never sent the counted table is listed once, not again for the tables with added columns.
    absent = {gap.district for gap in gaps if gap.covers_until is None}
    return (*gaps, *(gap for gap in _gaps(version, scope.area_code, others, day) if gap.district not in absent))


@lru_cache(maxsize=4096)
def _gaps(version: Version, area_code: str | None, tables: frozenset[str], day: date) -> tuple[Gap, ...]:
    scope = Scope(version, area_code, Period(None, version.data_month))
    rows = query("incomplete_bases", scope, area=area_code).filter(
        pl.col("table_name").is_in(list(tables)) & (pl.col("due_on").is_null() | (pl.col("due_on") < day))
    )
    return tuple(
        Gap(row["table_name"], row["district_name"], row["covers_until"], row["due_on"], tuple(row["reported_by"]))
        for row in rows.iter_rows(named=True)
    )
