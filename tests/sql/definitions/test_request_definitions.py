"""Requests: their steps, their waiting times, who is in charge and which are open, each worked out by hand."""

from __future__ import annotations

import pytest

from sql import query
from sql.warehouse import Version
from tests.helpers.warehouse.world import (
    AREAS,
    CITY,
    COUNTY,
    EAST,
    SOUTH,
    STREET,
    Row,
    build_version,
    grid,
    population,
    scope,
    value,
    values,
    worker,
    write_empty,
)
from tests.helpers.warehouse.world import publish as publish

PEOPLE = [population(EAST, "2023-12-31", 1000)]
DEPARTMENT = {
    "partner_id": "P1",
    "name": "水务局",
    "sector": "government",
    "kind": "department",
    "area_code": COUNTY,
    "joined_on": "2022-01-01",
}


def request(request_id: str, raised_at: str, kind: str = "livelihood", area_code: str = EAST, **cells: object) -> Row:
    """Returns a row of requests."""
    return {"request_id": request_id, "kind": kind, "area_code": area_code, "raised_at": raised_at, **cells}


# The data end on 31 January 2024, a Wednesday.
REQUESTS = [
    # Published, claimed by a partner, closed in time, very satisfied. A Monday.
    request(
        "R01",
        "2024-01-08 09:30",
        category="parking",
        source="hotline",
        published_at="2024-01-08 10:00",
        claimed_at="2024-01-08 12:30",
        due_at="2024-01-10 18:00",
        closed_at="2024-01-09 09:30",
        partner_id="P1",
        satisfaction=5,
    ),
    # Taken up directly, closed without a result, not satisfied; no category, no source. A Saturday.
    request(
        "R02",
        "2024-01-13 20:05",
        claimed_at="2024-01-13 20:05",
        closed_at="2024-01-14 20:05",
        is_resolved="否",
        worker_id="W1",
        satisfaction=3,
        grid_code="G1",
    ),
    # Through all steps of deliberation, not rated.
    request(
        "R03",
        "2024-01-10 10:00",
        "dispute",
        claimed_at="2024-01-11 10:00",
        discussed_at="2024-01-13 10:00",
        decided_at="2024-01-14 10:00",
        closed_at="2024-01-18 10:00",
        worker_id="W1",
        grid_code="G1",
    ),
    # Discussed, and no further: past due.
    request(
        "R04",
        "2024-01-20 10:00",
        "dispute",
        claimed_at="2024-01-23 10:00",
        discussed_at="2024-01-26 10:00",
        due_at="2024-01-30 18:00",
        worker_id="W1",
        grid_code="G1",
        is_resolved="否",
    ),
    # Decided with no date of discussion, closed, rated; the claimant is not named.
    request(
        "R05",
        "2024-01-02 10:00",
        "dispute",
        claimed_at="2024-01-04 10:00",
        decided_at="2024-01-08 10:00",
        closed_at="2024-01-22 10:00",
        satisfaction=4,
        grid_code="G2",
    ),
    # Nobody answers this whistle; it is past due.
    request("R06", "2024-01-05 18:00", "whistle", due_at="2024-01-08 18:00", grid_code="G2"),
    # A whistle answered by both a partner and a worker, closed late.
    request(
        "R07",
        "2024-01-15 08:00",
        "whistle",
        published_at="2024-01-15 08:30",
        claimed_at="2024-01-15 09:00",
        due_at="2024-01-16 18:00",
        closed_at="2024-01-17 09:00",
        partner_id="P1",
        worker_id="W1",
    ),
    # Claimed in the first minute after the data's end: nobody has it yet.
    request(
        "R08",
        "2024-01-31 12:00",
        "whistle",
        claimed_at="2024-02-01 00:00",
        closed_at="2024-02-02 09:00",
        due_at="2024-02-10 18:00",
        partner_id="P1",
        satisfaction=5,
    ),
    # Closed with no time of a claim.
    request("R09", "2024-01-21 07:00", "hazard", closed_at="2024-01-21 09:00", satisfaction=5),
    # Claimed in time, closed and rated after the data's end, with no due time.
    request(
        "R10",
        "2024-01-29 00:00",
        "hazard",
        claimed_at="2024-01-31 23:59",
        closed_at="2024-02-02 09:00",
        worker_id="W1",
        satisfaction=5,
    ),
    # A wish at the street's own desk, published in the last minute.
    request("R11", "2024-01-31 23:59", "micro_wish", STREET, published_at="2024-01-31 23:59", focus_group="elderly"),
    request("R12", "2024-02-01 00:00", "hazard"),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return build_version(
        tmp_path_factory.mktemp("requests"),
        "2024-01-31",
        population=PEOPLE,
        requests=REQUESTS,
        workers=[worker("W1")],
        partners=[DEPARTMENT],
        grids=[grid("G1"), grid("G2")],
    )


def rows(version: Version, name: str, period: str = "all", area_code: str | None = None, **where: str) -> list[tuple]:
    return query(name, scope(version, period, area_code, **where)).rows()


def test_requests_by_responder(world):
    # R05 and R09: taken up by an unnamed person. R06, R08 and R11: by nobody yet.
    assert values(world, "requests_raised", "responder") == {"unnamed": 2, "department": 2, "nobody": 3, "worker": 4}
    assert values(world, "requests_raised", "kind", responder="nobody") == {"whistle": 2, "micro_wish": 1}


def test_weekday_and_hour_of_raising(world):
    assert values(world, "requests_raised", ("weekday", "hour"), kind="livelihood") == {
        ("1", "09"): 1,
        ("1", "20"): 0,
        ("6", "09"): 0,
        ("6", "20"): 1,
    }
    by_weekday = values(world, "requests_raised", "weekday")
    # Tuesday R05, Friday R06, Saturday R02 and R04, Sunday R09, Wednesday R03, R08 and R11, Monday R01, R07 and R10.
    assert by_weekday == {"1": 3, "2": 1, "3": 3, "5": 1, "6": 2, "7": 1}
    assert value(world, "requests_raised", hour="23") == 1
    assert value(world, "requests_raised", hour="00") == 1


def test_a_missing_category_is_a_group_of_its_own(world):
    assert values(world, "requests_raised", "category") == {"parking": 1, None: 10}
    assert values(world, "requests_raised", "source") == {"hotline": 1, None: 10}


def test_parts_add_up_to_the_whole(world):
    for dimension in ("kind", "category", "source", "focus_group", "responder", "weekday", "hour"):
        assert sum(values(world, "requests_raised", dimension).values()) == value(world, "requests_raised") == 11


def test_open_and_past_due(world):
    # R04, R06, R08, R10 and R11; of them R04 and R06 past due.
    assert values(world, "requests_open", "kind") == {
        "livelihood": 0,
        "dispute": 1,
        "whistle": 2,
        "hazard": 1,
        "micro_wish": 1,
    }
    assert value(world, "requests_open") == 5
    assert value(world, "requests_overdue") == 2
    # And R02, closed without a result.
    assert value(world, "needs_unmet") == 6


def test_published_deliberated_and_whistles(world):
    assert value(world, "requests_published") == 3
    assert value(world, "requests_deliberated") == 3
    assert value(world, "whistles") == 3
    assert value(world, "whistles", kind="hazard") == 0


def test_counts_are_empty_without_a_report_and_0_where_nothing_was_raised(world):
    for name in ("requests_open", "requests_overdue", "requests_published", "requests_deliberated", "whistles"):
        assert value(world, name, area_code=SOUTH) == 0
        assert value(world, name, "2024-02") is None


def test_counts_are_empty_where_no_file_was_sent(tmp_path):
    version = build_version(tmp_path, "2024-01-31", population=PEOPLE)
    for name in ("requests_open", "requests_overdue", "requests_published", "requests_deliberated", "whistles"):
        assert value(version, name) is None
    assert rows(version, "longest_open") == rows(version, "unmet_by_grid") == rows(version, "request_survival") == []
    assert rows(version, "request_steps") == rows(version, "request_six_steps") == rows(version, "whistle_steps") == []


def test_an_empty_file_is_a_report(tmp_path):
    source = tmp_path / "source"
    write_empty(source, "庆阳市", "requests", "request_id,kind,area_code,raised_at")
    write_empty(source, "庆阳市", "areas", "area_code,name,level,parent_code,is_urban")
    build_version(tmp_path, "2024-01-31", areas=AREAS, population=PEOPLE)
    _, version = publish(source, tmp_path / "warehouse", "2024-01-31")
    assert value(version, "requests_open") == 0


def test_steps_count_requests_that_came_at_least_this_far(world):
    assert rows(world, "request_steps") == [
        ("raised", 11),
        # All but R06 and R08, which nobody has taken up; R11 waits, published.
        ("published", 9),
        ("claimed", 8),
        # R01, R02, R03, R05, R07 and R09.
        ("closed", 6),
        # R01, R02, R05 and R09; the ratings of R08 and R10 are still to come.
        ("rated", 4),
        # R02 was rated 3.
        ("satisfied", 3),
    ]
    assert rows(world, "request_steps", kind="hazard") == [
        ("raised", 2),
        ("published", 2),
        ("claimed", 2),
        ("closed", 1),
        ("rated", 1),
        ("satisfied", 1),
    ]


def test_steps_never_grow(world):
    for name in ("request_steps", "request_six_steps", "whistle_steps"):
        counts = [row[1] for row in rows(world, name)]
        assert counts == sorted(counts, reverse=True)


def test_six_steps_are_of_those_deliberated(world):
    # R03, R04 and R05. Heard after 1, 3 and 2 days; discussed after 3 and 6; decided after 4 and 6; closed after 8 and 20.
    assert rows(world, "request_six_steps") == [
        ("proposed", 3, None),
        ("heard", 3, 2),
        ("discussed", 3, 4.5),
        ("decided", 2, 5),
        ("done", 2, 14),
        ("judged", 1, None),
    ]


def test_heard_is_the_first_of_published_and_claimed(tmp_path):
    row = request(
        "R1",
        "2024-01-01 00:00",
        published_at="2024-01-03 00:00",
        claimed_at="2024-01-02 00:00",
        discussed_at="2024-01-04 00:00",
    )
    version = build_version(tmp_path, "2024-01-31", population=PEOPLE, requests=[row])
    assert rows(version, "request_six_steps")[1] == ("heard", 1, 1)


def test_whistles_are_claimed_closed_and_in_time(world):
    assert rows(world, "whistle_steps") == [("whistle", 3), ("claimed", 1), ("closed", 1), ("in_time", 0)]


def test_unmet_by_grid_adds_up_and_names_grids(world):
    found = query("unmet_by_grid", scope(world))
    assert found.rows() == [
        ("G1", "网格G1", f"区划{EAST}", 2, 1, 3, pytest.approx(200 / 3)),
        ("G2", "网格G2", f"区划{EAST}", 1, 1, 2, 50),
        # No grid: R08 and R10 are of EAST, then the wish at the street's desk.
        (None, None, f"区划{EAST}", 2, 2, 5, 40),
        (None, None, f"区划{STREET}", 1, 1, 1, 100),
    ]
    assert found["unresolved"].sum() == value(world, "needs_unmet")


def test_longest_open_is_the_oldest_first(world):
    found = query("longest_open", scope(world))
    columns = ("request_id", "kind", "area_name", "grid_name", "days_open", "is_overdue", "responder", "partner_name")
    assert found.select(columns).rows() == [
        ("R06", "whistle", f"区划{EAST}", "网格G2", 26, True, "nobody", None),
        ("R04", "dispute", f"区划{EAST}", "网格G1", 11, True, "worker", None),
        ("R10", "hazard", f"区划{EAST}", None, 2, False, "worker", None),
        # The partner that will claim it has not done so yet.
        ("R08", "whistle", f"区划{EAST}", None, 0, False, "nobody", None),
        ("R11", "micro_wish", f"区划{STREET}", None, 0, False, "nobody", None),
    ]
    assert found.height == value(world, "requests_open")
    assert query("longest_open", scope(world, responder="worker"))["request_id"].to_list() == ["R04", "R10"]


def survival(version: Version, curve: str, **where: str) -> list[tuple]:
    found = query("request_survival", scope(version, **where))
    return [row[1:] for row in found.rows() if row[0] == curve]


def test_survival_by_hand(tmp_path):
    # All but R6 on the last day at midnight; R6 three hours before the end, so that it is seen for 3 hours only.
    requests = [
        request("R1", "2024-01-31 00:00", claimed_at="2024-01-31 02:00", closed_at="2024-01-31 08:00"),
        request("R2", "2024-01-31 00:00", claimed_at="2024-01-31 04:00"),
        request("R3", "2024-01-31 00:00", claimed_at="2024-01-31 04:00", closed_at="2024-01-31 08:00"),
        request("R4", "2024-01-31 00:00"),
        request("R5", "2024-01-31 00:00"),
        request("R6", "2024-01-31 21:00"),
    ]
    version = build_version(tmp_path / "now", "2024-01-31", population=PEOPLE, requests=requests)
    # 1 of 6 by 2 hours; R6 is out after 3; 2 of the 4 left at 4 hours.
    assert survival(version, "claim") == [(0, 100, 6), (2, pytest.approx(500 / 6), 6), (4, pytest.approx(250 / 6), 4)]
    # R6 is out: 2 of 5 closed at 8 hours, more than half still wait.
    assert survival(version, "close") == [(0, 100, 6), (8, pytest.approx(60), 5)]
    assert survival(version, "claim", kind="hazard") == []
    # A month later January is old enough for medians: half of six claimed, at most after 4 hours; two of six closed.
    later = build_version(tmp_path / "later", "2024-03-01", population=PEOPLE, requests=requests)
    assert value(later, "median_claim_hours") == 4
    assert value(later, "median_close_hours") is None


def test_a_request_closed_without_a_claim_time_waits_no_longer(tmp_path):
    requests = [
        request("R1", "2024-01-30 00:00", closed_at="2024-01-30 01:00"),
        request("R2", "2024-01-30 00:00", claimed_at="2024-01-30 02:00"),
        request("R3", "2024-01-30 00:00", claimed_at="2024-01-30 02:00"),
    ]
    version = build_version(tmp_path, "2024-01-31", population=PEOPLE, requests=requests)
    assert survival(version, "claim") == [(0, 100, 3), (2, 0, 2)]


def test_an_immediate_claim_is_a_step_down_at_the_beginning(tmp_path):
    requests = [
        request("R1", "2024-01-30 00:00", claimed_at="2024-01-30 00:00"),
        request("R2", "2024-01-30 00:00", claimed_at="2024-01-30 06:00"),
    ]
    version = build_version(tmp_path, "2024-01-31", population=PEOPLE, requests=requests)
    assert survival(version, "claim") == [(0, 100, 2), (0, 50, 2), (6, 0, 1)]


def test_a_thinned_curve_keeps_its_values(tmp_path):
    # The n-th of 1000 is claimed after n minutes; every seventh is still unclaimed after 2 days.
    requests = [
        request(
            f"R{number:04}",
            "2024-01-30 00:00",
            claimed_at=None if number % 7 == 0 else f"2024-01-30 {number // 60:02}:{number % 60:02}",
        )
        for number in range(1, 1001)
    ]
    version = build_version(tmp_path, "2024-03-01", population=PEOPLE, requests=requests)
    found = survival(version, "claim")
    assert 80 < len(found) <= 120
    for hours, share, at_risk in found[1:]:
        minute = round(hours * 60)
        claimed = minute - minute // 7
        # Nobody is censored before the last claim, so the curve is simply the share not claimed yet.
        assert (share, at_risk) == (pytest.approx(100 - claimed / 10), 1000 - claimed + 1)
    assert found[-1][:2] == (pytest.approx(1000 / 60), pytest.approx(100 * 142 / 1000))
    crossed = next(hours for hours, share, _ in found if share <= 50)
    # The 500th claim is at minute 583, the 501st at 584; the median lies between them.
    assert crossed * 60 == pytest.approx(583)
    assert value(version, "median_claim_hours") * 60 == pytest.approx(583.5)


def test_filters_and_area_hold_for_queries(world):
    assert rows(world, "request_steps", area_code=SOUTH) == []
    assert rows(world, "request_steps", area_code=CITY)[0] == ("raised", 11)
    assert rows(world, "request_steps", weekday="3", hour="23")[0] == ("raised", 1)
    assert rows(world, "request_steps", "2023") == []
    assert rows(world, "whistle_steps", kind="hazard") == rows(world, "request_six_steps", kind="hazard") == []
