"""Zones, estates, property companies, places and the five tiers, each on a world small enough to work out by hand."""

from __future__ import annotations

import pytest

from sql import query
from sql.warehouse import Version
from tests.helpers.warehouse.world import (
    AREAS,
    COUNTY,
    EAST,
    OTHER_COUNTY,
    OTHER_STREET,
    SOUTH,
    STREET,
    VILLAGE,
    WEST,
    build_version,
    month,
    population,
    publish,
    scope,
    standard,
    value,
    values,
    write,
    write_empty,
)


def zone(zone_id: str, community: str = EAST, **cells: object) -> dict[str, object]:
    return {"zone_id": zone_id, "community_code": community, "zone_name": f"片区{zone_id}", **cells}


def post(post_id: str, holder: str, role: str, community: str = EAST, **cells: object) -> dict[str, object]:
    return {
        "post_id": post_id,
        "holder_id": holder,
        "role": role,
        "community_code": community,
        "since": "2023-06-01",
        **cells,
    }


def partner(partner_id: str, kind: str, area: str = EAST, **cells: object) -> dict[str, object]:
    sectors = {"social_org": "society", "social_org_federation": "society"}
    return {
        "partner_id": partner_id,
        "name": f"合伙人{partner_id}",
        "sector": sectors.get(kind, "market"),
        "kind": kind,
        "area_code": area,
        "joined_on": "2023-01-01",
        **cells,
    }


def request(request_id: str, raised: str, closed: str | None = None, **cells: object) -> dict[str, object]:
    return {
        "request_id": request_id,
        "kind": "shop",
        "area_code": EAST,
        "raised_at": f"{raised} 09:00",
        "closed_at": closed and f"{closed} 09:00",
        **cells,
    }


def activity(activity_id: str, on: str, kind: str, area: str = EAST, **cells: object) -> dict[str, object]:
    return {"activity_id": activity_id, "started_at": f"{on} 09:00", "kind": kind, "area_code": area, **cells}


def org(org_id: str, kind: str, area: str, parent: str | None = None, **cells: object) -> dict[str, object]:
    return {
        "org_id": org_id,
        "org_name": f"组织{org_id}",
        "kind": kind,
        "area_code": area,
        "parent_id": parent,
        "set_up_on": "2023-01-01",
        **cells,
    }


def estate(estate_id: str, community: str = EAST, **cells: object) -> dict[str, object]:
    return {
        "estate_id": estate_id,
        "community_code": community,
        "estate_name": f"小区{estate_id}",
        "households": 100,
        "set_up_on": "2023-01-01",
        **cells,
    }


def place(place_id: str, kind: str, community: str = EAST, **cells: object) -> dict[str, object]:
    return {
        "place_id": place_id,
        "place_name": f"阵地{place_id}",
        "kind": kind,
        "community_code": community,
        "opened_on": "2023-01-01",
        **cells,
    }


COUNTS = [population(code, "2023-01-31", 3000) for code in (EAST, WEST, VILLAGE, SOUTH)]


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes Z1 with a head, two volunteers and three shops; Z2 with nobody and one shop; Z3 in WEST closed in
    February.
    """
    return build_version(
        tmp_path_factory.mktemp("shops"),
        "2024-03-15",
        population=COUNTS,
        shop_zones=[
            zone("Z1", set_up_on="2023-06-01"),
            zone("Z2", set_up_on="2024-01-10"),
            zone("Z3", WEST, set_up_on="2023-06-01", closed_on="2024-02-10"),
        ],
        partner_posts=[
            post("1", "A", "zone_head", zone_id="Z1"),
            # A volunteer with two posts in a zone counts once; one who left in February is gone.
            post("2", "B", "shop_volunteer", zone_id="Z1"),
            post("3", "B", "shop_volunteer", zone_id="Z1"),
            post("4", "C", "shop_volunteer", zone_id="Z1"),
            post("5", "D", "shop_volunteer", zone_id="Z2", until="2024-02-20"),
            post("6", "E", "shop_volunteer", WEST, zone_id="Z3"),
        ],
        partners=[
            *(partner(f"S{number}", "shop", zone_id="Z1") for number in range(3)),
            partner("S3", "shop", zone_id="Z2"),
            partner("S4", "shop", zone_id="Z2", left_on="2024-01-31"),
            partner("S5", "shop", WEST, zone_id="Z3"),
            partner("S6", "shop"),
            # A company in a zone is none of its shops.
            partner("P1", "enterprise", zone_id="Z2"),
        ],
        requests=[
            request("R1", "2024-01-05", "2024-01-20", zone_id="Z1"),
            request("R2", "2024-02-05", "2024-03-20", zone_id="Z1"),
            request("R3", "2024-03-05", zone_id="Z2"),
            request("R4", "2024-03-06", "2024-03-07", is_resolved=False, zone_id="Z1"),
            request("R5", "2023-12-05", zone_id="Z1"),
            request("R6", "2024-02-01"),
            request("R7", "2024-02-01", kind="livelihood", zone_id="Z1"),
        ],
    )


def test_zones_shops_and_those_without_anyone(shops):
    assert value(shops, "shop_zones", "2024-01") == 3 and value(shops, "shop_zones", "2024") == 2
    # The shop that left on 31 January, and those outside open zones, are not counted.
    assert values(shops, "zone_shops", "month", "2024") == {
        month("2024-01"): 5,
        month("2024-02"): 4,
        month("2024-03"): 4,
    }
    assert value(shops, "shops_per_zone", "2024") == 2
    assert value(shops, "shop_zones_without_heads", "2024") == 1
    assert values(shops, "shop_zones_without_volunteers", "month", "2024") == {
        month("2024-01"): 0,
        month("2024-02"): 1,
        month("2024-03"): 1,
    }


def test_shop_requests_open_and_without_a_zone(shops):
    # R2 is closed after the data date, R3 and R6 not at all; R5 is of the year before.
    assert value(shops, "shop_requests_open", "2024") == 3 and value(shops, "shop_requests_open") == 4
    assert value(shops, "shop_requests_without_zone", "2024") == 1


def test_list_of_zones_counts_the_periods_requests_and_leaves_out_closed_zones(shops):
    rows = query("shop_zones_at_month_end", scope(shops, "2024"))
    assert rows.select("zone_id", "has_head", "volunteers", "shops", "raised", "resolved", "not_closed").rows() == [
        ("Z1", True, 2, 3, 3, 1, 1),
        ("Z2", False, 0, 1, 1, 0, 1),
    ]
    # In WEST the only zone is closed by the period's end: no row, though January had one.
    assert query("shop_zones_at_month_end", scope(shops, "2024", WEST)).is_empty()
    assert query("shop_zones_at_month_end", scope(shops, "2024-01", WEST)).height == 1
    assert query("shop_zones_at_month_end", scope(shops, "2030")).is_empty()


def test_missing_reports_are_empty_not_0(tmp_path):
    only_zones = build_version(tmp_path, "2024-03-15", population=COUNTS, shop_zones=[zone("Z1")])
    assert value(only_zones, "zone_shops") is None and value(only_zones, "shops_per_zone") is None
    assert value(only_zones, "shop_zones_without_volunteers") is None
    assert value(only_zones, "estates") is None and value(only_zones, "places") is None
    assert value(only_zones, "estates_covered_share") is None
    row = query("shop_zones_at_month_end", scope(only_zones)).row(0, named=True)
    assert (row["has_head"], row["shops"], row["raised"]) == (None, None, None)


@pytest.fixture(scope="module")
def estates(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes four open estates of two companies, one branch closed in March; projects from April 2023 on count in
    March 2024.
    """
    return build_version(
        tmp_path_factory.mktemp("estates"),
        "2024-03-31",
        population=COUNTS,
        estates=[
            estate("E1", branch_id="B1", management="company", committee="owners_committee", property_company_id="P1"),
            estate("E2", branch_id="B2", management="old_with_new", committee="none", property_company_id="P1"),
            estate("E3", management="self"),
            estate("E4", WEST, branch_id="B1", households=300),
            estate("E5", closed_on="2024-03-31"),
        ],
        party_orgs=[
            org("C1", "community_committee", EAST),
            org("B1", "branch", EAST, "C1"),
            org("B2", "branch", EAST, "C1", closed_on="2024-03-01"),
            org("G1", "building_group", EAST, "B1"),
            org("G2", "building_group", EAST, "B1", closed_on="2024-03-31"),
            org("S1", "street_committee", STREET),
            org("K1", "county_committee", COUNTY),
            org("I1", "industry_committee", COUNTY),
            org("S2", "street_committee", OTHER_STREET),
        ],
        partners=[
            partner("P1", "property_company", has_party_org=True),
            partner("P2", "property_company", WEST),
            partner("P3", "property_company", SOUTH),
            partner("P4", "property_company", left_on="2024-03-31"),
            partner("O1", "social_org", members=7),
            partner("O2", "social_org", members=8),
            partner("O3", "social_org", WEST),
            partner("O4", "social_org", COUNTY),
            partner("O5", "social_org", VILLAGE),
        ],
        partner_posts=[
            post("1", "A", "focal_household"),
            post("2", "B", "focal_household"),
            post("3", "A", "steward", estate_id="E1"),
            post("4", "A", "steward", estate_id="E3"),
            post("5", "C", "building_leader", estate_id="E3"),
            post("6", "D", "unit_leader", estate_id="E3"),
            post("7", "E", "steward", WEST, estate_id="E4", until="2024-03-31"),
        ],
        activities=[
            activity("A1", "2023-04-01", "joint_party_day", partner_id="P1"),
            activity("A2", "2023-03-31", "joint_party_day", partner_id="P2"),
            activity("A3", "2024-01-10", "campaign", title="甲行动", participants=10, partner_id="P2"),
            activity("A4", "2024-02-10", "campaign", WEST, title="甲行动", participants=5),
            activity("A5", "2024-02-11", "campaign", title="乙行动"),
        ],
        requests=[request("J1", "2024-02-01", kind="joint_matter", partner_id="P1")],
        standards=[
            standard(1, COUNTY, "2022-01-01", standard="property_projects_per_year"),
            standard(2, COUNTY, "2022-01-01", standard="social_orgs_per_community"),
        ],
    )


def test_estates_by_management_and_committee(estates):
    assert values(estates, "estates", ("management", "committee")) == {
        ("company", "owners_committee"): 1,
        ("old_with_new", "none"): 1,
        ("self", "none"): 1,
        ("none", "none"): 1,
        **dict.fromkeys(
            [
                ("company", "none"),
                ("none", "owners_committee"),
                ("old_with_new", "owners_committee"),
                ("self", "owners_committee"),
            ],
            0,
        ),
    }
    assert value(estates, "estates", "2024-02") == 5


def test_estates_with_an_open_branch(estates):
    # E1 and E4 by B1; B2 closed on 1 March.
    assert value(estates, "estates_covered_share") == 50 and value(estates, "estates_without_branch") == 2
    assert value(estates, "estates_covered_share", "2024-02") == 60
    assert values(estates, "estates_covered_share", "community")[WEST] == 100
    assert values(estates, "estates_covered_share", "community")[SOUTH] is None


def test_estates_out_of_reach_have_no_branch_or_no_steward(estates):
    rows = query("estates_out_of_reach", scope(estates))
    assert rows.select("estate_id", "has_branch", "stewards", "building_leaders").rows() == [
        ("E2", False, 0, 0),
        ("E3", False, 1, 2),
        ("E4", True, 0, 0),
    ]
    # In February E4's steward was in office, E2's branch open and E5 not yet closed.
    before = query("estates_out_of_reach", scope(estates, "2024-02"))
    assert before["estate_id"].to_list() == ["E3", "E5", "E2"]


def test_list_of_estates_with_a_filter(estates):
    rows = query("estates_at_month_end", scope(estates))
    assert rows["estate_id"].to_list() == ["E4", "E1", "E2", "E3"]
    assert rows["company_name"].to_list() == [None, "合伙人P1", "合伙人P1", None]
    only = query("estates_at_month_end", scope(estates, management="old_with_new", committee="none"))
    assert only["estate_id"].to_list() == ["E2"]


def test_property_companies_against_the_projects_of_a_year(estates):
    rows = query("property_companies_at_month_end", scope(estates))
    # P1's party day of April 2023 and joint matter; P2's party day was 13 months ago; P3's county has no such standard.
    assert rows.select("partner_id", "projects", "projects_standard", "meets_standard", "estates").rows() == [
        ("P2", 0, 1, False, None),
        ("P3", 0, None, None, None),
        ("P1", 2, 1, True, 2),
    ]
    assert value(estates, "property_companies_with_projects") == 50
    by_county = values(estates, "property_companies_with_projects", "county")
    assert by_county == {COUNTY: 50, OTHER_COUNTY: None}
    assert values(estates, "property_companies_with_projects", "county", measure="standard")[OTHER_COUNTY] is None
    # In February 2024 P2's party day of March 2023 was within 12 months; P4 had not left yet and had none.
    assert value(estates, "property_companies_with_projects", "2024-02") == pytest.approx(200 / 3)


def test_campaigns_by_title(estates):
    rows = query("property_campaigns", scope(estates, "2024"))
    assert rows.select("title", "times", "participants", "communities").rows() == [
        ("乙行动", 1, None, 1),
        ("甲行动", 2, 15, 2),
    ]
    assert query("property_campaigns", scope(estates, "2024-01"))["times"].to_list() == [1]


def test_party_organisations_by_kind_with_focal_households_beside_them(estates):
    kinds = values(estates, "party_organisations", "kind")
    assert kinds == {
        "branch": 1,
        "building_group": 1,
        "community_committee": 1,
        "county_committee": 1,
        "industry_committee": 1,
        "street_committee": 2,
        "focal_household": 2,
    }
    assert value(estates, "party_organisations") == 9


def test_people_in_posts_are_counted_once_and_once_in_each_role(estates):
    assert value(estates, "post_holders") == 4
    assert values(estates, "post_holders", "role") == {
        "focal_household": 2,
        "steward": 1,
        "building_leader": 1,
        "unit_leader": 1,
    }


def test_list_of_branches(estates):
    rows = query("branches_at_month_end", scope(estates))
    assert rows.select("org_id", "building_groups", "estates", "households").rows() == [("B1", 1, 2, 400)]
    before = query("branches_at_month_end", scope(estates, "2024-02"))
    assert before.select("org_id", "building_groups", "estates").rows() == [("B2", 0, 1), ("B1", 2, 2)]


def test_tree_of_five_tiers(estates):
    levels = ("county", "street", "community")
    rows = query("organisation_tree", scope(estates, area_code=COUNTY), levels=levels)
    columns = ("id", "parent", "tier", "count", "branches", "building_groups", "focal_households")
    # VILLAGE is rural and has no organisation; WEST has none either, but is urban: it belongs on the tree.
    assert rows.select(columns).rows() == [
        (COUNTY, None, "county", 2, 1, 1, 2),
        (STREET, COUNTY, "street", 2, 1, 1, 2),
        (EAST, STREET, "community", 1, 1, 1, 2),
        (WEST, STREET, "community", 1, 0, 0, 0),
        (f"{EAST}:branch", EAST, "branch", 1, 1, 1, 2),
        (f"{EAST}:focal_household", f"{EAST}:branch", "focal_household", 1, 1, 1, 2),
    ]
    # Below the county level the county is no part of the tree; above it the streets are the lowest nodes.
    assert query("organisation_tree", scope(estates, area_code=STREET), levels=levels[1:])["id"][0] == STREET
    above = query("organisation_tree", scope(estates), levels=levels[:2])
    assert above.filter(above["tier"] == "street").select("id", "count", "branches").rows() == [
        (STREET, 1, 1),
        (OTHER_STREET, 1, 0),
    ]
    assert query("organisation_tree", scope(estates, "2030"), levels=levels).is_empty()


def test_communities_short_of_social_organisations(estates):
    # EAST 2, WEST 1 against their county's 2; SOUTH's county sets none; VILLAGE is rural.
    assert value(estates, "communities_short_of_social_orgs") == 1
    assert values(estates, "communities_short_of_social_orgs", "community") == {
        EAST: 0,
        WEST: 1,
        VILLAGE: None,
        SOUTH: None,
    }
    rows = query("social_orgs_by_community", scope(estates))
    assert rows.select("community", "social_orgs", "missing", "meets_standard", "members").rows() == [
        (SOUTH, 0, None, None, None),
        (WEST, 1, 1, False, 0),
        (EAST, 2, 0, True, 15),
    ]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes two centres, a station without coordinates, a pavilion that opens later and one that closed."""
    return build_version(
        tmp_path_factory.mktemp("places"),
        "2024-03-15",
        population=COUNTS,
        places=[
            place("C1", "service_centre", lon=107.6, lat=35.7, area_m2=500, inspected_on="2024-03-16"),
            place("C2", "service_centre", WEST, lon=107.7, lat=35.8, inspected_on="2024-02-01"),
            place("T1", "service_station", area_m2=40),
            place("V1", "pavilion", opened_on="2024-03-16"),
            place("V2", "pavilion", SOUTH, closed_on="2024-03-01"),
        ],
    )


def test_places_by_kind_open_at_the_periods_end(places):
    assert values(places, "places", "kind") == {"service_centre": 2, "service_station": 1}
    assert values(places, "places", "kind", "2024-02") == {"service_centre": 2, "service_station": 1, "pavilion": 1}


def test_places_on_the_map_are_the_requested_kinds_with_or_without_coordinates(places):
    def on_map(*kinds: str, period: str = "all", area: str | None = None) -> list[tuple]:
        rows = query("places_on_map", scope(places, period, area), kinds=kinds)
        return rows.select("place_id", "lon", "community").rows()

    assert on_map("service_centre", "service_station") == [("C1", 107.6, EAST), ("C2", 107.7, WEST), ("T1", None, EAST)]
    assert on_map("pavilion") == [] and on_map("pavilion", period="2024-02") == [("V2", None, SOUTH)]
    assert on_map() == [] and on_map("service_centre", area=WEST) == [("C2", 107.7, WEST)]


def test_list_of_places_shows_only_past_inspections(places):
    rows = query("places_at_month_end", scope(places))
    # C1's inspection is planned for the day after the data date.
    assert rows.select("place_id", "inspected_on").rows() == [("C1", None), ("C2", month("2024-02")), ("T1", None)]
    assert query("places_at_month_end", scope(places, kind="service_station"))["place_id"].to_list() == ["T1"]


def test_an_empty_file_reports_that_there_are_none(tmp_path):
    source = write(tmp_path / "source", "庆阳市", areas=AREAS, population=COUNTS)
    write_empty(source, "庆阳市", "estates", "estate_id,community_code,estate_name")
    write_empty(source, "庆阳市", "places", "place_id,place_name,kind,community_code")
    version = publish(source, tmp_path / "warehouse", "2024-03-15")[1]
    assert value(version, "estates") == 0 and value(version, "estates_without_branch") == 0
    assert value(version, "estates_covered_share") is None
    assert value(version, "places") == 0
