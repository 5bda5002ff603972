"""Every page at every level in both languages, and the figures inside its pictures against the metrics."""

from __future__ import annotations

import ast
import json
import os
import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import polars as pl
import pytest

from pages.ui import charts
from pages.ui.i18n import texts, values
from pages.ui.i18n.collect_texts import collect, updated_catalogue, write
from pages.ui.i18n.names import spoken_name
from pages.ui.i18n.phrases import better_or_worse
from pages.ui.i18n.texts import CATALOGUE, english_texts
from pages.ui.shell import page_list
from sql.files.sql_file import Text
from sql.paths import PROJECT
from sql.semantic.catalog import catalog
from sql.semantic.metrics import metric
from sql.semantic.readings import read_metric
from tests.helpers.depth import examples
from tests.helpers.pages.screens import PAGES, cards, figures, open_symbol, scope, tables

# All places, a city, a county, a street, a community.
AREAS = ("", "621000", "621002", "621002001", "621002001001")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


# In the quick tier each in one language, the next in the other.
@pytest.mark.parametrize(
    ("page", "area", "language"),
    [
        (page, area, language)
        for place, (page, area) in enumerate(product(PAGES, AREAS))
        for language in ("zh", "en", "zh")[place % 2 :][: examples(1, 2)]
    ],
)
def test_page_opens_with_its_headline(app, demo, page, area, language):
    query = {"lang": language, **({"area": area} if area else {})}
    test = app(page, **query)
    assert not test.exception and not test.error
    assert len(test.title) == 1
    title = test.title[0].value
    with texts.use_language(language):
        assert spoken_name(scope(demo, area).area.name) in title
    if language == "en":
        assert not CHINESE.search(title), title


def test_every_script_is_a_page_that_is_declared_and_has_a_headline():
    """Pages are declared once: navigation, titles, search and the tests of every page follow from the list."""
    scripts = {path.stem for path in page_list.FOLDER.glob("*.py")} - {"main"}
    assert scripts == set(page_list.titles()), "list it in pages/ui/shell/page_list.py"
    headlines = {path.stem for path in (page_list.FOLDER / "ui" / "headlines").glob("*.py")} - {"__init__"}
    # The map says its finding in its own title, and a meeting is one of its slides.
    assert scripts - headlines == {"coverage", "meeting"}


def test_every_script_is_a_table_of_contents():
    """A page draws its views, and whatever only it shows, in its folder below pages/ui."""
    scripts = {path.name: path.read_text(encoding="utf-8") for path in page_list.FOLDER.glob("*.py")}
    assert {name: text.count("\n") for name, text in scripts.items() if text.count("\n") >= 60} == {}
    assert [
        name for name, text in scripts.items() if re.search(r"^\s*(def|class|for|while) ", text, re.MULTILINE)
    ] == []


def test_every_chart_is_in_a_panel():
    """The panel brings its explanation, its data table, its download, and its place in a briefing."""
    folder = PROJECT / "pages" / "ui" / "charts"
    bare = [
        name
        for name in charts.__all__
        if not re.search(r"with (panels\.)?(query_)?panel\(", (folder / f"{name}.py").read_text(encoding="utf-8"))
    ]
    assert bare == [], "draw it within panels.panel(…)"


def test_every_dimension_that_pages_use_has_its_name():
    source = "\n".join(path.read_text(encoding="utf-8") for path in sorted((PROJECT / "pages").rglob("*.py")))
    arguments = re.findall(r"\bby=(\([^)]*\)|\"\w+\")", source) + re.findall(r"filters\.current\(([^)]*)\)", source)
    used = {name for argument in arguments for name in re.findall(r'"(\w+)"', argument)}
    assert len(used) > 25
    nameless = sorted(name for name in used if name not in values.NAMES)
    assert nameless == [], "name it in NAMES of pages/ui/i18n/values.py"


def test_every_text_is_collected():
    """Within an f-string it would not be."""
    marked = {
        call.args[0].value
        for path in (PROJECT / "pages").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "_" and isinstance(call.args[0], ast.Constant)
    }
    assert len(marked) > 500 and marked - set(collect()) == set()


def test_every_text_has_its_english():
    untranslated = [text for text in collect() if not english_texts().get(text)]
    assert untranslated == [], f"run `make texts`, and translate them in {CATALOGUE.relative_to(PROJECT)}"


def test_english_keeps_the_placeholders_for_values_of_its_text():
    for text, english in english_texts().items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english)), text


def test_the_catalogue_holds_the_current_texts_in_its_own_order():
    assert CATALOGUE.read_bytes() == write(updated_catalogue()), "run `make texts`"


def test_staffing_cards_are_the_metrics(app, demo):
    card_values = [card.value for card in cards(app("staffing", area="621000"))]
    assert card_values[:5] == ["12.7 人", "481 人", "1,163 人", "1,644 人", "91.3万 人"]


def test_staffing_headline_names_gap_and_worst(app):
    title = app("staffing", area="621000").title[0].value
    assert title == (
        "庆阳市每万人 12.7 名社区工作者，:orange[低于标准 18 名，缺 481 人]；8 个县区中 7 个未达标，环县差距最大。"
    )


def test_staffing_on_target_says_so(app):
    assert ":green[达到标准 18 名]" in app("staffing", area="370705").title[0].value


def test_partial_area_is_marked(app):
    assert app("staffing", area="370700").title[0].value.startswith("潍坊市（仅含 2 个已接入区县）每万人")
    assert (
        app("staffing", area="620000", lang="en")
        .title[0]
        .value.startswith("Gansu Province (8 connected counties only)")
    )


@pytest.mark.parametrize(("area", "level"), [("621000", "county"), ("370705", "street"), ("370705005", "community")])
def test_ranking_bars_are_the_rows_worst_first(app, demo, area, level):
    ranking = figures(app("staffing", area=area))[0]
    bars = ranking["data"][0]
    rows = metric("staffing_ratio", demo).rows(scope(demo, area), by=level).drop_nulls("value").sort("value").head(20)
    assert bars["x"] == pytest.approx(rows["value"].to_list())
    assert sorted(bars["customdata"]) == sorted(rows[level].to_list())


def test_ranking_marks_status_and_standard(app):
    ranking = figures(app("staffing", area="621000"))[0]
    *labels, standard = [note["text"] for note in ranking["layout"]["annotations"]]
    assert labels[0] == "<b>9.4</b> ▼ 缺口 95 人"
    # 西峰's 13.9 differs from the whole's 12.7 by less than chance alone would explain for its 444 workers.
    assert labels[-2].startswith("<b>13.9</b> ▼ 缺口")
    assert labels[-1] == "<b>18.3</b> ● 达标"
    assert standard == "标准 18"
    assert ranking["layout"]["shapes"][0]["x0"] == 18


def test_trend_is_every_month_with_limits(app, demo):
    trend = figures(app("staffing", area="621000"))[1]
    line = next(trace for trace in trend["data"] if trace.get("name") == "value")
    rows = metric("staffing_ratio", demo).rows(scope(demo, "621000", "2022-01..2026-06"), by="month")
    assert len(line["x"]) == 54
    assert line["y"] == pytest.approx(rows["value"].to_list())
    assert next(trace for trace in trend["data"] if trace.get("name") == "standard")["y"] == [18.0] * 54


def test_funnel_has_every_area_at_its_base(app, demo):
    funnel = figures(app("staffing", area="621000"))[2]
    dots = next(trace for trace in funnel["data"] if trace.get("name") == "areas")
    rows = metric("staffing_ratio", demo).rows(scope(demo), by="county")
    assert dict(zip(dots["customdata"], dots["x"], strict=True)) == dict(
        rows.select("county", "denominator").iter_rows()
    )


def test_period_in_the_url_changes_the_numbers(app, demo):
    earlier = cards(app("staffing", area="621000", period="2023-12"))[0].value
    value = metric("staffing_ratio", demo).value(scope(demo, "621000", "2023-12"))
    assert earlier == f"{value:.1f} 人" != "12.7 人"


@pytest.mark.parametrize(
    "query",
    [
        {"area": "999999"},
        {"area": "'; drop table areas; --"},
        {"period": "never"},
        {"period": "2026-13"},
        {"area": "<script>alert(1)</script>"},
        {"lang": "xx"},
        {"period": "..", "area": ""},
    ],
)
def test_a_strange_url_still_opens(app, query):
    test = app("staffing", **query)
    assert not test.exception and not test.error and test.title


def test_a_strange_area_and_period_are_reported_once_each(app):
    messages = [warning.value for warning in app("staffing", area="999999", period="never").warning]
    assert messages == ["没有这个区划，显示全部。", "时期读不懂，显示今年。"]


def test_attention_lists_alerts_and_then_other_shortfalls_the_worst_first(app):
    rows = tables(app("overview", area="621000"))[0]
    staffing = rows.filter(what="配备连续三月低于标准").row(0, named=True)
    assert (staffing["area"], staffing["value"], staffing["limit"]) == ("◆ 环县", 9.4, 18.0)
    assert staffing["beyond_percent"] == 48  # (18 − 9.43) ÷ 18
    below = rows.filter(pl.col("area").str.starts_with("▼"))
    # In 环县 the facilities are the worst shortfall without an alert: 26.5 m² of 30.
    assert below.select("area", "what", "beyond_percent").row(0) == ("▼ 环县", "每百户设施", 12)
    assert "每万人社工" not in set(rows["what"])
    for part in (rows[: -len(below)], below):
        assert part["beyond_percent"].is_sorted(descending=True)


def test_communities_without_population_are_listed(app, demo):
    listed = tables(app("staffing", area="141024"))[-1]
    names = dict(scope(demo, "141024").members("community").rows())
    assert listed["community_name"].to_list() == [names["141024100014"]]
    assert listed["workers"].to_list() == [3]


def test_explanation_shows_formula_sql_and_sources(app):
    test = open_symbol(app("staffing", area="621000"), "explain_card_staffing_ratio")
    words = " ".join(element.value for element in test.markdown)
    assert "10000 × 1163 ÷ 913075 = 12.7 人" in words
    assert "**标准** 18" in words and "社区工作者" in words
    assert "from main.community_months" in test.code[0].value
    assert "'621000'" in test.code[0].value


def test_no_warehouse_says_what_to_run(app, monkeypatch, tmp_path: Path):
    monkeypatch.setenv("LINLI_WAREHOUSE", str(tmp_path / "nowhere"))
    for language, others in (("zh", re.compile("no data")), ("en", CHINESE)):
        message = app("overview", lang=language).error[0].value
        assert "python -m etl build" in message and not others.search(message)


def test_a_failed_rebuild_is_reported_and_the_numbers_stay(app, own_demo_folder: Path):
    outcome = own_demo_folder / "last_build.json"
    outcome.write_text(json.dumps({"ok": False, "zh": "sql/marts/x.sql:3：坏了", "en": "broken"}), encoding="utf-8")
    test = app("staffing", area="621000")
    assert "sql/marts/x.sql:3" in test.warning[0].value and "broken" not in test.warning[0].value
    assert cards(test)[0].value == "12.7 人"
    warning = app("staffing", area="621000", lang="en").warning[0].value
    assert "broken" in warning and not CHINESE.search(warning)


def test_a_file_that_cannot_be_used_is_reported_in_the_language_of_the_page(app, monkeypatch):
    path = "checks/urban_communities_without_workers.sql"
    error = catalog.current_files()[path].error(Text("缺少 SELECT", "SELECT is missing"))
    monkeypatch.setattr(catalog, "_broken", {path: error})
    for language, text in (("zh", error.zh), ("en", error.en)):
        (warning,) = app("staffing", area="621000", lang=language).warning
        assert f"```\n{text}\n```" in warning.value


def test_a_failed_rebuild_is_no_longer_reported_after_a_build(app, own_demo_folder: Path):
    outcome = own_demo_folder / "last_build.json"
    outcome.write_text(json.dumps({"ok": False, "zh": "坏了", "en": "broken"}), encoding="utf-8")
    os.utime(outcome, (1, 1))
    assert not app("staffing", area="621000").warning


@pytest.mark.parametrize(("name", "rise"), [("staffing_ratio", "、比上年好转"), ("staffing_gap", "、比上年变差")])
def test_a_change_is_for_better_or_worse_by_the_metrics_own_direction(demo, name, rise):
    read = read_metric(metric(name, demo), scope(demo, "621000"))
    with texts.use_language("zh"):
        verdicts = [better_or_worse(replace(read, year_change=change)) for change in (2.0, -2.0, 0.0, None)]
    assert verdicts == [rise, ({"、比上年好转", "、比上年变差"} - {rise}).pop(), "", ""]


def test_numbers_are_in_ten_thousands_from_a_hundred_thousand_on_and_in_chinese_alone():
    with texts.use_language("zh"):
        texts_of_numbers = [
            texts.number(value, decimals) for value, decimals in ((99_999, 0), (100_000, 0), (-123_456.7, 1))
        ]
    assert texts_of_numbers == ["99,999", "10.0万", "-12.3万"]
    with texts.use_language("en"):
        texts_of_numbers = [
            texts.number(value, decimals) for value, decimals in ((100_000, 0), (-123_456.7, 1), (-0.04, 1))
        ]
    assert texts_of_numbers == ["100,000", "−123,456.7", "0.0"]
    assert [texts.number(None), texts.number(0.5, 1, signed=True)] == ["–", "+0.5"]
