"""The marts by month for a handful of events, worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from sql.warehouse import Version
from tests.helpers.warehouse.world import EAST, SOUTH, STREET, WEST, build_version, population, value, values, worker
from tests.sql.definitions.test_activity_definitions import activity, entry
from tests.sql.definitions.test_request_definitions import DEPARTMENT, request

JANUARY, FEBRUARY, MARCH = (date(2024, month, 1) for month in (1, 2, 3))


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes three months of a few requests, activities, points and a class, to the end of March 2024."""
    return build_version(
        tmp_path_factory.mktemp("months"),
        "2024-03-31",
        population=[population(EAST, "2024-01-01", 900)],
        workers=[worker("W1"), worker("W2", WEST)],
        partners=[DEPARTMENT],
        requests=[
            request(
                "R1",
                "2024-01-08 09:30",
                "hazard",
                claimed_at="2024-01-09 09:30",
                closed_at="2024-02-01 09:30",
                due_at="2024-01-20 18:00",
                partner_id="P1",
                satisfaction=4,
            ),
            request(
                "R2",
                "2024-01-20 09:45",
                "hazard",
                claimed_at="2024-01-31 23:00",
                closed_at="2024-02-02 10:00",
                due_at="2024-02-03 18:00",
                worker_id="W1",
                satisfaction=2,
                is_resolved="否",
            ),
            request(
                "R3",
                "2024-01-21 07:00",
                "hazard",
                published_at="2024-01-21 08:00",
                due_at="2024-01-22 08:00",
                is_resolved="否",
            ),
            request(
                "R4",
                "2024-01-30 10:00",
                "dispute",
                STREET,
                claimed_at="2024-02-01 10:00",
                discussed_at="2024-02-05 10:00",
            ),
        ],
        activities=[
            activity(1, EAST, "2024-02-05 10:00", worker_id="W1", participants=10, beneficiaries=20, hours=0.1),
            activity(2, EAST, "2024-02-05 23:00", partner_id="P1", hours=0.2),
            activity(3, EAST, "2024-02-06 10:00", "market", partner_id="P1", beneficiaries=5),
        ],
        points=[
            # B1 is of EAST alone; B2 has entries in two communities.
            entry(1, "B1", EAST, "2024-01-03", "earn", 10, "volunteering"),
            entry(2, "B1", EAST, "2024-01-20", "redeem", 4, "exchange"),
            entry(3, "B1", EAST, "2024-03-02", "earn", 5, "volunteering"),
            entry(4, "B2", EAST, "2024-01-05", "earn", 7, "volunteering"),
            entry(5, "B2", SOUTH, "2024-02-05", "redeem", 2, "exchange"),
        ],
        training_sessions=[
            {
                "session_id": "S1",
                "title": "班",
                "organiser_level": "county",
                "area_code": EAST,
                "programme": "salon",
                "started_on": "2024-02-10",
                "hours": 1.5,
            },
            {
                "session_id": "S2",
                "title": "班",
                "organiser_level": "county",
                "area_code": EAST,
                "programme": "salon",
                "started_on": "2024-02-20",
                "hours": 3,
            },
        ],
        training_attendance=[
            {"session_id": "S1", "attendee_id": "W1", "is_completed": "是", "score_before": 70.1, "score_after": 80.4},
            {"session_id": "S2", "attendee_id": "W1", "is_completed": "是", "score_before": 90, "score_after": 85},
            {"session_id": "S2", "attendee_id": "W2", "is_completed": "否", "score_after": 60},
        ],
    )


def test_requests_by_the_months_they_were_raised_claimed_and_closed(events):
    rows = events.rows(
        "select community, month, month_claimed, month_closed, kind, requests, published, claimed, claimed_off_hours, closed, "
        "closed_on_time, falls_due, overdue, still_open, resolved, came_to_publishing, came_to_claiming, rated, satisfaction, "
        "satisfied, with_partner, resolved_with_partner, without_zone, deliberated from request_months order by all"
    ).rows()
    assert rows == [
        # R1 and R2: both claimed in January, one of them at eleven at night, closed in February, one in time and one
        # resolved.
        (EAST, JANUARY, JANUARY, FEBRUARY, "hazard", 2, 0, 2, 1, 2, 1, 2, 0, 0, 1, 2, 2, 2, 6, 1, 1, 1, 2, 0),
        # R3: published, then nothing; past due.
        (EAST, JANUARY, None, None, "hazard", 1, 1, 0, None, 0, 0, 1, 1, 1, 0, 1, 0, 0, None, 0, 0, 0, 1, 0),
        # R4: the street's, claimed a month later and discussed.
        (None, JANUARY, FEBRUARY, None, "dispute", 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0, None, 0, 0, 0, 1, 1),
    ]


def test_requests_by_responder_and_by_hour(events):
    by = "select responder, partner_kind, sum(requests)::int from request_topic_months group by all order by all"
    assert events.rows(by).rows() == [
        ("department", "department", 1),
        ("nobody", None, 1),
        ("unnamed", None, 1),
        ("worker", None, 1),
    ]
    # Monday the 8th, Saturday the 20th, Sunday the 21st, Tuesday the 30th.
    by = "select weekday, hour, requests from request_hour_months order by all"
    assert events.rows(by).rows() == [("1", "09", 1), ("2", "10", 1), ("6", "09", 1), ("7", "07", 1)]


def test_activities_by_month_and_day(events):
    by = (
        "select kind, organiser, activities, participants, with_participants, beneficiaries, with_beneficiaries, hours, "
        "with_partner, partner_beneficiaries, partner_hours from activity_months order by all"
    )
    assert events.rows(by).rows() == [
        ("market", "partner", 1, None, 0, 5, 1, None, 1, 5, None),
        ("service", "partner", 1, None, 0, None, 0, 0.2, 1, None, 0.2),
        ("service", "worker", 1, 10, 1, 20, 1, 0.1, 0, None, None),
    ]
    # Exact to the digit: a tenth and two tenths of an hour are three tenths.
    by = "select day, kind, activities, hours from activity_days order by all"
    assert events.rows(by).rows() == [("2024-02-05", "service", 2, 0.3), ("2024-02-06", "market", 1, None)]


def test_accounts_by_the_month_of_their_previous_entry(events):
    by = "select community, month, previous_month, account_id, accounts, earned from account_months order by all"
    assert events.rows(by).rows() == [
        (EAST, JANUARY, None, "B2", 0, 7),
        (EAST, JANUARY, None, None, 1, 10),
        (EAST, MARCH, JANUARY, None, 1, 5),
        (SOUTH, FEBRUARY, None, "B2", 0, 0),
    ]


@pytest.mark.parametrize(
    ("period", "accounts"),
    [
        ("2024-01", 2),
        ("2024-02", 1),
        ("2024-03", 1),
        ("2024-02..2024-03", 2),
        ("2024-01..2024-02", 2),
        ("2024", 2),
        ("all", 2),
    ],
)
def test_an_account_counts_once_in_a_period(events, period, accounts):
    assert value(events, "active_accounts", period) == accounts


def test_an_account_counts_once_in_each_group(events):
    assert values(events, "active_accounts", "month", "all") == {JANUARY: 2, FEBRUARY: 1, MARCH: 1}
    assert values(events, "active_accounts", "quarter", "all") == {"2024Q1": 2}
    assert values(events, "active_accounts", "community", "all")[EAST] == 2
    assert values(events, "active_accounts", "community", "all")[SOUTH] == 1
    # Only the single entries, not the accounts by month, have the kind.
    assert values(events, "active_accounts", "kind", "2024-01") == {"earn": 2, "redeem": 1}
    assert value(events, "points_per_account", "all") == 22 / 2


def test_attendance_by_attendee_and_by_month(events):
    by = (
        "select attendee_id, attended, completed, completed_hours, scored, scored_before, scored_after, score_gain, improved "
        "from training_attendee_months order by all"
    )
    # A person with only one score counts in no gain.
    assert events.rows(by).rows() == [
        ("W1", 2, 2, 4.5, 2, 160.1, 165.4, 5.3, 1),
        ("W2", 1, 0, 0, 0, None, None, None, 0),
    ]
    by = "select community, attended, completed, scored_before from training_months order by all"
    assert events.rows(by).rows() == [(EAST, 2, 2, 160.1), (WEST, 1, 0, None)]
