"""The roster over time: workers on post at each month's end by full and partial rosters that come late, corrected or
partly refused.
"""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

import duckdb
import polars as pl
import pytest

from etl.ingest.validation.rosters import full_rosters, notices
from sql import query
from sql.semantic.catalog import catalog
from sql.warehouse import Version
from tests.helpers.warehouse.world import (
    AREAS,
    CITY,
    EAST,
    OTHER_COUNTY,
    SOUTH,
    WEST,
    Row,
    area,
    month,
    never_held,
    population,
    publish,
    scope,
    value,
    values,
    worker,
    write,
)

THIRD_COUNTY, NORTH = "621022", "621022001001"
FULL = '[[file]]\nname = "社区工作者2024*"\ntable = "workers"\nfull = true\n'
MONTHS = ["2023-12", "2024-01", "2024-02", "2024-03", "2024-04", "2024-05", "2024-06"]
JAN, FEB, MAR, APR, MAY, JUN = "2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31", "2024-06-30"


def roster(source: Path, district: str, name: str, day: str | None, *people: Row) -> None:
    """Writes a roster of one date as one file."""
    write(source, district, **{name: [{**person, "as_of": day} for person in people]})


def person(worker_id: str, community: str = EAST, **cells: object) -> Row:
    """Returns a person of a roster, hired in 2020 unless given otherwise, with every column that some row of the file
    has.
    """
    return worker(worker_id, community, **{"leave_date": None, "leave_reason": None, "recruited_via": None, **cells})


def sent(folder: Path) -> Path:
    """Sends half a year of three districts, except 甲区's roster of March: 甲区 monthly and full, 乙县 full but not every
    month, 丙区 not declared full.
    """
    source = folder / "source"
    ours = [row for row in AREAS if OTHER_COUNTY not in str(row["area_code"])]
    theirs = [row for row in AREAS if OTHER_COUNTY in str(row["area_code"])]
    north = [
        area(THIRD_COUNTY, "county", CITY),
        area("621022001", "street", THIRD_COUNTY),
        area(NORTH, "community", "621022001"),
    ]
    people = [population(code, "2023-12-31", 1000) for code in (EAST, WEST)]
    write(source, "甲区", areas=ours, population=people)
    write(source, "乙县", areas=theirs, population=[population(SOUTH, "2023-12-31", 1000)])
    write(source, "丙区", areas=north, population=[population(NORTH, "2023-12-31", 1000)])
    for district in ("甲区", "乙县"):
        (source / district / "mapping.toml").write_text(FULL, encoding="utf-8")

    a, b, k, p = (person(name) for name in "ABKP")
    b["recruited_via"] = "open_recruitment"
    s = person("S", WEST)
    g = person("G", hire_date="2024-03-10", recruited_via="open_recruitment")
    h = person("H", hire_date="2024-02-20")
    i, i_left = person("I"), person("I", leave_date="2024-05-10", leave_reason="退休")
    roster(source, "甲区", "社区工作者旧册", None, person("P"), person("Q"))
    roster(
        source, "甲区", "社区工作者202401", JAN, a, b, person("C"), person("D"), person("E"), i, person("J"), k, p, s
    )
    # One roster, a file for each community.
    roster(source, "甲区", "社区工作者202402东", FEB, a, b, person("C"), person("D"), person("E"), i, person("J"), k, p)
    roster(source, "甲区", "社区工作者202402西", FEB, s)
    moved = person("D", WEST)
    roster(source, "甲区", "社区工作者202404", APR, a, b, moved, person("F", WEST), g, h, i, k, p, s)
    roster(source, "甲区", "社区工作者202405", MAY, a, b, moved, person("F", WEST), g, h, i_left, k, p, s)
    roster(source, "甲区", "社区工作者202406", JUN, a, b, moved, person("F", WEST), g, h, k, p, s)

    v, u = person("V", SOUTH), person("U", SOUTH, hire_date="2024-02-10")
    roster(source, "乙县", "社区工作者202401", JAN, v, person("F", SOUTH))
    roster(source, "乙县", "社区工作者202403", MAR, v, u)
    roster(source, "乙县", "社区工作者202404", APR, v, u, person("E", SOUTH))

    roster(source, "丙区", "社区工作者旧册", None, person("M", NORTH), person("N", NORTH))
    roster(source, "丙区", "社区工作者202401", JAN, person("O", NORTH))
    roster(source, "丙区", "社区工作者202404", APR, person("M", NORTH, post="deputy"))
    return source


def send_march(source: Path) -> None:
    """Sends 甲区's roster of March, weeks late: without B and C, with the day J left, and K in a refused row."""
    roster(
        source,
        "甲区",
        "社区工作者202403",
        MAR,
        person("A"),
        person("D"),
        person("E"),
        person("G", hire_date="2024-03-10", recruited_via="open_recruitment"),
        person("I"),
        person("J", leave_date="2024-02-10", leave_reason="辞职"),
        person("K", birth_date="2019-01-01"),
        person("P"),
        person("S", WEST),
    )


def headcounts(version: Version) -> dict[str, list[float]]:
    """Returns workers on post by community, month by month."""
    found = values(version, "workers", ("community", "month"))
    return {code: [found.get((code, month(text)), 0) for text in MONTHS] for code in (EAST, WEST, SOUTH, NORTH)}


def moves(version: Version, name: str) -> list[float]:
    found = values(version, name, "month", "2024-01..2024-06")
    return [found[month(text)] for text in MONTHS[1:]]


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Version]:
    """Returns the versions before March's roster came, after it, and after February's was corrected."""
    folder = tmp_path_factory.mktemp("rosters")
    source = sent(folder)
    found = {"before": publish(source, folder / "warehouse", JUN)[1]}
    send_march(source)
    report, found["late"] = publish(source, folder / "warehouse", JUN)
    assert report.rejects["row_number"].unique().to_list() == [8]
    people = (person(name) for name in "ABCDEIJP")
    roster(source, "甲区", "社区工作者202402东（更正）", FEB, *people)
    found["corrected"] = publish(source, folder / "warehouse", JUN)[1]
    return found


def test_who_is_on_post_before_the_late_roster(versions):
    assert headcounts(versions["before"]) == {
        # PQ; ABCDEIJKP, Q is closed; the same; and G, hired since; ABGHIKP, for C and J are missing and D and E moved; I left.
        EAST: [2, 9, 9, 10, 7, 6, 6],
        # S; then D, and F who came back in another district.
        WEST: [0, 1, 1, 1, 3, 3, 3],
        # FV; and U, hired since January's; F is missing; E came.
        SOUTH: [0, 2, 3, 2, 3, 3, 3],
        # MN; and O. Nobody is missing from rosters that are not declared full.
        NORTH: [2, 3, 3, 3, 3, 3, 3],
    }
    # March: G. April: H, not in February's though hired, and F, back. Missing: Q; F; C and J.
    assert moves(versions["before"], "worker_joiners") == [0, 1, 1, 2, 0, 0]
    assert moves(versions["before"], "worker_leavers") == [1, 0, 1, 2, 1, 0]


def test_a_late_roster_restates_what_it_touches(versions):
    before, late = headcounts(versions["before"]), headcounts(versions["late"])
    # J had left before February's end; in March B and C are missing too. K is not: the row with that number was
    # refused.
    assert late == before | {EAST: [2, 9, 8, 7, 7, 6, 6]}
    # B is back in April; C went in March and not in April; J in February.
    assert moves(versions["late"], "worker_joiners") == [0, 1, 1, 3, 0, 0]
    assert moves(versions["late"], "worker_leavers") == [1, 1, 3, 0, 1, 0]


def test_a_corrected_roster_without_somebody(versions):
    # K is missing from February's as corrected; March's names him in a refused row only, April's brings him back.
    assert headcounts(versions["corrected"]) == headcounts(versions["late"]) | {EAST: [2, 9, 7, 6, 7, 6, 6]}
    assert moves(versions["corrected"], "worker_joiners") == [0, 1, 1, 4, 0, 0]
    assert moves(versions["corrected"], "worker_leavers") == [1, 2, 3, 0, 1, 0]


@pytest.mark.parametrize("name", ["before", "late", "corrected"])
def test_joiners_less_leavers_are_the_change_in_headcount(versions, name):
    version = versions[name]
    total = [sum(column) for column in zip(*headcounts(version).values(), strict=True)]
    change = [later - earlier for earlier, later in itertools.pairwise(total[1:])]
    net = moves(version, "worker_net_change")
    # In January the rosters begin.
    assert net[1:] == change
    assert net == [
        a - b for a, b in zip(moves(version, "worker_joiners"), moves(version, "worker_leavers"), strict=True)
    ]


def test_why_people_left_and_who_came_back(versions):
    late = versions["late"]
    reasons = values(late, "worker_leavers", "leave_reason", "2024")
    assert {reason: people for reason, people in reasons.items() if people} == {
        "not_listed": 4,
        "resignation": 1,
        "retirement": 1,
    }
    joined = values(late, "worker_joiners", ("move", "community"), "2024-04")
    assert {key: people for key, people in joined.items() if people} == {
        ("hire", EAST): 1,
        ("return", EAST): 1,
        ("return", WEST): 1,
    }
    # B was recruited in 2020 and not again when listed again.
    assert value(late, "workers_recruited", "2020") == 1 and value(late, "workers_recruited", "2024") == 1
    turnover = query("worker_turnover", scope(late, "2024-03..2024-04"))
    assert turnover.select("joiners", "leavers").rows() == [(4, 3)]


def test_a_row_without_a_date_is_older_than_any_with_one(versions):
    posts = values(versions["late"], "workers", ("post", "month"), area_code=NORTH)
    # M's first row has no date; in April's M is a deputy.
    assert [posts.get(("deputy", month(text)), 0) for text in MONTHS] == [0, 0, 0, 0, 1, 1, 1]
    assert [posts.get(("worker", month(text)), 0) for text in MONTHS] == [2, 3, 3, 3, 2, 2, 2]


def test_how_each_row_of_a_roster_ends(versions):
    rows = versions["late"].rows("select worker_id, as_of, since, until, ended_by from intermediate.roster_periods")
    ends = {
        (row["worker_id"], str(row["as_of"])): (str(row["since"]), str(row["until"]), row["ended_by"])
        for row in rows.iter_rows(named=True)
    }
    assert ends["Q", "None"] == ("2020-01-01", JAN, "not_listed")
    assert ends["P", "None"] == ("2020-01-01", JAN, "superseded")
    assert ends["B", FEB] == (FEB, MAR, "not_listed") and ends["B", APR] == (APR, MAY, "superseded")
    # 甲区's February row counts until April, because March's was refused.
    assert ends["K", FEB] == (FEB, APR, "superseded")
    # 甲区's roster of April lacks E, 乙县's of the same day lists him.
    assert ends["E", MAR] == (MAR, APR, "superseded") and ends["E", APR] == (APR, "None", None)
    assert ends["F", JAN] == (JAN, MAR, "not_listed")
    assert ends["J", JAN] == (JAN, "2024-02-10", "left")
    assert ends["U", MAR] == ("2024-02-10", APR, "superseded") and ends["H", APR][0] == APR
    assert ends["O", JAN] == (JAN, "None", None)


def test_leaving_and_being_hired_again_on_one_day_counts_as_both(tmp_path):
    source = write(tmp_path / "source", "甲区", areas=AREAS, population=[population(EAST, JAN, 1000)])
    roster(source, "甲区", "社区工作者一册", None, person("A", leave_date="2024-02-10"), person("B"))
    roster(source, "甲区", "社区工作者二册", "2024-02-10", person("A", hire_date="2024-02-10"), person("B"))
    version = publish(source, tmp_path / "warehouse", MAR)[1]
    assert [
        values(version, name, "month", "2024-02")[month("2024-02")] for name in ("worker_joiners", "worker_leavers")
    ] == [1, 1]
    assert value(version, "workers", "2024-01") == value(version, "workers", "2024-02") == 2


def test_a_roster_with_an_unreadable_number_closes_nobody(tmp_path):
    people = [population(EAST, JAN, 1000)]
    source = write(tmp_path / "source", "甲区", areas=AREAS, population=people, standards=never_held())
    (source / "甲区" / "mapping.toml").write_text(FULL, encoding="utf-8")
    roster(source, "甲区", "社区工作者202401", JAN, person("A"), person("B"), person("C"))
    roster(source, "甲区", "社区工作者202402", FEB, person("A"), person(""))
    roster(source, "甲区", "社区工作者202403", MAR, person("A"), person("B"))
    report, version = publish(source, tmp_path / "warehouse", MAR)
    # February's names two, March's closes C.
    assert values(version, "workers", "month") == {month("2024-01"): 3, month("2024-02"): 3, month("2024-03"): 2}
    assert version.rows("select * from raw.full_roster_gaps").rows() == [("甲区", date(2024, 2, 29), None)]
    file = report.files.filter(pl.col("file") == "社区工作者202402.csv").row(0, named=True)
    assert "第 3 行的社区工作者编号读不出来，因此不据它认定任何人离岗" in file["message_zh"]
    assert "the worker_id of row 3 can't be read, so nobody is taken to have left because of it" in file["message_en"]


def test_a_broken_mapping_reopens_nobody(tmp_path):
    source = write(tmp_path / "source", "甲区", areas=AREAS, population=[population(EAST, JAN, 1000)])
    mapping = source / "甲区" / "mapping.toml"
    mapping.write_text(FULL, encoding="utf-8")
    roster(source, "甲区", "社区工作者202401", JAN, person("A"), person("B"))
    roster(source, "甲区", "社区工作者202402", FEB, person("A"))
    closed = {month("2024-01"): 2, month("2024-02"): 1}
    assert values(publish(source, tmp_path / "warehouse", FEB)[1], "workers", "month") == closed
    mapping.write_text("[[file]", encoding="utf-8")
    report, version = publish(source, tmp_path / "warehouse", FEB)
    assert "stale" in report.files["status"].to_list() and values(version, "workers", "month") == closed
    # Without a mapping nothing is declared full any more.
    mapping.unlink()
    assert values(publish(source, tmp_path / "warehouse", FEB)[1], "workers", "month") == {
        month("2024-01"): 2,
        month("2024-02"): 2,
    }


# --- Full rosters and their gaps, from rows given as frames.

_ROWS = {"source_unit": pl.UInt32, "source_row": pl.UInt32, "worker_id": pl.String, "as_of": pl.Date}


def rows(*cells: tuple[int, int, str | None, str | None]) -> pl.DataFrame:
    records = [(unit, row, who, date.fromisoformat(day) if day else None) for unit, row, who, day in cells]
    return pl.DataFrame(records, schema=_ROWS, orient="row")


def found(accepted, refused, declared, failed=()):
    full, gaps = full_rosters(accepted, refused, declared, failed)
    return [(place, str(day)) for place, day in full.rows()], [
        (place, str(day), who) for place, day, who in gaps.rows()
    ]


def test_only_rosters_declared_full_are_full(tmp_path):
    accepted = rows((0, 2, "A", JAN), (1, 2, "B", JAN), (1, 3, "C", FEB), (2, 2, "D", FEB))
    assert found(accepted, rows(), {1: "甲区", 2: "乙县"}) == ([("乙县", FEB), ("甲区", JAN), ("甲区", FEB)], [])
    assert found(accepted, rows((0, 3, None, JAN)), {}) == ([], [])
    assert notices(accepted, rows((0, 3, None, JAN)), {}) == {}


def test_refused_rows_of_a_full_roster_are_gaps():
    accepted = rows((0, 2, "A", JAN), (0, 3, "A", FEB), (1, 2, "B", MAR))
    refused = rows(
        (0, 4, "C", JAN),
        (0, 5, "D", None),
        (0, 6, "E", "2024-01-30"),
        (1, 3, None, MAR),
        (2, 2, "F", None),
        (3, 2, "G", JAN),
    )
    # D's date can't be read: it may be either of its file's dates. E's date makes nothing full. Unit 2 has no date of
    # its own, so every date of its district may be meant. Unit 3 is not declared full.
    assert found(accepted, refused, {0: "甲区", 1: "乙县", 2: "乙县"})[1] == [
        ("乙县", MAR, None),
        ("乙县", MAR, "F"),
        ("甲区", JAN, "C"),
        ("甲区", JAN, "D"),
        ("甲区", FEB, "D"),
    ]


def test_rows_without_a_date_in_a_full_roster_are_gaps():
    accepted = rows((0, 2, "A", JAN), (0, 3, "B", None), (0, 4, "C", None))
    assert found(accepted, rows(), {0: "甲区"}) == ([("甲区", JAN)], [("甲区", JAN, "B"), ("甲区", JAN, "C")])
    ((zh, en),) = notices(accepted, rows(), {0: "甲区"})[0]
    assert "有 2 行没有名册日期" in zh and "2 rows have no as_of" in en


def test_an_unreadable_full_roster_may_list_anybody_from_then_on():
    # Unit 1 failed; the previous version's rows, as of January, replace it. For unit 2 there are none.
    accepted = rows((0, 2, "A", JAN), (0, 3, "A", FEB), (0, 4, "A", MAR), (1, 2, "B", JAN))
    assert found(accepted, rows(), {0: "甲区", 1: "甲区"}, [1])[1] == [("甲区", FEB, None), ("甲区", MAR, None)]
    assert found(accepted, rows(), {0: "甲区", 2: "甲区"}, [2])[1] == [("甲区", day, None) for day in (JAN, FEB, MAR)]
    assert found(accepted, rows(), {0: "甲区", 2: "乙县"}, [2])[1] == []


def test_a_date_with_few_rows_is_reported():
    accepted = rows(
        *[(0, row, f"W{row}", MAR) for row in range(2, 12)], *[(0, row, f"W{row}", JAN) for row in range(12, 16)]
    )
    ((zh, en),) = notices(accepted, rows(), {0: "甲区"})[0]
    assert "日期为 2024-01-31 的只有 4 行" in zh and "only 4 rows have the as_of 2024-01-31" in en
    half = rows(
        *[(0, row, f"W{row}", MAR) for row in range(2, 12)], *[(0, row, f"W{row}", JAN) for row in range(12, 17)]
    )
    assert notices(half, rows(), {0: "甲区"}) == {}


# --- Random rosters: the same result as going through the days one by one.

WORLDS = 400
_DAYS = [date(2024, number, 15) for number in range(1, 8)]
_MONTH_ENDS = [date(2024, number, 28) for number in range(1, 8)]
_LONG_AGO = date(2020, 1, 1)


def random_world(number: int, is_plain: bool) -> tuple[list[Row], set[tuple], set[tuple]]:
    """Returns the rows, full rosters and gaps of two districts and three people. In a plain world everybody was hired
    long ago and no departure is reported; in any other both districts begin with a full roster without gaps.
    """
    dice = Random(number)
    districts, people = [f"{number}{name}" for name in "xy"], [f"{number}{name}" for name in "ABC"]
    rows = {}
    for _ in range(dice.randint(1, 12)):
        who, day = dice.choice(people), dice.choice([None, *_DAYS])
        hired = _LONG_AGO if is_plain else dice.choice([_LONG_AGO, *[each.replace(day=10) for each in _DAYS]])
        left = None if is_plain else dice.choice([None] * 7 + [each.replace(day=25) for each in _DAYS])
        rows[who, day] = {
            "worker_id": who,
            "as_of": day,
            "hire_date": hired,
            "leave_date": left,
            "district": dice.choice(districts),
        }
    full = {(dice.choice(districts), dice.choice(_DAYS)) for _ in range(dice.randint(0, 8))}
    gaps = {
        (dice.choice(districts), dice.choice(_DAYS), dice.choice([*people, None])) for _ in range(dice.randint(0, 3))
    }
    if not is_plain:
        full |= {(district, _DAYS[0]) for district in districts}
        gaps = {gap for gap in gaps if gap[1] > _DAYS[0]}
    return list(rows.values()), full, gaps


def modelled(is_plain: bool) -> tuple[list[tuple], Counter, Counter]:
    """Returns many worlds, the people on post at each month's end, and how many joined and left in each month, by
    world.
    """
    worlds = [random_world(number, is_plain) for number in range(WORLDS)]
    texts = ["leave_reason", "recruited_via", "post", "gender", "education"]
    workers = pl.DataFrame([row for rows, _, _ in worlds for row in rows], infer_schema_length=None).with_columns(
        *(pl.lit(None, dtype=pl.String).alias(name) for name in texts), community_code=pl.lit("x")
    )
    full = pl.DataFrame([one for _, each, _ in worlds for one in each], ["district", "as_of"], orient="row")
    gaps = pl.DataFrame(
        [one for _, _, each in worlds for one in each],
        {"district": pl.String, "as_of": pl.Date, "worker_id": pl.String},
        orient="row",
    )
    models = catalog.current_files()
    with duckdb.connect() as connection:
        connection.execute("create schema staging; create schema intermediate")
        for name, frame in {"workers": workers, "full_rosters": full, "full_roster_gaps": gaps}.items():
            connection.register("given", frame)
            connection.execute(f"create table staging.{name} as select * from given")
        connection.execute("create table staging.months as select unnest(?) as observed_on", [_MONTH_ENDS])
        connection.execute(
            "create table intermediate.area_paths as select 'x' as area_code, null as province, null as city, null as county, "
            "null as street, null as community, null as place"
        )
        connection.execute(
            f"create table intermediate.roster_periods as {models['intermediate/roster_periods.sql'].text}"
        )
        connection.execute(f"create table worker_moves as {models['marts/worker_moves.sql'].text}")
        on_post = connection.execute(
            "select observed_on, worker_id from intermediate.roster_periods inner join staging.months "
            "on since <= observed_on and (until is null or until > observed_on)"
        ).fetchall()
        moves = connection.execute("select month, worker_id, move from worker_moves").fetchall()
    return worlds, Counter(on_post), Counter((day, who[:-1], move == "leave") for day, who, move in moves)


def day_by_day(rows, full, gaps, who, day) -> bool:
    """Returns true where a person who was hired long ago and has no reported departure is on post on a day."""
    mine = {row["as_of"]: row["district"] for row in rows if row["worker_id"] == who}
    holder, is_closed = mine.get(None), False
    for at in (each for each in _DAYS if each <= day):
        if at in mine:
            holder, is_closed = mine[at], False
        elif (holder, at) in full and not {(holder, at, who), (holder, at, None)} & gaps:
            is_closed = True
    return holder is not None and not is_closed


def test_the_same_as_going_through_the_days():
    worlds, on_post, _ = modelled(is_plain=True)
    expected = {
        (day, who): 1
        for number, world in enumerate(worlds)
        for who in (f"{number}{name}" for name in "ABC")
        for day in _MONTH_ENDS
        if day_by_day(*world, who, day)
    }
    assert on_post == expected and len(expected) > WORLDS


def test_moves_explain_every_change_once_rosters_are_full():
    worlds, on_post, moves = modelled(is_plain=False)
    # Nobody is on post twice.
    assert set(on_post.values()) == {1}
    changes = 0
    for number in range(len(worlds)):
        posts = [sum((day, f"{number}{name}") in on_post for name in "ABC") for day in _MONTH_ENDS]
        for earlier, later, day in zip(posts, posts[1:], _MONTH_ENDS[1:], strict=False):
            joined, left = (moves[day.replace(day=1), str(number), is_leave] for is_leave in (False, True))
            assert later - earlier == joined - left, (number, day)
            changes += joined + left
    assert changes > WORLDS
