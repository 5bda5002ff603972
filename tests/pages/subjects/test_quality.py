"""The quality page on two districts with known faults: overdue tables, rejected rows, and metrics whose base is
incomplete.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from etl.cli.app import main
from etl.contracts import all_tables
from pages.ui.kit import completeness
from pages.ui.kit.panels import explanations
from sql import query, warehouse
from sql.calendar_day import calendar_day
from sql.paths import PROJECT
from sql.quality import rejects
from sql.quality.reporting import find_gaps
from sql.semantic.catalog import catalog
from sql.semantic.catalog.dimensions import mart_columns
from sql.semantic.catalog.sources import column_sources
from sql.semantic.metrics import metric
from sql.warehouse import Version
from tests.helpers.pages.screens import cards, open_symbol, table
from tests.helpers.warehouse.world import (
    CITY,
    COUNTY,
    EAST,
    OTHER_COUNTY,
    OTHER_STREET,
    PROVINCE,
    SOUTH,
    STREET,
    area,
    population,
    publish,
    scope,
    standard,
    worker,
    write,
)

HERE, THERE = "西峰区", "庆城县"
REQUEST = "工单编号,事项类型,社区代码,上报时间,是否解决"
# The clerk's own order, a column of theirs and one that we drop; the header is the second row.
ROSTER = f"""西峰区社区工作者名册,,,,,,,,,
姓名,社区工作者编号,身份证号,备注,性别,出生日期,学历,社区代码,岗位,入职日期
张三,W1,,,男,1990-01-15,大专,{EAST},社区正职,2024-05-06
李四,W2,,,女,1991-02-15,本科,{EAST},一般社区工作者,2024-04-01
王五,W3,,,男,1992-03-15,本科,{EAST},一般社区工作者,2020-04-01
赵六,W4,,=1+1,男,1993-04-15,=大本,{EAST},一般社区工作者,2021-04-01
钱七,W5,,,女,1994-05-15,大本,{EAST},站长,2022-04-01
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Builds as of 2024-06-30: 西峰区 sent seven tables, its points last in March; 庆城县 sent five, of which its requests
    could be read the first time only, its shop zones never.
    """
    root = tmp_path_factory.mktemp("quality")
    source = root / "source"
    write(source, "上级区划", areas=[area(PROVINCE, "province", None), area(CITY, "city", PROVINCE)])
    write(
        source,
        HERE,
        areas=[
            area(COUNTY, "county", CITY) | {"name": HERE},
            area(STREET, "street", COUNTY),
            area(EAST, "community", STREET),
        ],
        population=[population(EAST, "2024-05-31", 3000)],
        points=[
            {
                "entry_id": "P1",
                "account_id": "A1",
                "community_code": EAST,
                "on_date": "2024-03-01",
                "kind": "earn",
                "points": 5,
            }
        ],
        training_sessions=[
            {
                "session_id": "T1",
                "title": "培训",
                "organiser_level": "county",
                "area_code": COUNTY,
                "programme": "growth",
                "started_on": "2024-03-15",
            }
        ],
        training_attendance=[{"session_id": "T1", "attendee_id": "W1", "is_completed": True}],
    )
    (source / HERE / "社区工作者.csv").write_text(ROSTER, encoding="gb18030")
    (source / HERE / "工单.csv").write_text(
        f"{REQUEST}\nR1,民生问题,{EAST},2024-06-20 10:00,否\nR2,民生问题,{EAST},2024-06-01 10:00,否\n"
        f"R2,民生问题,{EAST},2024-06-01 10:00,否\nR3,民生问题,{EAST},2024年13月1日,否\n",
        encoding="utf-8",
    )
    write(
        source,
        THERE,
        areas=[
            area(OTHER_COUNTY, "county", CITY) | {"name": THERE},
            area(OTHER_STREET, "street", OTHER_COUNTY),
            area(SOUTH, "community", OTHER_STREET),
        ],
        population=[population(SOUTH, "2023-05-01", 2000)],
        workers=[worker("S1", SOUTH, "2024-05-01")],
    )
    requests = source / THERE / "工单.csv"
    requests.write_text(f"{REQUEST}\nQ1,民生问题,{SOUTH},2024-06-10 10:00,否\n", encoding="utf-8")
    publish(source, root / "warehouse", "2024-06-30")
    requests.write_bytes(b"\x00\xff\xfe no text")
    (source / THERE / "商铺片区.csv").write_bytes(b"\x00\xff\xfe no text")
    publish(source, root / "warehouse", "2024-06-30")
    return root / "warehouse"


@pytest.fixture(scope="module")
def world(folder: Path) -> Version:
    return warehouse.current_version(folder)


@pytest.fixture
def page(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Returns a function that runs a page on that world."""
    monkeypatch.setenv("LINLI_WAREHOUSE", str(folder))

    def run(name: str = "quality", **parameters: str) -> AppTest:
        test = AppTest.from_file(str(PROJECT / "pages" / "main.py"), default_timeout=60)
        for key, value in parameters.items():
            test.query_params[key] = value
        test.switch_page(str(PROJECT / "pages" / f"{name}.py"))
        test.run()
        assert not test.exception and not test.error
        return test

    return run


def statuses(version: Version, area_code: str | None = None) -> dict[tuple[str, str], str]:
    rows = query("report_status", scope(version), area=area_code)
    return {(row["district"], row["table_name"]): row["status"] for row in rows.iter_rows(named=True)}


def notes(test: AppTest) -> set[str]:
    """Returns the page's notes on incomplete bases, on cards and beneath titles."""
    lines = {line for card in cards(test) for line in card.lines}
    lines |= {
        line.removeprefix(":small[:orange[").removesuffix("]]")
        for element in test.markdown
        for line in element.value.split("\n\n")
    }
    return {line for line in lines if line.startswith(("▲ 基数不完整：", "▲ Incomplete data:"))}


def test_tables_that_are_reported_and_missing(world):
    found = statuses(world)
    sent = {key: status for key, status in found.items() if status != "never"}
    assert sent == {
        **{
            (HERE, name): "reported"
            for name in ("areas", "population", "workers", "requests", "training_sessions", "training_attendance")
        },
        (HERE, "points"): "overdue",
        **{(THERE, name): "reported" for name in ("areas", "workers")},
        (THERE, "population"): "overdue",
        (THERE, "requests"): "stale",
        (THERE, "shop_zones"): "failed",
    }
    # A folder with areas only has reported no table.
    assert set(found) == {(district, name) for district in (HERE, THERE) for name in all_tables()}
    assert statuses(world, EAST) == {key: status for key, status in found.items() if key[0] == HERE}


def test_how_far_the_data_reach_and_when_more_was_due(world):
    rows = query("report_status", scope(world), area=None)
    days = {
        (row["district"], row["table_name"]): (str(row["covers_until"]), row["interval_days"], str(row["due_on"]))
        for row in rows.iter_rows(named=True)
    }
    assert days[HERE, "points"] == ("2024-03-01", 35, "2024-04-05")
    assert days[THERE, "population"] == ("2023-05-01", 400, "2024-06-04")
    # Attendance has no date of its own, only the session's.
    assert days[HERE, "training_attendance"] == ("2024-03-15", 120, "2024-07-13")
    # A register reaches the day it came.
    assert days[HERE, "areas"] == (str(calendar_day()), None, "None")
    assert days[THERE, "points"] == ("None", 35, "None")


def test_a_district_sets_an_interval_of_its_own_for_one_table(tmp_path):
    # Older than the national one, and still in force here.
    own = standard(10, COUNTY, "2020-01-01", standard="report_interval", item="requests")
    areas = [area(COUNTY, "county", None), area(STREET, "street", COUNTY), area(EAST, "community", STREET)]
    write(tmp_path, HERE, areas=areas, workers=[worker("W1", EAST, "2024-06-19")], standards=[own])
    (tmp_path / HERE / "requests.csv").write_text(
        f"{REQUEST}\nR1,民生问题,{EAST},2024-06-19 10:00,否\n", encoding="utf-8"
    )
    version = publish(tmp_path, tmp_path / "warehouse", "2024-06-30")[1]
    rows = {row["table_name"]: row for row in query("report_status", scope(version), area=None).iter_rows(named=True)}
    assert (rows["requests"]["interval_days"], rows["requests"]["status"]) == (10, "overdue")
    assert rows["activities"]["interval_days"] == 35
    # It is no rule of the areas, so no page lists it as one.
    assert version.rows("select * from area_standards where standard = 'report_interval'").is_empty()


def test_the_headline_and_the_cards(page):
    test = page()
    assert test.title[0].value.startswith(
        "2 个地区报过的 12 张表中 :orange[2 张逾期、2 张没读入]；退回 3 行，最多的是西峰区的社区工作者 2 行"
    )
    assert [card.value for card in cards(test)][:3] == ["12 / 46", "4", "3"]
    assert (
        page(area=EAST)
        .title[0]
        .value.startswith("区划621002001001（由西峰区报送）报过的 7 张表中 :orange[1 张逾期]；退回 3 行")
    )
    there = page(area=OTHER_COUNTY, lang="en").title[0].value
    assert there.startswith("Qingcheng County: 5 tables reported, :orange[1 overdue, 2 not read]; no rejected rows")


def test_the_matrix_has_symbol_word_day_and_rows(page):
    test = page()
    matrix = next(one.value for one in test.table if "应报间隔" in one.value.columns).set_index("表")
    assert list(matrix.columns) == ["应报间隔", THERE, HERE]
    assert matrix[HERE]["**积分**"] == ":orange[▼ 逾期] · 2024-03-01 · 1 行"
    assert matrix[HERE]["**工单**"] == ":green[● 已报] · 2024-06-20 · 2 行"
    assert matrix[THERE]["**积分**"] == ":gray[○ 未报]"
    assert matrix[THERE]["**工单**"] == ":orange[▲ 沿用上次] · 2024-06-10 · 1 行"
    assert matrix[THERE]["**商铺片区**"] == ":orange[▲ 未读入] · 0 行"
    assert matrix["应报间隔"]["**工单**"] == "35 天" and matrix["应报间隔"]["**行政区划**"] == "有变化时"
    chase = table(test, "due_on")
    assert list(zip(chase["district_name"], chase["table_name"], chase["status"], strict=True))[:2] == [
        (HERE, "积分", "▼ 逾期"),
        (THERE, "人口", "▼ 逾期"),
    ]


def test_every_file_with_its_rows_and_messages(page):
    page_rows = table(page(view="files"), "rows_read")
    by_file = {(row["district"], row["file"]): row for row in page_rows.iter_rows(named=True)}
    assert (
        page_rows["rows_read"] == page_rows["rows_loaded"] + page_rows["rows_rejected"] + page_rows["rows_duplicate"]
    ).all()
    counts = ["rows_read", "rows_loaded", "rows_rejected", "rows_duplicate"]
    assert [by_file[HERE, "工单.csv"][name] for name in counts] == [4, 2, 1, 1]
    assert [by_file[HERE, "社区工作者.csv"][name] for name in counts] == [5, 3, 2, 0]
    assert by_file[HERE, "社区工作者.csv"]["extra_columns"] == "备注"
    assert by_file[THERE, "工单.csv"]["status"] == "▲ 沿用上次"
    assert "请用 Excel 另存" in by_file[THERE, "商铺片区.csv"]["message"]
    english = table(page(view="files", lang="en", area=OTHER_COUNTY), "rows_read")
    unread = english.row(by_predicate=pl.col("file") == "商铺片区.csv", named=True)
    assert unread["status"] == "▲ Not read" and "UTF-8" in unread["message"]
    assert "社区工作者.csv" not in english["file"]


def test_reasons_are_counted_by_kind(page):
    test = page(view="rejected")
    page_rows = table(test, "rows_rejected")
    assert sorted(zip(page_rows["table_name"], page_rows["rows_rejected"], strict=True)) == [
        ("工单", 1),
        ("社区工作者", 1),
        ("社区工作者", 2),
    ]
    # The two wrong words are one kind of reason.
    most = page_rows.row(0, named=True)
    assert most["reason"].startswith("学历 … 不是") and most["rows_rejected"] == 2
    assert table(page(view="rejected", lang="en"), "rows_rejected")["column_name"][0] == "education"
    listed = table(test, "row_number")
    assert sorted(listed["row_number"]) == [5, 6, 7, 7]
    assert [element.value for element in page(view="rejected", area=OTHER_COUNTY).success] == ["没有退回的行。"]


def sheets(path: Path) -> dict[str, list[list[str | None]]]:
    """Returns every sheet of a workbook as rows of text."""
    book = fastexcel.read_excel(path)
    return {
        name: [list(row) for row in book.load_sheet(name, header_row=None, dtypes="string").to_polars().rows()]
        for name in book.sheet_names
    }


def test_a_districts_workbook_is_its_own_files_cell_by_cell(world, tmp_path):
    path = tmp_path / "rejects.xlsx"
    assert rejects.write(world, path, HERE) == 3
    found = sheets(path)
    assert list(found) == ["工单", "社区工作者"]
    header, first, second = found["社区工作者"]
    assert header == [
        "行号 row",
        "姓名",
        "社区工作者编号",
        "身份证号",
        "备注",
        "性别",
        "出生日期",
        "学历",
        "社区代码",
        "岗位",
        "入职日期",
        "原因 reason",
    ]
    # Names are hidden and a column of the clerk's own is left empty; everything else is as it was sent.
    assert first[:-1] == [
        "6",
        "赵*",
        "W4",
        None,
        None,
        "男",
        "1993-04-15",
        "=大本",
        EAST,
        "一般社区工作者",
        "2021-04-01",
    ]
    assert first[-1].startswith("学历 '=大本' 不是") and "\neducation '=大本' is not one of" in first[-1]
    assert second[:-1] == ["7", "钱*", "W5", None, None, "女", "1994-05-15", "大本", EAST, "站长", "2022-04-01"]
    assert second[-1].count("不是") == 2 and len(second[-1].split("\n")) == 4
    assert found["工单"][0] == ["行号 row", *REQUEST.split(","), "原因 reason"]
    assert found["工单"][1][:-1] == ["5", "R3", "民生问题", EAST, "2024年13月1日", "否"]
    with zipfile.ZipFile(path) as parts:
        pages = [parts.read(name).decode() for name in parts.namelist() if "worksheets/sheet" in name]
    assert all("<f>" not in sheet and 'state="frozen"' in sheet and "<cols>" in sheet for sheet in pages)


def test_the_command_writes_all_districts_with_the_files_that_could_not_be_read(folder, tmp_path, capsys):
    path = tmp_path / "all.xlsx"
    assert main(["rejects", "--warehouse", str(folder), "--out", str(path)]) == 0
    assert "3 rows" in capsys.readouterr().out
    found = sheets(path)
    assert list(found) == ["未读入的文件 not read", "西峰区 工单", "西峰区 社区工作者"]
    assert [row[:2] for row in found["未读入的文件 not read"][1:]] == [[THERE, "商铺片区.csv"], [THERE, "工单.csv"]]


def test_names_of_sheets_are_short_and_distinct():
    used: set[str] = set()
    names = [rejects._sheet_name(name, used) for name in ("a/b:" + "x" * 40, "A/B:" + "X" * 40, "'q'", "")]
    assert names == ["a_b_" + "x" * 27, "A_B_" + "X" * 23 + " (2)", "q", "原因 reason"]


def test_checks_are_listed_with_their_rows(page, world):
    test = page(view="checked", area=OTHER_COUNTY)
    listed = table(test, "mark")
    assert len(listed) == len(catalog.names("checks"))
    assert set(listed["mark"]) <= {"▼ 提醒", "▼ 错误", "▲ 需核实", "● 通过"}
    # T1's attendance was sent, and 庆城县 holds no session: nothing to report there.
    assert dict(zip(listed["title"], listed["rows"], strict=True))["没有参训记录的培训班次"] == 0


def test_the_served_version_and_the_published_figures(page, world):
    test = page(view="version")
    fields = dict(test.table[0].value.values.tolist())
    assert (
        fields["数据截至"] == "2024-06-30"
        and fields["保留的版本"].startswith("2 个，最早 2")
        and fields["SQL 指纹"] in world.rows("select sql_hash from meta.build").item()
    )
    assert f"## 正在使用 {world.name}" in [element.value for element in test.markdown]
    # Nobody in this world has published a figure of the demo's places… but for the city.
    page(view="published")


GAPS = [
    # Both sent requests, 庆城县's stale, but not late.
    ("requests_raised", CITY, "2024", []),
    ("training_person_times", CITY, "2024", [("training_attendance", THERE, None)]),
    ("training_coverage", CITY, "2024", [("training_attendance", THERE, None)]),
    # Each district alone is complete, or its page says that there is no such file.
    ("training_person_times", COUNTY, "2024", []),
    ("training_person_times", OTHER_COUNTY, "2024", []),
    ("points_earned", None, "2024", [("points", THERE, None), ("points", HERE, "2024-03-01")]),
    ("points_earned", COUNTY, "2024", [("points", HERE, "2024-03-01")]),
    ("points_earned", EAST, "2024", [("points", HERE, "2024-03-01")]),
    ("points_earned", OTHER_COUNTY, "2024", []),
    # In March nothing more was due yet: on the 5th of April it was, and April ends after it.
    ("points_earned", COUNTY, "2024-03", []),
    ("points_earned", COUNTY, "2024-04", [("points", HERE, "2024-03-01")]),
    # A ratio of two tables: the people count is overdue, the roster is not.
    ("staffing_ratio", CITY, "2024", [("population", THERE, "2023-05-01")]),
    ("staffing_ratio", CITY, "2024-05", []),
    ("workers", CITY, "2024", []),
    ("communities", CITY, "2024", []),
    ("grade_levels", CITY, "2024", []),
]


@pytest.mark.parametrize(("name", "area_code", "period", "gaps"), GAPS)
def test_a_base_is_incomplete_exactly_where_a_part_is_missing(world, name, area_code, period, gaps):
    found = find_gaps(metric(name, world), scope(world, period, area_code))
    assert [(gap.table, gap.district, gap.covers_until and str(gap.covers_until)) for gap in found] == gaps


def test_the_note_is_on_cards_and_pictures_and_in_the_explanation(page, world):
    # The people count of 庆城县 is overdue as well, but without its points it would add nothing to a ratio of both.
    assert notes(page("points", area=CITY)) == {"▲ 基数不完整：庆城县未报积分；积分逾期（数据只到：西峰区 2024-03-01）"}
    assert notes(page("training", area=CITY, lang="en")) == {
        f"▲ Incomplete data: no {name} from Qingcheng County" for name in ("training attendance", "training sessions")
    }
    test = page("training", area=CITY)
    assert notes(test) == {f"▲ 基数不完整：庆城县未报{name}" for name in ("参训记录", "培训班次")}
    assert notes(page("training", area=COUNTY)) == set()
    assert notes(page("requests", area=CITY)) == set()
    test = open_symbol(test, "explain_card_training_coverage")
    assert any("庆城县：从未报送参训记录，不在这个数字里" in element.value for element in test.markdown)


def test_few_names_are_listed_and_many_counted(demo, monkeypatch):
    monkeypatch.setattr(explanations.texts, "language", lambda: "zh")
    at = scope(demo, "2026")
    notes_by_metric = {
        name: completeness.note(at, metric(name, demo))
        for name in ("points_earned", "shop_zones", "stewards", "workers")
    }
    assert notes_by_metric == {
        "points_earned": "▲ 基数不完整：庆阳市未报积分",
        "shop_zones": "▲ 基数不完整：仅高密市报了商铺片区",
        "stewards": "▲ 基数不完整：奎文区、庆阳市未报合伙人任职",
        "workers": "",
    }


def test_the_demo_shows_an_ordinary_day_with_one_table_late(demo):
    assert (str(demo.data_date), str(demo.today)) == ("2026-06-30", "2026-07-06")
    late = {key: status for key, status in statuses(demo).items() if status not in ("reported", "never")}
    assert late == {("庆阳市", "assessments"): "overdue"}


def test_marts_name_only_existing_columns_and_tables(demo):
    named = {
        file.name: column_sources(file.header)
        for path, file in catalog.current_files().items()
        if "column_sources" in file.header
    }
    assert set(named["community_months"]["workers"]) == {"workers", "staffing_workers"}
    for mart, tables in named.items():
        assert tables and set(tables) <= set(all_tables()), mart
        assert set.union(*tables.values()) <= set(mart_columns(demo, mart)), mart


def test_an_older_version_says_nothing_about_its_bases(world, monkeypatch):
    monkeypatch.setattr(Version, "sql_file", lambda self, path: None)
    assert find_gaps(metric("training_person_times", world), scope(world, "2024", CITY)) == ()
