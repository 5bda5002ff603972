"""Partners: who is registered, their contributions, the inactive ones, and needs beside services, each worked out by
hand.
"""

from __future__ import annotations

from datetime import date

import pytest

from sql import query
from sql.warehouse import Version
from tests.helpers.warehouse.world import (
    CITY,
    COUNTY,
    EAST,
    OTHER_COUNTY,
    SOUTH,
    STREET,
    VILLAGE,
    WEST,
    Row,
    build_version,
    month,
    population,
    scope,
    value,
    values,
    worker,
)


def partner(partner_id: str, kind: str, area_code: str, joined_on: str, **cells: object) -> Row:
    """Returns a row of partners."""
    sectors = {"department": "government", "shop": "market", "enterprise": "market"}
    return {
        "partner_id": partner_id,
        "name": f"合伙人{partner_id}",
        "sector": sectors.get(kind, "society"),
        "kind": kind,
        "area_code": area_code,
        "joined_on": joined_on,
        **cells,
    }


def request(request_id: str, raised_at: str, kind: str, area_code: str = EAST, **cells: object) -> Row:
    """Returns a row of requests."""
    return {"request_id": request_id, "kind": kind, "area_code": area_code, "raised_at": raised_at, **cells}


def post(post_id: str, holder_id: str, role: str, community: str = EAST, **cells: object) -> Row:
    """Returns a row of partners' posts, held since 2023."""
    return {
        "post_id": post_id,
        "holder_id": holder_id,
        "role": role,
        "community_code": community,
        "since": "2023-01-01",
        **cells,
    }


PARTNERS = [
    partner("P1", "department", COUNTY, "2023-01-10", recruited_via="offline", admitted_by="joint", members=12),
    # Held an activity on the last day of 2023, and nothing since.
    partner("P2", "shop", EAST, "2023-05-01", members=3),
    partner("P3", "volunteer_team", EAST, "2024-01-01", recruited_via="online"),
    # Joined on the last day of 2023 and was never active.
    partner("P4", "association", STREET, "2023-12-31"),
    partner("P5", "enterprise", WEST, "2023-01-01", left_on="2024-03-31", exit_reason="迁出本地"),
    # Rated for the first quarter of 2024.
    partner("P6", "social_org", SOUTH, "2023-01-01"),
    # Claims its first request two days after the data end.
    partner("P7", "shop", VILLAGE, "2023-02-01"),
    partner("P8", "shop", EAST, "2024-07-01"),
]
# The data end on 30 June 2024.
REQUESTS = [
    request(
        "R01",
        "2024-01-05 09:00",
        "micro_wish",
        category="elderly_care",
        focus_group="elderly",
        published_at="2024-01-05 10:00",
        claimed_at="2024-01-06 09:00",
        closed_at="2024-01-10 09:00",
        partner_id="P1",
    ),
    # Claimed though its date of publication is missing; still open.
    request(
        "R02",
        "2024-02-01 09:00",
        "micro_wish",
        category="elderly_care",
        focus_group="child",
        claimed_at="2024-02-02 09:00",
        partner_id="P1",
    ),
    request("R03", "2024-03-01 09:00", "micro_wish", category="education", published_at="2024-03-02 09:00"),
    request("R04", "2024-03-05 09:00", "micro_wish", WEST, category="education", focus_group="child"),
    # Raised and claimed the year before, closed in 2024.
    request(
        "R05",
        "2023-12-20 09:00",
        "livelihood",
        WEST,
        category="parking",
        claimed_at="2023-12-21 09:00",
        closed_at="2024-01-02 09:00",
        partner_id="P1",
    ),
    request(
        "R06",
        "2024-05-01 09:00",
        "livelihood",
        category="parking",
        claimed_at="2024-05-01 10:00",
        closed_at="2024-05-02 09:00",
        partner_id="P3",
    ),
    request(
        "R07",
        "2024-04-01 09:00",
        "hazard",
        category="safety",
        claimed_at="2024-04-01 10:00",
        closed_at="2024-04-02 09:00",
        partner_id="P1",
    ),
    request(
        "R08",
        "2024-04-01 09:00",
        "hazard",
        SOUTH,
        category="safety",
        claimed_at="2024-04-01 10:00",
        closed_at="2024-04-02 09:00",
        partner_id="P6",
    ),
    request(
        "R09",
        "2024-05-03 09:00",
        "livelihood",
        category="parking",
        claimed_at="2024-05-03 10:00",
        closed_at="2024-05-04 09:00",
        partner_id="P3",
    ),
    request(
        "R10",
        "2024-02-10 09:00",
        "livelihood",
        WEST,
        category="parking",
        claimed_at="2024-02-10 10:00",
        closed_at="2024-02-11 09:00",
        partner_id="P5",
    ),
    # Closed by a worker; closed without a result by a partner.
    request("R11", "2024-02-12 09:00", "livelihood", closed_at="2024-02-13 09:00", worker_id="W1"),
    request(
        "R12",
        "2024-02-14 09:00",
        "livelihood",
        claimed_at="2024-02-14 10:00",
        closed_at="2024-02-15 09:00",
        partner_id="P1",
        is_resolved="否",
    ),
    # Claimed after the data end.
    request("R13", "2024-06-29 09:00", "livelihood", VILLAGE, claimed_at="2024-07-02 09:00", partner_id="P7"),
    request("J01", "2024-02-01 09:00", "joint_meeting", COUNTY, closed_at="2024-03-01 09:00", category="property"),
    request("J02", "2024-04-01 09:00", "joint_meeting", category="property"),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return build_version(
        tmp_path_factory.mktemp("partners"),
        "2024-06-30",
        population=[population(EAST, "2022-12-31", 1000)],
        workers=[worker("W1")],
        partners=PARTNERS,
        requests=REQUESTS,
        activities=[
            {
                "activity_id": "A1",
                "started_at": "2023-12-31 19:00",
                "area_code": EAST,
                "kind": "service",
                "partner_id": "P2",
                "participants": 20,
                "beneficiaries": 30,
                "hours": 1.5,
            },
            {
                "activity_id": "A2",
                "started_at": "2024-06-30 19:00",
                "area_code": EAST,
                "kind": "welfare",
                "partner_id": "P3",
                "beneficiaries": 40,
                "hours": 2,
            },
            {
                "activity_id": "A3",
                "started_at": "2024-03-01 19:00",
                "area_code": SOUTH,
                "kind": "welfare",
                "partner_id": "P3",
                "hours": 0.5,
            },
            {
                "activity_id": "A4",
                "started_at": "2024-03-01 19:00",
                "area_code": EAST,
                "kind": "service",
                "worker_id": "W1",
            },
            {
                "activity_id": "A5",
                "started_at": "2024-07-01 09:00",
                "area_code": EAST,
                "kind": "service",
                "partner_id": "P2",
            },
        ],
        partner_posts=[
            post("T1", "H1", "reporting_member", partner_id="P1", households_linked=10),
            # The same person in two communities.
            post("T2", "H1", "reporting_member", WEST, partner_id="P1", households_linked=5),
            post("T3", "H2", "reporting_member", partner_id="P1", households_linked=7, until="2024-06-30"),
            post("T4", "H3", "building_leader", households_linked=40),
            post("T5", "H4", "unit_leader"),
            post("T6", "H5", "linked_leader"),
            post("T7", "H6", "linked_department_member", partner_id="P1"),
            post("T8", "H7", "veteran"),
            post("T9", "H7", "veteran", WEST),
            post("T10", "H3", "veteran", since="2024-07-01"),
        ],
        partner_services=[
            # For everybody in the county, but only for elderly people.
            {
                "service_id": "S1",
                "partner_id": "P1",
                "category": "elderly_care",
                "focus_group": "elderly",
                "area_code": COUNTY,
                "capacity": 10,
                "since": "2023-01-10",
            },
            {
                "service_id": "S2",
                "partner_id": "P3",
                "category": "parking",
                "area_code": EAST,
                "capacity": 4,
                "since": "2024-02-01",
            },
            {
                "service_id": "S3",
                "partner_id": "P1",
                "category": "safety",
                "area_code": COUNTY,
                "capacity": 6,
                "since": "2023-02-01",
                "until": "2024-06-30",
            },
            {
                "service_id": "S4",
                "partner_id": "P1",
                "category": "education",
                "area_code": COUNTY,
                "since": "2024-07-01",
            },
            {"service_id": "S5", "partner_id": "P1", "category": "parking", "area_code": SOUTH, "since": "2023-02-01"},
        ],
        partner_ratings=[
            {
                "partner_id": "P6",
                "quarter": "2024Q1",
                "resident_score": 80,
                "community_score": 90,
                "industry_score": 70,
            },
            {
                "partner_id": "P3",
                "quarter": "2024Q1",
                "resident_score": 90,
                "community_score": 95,
                "industry_score": 80,
            },
            {
                "partner_id": "P3",
                "quarter": "2024Q2",
                "resident_score": 70,
                "community_score": 85,
                "industry_score": 60,
            },
            # A quarter that is still to come.
            {
                "partner_id": "P1",
                "quarter": "2024Q3",
                "resident_score": 10,
                "community_score": 10,
                "industry_score": 10,
            },
        ],
        honours=[
            {
                "honour_id": "Y1",
                "recipient_id": "P3",
                "title": "outstanding_partner",
                "community_code": EAST,
                "awarded_on": "2024-06-27",
            },
            {
                "honour_id": "Y2",
                "recipient_id": "P3",
                "title": "outstanding_partner",
                "community_code": EAST,
                "awarded_on": "2023-06-27",
            },
            {
                "honour_id": "Y3",
                "recipient_id": "H3",
                "title": "home_star",
                "community_code": EAST,
                "awarded_on": "2024-01-12",
            },
            {
                "honour_id": "Y4",
                "recipient_id": "P1",
                "title": "outstanding_partner",
                "community_code": WEST,
                "awarded_on": "2024-07-01",
            },
        ],
    )


def rows(world: Version, name: str, period: str = "2024", area: str | None = None, **where: str) -> list[Row]:
    return query(name, scope(world, period, area, **where)).to_dicts()


def test_partners_count_where_they_are_registered(world):
    # P5 left in March, P8 joins in July.
    assert value(world, "partners", "2024") == 6
    assert values(world, "partners", "registered_at", "2024") == {"county": 1, "street": 1, "community": 4}
    # Among the county's five, the department is registered at county level and the association with the street.
    assert value(world, "partners", "2024", COUNTY) == 5
    assert values(world, "partners", "street", "2024", COUNTY) == {STREET: 4}
    assert values(world, "partners", "community", "2024", COUNTY) == {EAST: 2, WEST: 0, VILLAGE: 1}


def test_how_they_were_recruited_and_admitted_and_their_members(world):
    assert values(world, "partners", "recruited_via", "2024") == {"offline": 1, "online": 1, None: 4}
    assert values(world, "partners", "admitted_by", "2024", COUNTY) == {"joint": 1, None: 4}
    assert value(world, "partner_members", "2024") == 15


def test_who_left_and_why(world):
    assert values(world, "partners_left", "exit_reason", "2024") == {"迁出本地": 1, None: 0}
    assert [(row["partner_id"], row["left_on"], row["exit_reason"]) for row in rows(world, "partner_exits")] == [
        ("P5", date(2024, 3, 31), "迁出本地")
    ]
    assert rows(world, "partner_exits", area=OTHER_COUNTY) == []
    assert rows(world, "partner_exits", partner_kind="shop") == []


def test_inactive_six_months_after_the_last_activity(world):
    quiet = values(world, "partners_quiet", "month", "2023-06..2024-06")
    assert quiet == {
        month("2023-06"): 0,
        # P1, P5 and P6 joined in January 2023 and did nothing since.
        month("2023-07"): 3,
        # And P7, of February.
        month("2023-08"): 4,
        month("2023-09"): 4,
        month("2023-10"): 4,
        # And P2, of May.
        month("2023-11"): 5,
        # P1 claims on 21 December, P2 holds an activity on the 31st.
        month("2023-12"): 3,
        month("2024-01"): 3,
        # P5 resolves one.
        month("2024-02"): 2,
        # P6 is rated for the first quarter; P5 is gone.
        month("2024-03"): 1,
        month("2024-04"): 1,
        month("2024-05"): 1,
        # P2 and P4 of December; P7's claim is still to come.
        month("2024-06"): 3,
    }
    assert value(world, "partners_quiet_share", "2024-06") == pytest.approx(100 * 3 / 6)
    assert value(world, "partners_quiet_share", "2024-06", OTHER_COUNTY) == 0
    # Nobody is registered at WEST any more.
    assert value(world, "partners_quiet_share", "2024-06", WEST) is None


def test_the_list_of_inactive_partners_agrees_with_the_count(world):
    listed = [(row["partner_id"], row["last_heard_in"]) for row in rows(world, "quiet_partners")]
    assert listed == [("P7", None), ("P4", None), ("P2", date(2023, 12, 1))]
    assert [row["partner_id"] for row in rows(world, "quiet_partners", partner_kind="shop")] == ["P7", "P2"]
    assert [row["partner_id"] for row in rows(world, "quiet_partners", "2023-10", CITY)] == ["P5", "P6", "P1", "P7"]
    assert rows(world, "quiet_partners", area=SOUTH) == []


def test_without_any_file_of_activity_nobody_counts_as_inactive(tmp_path):
    version = build_version(
        tmp_path,
        "2024-06-30",
        population=[population(EAST, "2023-12-31", 1000)],
        partners=[partner("P1", "shop", EAST, "2022-01-01")],
    )
    assert value(version, "partners", "2024") == 1
    assert value(version, "partners_quiet", "2024") is None
    assert value(version, "partners_quiet_share", "2024") is None
    assert rows(version, "quiet_partners") == []
    for name in (
        "services_offered",
        "service_capacity",
        "resident_rating",
        "honours_awarded",
        "reporting_members",
        "partner_requests_claimed",
        "top_three_share",
        "wishes_raised",
        "wishes_granted_within_30_days",
    ):
        assert value(version, name, "2024") is None, name


def test_requests_claimed_and_resolved_by_partners(world):
    # R01, R02, R06 to R10 and R12 were claimed in 2024; R05 the year before, R13 after the data end.
    assert value(world, "partner_requests_claimed", "2024") == 8
    assert value(world, "partner_requests_claimed", "2023") == 1
    # R01, R05 to R10 resolved by partners, R11 and J01 by others.
    assert value(world, "partner_requests_resolved", "2024") == 7
    assert value(world, "partner_resolved_share", "2024") == pytest.approx(100 * 7 / 9)
    assert value(world, "partner_resolved_share", "2023") is None


def test_the_top_three_resolved_six_of_seven(world):
    # P1 three, P3 two, then P5 and P6 one each.
    assert value(world, "top_three_share", "2024") == pytest.approx(100 * 6 / 7)
    assert value(world, "top_three_share", "2024", OTHER_COUNTY) == 100
    assert value(world, "top_three_share", "2024", VILLAGE) is None
    # The shops together have resolved nothing.
    assert value(world, "top_three_share", "2024", partner_kind="shop") is None


def test_contributions_of_each_partner(world):
    contributions = {
        row["partner_id"]: (
            row["claimed"],
            row["resolved"],
            row["activities"],
            row["hours"],
            row["beneficiaries"],
            row["honours"],
        )
        for row in rows(world, "partner_contributions")
    }
    assert contributions == {
        "P1": (4, 3, 0, 0, 0, 0),
        "P3": (2, 2, 2, 2.5, 40, 1),
        "P5": (1, 1, 0, 0, 0, 0),
        "P6": (1, 1, 0, 0, 0, 0),
    }
    assert list(contributions) == ["P1", "P3", "P5", "P6"]
    # In the other county only contributions there count.
    contributions_there = {
        row["partner_id"]: (row["resolved"], row["activities"])
        for row in rows(world, "partner_contributions", area=OTHER_COUNTY)
    }
    assert contributions_there == {"P6": (1, 0), "P3": (0, 1)}
    of_a_kind = rows(world, "partner_contributions", partner_kind="department")
    assert [row["partner_id"] for row in of_a_kind] == ["P1"]


def test_a_partners_ratings_are_the_mean_of_its_quarters(world):
    scores = {
        row["partner_id"]: (row["resident_score"], row["community_score"], row["industry_score"])
        for row in rows(world, "partner_contributions")
    }
    assert scores["P3"] == (80, 90, 70) and scores["P6"] == (80, 90, 70) and scores["P1"] == (None, None, None)
    # All three ratings of partners and quarters count alike.
    assert value(world, "resident_rating", "2024") == 80
    assert values(world, "community_rating", "quarter", "2024") == {"2024Q1": 92.5, "2024Q2": 85}
    assert values(world, "industry_rating", "quarter", "2024", OTHER_COUNTY) == {"2024Q1": 70}
    # Nobody has rated the quarter after the data end yet.
    assert values(world, "resident_rating", "quarter", "all") == {"2024Q1": 85, "2024Q2": 70}


def test_posts_by_role_count_people_once(world):
    assert value(world, "reporting_members", "2024-05") == 2
    assert value(world, "reporting_members", "2024-06") == 1
    counts = {
        name: value(world, name, "2024-06")
        for name in ("linked_leaders", "linked_department_members", "veterans", "building_leaders", "unit_leaders")
    }
    assert counts == {
        "linked_leaders": 1,
        "linked_department_members": 1,
        "veterans": 1,
        "building_leaders": 1,
        "unit_leaders": 1,
    }
    # H7 is a veteran of both communities.
    assert values(world, "veterans", "community", "2024-06", STREET) == {EAST: 1, WEST: 1, VILLAGE: 0}
    assert values(world, "post_households_linked", "role", "2024-06") == {
        "reporting_member": 15,
        "building_leader": 40,
        "unit_leader": None,
        "linked_leader": None,
        "linked_department_member": None,
        "veteran": None,
    }
    assert value(world, "post_households_linked", "2024-06") == 55


def test_reporting_members_by_unit(world):
    assert rows(world, "reporting_by_unit", "2024-05") == [
        {
            "partner_id": "P1",
            "partner_name": "合伙人P1",
            "partner_kind": "department",
            "reporting_members": 2,
            "communities": 2,
            "households_linked": 22,
        }
    ]
    assert rows(world, "reporting_by_unit", "2024-06")[0]["reporting_members"] == 1
    assert rows(world, "reporting_by_unit", "2024-06", OTHER_COUNTY) == []


def test_services_on_offer(world):
    # S3 ended, S4 begins later.
    assert value(world, "services_offered", "2024") == 3
    assert value(world, "service_capacity", "2024") == 14
    assert value(world, "service_capacity", "2024-05", COUNTY) == 20
    assert value(world, "partners_offering", "2024") == 2
    listed = rows(world, "services_on_offer")
    assert [row["service_id"] for row in listed] == ["S1", "S2", "S5"]
    assert [row["focus_group"] for row in listed] == ["elderly", "none", "none"]
    assert [row["service_id"] for row in rows(world, "services_on_offer", partner_id="P3")] == ["S2"]
    assert [row["service_id"] for row in rows(world, "services_on_offer", area=EAST)] == ["S2"]


def needs(world: Version, dimension: str, period: str, area: str | None) -> dict[str, tuple]:
    return {
        row["what"]: (row["raised"], row["unmet"], row["services"], row["capacity"], row["raised_a_month"])
        for row in query("needs_and_services", scope(world, period, area), area=area).to_dicts()
        if row["dimension"] == dimension
    }


def test_needs_beside_services_by_category(world):
    assert needs(world, "category", "2024", COUNTY) == {
        # R06, R09, R10 against S2; R01, R02 against S1; R03, R04, J01, J02 and R07 against nothing.
        "parking": (3, 0, 1, 4, pytest.approx(0.5)),
        "education": (2, 2, 0, 0, pytest.approx(2 / 6)),
        "elderly_care": (2, 1, 1, 10, pytest.approx(2 / 6)),
        "property": (2, 1, 0, 0, pytest.approx(2 / 6)),
        "safety": (1, 0, 0, 0, pytest.approx(1 / 6)),
    }
    # What the county offers reaches its communities: WEST has S1, and not EAST's S2.
    assert needs(world, "category", "2024", WEST) == {
        "education": (1, 1, 0, 0, pytest.approx(1 / 6)),
        "parking": (1, 0, 0, 0, pytest.approx(1 / 6)),
        "elderly_care": (0, 0, 1, 10, 0),
    }


def test_needs_by_focus_group_and_from_the_first_request_on(world):
    assert needs(world, "focus_group", "2024", EAST) == {
        # R03, R06, R07, R09, J02 with a category; S2.
        "none": (5, 2, 1, 4, pytest.approx(5 / 6)),
        "child": (1, 1, 0, 0, pytest.approx(1 / 6)),
        "elderly": (1, 0, 1, 10, pytest.approx(1 / 6)),
    }
    # Without a beginning: seven months from December 2023 on.
    assert needs(world, "category", "all", COUNTY)["parking"] == (4, 0, 1, 4, pytest.approx(4 / 7))


def test_needs_without_a_provider(world):
    def listed(area: str) -> list[tuple]:
        return [
            (row["category"], row["focus_group"], row["raised"], row["unmet"], row["communities"])
            for row in query("needs_nobody_offers", scope(world, "2024", area), area=area).to_dicts()
        ]

    assert listed(COUNTY) == [
        ("property", "none", 2, 1, 1),
        ("education", "child", 1, 1, 1),
        ("education", "none", 1, 1, 1),
        # S1 is for elderly people only.
        ("elderly_care", "child", 1, 1, 1),
        ("safety", "none", 1, 0, 1),
    ]
    # The parking that EAST offers is not available in WEST; in EAST elderly people have the county's service.
    assert listed(WEST) == [("education", "child", 1, 1, 1), ("parking", "none", 1, 0, 1)]
    assert ("elderly_care", "elderly", 1, 0, 1) not in listed(EAST)


def test_wishes_step_by_step(world):
    steps = {row["step"]: row["count"] for row in rows(world, "wish_steps")}
    # R02 was claimed, so it was published; R04 waits.
    assert steps == {"wish_raised": 4, "wish_published": 3, "wish_claimed": 2, "wish_granted": 1}
    assert list(steps) == ["wish_raised", "wish_published", "wish_claimed", "wish_granted"]
    assert value(world, "wishes_raised", "2024") == 4
    assert value(world, "wishes_granted_within_30_days", "2024") == 25
    assert value(world, "wishes_granted_within_30_days", "2024", SOUTH) is None
    assert {row["count"] for row in rows(world, "wish_steps", area=SOUTH)} == {0}


def test_joint_meetings(world):
    assert value(world, "joint_meeting_issues", "2024") == 2
    assert value(world, "joint_meeting_issues_resolved_within_30_days", "2024") == 50
    assert value(world, "joint_meeting_issues_resolved_within_30_days", "2024-05") is None
    listed = [(row["request_id"], row["is_resolved"], row["area_name"]) for row in rows(world, "joint_meeting_issues")]
    assert listed == [("J02", False, f"区划{EAST}"), ("J01", True, f"区划{COUNTY}")]


def test_honours_of_partners_and_people(world):
    # Y1 and Y3; Y2 was the year before, Y4 is still to come.
    assert values(world, "honours_awarded", "honour", "2024") == {"outstanding_partner": 1, "home_star": 1}
    assert value(world, "honours_awarded", "all") == 3
    assert value(world, "honours_awarded", "all", partner_id="P3") == 2
    # People are counted, not listed.
    assert [row["honour_id"] for row in rows(world, "partner_honours", "all")] == ["Y1", "Y2"]


def test_one_partner(world):
    one = rows(world, "partner_profile", "..2024-06", partner_id="P5")
    assert len(one) == 1
    profile = one[0]
    assert (profile["partner_name"], profile["partner_kind"], profile["area_name"], profile["registered_at"]) == (
        "合伙人P5",
        "enterprise",
        f"区划{WEST}",
        "community",
    )
    assert (profile["joined_on"], profile["left_on"], profile["exit_reason"]) == (
        date(2023, 1, 1),
        date(2024, 3, 31),
        "迁出本地",
    )
    # Before it left, the exit is not shown; a partner who joins after the data end is not there.
    assert rows(world, "partner_profile", "..2024-02", partner_id="P5")[0]["left_on"] is None
    assert rows(world, "partner_profile", "..2024-06", partner_id="P8") == []
    claimed = rows(world, "partner_claims", partner_id="P1")
    assert [row["request_id"] for row in claimed] == ["R07", "R12", "R02", "R01"]
    assert [row["is_resolved"] for row in claimed] == [True, False, False, True]
    assert [row["activity_id"] for row in rows(world, "partner_activities", partner_id="P3")] == ["A2", "A3"]
    assert value(world, "partner_requests_resolved", "2024", partner_id="P1") == 3
