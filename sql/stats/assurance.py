"""Says what a control chart means: how the last month lies within normal variation, and whether a standard will be met.

Both judgements are those of the NHS programme Making Data Count, whose reports show them as two icons.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import polars as pl

if TYPE_CHECKING:
    from sql.semantic.metrics import Metric

# `better` and `worse` for a metric with a preferred direction, else `higher` and `lower`.
Side = Literal["better", "worse", "higher", "lower"]
Variation = Literal["usual", "none"] | Side
# The standard will be met reliably, by chance in some months, or not.
Assurance = Literal["reliably", "chance", "not", "none"]

# A standard equal to a limit is met by every value within the limits, whatever the rounding noise.
_NOISE = 1e-9


@dataclass(frozen=True)
class Signal:
    """Describes a month outside normal variation, above or below what is usual.

    `months_in_row` is the length of its run on that side, 0 if the month itself lies beyond a limit.
    """

    month: date
    is_above: bool
    months_in_row: int


def latest_signal(limits: pl.DataFrame) -> Signal | None:
    """Returns the last signal in rows of `control_limits`; None if they hold none."""
    signals = limits.filter("is_signal")
    if signals.is_empty():
        return None
    last = signals.row(-1, named=True)
    is_beyond = not last["lower"] <= last["value"] <= last["upper"]
    return Signal(last["month"], _is_above(last), 0 if is_beyond else abs(last["run"]))


def _is_above(signal: dict) -> bool:
    return signal["value"] > signal["upper"] or (signal["value"] >= signal["lower"] and signal["run"] > 0)


def variation(limits: pl.DataFrame, metric: Metric) -> Variation:
    """Returns how the last judged month of `control_limits` lies within normal variation; `none` without limits."""
    judged = limits.drop_nulls("centre")
    if judged.is_empty():
        return "none"
    last = judged.row(-1, named=True)
    if not last["is_signal"]:
        return "usual"
    return side(last, metric)


def side(signal: dict, metric: Metric) -> Side:
    """Returns what the side on which a signal lies means for the metric. `signal` is a row of `control_limits`."""
    if metric.direction == "none":
        return "higher" if _is_above(signal) else "lower"
    return "better" if _is_above(signal) == (metric.direction == "higher") else "worse"


def assurance(limits: pl.DataFrame, metric: Metric) -> Assurance:
    """Returns whether the standard will be met, as things stand, by the last limits of rows of `control_limits`.

    Normal variation that lies wholly on the standard's good side meets it reliably, wholly on the other side does not
    meet it, and on both sides meets it by chance. `none` without limits or standard, and for a number that grows within
    a period: its month is no measure of a standard that is set for the period.
    """
    judged = limits.drop_nulls("centre")
    if judged.is_empty() or metric.direction == "none" or metric.grows_within_period:
        return "none"
    last = judged.row(-1, named=True)
    if last["standard"] is None:
        return "none"
    is_higher = metric.direction == "higher"
    worst, best = (last["lower"], last["upper"]) if is_higher else (-last["upper"], -last["lower"])
    standard = last["standard"] if is_higher else -last["standard"]
    if worst >= standard - _NOISE:
        return "reliably"
    return "not" if best < standard - _NOISE else "chance"
