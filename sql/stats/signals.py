"""Which months of a series are more than its usual ups and downs, and which areas differ by more than chance."""

from __future__ import annotations

import math
from itertools import pairwise

import polars as pl

from sql.semantic.extremes import max_number, min_number
from sql.semantic.metrics import Metric

# XmR chart: natural process limits lie 2.66 mean moving ranges from the centre (Wheeler, Understanding Variation).
XMR_FACTOR = 2.66
# Eight in a row on one side of the centre are a shift (Western Electric, as the NHS's guide to charts has it).
SHIFT_LENGTH = 8
# Fewer months than this say nothing about what is usual.
_MIN_MONTHS = 12
# 95 % and 99.8 % limits of a funnel plot (Spiegelhalter 2005).
Z_95, Z_998 = 1.96, 3.09


def control_limits(rows: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """Monthly rows (month, value) with centre, lower, upper and is_signal; limits are empty under 12 months.

    For sums and ratios the centre is the mean. A level (`latest`) stands on the month before it, so what is judged is
    its change: the centre is the month before plus the mean change, and only a change beyond the limits is a signal,
    because between two rounds of recruitment a level drifts on one side for many months. Months before the first of a
    sum are not judged.
    """
    known = rows.filter(pl.col("value").is_not_null())
    if metric.aggregation == "sum":
        # Before the first of its kind there was nothing to vary.
        known = known.filter(pl.col("value").cum_sum() > 0)
    if known.height < _MIN_MONTHS:
        empty = pl.lit(None, pl.Float64)
        return rows.with_columns(centre=empty, lower=empty, upper=empty, is_signal=pl.lit(False))
    is_level = metric.aggregation == "latest"
    judged = known["value"].diff().drop_nulls().to_list() if is_level else known["value"].to_list()
    mean = sum(judged) / len(judged)
    offsets = [value - mean for value in judged]
    ranges = [abs(after - before) for before, after in pairwise(judged)]
    reach = XMR_FACTOR * sum(ranges) / len(ranges)
    # Rounding noise in a series that never moves is not a signal.
    beyond = [abs(offset) > reach + 1e-9 for offset in offsets]
    signals = beyond if is_level else [a or b for a, b in zip(beyond, _shifts(offsets), strict=True)]
    centre = known["value"].shift() + mean if is_level else pl.Series([mean] * known.height)
    # A number that cannot be negative has no limit below 0, and a share none above all.
    floor = 0.0 if min_number(known["value"]) >= 0 else -math.inf
    ceiling = 100.0 if metric.unit == "percent" and max_number(known["value"]) <= 100 else math.inf
    found = known.select("month").with_columns(
        centre=centre,
        lower=(centre - reach).clip(lower_bound=floor),
        upper=(centre + reach).clip(upper_bound=ceiling),
        is_signal=pl.Series([False, *signals] if is_level else signals, dtype=pl.Boolean),
    )
    return rows.join(found, on="month", how="left").with_columns(pl.col("is_signal").fill_null(False))


def _shifts(offsets: list[float]) -> list[bool]:
    """Whether each is at least the eighth in a row on its side of the centre."""
    run, last, found = 0, 0.0, []
    for offset in offsets:
        side = 0.0 if abs(offset) < 1e-9 else math.copysign(1, offset)
        run = run + 1 if side and side == last else 1
        last = side
        found.append(side != 0 and run >= SHIFT_LENGTH)
    return found


def median_wait(curve: pl.DataFrame) -> float | None:
    """After how many hours half are served, by a Kaplan–Meier curve (hours, share: percent still waiting; in order).

    None where more than half still wait. Where exactly half do for a while, the middle of that while, as a median of
    an even number is the middle of two (Klein and Moeschberger, Survival Analysis, 4.5).
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
    """Rows of a rate with `is_within_chance`: whether the area differs from the overall value by no more than chance.

    Counts per population are taken as Poisson, percentages as binomial; empty for averages and where the metric has no
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
    """The funnel's limits around the overall value: denominator, lower_95, upper_95, lower_998, upper_998."""
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
