"""Finds months outside a series' normal variation, and areas that differ by more than chance."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from sql.stats.control_chart import MIN_VALUES, RECENT_MONTHS, control_chart

if TYPE_CHECKING:
    from sql.semantic.metrics import Metric

# 95 % and 99.8 % limits of a funnel plot (Spiegelhalter 2005).
Z_95, Z_998 = 1.96, 3.09


def control_limits(rows: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """Returns monthly rows (month, value) with centre, lower, upper, phase, run and is_signal.

    The limits are those of `control_chart`. A level (`latest`) builds on the previous month, so its change is judged:
    the centre is the previous month plus the mean change, and only a change beyond the limits is a signal, because
    between two rounds of recruitment a level drifts to one side for many months. Months before the first count are not
    judged, nor are those whose `is_ripe` is false. Centre, limits, phase and run are null for months that are not
    judged, and for all months if fewer than 12 could be. Only signals of the last 12 months are marked.
    """
    is_counted = pl.col("value").is_not_null()
    if "is_ripe" in rows.columns:
        is_counted &= pl.col("is_ripe")
    # Nothing could vary before the first event.
    known = rows.filter(is_counted).filter((pl.col("value") != 0).cum_max()).select("month", "value")
    if known.height < MIN_VALUES:
        empty = pl.lit(None, pl.Float64)
        none = pl.lit(None, pl.Int64)
        return rows.with_columns(centre=empty, lower=empty, upper=empty, phase=none, run=none, is_signal=pl.lit(False))
    is_level = metric.aggregation == "latest"
    values: list[float] = known["value"].to_list()
    judged = [after - before for before, after in pairwise(values)] if is_level else values
    chart = control_chart(judged, has_run_rule=not is_level)
    before = pl.Series([*values[:-1]] if is_level else [0.0] * len(values))
    centre, limit = before + pl.Series(chart.centres), pl.Series(chart.limits)
    # The lower limit of a non-negative number is at least 0, and the upper limit of a share at most 100 %.
    floor = 0.0 if min(values) >= 0 else -math.inf
    ceiling = 100.0 if metric.unit == "percent" and max(values) <= 100 else math.inf
    limits = (
        known.select("month")
        .tail(len(judged))
        .with_columns(
            centre=centre,
            lower=(centre - limit).clip(lower_bound=floor),
            upper=(centre + limit).clip(upper_bound=ceiling),
            phase=pl.Series(chart.phases, dtype=pl.Int64),
            run=pl.Series(chart.runs, dtype=pl.Int64),
            is_signal=pl.Series(chart.signals, dtype=pl.Boolean),
        )
    )
    is_recent = pl.col("month") > pl.col("month").max().dt.offset_by(f"-{RECENT_MONTHS}mo")
    return rows.join(limits, on="month", how="left").with_columns(pl.col("is_signal").fill_null(False) & is_recent)


def median_wait(curve: pl.DataFrame) -> float | None:
    """Returns the hours after which half are served, from a Kaplan–Meier curve (hours, share: percent still waiting;
    sorted by hours).

    None if more than half are still waiting at the end. If exactly half wait over an interval, returns its midpoint,
    as the median of an even number of values is the midpoint of the middle two (Klein and Moeschberger, Survival
    Analysis, 4.5).
    """
    reached = curve.filter(pl.col("share") <= 50)
    if reached.is_empty():
        return None
    first, share = reached.select("hours", "share").row(0)
    later = reached.filter(pl.col("share") < share)
    if abs(share - 50) > 1e-6 or later.is_empty():
        return first
    return (first + later["hours"][0]) / 2


def with_chance(rows: pl.DataFrame, metric: Metric, overall: float | None) -> pl.DataFrame:
    """Returns a rate's rows with `is_within_chance`, true if the area's difference from the overall value is not
    significant (95 %).

    Counts per population are treated as Poisson, percentages as binomial. Null for averages and for metrics without a
    denominator.
    """
    factor = {"percent": 100.0, "per_10k": 10_000.0}.get(metric.unit)
    if overall is None or factor is None or not metric.is_rate:
        return rows.with_columns(is_within_chance=pl.lit(None, pl.Boolean))
    rate = overall / factor
    variance = rate * (1 - rate) if metric.unit == "percent" else rate
    error = (variance / pl.col("denominator")).sqrt() * factor
    return rows.with_columns(is_within_chance=(pl.col("value") - overall).abs() <= Z_95 * error)


def funnel_limits(metric: Metric, overall: float, smallest: float, largest: float, steps: int = 60) -> pl.DataFrame:
    """Returns funnel limits around the overall value: denominator, lower_95, upper_95, lower_998, upper_998.

    `steps` denominators from `smallest` to `largest` are spaced evenly on a logarithmic scale.
    """
    factor = 100.0 if metric.unit == "percent" else 10_000.0
    rate = overall / factor
    variance = rate * (1 - rate) if metric.unit == "percent" else rate
    ratio = (largest / smallest) ** (1 / (steps - 1)) if largest > smallest else 1.0
    sizes = [smallest * ratio**step for step in range(steps)]
    errors = [factor * math.sqrt(variance / size) for size in sizes]
    return pl.DataFrame(
        {
            "denominator": sizes,
            "lower_95": [max(overall - Z_95 * error, 0.0) for error in errors],
            "upper_95": [overall + Z_95 * error for error in errors],
            "lower_998": [max(overall - Z_998 * error, 0.0) for error in errors],
            "upper_998": [overall + Z_998 * error for error in errors],
        }
    )
