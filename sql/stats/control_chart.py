"""Draws the limits of a series' normal variation: an XmR chart whose limits follow lasting shifts and trends."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import fmean, median

# XmR chart: the natural process limits are 2.66 mean moving ranges from the centre (Wheeler, Understanding Variation).
XMR_FACTOR = 2.66
# Eight in a row on one side of the median are a shift, as in run charts (Perla, Provost and Murray 2011). Unlike the
# mean, the median is not moved by one far value; and the zeros of a rare event lie on it, not below.
SHIFT_LENGTH = 8
# Fewer values than this do not show what is normal (NHS-R plotthedots: below 12, limits are for trial only).
MIN_VALUES = 12
# Signals are news of the last twelve months.
RECENT_MONTHS = 12
# Two-sided 1 % of the normal distribution.
_Z_99 = 2.576
# Rounding noise in a series that never moves is not a signal.
_NOISE = 1e-9


@dataclass(frozen=True)
class Chart:
    """Holds, for each value of a series, its centre, the distance of both limits from it, the number of its phase from
    1 on, how many lie in a row on its side of the median up to it (negative: below), and whether it is a signal."""

    centres: list[float]
    limits: list[float]
    phases: list[int]
    runs: list[int]
    signals: list[bool]


@dataclass(frozen=True)
class Phase:
    """Describes the values from `start` to before `end` as one process; its limits are those of the values before
    `basis_end`, from which on a shift may yet prove lasting."""

    start: int
    end: int
    basis_end: int


@dataclass(frozen=True)
class _Run:
    """Describes values in a row on one side of a median: side 1 above, −1 below, 0 neither."""

    start: int
    length: int
    side: int


def control_chart(values: list[float], has_run_rule: bool = True) -> Chart:
    """Returns the XmR chart of at least two values in order of time.

    The centre is the mean of each phase, or the trend where there is one. A signal is a value beyond its limits, or, if
    `has_run_rule` and around a mean, at least the eighth in a row on one side. Around a trend, such a run says that the
    line is not straight, and not that something happened.
    """
    trend = trend_line(values)
    chart = Chart([], [], [], [], [])
    for number, phase in enumerate([Phase(0, len(values), len(values))] if trend else find_phases(values), 1):
        members, basis = values[phase.start : phase.end], values[phase.start : phase.basis_end]
        centres = trend or [fmean(basis)] * len(members)
        offsets = [value - centre for value, centre in zip(members, centres, strict=True)]
        limit = XMR_FACTOR * fmean(abs(after - before) for before, after in pairwise(offsets[: len(basis)]))
        runs = _run_lengths(members, basis) if has_run_rule and not trend else [0] * len(members)
        chart.centres.extend(centres)
        chart.limits.extend([limit] * len(members))
        chart.phases.extend([number] * len(members))
        chart.runs.extend(runs)
        chart.signals.extend(
            abs(offset) > limit + _NOISE or abs(run) >= SHIFT_LENGTH for offset, run in zip(offsets, runs, strict=True)
        )
    return chart


def find_phases(values: list[float]) -> list[Phase]:
    """Returns the phases of a series: the first, and one from the first value of every lasting shift.

    The stable shift algorithm (R package autospc): a phase's first twelve values are its baseline. Eight in a row on
    one side of their median begin a new phase if at least twelve values follow from the first of them on, and if these
    do not hold eight in a row back. Until there are twelve, the limits from before the shift stay, and it is a signal.
    """
    phases: list[Phase] = []
    start, end = 0, len(values)
    while (shift := _next_shift(values, start)) is not None:
        if end - shift < MIN_VALUES:
            return [*phases, Phase(start, end, shift)]
        phases.append(Phase(start, shift, shift))
        start = shift
    return [*phases, Phase(start, end, end)]


def _next_shift(values: list[float], start: int) -> int | None:
    """Returns the index of the first shift after the baseline of the phase that begins at `start`; None without one."""
    first = start + MIN_VALUES
    for run in _runs(_sides(values[first:], values[start:first])):
        shift = first + run.start
        if run.length >= SHIFT_LENGTH and not _returns(values[shift:], run.side):
            return shift
    return None


def _returns(values: list[float], side: int) -> bool:
    """Returns true if the twelve values from a shift to that side on hold the beginning of a shift back."""
    return any(
        run.side == -side and run.length >= SHIFT_LENGTH and run.start < MIN_VALUES
        for run in _runs(_sides(values, values[:MIN_VALUES]))
    )


def trend_line(values: list[float]) -> list[float] | None:
    """Returns the robust line through the values (Theil–Sen) if they have a trend, else None.

    A trend rises or falls steadily (Mann–Kendall test, 1 %) and describes the values better than phases do, each of
    which costs two numbers more (Bayesian information criterion). Both are asked of the values before the last twelve,
    which are to be judged: a late shift would look like a trend.
    """
    history = values[: max(len(values) - RECENT_MONTHS, MIN_VALUES)]
    if abs(_kendall_z(history)) < _Z_99:
        return None
    phases = find_phases(history)
    means = [
        mean for phase in phases for mean in [fmean(history[phase.start : phase.basis_end])] * (phase.end - phase.start)
    ]
    is_better = _bic(history, _theil_sen(history), 2) < _bic(history, means, 2 * len(phases) - 1)
    return _theil_sen(values) if is_better else None


def _kendall_z(values: list[float]) -> float:
    """Returns the statistic of the Mann–Kendall test, which is standard normal where there is no trend."""
    count = len(values)
    score = sum((after > before) - (after < before) for index, before in enumerate(values) for after in values[index:])
    deviation = math.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    return (score - math.copysign(1, score)) / deviation if score else 0.0


def _theil_sen(values: list[float]) -> list[float]:
    """Returns the line with the median slope of all pairs, as its value at each index."""
    slope = median(
        (after - before) / distance
        for index, before in enumerate(values)
        for distance, after in enumerate(values[index + 1 :], 1)
    )
    start = median(value - slope * index for index, value in enumerate(values))
    return [start + slope * index for index in range(len(values))]


def _bic(values: list[float], centres: list[float], parameters: int) -> float:
    """Returns the Bayesian information criterion of a description with Laplace errors; smaller is better."""
    distance = fmean(abs(value - centre) for value, centre in zip(values, centres, strict=True))
    return 2 * len(values) * math.log(max(distance, _NOISE)) + parameters * math.log(len(values))


def _run_lengths(values: list[float], basis: list[float]) -> list[int]:
    """Returns how many values up to each lie in a row on its side of the median of the basis, negative below it."""
    return [run.side * position for run in _runs(_sides(values, basis)) for position in range(1, run.length + 1)]


def _sides(values: list[float], baseline: list[float]) -> list[int]:
    """Returns for each value 1 above the baseline's median, −1 below, 0 on it."""
    middle = median(baseline)
    return [0 if abs(value - middle) < _NOISE else int(math.copysign(1, value - middle)) for value in values]


def _runs(sides: list[int]) -> list[_Run]:
    runs: list[_Run] = []
    for side, members in groupby(sides):
        start = runs[-1].start + runs[-1].length if runs else 0
        runs.append(_Run(start, len(list(members)), side))
    return runs
