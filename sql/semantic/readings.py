"""Compares a metric's value with its standard, the previous year, the previous month and the recent months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from sql.semantic.metrics import Metric
from sql.semantic.periods import Period, add_months
from sql.semantic.scope import Scope

Status = Literal["on_target", "below", "no_data", "none"]

SPARKLINE_MONTHS = 24


def status_of(value: float | None, standard: float | None, direction: str) -> Status:
    """Returns `on_target` or `below` for a value and its standard; `none` if no standard applies, `no_data` if there is
    no value."""
    if value is None:
        return "no_data"
    if standard is None or direction == "none":
        return "none"
    is_met = value >= standard if direction == "higher" else value <= standard
    return "on_target" if is_met else "below"


def with_status(rows: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """Returns a metric's rows with a `status` column computed from value and standard."""
    statuses = [judge(metric, value, standard) for value, standard in rows.select("value", "standard").iter_rows()]
    return rows.with_columns(status=pl.Series(statuses, dtype=pl.String))


def judge(metric: Metric, value: float | None, standard: float | None) -> Status:
    """Returns the status of a metric's value. Where a metric that needs a standard has none, nothing is missing."""
    if value is None and standard is None and metric.needs_standard:
        return "none"
    return status_of(value, standard, metric.direction)


@dataclass(frozen=True)
class Reading:
    """Holds one metric's value for one scope, with its comparisons.

    `year_change` (同比) compares with the same span a year earlier, `month_change` (环比) compares the last month with
    the one before. Both are in the metric's unit, percentage points for percent, and None if there is nothing to
    compare with. `standard` judges, `recommended` does not; `year_standard` is the whole of a yearly target. `months`
    holds the metric's rows for the last 24 months.
    """

    metric: Metric
    scope: Scope
    value: float | None
    numerator: float | None
    denominator: float | None
    standard: float | None
    recommended: float | None
    year_standard: float | None
    status: Status
    year_change: float | None
    month_change: float | None
    months: pl.DataFrame

    @property
    def is_suppressed(self) -> bool:
        """Returns true if the value exists but is hidden, because it covers too few people or mainly one."""
        return self.value is None and (self.denominator or 0) > 0 and self.metric.min_people > 0


def read_metric(metric: Metric, scope: Scope) -> Reading:
    """Returns the metric's value for the scope with everything that a card shows."""
    row = metric.rows(scope).row(0, named=True)
    period = clip_period(scope)
    if metric.aggregation == "latest":
        # Only the period's end moves back, so counts since its beginning remain comparable.
        earlier = period.until(add_months(period.last, -1))
        month_change = _change(metric, scope, row["value"], earlier)
    else:
        month = period.last_months(1)
        month_change = _change(metric, scope, metric.value(scope.with_period(month)), month.shift(-1))
    return Reading(
        metric,
        scope,
        row["value"],
        row["numerator"],
        row["denominator"],
        row["standard"],
        row["recommended"],
        row["year_standard"],
        judge(metric, row["value"], row["standard"]),
        _change(metric, scope, row["value"], period.shift(-12)),
        month_change,
        metric.rows(scope.with_period(period.last_months(SPARKLINE_MONTHS)), by="month"),
    )


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
        before = scope.with_period(clip_period(scope).shift(-12))
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
