"""Workers by who they are: each metric and query on worlds small enough to count by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from sql import query
from sql.warehouse import Version
from tests.helpers.warehouse.world import (
    CITY,
    COUNTY,
    EAST,
    OTHER_COUNTY,
    PROVINCE,
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
    worker,
    workers,
    write,
)

# A count at the end of 2023, with which the calendar begins.
CALENDAR = [population(EAST, "2023-12-31", 1000)]


def band(
    post: str, lowest: float | None, highest: float | None, area_code: str | None, since: str = "2020-01-01"
) -> dict:
    """Returns a grade band of a post."""
    return standard(lowest, area_code, since, standard="grade_band", item=post, upper=highest)


def rows(version: Version, name: str, period: str = "all", area_code: str | None = None, **where: str) -> list[dict]:
    """Returns the rows of a query without parameters."""
    return query(name, scope(version, period, area_code, **where)).to_dicts()


# Birth dates for exact ages on 30 June 2024, the data date; the last turns 41 the day after.
AGES = {
    "2006-01-01": (18, "18-20"),
    "2004-06-30": (20, "18-20"),
    "2003-06-30": (21, "21-25"),
    "1999-06-30": (25, "21-25"),
    "1998-06-30": (26, "26-30"),
    "1989-01-01": (35, "31-35"),
    "1984-06-30": (40, "36-40"),
    "1983-07-01": (40, "36-40"),
    "1983-06-30": (41, "41-45"),
    "1974-06-30": (50, "46-50"),
    "1969-06-30": (55, "51-55"),
    "1964-06-30": (60, "56-60"),
    "1963-06-30": (61, "61+"),
    "1955-06-30": (69, "61+"),
}


@pytest.fixture(scope="module")
def ages(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes one person of each birth date, men and women alternating, the oldest a secretary of five."""
    people = [
        worker(f"A{number}", EAST, birth_date=born, hire_date="2024-02-01", gender=("male", "female")[number % 2])
        for number, born in enumerate(AGES)
    ]
    secretaries = [
        worker(f"S{age}", WEST, birth_date=f"{2024 - age}-01-01", post="secretary") for age in (30, 35, 40, 45)
    ]
    return build_version(
        tmp_path_factory.mktemp("ages"),
        "2024-06-30",
        population=[population(EAST, "2024-01-31", 1000)],
        workers=[*people, *secretaries, worker("S", SOUTH, birth_date="1964-01-01", post="secretary")],
    )


def test_five_year_age_groups_are_cut_at_40(ages):
    expected: dict[str, int] = {}
    for _age, group in AGES.values():
        expected[group] = expected.get(group, 0) + 1
    found = values(ages, "workers", "age_group", "2024-06", EAST)
    assert found == expected
    # The age groups up to 40 together equal the share of the young.
    young = sum(count for group, count in found.items() if group <= "36-40")
    assert young == 8
    assert value(ages, "workers_40_or_under_share", "2024-06", EAST) == pytest.approx(100 * 8 / 14)


def test_ages_by_gender_add_up_to_the_ages(ages):
    both = values(ages, "workers", ("age_group", "gender"), "2024-06", EAST)
    assert both["36-40", "male"] + both["36-40", "female"] == 2
    assert sum(both.values()) == 14


def test_average_age_of_workers(ages):
    assert value(ages, "worker_average_age", "2024-06", EAST) == pytest.approx(
        sum(age for age, _ in AGES.values()) / 14
    )


def test_an_average_of_fewer_than_five_is_hidden(ages):
    # Four secretaries in WEST, five in the city.
    assert value(ages, "secretaries", "2024-06", WEST) == 4
    assert value(ages, "secretary_average_age", "2024-06", COUNTY) is None
    assert value(ages, "secretary_average_age", "2024-06", CITY) == pytest.approx((30 + 35 + 40 + 45 + 60) / 5)
    assert value(ages, "worker_average_age", "2024-06", SOUTH) is None


def test_secretaries_are_counted_where_they_are(ages):
    assert values(ages, "secretaries", "community", "2024-06") == {EAST: 0, WEST: 4, VILLAGE: 0, SOUTH: 1}


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes eight in EAST, of whom two have no political status on record; five in SOUTH, of whom nobody has one."""
    statuses = ["party_member", "party_member", "probationary", "league_member", "other", "other", None, None]
    return build_version(
        tmp_path_factory.mktemp("members"),
        "2024-03-31",
        workers=[worker(f"E{number}", EAST, political_status=status) for number, status in enumerate(statuses)]
        + workers(5, SOUTH),
    )


def test_party_members_and_probationary_ones_of_those_with_a_status(members):
    assert value(members, "party_member_share", "2024-03", EAST) == 50
    assert values(members, "party_member_share", "community", "2024-03", measure="denominator")[EAST] == 6
    assert value(members, "party_member_share", "2024-03", SOUTH) is None
    assert value(members, "party_member_share", "2024-03", CITY) == 50


@pytest.fixture(scope="module")
def insured(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes ten in EAST, six in WEST of whom nobody has the fund on record, five in SOUTH whose roster has none of
    the columns.
    """
    east = [
        # Eight with pension, six of them with medical as well, four of them with all three; one without the fund on
        # record.
        {"has_pension": number < 8, "has_medical": number < 6, "has_housing_fund": None if number == 9 else number < 4}
        for number in range(10)
    ]
    return build_version(
        tmp_path_factory.mktemp("insured"),
        "2024-03-31",
        workers=[worker(f"E{number}", EAST, **cells) for number, cells in enumerate(east)]
        + workers(6, WEST, has_pension=True, has_medical=True)
        + workers(5, SOUTH),
    )


def test_insurance_and_fund_of_those_with_a_record(insured):
    names = ("pension_share", "medical_share", "housing_fund_share", "fully_insured_share")
    assert [value(insured, name, "2024-03", EAST) for name in names] == pytest.approx([80, 60, 400 / 9, 400 / 9])
    # WEST: both insurances for all, the fund on record for nobody.
    assert [value(insured, name, "2024-03", WEST) for name in names] == [100, 100, None, None]
    assert [value(insured, name, "2024-03", SOUTH) for name in names] == [None] * 4
    assert [value(insured, name, "2024-03", COUNTY) for name in names] == pytest.approx([87.5, 75, 400 / 9, 400 / 9])


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes two districts: one whose roster has line, estate and project, one without a column of estates."""
    folder = tmp_path_factory.mktemp("described")
    posts = [
        ("党建", "X1", "银龄互助"),
        ("党建", "X1", None),
        ("民政", None, "银龄互助"),
        (None, "X1", None),
        (None, None, None),
    ]
    areas = [
        {"area_code": code, "name": code, "level": level, "parent_code": parent}
        for code, level, parent in (
            (PROVINCE, "province", None),
            (CITY, "city", PROVINCE),
            (COUNTY, "county", CITY),
            (STREET, "street", COUNTY),
            (EAST, "community", STREET),
            (WEST, "community", STREET),
        )
    ]
    others = [
        {"area_code": code, "name": code, "level": level, "parent_code": parent}
        for code, level, parent in (
            ("37", "province", None),
            ("370700", "city", "37"),
            ("370785", "county", "370700"),
            ("370785003", "street", "370785"),
            ("370785003001", "community", "370785003"),
        )
    ]
    source = write(
        folder / "source",
        "庆阳市",
        areas=areas,
        estates=[
            {
                "estate_id": "X1",
                "community_code": EAST,
                "estate_name": "小区",
                "households": 100,
                "management": "company",
            }
        ],
        workers=[
            worker(f"E{number}", EAST, line_of_work=line, estate_id=estate, project=project)
            for number, (line, estate, project) in enumerate(posts)
        ]
        + workers(5, WEST),
    )
    write(
        source,
        "高密市",
        areas=others,
        workers=[*workers(4, "370785003001", line_of_work="党建", project="邻里食堂"), worker("last", "370785003001")],
    )
    report, version = publish(source, folder / "warehouse", "2024-03-31")
    assert report.rejects.is_empty(), report.rejects["reason_en"].to_list()
    return version


def test_posts_described_by_line_estate_and_project(described):
    names = ("with_line_of_work_share", "with_estate_share", "with_project_share", "posts_described_share")
    assert [value(described, name, "2024-03", EAST) for name in names] == [60, 60, 40, 20]
    # WEST is of the same district: its column is there, and empty.
    assert [value(described, name, "2024-03", WEST) for name in names] == [0, 0, 0, 0]
    assert [value(described, name, "2024-03", COUNTY) for name in names] == [30, 30, 20, 10]


def test_a_column_the_roster_lacks_is_empty_and_not_0(described):
    names = ("with_line_of_work_share", "with_estate_share", "with_project_share", "posts_described_share")
    assert [value(described, name, "2024-03", "370785") for name in names] == [80, None, 80, None]
    # All places: only those of the district that has the column are in the denominator.
    assert values(described, "with_estate_share", "county", "2024-03", measure="denominator") == {
        COUNTY: 10,
        "370785": 0,
    }
    assert value(described, "posts_described_share", "2024-03") == 10


def test_seats_reserves_and_certificates_are_empty_where_the_roster_lacks_them(described):
    for name in (
        "workers_with_public_seats",
        "reserves",
        "reserve_secretaries",
        "reserve_deputies",
        "reserve_members",
        "certified_share",
        "workers_outside_band",
    ):
        assert value(described, name, "2024-03", CITY) is None, name


@pytest.fixture(scope="module")
def reserves(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes reserves and seats in EAST; WEST's cells are empty, in a district that has the columns."""
    people = [
        worker("secretary", EAST, reserve_for="secretary", public_seat="party_congress", birth_date="1994-01-01"),
        *workers(
            5,
            EAST,
            reserve_for="deputy",
            certificate="assistant",
            education="bachelor",
            political_status="party_member",
        ),
        worker(
            "sixth", EAST, reserve_for="deputy", birth_date="1980-01-01", political_status="other", certificate="none"
        ),
        worker("left", EAST, reserve_for="member", public_seat="cppcc", leave_date="2024-02-10"),
        worker("no", EAST, reserve_for="none", public_seat="none"),
    ]
    return build_version(
        tmp_path_factory.mktemp("kept"), "2024-03-31", population=CALENDAR, workers=people + workers(2, WEST)
    )


def test_reserves_by_target_post(reserves):
    assert values(reserves, "reserves", "reserve_for", "2024-03") == {"secretary": 1, "deputy": 6, "none": 0}
    assert value(reserves, "reserves", "2024-03") == 7
    assert value(reserves, "reserves", "2024-01") == 8
    assert [value(reserves, f"reserve_{name}", "2024-03") for name in ("secretaries", "deputies", "members")] == [
        1,
        6,
        0,
    ]


def test_seats_by_kind(reserves):
    assert values(reserves, "workers_with_public_seats", "public_seat", "2024-03") == {"party_congress": 1, "none": 0}
    assert values(reserves, "workers_with_public_seats", "community", "2024-03") == {
        EAST: 1,
        WEST: 0,
        VILLAGE: 0,
        SOUTH: 0,
    }


def test_profile_of_the_reserves(reserves):
    # On 31 March 2024 the five are 34, the sixth 44. One reserve for secretary is too few to show anything.
    assert rows(reserves, "reserve_profile", "2024-03") == [
        {
            "reserve_for": "secretary",
            "people": 1,
            "average_age": None,
            "aged_35_or_under": None,
            "share_35_or_under": None,
            "bachelors": None,
            "bachelor_share": None,
            "certified": None,
            "certified_share": None,
            "party_members": None,
            "party_member_share": None,
        },
        {
            "reserve_for": "deputy",
            "people": 6,
            "average_age": pytest.approx(214 / 6),
            "aged_35_or_under": 5,
            "share_35_or_under": pytest.approx(500 / 6),
            "bachelors": 5,
            "bachelor_share": pytest.approx(500 / 6),
            "certified": 5,
            "certified_share": pytest.approx(500 / 6),
            "party_members": 5,
            "party_member_share": pytest.approx(500 / 6),
        },
    ]
    assert rows(reserves, "reserve_profile", "2024-03", WEST) == []
    assert rows(reserves, "reserve_profile", "2030") == []


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes bands of the city; 621021 has its own from March on. Six secretaries, six workers, a building worker
    without a band.
    """
    return build_version(
        tmp_path_factory.mktemp("graded"),
        "2024-03-31",
        population=CALENDAR,
        standards=[
            band("secretary", 7, 18, CITY),
            band("worker", 1, 12, CITY),
            band("secretary", 9, None, OTHER_COUNTY, "2024-03-01"),
        ],
        workers=[
            worker(f"S{grade}-{number}", EAST if number < 4 else SOUTH, post="secretary", grade=grade)
            for number, grade in enumerate((7, 18, 6, 10, 8, 9))
        ]
        + [worker(f"W{grade}", EAST, grade=grade) for grade in (1, 2, 12, 13)]
        + [worker("none", EAST), worker("none too", WEST)]
        + [worker("B", EAST, post="building_worker", grade=17)],
    )


def test_workers_by_post_and_grade(graded):
    found = values(graded, "workers", ("post", "grade"), "2024-03", EAST)
    assert {key: count for key, count in found.items() if count} == {
        ("secretary", "06"): 1,
        ("secretary", "07"): 1,
        ("secretary", "10"): 1,
        ("secretary", "18"): 1,
        ("worker", "01"): 1,
        ("worker", "02"): 1,
        ("worker", "12"): 1,
        ("worker", "13"): 1,
        ("worker", None): 1,
        ("building_worker", "17"): 1,
    }


def test_grades_outside_the_band_in_force(graded):
    # EAST: a secretary at 6, a worker at 13; the building worker has no band. SOUTH: 8, once its own band begins at 9.
    assert values(graded, "workers_outside_band", "month", "2024-02..2024-03", EAST) == {
        month("2024-02"): 2,
        month("2024-03"): 2,
    }
    assert values(graded, "workers_outside_band", "month", "2024-02..2024-03", SOUTH) == {
        month("2024-02"): 0,
        month("2024-03"): 1,
    }
    assert value(graded, "workers_outside_band", "2024-03", CITY) == 3
    # Nobody in WEST has a grade: nothing is shown, as for a post without a band.
    assert value(graded, "workers_outside_band", "2024-03", WEST) is None
    assert value(graded, "workers_outside_band", "2024-03", EAST, post="building_worker") is None


def test_share_with_a_grade(graded):
    assert value(graded, "graded_share", "2024-03", CITY) == pytest.approx(100 * 11 / 13)
    assert value(graded, "graded_share", "2024-03", WEST) is None
    assert values(graded, "graded_share", "community", "2024-03", measure="denominator")[WEST] == 1


def test_grades_of_each_post_beside_its_band(graded):
    assert rows(graded, "grades_by_post", "2024-03") == [
        {
            "post": "secretary",
            "workers": 6,
            "graded": 6,
            "band_lowest": 7,
            "band_highest": 18,
            "median_grade": 8.5,
            "lowest_grade": 6,
            "highest_grade": 18,
            "below_band": 2,
            "above_band": 0,
        },
        # Four graded workers are too few to show their grades.
        {
            "post": "worker",
            "workers": 6,
            "graded": 4,
            "band_lowest": 1,
            "band_highest": 12,
            "median_grade": None,
            "lowest_grade": None,
            "highest_grade": None,
            "below_band": None,
            "above_band": None,
        },
        {
            "post": "building_worker",
            "workers": 1,
            "graded": 1,
            "band_lowest": None,
            "band_highest": None,
            "median_grade": None,
            "lowest_grade": None,
            "highest_grade": None,
            "below_band": None,
            "above_band": None,
        },
    ]
    assert [row["post"] for row in rows(graded, "grades_by_post", "2024-03", WEST)] == ["worker"]
    assert rows(graded, "grades_by_post", "2030") == []


def test_the_check_of_grades_counts_the_same(graded):
    failing = dict(graded.checks.select("name", "failing_rows").iter_rows())
    assert failing["grades_outside_their_band"] == 3


# A reason as a roster has it, and its group.
REASONS = {
    "考录公务员（事业编）": "civil_service",
    "考取事业编制": "civil_service",
    "因个人原因考录公务员": "civil_service",
    "退休": "retirement",
    "达到法定退休年龄": "retirement",
    "解聘": "dismissal",
    "考核不合格解聘": "dismissal",
    "换届离任": "term_end",
    "合同届满": "term_end",
    "提拔使用": "promotion",
    "调离": "transfer",
    "工作调动": "transfer",
    "辞职": "resignation",
    "个人原因": "resignation",
    "病故": "other",
    "": None,
}


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes one leaver for every reason in January 2024, one more in 2023, one leaving after the data date; three
    hired.
    """
    leavers = [
        worker(f"L{number}", EAST, leave_date="2024-01-15", leave_reason=reason)
        for number, reason in enumerate(REASONS)
    ]
    return build_version(
        tmp_path_factory.mktemp("moved"),
        "2024-03-31",
        population=CALENDAR,
        workers=[
            *leavers,
            worker("earlier", SOUTH, leave_date="2023-11-30", leave_reason="辞职"),
            worker("later", SOUTH, leave_date="2024-04-01", leave_reason="退休"),
            *[worker(f"J{day}", WEST, f"2024-02-0{day}") for day in (1, 2, 3)],
        ],
    )


def test_reasons_for_leaving_are_grouped_by_their_words(moved):
    expected: dict[str | None, int] = {}
    for group in REASONS.values():
        expected[group] = expected.get(group, 0) + 1
    assert values(moved, "worker_leavers", "leave_reason", "2024") == expected
    assert values(moved, "worker_leavers", "leave_reason", "2023-11") == {"resignation": 1}


def test_a_hire_has_no_reason_for_leaving(moved):
    assert value(moved, "worker_joiners", "2020", leave_reason="resignation") == 0
    assert value(moved, "worker_joiners", "2020") == 18


def test_net_change_is_joiners_less_leavers(moved):
    assert values(moved, "worker_net_change", "month", "2024-01..2024-03") == {
        month("2024-01"): -16,
        month("2024-02"): 3,
        month("2024-03"): 0,
    }
    assert values(moved, "worker_net_change", "county", "2024") == {COUNTY: -13, OTHER_COUNTY: 0}
    assert value(moved, "worker_net_change", "2030") is None


def test_turnover_is_leavers_by_the_average_on_post(moved):
    # On post: 17 and one later leaver at the end of December, 1 at January's, 4 in February and March.
    december = rows(moved, "worker_turnover", "2023-12")[0]
    assert (december["joiners"], december["leavers"], december["average_on_post"]) == (0, 0, 17)
    found = rows(moved, "worker_turnover", "2024-01..2024-03")[0]
    assert (found["joiners"], found["leavers"], found["months"]) == (3, 16, 3)
    assert found["average_on_post"] == pytest.approx(9 / 3)
    assert found["turnover_percent"] == pytest.approx(100 * 16 / 3)
    assert rows(moved, "worker_turnover", "2030")[0]["turnover_percent"] is None


def test_communities_without_a_secretary(ages):
    # EAST has workers and no secretary; VILLAGE has nobody; WEST and SOUTH have theirs.
    found = rows(ages, "communities_without_secretary", "2024-06")
    assert [(row["community"], row["workers"]) for row in found] == [(EAST, 14), (VILLAGE, 0)]
    assert found[1]["is_urban"] is False
    assert rows(ages, "communities_without_secretary", "2024-06", OTHER_COUNTY) == []


def test_no_community_lacks_a_secretary_before_its_roster_is_sent(tmp_path: Path):
    version = build_version(tmp_path, "2024-03-31", population=[population(EAST, "2024-01-31", 1000)])
    assert rows(version, "communities_without_secretary", "2024-03") == []
    assert value(version, "secretaries", "2024-03") is None
    assert value(version, "worker_net_change", "2024") is None
