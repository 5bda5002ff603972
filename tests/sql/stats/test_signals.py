"""Control limits and funnels, worked out by hand."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sql import metric
from sql.files import sql_file
from sql.semantic.metrics import Metric
from sql.semantic.periods import add_months
from sql.stats import signals
from sql.warehouse import Version
from tests.helpers.warehouse.world import month, scope


def of(aggregation: str = "sum", unit: str = "people", is_rate: bool = False) -> Metric:
    """Returns a metric by its header, without any version."""
    columns = "1 as value, 1 as denominator" if is_rate else "1 as value"
    text = f"-- title: 测试 | Test\n-- aggregation: {aggregation}\n-- unit: {unit}\n-- decimals: 1\nselect {columns} from mart"
    return Metric(sql_file.read("metrics/test.sql", text), Version("none", Path("none")))


def series(*values: float | None) -> pl.DataFrame:
    months = [add_months(month("2024-01"), step) for step in range(len(values))]
    return pl.DataFrame({"month": months, "value": values}, schema={"month": pl.Date, "value": pl.Float64})


def test_limits_of_a_sum_lie_2_66_moving_ranges_from_the_mean():
    # Ten and twelve in turn: the mean is 11, every moving range 2, so the limits are 11 ± 5.32.
    rows = signals.control_limits(series(*[10, 12] * 6), of())
    assert set(rows["centre"].to_list()) == {11}
    assert rows["lower"].to_list() == pytest.approx([11 - 5.32] * 12)
    assert rows["upper"].to_list() == pytest.approx([11 + 5.32] * 12)
    assert not rows["is_signal"].any()


def test_a_month_beyond_the_limits_is_a_signal_and_the_others_are_not():
    # Mean (11 × 10 + 40) ÷ 12 = 12.5; the ranges are 0 but two of 30: 60 ÷ 11 × 2.66 = 14.51; 40 is 27.5 off.
    rows = signals.control_limits(series(*[10] * 5, 40, *[10] * 6), of())
    assert rows["upper"][0] == pytest.approx(12.5 + 2.66 * 60 / 11)
    assert rows.filter("is_signal")["month"].to_list() == [month("2024-06")]
    # Not below zero, where 12.5 − 14.51 would be.
    assert rows["lower"][0] == 0


def test_only_the_last_twelve_months_are_marked():
    calm = [9.5, 10.5] * 6
    # The 36 months have one far value 13 months before the last, and one 11 before it.
    rows = signals.control_limits(series(*calm, *calm[:-2], 40, 10.5, 40, *calm[1:]), of())
    assert rows.height == 36
    assert rows.filter("is_signal")["month"].to_list() == [month("2026-01")]


def test_a_lasting_shift_begins_a_phase():
    rows = signals.control_limits(series(*[9.5, 10.5] * 6, *[19.5, 20.5] * 6), of())
    assert rows["phase"].to_list() == [1] * 12 + [2] * 12
    assert rows["lower"].to_list() == pytest.approx([10 - 2.66] * 12 + [20 - 2.66] * 12)


def test_a_level_is_judged_by_its_change_from_the_month_before():
    # Ten more every month: each month is at the month before plus the mean change of 10.
    rows = signals.control_limits(series(*range(100, 340, 10)), of(aggregation="latest"))
    assert rows["centre"].to_list() == [None, *range(110, 340, 10)]
    assert not rows["is_signal"].any()
    # As a sum the same series is its own trend.
    rows = signals.control_limits(series(*range(100, 340, 10)), of())
    assert rows["centre"].to_list() == pytest.approx(list(range(100, 340, 10)))
    assert not rows["is_signal"].any()


def test_a_level_whose_growth_slows_down_has_no_signal():
    # 30 more, then 29 more, down to none.
    level = [sum(range(30, 30 - month, -1)) for month in range(31)]
    rows = signals.control_limits(series(*level), of(aggregation="latest"))
    # The first month is 0 and the second has none before it to grow from.
    assert rows["centre"].to_list()[2:] == pytest.approx(level[2:])
    assert not rows["is_signal"].any()


def test_a_jump_of_a_level_is_one_signal_and_staying_there_is_none():
    # 23 changes: 22 of 0 and one of 46, so the mean is 2, the two ranges of 46 make 2.66 × 92 ÷ 22 = 11.12.
    rows = signals.control_limits(series(*[50] * 12, *[96] * 12), of(aggregation="latest"))
    assert rows.filter("is_signal")["month"].to_list() == [month("2025-01")]
    assert rows["upper"][1] == pytest.approx(50 + 2 + 2.66 * 92 / 22)


def test_with_fewer_than_twelve_months_there_is_no_verdict():
    rows = signals.control_limits(series(*[1] * 10, 100, None), of())
    assert rows.select("centre", "lower", "upper").null_count().row(0) == (12, 12, 12)
    assert not rows["is_signal"].any()


def test_empty_months_stay_empty_among_the_others():
    rows = signals.control_limits(series(None, *[10, 12] * 6), of())
    assert rows.row(0, named=True) == {
        "month": month("2024-01"),
        "value": None,
        "centre": None,
        "lower": None,
        "upper": None,
        "phase": None,
        "run": None,
        "is_signal": False,
    }
    assert rows["centre"][1] == 11


def test_a_series_that_never_moves_has_no_signal():
    assert not signals.control_limits(series(*[7.1] * 24), of())["is_signal"].any()


def test_differences_beyond_chance():
    # 50 % overall: of 100, chance reaches 1.96 × 5 = 9.8 points; of 10,000 it reaches 0.98.
    rows = pl.DataFrame({"value": [59.0, 60.0, 51.0, 50.9, None], "denominator": [100.0, 100.0, 1e4, 1e4, 100.0]})
    judged = signals.with_chance(rows, of(unit="percent", is_rate=True), 50.0)
    assert judged["is_within_chance"].to_list() == [True, False, False, True, None]
    # 18 per 10,000 overall, among 10,000: 18 expected, chance reaches 1.96 × √18 = 8.3.
    rows = pl.DataFrame({"value": [26.0, 27.0, 10.0, 9.0], "denominator": [1e4] * 4})
    judged = signals.with_chance(rows, of(unit="per_10k", is_rate=True), 18.0)
    assert judged["is_within_chance"].to_list() == [True, False, True, False]


def test_a_count_or_a_missing_overall_value_has_no_verdict():
    rows = pl.DataFrame({"value": [1.0], "denominator": [None]})
    assert signals.with_chance(rows, of(), 5.0)["is_within_chance"].to_list() == [None]
    assert signals.with_chance(rows, of(is_rate=True), None)["is_within_chance"].to_list() == [None]


def test_funnel_limits():
    funnel = signals.funnel_limits(of(unit="per_10k"), 18.0, 10_000, 40_000, steps=3)
    assert funnel["denominator"].to_list() == pytest.approx([10_000, 20_000, 40_000])
    first = funnel.row(0, named=True)
    assert first["lower_95"] == pytest.approx(18 - 1.96 * 18**0.5)
    assert first["upper_998"] == pytest.approx(18 + 3.09 * 18**0.5)
    # Four times the people, half the width.
    assert funnel["upper_95"][2] - 18 == pytest.approx((first["upper_95"] - 18) / 2)
    percent = signals.funnel_limits(of(unit="percent"), 90.0, 100, 100, steps=2)
    assert percent["upper_95"][0] == pytest.approx(90 + 1.96 * 3)
    assert signals.funnel_limits(of(unit="per_10k"), 1.0, 100, 200)["lower_95"].min() == 0


def test_a_demo_metric_has_limits_for_every_month(demo):
    staffing = metric("staffing_ratio", demo)
    rows = signals.control_limits(staffing.rows(scope(demo, "2023-01..2026-06", "621000"), "month"), staffing)
    assert rows.height == 42 and rows["centre"].null_count() == 1
    assert (rows["lower"] <= rows["centre"]).all() and (rows["centre"] <= rows["upper"]).all()


@pytest.mark.parametrize(
    ("curve", "hours"),
    [
        # Served after 1, 2, 3 hours: half after the second.
        ([(0, 100), (1, 200 / 3), (2, 100 / 3), (3, 0)], 2),
        # After 1, 2, 4, 9 hours: half wait from the second to the third, the middle of which is the median.
        ([(0, 100), (1, 75), (2, 50), (4, 25), (9, 0)], 3),
        # Of four, two were served and two are still open.
        ([(0, 100), (1, 75), (2, 50)], 2),
        ([(0, 100), (1, 75)], None),
        ([], None),
    ],
)
def test_half_are_served_at_the_median(curve, hours):
    rows = pl.DataFrame(curve, schema={"hours": pl.Float64, "share": pl.Float64}, orient="row")
    assert signals.median_wait(rows) == hours


@pytest.mark.parametrize("nothing", [0.0, None])
@pytest.mark.parametrize("aggregation", ["sum", "ratio", "latest"])
def test_months_before_the_first_change_nothing(aggregation, nothing):
    # A scheme that began in its 13th month, and has been between 9 and 11 since.
    scheme = [9.0, 10.0, 11.0] * 5
    rows = signals.control_limits(series(*[nothing] * 12, *scheme), of(aggregation))
    alone = signals.control_limits(series(*scheme), of(aggregation))
    assert rows.head(12).select("centre", "lower", "upper", "phase", "run").null_count().row(0) == (12,) * 5
    assert rows.tail(15).drop("month").equals(alone.drop("month"))
    assert not rows["is_signal"].any()


def test_unripe_months_are_not_judged():
    rows = series(*[10, 12] * 6, 100, 100).with_columns(is_ripe=pl.Series([True] * 12 + [False] * 2))
    judged = signals.control_limits(rows, of())
    assert judged["centre"].to_list() == [11] * 12 + [None] * 2
    assert not judged["is_signal"].any()
    # Were they ripe, both would be signals.
    assert signals.control_limits(rows.with_columns(is_ripe=True), of())["is_signal"].tail(2).all()
    # Eleven ripe months are too few.
    few = rows.with_columns(is_ripe=pl.Series([True] * 11 + [False] * 3))
    assert signals.control_limits(few, of())["centre"].null_count() == 14
