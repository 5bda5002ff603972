"""Compares a metric's value with its standard, a year earlier, the span before it and the recent months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Literal

import duckdb
import polars as pl

from sql.errors import LinliError
from sql.semantic.metrics import Metric
from sql.semantic.metrics import metric as named_metric
from sql.semantic.periods import Period, add_months
from sql.semantic.scope import Scope
from sql.warehouse import earlier_versions

Status = Literal["on_target", "below", "no_data", "held", "none"]

SPARKLINE_MONTHS = 24


@dataclass(frozen=True)
class LastGood:
    """Holds a held metric's value in the last version in which it was not held, and that version's data date."""

    value: float
    data_date: date


def status_of(value: float | None, standard: float | None, direction: str) -> Status:
    """Returns `on_target` or `below` for a value and its standard; `none` if no standard applies, `no_data` if there is
    no value."""
    if value is None:
        return "no_data"
    if standard is None or direction == "none":
        return "none"
    is_met = value >= standard if direction == "higher" else value <= standard
    return "on_target" if is_met else "below"


def row_status(row: Mapping[str, Any], metric: Metric) -> Status:
    """Returns the status of one of a metric's rows; `held` where its number is held."""
    return "held" if row.get("is_held") else judge(metric, row["value"], row["standard"])


def with_status(rows: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """Returns a metric's rows with a `status` column computed from value and standard, or `held`."""
    statuses = [row_status(row, metric) for row in rows.iter_rows(named=True)]
    return rows.with_columns(status=pl.Series(statuses, dtype=pl.String))


def judge(metric: Metric, value: float | None, standard: float | None) -> Status:
    """Returns the status of a metric's value. Where a metric that needs a standard has none, nothing is missing."""
    if value is None and standard is None and metric.needs_standard:
        return "none"
    return status_of(value, standard, metric.direction)


@dataclass(frozen=True)
class Reading:
    """Holds one metric's value for one scope, with its comparisons.

    `period` holds the months that the value describes: without those after the data date and, for a metric with
    `cohort: ripe`, without unripe ones. Both changes compare this value: `year_change` (同比) with the same span a year
    earlier, `previous_change` (环比) with the span of the same length before it, which is `previous`. They are in the
    metric's unit, percentage points for percent, and None if there is nothing to compare with. `standard` judges,
    `recommended` does not; `year_standard` is the whole of a yearly target. `months` holds the metric's rows for the
    last 24 of these months. `last_good` stands beside a held number, if a version is kept that has one.
    """

    metric: Metric
    scope: Scope
    period: Period
    previous: Period | None
    value: float | None
    numerator: float | None
    denominator: float | None
    standard: float | None
    recommended: float | None
    year_standard: float | None
    status: Status
    year_change: float | None
    previous_change: float | None
    months: pl.DataFrame
    last_good: LastGood | None = None

    @property
    def is_suppressed(self) -> bool:
        """Returns true if the value exists but is hidden, because it covers too few people or mainly one."""
        return self.value is None and (self.denominator or 0) > 0 and self.metric.min_people > 0

    @property
    def is_unripe(self) -> bool:
        """Returns true if no month of the period is old enough to be judged."""
        return self.period.first is not None and self.period.first > self.period.last


def read_metric(metric: Metric, scope: Scope) -> Reading:
    """Returns the metric's value for the scope with everything that a card shows."""
    row = metric.rows(scope).row(0, named=True)
    period = shown_period(metric, scope)
    previous = _span_before(metric, period)
    status = row_status(row, metric)
    return Reading(
        metric,
        scope,
        period,
        previous,
        row["value"],
        row["numerator"],
        row["denominator"],
        row["standard"],
        row["recommended"],
        row["year_standard"],
        status,
        _change(metric, scope, row["value"], period.shift(-12)),
        None if previous is None else _change(metric, scope, row["value"], previous),
        metric.rows(scope.with_period(period.last_months(SPARKLINE_MONTHS)), by="month"),
        find_last_good(metric, scope) if status == "held" else None,
    )


@lru_cache(maxsize=1024)
def find_last_good(metric: Metric, scope: Scope) -> LastGood | None:
    """Returns the metric's value for the scope in the last earlier version in which it is not held; None without one.

    A version of an earlier release, or one that cannot be read, has none.
    """
    for version in earlier_versions(scope.version):
        try:
            earlier = named_metric(metric.name, version)
            earlier_scope = replace(scope, version=version)
            value = None if earlier.is_held(earlier_scope) else earlier.value(earlier_scope)
        except (LinliError, duckdb.Error):
            continue
        if value is not None:
            return LastGood(value, version.data_date)
    return None


def _span_before(metric: Metric, period: Period) -> Period | None:
    """Returns the span before a value's own, of the same length; None for everything on record.

    A level describes the end of its last month, so the month before it comes before. Only the period's end moves back,
    so counts since its beginning remain comparable.
    """
    if metric.aggregation == "latest":
        return period.until(add_months(period.last, -1))
    return None if period.months is None else period.shift(-period.months)


def find_shortfalls(scope: Scope, metrics: list[Metric]) -> pl.DataFrame:
    """Returns the areas one step below the scope that miss a metric's standard, worst first.

    Columns: metric, area_code, area_name, value, standard, shortfall_percent (distance from the standard, as a share
    of it), year_change. Only metrics with a standard above 0 are comparable.
    """
    level = scope.child_level
    schema = {
        "metric": pl.String,
        "area_code": pl.String,
        "area_name": pl.String,
        "value": pl.Float64,
        "standard": pl.Float64,
        "shortfall_percent": pl.Float64,
        "year_change": pl.Float64,
    }
    parts = [pl.DataFrame(schema=schema)]
    if level is None:
        return parts[0]
    for metric in metrics:
        before = scope.with_period(shown_period(metric, scope).shift(-12))
        rows = with_status(metric.rows(scope, by=level), metric).filter(pl.col("status") == "below")
        rows = rows.join(metric.rows(before, by=level).select(level, before="value"), on=level, how="left")
        parts.append(
            rows.select(
                pl.lit(metric.name).alias("metric"),
                pl.col(level).alias("area_code"),
                pl.col(f"{level}_name").alias("area_name"),
                "value",
                "standard",
                (100 * (pl.col("standard") - pl.col("value")).abs() / pl.col("standard")).alias("shortfall_percent"),
                (pl.col("value") - pl.col("before")).alias("year_change"),
            )
        )
    return pl.concat(parts).sort("shortfall_percent", "area_code", descending=[True, False])


def has_standards(scope: Scope, metrics: list[Metric]) -> bool:
    """Returns true if any area one step below the scope has both a value and a standard for one of the metrics."""
    level = scope.child_level
    if level is None:
        return False
    return any(
        metric.rows(scope, by=level)
        .select((pl.col("value").is_not_null() & pl.col("standard").is_not_null()).any())
        .item()
        for metric in metrics
    )


def clip_period(scope: Scope) -> Period:
    """Returns the scope's period without the months after the data date."""
    return Period(scope.period.first, min(scope.period.last, scope.version.data_month))


def shown_period(metric: Metric, scope: Scope) -> Period:
    """Returns the months of the scope's period that a metric's value describes."""
    return clip_period(metric.cohort(scope))


def cumulative_scope(scope: Scope) -> Scope:
    """Returns the scope for everything on record up to the period's end."""
    return scope.with_period(Period(None, clip_period(scope).last))


def _change(metric: Metric, scope: Scope, value: float | None, before: Period) -> float | None:
    # Nothing was counted before the calendar begins, so comparing with 0 there would be wrong. A level is read at the
    # last month only.
    earliest = before.last if metric.aggregation == "latest" else before.first or before.last
    if value is None or earliest < scope.version.first_month:
        return None
    earlier = metric.value(scope.with_period(before))
    return None if earlier is None else value - earlier
