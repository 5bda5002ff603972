"""How long a metric takes to answer, with nothing remembered, against its bare SQL."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from sql import metric, warehouse
from sql.semantic import compose, metrics, scope
from sql.semantic.files import catalog, dimensions, sql_file
from sql.semantic.metrics import Metric
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.warehouse import Version


@dataclass(frozen=True)
class MetricTiming:
    """Milliseconds of one metric: its first call, those after it, and its SQL alone, never with rows kept."""

    metric: Metric
    first: float
    later_calls: pl.Series
    sql_alone: pl.Series


def time_by_city_month(version: Version, repeats: int = 15) -> list[MetricTiming]:
    """Every metric of sql/ for a city by month over all months; of the cities the one with the most rows."""
    # Opening the file is the process's first question's, not the first metric's.
    warehouse.connect(version).close()
    return [_answer(name, version, repeats) for name in catalog.names("metrics")]


def _answer(name: str, version: Version, repeats: int) -> MetricTiming:
    known = metric(name, version)
    city = _city(known)
    ask = _asked(name, version, city)
    _forget_everything()
    first = _milliseconds(ask)
    whole, bare = [], []
    # In turn, so that what else the machine does meets both alike.
    for _ in range(repeats):
        _forget_rows()
        whole.append(_milliseconds(ask))
        composed = known.sql(_all_months(version, city), ("month",))
        _forget_rows()
        bare.append(_milliseconds(lambda: version.rows(composed.sql, composed.params)))
    return MetricTiming(known, first, pl.Series(whole), pl.Series(bare))


def _asked(name: str, version: Version, city: str) -> Callable[[], pl.DataFrame]:
    return lambda: metric(name, version).rows(_all_months(version, city), by="month")


def _all_months(version: Version, city: str) -> Scope:
    return Scope(version, city, Period(None, version.data_month))


def _city(known: Metric) -> str:
    """Of the cities the one with the most rows in the metric's mart, whose name is a file's."""
    return known.version.rows(
        f"select city from main.{known.mart} where city is not null group by city order by count(*) desc, city limit 1"
    ).item()


def _milliseconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - started)


def _forget_rows() -> None:
    """Empties what keeps rows; parsed and composed SQL stays, as it does when a new version is published."""
    warehouse._rows.cache_clear()
    metrics._rows.cache_clear()


def _forget_everything() -> None:
    """As in a process that has answered nothing yet, but for the open connection and the files' texts."""
    _forget_rows()
    for cache in (dimensions.mart_columns, dimensions.detail_marts, compose._parts, sql_file.parse, scope.areas):
        cache.cache_clear()
    for cache in (metrics._source_table, metrics.reporting_areas):
        cache.cache_clear()
    catalog.clear_cache()
