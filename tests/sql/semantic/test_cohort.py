"""Months that are too young to be judged: which they are, and what leaves them out, worked out by hand."""

from __future__ import annotations

import pytest

from sql import metric
from sql.semantic.cohort import last_ripe_month, ripe_days
from sql.semantic.readings import read_metric
from sql.stats.signals import control_limits
from sql.warehouse import Version
from tests.helpers.warehouse.world import (
    CITY,
    COUNTY,
    EAST,
    OTHER_COUNTY,
    SOUTH,
    Row,
    build_version,
    month,
    population,
    scope,
    standard,
    value,
    values,
)

PEOPLE = [population(code, "2022-12-31", 1000) for code in (EAST, SOUTH)]
RESOLVED = "resolved_within_30_days"


def request(request_id: str, raised_at: str, closed_at: str | None = None, **cells: object) -> Row:
    """Returns a row of requests of EAST, closed as resolved if it is closed."""
    row = {"request_id": request_id, "kind": "livelihood", "area_code": EAST, "raised_at": raised_at}
    return row | {"closed_at": closed_at} | cells


REQUESTS = [
    # 2023: January two of two in time, February one of two: 40 days are too long.
    request("A1", "2023-01-10 09:00", "2023-01-12 09:00"),
    request("A2", "2023-01-31 23:00", "2023-02-02 09:00"),
    request("A3", "2023-02-01 09:00", "2023-02-03 09:00"),
    request("A4", "2023-02-02 09:00", "2023-03-14 09:00"),
    # November and December 2023: one of two each.
    request("B1", "2023-11-10 09:00", "2023-11-11 09:00"),
    request("B2", "2023-11-10 09:00"),
    request("B3", "2023-12-10 09:00", "2023-12-11 09:00"),
    # Closed without a result.
    request("B4", "2023-12-10 09:00", "2023-12-11 09:00", is_resolved=False),
    # January 2024: exactly 30 days are in time, a minute more is not; one is open. One of four.
    request("C1", "2024-01-01 09:00", "2024-01-31 09:00"),
    request("C2", "2024-01-01 09:00", "2024-01-31 09:01"),
    request("C3", "2024-01-31 09:00"),
    request("C4", "2024-01-31 09:00", "2024-03-01 10:00"),
    # February 2024: two of two.
    request("D1", "2024-02-10 09:00", "2024-02-11 09:00"),
    request("D2", "2024-02-29 23:00", "2024-03-01 10:00"),
    # March 2024 has begun: none of three yet.
    *(request(f"E{number}", "2024-03-20 09:00") for number in range(3)),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Returns requests of 2023 and 2024 with data to 30 March 2024, exactly 30 days after the end of February."""
    return build_version(tmp_path_factory.mktemp("world"), "2024-03-30", population=PEOPLE, requests=REQUESTS)


def test_a_month_is_ripe_30_days_after_its_last_day(world, tmp_path):
    assert last_ripe_month(scope(world)) == month("2024-02")
    day_before = build_version(tmp_path, "2024-03-29", population=PEOPLE, requests=REQUESTS)
    assert last_ripe_month(scope(day_before)) == month("2024-01")
    assert value(world, RESOLVED, "2024") == pytest.approx(100 * 3 / 6)
    assert value(day_before, RESOLVED, "2024") == pytest.approx(100 * 1 / 4)


def test_the_cumulative_rate_still_counts_every_month(world):
    # C1, C2, C4, D1 and D2 of nine.
    assert value(world, "resolution_rate", "2024") == pytest.approx(100 * 5 / 9)


def test_what_is_closed_in_a_month_is_a_flow(world):
    assert values(world, "requests_closed", "month", "2024") == {
        month("2024-01"): 2,
        month("2024-02"): 1,
        month("2024-03"): 2,
    }


def test_unripe_months_are_in_no_figure_by_area_quarter_or_month(world):
    assert values(world, RESOLVED, "month", "2023-12..2024-03") == {
        month("2023-12"): 50,
        month("2024-01"): 25,
        month("2024-02"): 100,
    }
    assert values(world, RESOLVED, "quarter", "2024") == {"2024Q1": 50}
    assert values(world, RESOLVED, "county", "2024") == {COUNTY: 50, OTHER_COUNTY: None}
    assert value(world, RESOLVED, "2024-03") is None


def test_a_trend_has_the_unripe_months_marked_and_judges_none(world):
    rows = metric(RESOLVED, world).trend_rows(scope(world, "2023-12..2024-03"))
    assert rows.select("month", "value", "is_ripe").rows() == [
        (month("2023-12"), 50, True),
        (month("2024-01"), 25, True),
        (month("2024-02"), 100, True),
        (month("2024-03"), 0, False),
    ]
    # A metric without a cohort has no such mark.
    assert "is_ripe" not in metric("requests_raised", world).trend_rows(scope(world, "2024")).columns
    limits = control_limits(
        metric(RESOLVED, world).trend_rows(scope(world, "2023-01..2024-03")), metric(RESOLVED, world)
    )
    assert limits["is_signal"].to_list()[-1] is False and limits["centre"].to_list()[-1] is None


def test_comparisons_are_of_the_number_shown_and_spans_of_the_same_length(world):
    found = read_metric(metric(RESOLVED, world), scope(world, "2024"))
    assert str(found.period) == "2024-01..2024-02" and str(found.previous) == "2023-11..2023-12"
    assert found.value == 50
    # January and February 2023: three of four. November and December: two of four.
    assert (found.year_change, found.previous_change) == (50 - 75, 0)
    assert found.months["month"].to_list()[-1] == month("2024-02")


def test_a_period_of_young_months_says_so(world):
    found = read_metric(metric(RESOLVED, world), scope(world, "2024-03"))
    assert (found.value, found.status, found.is_unripe) == (None, "no_data", True)
    assert not read_metric(metric(RESOLVED, world), scope(world, "2024")).is_unripe


def test_a_place_sets_its_own_days_and_an_area_above_takes_the_longest(tmp_path):
    rows = [*REQUESTS, request("S1", "2024-02-10 09:00", "2024-02-12 09:00", area_code=SOUTH)]
    own = standard(45, OTHER_COUNTY, "2023-01-01", standard="ripe_days")
    version = build_version(tmp_path, "2024-03-30", population=PEOPLE, requests=rows, standards=[own])
    assert [ripe_days(scope(version, area_code=code)) for code in (COUNTY, OTHER_COUNTY, CITY, None)] == [
        30,
        45,
        45,
        45,
    ]
    # 45 days before 30 March is 14 February.
    assert last_ripe_month(scope(version, area_code=OTHER_COUNTY)) == month("2024-01")
    assert value(version, RESOLVED, "2024", OTHER_COUNTY) is None
    # The counties of a city are compared over the same months.
    assert values(version, RESOLVED, "county", "2024", CITY) == {COUNTY: 25, OTHER_COUNTY: None}
    assert value(version, RESOLVED, "2024", COUNTY) == 50


def test_fewer_than_30_days_cannot_be_observed(tmp_path):
    short = standard(10, CITY, "2023-01-01", standard="ripe_days")
    version = build_version(tmp_path, "2024-03-30", population=PEOPLE, requests=REQUESTS, standards=[short])
    assert ripe_days(scope(version)) == 30


def test_the_data_date_alone_ripens_months(world, tmp_path):
    later = build_version(tmp_path, "2024-04-30", population=PEOPLE, requests=REQUESTS)
    assert value(later, RESOLVED, "2024") == pytest.approx(100 * 3 / 9)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("shop", "shop_requests_resolved_within_30_days"),
        ("micro_wish", "wishes_granted_within_30_days"),
        ("joint_meeting", "joint_meeting_issues_resolved_within_30_days"),
    ],
)
def test_the_same_holds_for_each_kind_that_has_its_own_rate(tmp_path, kind, name):
    rows = [{**row, "kind": kind} for row in REQUESTS] + [request("X", "2024-01-05 09:00", "2024-01-06 09:00")]
    version = build_version(tmp_path, "2024-03-30", population=PEOPLE, requests=rows)
    assert value(version, name, "2024") == 50
    assert value(version, name, "2024-03") is None
