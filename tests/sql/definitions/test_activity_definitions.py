"""Activities and points, each on a world small enough to work out by hand."""

from __future__ import annotations

import pytest

from sql import query
from sql.semantic.scope import areas
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
    write_empty,
)

AS_OF = "2024-03-31"


def activity(number: int, area_code: str, started_at: str, kind: str = "service", **cells: object) -> Row:
    """Returns a row of activities."""
    return {
        "activity_id": f"H{number}",
        "area_code": area_code,
        "started_at": started_at,
        "kind": kind,
        "title": None,
        "worker_id": None,
        "partner_id": None,
        "participants": None,
        "beneficiaries": None,
        "hours": None,
        **cells,
    }


def entry(number: int, account: str, community: str, on_date: str, kind: str, points: int, reason: str) -> Row:
    """Returns a row of points."""
    return {
        "entry_id": f"J{number}",
        "account_id": account,
        "community_code": community,
        "on_date": on_date,
        "kind": kind,
        "points": points,
        "reason": reason,
    }


@pytest.fixture(scope="module")
def activity_world(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes two services on one day in EAST, a campaign in WEST and its second time in EAST, and a market of the
    street.
    """
    return build_version(
        tmp_path_factory.mktemp("held"),
        AS_OF,
        population=[population(EAST, "2024-01-31", 900), population(SOUTH, "2024-01-31", 600)],
        workers=[worker("W1")],
        partners=[
            {
                "partner_id": "P1",
                "name": "某志愿服务队",
                "sector": "society",
                "kind": "volunteer_team",
                "area_code": EAST,
                "joined_on": "2023-01-01",
            }
        ],
        activities=[
            activity(1, EAST, "2024-01-05 10:00", worker_id="W1", participants=10, beneficiaries=20, hours=2),
            activity(2, EAST, "2024-01-05 23:59", partner_id="P1", participants=30, hours=1.5),
            activity(3, WEST, "2024-02-10 09:00", "campaign", title="清障行动", worker_id="W1", partner_id="P1"),
            activity(4, STREET, "2024-03-31 23:30", "market", title="邻里集市", participants=100, beneficiaries=300),
            activity(
                5, EAST, "2024-03-02 09:00", "campaign", title="清障行动", worker_id="W1", participants=0, hours=1
            ),
            # The day after the data date.
            activity(6, EAST, "2024-04-01 00:00", worker_id="W1", participants=500, beneficiaries=500, hours=9),
        ],
    )


def test_every_kind_counts_until_the_end_of_the_data_date(activity_world):
    assert value(activity_world, "activities_held") == 5
    assert value(activity_world, "activities_held", "2024-04") is None
    assert values(activity_world, "activities_held", "kind") == {"campaign": 2, "market": 1, "service": 2}
    assert values(activity_world, "activities_held", "month", "2024") == {
        month("2024-01"): 2,
        month("2024-02"): 1,
        month("2024-03"): 2,
    }


def test_a_day_is_the_day_it_began(activity_world):
    assert values(activity_world, "activities_held", "day") == {
        "2024-01-05": 2,
        "2024-02-10": 1,
        "2024-03-02": 1,
        "2024-03-31": 1,
    }
    assert value(activity_world, "activities_held", day="2024-01-05") == 2


def test_activities_by_organiser(activity_world):
    assert values(activity_world, "activities_held", "organiser") == {
        "worker": 2,
        "partner": 1,
        "worker_and_partner": 1,
        "not_given": 1,
    }
    assert value(activity_world, "activities_with_partners") == 2
    assert value(activity_world, "activities_with_partners_share") == 40
    assert values(activity_world, "activities_with_partners", "partner_kind") == {"volunteer_team": 2, None: 0}


def test_activities_without_a_count_are_not_in_the_denominator(activity_world):
    # 10 + 30 + 100 + 0 over the four that report a count; 20 + 300 over two.
    assert value(activity_world, "participants_per_activity") == 35
    assert value(activity_world, "beneficiaries") == 320
    assert value(activity_world, "beneficiaries_per_activity") == 160
    assert value(activity_world, "participants_per_activity", kind="market") == 100
    assert value(activity_world, "beneficiaries_per_activity", kind="campaign") is None
    assert value(activity_world, "beneficiaries", kind="campaign") == 0


def test_a_street_activity_is_the_streets_and_no_communitys(activity_world):
    assert value(activity_world, "communities_with_activities") == 2
    assert value(activity_world, "activities_held", area_code=STREET) == 5
    assert values(activity_world, "activities_held", "community", area_code=STREET) == {EAST: 3, WEST: 1, VILLAGE: 0}
    assert value(activity_world, "communities_with_activities", "2024-03") == 1


def test_where_nobody_was_active_it_is_0(activity_world):
    assert values(activity_world, "activities_held", "county", area_code=CITY) == {COUNTY: 5, OTHER_COUNTY: 0}
    assert value(activity_world, "participants_per_activity", area_code=OTHER_COUNTY) is None
    assert value(activity_world, "activities_with_partners_share", area_code=OTHER_COUNTY) is None


def test_campaigns_and_markets_by_title(activity_world):
    rows = query("activity_titles", scope(activity_world)).to_dicts()
    assert [(row["kind"], row["title"], row["times"], row["communities"]) for row in rows] == [
        ("campaign", "清障行动", 2, 2),
        ("market", "邻里集市", 1, 0),
    ]
    assert [(f"{row['first_on']}", f"{row['last_on']}") for row in rows] == [
        ("2024-02-10", "2024-03-02"),
        ("2024-03-31", "2024-03-31"),
    ]
    assert [(row["participants"], row["beneficiaries"]) for row in rows] == [(0, None), (100, 300)]
    assert query("activity_titles", scope(activity_world, "2024-02"))["times"].to_list() == [1]


def test_communities_without_an_activity(activity_world):
    none = query("communities_without_activities", scope(activity_world))
    # By residents; those without a population count last.
    assert none["community"].to_list() == [SOUTH, VILLAGE]
    assert none["residents"].to_list() == [600, None]
    assert query("communities_without_activities", scope(activity_world, "2024-02"))["community"].to_list() == [
        EAST,
        SOUTH,
        VILLAGE,
    ]
    # With a filter: communities without an activity of this kind.
    markets = query("communities_without_activities", scope(activity_world, kind="market"))
    assert set(markets["community"]) == {EAST, WEST, SOUTH, VILLAGE}


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes a district that sent a file of activities without a row, and none of points."""
    folder = tmp_path_factory.mktemp("nothing")
    write_empty(folder / "source", "庆阳市", "activities", "activity_id,started_at,area_code,kind")
    return build_version(folder, AS_OF, population=[population(EAST, "2024-01-31", 900)])


def test_an_empty_file_means_0_and_no_file_means_empty(nothing):
    assert value(nothing, "activities_held", "2024") == 0
    assert value(nothing, "beneficiaries", "2024") == 0
    assert value(nothing, "participants_per_activity", "2024") is None
    assert query("communities_without_activities", scope(nothing, "2024"))["community"][0] == EAST
    for name in (
        "points_earned",
        "points_redeemed",
        "point_accounts",
        "points_outstanding",
        "accounts_active_share",
        "accounts_to_households",
        "points_per_account",
        "redemption_share",
        "partner_shops",
    ):
        assert value(nothing, name, "2024") is None, name
    rows = query("point_communities", scope(nothing, "2024"))
    assert rows["accounts"].null_count() == rows["earned"].null_count() == rows.height == 4


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes three accounts: A earns in EAST for over a year, B redeems what it earned, C is new in SOUTH; WEST has
    households and no account.
    """
    return build_version(
        tmp_path_factory.mktemp("saved"),
        AS_OF,
        population=[
            population(EAST, "2022-12-31", 900),
            population(WEST, "2022-12-31", 300),
            population(SOUTH, "2022-12-31", 600),
        ],
        places=[
            {
                "place_id": "S1",
                "place_name": "超市",
                "kind": "partner_shop",
                "community_code": EAST,
                "opened_on": "2023-06-01",
                "closed_on": None,
            },
            {
                "place_id": "S2",
                "place_name": "超市",
                "kind": "partner_shop",
                "community_code": WEST,
                "opened_on": "2023-06-01",
                "closed_on": "2024-02-01",
            },
            {
                "place_id": "S3",
                "place_name": "驿站",
                "kind": "service_station",
                "community_code": EAST,
                "opened_on": None,
                "closed_on": None,
            },
        ],
        points=[
            entry(1, "A", EAST, "2023-01-10", "earn", 10, "志愿服务"),
            entry(2, "A", EAST, "2023-01-20", "earn", 5, "垃圾分类"),
            entry(3, "A", EAST, "2024-02-01", "earn", 20, "志愿服务"),
            entry(4, "B", EAST, "2023-02-01", "earn", 30, "志愿服务"),
            entry(5, "B", EAST, "2023-03-31", "redeem", 25, "日用品"),
            entry(6, "C", SOUTH, "2024-03-31", "earn", 8, "垃圾分类"),
            # The day after the data date.
            entry(7, "D", WEST, "2024-04-01", "earn", 100, "志愿服务"),
        ],
    )


def test_an_account_counts_from_its_first_entry(saved):
    opened = values(saved, "point_accounts", "month", "2023-01..2024-03")
    assert [opened[month(text)] for text in ("2023-01", "2023-02", "2024-02", "2024-03")] == [1, 2, 2, 3]
    assert values(saved, "point_accounts", "community", "2024-03", area_code=STREET) == {EAST: 2, WEST: 0, VILLAGE: 0}
    assert value(saved, "point_accounts", "2024-04") is None


def test_an_account_is_active_for_twelve_months_from_an_entry(saved):
    active = values(saved, "accounts_active_share", "month", "2023-01..2024-03", measure="numerator")
    # A from January 2023 to December, and again from February 2024; B to February 2024; C in March.
    assert [active[month(text)] for text in ("2023-01", "2023-02", "2023-12", "2024-01", "2024-02", "2024-03")] == [
        1,
        2,
        2,
        1,
        2,
        2,
    ]
    assert value(saved, "accounts_active_share", "2024-01") == 50
    assert value(saved, "accounts_active_share", "2024-03") == pytest.approx(100 * 2 / 3)
    assert value(saved, "accounts_active_share", "2024-03", area_code=WEST) is None


def test_accounts_to_households_is_over_every_household(saved):
    # 300 + 100 + 200 households; A and C.
    assert value(saved, "accounts_to_households", "2024-03") == pytest.approx(100 * 2 / 600)
    assert value(saved, "accounts_to_households", "2024-03", area_code=WEST) == 0
    assert value(saved, "accounts_to_households", "2024-03", area_code=VILLAGE) is None
    # Before the first entry there was nothing to take part in: no rate and no account.
    assert value(saved, "accounts_to_households", "2022-12") is None
    assert value(saved, "point_accounts", "2022-12") == 0


def test_the_balance_is_everything_earned_less_everything_redeemed(saved):
    balance = values(saved, "points_outstanding", "month", "2023-01..2024-03")
    assert [balance[month(text)] for text in ("2023-01", "2023-02", "2023-03", "2024-02", "2024-03")] == [
        15,
        45,
        20,
        40,
        48,
    ]
    # For a month it is the balance at its end, not the change within it.
    assert value(saved, "points_outstanding", "2023-04") == 20


def test_points_moved_in_the_period(saved):
    assert value(saved, "points_earned", "2024") == 28
    assert value(saved, "points_redeemed", "2024") == 0
    assert value(saved, "redemption_share", "2024") == 0
    assert value(saved, "redemption_share", "2023") == pytest.approx(100 * 25 / 45)
    # Nothing earned in March 2023: no rate, though something was redeemed.
    assert value(saved, "redemption_share", "2023-03") is None
    assert value(saved, "points_per_account", "2023") == 22.5
    assert value(saved, "points_per_account", "2023-03") == 0
    assert value(saved, "points_per_account", "2022") is None
    assert value(saved, "active_accounts", "2024") == 2
    assert values(saved, "points_earned", "reason", kind="earn") == {"志愿服务": 60, "垃圾分类": 13}
    assert values(saved, "points_redeemed", "reason", kind="redeem") == {"日用品": 25}


def test_partner_shops_open_at_the_months_end(saved):
    assert values(saved, "partner_shops", "month", "2023-05..2024-02") == {
        month("2023-05"): 0,
        **{month(f"2023-{number:02}"): 2 for number in range(6, 13)},
        month("2024-01"): 2,
        month("2024-02"): 1,
    }


def test_points_of_every_community(saved):
    rows = query("point_communities", scope(saved, "2024")).to_dicts()
    assert [
        (
            row["community"],
            row["accounts"],
            row["active_accounts"],
            row["earned"],
            row["redeemed"],
            row["points_outstanding"],
            row["households"],
        )
        for row in rows
    ] == [
        (EAST, 2, 1, 20, 0, 40, 300),
        (SOUTH, 1, 1, 8, 0, 8, 200),
        (WEST, 0, 0, 0, 0, 0, 100),
        (VILLAGE, 0, 0, 0, 0, 0, None),
    ]
    assert set(areas(saved)) >= {row["community"] for row in rows}
