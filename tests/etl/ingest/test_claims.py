"""Two districts send the same row: the row of the district that sent its area stays, and everything is on record."""

import duckdb
import polars as pl
import pytest

from etl.build.build import build
from etl.contracts import all_tables
from etl.ingest.pipeline import ingest_folder
from etl.ingest.validation.claims import SENDER_SCHEMA, settle_claims
from etl.ingest.validation.rosters import number_people
from sql import warehouse
from tests.helpers.ingest.ingest_source import WORKER_HEADER, worker, write

AREA_HEADER = "区划代码,名称,级别,上级代码\n"
ABOVE = "62,甘肃省,省,\n621000,庆阳市,市,62\n"
EAST, SOUTH, SHARED, UNSENT = "621002001001", "621021001001", "621002001009", "621002001777"
GRIDS = "网格编码,社区代码,网格名称,网格性质,户数\n"
# The districts that send the areas of 621002 and of 621021: in one order of folders and in the other.
ORDERS = [("甲区", "乙县"), ("乙区", "甲县")]


def grid(code: str, community: str, households: int) -> str:
    return f"{code},{community},网格{code},居民网格,{households}\n"


def ingest_both(folder, ours, theirs, our_files, their_files):
    """Ingests two neighbours: `ours` sent 621002 with EAST, `theirs` 621021 with SOUTH, both of them SHARED."""
    shared = f"{SHARED},共用社区,社区,621002001\n"
    our_areas = ABOVE + f"621002,西峰区,区县,621000\n621002001,北街,街道,621002\n{EAST},东湖,社区,621002001\n" + shared
    their_areas = ABOVE + f"621021,庆城县,区县,621000\n621021001,南街,街道,621021\n{SOUTH},南湖,社区,621021001\n"
    # Both need the street of SHARED.
    their_areas += f"621002,西峰区,区县,621000\n621002001,北街,街道,621002\n{shared}"
    write(
        folder, {f"{ours}/行政区划.csv": AREA_HEADER + our_areas, f"{theirs}/行政区划.csv": AREA_HEADER + their_areas}
    )
    write(folder, {f"{ours}/{name}": text for name, text in our_files.items()})
    write(folder, {f"{theirs}/{name}": text for name, text in their_files.items()})
    return ingest_folder(folder, None)


def claims(intake, table="grids"):
    rows = intake.derived_tables["claims"].filter(pl.col("table_name") == table)
    return sorted(rows.select("key", "district", "row_number", "is_kept").rows())


@pytest.mark.parametrize(("ours", "theirs"), ORDERS)
def test_the_row_of_the_district_that_sent_the_area_stays(tmp_path, ours, theirs):
    intake = ingest_both(
        tmp_path,
        ours,
        theirs,
        {"网格.csv": GRIDS + grid("G1", EAST, 300) + grid("G2", SOUTH, 100) + grid("ALONE", EAST, 1)},
        {"网格.csv": GRIDS + grid("G2", SOUTH, 200) + grid("G1", EAST, 999)},
    )
    rows = intake.tables["grids"].select("grid_code", "households", "source_district").sort("grid_code").rows()
    assert rows == [("ALONE", 1, ours), ("G1", 300, ours), ("G2", 200, theirs)]
    assert claims(intake) == sorted(
        [("G1", ours, 2, True), ("G1", theirs, 3, False), ("G2", ours, 3, False), ("G2", theirs, 2, True)]
    )
    refused = intake.rejects.select("district", "row_number", "column_name", "value", "reason_zh", "reason_en").rows()
    zh = "相同；两个地区报送同一条时，采用其所在区划由本地区报送的那一行，因此采用那一行而不采用本行；请与对方核对，只由一方报送"
    en = (
        "; if two districts send the same item, the row of the district that itself sent its area is used, so that "
        "row is used and this one is not; agree with the other district which of you sends it"
    )
    assert sorted(refused) == sorted(
        [
            (
                theirs,
                3,
                "grid_code",
                "G1",
                f"与 {ours}/网格.csv 第 2 行的 网格编码 {zh}",
                f"has the same grid_code as {ours}/网格.csv row 2{en}",
            ),
            (
                ours,
                3,
                "grid_code",
                "G2",
                f"与 {theirs}/网格.csv 第 2 行的 网格编码 {zh}",
                f"has the same grid_code as {theirs}/网格.csv row 2{en}",
            ),
        ]
    )


@pytest.mark.parametrize(("ours", "theirs"), ORDERS)
@pytest.mark.parametrize(
    ("our_rows", "their_rows"),
    [
        # Each places the row in its own area.
        (grid("G1", EAST, 300), grid("G1", SOUTH, 300)),
        # Each places the row in the other's area.
        (grid("G1", SOUTH, 300), grid("G1", EAST, 300)),
        # Both sent the area.
        (grid("G1", SHARED, 300), grid("G1", SHARED, 301)),
        # The district that sent the area contradicts itself.
        (grid("G1", EAST, 300) + grid("G1", EAST, 301), grid("G1", EAST, 300)),
        (grid("G1", EAST, 300) + grid("G1", SOUTH, 300), grid("G1", EAST, 300)),
    ],
    ids=["each its own", "each the other's", "both sent it", "two things", "two places"],
)
def test_where_the_owner_is_not_unique_nothing_stays(tmp_path, ours, theirs, our_rows, their_rows):
    intake = ingest_both(tmp_path, ours, theirs, {"网格.csv": GRIDS + our_rows}, {"网格.csv": GRIDS + their_rows})
    assert intake.tables["grids"].is_empty()
    count = our_rows.count("\n") + 1
    assert [kept for *_, kept in claims(intake)] == [False] * count
    assert intake.rejects.height == count and all("两处都未采用" in zh for zh in intake.rejects["reason_zh"])
    # The first of our rows names the row it contradicts, wherever that row lies.
    assert theirs in intake.rejects.filter(pl.col("district") == ours)["reason_en"][0] or count == 3


@pytest.mark.parametrize(("ours", "theirs"), ORDERS)
def test_of_exact_repeats_the_owners_row_stays_and_nothing_is_refused(tmp_path, ours, theirs):
    same = grid("G1", EAST, 300) + grid("G2", SOUTH, 200)
    intake = ingest_both(tmp_path, ours, theirs, {"网格.csv": GRIDS + same}, {"网格.csv": GRIDS + same})
    rows = intake.tables["grids"].select("grid_code", "source_district").sort("grid_code").rows()
    assert rows == [("G1", ours), ("G2", theirs)]
    assert (
        intake.rejects.is_empty()
        and intake.derived_tables["claims"].height == 4
        and intake.derived_tables["claims"]["is_kept"].sum() == 2
    )
    files = intake.files.filter(pl.col("table_name") == "grids")
    assert files.select("rows_read", "rows_loaded", "rows_duplicate").rows() == [(2, 1, 1), (2, 1, 1)]


def test_of_exact_repeats_without_an_owner_the_first_stays(tmp_path):
    same = GRIDS + grid("G1", SHARED, 300)
    intake = ingest_both(tmp_path, *ORDERS[1], {"网格.csv": same}, {"网格.csv": same})
    first = min(ORDERS[1])
    assert intake.tables["grids"]["source_district"].to_list() == [first]
    assert claims(intake) == sorted(("G1", place, 2, place == first) for place in ORDERS[1])


@pytest.mark.parametrize("step", [1, -1])
def test_the_first_row_is_first_by_location_in_whatever_order_rows_come(step):
    places = pl.DataFrame(
        {"source_unit": [0, 1], "place": ["乙县/网格.csv", "甲区/网格.csv"], "district": ["乙县", "甲区"]},
        schema_overrides={"source_unit": pl.UInt32},
    )
    contract = all_tables()["grids"]
    cells = {
        "grid_code": "G1",
        "community_code": SHARED,
        "grid_name": "一",
        "grid_type": "residential",
        "households": 9,
    }
    rows = pl.DataFrame(
        [cells | {"source_unit": unit, "source_row": row} for unit, row in ((0, 3), (0, 2), (1, 2))][::step],
        schema={name: column.dtype for name, column in contract.schema.columns().items()},
    )
    kept, repeats, found, claimed = settle_claims(contract, rows, places, pl.DataFrame(schema=SENDER_SCHEMA))
    assert kept.select("source_unit", "source_row").rows() == [(0, 2)]
    assert repeats.height == 2 and found.is_empty() and claimed.filter("is_kept")["source_unit"].to_list() == [0]


def test_a_contradiction_within_a_district_is_no_claim(tmp_path):
    rows = GRIDS + grid("G1", EAST, 300) + grid("G1", EAST, 301) + grid("G2", EAST, 5) + grid("G2", EAST, 5)
    intake = ingest_both(tmp_path, *ORDERS[0], {"网格.csv": rows}, {})
    assert intake.derived_tables["claims"].is_empty()
    assert intake.rejects.height == 2 and intake.tables["grids"]["grid_code"].to_list() == ["G2"]


def test_areas_sent_by_two_districts_are_no_claims(tmp_path):
    intake = ingest_both(tmp_path, *ORDERS[0], {}, {})
    # 62, 621000, 621002, 621002001 and SHARED come from both.
    assert (
        intake.files["rows_duplicate"].sum() == 5
        and intake.derived_tables["claims"].is_empty()
        and intake.rejects.is_empty()
    )


@pytest.mark.parametrize(("ours", "theirs"), ORDERS)
def test_where_nobody_sent_the_area_the_nearest_above_decides(tmp_path, ours, theirs):
    """Both districts sent the street of the unknown community, but only one sent the county of 621021."""
    unknown = "621021009777"
    intake = ingest_both(
        tmp_path,
        ours,
        theirs,
        {"网格.csv": GRIDS + grid("G1", UNSENT, 1) + grid("G2", unknown, 1)},
        {"网格.csv": GRIDS + grid("G1", UNSENT, 2) + grid("G2", unknown, 2)},
    )
    # No row can lie in a community that doesn't exist: the row that would have stayed is refused for that.
    assert claims(intake) == sorted(
        (key, place, row, False) for key, row in (("G1", 2), ("G2", 3)) for place in (ours, theirs)
    )
    found = {(row["district"], row["row_number"]): row["reason_zh"] for row in intake.rejects.iter_rows(named=True)}
    assert "两处都未采用" in found[ours, 2] and "两处都未采用" in found[theirs, 2]
    assert "两个地区报送同一条" in found[ours, 3] and "不在已接受的行政区划" in found[theirs, 3]


def test_a_person_claimed_by_two_rosters_of_a_date(tmp_path):
    header = WORKER_HEADER.strip() + ",名册日期\n"

    def line(community: str, day: str, **cells: str) -> str:
        return worker("W1", community_code=community, **cells).strip() + f",{day}\n"

    ours, theirs = ORDERS[0]
    intake = ingest_both(
        tmp_path,
        ours,
        theirs,
        {"社区工作者.csv": header + line(EAST, "2024-01-31") + line(EAST, "2024-02-29", phone="13800000001")},
        {"社区工作者.csv": header + line(SOUTH, "2024-03-31") + line(EAST, "2024-02-29", phone="13800000002")},
    )
    # Another date is another row; on the same date only the phone tells them apart.
    rows = intake.tables["workers"].select("as_of", "source_district").sort("as_of")
    assert [(str(day), place) for day, place in rows.rows()] == [
        ("2024-01-31", ours),
        ("2024-02-29", ours),
        ("2024-03-31", theirs),
    ]
    assert claims(intake, "workers") == sorted(
        [("W1、2024-02-29", ours, 3, True), ("W1、2024-02-29", theirs, 3, False)]
    )


def test_claims_are_loaded(tmp_path):
    ingest_both(
        tmp_path / "source",
        *ORDERS[0],
        {"网格.csv": GRIDS + grid("G1", EAST, 300)},
        {"网格.csv": GRIDS + grid("G1", EAST, 301)},
    )
    people = "社区代码,统计日期,常住人口,户数\n" + f"{EAST},2024-01-31,900,300\n"
    write(tmp_path / "source", {"甲区/人口.csv": people})
    build(tmp_path / "source", tmp_path / "warehouse")
    with duckdb.connect(str(warehouse.current_version(tmp_path / "warehouse").path), read_only=True) as version:
        rows = version.sql("select * from raw.claims order by is_kept").fetchall()
    assert rows == [("grids", "G1", "乙县", "网格.csv", "", 2, False), ("grids", "G1", "甲区", "网格.csv", "", 2, True)]


# The column's text, the worker and the date: A and C are one person, D and B another; E shares a number with nobody.
PEOPLE = [
    ("a", "W3", None),
    ("b", "W2", "2024-01-31"),
    ("a", "W5", None),
    ("b", "W2", "2024-02-29"),
    ("b", "W4", None),
    ("c", "W6", None),
    (None, "W7", None),
    (None, "W8", None),
    ("c", "W6", "2024-01-31"),
]


@pytest.mark.parametrize("order", [list(range(9)), list(range(8, -1, -1)), [4, 0, 8, 2, 6, 1, 5, 3, 7]])
def test_one_person_under_two_numbers(order):
    rows = [PEOPLE[place] for place in order]
    frame = pl.DataFrame(rows, schema=["digest", "worker_id", "as_of"], orient="row").with_columns(
        pl.col("as_of").str.to_date()
    )
    found = number_people(frame, "digest")
    assert found.drop("person_number").equals(frame)
    # W2 comes before W3, so its person is the first.
    numbers = dict(found.select("worker_id", "person_number").unique().rows())
    assert numbers == {"W2": 1, "W4": 1, "W3": 2, "W5": 2, "W6": None, "W7": None, "W8": None}


def test_nobody_under_two_numbers():
    frame = pl.DataFrame({"id_number": ["a", None], "worker_id": ["W1", "W2"], "as_of": [None, None]})
    found = number_people(frame)
    assert found["person_number"].to_list() == [None, None] and found.schema["person_number"] == pl.Int64
