"""Tests how pages, charts, maps and explanations word and draw what a number is held against."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from etl.build.build import build
from pages.briefing.charts import chart_spec
from pages.briefing.section import Section
from pages.briefing.tables import readings_table
from pages.ui.i18n import texts
from pages.ui.kit.panels import explanations
from sql.paths import PROJECT
from sql.semantic.metrics import metric
from sql.semantic.readings import read_metric
from sql.warehouse import current_version
from tests.helpers.pages.screens import cards, figures, open_symbol, scope, tables, trace

QINGYANG, GAOMI, KUIWEN = "621000", "370785", "370705"
RECOMMENDED = [
    "staffing_ratio,621000,,2021-09-01,,20,,推荐性,,有条件的达到20人,庆阳市配备要求第二条（演示条文）",
    "social_orgs_per_community,621000,,2022-01-01,,12,,推荐性,,每个社区宜有12家,庆阳市培育要求（演示条文）",
]


def lines(test: AppTest, name: str) -> list[str]:
    """Returns the lines of a metric's card."""
    return next(card.lines for card in cards(test) if card.name == name)


def words(test: AppTest, symbol: str) -> str:
    """Returns what the ⓘ of a number says."""
    return "\n".join(element.value for element in open_symbol(test, symbol).markdown)


def test_a_yearly_target_is_worded_by_its_pace(app):
    # Half of the year has passed: 50 of 100.
    assert "▼ 未达标 · 按进度应 50%（全年 100%）" in lines(app("training", area=QINGYANG), "training_coverage")
    english = lines(app("training", area=QINGYANG, lang="en"), "training_coverage")
    assert "▼ below standard · 50% expected by now (year: 100%)" in english
    title = app("training", area=QINGYANG, period="2025").title[0].value
    assert "标准 100" in title and "按进度" not in title


def test_bars_are_coloured_by_the_pace(app, demo):
    ranking = next(figure for figure in figures(app("training", area=QINGYANG)) if figure["layout"].get("shapes"))
    (line,) = ranking["layout"]["shapes"]
    assert (line["x0"], line["line"]["dash"]) == (50, "solid")
    assert [note["text"] for note in ranking["layout"]["annotations"]][-1] == "按进度 50"
    bars = ranking["data"][0]
    above = [value >= 50 for value in bars["x"]]
    assert any(above) and not all(above)
    assert len(set(zip(bars["marker"]["color"], above, strict=True))) == 2
    areas = next(table for table in tables(app("training", area=QINGYANG)) if "standard" in table.columns)
    assert areas["standard"].to_list() == [50] * 8


def test_where_no_clause_is_in_force_there_is_no_verdict(app):
    for page, name in (("overview", "grids_led_share"), ("organisation", "facility_area_per_100_households")):
        assert any("达标" in line for line in lines(app(page, area=QINGYANG), name)) == (page == "organisation")
    # 奎文区 has not set itself a training coverage.
    title = app("training", area=KUIWEN).title[0].value
    assert "标准" not in title and "orange" not in title and "人没有参训" in title
    assert "96.7" in lines(app("overview", area=QINGYANG), "grids_led_share")[1]
    assert "23 个网格没有网格长" in app("overview", area=QINGYANG).title[0].value
    assert ":orange[23" not in app("overview", area=QINGYANG).title[0].value


def test_the_explanation_names_document_area_and_date(app, demo):
    said = words(app("training", area=QINGYANG), "explain_card_training_coverage")
    assert (
        "**标准** 100：社区工作者每年培训全覆盖（庆阳市社区工作者培训要求（演示条文）；庆阳市，2023-01-01 起）" in said
    )
    assert "**进度** 按进度应 50%（全年 100%）：2026年6月末之前应达到的部分。" in said
    # In a past period the standard of that time; facilities are a national standard.
    said = words(app("organisation", area=GAOMI), "explain_card_facility_area_per_100_households")
    assert "**标准** 30" in said and "国办发" in said and "全国，2021-01-01 起" in said
    with texts.use_language("en"):
        (english,) = explanations.standards(metric("estates_covered_share", demo), scope(demo, GAOMI))
    assert english.startswith("**Standard** 100: ") and english.endswith("; Gaomi City, since 2022-01-01)")


def test_a_number_that_follows_from_a_standard_says_from_which(app):
    said = words(app("organisation", area=GAOMI), "explain_card_communities_short_of_social_orgs")
    assert "**标准** 12：每个社区培育社区社会组织不少于12家" in said and "**由此** 这里的要求是 0 个。" in said
    # 奎文区 and 高密市 lie in one city, and only one of them has said how many.
    said = words(app("organisation", area="370700", view="societies"), "explain_societies_social_orgs_per_community")
    assert "**标准** 12" in said and "**不判断**" in said


def test_in_an_earlier_month_the_explanation_has_the_standard_of_that_month(app):
    said = words(app("organisation", area=GAOMI, period="2022-03"), "explain_card_estates_covered_share")
    assert "2022-01-01 起" in said
    said = words(app("training", area=QINGYANG, period="2022"), "explain_card_training_coverage")
    assert "**标准**" not in said


@pytest.fixture(scope="module")
def advised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Builds the demo with two recommended values of 庆阳市 added; returns the warehouse folder."""
    folder = tmp_path_factory.mktemp("advised")
    source = shutil.copytree(PROJECT / "data" / "demo", folder / "source")
    with (source / "庆阳市" / "标准.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{row}\n" for row in RECOMMENDED)
    build(source, folder / "warehouse")
    return folder / "warehouse"


@pytest.fixture
def page(app: Callable[..., AppTest], advised: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Returns the function that runs a page on that warehouse."""
    monkeypatch.setenv("LINLI_WAREHOUSE", str(advised))
    return app


def test_a_recommended_value_is_a_dashed_line_beside_the_solid_standard(page):
    test = page("staffing", area=QINGYANG)
    assert "▼ 未达标 · 标准 18 · 推荐 20" in lines(test, "staffing_ratio")
    ranking, trend = figures(test)[:2]
    drawn = [(line["x0"], line["line"]["dash"]) for line in ranking["layout"]["shapes"]]
    assert drawn == [(18, "solid"), (20, "dash")]
    names = {note["text"]: note for note in ranking["layout"]["annotations"]}
    assert (names["标准 18"]["xanchor"], names["推荐值 20"]["xanchor"]) == ("right", "left")
    assert trace(trend, "standard")["line"]["dash"] == "solid"
    assert trace(trend, "recommended")["line"]["dash"] == "dash"
    assert trace(trend, "recommended")["y"][-1] == 20
    assert "推荐值 20" in [note["text"] for note in trend["layout"]["annotations"]]


def test_what_is_only_recommended_judges_nothing(page):
    test = page("organisation", area=QINGYANG, view="societies")
    ranking = next(figure for figure in figures(test) if figure["layout"].get("shapes"))
    assert [line["line"]["dash"] for line in ranking["layout"]["shapes"]] == ["dash"]
    assert len(set(ranking["data"][0]["marker"]["color"])) == 1
    labels = [note["text"] for note in ranking["layout"]["annotations"] if note.get("name") == "label"]
    assert labels and not any("▼" in label or "●" in label for label in labels)
    said = words(test, "explain_societies_social_orgs_per_community")
    assert "**推荐值** 12：每个社区宜有12家" in said and "不作为达标依据" in said and "**不判断**" not in said


def test_briefings_keep_what_is_recommended_apart(advised):
    version = current_version(advised)
    at, ratio = scope(version, QINGYANG), metric("staffing_ratio", version)
    names = ("staffing_ratio", "social_orgs_per_community", "training_coverage", "partners")
    readings = tuple(read_metric(metric(name, version), at) for name in names)
    numbers = Section("", "", pl.DataFrame(), "numbers", at, readings=readings)
    months = ratio.rows(scope(version, QINGYANG, "2024-01..2026-06"), by="month")
    with texts.use_language("zh"):
        table = readings_table(numbers, {})
        spec = chart_spec(Section("", "", months, "line", at, ratio, ("month",)))
    standards = [line[table.header.index("标准")] for line in table.lines]
    assert standards == ["18 · 推荐 20", "推荐 12", "按进度应 50%（全年 100%）", "–"]
    assert [line[table.header.index("是否达标")] for line in table.lines] == ["▼ 未达标", "–", "▼ 未达标", "–"]
    assert spec is not None and (spec.series["标准"][-1], spec.series["推荐值"][-1]) == (18, 20)
