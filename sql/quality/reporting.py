"""Finds gaps in a metric's base: districts in the area that have not sent a table it counts, or are overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import polars as pl

from sql.semantic.metrics import Metric
from sql.semantic.periods import add_months
from sql.semantic.scope import Scope
from sql.warehouse import Version

_BASES = "intermediate/incomplete_bases.sql"


@dataclass(frozen=True)
class Gap:
    """Describes a district that is missing from a number, entirely or since `last_date`.

    `last_date` and `due_on` are None if it has never sent the table; `reported_by` lists the districts in the area that
    have.
    """

    table: str
    district: str
    last_date: date | None
    due_on: date | None
    reported_by: tuple[str, ...]


def find_gaps(metric: Metric, scope: Scope) -> tuple[Gap, ...]:
    """Returns the gaps in the metric's base for the scope, by table and district; empty if the base is complete.

    A district is missing if others in the area have sent a table that the metric counts and it has not, or if its last
    report of that table is overdue at the period's end.
    """
    version = scope.version
    # A version from before this model existed has no such information.
    if version.sql_file(_BASES) is None:
        return ()
    end = min(add_months(scope.period.last, 1) - timedelta(days=1), version.data_date)
    own, others = metric.source_tables
    gaps = _gaps(version, scope.area_code, own, end)
    # A district that has never sent the counted table is listed once, not again for the tables with added columns.
    absent = {gap.district for gap in gaps if gap.last_date is None}
    return (*gaps, *(gap for gap in _gaps(version, scope.area_code, others, end) if gap.district not in absent))


@lru_cache(maxsize=4096)
def _gaps(version: Version, area_code: str | None, tables: frozenset[str], end: date) -> tuple[Gap, ...]:
    rows = _incomplete_bases(version).filter(
        pl.col("area_code").eq_missing(pl.lit(area_code, pl.String))
        & pl.col("table_name").is_in(list(tables))
        & (pl.col("due_on").is_null() | (pl.col("due_on") < end))
    )
    return tuple(
        Gap(row["table_name"], row["district_name"], row["last_date"], row["due_on"], tuple(row["reported_by"]))
        for row in rows.iter_rows(named=True)
    )


def _incomplete_bases(version: Version) -> pl.DataFrame:
    return version.rows("select * from intermediate.incomplete_bases order by table_name, district_name")
