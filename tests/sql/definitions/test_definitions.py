"""The definitions, each on a world small enough to work out by hand."""

from __future__ import annotations

import pytest

from sql import metric, query
from sql.semantic.scope import areas
from sql.warehouse import Version
from tests.helpers.warehouse.world import (
    AREAS,
    CITY,
    COUNTY,
    EAST,
    OTHER_COUNTY,
    PROVINCE,
    SOUTH,
    STREET,
    VILLAGE,
    WEST,
    area,
    build_version,
    duty,
    grid,
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
    write_empty,
)

# A person, the cells of their roster row, and the months (of 2023-12 to 2024-03, seen up to 15 March) in which they are
# on post.
ON_POST = {
    "hired on the leap day": ({"hire_date": "2024-02-29"}, ["2024-02", "2024-03"]),
    "hired the day after the leap day": ({"hire_date": "2024-03-01"}, ["2024-03"]),
    "hired on the last day of a month": ({"hire_date": "2024-01-31"}, ["2024-01", "2024-02", "2024-03"]),
    "left on the last day of a month": ({"leave_date": "2024-01-31"}, ["2023-12"]),
    "left on the leap day": ({"leave_date": "2024-02-29"}, ["2023-12", "2024-01"]),
    "left the day after a month's end": ({"leave_date": "2024-02-01"}, ["2023-12", "2024-01"]),
    "hired and left within a month": ({"hire_date": "2024-02-02", "leave_date": "2024-02-28"}, []),
    "hired and left on one day": ({"hire_date": "2024-01-31", "leave_date": "2024-01-31"}, []),
    "hired on the data date": ({"hire_date": "2024-03-15"}, ["2024-03"]),
    "hired the day after the data date": ({"hire_date": "2024-03-16"}, []),
    "left on the data date": ({"leave_date": "2024-03-15"}, ["2023-12", "2024-01", "2024-02"]),
    "leaves the day after the data date": ({"leave_date": "2024-03-16"}, ["2023-12", "2024-01", "2024-02", "2024-03"]),
}
_MONTHS = ["2023-12", "2024-01", "2024-02", "2024-03"]
_HOMES = {who: f"621002001{number:03d}" for number, who in enumerate(ON_POST, start=1)}


@pytest.fixture(scope="module")
def on_post(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes every person of ON_POST, each in a separate community."""
    homes = [area(home, "community", STREET) for home in _HOMES.values()]
    return build_version(
        tmp_path_factory.mktemp("on_post"),
        "2024-03-15",
        areas=[row for row in AREAS if row["level"] != "community"] + homes,
        population=[population(home, "2023-12-31", 1000) for home in _HOMES.values()],
        workers=[
            worker(f"W{home}", home, **cells)
            for home, (cells, _) in zip(_HOMES.values(), ON_POST.values(), strict=True)
        ],
    )


@pytest.mark.parametrize("who", ON_POST)
def test_on_post_at_a_months_end(on_post, who):
    at_home = values(on_post, "workers", "month", area_code=_HOMES[who])
    assert at_home == {month(text): float(text in ON_POST[who][1]) for text in _MONTHS}


def test_a_partial_last_month_is_seen_at_the_data_date(on_post):
    # Hired on the leap day, on 1 March, 31 January and 15 March; and the person who leaves on the 16th.
    assert value(on_post, "workers", "2024-03") == 5
    # Joined in March: on the 1st and the 15th; the 16th is still to come. Left: on the 15th only.
    assert value(on_post, "worker_joiners", "2024-03") == 2
    assert value(on_post, "worker_leavers", "2024-03") == 1


def test_joiners_and_leavers_by_month_count_the_day_itself(on_post):
    joined = values(on_post, "worker_joiners", "month", "2024-01..2024-03")
    # 31 January twice; 29 February and 2 February; 1 and 15 March.
    assert joined == {month("2024-01"): 2, month("2024-02"): 2, month("2024-03"): 2}
    left = values(on_post, "worker_leavers", "month", "2024-01..2024-03")
    # 31 January twice; 1, 28 and 29 February; 15 March.
    assert left == {month("2024-01"): 2, month("2024-02"): 3, month("2024-03"): 1}


def test_a_period_outside_the_data_is_empty_not_0(on_post):
    assert value(on_post, "workers", "2024-04") is None
    assert value(on_post, "workers", "2030") is None
    assert value(on_post, "workers", "2010") is None
    assert value(on_post, "worker_joiners", "2030") is None
    # Hires are known from before the calendar: nobody joined in 2019, five in 2020.
    assert value(on_post, "worker_joiners", "2019") == 0
    assert value(on_post, "worker_joiners", "2020") == 5
    before_and_first = values(on_post, "workers", "month", "2023-11..2023-12")
    assert before_and_first == {month("2023-11"): None, month("2023-12"): 5}


@pytest.fixture(scope="module")
def staffing(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes EAST with 15 workers on 10,001 residents, then 12,000; WEST with 3 without a count; VILLAGE, rural,
    with 2 on 3,000.

    SOUTH has 9 on 5,000 residents of whom 4,001 are urban, in a county with its own standard of 20.
    """
    return build_version(
        tmp_path_factory.mktemp("staffing"),
        "2024-03-31",
        population=[
            population(EAST, "2024-01-31", 10_001),
            population(EAST, "2024-03-31", 12_000),
            population(VILLAGE, "2024-01-31", 3000),
            population(SOUTH, "2024-01-31", 5000, urban_residents=4001),
        ],
        workers=[*workers(15, EAST), *workers(3, WEST), *workers(2, VILLAGE), *workers(9, SOUTH)],
        standards=[standard(20, OTHER_COUNTY, "2024-01-01")],
    )


def test_workers_who_count_for_the_staffing_ratio(staffing):
    assert value(staffing, "workers", "2024-01") == 15 + 3 + 2 + 9
    assert value(staffing, "staffing_workers", "2024-01") == 15 + 9
    assert values(staffing, "staffing_workers", "community", "2024-01") == {
        EAST: 15,
        WEST: None,
        VILLAGE: None,
        SOUTH: 9,
    }
    assert value(staffing, "urban_residents", "2024-01") == 10_001 + 4001
    assert value(staffing, "residents", "2024-01") == 10_001 + 3000 + 5000
    assert value(staffing, "communities", "2024-01") == 3


def test_staffing_ratios(staffing):
    row = metric("staffing_ratio", staffing).rows(scope(staffing, "2024-01")).row(0, named=True)
    assert row["value"] == pytest.approx(10_000 * 24 / 14_002)
    assert (row["numerator"], row["denominator"]) == (24, 14_002)
    # 18 everywhere, 20 in the other county, weighted by urban residents.
    assert row["standard"] == pytest.approx((10_001 * 18 + 4001 * 20) / 14_002)
    assert value(staffing, "staffing_ratio_all_residents", "2024-01") == pytest.approx(10_000 * 29 / 18_001)
    assert values(staffing, "staffing_ratio", "community", "2024-01") == {
        EAST: pytest.approx(10_000 * 15 / 10_001),
        WEST: None,
        VILLAGE: None,
        SOUTH: pytest.approx(10_000 * 9 / 4001),
    }


def test_required_is_rounded_up_for_the_requested_area(staffing):
    # 10,001 × 18 ‱ = 18.0018 and 4,001 × 20 ‱ = 8.002: the counties need 19 and 9.
    # The city needs 26.0038 and so 27.
    assert values(staffing, "staffing_required", "county", "2024-01") == {COUNTY: 19, OTHER_COUNTY: 9}
    assert value(staffing, "staffing_required", "2024-01", CITY) == 27
    assert values(staffing, "staffing_gap", "county", "2024-01") == {COUNTY: 19 - 15, OTHER_COUNTY: 9 - 9}
    assert value(staffing, "staffing_gap", "2024-01", CITY) == 27 - 24


def test_a_surplus_is_a_negative_gap_and_a_whole_requirement_stays_whole(tmp_path):
    version = build_version(
        tmp_path, "2024-01-31", population=[population(EAST, "2024-01-31", 5000)], workers=workers(11, EAST)
    )
    assert value(version, "staffing_required", area_code=EAST) == 9
    assert value(version, "staffing_gap", area_code=EAST) == -2


def test_a_count_holds_until_the_next_one(staffing):
    by_month = values(staffing, "urban_residents", "month", area_code=EAST)
    assert by_month == {month("2024-01"): 10_001, month("2024-02"): 10_001, month("2024-03"): 12_000}


def test_communities_without_population_are_listed(staffing):
    missing = query("communities_without_population", scope(staffing))
    assert missing.select("community", "workers").rows() == [(WEST, 3)]
    checked = {name: rows for name, _, rows in staffing.checks.rows()}
    assert checked["urban_communities_without_population"] == 1


def test_the_standard_in_force(tmp_path):
    version = build_version(
        tmp_path,
        "2024-05-31",
        population=[population(EAST, "2024-01-31", 1000), population(SOUTH, "2024-01-31", 1000)],
        standards=[
            standard(16, CITY, "2024-02-01", "2024-04-30"),
            standard(20, COUNTY, "2024-03-15", "2024-05-30"),
            standard(21, COUNTY, "2024-04-30"),
            standard(22, STREET, "2024-05-31"),
            standard(99, EAST, "2024-01-01", item="另一项"),
        ],
    )
    months = [month(f"2024-0{number}") for number in range(1, 6)]
    by_month = {
        code: values(version, "staffing_ratio", "month", area_code=code, measure="standard") for code in (EAST, SOUTH)
    }
    # 18 is national. The city's ends on 30 April and so is not in force that day.
    # In April the county's later row wins.
    assert by_month[EAST] == dict(zip(months, [18, 16, 20, 21, 22], strict=True))
    assert by_month[SOUTH] == dict(zip(months, [18, 16, 16, 18, 18], strict=True))


def test_rosters_with_dates(tmp_path):
    version = build_version(
        tmp_path,
        "2024-03-31",
        population=[population(EAST, "2023-12-31", 1000), population(WEST, "2023-12-31", 1000)],
        workers=[
            worker("MOVED", EAST, "2021-05-01", as_of="2024-01-31", post="worker"),
            worker("MOVED", WEST, "2021-05-01", as_of="2024-03-31", post="deputy"),
            worker("BACK", EAST, "2020-01-01", as_of="2023-12-31", post="worker", leave_date="2024-01-15"),
            worker("BACK", EAST, "2024-03-01", as_of="2024-03-31", post="worker"),
        ],
    )
    by = values(version, "workers", ("community", "post", "month"))
    on_post = sorted(key for key, people in by.items() if people)
    assert on_post == [
        (EAST, "worker", month("2023-12")),  # BACK, before leaving; MOVED is in no roster yet
        (EAST, "worker", month("2024-01")),  # MOVED
        (EAST, "worker", month("2024-02")),  # MOVED
        (EAST, "worker", month("2024-03")),  # BACK again
        (WEST, "deputy", month("2024-03")),  # MOVED, at the new place and post
    ]
    # A person who returns was hired twice; a person in two rosters once.
    assert value(version, "worker_joiners") == 3
    assert values(version, "worker_joiners", "year") == {2020: 1, 2021: 1, 2024: 1}
    assert value(version, "worker_leavers") == 1


def test_recruited_are_hires_with_a_channel_leavers_included(tmp_path):
    version = build_version(
        tmp_path,
        "2024-03-31",
        population=[population(EAST, "2023-12-31", 1000)],
        workers=[
            worker("A", hire_date="2024-01-05", recruited_via="open_recruitment"),
            worker("B", hire_date="2024-02-05", recruited_via="open_recruitment", leave_date="2024-03-01"),
            worker("C", hire_date="2024-02-06", recruited_via="elected"),
            worker("D", hire_date="2024-02-07"),
            worker("E", hire_date="2023-02-07", recruited_via="assigned"),
        ],
    )
    assert value(version, "workers_recruited") == 4
    assert value(version, "workers_recruited", "2024") == 3
    assert value(version, "workers_recruited", "2024", recruited_via="open_recruitment") == 2
    assert values(version, "workers_recruited", "recruited_via", "2024") == {
        None: 0,
        "open_recruitment": 2,
        "elected": 1,
    }


@pytest.fixture(scope="module")
def attributes(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes five men in EAST who certify in March 2024, and five in WEST with a certificate of unknown date: for
    fewer than five, shares are hidden.
    """
    return build_version(
        tmp_path_factory.mktemp("attributes"),
        "2024-04-30",
        population=[population(EAST, "2024-01-31", 1000)],
        workers=[
            *workers(5, EAST, certificate="social_worker", certified_on="2024-03-01", education="high_school"),
            *workers(5, WEST, certificate="assistant", education="postgraduate"),
        ],
    )


def test_a_certificate_counts_from_the_day_it_was_gained(attributes):
    assert values(attributes, "certified_share", "month", area_code=EAST) == {
        month("2024-01"): 0,
        month("2024-02"): 0,
        month("2024-03"): 100,
        month("2024-04"): 100,
    }
    assert set(values(attributes, "certified_share", "month", area_code=WEST).values()) == {100}
    assert value(attributes, "certified_share", "2024-02") == 50


def test_college_or_above(attributes):
    assert values(attributes, "workers_college_share", "community", "2024-04", measure="value") == {
        EAST: 0,
        WEST: 100,
        VILLAGE: None,
        SOUTH: None,
    }


def test_an_absent_group_is_0_for_a_count_and_empty_for_a_rate(attributes):
    assert values(attributes, "workers", "county", "2024-04") == {COUNTY: 10, OTHER_COUNTY: 0}
    assert values(attributes, "certified_share", "county", "2024-04") == {COUNTY: 100, OTHER_COUNTY: None}
    assert value(attributes, "workers", "2024-04", gender="female") == 0
    assert value(attributes, "certified_share", "2024-04", gender="female") is None


AGES = {
    # A person who turns 40 on the last day of a month is 40 then; one who turns 41 is no longer counted.
    "1984-06-30": {"2024-05": 100, "2024-06": 100, "2025-05": 100, "2025-06": 0},
    "1983-07-01": {"2024-05": 100, "2024-06": 100, "2025-05": 0, "2025-06": 0},
    # Born on a leap day: a year older on 29 February, in other years on 1 March.
    "1984-02-29": {"2024-02": 100, "2025-01": 100, "2025-02": 100, "2025-03": 0},
    "1983-02-28": {"2024-01": 100, "2024-02": 0},
}


@pytest.fixture(scope="module")
def ages(tmp_path_factory: pytest.TempPathFactory) -> Version:
    homes = dict(zip(AGES, (EAST, WEST, VILLAGE, SOUTH), strict=True))
    return build_version(
        tmp_path_factory.mktemp("ages"),
        "2025-06-30",
        population=[population(EAST, "2024-01-31", 1000)],
        # For fewer than five people shares are hidden.
        workers=[
            row for born, home in homes.items() for row in workers(5, home, birth_date=born, hire_date="2010-01-01")
        ],
    )


@pytest.mark.parametrize("born", AGES)
def test_aged_40_or_under(ages, born):
    home = dict(zip(AGES, (EAST, WEST, VILLAGE, SOUTH), strict=True))[born]
    shares = values(ages, "workers_40_or_under_share", "month", area_code=home)
    assert {text: shares[month(text)] for text in AGES[born]} == AGES[born]


@pytest.fixture(scope="module")
def grids(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes six grids of 庆阳市 with duties, one of a county that sent no file of duties, and one of a county whose
    file of duties has no row.
    """
    folder = tmp_path_factory.mktemp("grids")
    source = folder / "source"
    people = [worker(f"W{number}") for number in range(4)]
    write(
        source,
        "庆阳市",
        areas=AREAS,
        population=[population(EAST, "2024-01-31", 3000)],
        workers=people,
        grids=[
            grid("LED"),
            grid("SERVED", grid_type="business", households=50),
            grid("ENDED"),
            grid("BARE", households=200),
            grid("CLOSED", closed_on="2024-02-29"),
            grid("NEW", set_up_on="2024-03-01"),
        ],
        grid_duties=[
            duty("W0", "LED", "leader", "2024-01-31"),
            duty("W0", "LED", "member", "2024-01-01"),
            duty("W1", "SERVED", "member", "2024-01-10", "2024-03-01"),
            duty("W2", "ENDED", "leader", "2024-01-01", "2024-02-29"),
            duty("W3", "CLOSED", "leader", "2024-01-01"),
        ],
    )
    for county, name in (("620102", "城关区"), ("620103", "七里河区")):
        street, community = f"{county}001", f"{county}001001"
        write(
            source,
            name,
            areas=[
                area(county, "county", PROVINCE),
                area(street, "street", county),
                area(community, "community", street),
            ],
            grids=[grid(f"{county}-1", community)],
        )
    write_empty(source, "七里河区", "grid_duties", "worker_id,grid_code,duty,since,until")
    report, version = publish(source, folder / "warehouse", "2024-03-31")
    assert report.rejects.is_empty()
    return version


def test_open_grids_and_open_duties(grids):
    at = {"area_code": CITY}
    # CLOSED closes on 29 February and so is not open that day; NEW opens on 1 March.
    assert values(grids, "grids", "month", **at) == {month("2024-01"): 5, month("2024-02"): 4, month("2024-03"): 5}
    # January: LED, SERVED, ENDED, CLOSED. February: LED, SERVED. March: LED, as SERVED's member ended.
    assert values(grids, "grids_staffed", "month", **at) == {
        month("2024-01"): 4,
        month("2024-02"): 2,
        month("2024-03"): 1,
    }
    # January: SERVED and BARE. February: ENDED too. March: also NEW.
    assert values(grids, "grids_without_leader", "month", **at) == {
        month("2024-01"): 2,
        month("2024-02"): 3,
        month("2024-03"): 4,
    }
    row = metric("grids_led_share", grids).rows(scope(grids, "2024-03", CITY)).row(0, named=True)
    assert (row["value"], row["numerator"], row["denominator"]) == (20, 1, 5)
    # Residential: LED 300, ENDED 300, BARE 200, NEW 300.
    assert value(grids, "households_per_grid", "2024-03", CITY) == 1100 / 4


def test_a_district_that_sent_no_duties_is_empty_not_0(grids):
    assert values(grids, "grids", "place", "2024-03") == {"620102": 1, "620103": 1, CITY: 5}
    assert values(grids, "grids_staffed", "place", "2024-03") == {"620102": None, "620103": 0, CITY: 1}
    assert values(grids, "grids_without_leader", "place", "2024-03") == {"620102": None, "620103": 1, CITY: 4}
    assert values(grids, "grids_led_share", "place", "2024-03") == {"620102": None, "620103": 0, CITY: 20}


def test_a_district_that_sent_no_roster_is_empty_not_0(grids):
    for name in ("workers", "workers_recruited", "worker_joiners", "worker_leavers", "staffing_workers"):
        assert values(grids, name, "place", "2024-03")["620102"] is None, name
        assert value(grids, name, "2024-03", "620102") is None, name
    assert values(grids, "workers", "place", "2024-03")[CITY] == 4


def test_every_grid_with_its_duties(grids):
    rows = query("grids_at_month_end", scope(grids, "2024-03")).select("grid", "has_leader", "leaders", "members")
    assert {row[0]: row[1:] for row in rows.rows()} == {
        "LED": (True, 1, 1),
        "SERVED": (False, 0, 0),
        "ENDED": (False, 0, 0),
        "BARE": (False, 0, 0),
        "NEW": (False, 0, 0),
        "620102-1": (None, None, None),
        "620103-1": (False, 0, 0),
    }


@pytest.fixture(scope="module")
def partial(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes a province with one city sent completely and one county of another city."""
    folder = tmp_path_factory.mktemp("partial")
    source = write(folder / "source", "上级区划", areas=[AREAS[0], area("620100", "city", PROVINCE)])
    write(
        source, "庆阳市", areas=AREAS[1:], population=[population(EAST, "2024-01-31", 1000)], workers=workers(3, EAST)
    )
    write(
        source,
        "城关区",
        areas=[
            area("620102", "county", "620100"),
            area("620102001", "street", "620102"),
            area("620102001001", "community", "620102001"),
        ],
        population=[population("620102001001", "2024-01-31", 1000)],
        workers=workers(5, "620102001001"),
    )
    return publish(source, folder / "warehouse", "2024-01-31")[1]


def test_an_area_only_partly_sent_is_not_whole_and_leads_to_places(partial):
    tree = areas(partial)
    assert {code: tree[code].is_whole for code in (PROVINCE, "620100", CITY, "620102", EAST)} == {
        PROVINCE: False,
        "620100": False,
        CITY: True,
        "620102": True,
        EAST: True,
    }
    assert {code: tree[code].place for code in (PROVINCE, "620100", CITY, EAST, "620102001")} == {
        PROVINCE: None,
        "620100": None,
        CITY: CITY,
        EAST: CITY,
        "620102001": "620102",
    }
    levels = {
        code: scope(partial, area_code=code).child_level for code in (None, PROVINCE, "620100", CITY, COUNTY, EAST)
    }
    assert levels == {None: "place", PROVINCE: "place", "620100": "place", CITY: "county", COUNTY: "street", EAST: None}
    assert [place.code for place in scope(partial, area_code=PROVINCE).children()] == ["620102", CITY]
    assert [step.code for step in scope(partial, area_code=COUNTY).path] == [None, PROVINCE, CITY, COUNTY]
    assert (tree[PROVINCE].counties, tree["620100"].counties, tree[None].counties) == (3, 1, 3)


def test_places_side_by_side(partial):
    assert values(partial, "workers", "place") == {"620102": 5, CITY: 3}
    assert values(partial, "workers", "city") == {"620100": 5, CITY: 3}
    rows = metric("workers", partial).rows(scope(partial), "place")
    assert rows["place_name"].to_list() == ["区划620102", "区划621000"]


def test_a_level_above_the_area_returns_the_one_it_lies_in(partial):
    assert values(partial, "workers", "city", area_code=COUNTY) == {CITY: 3}
    assert values(partial, "workers", "place", area_code=EAST) == {CITY: 3}
    assert values(partial, "workers", "county", area_code="620102001001") == {"620102": 5}


def test_a_district_that_sent_only_its_population_shows_no_zero(tmp_path):
    source = write(tmp_path / "source", "庆阳市", areas=AREAS, population=[population(EAST, "2024-01-31", 1000)])
    version = publish(source, tmp_path / "warehouse", "2024-01-31")[1]
    for name in (
        "workers",
        "staffing_ratio_all_residents",
        "staffing_workers",
        "staffing_ratio",
        "staffing_gap",
        "grids",
        "grids_staffed",
    ):
        assert value(version, name, area_code=COUNTY) is None, name
    assert value(version, "urban_residents", area_code=COUNTY) == 1000


def test_an_area_is_judged_by_the_districts_that_sent_a_roster(tmp_path):
    # 10,000 urban residents each: one district sends a roster of 20, one none, and one a roster that is rejected
    # completely, but is less than a twentieth of the province's rows.
    source = write(
        tmp_path / "source",
        "庆阳市",
        areas=AREAS,
        population=[population(EAST, "2024-01-31", 10_000)],
        workers=[worker(f"W{number}") for number in range(20)],
    )
    for county, name in (("620102", "城关区"), ("620103", "七里河区")):
        street, community = f"{county}001", f"{county}001001"
        write(
            source,
            name,
            areas=[
                area(county, "county", PROVINCE),
                area(street, "street", county),
                area(community, "community", street),
            ],
            population=[population(community, "2024-01-31", 10_000)],
        )
    write(source, "七里河区", workers=[worker("X1", "620103001999")])
    report, version = publish(source, tmp_path / "warehouse", "2024-01-31")
    assert report.rejects.height == 1
    assert values(version, "staffing_ratio", "place") == {CITY: 20, "620102": None, "620103": None}
    assert values(version, "workers", "place") == {CITY: 20, "620102": None, "620103": None}
    assert value(version, "staffing_ratio", area_code=PROVINCE) == 20
    # 18 per 10,000 are required of 30,000; the two too many are those of the one district that reported.
    assert value(version, "staffing_required", area_code=PROVINCE) == 54
    assert value(version, "staffing_gap", area_code=PROVINCE) == -2


def test_a_whole_number_is_not_rounded_up(tmp_path):
    # 17.6 × 25,000 ÷ 10,000 is 44, though floating point makes it slightly more.
    version = build_version(
        tmp_path,
        "2024-01-31",
        population=[population(EAST, "2024-01-31", 25_000)],
        workers=[worker("W1")],
        standards=[standard(17.6, CITY, "2023-01-01")],
    )
    assert value(version, "staffing_required", area_code=CITY) == 44
    assert value(version, "staffing_gap", area_code=CITY) == 43


def test_map_approvals_are_those_of_the_drawn_areas(tmp_path):
    numbered = [
        {**row, "map_approval_no": f"GS-{row['area_code']}"}
        if row["area_code"] in (CITY, COUNTY, OTHER_COUNTY)
        else row
        for row in AREAS
    ]
    version = build_version(tmp_path, "2024-01-31", areas=numbered, population=[population(EAST, "2024-01-31", 1000)])
    assert scope(version, area_code=COUNTY).map_approvals() == [f"GS-{CITY}", f"GS-{COUNTY}"]
    assert scope(version, area_code=CITY).map_approvals() == [f"GS-{CITY}", f"GS-{COUNTY}", f"GS-{OTHER_COUNTY}"]


def test_events_after_the_data_date_have_not_happened_yet(tmp_path):
    request = {
        "request_id": "R1",
        "kind": "livelihood",
        "area_code": EAST,
        "raised_at": "2024-01-10 09:00",
        "claimed_at": "2024-01-31 23:00",
        "due_at": "2024-01-31 12:00",
        "closed_at": "2024-02-01 00:00",
    }
    world = {"population": [population(EAST, "2023-12-31", 1000)], "requests": [request]}
    january = build_version(tmp_path / "january", "2024-01-31", **world)
    # Claimed in the last hour of the data date, closed in the first of the next day: still open.
    assert value(january, "resolution_rate") == 0
    assert value(january, "needs_unmet") == 1
    assert value(january, "requests_overdue") == 1
    assert value(january, "livelihood_issues_resolved") == 0
    # January is too young to be judged until 30 days after its last day.
    for name in ("resolved_within_30_days", "on_time_rate", "median_claim_hours", "median_close_hours"):
        assert value(january, name) is None
    march = build_version(tmp_path / "march", "2024-03-01", **world)
    assert value(march, "resolution_rate", "2024-01") == 100
    assert value(march, "resolved_within_30_days", "2024-01") == 100
    assert value(march, "livelihood_issues_resolved", "2024-02") == 1
    assert value(march, "requests_closed", "2024-01") == 0
    assert value(march, "requests_closed", "2024-02") == 1
    assert value(march, "on_time_rate", "2024-01") == 0
    assert value(march, "median_claim_hours", "2024-01") == 21 * 24 + 14
    assert value(march, "median_close_hours", "2024-01") == 21 * 24 + 15


def test_bounds_of_a_requests_times(tmp_path):
    def claimed(name: str, at: str, **more: str) -> dict[str, str]:
        cells = {"request_id": name, "kind": "livelihood", "area_code": EAST, "raised_at": "2024-01-10 06:00"}
        return cells | {"claimed_at": at} | more

    requests = [
        claimed("R1", "2024-01-10 07:59", due_at="2024-01-12 18:00", closed_at="2024-01-12 18:00"),
        claimed("R2", "2024-01-10 08:00", due_at="2024-01-12 18:00", closed_at="2024-01-12 18:01"),
        claimed("R3", "2024-01-10 17:59"),
        claimed("R4", "2024-01-10 18:00"),
        # After the data date, in its month.
        claimed("R5", "2024-01-31 19:00", raised_at="2024-01-31 18:00"),
    ]
    people = [population(EAST, "2023-12-31", 1000)]
    world = build_version(tmp_path / "now", "2024-01-30", population=people, requests=requests)
    assert value(world, "needs_unmet") == 2
    assert value(world, "off_hours_share") == 50
    later = build_version(tmp_path / "later", "2024-03-01", population=people, requests=requests)
    assert value(later, "on_time_rate") == 50
