"""Finds months outside a series' normal variation, and areas that differ by more than chance."""

from __future__ import annotations

import math
from itertools import pairwise

import polars as pl

from sql.semantic.extremes import max_number, min_number
from sql.semantic.metrics import Metric

# XmR chart: the natural process limits are 2.66 mean moving ranges from the centre (Wheeler, Understanding Variation).
XMR_FACTOR = 2.66
# Eight in a row on one side of the centre are a shift (Western Electric rules, as in the NHS guide to charts).
SHIFT_LENGTH = 8
# Fewer months than this do not show what is normal.
_MIN_MONTHS = 12
# 95 % and 99.8 % limits of a funnel plot (Spiegelhalter 2005).
Z_95, Z_998 = 1.96, 3.09


def control_limits(rows: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """Returns monthly rows (month, value) with centre, lower, upper and is_signal; limits are null under 12 months.

    For sums and ratios the centre is the mean. A level (`latest`) builds on the previous month, so its change is
    judged: the centre is the previous month plus the mean change. Only a change beyond the limits is a signal then,
    because between two rounds of recruitment a level drifts to one side for many months. The months before a sum's
    first count are not judged.
    """
    known = rows.filter(pl.col("value").is_not_null())
    if "is_ripe" in rows.columns:
        # The outcome of a young month is not known yet.
        known = known.filter(pl.col("is_ripe"))
    if metric.aggregation == "sum":
        # Nothing could vary before the first event.
        known = known.filter(pl.col("value").cum_sum() > 0)
    if known.height < _MIN_MONTHS:
        empty = pl.lit(None, pl.Float64)
        return rows.with_columns(centre=empty, lower=empty, upper=empty, is_signal=pl.lit(False))
    is_level = metric.aggregation == "latest"
    judged = known["value"].diff().drop_nulls().to_list() if is_level else known["value"].to_list()
    mean = sum(judged) / len(judged)
    offsets = [value - mean for value in judged]
    ranges = [abs(after - before) for before, after in pairwise(judged)]
    limit = XMR_FACTOR * sum(ranges) / len(ranges)
    # Rounding noise in a series that never moves is not a signal.
    beyond = [abs(offset) > limit + 1e-9 for offset in offsets]
    signals = beyond if is_level else [a or b for a, b in zip(beyond, _shifts(offsets), strict=True)]
    centre = known["value"].shift() + mean if is_level else pl.Series([mean] * known.height)
    # The lower limit of a non-negative number is at least 0, and the upper limit of a share at most 100 %.
    floor = 0.0 if min_number(known["value"]) >= 0 else -math.inf
    ceiling = 100.0 if metric.unit == "percent" and max_number(known["value"]) <= 100 else math.inf
    limits = known.select("month").with_columns(
        centre=centre,
        lower=(centre - limit).clip(lower_bound=floor),
        upper=(centre + limit).clip(upper_bound=ceiling),
        is_signal=pl.Series([False, *signals] if is_level else signals, dtype=pl.Boolean),
    )
    return rows.join(limits, on="month", how="left").with_columns(pl.col("is_signal").fill_null(False))


def _shifts(offsets: list[float]) -> list[bool]:
    """Returns true for each offset that is at least the eighth in a row on its side of the centre."""
    run, last, is_shift = 0, 0.0, []
    for offset in offsets:
        side = 0.0 if abs(offset) < 1e-9 else math.copysign(1, offset)
        run = run + 1 if side and side == last else 1
        last = side
        is_shift.append(side != 0 and run >= SHIFT_LENGTH)
    return is_shift


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
