"""Variation and assurance: each verdict from limits written by hand."""

from __future__ import annotations

import polars as pl
import pytest

from sql.semantic.metrics import Metric
from sql.stats.assurance import Signal, assurance, latest_signal, variation
from sql.stats.signals import control_limits
from tests.helpers.warehouse.world import month
from tests.sql.stats.test_signals import of, series

CALM = [9.5, 10.5] * 6


def limits(standard: float | None, lower: float = 7.34, upper: float = 12.66) -> pl.DataFrame:
    """Returns two judged months and one that is not, whose standard is another."""
    return pl.DataFrame(
        {
            "month": [month("2024-01"), month("2024-02"), month("2024-03")],
            "value": [9.5, 10.5, 10.0],
            "standard": [1.0, standard, 99.0],
            "centre": [10.0, 10.0, None],
            "lower": [0.0, lower, None],
            "upper": [99.0, upper, None],
            "phase": [1, 1, None],
            "run": [-1, 1, None],
            "is_signal": [False] * 3,
        },
        schema_overrides={"standard": pl.Float64},
    )


def better(direction: str, aggregation: str = "ratio", text: str = "") -> Metric:
    metric = of(aggregation)
    header = metric.file.header | {"direction": direction}
    return Metric(type(metric.file)(metric.file.path, header, metric.file.text + text), metric.version)


@pytest.mark.parametrize(
    ("direction", "standard", "verdict"),
    [
        ("higher", 7.0, "reliably"),
        # What lies at a limit is met by every value within them.
        ("higher", 7.34, "reliably"),
        ("higher", 7.35, "chance"),
        ("higher", 12.66, "chance"),
        ("higher", 12.67, "not"),
        ("lower", 13.0, "reliably"),
        ("lower", 12.66, "reliably"),
        ("lower", 12.65, "chance"),
        ("lower", 7.34, "chance"),
        ("lower", 7.33, "not"),
        ("higher", None, "none"),
        ("none", 10.0, "none"),
    ],
)
def test_a_standard_is_met_reliably_by_chance_or_not(direction, standard, verdict):
    assert assurance(limits(standard), better(direction)) == verdict


def test_a_share_that_is_always_full_meets_100_reliably():
    assert assurance(limits(100.0, 100.0, 100.0), better("higher")) == "reliably"
    # The upper limit is cut at 100, which is still reached.
    assert assurance(limits(100.0, 91.0, 100.0), better("higher")) == "chance"


def test_a_month_of_what_grows_within_a_period_is_no_measure_of_its_standard():
    assert assurance(limits(7.0), better("higher", "sum")) == "none"
    assert assurance(limits(7.0), better("higher", "latest", " where trained_on >= period_start")) == "none"
    assert assurance(limits(7.0), better("higher", "latest")) == "reliably"


def test_without_limits_there_is_no_verdict():
    short = control_limits(series(*CALM[:11]), of()).with_columns(standard=pl.lit(7.0))
    assert assurance(short, better("higher")) == variation(short, better("higher")) == "none"
    assert latest_signal(short) is None


@pytest.mark.parametrize(
    ("direction", "last", "verdict"),
    [
        ("higher", 10.5, "usual"),
        ("higher", 30.0, "better"),
        ("higher", 0.5, "worse"),
        ("lower", 30.0, "worse"),
        ("lower", 0.5, "better"),
        ("none", 30.0, "higher"),
        ("none", 0.5, "lower"),
    ],
)
def test_the_last_month_lies_within_or_outside_normal_variation(direction, last, verdict):
    rows = control_limits(series(*CALM, *CALM, last, None), of())
    assert variation(rows, better(direction)) == verdict


def test_the_latest_signal_is_beyond_a_limit_or_one_of_a_run():
    beyond = control_limits(series(*CALM, *CALM[:4], 40, *CALM[5:]), of())
    assert latest_signal(beyond) == Signal(month("2025-05"), is_above=True, months_in_row=0)
    run = control_limits(series(*CALM, *[9.4, 8.6] * 4, 9.4), of())
    assert latest_signal(run) == Signal(month("2025-09"), is_above=False, months_in_row=9)
    assert latest_signal(control_limits(series(*CALM), of())) is None
