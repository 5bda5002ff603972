"""The page of the SQL lab: who may open it, how it shows an answer, and how it helps to write a statement."""

from __future__ import annotations

import json
import shutil

import duckdb
import pytest
from playwright.sync_api import expect

from etl.contracts import all_tables, column_titles
from pages.ui.i18n import texts
from pages.ui.sql_lab import column_names
from sql import warehouse
from sql.audit import chain
from sql.sql_lab import tables as offered
from tests.helpers.pages.login import log_in, serve_with_login
from tests.helpers.pages.screens import figures, row_count, table_data, tables

BY_KIND = (
    "select kind, count(*) as requests from requests where county = '621002' group by kind order by requests desc, kind"
)


def box(test):
    return test.text_area(key="sql_lab_statement")


def run(test, statement: str):
    box(test).set_value(statement)
    return test.button(key="sql_lab_run").click().run()


def markdown(test) -> str:
    return "\n".join(element.value for element in test.markdown)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("zh", "自由查询：写一条 SELECT，查全部地区的数据。"),
        ("en", "SQL lab: write one SELECT on the data of all areas."),
    ],
)
def test_the_page_opens_with_the_available_tables(app, language, title):
    test = app("sql_lab", area="621000", lang=language)
    assert not test.exception and not test.error
    assert [one.value for one in test.title] == [title]
    assert {"zh": "## 54 张表可查", "en": "## 54 tables available"}[language] in markdown(test)


def test_the_initial_statement_runs(app, demo):
    test = app("sql_lab", area="621000")
    test = run(test, box(test).value)
    assert not test.exception and not test.error
    counties = demo.rows("select count(distinct county) as n from requests").item()
    assert test.title[0].value == f"在全部地区的数据里查到 {counties} 行。" and counties == 11
    assert tables(test)[-1]["area_name"].to_list()[0] == "西峰区"


def test_an_answer_is_shown_as_rows_and_as_a_picture(app, demo):
    test = run(app("sql_lab"), BY_KIND)
    rows = demo.rows(BY_KIND)
    assert tables(test)[-1]["requests"].to_list() == rows["requests"].to_list()
    bars = figures(test)[0]["data"][0]
    assert bars["x"] == rows["requests"].to_list() and bars["orientation"] == "h"
    assert "requests · 按 kind" in markdown(test)
    test.selectbox(key="sql_lab_kind_kind_kind_requests").set_value("line").run()
    assert figures(test)[0]["data"][0]["mode"] == "lines+markers"


def test_months_are_drawn_as_a_line_and_words_alone_not_at_all(app):
    test = run(
        app("sql_lab"),
        "select month, sum(workers) as workers from community_months where city = '621000' group by month order by month desc",
    )
    line = figures(test)[0]["data"][0]
    assert line["type"] == "scatter" and line["x"] == sorted(line["x"]) and len(line["x"]) == 54
    assert line["y"][-1] == 1163
    test = run(test, "select kind, source from requests limit 3")
    assert not figures(test) and "其中一列是数字" in test.info[-1].value


def test_an_error_replaces_the_answer(app):
    test = run(app("sql_lab"), "select\n    nosuch\nfrom requests")
    assert test.title[0].value == "这条查询:orange[没有运行]，原因在下面。"
    assert test.code[-1].value.endswith("LINE 2:     nosuch\n            ^^^^^^")
    test = run(test, "select * from raw.workers")
    assert test.code[-1].value.startswith("没有可查的表 raw.workers")
    # The columns beside the box, and no rows of an earlier answer.
    assert len(tables(test)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "select '-infinity'::timestamp as moment, 1 as n",
        "select unnest([date '2026-01-01', 'infinity']) as day, 2 as n",
        "select date '10000-01-01' as day, timestamp '290309-12-22 (BC) 00:00:00' as moment, 3 as n",
        "select unnest(['nan'::double, 'infinity', '-infinity', 1.7e308, 2]) as n, 'x' as word",
        "select 340282366920938463463374607431768211455::uhugeint as huge, null as nothing, chr(0) as zero",
    ],
)
def test_strange_values_are_rows_and_no_error(app, statement):
    test = run(app("sql_lab"), statement)
    assert not test.exception and not test.error
    assert "在全部地区的数据里查到" in test.title[0].value and len(table_data(test)) == 2


def test_a_version_that_offers_nothing_says_what_to_do(app, own_demo_folder):
    """A version built before files declared what may be queried."""
    version = warehouse.current_version(own_demo_folder)
    bare = own_demo_folder / "versions" / "20990101T000000000-bare.duckdb"
    shutil.copyfile(version.path, bare)
    with duckdb.connect(str(bare)) as connection:
        connection.execute("update meta.sql_files set text = replace(text, '-- sql_lab: ', '-- lab: ')")
    (own_demo_folder / "current").write_text(bare.stem, encoding="utf-8")
    test = app("sql_lab")
    assert not test.exception and "## 0 张表可查" in markdown(test)
    assert "python -m etl build" in test.info[-1].value
    assert run(test, "select * from requests").code[-1].value.startswith("没有可查的表 requests")


def test_a_long_answer_is_cut_and_says_so(app):
    test = run(app("sql_lab"), "select range as n, range * 2 as twice from range(20000)")
    assert test.title[0].value == "在全部地区的数据里查到 :orange[超过 10,000 行]，只取前面的。"
    assert "这里是前 10,000 行" in markdown(test) and row_count(test, "n", "twice") == 10_000


def test_a_template_and_a_table_begin_a_statement(app):
    test = app("sql_lab", area="621002", period="2026")
    test.selectbox(key="sql_lab_template").set_value("metrics/requests_raised").run()
    assert "from main.request" in box(test).value and "county = '621002'" in box(test).value
    test.selectbox(key="sql_lab_table").set_value("intermediate.area_paths").run()
    assert tables(test)[0]["column"].to_list()[:2] == ["area_code", "area_name"]
    test.button(key="sql_lab_first_rows").click().run()
    assert box(test).value == "select *\nfrom intermediate.area_paths\nlimit 20"


def test_every_column_has_its_name_in_chinese(demo):
    unnamed = [
        name
        for name in set(offered.columns(demo)["column"])
        if column_names.column(name, demo) == name.replace("_", " ")
    ]
    assert unnamed == []


def test_a_column_of_a_contract_takes_its_name_from_there(demo):
    assert column_names.column("account_id", demo) == "储蓄本编号" == all_tables()["points"].header("account_id")
    # Its header says no unit; tables head this one differently; a dimension is named as on pages.
    assert column_names.column("area_m2", demo) == "面积（m²）"
    assert column_names.column("closed_on", demo) == "停用（撤销）日期" and "closed_on" not in column_titles()
    assert column_names.column("grade", demo) == "等级" != column_titles()["grade"]
    assert column_names.column("account_id", demo.restrict_to("621000")) == "储蓄本编号"
    with texts.use_language("en"):
        assert column_names.column("account_id", demo) == "account id"


def test_no_name_of_a_contract_is_written_a_second_time():
    assert [name for name, word in column_names._CHINESE.items() if column_titles().get(name) == word] == []


def test_a_version_without_the_names_of_columns_shows_the_columns(own_demo_folder):
    version = warehouse.current_version(own_demo_folder)
    bare = version.path.with_name("20990101T000000000-bare.duckdb")
    shutil.copyfile(version.path, bare)
    with duckdb.connect(str(bare)) as connection:
        connection.execute("drop table meta.column_titles")
    old = warehouse.Version(bare.stem, bare)
    assert [column_names.column(name, old) for name in ("account_id", "accounts")] == ["account id", "储蓄本数"]


def test_an_unusable_file_name_is_reported_in_the_form(app):
    test = run(app("sql_lab"), BY_KIND)
    for key, text in (("name", "../kinds"), ("zh", "按类型"), ("en", "By kind"), ("grain", "kind")):
        test.text_input(key=f"sql_lab_keep_{key}").set_value(text)
    test.button(key="sql_lab_keep_save").click().run()
    # However often the page is redrawn meanwhile.
    for _ in range(2):
        assert "请只用小写字母和下划线" in test.error[-1].value.replace("\\", "")
        test.run()
    test.text_input(key="sql_lab_keep_name").set_value("../other")
    test.button(key="sql_lab_keep_save").click().run()
    assert ["../other" in error.value for error in test.error] == [True]


def test_each_statement_is_recorded_without_its_text_values(app, audit_log):
    run(app("sql_lab"), "select kind from requests where request_id = '13800138000'")
    lines = [line for path in chain.files(audit_log).values() for line in path.read_bytes().splitlines()]
    entry = next(one for one in map(json.loads, reversed(lines)) if one["kind"] == "sql")
    assert entry["rows"] == 0 and entry["page"] == "sql_lab"
    assert entry["detail"]["statement"].startswith("select kind from requests where request_id = ?")
    assert "13800138000" not in str(entry)


@pytest.mark.parametrize(
    ("language", "title", "panel"),
    [
        ("zh", "在全部地区的数据里查到 4 行。", "4 行，2 列"),
        ("en", "4 rows found in the data of all areas.", "4 rows, 2 columns"),
    ],
)
def test_typing_a_select_shows_rows_and_a_picture(visit, language, title, panel):
    tab = visit()
    tab.open(f"/sql_lab?area=621000&lang={language}")
    tab.page.locator(".st-key-sql_lab_statement textarea").fill(BY_KIND)

    def is_answered() -> bool:
        # A statement has ten seconds, which a busy machine may not give it: then it runs once more.
        tab.page.locator(".st-key-sql_lab_run button").click()
        tab.wait_until_settled()
        return tab.title == title

    tab.wait_until(is_answered)
    expect(tab.page.locator(".st-key-sql_lab_rows_panel .data-table")).to_be_visible()
    expect(tab.page.locator(".st-key-sql_lab_chart .bars .point").first).to_be_visible()
    expect(tab.page.locator(".st-key-sql_lab_rows_panel")).to_contain_text(panel)


def test_viewers_are_turned_away_and_analysts_see_their_area(context, demo_folder, tmp_path):
    with serve_with_login(demo_folder, tmp_path) as door:
        page = context.new_page()
        log_in(page, door.address, "xifeng")
        expect(page.get_by_test_id("stSidebar").get_by_role("link", name="指标口径")).to_be_visible()
        expect(page.get_by_test_id("stSidebar").get_by_role("link", name="自由查询")).to_have_count(0)
        page.goto(f"{door.address}/sql_lab")
        expect(page.locator("h1").first).to_have_text("自由查询只向分析人员开放。")
        expect(page.locator("textarea")).to_have_count(0)
        log_in(page, door.address, "zhenyuan")
        expect(page.get_by_test_id("stSidebar").get_by_role("link", name="自由查询")).to_be_visible()
        page.goto(f"{door.address}/sql_lab")
        expect(page.locator("h1").first).to_have_text("自由查询：写一条 SELECT，查镇原县的数据。")
        page.locator(".st-key-sql_lab_run button").click()
        expect(page.locator("h1").first).to_have_text("在镇原县的数据里查到 1 行。")
        page.close()
