"""Tests that what each metric is held against follows from rows of the standards table and from nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from sql import metric, query
from sql.files.columns import TARGETS
from sql.semantic.catalog import catalog
from sql.semantic.readings import find_shortfalls, read_metric
from sql.warehouse import Version
from tests.helpers.warehouse.world import (
    CITY,
    COUNTY,
    EAST,
    OTHER_COUNTY,
    SOUTH,
    STREET,
    WEST,
    Row,
    build_version,
    duty,
    grid,
    month,
    population,
    scope,
    standard,
    value,
    values,
    worker,
)

# Every metric that can be judged, with the standard that it follows from and its targets where that standard is 90.
JUDGED = {
    "staffing_ratio": ("staffing_ratio", 90),
    "staffing_gap": ("staffing_ratio", 0),
    "facility_area_per_100_households": ("facility_area", 90),
    "social_orgs_per_community": ("social_orgs_per_community", 90),
    "communities_short_of_social_orgs": ("social_orgs_per_community", 0),
    "training_coverage": ("training_coverage", 90),
    # 11 grids, estates and zones: 90 % of them leave one without; 95 % would leave none.
    "grids_led_share": ("grids_led_share", 90),
    "grids_without_leader": ("grids_led_share", 1),
    "estates_covered_share": ("estates_covered_share", 90),
    "estates_without_branch": ("estates_covered_share", 1),
    "shop_zones_without_heads": ("zones_with_heads", 1),
    "shop_zones_without_volunteers": ("zones_with_volunteers", 1),
    "property_party_coverage": ("property_party_coverage", 90),
    "property_companies_with_projects": ("property_projects_per_year", 100),
}
NAMES = sorted({name for name, _ in JUDGED.values()})
COUNTED = range(11)


def everything(year: int, communities: tuple[str, ...] = (EAST, SOUTH)) -> dict[str, list[Row]]:
    """Returns rows in which every metric that can be judged has a value, in each of the communities."""
    begun, both = f"{year}-01-01", [(code, number) for code in communities for number in COUNTED]
    return {
        "population": [population(code, begun, 1000) for code in communities],
        "workers": [worker(f"W{code}", code, begun) for code in communities],
        "grids": [grid(f"G{code}{number}", code) for code, number in both],
        "grid_duties": [duty(f"W{code}", f"G{code}0", "leader", begun) for code in communities],
        "party_orgs": [
            {"org_id": f"B{code}", "kind": "branch", "org_name": "支部", "area_code": code} for code in communities
        ],
        "estates": [
            {
                "estate_id": f"E{code}{number}",
                "community_code": code,
                "estate_name": f"小区{number}",
                "branch_id": None if number else f"B{code}",
            }
            for code, number in both
        ],
        "shop_zones": [
            {"zone_id": f"Z{code}{number}", "community_code": code, "zone_name": f"片区{number}"}
            for code, number in both
        ],
        "partner_posts": [
            {
                "post_id": f"{role}{code}",
                "holder_id": f"H{code}",
                "role": role,
                "community_code": code,
                "zone_id": f"Z{code}0",
                "since": begun,
            }
            for code in communities
            for role in ("zone_head", "shop_volunteer")
        ],
        "partners": [
            {
                "partner_id": f"P{code}{kind}",
                "name": f"合伙人{code}{kind}",
                "sector": sector,
                "kind": kind,
                "area_code": code,
                "joined_on": begun,
            }
            for code in communities
            for kind, sector in (("property_company", "market"), ("social_org", "society"))
        ],
        "places": [
            {
                "place_id": f"V{code}",
                "place_name": "中心",
                "community_code": code,
                "kind": "service_centre",
                "area_m2": 90,
            }
            for code in communities
        ],
        "activities": [
            {
                "activity_id": f"A{code}",
                "kind": "joint_party_day",
                "area_code": code,
                "started_at": f"{year}-02-01 09:00",
                "partner_id": f"P{code}property_company",
            }
            for code in communities
        ],
        "training_sessions": [
            {
                "session_id": "T1",
                "title": "培训",
                "organiser_level": "city",
                "area_code": CITY,
                "programme": "skills_class",
                "started_on": f"{year}-02-01",
            }
        ],
        "training_attendance": [
            {"session_id": "T1", "attendee_id": f"W{code}", "is_completed": "是"} for code in communities
        ],
    }


def targets(version: Version, name: str, period: str, area_code: str | None = CITY) -> tuple[float | None, ...]:
    """Returns what a metric is held against: standard, recommended value, the whole year's standard."""
    return metric(name, version).rows(scope(version, period, area_code)).select(TARGETS).row(0)


def own(level: float | None, area_code: str | None, since: str, name: str, **cells: object) -> Row:
    """Returns a standard of that name."""
    return standard(level, area_code, since, standard=name, **cells)


@pytest.fixture(scope="module")
def unruled(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Builds a year before any row of the standards table is in force: the national ones begin in 2021."""
    return build_version(tmp_path_factory.mktemp("unruled"), "2020-06-30", **everything(2020))


def test_where_no_standard_is_in_force_nothing_is_held_against_anything(unruled):
    for name in catalog.names("metrics"):
        listed = metric(name, unruled)
        levels = [level for level in ("city", "county", "community") if level in listed.dimensions]
        for by in ((), *((level,) for level in levels)):
            rows = listed.rows(scope(unruled, "2020", CITY), by)
            assert rows.select(TARGETS).null_count().row(0) == (rows.height,) * len(TARGETS), (name, by)


def test_the_same_place_has_a_number_for_each_that_could_be_judged(unruled):
    # A gap and a share of those with a duty are numbers only where there is one to be short of.
    follow = {"staffing_gap", "communities_short_of_social_orgs", "property_companies_with_projects"}
    assert {name for name in JUDGED if value(unruled, name, "2020", CITY) is None} == follow
    judged = {name for name in catalog.names("metrics") if " as standard" in metric(name, unruled).file.text}
    assert judged == set(JUDGED)


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Builds two counties with the same rows; from 2020 the first holds itself to 90 on everything, and to one joint
    project a year."""
    standards = [own(1 if name == "property_projects_per_year" else 90, COUNTY, "2020-01-01", name) for name in NAMES]
    return build_version(tmp_path_factory.mktemp("ruled"), "2020-06-30", **everything(2020), standards=standards)


@pytest.mark.parametrize("name", JUDGED)
def test_each_follows_from_its_standard_where_that_is_in_force(ruled, name):
    assert targets(ruled, name, "2020", COUNTY) == (JUDGED[name][1], None, None)
    assert targets(ruled, name, "2020", OTHER_COUNTY) == (None, None, None)
    assert targets(ruled, name, "2020", EAST)[0] == targets(ruled, name, "2020", COUNTY)[0]


# Their number covers only those to whom a standard applies, so the whole is judged by it.
OF_THOSE_IT_APPLIES_TO = {
    "staffing_gap": 0,
    "communities_short_of_social_orgs": 0,
    "property_companies_with_projects": 100,
}


@pytest.mark.parametrize("name", JUDGED)
def test_an_area_is_judged_only_where_the_whole_of_it_has_the_standard(ruled, name):
    assert targets(ruled, name, "2020", CITY) == (OF_THOSE_IT_APPLIES_TO.get(name), None, None)


def test_a_gap_is_that_of_the_communities_with_a_standard(ruled):
    # EAST needs 90 for its 1,000 at 900 a thousand: 9 for 1,000 residents, and has 1. SOUTH has no standard.
    assert values(ruled, "staffing_gap", "county", "2020") == {COUNTY: 8, OTHER_COUNTY: None}
    assert value(ruled, "staffing_gap", "2020", CITY) == 8


def test_shortfalls_are_only_those_with_a_clause(ruled):
    names = ["staffing_ratio", "grids_led_share", "estates_covered_share", "training_coverage"]
    found = find_shortfalls(scope(ruled, "2020", CITY), [metric(name, ruled) for name in names])
    # 1 of 11 each, and 10 workers for every 10,000; everybody is trained.
    assert sorted(found.select("metric", "area_code", "standard").rows()) == [
        ("estates_covered_share", COUNTY, 90),
        ("grids_led_share", COUNTY, 90),
        ("staffing_ratio", COUNTY, 90),
    ]


def test_communities_with_different_standards_have_none_together(tmp_path):
    version = build_version(
        tmp_path,
        "2020-06-30",
        **everything(2020, (EAST, WEST)),
        standards=[
            own(1, COUNTY, "2020-01-01", "social_orgs_per_community"),
            own(2, WEST, "2020-03-15", "social_orgs_per_community"),
        ],
    )
    # 1 in each: enough for EAST, not for WEST from March.
    assert values(version, "social_orgs_per_community", "month", "2020", STREET, "standard") == {
        month(f"2020-0{number}"): 1 if number < 3 else None for number in range(1, 7)
    }
    assert value(version, "communities_short_of_social_orgs", "2020", STREET) == 1


@pytest.fixture(scope="module")
def advised(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Builds a city that recommends 20 of everything; its first county demands 30 of staffing and of facilities, the
    second recommends 40 of them and demands 35 of facilities. Nationally 18 and 30 are required from 2021."""
    names = ("staffing_ratio", "facility_area", "social_orgs_per_community", "grids_led_share", "training_coverage")
    rows = everything(2021)
    return build_version(
        tmp_path_factory.mktemp("advised"),
        "2021-06-30",
        **rows,
        standards=[
            *(own(20, CITY, "2021-01-01", name, obligation="推荐性") for name in names),
            *(own(30, COUNTY, "2021-01-01", name, obligation="required") for name in names[:2]),
            *(own(40, OTHER_COUNTY, "2021-01-01", name, obligation="recommended") for name in names[:2]),
            own(35, OTHER_COUNTY, "2021-01-01", "facility_area"),
        ],
    )


def test_a_recommended_value_stands_beside_the_standard_and_judges_nothing(advised):
    at = scope(advised, "2021", OTHER_COUNTY)
    # The national 18 is required; the county's 40 is recommended and nearer than the city's 20.
    staffing = read_metric(metric("staffing_ratio", advised), at)
    assert (staffing.standard, staffing.recommended, staffing.status) == (18, 40, "below")
    assert value(advised, "staffing_gap", "2021", OTHER_COUNTY) == 1
    # 20 grids in a hundred are recommended, 1 of 11 is led.
    led = read_metric(metric("grids_led_share", advised), at)
    assert (led.value, led.standard, led.recommended, led.status) == (pytest.approx(100 / 11), None, 20, "none")
    organisations = read_metric(metric("social_orgs_per_community", advised), at)
    assert (organisations.value, organisations.standard, organisations.recommended) == (1, None, 20)
    assert organisations.status == "none"
    assert read_metric(metric("communities_short_of_social_orgs", advised), at).value is None
    assert targets(advised, "training_coverage", "2021", OTHER_COUNTY) == (None, 20, None)


def test_a_recommended_value_gives_way_to_a_required_one_of_a_nearer_area(advised):
    assert targets(advised, "staffing_ratio", "2021", COUNTY) == (30, None, None)
    assert targets(advised, "facility_area_per_100_households", "2021", COUNTY) == (30, None, None)
    # This county has said both itself.
    assert targets(advised, "facility_area_per_100_households", "2021", OTHER_COUNTY) == (35, 40, None)


def test_recommended_values_are_no_shortfall(advised):
    names = ["grids_led_share", "social_orgs_per_community", "training_coverage"]
    assert find_shortfalls(scope(advised, "2021", CITY), [metric(name, advised) for name in names]).is_empty()


def test_each_standard_is_listed_with_its_document_area_and_date(advised):
    rows = query("standards_in_force", scope(advised), standard="staffing_ratio", area=CITY, month=month("2021-06"))
    assert rows.select("obligation", "value", "set_by", "communities").rows() == [
        ("required", 30, f"区划{COUNTY}", 3),
        ("required", 18, None, 1),
        ("recommended", 40, f"区划{OTHER_COUNTY}", 1),
    ]
    assert {str(since) for since in rows["since"]} == {"2021-01-01"}
    assert rows["basis"].to_list()[::2] == ["测试", "测试"] and "国办发" in rows["basis"][1]


def yearly(folder: Path, as_of: str, *rows: Row) -> Version:
    """Builds a world with a yearly target of training coverage."""
    return build_version(folder, as_of, **everything(2021, (EAST,)), standards=rows)


def paced(level: float | None, since: str = "2021-01-01", **cells: object) -> Row:
    return own(level, CITY, since, "training_coverage", **cells)


@pytest.fixture(scope="module")
def even(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Builds a world that is to train 90 of a hundred every year, at an even pace."""
    return yearly(tmp_path_factory.mktemp("even"), "2022-06-30", paced(90, pace="匀速"))


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2022", 45),
        ("2022-03", 7.5),
        ("2022Q2", 22.5),
        ("2021Q1", 22.5),
        ("2021", 90),
        ("2021-10..2022-03", 45),
        ("2021-07..2022-06", 90),
        ("2021-06..2022-06", 90),
        ("all", 90),
    ],
)
def test_a_period_is_held_to_its_part_of_the_year(even, period, expected):
    assert targets(even, "training_coverage", period) == (pytest.approx(expected), None, 90)


def test_every_month_is_held_to_a_twelfth(even):
    by_month = values(even, "training_coverage", "month", "2021", measure="standard")
    assert by_month == {month(f"2021-{number:02}"): pytest.approx(7.5) for number in range(1, 13)}
    assert values(even, "training_coverage", "year", "2021-07..2022-06", measure="standard") == {2021: 45, 2022: 45}


STEPS = {"pace:03": 10, "pace:06": 70, "pace:09": 80}


@pytest.fixture(scope="module")
def stepped(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Builds a world that sets what is to be reached by March, June and September, and from 2022 less by March."""
    return yearly(
        tmp_path_factory.mktemp("stepped"),
        "2022-06-10",
        paced(90, pace="steps"),
        *(paced(reached, item=item) for item, reached in STEPS.items()),
        paced(5, "2022-01-01", item="pace:03"),
    )


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2021Q1", 10),
        ("2021-01..2021-02", 0),
        ("2021-01..2021-05", 10),
        ("2021-01..2021-06", 70),
        ("2021Q2", 60),
        ("2021-01..2021-11", 80),
        ("2021", 90),
        ("2022-01..2022-03", 5),
        # From October to December 90 − 80, then 5.
        ("2021-10..2022-03", 15),
        # June 2022 is not over on the 10th.
        ("2022", 5),
        ("2022-06", 0),
    ],
)
def test_steps_say_what_is_to_be_reached_by_the_end_of_a_month(stepped, period, expected):
    assert targets(stepped, "training_coverage", period) == (expected, None, 90)


def test_a_yearly_target_is_judged_by_the_pace(even, stepped):
    # Nobody was trained in 2022.
    reading = read_metric(metric("training_coverage", even), scope(even, "2022", CITY))
    assert (reading.value, reading.standard, reading.year_standard, reading.status) == (0, 45, 90, "below")
    # In February 2021 the one worker was, and nothing was to be reached yet.
    reading = read_metric(metric("training_coverage", stepped), scope(stepped, "2021-02", CITY))
    assert (reading.value, reading.standard, reading.status) == (100, 0, "on_target")


def test_the_steps_of_a_pace_are_no_list(stepped):
    items = query(
        "standard_items", scope(stepped), standard="training_coverage", group=None, area=CITY, month=month("2022-06")
    )
    assert items.is_empty()


def test_a_recommended_yearly_value_is_paced_too(tmp_path):
    version = yearly(tmp_path, "2021-06-30", paced(80, obligation="推荐性", pace="even"))
    assert targets(version, "training_coverage", "2021") == (None, 40, None)


@pytest.mark.parametrize("cells", [{"pace": "even"}, {}])
def test_a_target_without_a_number_is_none(tmp_path, cells):
    version = yearly(tmp_path, "2021-06-30", paced(None, **cells))
    assert targets(version, "training_coverage", "2021") == (None, None, None)
