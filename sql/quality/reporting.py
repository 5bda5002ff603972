"""Whether a number's base is whole: the tables it counts, and who in the area has not sent them or is overdue."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import polars as pl

from sql.semantic.files import sql_file
from sql.semantic.files.dimensions import AREA_CODE, mart_columns
from sql.semantic.metrics import Metric
from sql.semantic.periods import add_months
from sql.semantic.scope import Scope
from sql.warehouse import Version

_BASES = "intermediate/incomplete_bases.sql"
# Divisions stand in every area, and a district without standards of its own goes by those above it.
_NEVER_MISSED = frozenset({"areas", "standards"})


@dataclass(frozen=True)
class Gap:
    """A district of which a number tells nothing, or nothing since `last_date`.

    `last_date` and `due_on` are empty where it has never sent the table; `reported_by` are the districts in the area
    that have.
    """

    table: str
    district: str
    last_date: date | None
    due_on: date | None
    reported_by: tuple[str, ...]


def find_gaps(metric: Metric, scope: Scope) -> tuple[Gap, ...]:
    """What the metric's number for the scope is without, by table and district; nothing where its base is whole.

    A district counts where others in the area have sent a table that the metric counts and it has not, or where its
    last report of it is overdue at the period's end.
    """
    version = scope.version
    # A version built before there were such bases tells nothing of them.
    if version.sql_file(_BASES) is None:
        return ()
    end = min(add_months(scope.period.last, 1) - timedelta(days=1), version.data_date)
    own, others = source_tables(metric)
    gaps = _gaps(version, scope.area_code, own, end)
    # A district without the rows themselves is told once: what it would add to them is no more missing.
    known = {gap.district for gap in gaps if gap.last_date is None}
    return (*gaps, *(gap for gap in _gaps(version, scope.area_code, others, end) if gap.district not in known))


@lru_cache(maxsize=4096)
def source_tables(metric: Metric) -> tuple[frozenset[str], frozenset[str]]:
    """The source tables whose rows make the metric: the one that its mart counts, and those of the columns it adds up.

    A mart says with `-- column_sources: table (column, …), …` which of its columns come from another table.
    """
    mart = metric.mart
    if AREA_CODE in mart_columns(metric.version, mart):
        # Lists in force are read at the area itself, not added up from its districts.
        return frozenset(), frozenset()
    path = f"marts/{mart}.sql"
    header = sql_file.read(path, metric.version.sql_file(path) or "").header
    named = sql_file.columns(metric.file.path, metric.file.text)
    others = {table for table, columns in column_sources(header).items() if named & columns}
    return frozenset({header["source_table"]} - _NEVER_MISSED), frozenset(others)


def column_sources(header: dict[str, str]) -> dict[str, set[str]]:
    """Which columns of a mart come from which table other than the one it counts, as its header says."""
    return {
        table: {column.strip() for column in columns.split(",")}
        for table, columns in re.findall(r"(\w+) \(([^)]*)\)", header.get("column_sources", ""))
    }


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
