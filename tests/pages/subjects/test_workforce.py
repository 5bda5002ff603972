"""The page of the workforce: its headline, cards, every picture's figures against the metrics, lists and empty states."""

from __future__ import annotations

import json
import re

import pytest

from pages.ui.i18n import texts
from sql import query
from sql.semantic.metrics import metric
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from tests.helpers.pages import screens
from tests.helpers.pages.screens import cards, table, tables
from tests.helpers.warehouse.world import CITY, EAST, build_version, population, workers

QINGYANG, GAOMI, KUIWEN, HONGTONG = "621000", "370785", "370705", "141024"
COMMUNITY = "621002001001"
VIEWS = ("structure", "grades", "movement", "leaders", "security")


def at(demo, area: str | None, period: str = "2026", **where: str) -> Scope:
    return Scope(demo, area, Period.parse(period, demo.data_month), tuple(where.items()))


def figures(test) -> dict[str, dict]:
    """Returns the pictures of a page by the prefix of their keys: the name that the page gives each."""
    return {chart.proto.id.split("-")[-1]: json.loads(chart.proto.spec) for chart in test.get("plotly_chart")}


def picture(test, key: str) -> dict:
    """Returns the one picture whose key has this prefix."""
    found = [spec for name, spec in figures(test).items() if name.startswith(f"{key}_")]
    assert len(found) == 1, list(figures(test))
    return found[0]


def facts(test) -> dict[str, list[str]]:
    """Returns the lines of the dense lists: their metric, and the numbers shown; a metric may be in several lists."""
    found: dict[str, list[str]] = {}
    for fact in screens.facts(test):
        found.setdefault(fact.title, []).append(fact.value)
    return found


def bars(spec: dict) -> dict[str | None, float]:
    return dict(zip(spec["data"][0]["customdata"], spec["data"][0]["x"], strict=True))


def counted(demo, name: str, by: str, area: str, period: str = "2026", **where: str) -> dict[str | None, float]:
    """Returns a count by the values of a dimension, without zeros."""
    rows = metric(name, demo).rows(at(demo, area, period, **where), by).select(by, "value")
    return {str(key) if key is not None else None: value for key, value in rows.iter_rows() if value}


def test_headline_of_qingyang(app):
    assert app("workforce", area=QINGYANG).title[0].value == (
        "庆阳市有 1,163 名社区工作者；40 岁及以下占 66.8%，大专及以上占 83.2%，持证 29.3%:green[（一年来 +2.0 个百分点）]；"
        "近 12 个月入职 112 人、离职 71 人。"
    )


def test_headline_says_when_more_left_than_joined(app):
    title = app("workforce", area="621022").title[0].value
    assert title.endswith("；近 12 个月入职 8 人、离职 10 人，:orange[净减 2 人]。")
    title = app("workforce", area="621022", lang="en").title[0].value
    assert title.endswith("; 8 joined and 10 left in 12 months, :orange[net loss of 2].")


def test_headline_of_a_group_names_it(app, demo):
    title = app("workforce", area=HONGTONG, post="secretary").title[0].value
    assert title.startswith("洪洞县有 18 名社区工作者（社区正职）；40 岁及以下占 44.4%")


def test_cards(app):
    card_values = [card.value for card in cards(app("workforce", area=KUIWEN))]
    assert card_values == ["1,806 人", "40.1%", "91.2%", "64.2%", "51.5%", "41.1 岁"]


@pytest.mark.parametrize("area", [None, HONGTONG, "621002", "621002001", COMMUNITY])
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_for_every_place(app, view, area):
    test = app("workforce", view=view, **({"area": area} if area else {}))
    assert not test.exception and not test.error
    assert len(cards(test)) == 6


def test_ages_by_gender(app, demo):
    pyramid = picture(app("workforce", area=GAOMI), "ages")
    rows = metric("workers", demo).rows(at(demo, GAOMI), ("age_group", "gender"))
    expected = {(age, gender): value for age, gender, value in rows.select("age_group", "gender", "value").iter_rows()}
    for trace in pyramid["data"]:
        for age, value in zip(trace["y"], trace["x"], strict=True):
            assert abs(value) == (expected.get((age.replace("–", "-"), trace["name"])) or 0)
    assert sum(abs(value) for trace in pyramid["data"] for value in trace["x"]) == 802


@pytest.mark.parametrize(
    ("key", "by"),
    [("education", "education"), ("certificates", "certificate"), ("political_status", "political_status")],
)
def test_structure_bars(app, demo, key, by):
    assert bars(picture(app("workforce", area=HONGTONG), key)) == counted(demo, "workers", by, HONGTONG)


def test_certificates_held_are_the_certified(app):
    bar_values = bars(picture(app("workforce", area=KUIWEN), "certificates"))
    assert sum(value for kind, value in bar_values.items() if kind != "none") == 1159


def test_ladder_has_every_grade_within_its_band(app, demo):
    spec = picture(app("workforce", area=KUIWEN, view="grades"), "ladder")
    trace = spec["data"][0]
    cells_by_grade = {
        (post, level): value
        for line, cells in zip(trace["z"], trace["customdata"], strict=True)
        for value, (post, level) in zip(line, cells, strict=True)
        if value
    }
    rows = metric("workers", demo).rows(at(demo, KUIWEN), ("post", "grade"))
    assert cells_by_grade == {
        (post, int(grade)): value for post, grade, value in rows.select("post", "grade", "value").iter_rows() if value
    }
    frames = {shape["name"]: (shape["x0"] + 0.5, shape["x1"] - 0.5) for shape in spec["layout"]["shapes"]}
    assert spec["layout"]["xaxis"]["tickvals"] == [1, 4, 7, 12, 15, 18]
    assert frames == {"secretary": (7, 18), "deputy": (4, 15), "worker": (1, 12)}


def test_ladder_shows_no_grade_of_a_handful(app, demo):
    test = app("workforce", area=COMMUNITY, view="grades")
    spec = picture(test, "ladder")
    posts = query("grades_by_post", at(demo, COMMUNITY))
    few = [row["post"] for row in posts.iter_rows(named=True) if row["graded"] < 5]
    assert len(few) == 3
    for line, cells in zip(spec["data"][0]["z"], spec["data"][0]["customdata"], strict=True):
        assert any(line) == (cells[0][0] not in few)
    assert [note["text"] for note in spec["layout"]["annotations"] if note["name"] == "few"] == ["人数过少"] * 3


def test_posts_bars_and_a_click_on_one(app, demo):
    assert bars(picture(app("workforce", area=QINGYANG, view="grades"), "posts")) == counted(
        demo, "workers", "post", QINGYANG
    )
    narrowed = app("workforce", area=QINGYANG, view="structure", post="deputy")
    assert cards(narrowed)[0].value == "139 人"
    assert bars(picture(narrowed, "education")) == counted(demo, "workers", "education", QINGYANG, post="deputy")


def test_grades_table_and_the_rule(app, demo):
    bands, posts = tables(app("workforce", area=QINGYANG, view="grades"))
    assert bands["text"].to_list() == ["社区正职七级至十八级", "社区副职四级至十五级", "一般社区工作者一级至十二级"]
    rows = query("grades_by_post", at(demo, QINGYANG))
    assert posts["post"].to_list() == ["社区正职", "社区副职", "一般社区工作者", "楼宇专职工作者"]
    for column in ("workers", "graded", "band_lowest", "band_highest", "lowest_grade", "highest_grade"):
        assert posts[column].to_list() == rows[column].to_list()


def test_moves_are_joiners_up_and_leavers_down(app, demo):
    spec = picture(app("workforce", area=KUIWEN, view="movement"), "moves")
    whole = at(demo, KUIWEN, "2022-01..2026-06")
    for trace, sign in zip(spec["data"], (1, -1), strict=True):
        rows = metric(trace["name"], demo).rows(whole, "month")
        assert trace["y"] == [sign * value for value in rows["value"]]
        assert len(trace["x"]) == 54
    assert sum(spec["data"][1]["y"]) == -358


def test_reasons_for_leaving(app, demo):
    bar_values = bars(picture(app("workforce", area=QINGYANG, view="movement"), "reasons"))
    assert bar_values == counted(demo, "worker_leavers", "leave_reason", QINGYANG, "2022-01..2026-06")
    assert sum(bar_values.values()) == metric("worker_leavers", demo).value(at(demo, QINGYANG, "2022-01..2026-06"))


def test_channels_of_workers_and_of_hires_by_year(app, demo):
    test = app("workforce", area=KUIWEN, view="movement")
    assert bars(picture(test, "channels")) == counted(demo, "workers", "recruited_via", KUIWEN)
    trace = picture(test, "hires_by_channel")["data"][0]
    hires = {
        (via, int(year)): int(re.search(r"<b>(\d+) 人</b>", text)[1])
        for (via, year), text in zip(trace["customdata"], trace["hovertext"], strict=True)
    }
    rows = metric("workers_recruited", demo).rows(at(demo, KUIWEN, "2017-01..2026-06"), ("recruited_via", "year"))
    assert {cell: value for cell, value in hires.items() if value} == {
        (via, year): value
        for via, year, value in rows.select("recruited_via", "year", "value").iter_rows()
        if via and value
    }
    assert hires["open_recruitment", 2024] == 88


def test_ages_of_secretaries(app, demo):
    pyramid = picture(app("workforce", area=QINGYANG, view="leaders"), "secretary_ages")
    assert sum(abs(value) for trace in pyramid["data"] for value in trace["x"]) == 96


def test_secretaries_age_over_the_months(app, demo):
    spec = picture(app("workforce", area=KUIWEN, view="leaders"), "secretary_age_trend")
    line = next(trace for trace in spec["data"] if trace.get("name") == "value")
    rows = metric("secretary_average_age", demo).rows(at(demo, KUIWEN, "2022-01..2026-06"), "month")
    assert line["y"] == pytest.approx(rows["value"].to_list())


def test_appointments_by_year(app, demo):
    bar_values = bars(picture(app("workforce", area=KUIWEN, view="leaders"), "appointments"))
    assert bar_values == counted(demo, "secretaries_promoted", "year", KUIWEN, "2022-01..2026-06")


@pytest.mark.parametrize(
    ("key", "name", "by"),
    [("seats", "workers_with_public_seats", "public_seat"), ("reserve_kinds", "reserves", "reserve_for")],
)
def test_seats_and_reserves_by_kind(app, demo, key, name, by):
    bar_values = bars(picture(app("workforce", area=GAOMI, view="leaders"), key))
    assert {kind: value for kind, value in bar_values.items() if value} == counted(demo, name, by, GAOMI)


def test_profile_of_the_reserves(app):
    profile = table(app("workforce", area=KUIWEN, view="leaders"), "reserve_for")
    assert profile["reserve_for"].to_list() == ["正职", "副职", "两委成员"]
    assert profile["people"].to_list() == [12, 49, 76]
    assert profile["average_age"].to_list() == [31.0, 36.7, 39.2]


def test_communities_without_a_secretary(app):
    missing = table(app("workforce", area=QINGYANG, view="leaders"), "street_name")
    assert missing.select("community_name", "street_name", "is_urban", "workers").rows() == [
        ("环县砂井子工业集中区社区", "车道镇", "否", 0)
    ]


def test_missing_events_are_reported(app):
    test = app("workforce", area=GAOMI, view="leaders")
    assert any("履历事件.csv" in info.value for info in test.info)
    assert not any(name.startswith("appointments_") for name in figures(test))
    assert facts(test)["新任社区书记"] == ["–"]


def test_insurance_and_descriptions_are_the_metrics(app, demo):
    page_facts = facts(app("workforce", area=GAOMI, view="security"))
    for name in (
        "pension_share",
        "medical_share",
        "housing_fund_share",
        "fully_insured_share",
        "with_line_of_work_share",
        "with_estate_share",
        "with_project_share",
        "posts_described_share",
    ):
        subject = metric(name, demo)
        assert page_facts[subject.short_title.zh] == [texts.amount(subject.value(at(demo, GAOMI)), subject)], name
    assert page_facts["岗位说明齐全"] == ["15.2%"]


def test_a_column_nobody_filled_in_is_named(app):
    assert [info.value.split("。")[0] for info in app("workforce", area=KUIWEN, view="security").info] == [
        "奎文区的名册没有填下沉小区"
    ]
    assert not app("workforce", area=GAOMI, view="security").info


def test_fund_ranking_and_trend(app, demo):
    test = app("workforce", area=QINGYANG, view="security")
    ranking = picture(test, "fund_ranking")["data"][0]
    rows = metric("housing_fund_share", demo).rows(at(demo, QINGYANG), "county").sort("value")
    assert ranking["x"] == pytest.approx(rows["value"].to_list())
    line = next(trace for trace in picture(test, "insured_trend")["data"] if trace.get("name") == "value")
    assert line["y"][-1] == pytest.approx(100 * 529 / 1163)


def test_areas_table_is_the_metrics(app, demo):
    page_rows = tables(app("workforce", area=QINGYANG))[-1]
    rows = metric("certified_share", demo).rows(at(demo, QINGYANG), "county")
    assert dict(page_rows.select("county_name", "certified_share").iter_rows()) == pytest.approx(
        dict(rows.select("county_name", "value").iter_rows()), abs=0.05
    )


def test_nothing_is_shown_of_a_handful(app, demo):
    test = app("workforce", area=COMMUNITY, view="structure", post="deputy")
    assert [card.value for card in cards(test)] == ["2 人", *["人数过少"] * 4, "–"]
    assert test.title[0].value.startswith("解放路社区有 2 名社区工作者（社区副职）")
    assert "%" not in test.title[0].value
    assert not test.get("plotly_chart")
    assert sum(info.value == "人数过少，不显示构成。" for info in test.info) == 4


def test_without_a_roster_the_page_says_which_file_is_missing(app, tmp_path, monkeypatch):
    build_version(tmp_path, "2024-03-31", population=[population(EAST, "2023-12-31", 1000)])
    monkeypatch.setenv("LINLI_WAREHOUSE", str(tmp_path / "warehouse"))
    test = app("workforce", area=CITY)
    assert test.title[0].value == f"区划{CITY}还没有社区工作者名册。"
    assert [info.value for info in test.info] == [
        f"区划{CITY}还没有报送社区工作者。把社区工作者.csv放进该地区的数据文件夹，再运行 python -m etl build。"
    ]
    assert not cards(test)


def test_columns_missing_from_a_roster_are_requested(app, tmp_path, monkeypatch):
    build_version(tmp_path, "2024-03-31", population=[population(EAST, "2023-12-31", 1000)], workers=workers(6, EAST))
    monkeypatch.setenv("LINLI_WAREHOUSE", str(tmp_path / "warehouse"))
    start = f"区划{CITY}的名册没有填"
    messages = [info.value for info in app("workforce", area=CITY, view="grades").info if info.value.startswith(start)]
    assert messages == [
        f"{start}岗位等级。把补填后的社区工作者名册放进该地区的数据文件夹，再运行 python -m etl build。"
    ]
    test = app("workforce", area=CITY, view="security")
    messages = [info.value.split("。")[0] for info in test.info if info.value.startswith(start)]
    assert messages == [f"{start}养老保险、医疗保险、住房公积金", f"{start}条线分工、下沉小区、领办服务项目"]
    assert {name: facts(test)[name] for name in ("养老保险", "两险一金齐全", "岗位说明齐全")} == {
        "养老保险": ["–"],
        "两险一金齐全": ["–"],
        "岗位说明齐全": ["–"],
    }
    page_facts = facts(app("workforce", area=CITY, view="leaders"))
    assert [page_facts[name] for name in ("社区正职", "正职后备人选", "两代表一委员")] == [["0 人"], ["–"], ["–"]]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(("area", "period"), [("621022109400", "2026"), (QINGYANG, "2020"), (QINGYANG, "2027")])
def test_where_or_when_there_is_nobody_no_column_is_requested(app, view, area, period):
    test = app("workforce", area=area, period=period, view=view)
    assert not test.exception and not test.error
    assert not any("名册没有填" in info.value for info in test.info)
    assert cards(test)[1].value == "–"
    if area == QINGYANG:
        assert test.title[0].value == "庆阳市这个时期没有名册数据。"


# Published figures of this page: place, view, period, the fact or card that shows them, and the text shown.
PUBLISHED = [
    (QINGYANG, "movement", "..2026-06", "选聘社工", "368 人"),
    (QINGYANG, "structure", "2026-06", "在岗社工", "1,163 人"),
    (QINGYANG, "grades", "2026-06", "岗位", "3 岗"),
    (QINGYANG, "grades", "2026-06", "等级", "18 级"),
    (QINGYANG, "leaders", "2026-06", "两代表一委员", "52 人"),
    (KUIWEN, "movement", "2022-07..2026-06", "选聘社工", "348 人"),
    (KUIWEN, "structure", "2026-06", "每万常住人口社工", "18.5 人"),
    (KUIWEN, "structure", "2026-06", "40 岁及以下", "40.1%"),
    (KUIWEN, "structure", "2026-06", "大专及以上", "91.2%"),
    (KUIWEN, "leaders", "2023-07..2026-06", "新任社区书记", "25 人"),
    (KUIWEN, "leaders", "2026-06", "正职平均年龄", "41.1 岁"),
    (KUIWEN, "leaders", "2026-06", "正职后备人选", "12 人"),
    (KUIWEN, "leaders", "2026-06", "副职后备人选", "49 人"),
    (KUIWEN, "leaders", "2026-06", "两委成员后备人选", "76 人"),
    (KUIWEN, "structure", "2026-06", "持证比例", "64.2%"),
]


@pytest.mark.parametrize(("area", "view", "period", "label", "shown"), PUBLISHED)
def test_published_figures_are_on_the_page(app, demo, area, view, period, label, shown):
    test = app("workforce", area=area, view=view, period=period)
    titles = ["在岗社工", "40 岁及以下", "大专及以上", "持证比例", "党员占比", "正职平均年龄"]
    on_cards = dict(zip(titles, [card.value for card in cards(test)], strict=True))
    assert shown in [on_cards.get(label), *facts(test).get(label, [])]
