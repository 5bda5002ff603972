"""Files that come again, late, damaged or withdrawn change nothing they should not: each case went wrong once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from etl.build.build import build
from etl.ingest.pipeline import ingest_folder
from sql import warehouse
from tests.helpers.ingest.ingest_source import AREAS, URBAN, WORKER_HEADER, write
from tests.helpers.warehouse.small_build import copy_models

GARBAGE = b"%PDF-1.4\n"
PEOPLE = f"社区代码,统计日期,常住人口\n{URBAN},2024-01-31,900\n"
GRIDS = "网格编码,社区代码,网格名称,网格性质,户数\n"
REQUESTS = "工单编号,事项类型,区划代码,上报时间\n"
ROSTER = WORKER_HEADER.strip() + ",名册日期\n"
FULL = '[[file]]\nname = "{}"\ntable = "workers"\nfull = true\n'


def listed(worker_id: str, day: str, community: str = URBAN, birth_date: str = "1990-03-05") -> str:
    return f"{worker_id},张三,,,男,{birth_date},大专,{community},书记,2020-01-01,,{day}\n"


def grid(code: str, households: int) -> str:
    return f"{code},{URBAN},{code},居民网格,{households}\n"


class Followed:
    """Holds a source folder whose files change, and the warehouse that follows it."""

    def __init__(self, folder: Path) -> None:
        self.source, self.into = folder / "source", folder / "warehouse"
        self.models = copy_models(folder / "sql")

    def send(self, files: dict[str, str | bytes], district: str = "西峰区") -> None:
        write(self.source / district, files)

    def withdraw(self, file: str, district: str = "西峰区") -> None:
        (self.source / district / file).unlink()

    def rows(self, sql: str, as_of: date | None = date(2024, 5, 31)) -> list[tuple[object, ...]]:
        """Returns the rows of the next build."""
        build(self.source, self.into, as_of, self.models)
        return warehouse.current_version(self.into).rows(sql).rows()


@pytest.fixture
def followed(tmp_path: Path) -> Followed:
    made = Followed(tmp_path)
    made.send({"行政区划.csv": AREAS, "人口.csv": PEOPLE})
    return made


ON_POST = "select distinct worker_id from worker_months where month = '2024-05-01' order by worker_id"


@pytest.mark.parametrize("copy", ["社区工作者1月.csv", "社区工作者名册1月.csv"])
def test_a_full_roster_counts_whichever_copy_of_its_rows_is_taken(followed: Followed, copy: str) -> None:
    """Another file with the same rows sorts before the full roster or after it."""
    february = ROSTER + listed("W1", "2024-02-29")
    followed.send(
        {
            "社区工作者.csv": ROSTER + listed("W1", "2024-01-31") + listed("W2", "2024-01-31"),
            "社区工作者名册.csv": february,
            copy: february,
            "mapping.toml": FULL.format("社区工作者名册.csv"),
        }
    )
    assert followed.rows(ON_POST) == [("W1",)]


def test_a_full_roster_without_any_date_is_loaded(tmp_path: Path) -> None:
    write(
        tmp_path / "西峰区",
        {
            "行政区划.csv": AREAS,
            "社区工作者.csv": WORKER_HEADER + listed("W1", "").removesuffix(",\n") + "\n",
            "mapping.toml": FULL.format("社区工作者.csv"),
        },
    )
    intake = ingest_folder(tmp_path, None)
    assert intake.tables["workers"]["worker_id"].to_list() == ["W1"]
    file = intake.files.filter(pl.col("table_name") == "workers")
    assert "有 1 行没有名册日期" in file["message_zh"].item()


def test_a_damaged_full_roster_keeps_departures_unchanged(followed: Followed) -> None:
    """W2 is in a refused row of the roster, and so is not closed; W3 is not in it."""
    followed.send(
        {
            "社区工作者.csv": ROSTER + "".join(listed(who, "2024-01-31") for who in ("W1", "W2", "W3")),
            "社区工作者名册.csv": ROSTER
            + listed("W1", "2024-02-29")
            + listed("W2", "2024-02-29", birth_date="2019-01-01"),
            "mapping.toml": FULL.format("社区工作者名册.csv"),
        }
    )
    assert followed.rows(ON_POST) == [("W1",), ("W2",)]
    followed.send({"社区工作者名册.csv": GARBAGE})
    assert followed.rows(ON_POST) == [("W1",), ("W2",)]
    followed.send({"mapping.toml": "[[file"})
    assert followed.rows(ON_POST) == [("W1",), ("W2",)]


def test_a_full_roster_withdrawn_closes_nobody_though_the_mapping_names_it(followed: Followed) -> None:
    followed.send(
        {
            "社区工作者.csv": ROSTER + listed("W1", "2024-01-31") + listed("W2", "2024-01-31"),
            "社区工作者名册.csv": ROSTER + listed("W1", "2024-02-29"),
            "mapping.toml": FULL.format("社区工作者名册.csv"),
        }
    )
    assert followed.rows(ON_POST) == [("W1",)]
    followed.withdraw("社区工作者名册.csv")
    assert followed.rows(ON_POST) == [("W1",), ("W2",)]


def test_files_missing_from_a_mapping_are_listed_once_however_often_it_is_built(followed: Followed) -> None:
    followed.send({"mapping.toml": FULL.format("甲.csv") + FULL.format("乙.csv")})
    for _ in range(3):
        assert followed.rows("select count(*) from raw.files where file = 'mapping.toml'") == [(2,)]


def test_events_between_two_data_dates_are_loaded_without_a_calendar_of_them(followed: Followed) -> None:
    """Without a population count the calendar is the data date's month alone."""
    followed.withdraw("人口.csv")
    followed.send(
        {"工单.csv": REQUESTS + "".join(f"R{month},民生问题,{URBAN},2024-0{month}-05 09:00\n" for month in (1, 3, 5))}
    )
    known = "select request_id from requests order by request_id"
    assert followed.rows(known, date(2024, 1, 31)) == [("R1",)]
    assert followed.rows(known, date(2024, 5, 31)) == [("R1",), ("R3",), ("R5",)]


def test_a_damaged_correction_keeps_the_rows_of_the_file_it_corrects(followed: Followed) -> None:
    followed.send({"网格.csv": GRIDS + grid("G1", 300), "网格补报.csv": GRIDS + grid("G2", 200)})
    select_rows = "select grid_code, households, source_file from raw.grids order by grid_code"
    assert followed.rows(select_rows) == [("G1", 300, "网格.csv"), ("G2", 200, "网格补报.csv")]
    followed.send({"网格更正.csv": GARBAGE})
    assert followed.rows(select_rows) == [("G1", 300, "网格更正.csv"), ("G2", 200, "网格补报.csv")]
    assert followed.rows("select file, status from raw.files where table_name = 'grids' order by file") == [
        ("网格.csv", "replaced"),
        ("网格更正.csv", "stale"),
        ("网格补报.csv", "loaded"),
    ]
    followed.send({"网格更正.csv": GRIDS + grid("G1", 301)})
    assert followed.rows(select_rows) == [("G1", 301, "网格更正.csv"), ("G2", 200, "网格补报.csv")]


def write_sheets(path: Path, texts: dict[str, str]) -> None:
    """Writes a workbook of these sheets."""
    with xlsxwriter.Workbook(path) as workbook:
        for name, text in texts.items():
            sheet = workbook.add_worksheet(name)
            for at, line in enumerate(text.splitlines()):
                sheet.write_row(at, 0, line.split(","))


@pytest.mark.parametrize("name", ["报表.xlsx", "网格.xlsx"])
def test_a_damaged_workbook_keeps_the_rows_of_all_its_sheets(followed: Followed, name: str) -> None:
    """Its name names either none of its tables or one."""
    path = followed.source / "西峰区" / name
    write_sheets(path, {"网格": GRIDS + grid("G1", 300), "工单": REQUESTS + f"R1,民生问题,{URBAN},2024-03-05 09:00\n"})
    select_rows = "select grid_code from raw.grids union all select request_id from raw.requests order by 1"
    assert followed.rows(select_rows) == [("G1",), ("R1",)]
    path.write_bytes(GARBAGE)
    for _ in range(2):
        assert followed.rows(select_rows) == [("G1",), ("R1",)]
        files = f"select table_name, status, rows_loaded from raw.files where file = '{name}' order by table_name"
        assert warehouse.current_version(followed.into).rows(files).rows() == [
            ("grids", "stale", 1),
            ("requests", "stale", 1),
        ]


def test_a_missing_sheet_takes_nothing_from_the_others(followed: Followed) -> None:
    """Its mapping names a sheet that has been renamed; the workbook itself is read."""
    path = followed.source / "西峰区" / "报表.xlsx"
    write_sheets(path, {"网格": GRIDS + grid("G1", 300), "工单": REQUESTS + f"R1,民生问题,{URBAN},2024-03-05 09:00\n"})
    files = "select table_name, sheet, status, rows_loaded from raw.files where file = '报表.xlsx' order by all"
    sheets = [("grids", "网格", "loaded", 1), ("requests", "工单", "loaded", 1)]
    assert followed.rows(files) == sheets
    followed.send({"mapping.toml": '[[file]]\nname = "报表.xlsx"\nsheet = "网格表"\ntable = "grids"\n'})
    assert followed.rows(files) == [("grids", "", "stale", 0), *sheets]


def test_another_districts_claim_does_not_replace_the_rows_of_a_damaged_file(followed: Followed) -> None:
    """The area belongs to the district whose file is damaged: its last good row stays, the other district's is refused."""
    other = AREAS.replace("621002", "621021").replace("621021001201,塬上村社区,社区,621021001,否\n", "")
    followed.send({"行政区划.csv": other}, "庆城县")
    followed.send({"网格.csv": GRIDS + grid("G1", 300)})
    followed.send({"网格.csv": GRIDS + grid("G1", 999)}, "庆城县")
    select_rows = "select households, source_district from raw.grids"
    assert followed.rows(select_rows) == [(300, "西峰区")]
    followed.send({"网格.csv": GARBAGE})
    assert followed.rows(select_rows) == [(300, "西峰区")]
    assert warehouse.current_version(followed.into).rows(
        "select district, is_kept from raw.claims order by is_kept"
    ).rows() == [("庆城县", False), ("西峰区", True)]


def test_the_same_count_from_two_districts_is_a_repeat_though_one_file_is_damaged(followed: Followed) -> None:
    """The previous version's row has its urban residents filled in, the other district's file leaves them empty."""
    followed.send({"行政区划.csv": AREAS.splitlines()[0] + "\n62,甘肃省,省,,\n", "人口.csv": PEOPLE}, "庆城县")
    counts = "select district, status, rows_loaded, rows_rejected, rows_duplicate from raw.files where file = '人口.csv' order by district"
    assert followed.rows(counts) == [("庆城县", "loaded", 0, 0, 1), ("西峰区", "loaded", 1, 0, 0)]
    followed.send({"人口.csv": GARBAGE})
    assert followed.rows(counts) == [("庆城县", "loaded", 0, 0, 1), ("西峰区", "stale", 1, 0, 0)]


def test_a_row_that_moved_is_not_duplicated_while_its_file_is_damaged(followed: Followed) -> None:
    """Its own district sends the grid again in another file: that row counts, and the last good one is its repeat."""
    followed.send({"网格.csv": GRIDS + grid("G1", 300) + grid("G2", 200)})
    assert followed.rows("select count(*) from raw.grids") == [(2,)]
    followed.send({"网格.csv": GARBAGE, "网格补报.csv": GRIDS + grid("G1", 301)})
    assert followed.rows("select grid_code, households from raw.grids order by 1") == [("G1", 301), ("G2", 200)]
