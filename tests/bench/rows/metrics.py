"""Times metrics with empty caches against their bare SQL."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from sql import metric, warehouse
from sql.files import sql_file
from sql.semantic import compose, metrics, scope
from sql.semantic.catalog import catalog, dimensions
from sql.semantic.metrics import Metric
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.warehouse import Version


@dataclass(frozen=True)
class MetricTiming:
    """Holds the milliseconds of a metric: its first call, later calls and its SQL alone, never with cached rows."""

    metric: Metric
    first: float
    later_calls: pl.Series
    sql_alone: pl.Series


def time_by_city_month(version: Version, repeats: int = 15) -> list[MetricTiming]:
    """Times every metric in sql/ by month over all months, for the city with the most rows."""
    # Opens the file, so that the first metric is not charged for it.
    warehouse.connect(version).close()
    return [_time(name, version, repeats) for name in catalog.names("metrics")]


def _time(name: str, version: Version, repeats: int) -> MetricTiming:
    city_metric = metric(name, version)
    city = _city(city_metric)
    query = _query(name, version, city)
    _clear_all_caches()
    first = _milliseconds(query)
    whole, bare = [], []
    # In turn, so that other work on the machine affects both alike.
    for _ in range(repeats):
        _clear_row_caches()
        whole.append(_milliseconds(query))
        composed = city_metric.sql(_all_months(version, city), ("month",))
        _clear_row_caches()
        bare.append(_milliseconds(lambda: version.rows(composed.sql, composed.params)))
    return MetricTiming(city_metric, first, pl.Series(whole), pl.Series(bare))


def _query(name: str, version: Version, city: str) -> Callable[[], pl.DataFrame]:
    return lambda: metric(name, version).rows(_all_months(version, city), by="month")


def _all_months(version: Version, city: str) -> Scope:
    return Scope(version, city, Period(None, version.data_month))


def _city(metric: Metric) -> str:
    """Returns the city with the most rows in the metric's mart; the mart's name is that of a file, so safe in SQL."""
    return metric.version.rows(
        f"select city from main.{metric.mart} where city is not null group by city order by count(*) desc, city limit 1"
    ).item()


def _milliseconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - started)


def _clear_row_caches() -> None:
    """Clears cached rows; keeps parsed and composed SQL, as when a new version is published."""
    warehouse._rows.cache_clear()
    metrics._rows.cache_clear()


def _clear_all_caches() -> None:
    """Clears all caches as in a new process, except the open connection and the files' texts."""
    _clear_row_caches()
    for cache in (dimensions.mart_columns, dimensions.detail_marts, compose._parts, sql_file.parse, scope.areas):
        cache.cache_clear()
    for cache in (metrics._source_table, metrics.reporting_areas):
        cache.cache_clear()
    catalog.clear_cache()
