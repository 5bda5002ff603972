"""A number against its standard, against a year and a month before, and the list of what needs attention."""

from __future__ import annotations

import pytest

from sql import metric
from sql.semantic.readings import clip_period, find_shortfalls, read_metric, status_of, with_status
from sql.warehouse import Version
from tests.helpers.warehouse.world import (
    CITY,
    COUNTY,
    EAST,
    OTHER_COUNTY,
    SOUTH,
    WEST,
    build_version,
    month,
    population,
    scope,
    standard,
    worker,
    workers,
)


@pytest.mark.parametrize(
    ("value", "standard", "direction", "expected"),
    [
        (18.0, 18.0, "higher", "on_target"),
        (17.99, 18.0, "higher", "below"),
        (0.0, 0.0, "lower", "on_target"),
        (1.0, 0.0, "lower", "below"),
        (-3.0, 0.0, "lower", "on_target"),
        (None, 18.0, "higher", "no_data"),
        (None, None, "none", "no_data"),
        (5.0, None, "higher", "none"),
        (5.0, 18.0, "none", "none"),
    ],
)
def test_status(value, standard, direction, expected):
    assert status_of(value, standard, direction) == expected


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes 10,000 residents each in EAST, WEST and SOUTH from January 2023, with data to 20 June 2024.

    EAST has 10 workers, 12 from July 2023 and 13 from June 2024; WEST 20; SOUTH 17 until one leaves on 5 May 2024.
    """
    return build_version(
        tmp_path_factory.mktemp("world"),
        "2024-06-20",
        population=[population(code, "2023-01-31", 10_000) for code in (EAST, WEST, SOUTH)],
        workers=[
            *workers(10, EAST),
            *workers(20, WEST),
            *workers(16, SOUTH),
            worker("N1", EAST, "2023-07-01"),
            worker("N2", EAST, "2023-07-01"),
            worker("N3", EAST, "2024-06-20"),
            worker("L", SOUTH, leave_date="2024-05-05"),
        ],
        standards=[standard(15, OTHER_COUNTY, "2023-01-01")],
    )


def test_a_reading_of_a_level(world):
    found = read_metric(metric("staffing_ratio", world), scope(world, "2024", EAST))
    assert (found.value, found.numerator, found.denominator) == (13, 13, 10_000)
    assert (found.standard, found.status) == (18, "below")
    # A year before, in June 2023, it was 10; the month before 12.
    assert (found.year_change, found.previous_change) == (3, 1)
    assert found.months["month"].to_list()[0] == month("2022-07") and found.months.height == 24
    by_month = dict(found.months.select("month", "value").rows())
    assert by_month[month("2022-12")] is None
    assert (by_month[month("2023-01")], by_month[month("2023-07")], by_month[month("2024-06")]) == (10, 12, 13)


def test_a_reading_of_a_sum(world):
    joiners = metric("worker_joiners", world)
    whole_year = read_metric(joiners, scope(world, "2024"))
    # January to June of each year: one against none; in the six months before, two in July 2023.
    assert (whole_year.value, whole_year.year_change, whole_year.previous_change) == (1, 1, -1)
    assert whole_year.status == "none"
    one_month = read_metric(joiners, scope(world, "2024-06"))
    assert (one_month.value, one_month.previous_change) == (1, 1)
    assert read_metric(joiners, scope(world, "2024-05")).previous_change == 0
    half = read_metric(joiners, scope(world, "2023-07..2023-12"))
    # Half a year before the calendar began there is nothing to compare with.
    assert (half.value, half.year_change) == (2, None)


def test_a_level_is_compared_though_the_period_began_before_the_calendar_a_year_ago(world):
    found = read_metric(metric("workers", world), scope(world, "2023-01..2024-06", EAST))
    assert (found.value, found.year_change) == (13, 3)
    # Two years before there was no calendar.
    assert read_metric(metric("workers", world), scope(world, "2023-06", EAST)).year_change is None


def test_a_reading_of_nothing(world):
    found = read_metric(metric("grids_led_share", world), scope(world, "2024"))
    assert (found.value, found.status, found.year_change, found.previous_change) == (None, "no_data", None, None)
    to_come = read_metric(metric("workers", world), scope(world, "2030"))
    assert (to_come.value, to_come.status) == (None, "no_data")


def test_metrics_below_their_standard_are_listed_worst_first(world):
    ratio, gap = metric("staffing_ratio", world), metric("staffing_gap", world)
    found = find_shortfalls(scope(world, "2024", COUNTY + "001"), [ratio])
    assert found.rows(named=True) == [
        {
            "metric": "staffing_ratio",
            "area_code": EAST,
            "area_name": f"区划{EAST}",
            "value": 13,
            "standard": 18,
            "shortfall_percent": pytest.approx(100 * 5 / 18),
            "year_change": 3,
        }
    ]
    # (13 + 20) workers on 20,000 are 16.5 against 18; 16 on 10,000 against the county's own 15.
    by_county = with_status(ratio.rows(scope(world, "2024", CITY), "county"), ratio)
    assert by_county.select("county", "value", "standard", "status").rows() == [
        (COUNTY, 16.5, 18, "below"),
        (OTHER_COUNTY, 16, 15, "on_target"),
    ]
    listed = find_shortfalls(scope(world, "2024", CITY), [ratio])
    assert listed["area_code"].to_list() == [COUNTY]
    # 33 against 36 needed: three short; the other county has one more than it needs.
    by_county = with_status(gap.rows(scope(world, "2024", CITY), "county"), gap)
    assert by_county.select("value", "status").rows() == [(3, "below"), (-1, "on_target")]


def test_nothing_is_below_a_community_and_nothing_is_listed(world):
    found = find_shortfalls(scope(world, "2024", EAST), [metric("staffing_ratio", world)])
    assert found.is_empty() and found.columns[0] == "metric"


def test_a_period_is_cut_at_the_data_date(world):
    assert str(clip_period(scope(world, "2024"))) == "2024-01..2024-06"
