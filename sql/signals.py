"""Which months of a series are more than its usual ups and downs, and which areas differ by more than chance."""
from __future__ import annotations

import math

import polars as pl

from sql.metrics import Metric

# XmR chart: natural process limits lie 2.66 mean moving ranges from the centre (Wheeler, Understanding Variation).
LIMIT = 2.66
# Eight in a row on one side of the centre are a shift (Western Electric, as the NHS's guide to charts has it).
RUN = 8
# Fewer months than this say nothing about what is usual.
_FEWEST = 12
# 95 % and 99.8 % limits of a funnel plot (Spiegelhalter 2005).
WARNING, ALARM = 1.96, 3.09


def limits(rows: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """Monthly rows (month, value) with centre, lower, upper and is_signal; limits are empty under 12 months.

    For sums and ratios the centre is the mean. A level (`latest`) drifts by nature, so its centre is the straight line
    through the months, and a signal is a month off that line.
    """
    known = rows.filter(pl.col("value").is_not_null())
    if known.height < _FEWEST:
        empty = pl.lit(None, pl.Float64)
        return rows.with_columns(centre=empty, lower=empty, upper=empty, is_signal=pl.lit(False))
    values = known["value"].to_list()
    centre = _line(values) if metric.over_time == "latest" else [sum(values) / len(values)] * len(values)
    offsets = [value - middle for value, middle in zip(values, centre, strict=True)]
    ranges = [abs(after - before) for before, after in zip(offsets, offsets[1:], strict=False)]
    reach = LIMIT * sum(ranges) / len(ranges)
    # A series that never moves has no limits to cross; rounding noise is not a signal.
    beyond = [reach > 0 and abs(offset) > reach * (1 + 1e-9) for offset in offsets]
    sides = [0 if abs(offset) < 1e-9 else math.copysign(1, offset) for offset in offsets]
    run, runs = 0, []
    for index, side in enumerate(sides):
        run = run + 1 if side and index and side == sides[index - 1] else 1
        runs.append(side != 0 and run >= RUN)
    floor = 0.0 if min(values) >= 0 else -math.inf
    found = known.select("month").with_columns(
        centre=pl.Series(centre, dtype=pl.Float64),
        lower=pl.Series([max(middle - reach, floor) for middle in centre], dtype=pl.Float64),
        upper=pl.Series([middle + reach for middle in centre], dtype=pl.Float64),
        is_signal=pl.Series([a or b for a, b in zip(beyond, runs, strict=True)], dtype=pl.Boolean),
    )
    return rows.join(found, on="month", how="left").with_columns(pl.col("is_signal").fill_null(False))


def against_chance(rows: pl.DataFrame, metric: Metric, overall: float | None) -> pl.DataFrame:
    """Rows of a rate with `is_within_chance`: whether the area differs from the overall value by no more than chance.

    Counts per population are taken as Poisson, percentages as binomial; empty where the metric has no denominator.
    """
    factor = 100.0 if metric.unit == "percent" else 10_000.0 if metric.unit == "per_10k" else 1.0
    if overall is None or not metric.is_rate:
        return rows.with_columns(is_within_chance=pl.lit(None, pl.Boolean))
    rate = overall / factor
    variance = rate * (1 - rate) if metric.unit == "percent" else rate
    error = (variance / pl.col("denominator")).sqrt() * factor
    return rows.with_columns(is_within_chance=(pl.col("value") - overall).abs() <= WARNING * error)


def funnel(metric: Metric, overall: float, smallest: float, largest: float, steps: int = 60) -> pl.DataFrame:
    """The funnel's limits around the overall value: denominator, lower_95, upper_95, lower_998, upper_998."""
    factor = 100.0 if metric.unit == "percent" else 10_000.0
    rate = overall / factor
    variance = rate * (1 - rate) if metric.unit == "percent" else rate
    ratio = (largest / smallest) ** (1 / (steps - 1)) if largest > smallest else 1.0
    sizes = [smallest * ratio**step for step in range(steps)]
    errors = [factor * math.sqrt(variance / size) for size in sizes]
    return pl.DataFrame({
        "denominator": sizes,
        "lower_95": [max(overall - WARNING * error, 0.0) for error in errors],
        "upper_95": [overall + WARNING * error for error in errors],
        "lower_998": [max(overall - ALARM * error, 0.0) for error in errors],
        "upper_998": [overall + ALARM * error for error in errors],
    })


def _line(values: list[float]) -> list[float]:
    """The least-squares straight line through equally spaced values."""
    count = len(values)
    middle, mean = (count - 1) / 2, sum(values) / count
    slope = sum((index - middle) * (value - mean) for index, value in enumerate(values)) / sum(
        (index - middle) ** 2 for index in range(count)
    )
    return [mean + slope * (index - middle) for index in range(count)]
