"""Control limits worked out by hand: phases, trends and what is a signal."""

from __future__ import annotations

import random

import pytest

from sql.stats.control_chart import Phase, control_chart, find_phases, trend_line

# Mean 10, every moving range 1: the limits are 10 ± 2.66.
CALM = [9.5, 10.5] * 6
# The same ten higher.
HIGH = [19.5, 20.5] * 6


def calm(count: int, seed: int) -> list[float]:
    """Returns values around 10 that lie above and below it in turn, so that none are in a row on one side."""
    generator = random.Random(seed)
    return [10 + (-1) ** index * generator.uniform(0.5, 1) for index in range(count)]


def test_a_lasting_shift_sets_the_limits_anew_from_its_first_month():
    chart = control_chart(CALM + HIGH)
    assert chart.centres == [10] * 12 + [20] * 12
    assert chart.limits == pytest.approx([2.66] * 24)
    assert chart.phases == [1] * 12 + [2] * 12
    assert not any(chart.signals)


def test_until_a_shift_has_lasted_a_year_the_earlier_limits_stay_and_it_is_a_signal():
    chart = control_chart(CALM + HIGH[:11])
    assert find_phases(CALM + HIGH[:11]) == [Phase(0, 23, 12)]
    assert chart.centres == [10] * 23 and chart.limits == pytest.approx([2.66] * 23)
    assert chart.signals == [False] * 12 + [True] * 11
    # Seven in a row are no shift: all nineteen are one process, whose mean they move.
    seven = CALM + [value - 9 for value in HIGH[:7]]
    assert find_phases(seven) == [Phase(0, 19, 19)]
    assert control_chart(seven).centres[0] == pytest.approx((12 * 10 + 4 * 10.5 + 3 * 11.5) / 19)
    assert not any(control_chart(seven).signals)


def test_eight_in_a_row_within_the_limits_are_a_signal_from_the_eighth_on():
    # 9.5 and 8.5 in turn lie below the median of 10 and within 7.34.
    chart = control_chart(CALM + [9.5, 8.5] * 4 + [9.5])
    assert chart.signals == [False] * 19 + [True] * 2
    # A level is judged without this rule.
    assert not any(control_chart(CALM + [9.5, 8.5] * 4 + [9.5], has_run_rule=False).signals)


def test_a_shift_that_comes_back_within_a_year_is_none():
    assert find_phases(CALM + HIGH[:8] + CALM[:8]) == [Phase(0, 28, 28)]
    # After a year it is two: up, and down again.
    assert find_phases(CALM + HIGH + CALM) == [Phase(0, 12, 12), Phase(12, 24, 24), Phase(24, 36, 36)]


def test_limits_lie_around_a_trend():
    # Ten more a month, ±1 in turn: the line is 100 + 10 a month, every moving range around it is 2.
    values = [100 + 10 * index + (-1) ** index for index in range(24)]
    chart = control_chart(values)
    assert chart.centres == pytest.approx([100 + 10 * index for index in range(24)])
    assert chart.limits == pytest.approx([5.32] * 24)
    assert chart.phases == [1] * 24
    assert not any(chart.signals)
    # 14 above the line, between two months 1 below it: 21 ranges of 2, and two of 15.
    values[20] += 13
    chart = control_chart(values)
    assert chart.limits[0] == pytest.approx(2.66 * (21 * 2 + 2 * 15) / 23, abs=0.1)
    assert [index for index, is_signal in enumerate(chart.signals) if is_signal] == [20]


def test_a_step_is_no_trend_nor_is_a_shift_of_the_last_year():
    assert trend_line(CALM + HIGH) is None
    assert trend_line(CALM * 2 + HIGH) is None
    assert trend_line(CALM * 2 + HIGH[:8]) is None
    # Steps of a rising series leave it farther off than its line does.
    rising = [index + (index % 2) / 2 for index in range(48)]
    assert len(find_phases(rising)) > 1
    assert trend_line(rising) is not None


def test_a_curve_around_a_line_is_no_shift():
    # A trend that slows down: the end lies below the line for more than eight months, within the limits.
    values = [10 * index - 0.05 * index**2 + 12 * (-1) ** index for index in range(48)]
    line = trend_line(values)
    assert line is not None
    assert not any(control_chart(values).signals)


def test_what_lies_on_the_median_is_on_no_side():
    # A rare event: most months are 0, and 0 is not low.
    rare = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0] + [0.0] * 20
    assert find_phases(rare) == [Phase(0, 29, 29)]
    assert not any(control_chart(rare).signals[-20:])
    # A share that is nearly always 100 % is not better than usual in the months in which it is.
    full = [100.0] * 11 + [80.0] + [100.0] * 12
    assert [index for index, is_signal in enumerate(control_chart(full).signals) if is_signal] == [11]


def test_one_far_value_leaves_the_others_what_they_were():
    # 200 moves the mean above all other months, and no month to the low side.
    chart = control_chart([*CALM, 200.0])
    assert chart.centres[0] > 20
    assert chart.signals == [False] * 12 + [True]


def test_months_in_a_row_are_counted_up_to_each():
    assert control_chart([9.5, 10.5, 10.5, 10.5, 10.0, 9.5] * 3).runs == [
        -1,
        1,
        2,
        3,
        -1,
        -2,
        -3,
        1,
        2,
        3,
        -1,
        -2,
        -3,
        1,
        2,
        3,
        -1,
        -2,
    ]
    assert control_chart(CALM, has_run_rule=False).runs == [0] * 12


def test_a_series_that_never_moves_has_no_signal():
    assert not any(control_chart([7.1] * 24).signals)


@pytest.mark.parametrize("seed", range(20))
def test_a_constant_added_from_a_month_on_begins_a_phase_with_the_same_limits(seed):
    before, after = calm(24, seed), calm(16, seed + 100)
    shifted = control_chart(before + [value + 7 for value in after])
    assert shifted.phases == [1] * 24 + [2] * 16
    for part, values, offset in ((slice(24), before, 0), (slice(24, None), after, 7)):
        alone = control_chart(values)
        assert shifted.centres[part] == pytest.approx([centre + offset for centre in alone.centres])
        assert shifted.limits[part] == pytest.approx(alone.limits)


@pytest.mark.parametrize("seed", range(20))
def test_a_slope_added_moves_the_centre_and_leaves_the_limits_nearly_as_they_were(seed):
    values = calm(40, seed)
    level, sloping = control_chart(values), control_chart([value + 3 * index for index, value in enumerate(values)])
    assert sloping.phases == [1] * 40
    assert sloping.centres == pytest.approx([10 + 3 * index for index in range(40)], abs=1)
    assert sloping.limits == pytest.approx(level.limits, abs=0.3)
