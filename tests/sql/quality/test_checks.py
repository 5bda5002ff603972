"""Every check: the rows it finds in a world made for it, and beside each a row that only just escapes it."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
import shapely

from sql.errors import InputError, SqlFileError
from sql.files import sql_file
from sql.quality.checks import SEVERITIES, check_rows, results, run
from sql.semantic.catalog import catalog
from sql.warehouse import Version
from tests.helpers.warehouse.world import (
    AREAS,
    CITY,
    COUNTY,
    EAST,
    OTHER_COUNTY,
    OTHER_STREET,
    PROVINCE,
    SOUTH,
    STREET,
    VILLAGE,
    WEST,
    area,
    duty,
    grid,
    population,
    publish,
    standard,
    worker,
    workers,
    write,
)

# Rural, so that the lack of workers or residents is no finding there.
ROUND, NEARLY, NEW, VOID, HALL = (f"62100200120{number}" for number in range(2, 7))
FAR = "621021001201"
SEEN_TO = "2020-12-31"


def counts(community: str, *residents: int) -> list[dict]:
    """Returns counts at the ends of September 2020 and the months after."""
    ends = ("2020-09-30", "2020-10-31", "2020-11-30", "2020-12-31", "2021-01-31")
    return [population(community, as_of, people) for as_of, people in zip(ends, residents, strict=False)]


POPULATION = [
    # 30.1 % more is a jump; 29 % more and 30 % less are none; a little over 30 % less is one.
    *counts(EAST, 1000, 1301),
    *counts(VILLAGE, 1000, 1290, 903, 632),
    # The last three are round, the fourth is not.
    *counts(ROUND, 1999, 2000, 2100, 2200),
    # Two of three, and what is counted after the data date.
    *counts(NEARLY, 2001, 2000, 2100, 2201, 9000),
    # From nobody to somebody is a jump without a percentage; zero is no round figure.
    *counts(NEW, 0, 0, 0, 57),
    *counts(VOID, 0, 0, 0, 0),
    # Twice only.
    *counts(HALL, 2000, 2100),
]


def id_number(number: int) -> str:
    """Returns an id_number of a man born as `worker` has it, with its check digit (GB 11643)."""
    digits = f"62100219900115{2 * number + 1:03d}"
    weighted = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(digits))
    return digits + "10X98765432"[weighted % 11]


PEOPLE = [
    worker("S1", EAST, post="secretary"),
    worker("S2", EAST, post="secretary"),
    worker("S3", WEST, post="secretary"),
    worker("S4", WEST, post="secretary", leave_date="2020-12-31"),
    worker("W1", EAST, grade=12),
    worker("W2", EAST, grade=13),
    # W3 and W4 are one person, but of one district; D1 is X1 too, and L1 became X3 on leaving.
    *(worker(f"W{number}", EAST, id_number=id_number(1)) for number in range(3, 5)),
    *(worker(f"W{number}", EAST) for number in range(5, 8)),
    worker("D1", EAST, post="deputy", id_number=id_number(2)),
    worker("L1", EAST, leave_date="2020-11-30", id_number=id_number(3)),
    *(worker(f"L{number}", EAST, leave_date="2020-11-30") for number in range(2, 4)),
    # They attend training and are assessed; deputies need no grid.
    *workers(20, HALL, post="deputy"),
]
HALL_PEOPLE = [f"{HALL}-{number}" for number in range(20)]
GRIDS = [
    grid("G1"),
    grid("G2"),
    grid("G3", closed_on="2020-12-01"),
    grid("G6", WEST),
    grid("G7", WEST, grid_type="business"),
    # G4 is the other county's, which sends it as well, word for word, as two more districts do.
    grid("G4", FAR),
    grid("G9", HALL),
]


def strip(left: float, right: float) -> dict:
    """Returns a rectangle between two steps from west to east, a step about ten metres."""
    return json.loads(shapely.to_geojson(shapely.box(107.6 + left / 10_000, 35.7, 107.6 + right / 10_000, 35.71)))


# G1 and G2 share 10 of G2's 45, and leave 5 of EAST's 100; G3 is closed. G7 lies over G6 by design, G6 leaves 1.5 of
# WEST's 100 and reaches into no other. G9 lies over a fifth of G4, in another county. VILLAGE has no grids at all.
SHAPES = {
    "area_code": {EAST: (0, 100), WEST: (200, 300), VILLAGE: (900, 1000)},
    "grid_code": {
        "G1": (0, 60),
        "G2": (50, 95),
        "G3": (0, 100),
        "G6": (200, 298.5),
        "G7": (210, 220),
        "G4": (300, 400),
        "G9": (380, 480),
    },
}


def write_shapes(path: Path) -> None:
    features = [
        {"type": "Feature", "properties": {key: code}, "geometry": strip(*sides)}
        for key, strips in SHAPES.items()
        for code, sides in strips.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


DUTIES = [
    duty("W1", "G1", "leader", "2020-02-01"),
    # W2 has none; W3's is over on the data date, W4's a day later; W5's grid is closed; W6's is yet to begin.
    duty("W3", "G1", "member", "2020-02-01", "2020-12-31"),
    duty("W4", "G1", "member", "2020-02-01", "2021-01-01"),
    duty("W5", "G3", "member", "2020-02-01"),
    duty("W6", "G1", "member", "2021-01-01"),
    duty("W7", "G1", "member", "2020-12-31"),
    duty("L1", "G1", "member", "2020-02-01"),
    duty("L2", "G1", "member", "2020-02-01", "2020-11-30"),
    duty("L3", "G3", "member", "2020-02-01"),
]


def paced(area_code: str, target: float, steps: dict[int, float]) -> list[dict[str, object]]:
    """Returns a yearly target and its steps by month."""
    yearly = {"standard": "training_coverage", "pace": "steps"}
    return [
        standard(target, area_code, "2020-01-01", **yearly),
        *(
            standard(reached, area_code, "2020-01-01", **yearly, item=f"pace:{number:02}")
            for number, reached in steps.items()
        ),
    ]


STANDARDS = [
    # Nothing is in force in the other county before 2021.
    standard(18, COUNTY, "2020-01-01"),
    standard(1, COUNTY, "2020-01-01", standard="grade_band", item="worker", upper=12),
    *(
        standard(share, COUNTY, "2020-01-01", standard="tier_share", item=str(tier))
        for tier, share in ((1, 10), (2, 30), (3, 59))
    ),
    *(
        standard(share, OTHER_COUNTY, "2020-01-01", standard="tier_share", item=str(tier))
        for tier, share in ((1, 10), (2, 30), (3, 60))
    ),
    *(
        standard(weight, COUNTY, "2020-01-01", standard="assessment_weight", item=f"{post}:{part}")
        for post, last in (("worker", 19), ("deputy", 20))
        for part, weight in (("daily", 50), ("annual", 30), ("feedback", last))
    ),
    # The county's falls in June, the street has no steps; the other county's rises to its target.
    *paced(COUNTY, 100, {3: 40, 6: 30, 12: 100}),
    *paced(STREET, 90, {}),
    *paced(OTHER_COUNTY, 100, {6: 40, 9: 40, 12: 100}),
]

PARTNERS = [
    {
        "partner_id": f"P{number}",
        "name": f"伙伴{number}",
        "sector": "market",
        "kind": "shop",
        "area_code": EAST,
        "joined_on": "2020-01-01",
        "left_on": {0: "2020-12-31", 1: "2020-12-31", 2: "2021-01-01"}.get(number),
    }
    for number in range(20)
]
POSTS = [
    {
        "post_id": f"POST{number}",
        "holder_id": f"H{number}",
        "partner_id": f"P{number}",
        "role": "shop_volunteer",
        "community_code": EAST,
        "since": "2020-02-01",
        "until": "2020-12-31" if number == 1 else None,
    }
    for number in range(4)
]
# 18 of 20 in tens are 90 %, 17 are not; all alike need no tens; 19 are too few.
IN_TENS, LESS_IN_TENS = [60, 70, 80] * 6 + [71, 82], [60, 70, 80] * 5 + [60, 70, 71, 82, 93]
RATINGS = [
    *(
        {
            "partner_id": f"P{number}",
            "quarter": "2020Q3",
            "resident_score": IN_TENS[number],
            "community_score": LESS_IN_TENS[number],
            "industry_score": 87,
        }
        for number in range(20)
    ),
    *(
        {
            "partner_id": f"P{number}",
            "quarter": "2020Q4",
            "resident_score": 90,
            "community_score": 90,
            "industry_score": 90,
        }
        for number in range(19)
    ),
]
ASSESSMENTS = [
    *(
        {
            "worker_id": person,
            "assess_year": 2020,
            "daily_score": LESS_IN_TENS[number],
            "annual_score": IN_TENS[number],
            "feedback_score": 87.5 + (number == 7),
            "result": "competent",
        }
        for number, person in enumerate(HALL_PEOPLE)
    ),
    *(
        {
            "worker_id": person,
            "assess_year": 2019,
            "daily_score": 90,
            "annual_score": 90,
            "feedback_score": 90,
            "result": "competent",
        }
        for person in HALL_PEOPLE[:19]
    ),
]


def session(session_id: str, started_on: str) -> dict:
    return {
        "session_id": session_id,
        "title": f"培训{session_id}",
        "organiser_level": "community",
        "area_code": HALL,
        "programme": "skills_class",
        "started_on": started_on,
        "hours": 7,
    }


def came(session_id: str, people: int, after: list[float] | None = None, failed: int = 0, first: int = 0) -> list[dict]:
    """Returns this number of people's attendance; the first `failed` did not complete. Their scores differ unless they
    are given.
    """
    return [
        {
            "session_id": session_id,
            "attendee_id": person,
            "is_completed": number >= failed,
            "score_before": None,
            "score_after": after[number] if after else 61 + number,
        }
        for number, person in enumerate(HALL_PEOPLE[first : first + people])
    ]


SESSIONS = [
    session("T0", "2020-10-01"),
    session("T1", "2020-10-01"),
    session("T1B", "2020-10-01"),
    *(session(f"T{number}", "2020-10-08") for number in range(2, 7)),
    session("T7", "2020-10-20"),
    session("U1", "2020-10-02"),
    session("U2", "2020-10-09"),
    *(session(f"K{number}", "2020-11-02") for number in range(1, 5)),
]
ATTENDANCE = [
    # T1 comes again as T2 and T7; T1B is the same on the same day.
    *came("T1", 10),
    *came("T1B", 10),
    *came("T2", 10),
    *came("T7", 10),
    # One did not complete, one scored differently, one more came; others came who scored the same.
    *came("T3", 10, failed=1),
    *came("T4", 10, after=[60, *range(62, 71)]),
    *came("T5", 11),
    *came("T6", 10, first=10),
    # Nine are too few.
    *came("U1", 9),
    *came("U2", 9),
    # All alike; 19 alike; one of 20 not alike; tens, as a test of ten questions gives.
    *came("K1", 20, after=[85] * 20),
    *came("K2", 19, after=[85] * 19),
    *came("K3", 20, after=[85] * 19 + [86]),
    *came("K4", 20, after=[80, 90] * 10),
]


def requests(
    name: str, communities: list[str], closed_at: str | None, raised: list[str], **cells: object
) -> list[dict]:
    """Returns one request for each community, raised on the given days in turn."""
    return [
        {
            "request_id": f"{name}{number}",
            "kind": "livelihood",
            "area_code": community,
            "raised_at": f"{raised[number % len(raised)]} 08:00:00",
            "closed_at": closed_at,
            **cells,
        }
        for number, community in enumerate(communities)
    ]


TWO_DAYS = ["2020-12-01", "2020-12-02"]
REQUESTS = [
    *requests("OPEN", [EAST], None, TWO_DAYS, is_resolved=True),
    *requests("DONE", [EAST], "2020-12-20 10:00:00", TWO_DAYS, is_resolved=True),
    *requests("LEFT", [EAST], None, TWO_DAYS, is_resolved=False),
    # Twenty of one community, 59 seconds apart in the same minute.
    *requests("BULK", [EAST] * 19, "2020-12-10 10:00:00", TWO_DAYS),
    *requests("LAST", [EAST], "2020-12-10 10:00:59", TWO_DAYS),
    # Nineteen, and one a second after their minute.
    *requests("FEW", [WEST] * 19, "2020-12-10 11:00:59", TWO_DAYS),
    *requests("NEXT", [WEST], "2020-12-10 11:01:00", TWO_DAYS),
    # Raised on one day, as when the water fails.
    *requests("WATER", [VILLAGE] * 20, "2020-12-10 12:00:00", TWO_DAYS[:1]),
    # Of two communities of one street, and of two streets.
    *requests("BOTH", [EAST, WEST] * 10, "2020-12-10 13:00:00", TWO_DAYS),
    *requests("APART", [EAST, FAR] * 10, "2020-12-10 14:00:00", TWO_DAYS),
    # All of 20 are content; 19 are; 20 but for one.
    *requests("GLAD", [EAST] * 20, None, ["2020-08-01"], satisfaction=5),
    *requests("FEWGLAD", [WEST] * 19, None, ["2020-08-01"], satisfaction=5),
    *requests("MAX_COUNT", [VILLAGE] * 19, None, ["2020-08-01"], satisfaction=5),
    *requests("ONE", [VILLAGE], None, ["2020-08-01"], satisfaction=4),
]


def activities(name: str, community: str, people: list[int], helped: list[int], hours: list[float]) -> list[dict]:
    return [
        {
            "activity_id": f"{name}{number}",
            "kind": "service",
            "area_code": community,
            "started_at": "2020-08-01 09:00:00",
            "participants": people[number],
            "beneficiaries": helped[number],
            "hours": hours[number],
        }
        for number in range(len(people))
    ]


ACTIVITIES = [
    # Activities that helped nobody have no figure: 18 of 20 others are in tens.
    *activities("A", EAST, LESS_IN_TENS, IN_TENS, [2] * 20),
    *activities("NOBODY", EAST, [0], [0], [0]),
    *activities("B", WEST, IN_TENS[:19], [50] * 19, [2] * 19),
    *activities("C", VILLAGE, LESS_IN_TENS, LESS_IN_TENS, [2] * 19 + [3]),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes two districts, seen to the end of 2020: COUNTY's, which sends everything, and the other county's."""
    folder = tmp_path_factory.mktemp("doubtful")
    extra = [area(code, "community", STREET, False) for code in (ROUND, NEARLY, NEW, VOID, HALL)]
    write(
        folder / "source",
        "庆阳市",
        areas=[*AREAS[:7], *extra],
        population=POPULATION,
        workers=PEOPLE,
        grids=GRIDS,
        grid_duties=DUTIES,
        standards=STANDARDS,
        partners=PARTNERS,
        partner_posts=POSTS,
        partner_ratings=RATINGS,
        assessments=ASSESSMENTS,
        training_sessions=SESSIONS,
        training_attendance=ATTENDANCE,
        requests=REQUESTS,
        activities=ACTIVITIES,
    )
    write(
        folder / "source",
        "环县",
        areas=[*AREAS[7:], area(FAR, "community", OTHER_STREET, False)],
        population=counts(SOUTH, 1000),
        # No duties were sent: it is unknown if X1 and X3 are outside any grid.
        grids=[grid("G4", FAR)],
        workers=[
            worker("X1", FAR, id_number=id_number(2)),
            worker("X2", SOUTH, leave_date="2020-11-30"),
            worker("X3", FAR, "2020-11-30", id_number=id_number(3)),
        ],
    )
    # One has two counties, no one area that is all its own; the other none.
    own = [area(code, "county", CITY) for code in ("621022", "621023")]
    write(folder / "source", "别处", areas=own, grids=[grid("G4", FAR)])
    write(folder / "source", "他处", grids=[grid("G4", FAR)])
    write_shapes(folder / "source" / "庆阳市" / "shapes.geojson")
    report, version = publish(folder / "source", folder / "warehouse", SEEN_TO)
    assert report.rejects.is_empty(), report.rejects["reason_en"].to_list()
    return version


def day(text: str) -> date:
    return date.fromisoformat(text)


FOUND: dict[str, list[tuple]] = {
    "activity_figures_round_or_alike": [
        (EAST, "beneficiaries", "2020Q3", 20, 90.0, 60, 82),
        (EAST, "hours", "2020Q3", 20, 0.0, 2, 2),
    ],
    "communities_with_gaps": [(EAST, 5.0)],
    "communities_with_two_secretaries": [(EAST, 2)],
    "communities_without_standard": [(SOUTH, day("2020-12-01"))],
    "grades_outside_their_band": [(EAST, "W2", "worker", "13", 1, 12)],
    "identical_attendance_lists": [
        (HALL, "T2", day("2020-10-08"), "T1", day("2020-10-01"), 10),
        (HALL, "T7", day("2020-10-20"), "T1", day("2020-10-01"), 10),
    ],
    "no_areas": [],
    "open_duties_of_leavers": [(EAST, "L1", "G1", "member", day("2020-11-30"))],
    "open_posts_of_partners_who_left": [(EAST, "POST0", "shop_volunteer", "P0", day("2020-12-31"))],
    "overlapping_grids": [(EAST, "G1", "G2", 22.2), (HALL, "G9", "G4", 20.0), (FAR, "G4", "G9", 20.0)],
    "paces_that_do_not_add_up": [
        (COUNTY, "training_coverage", 100, 100, 3, 1),
        (STREET, "training_coverage", 90, None, 0, 0),
    ],
    "people_on_post_in_two_districts": [
        (EAST, "D1", FAR, "X1", day("2020-09-01"), day("2020-12-01")),
        (FAR, "X1", EAST, "D1", day("2020-09-01"), day("2020-12-01")),
    ],
    "population_counts_all_round": [(ROUND, day("2020-10-31"), day("2020-12-31"), 2000, 2200)],
    "population_jumps": [
        (EAST, day("2020-09-30"), day("2020-10-31"), 1000, 1301, 30.1),
        (VILLAGE, day("2020-11-30"), day("2020-12-31"), 903, 632, -30.0),
        (NEW, day("2020-11-30"), day("2020-12-31"), 0, 57, None),
    ],
    "requests_closed_in_bulk": [
        (STREET, datetime(2020, 12, 10, 13), 20, day("2020-12-01"), day("2020-12-02"), 2),
        (EAST, datetime(2020, 12, 10, 10), 20, day("2020-12-01"), day("2020-12-02"), 2),
    ],
    "resolved_requests_without_a_close": [(EAST, "OPEN0", "livelihood", datetime(2020, 12, 1, 8))],
    "rows_sent_by_two_districts": [
        (None, "grids", "G4", "他处", "grids.csv", "", 2, False),
        (None, "grids", "G4", "别处", "grids.csv", "", 2, False),
        (COUNTY, "grids", "G4", "庆阳市", "grids.csv", "", 7, False),
        (OTHER_COUNTY, "grids", "G4", "环县", "grids.csv", "", 2, True),
    ],
    "scores_round_or_alike": [
        (COUNTY, "assessments", "annual_score", "2020", 20, 90.0, 60, 82),
        (COUNTY, "partner_ratings", "industry_score", "2020Q3", 20, 0.0, 87, 87),
        (COUNTY, "partner_ratings", "resident_score", "2020Q3", 20, 90.0, 60, 82),
        (EAST, "requests", "satisfaction", "2020Q3", 20, 0.0, 5, 5),
        (HALL, "training_attendance", "score_after", "K1", 20, 0.0, 85, 85),
    ],
    "sessions_without_attendance": [(HALL, "T0", "培训T0", day("2020-10-01"))],
    "tier_shares_that_do_not_add_up": [(COUNTY, 99), (STREET, 99)],
    "urban_communities_without_population": [(WEST, f"区划{WEST}", 1)],
    "urban_communities_without_workers": [(SOUTH, 1000)],
    "weights_that_do_not_add_up": [(COUNTY, "worker", 99), (STREET, "worker", 99)],
    # G2 has no leader.
    "workers_outside_any_grid": [(EAST, name, 1) for name in ("W2", "W3", "W5", "W6")],
}


@pytest.mark.parametrize("name", FOUND)
def test_a_check_finds_doubtful_rows_and_no_row_that_is_just_right(world, name):
    assert check_rows(world, name).rows() == FOUND[name]


def test_every_check_is_tried():
    assert sorted(FOUND) == catalog.names("checks")


def test_a_world_without_communities_has_no_areas(world):
    text = catalog.current_files()["checks/no_areas.sql"].text.replace("level = 'community'", "level = 'planet'")
    assert run(world, sql_file.read("checks/no_areas.sql", text)).rows() == [(None, 0)]


def test_rows_found_at_build_time_are_found_again(world):
    assert {name: rows for name, _, rows in world.checks.rows()} == {name: len(rows) for name, rows in FOUND.items()}


@pytest.mark.parametrize(
    ("inside", "codes"),
    [
        (None, {EAST, VILLAGE, NEW}),
        (PROVINCE, {EAST, VILLAGE, NEW}),
        (CITY, {EAST, VILLAGE, NEW}),
        (STREET, {EAST, VILLAGE, NEW}),
        (VILLAGE, {VILLAGE}),
        (WEST, set()),
        (OTHER_COUNTY, set()),
    ],
)
def test_an_area_is_shown_its_own_rows_and_those_below_it(world, inside, codes):
    assert set(check_rows(world, "population_jumps", inside)["area_code"]) == codes


def test_a_community_is_not_shown_rows_of_its_street(world):
    assert check_rows(world, "requests_closed_in_bulk", STREET).height == 2
    assert check_rows(world, "requests_closed_in_bulk", EAST)["closed_at"].to_list() == [datetime(2020, 12, 10, 10)]


def test_results_of_all_checks_in_an_area(world):
    found = results(world, OTHER_COUNTY)
    assert {result.name: result.failing_rows for result in found if result.failing_rows} == {
        "communities_without_standard": 1,
        "overlapping_grids": 1,
        "people_on_post_in_two_districts": 1,
        "rows_sent_by_two_districts": 1,
        "urban_communities_without_workers": 1,
    }
    ranks = [(SEVERITIES.index(result.severity), result.name) for result in found]
    assert ranks == sorted(ranks) and found[0].name == "no_areas"
    jumps = next(result for result in results(world) if result.name == "population_jumps")
    assert (jumps.severity, jumps.failing_rows, jumps.title.zh) == ("verify", 3, "人口数突变")
    assert "30%" in jumps.note.en and jumps.fix.zh.startswith("核对两次统计")


def test_a_check_that_a_version_is_too_old_for_is_skipped_and_reported(world, tmp_path):
    older = Version("older", tmp_path / "older.duckdb")
    shutil.copyfile(world.path, older.path)
    with duckdb.connect(str(older.path)) as connection:
        connection.execute("drop view staging.partner_posts")
        connection.execute("delete from meta.sql_files where path = 'checks/open_posts_of_partners_who_left.sql'")
    assert {result.name for result in results(older)} == set(FOUND) - {"open_posts_of_partners_who_left"}
    assert list(catalog.broken_files()) == ["checks/open_posts_of_partners_who_left.sql"]
    with pytest.raises(SqlFileError, match=r"open_posts_of_partners_who_left\.sql:\d+:\d+: .*partner_posts"):
        check_rows(older, "open_posts_of_partners_who_left")
    assert len(results(world)) == len(FOUND) and catalog.broken_files() == {}


def test_an_unknown_area_or_check_is_reported(world):
    with pytest.raises(InputError, match="no area with the code '999'"):
        check_rows(world, "population_jumps", "999")
    with pytest.raises(InputError, match="no 'nothing' in sql/checks"):
        check_rows(world, "nothing")


@pytest.mark.parametrize("path", [path for path in catalog.current_files() if path.startswith("checks/")])
def test_a_check_returns_the_area_first_and_declares_its_order(world, path):
    file = catalog.current_files()[path]
    assert run(world, file).columns[0] == "area_code"
    last_line = file.text.rstrip().splitlines()[-1]
    assert last_line.startswith("order by "), f"sql/{path}: end it with `order by`, not with {last_line!r}"


def test_a_check_that_does_not_return_the_area_first_is_reported_by_its_file(world):
    header = "-- title: 甲 | A\n-- severity: warn\n-- fix: 改 | mend\n"
    with pytest.raises(SqlFileError) as refused:
        run(world, sql_file.read("checks/tried.sql", f"{header}select worker_id from staging.workers"))
    assert refused.value.zh.startswith("sql/checks/tried.sql：检查的第一列应为 area_code（没有区划时为 null）；")
    assert refused.value.en.startswith(
        "sql/checks/tried.sql: the first column of a check must be area_code (null if the row has no area); "
    )
    with pytest.raises(SqlFileError, match=r"sql/checks/tried\.sql:4:8: .*nobody"):
        run(world, sql_file.read("checks/tried.sql", f"{header}select nobody from staging.workers"))
