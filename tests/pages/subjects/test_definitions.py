"""The definitions page: every metric with its file, its pages, and the published figures on their own pages."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from urllib.parse import parse_qsl

import polars as pl
import pytest

from pages.ui.definitions import definitions
from pages.ui.definitions import published_figures as published_figures_table
from pages.ui.i18n import texts
from pages.ui.kit import metric_pages, themes
from pages.ui.kit.metric_pages import MetricLocation
from pages.ui.shell import page_list
from sql.files import sql_file
from sql.quality import published_figures
from sql.semantic.catalog import catalog, lineage
from sql.semantic.metrics import Metric, metric
from tests.helpers.pages.screens import cards, facts, scope, tables

# The parameters of a page, and the metrics to find there.
Visit = tuple[str, tuple[tuple[str, str], ...]]


def titles() -> dict[str, str]:
    return page_list.titles()


def place_of(name: str) -> MetricLocation | None:
    return metric_pages.best_location(name, metric_pages.locations(), titles())


def listed(test) -> list[dict[str, object]]:
    return [row | {"metric": Path(row["file"]).stem} if "file" in row else row for row in tables(test)[0].to_dicts()]


def page_text(test) -> str:
    lines = [element.value for element in test.markdown] + [line for card in cards(test) for line in card.lines]
    return "\n".join(lines)


def test_every_metric_is_listed_with_its_file(app):
    rows = listed(app("definitions", area="621000"))
    assert sorted(row["metric"] for row in rows) == catalog.names("metrics")
    known = catalog.current_files()
    for row in rows:
        assert row["file"].removeprefix("sql/") in known
        assert row["title"] and row["unit"] and row["mart"] and row["theme"] in themes.titles().values()


def test_the_standard_is_the_one_in_force_here(app, demo):
    def standards(area: str) -> dict[str, str]:
        return {row["metric"]: row["standard"] for row in listed(app("definitions", area=area))}

    city = standards("621000")
    assert city["staffing_ratio"] == "18" and city["staffing_gap"] == "0" and city["workers"] == ""
    # A rural community is held against no ratio.
    rural = demo.rows(
        "select area_code from intermediate.area_paths where level = 'community' and not is_urban limit 1"
    )
    assert standards(rural.item())["staffing_ratio"] == ""


def test_one_metric_in_full(app, demo):
    test = app("definitions", area="621000", metric="staffing_ratio")
    text = page_text(test)
    assert "## 每万名城镇常住人口社区工作者" in text
    assert "庆阳市 · 2026年6月末 · **12.7 人** :orange[▼ 未达标]" in text
    assert "10000 × 1163 ÷ 913075 = 12.7 人" in text
    assert "**标准** 18：" in text and "**单位** 人，越高越好" in text
    assert "集市表 community_months（社区月度基数）" in text
    assert test.get("text")[0].value.strip() == metric("staffing_ratio", demo).file.text.strip()
    assert "sql/metrics/staffing/staffing_ratio.sql" in [caption.value for caption in test.caption]


def test_links_keep_area_period_and_language(app):
    test = app("definitions", area="370785", period="2025", metric="welfare_activities")
    links = {link.proto.label: dict(parse_qsl(link.proto.query_string)) for link in test.main.get("page_link")}
    parameters = {"area": "370785", "period": "2025"}
    assert links["服务活动 · 参与和受益"] == parameters | {"view": "people"}
    assert links["地图"] == parameters | {"metric": "welfare_activities"}
    english = app("definitions", area="370785", period="2025", lang="en", metric="welfare_activities")
    for link in english.get("page_link"):
        assert dict(parse_qsl(link.proto.query_string)).items() >= (parameters | {"lang": "en"}).items(), (
            link.proto.label
        )


def test_search_and_theme_narrow_the_list(app):
    test = app("definitions", area="621000")
    test.text_input(key="definitions_search").set_value("公益 受益").run()
    assert {row["metric"] for row in listed(test)} >= {"welfare_beneficiaries"}
    assert all("公益" in catalog.current_files()[row["file"].removeprefix("sql/")].text for row in listed(test))
    test.text_input(key="definitions_search").set_value("point_account_months").run()
    assert {row["metric"] for row in listed(test)} == {
        "accounts_active_share",
        "accounts_to_households",
        "point_accounts",
        "points_outstanding",
    }
    test.text_input(key="definitions_search").set_value("没有这样的词").run()
    assert not tables(test) and "没有这样的指标" in test.info[0].value
    test.text_input(key="definitions_search").set_value("").run()
    test.button_group(key="definitions_theme").set_value("points").run()
    points = {Path(path).stem for path in catalog.current_files() if path.startswith("metrics/points/")}
    assert {row["metric"] for row in listed(test)} == points


def test_a_unit_without_a_label_keeps_the_name_in_the_file(demo):
    header = "-- title: 甲 | A\n-- unit: red_lanterns\n-- decimals: 0\n-- direction: none\n-- aggregation: sum\n"
    one = Metric(sql_file.read("metrics/points/tried.sql", header + "select 1 as value from points"), demo)
    assert definitions._unit(one) == "red lanterns"
    assert definitions._unit(metric("points_earned", demo)) == "分"


def test_source_tables_are_followed_column_by_column():
    def beneath(name: str) -> list[str]:
        path = next(
            path for path in catalog.current_files() if path.endswith(f"/{name}.sql") and path.startswith("metrics/")
        )
        return lineage.sources(catalog.current_files()[path])

    assert beneath("activities_held") == ["activities", "areas", "months"]
    # The requests and what gives them their area; the mart joins partners for columns that this does not need.
    assert beneath("resolved_within_30_days") == ["areas", "months", "requests"]
    assert beneath("partners") == ["areas", "months", "partners"]
    assert {"population", "workers", "standards", "areas"} <= set(beneath("staffing_ratio"))
    assert not {"partners", "places"} & set(beneath("staffing_ratio"))
    # The mart has a base of households that the balance does not use.
    assert "points" in beneath("points_outstanding") and "population" not in beneath("points_outstanding")
    assert lineage.sources(sql_file.read("metrics/x/y.sql", "-- title: 甲 | A\nselect ((\n")) == []


PAGE = '''
"""A page."""
from pages.ui.page import others, views

scope = filters.current("kind", "partners")
if not empty_states.has_tables(scope, "grids", "places"):
    st.stop()
cards.row(scope, "workers", "satisfaction")
chosen = [(_("甲"), views.one), (_("乙"), views.two), (_("丙"), others.three)]
view_choice.draw(scope, *chosen)
cards.facts(scope, _("脚"), "stewards", key="x")
'''
VIEWS = '''
"""The views of the page."""

def one(scope) -> None:
    charts.trend(scope, metric("activities_held", scope.version), key="partners")
    cards.facts(scope, _("事实"), "welfare_activities", key="workers")
    shared(scope)

def two(scope) -> None:
    if empty_states.missing_tables(scope, "partners"):
        return
    rate = metric("resolution_rate", scope.version)
    charts.ranking(scope, metric("residents", scope.version), gap_metric=rate, key="x")
    tables.listing(scope, "communities", _("题"), {"grids": _("网格")}, opens="stewards", key="x")

def shared(scope) -> None:
    tables.areas(scope, "workers", "mediators", key="x")

def unused(scope) -> None:
    tables.areas(scope, "estates", key="x")
'''


def test_where_a_metric_is_shown_is_read_from_the_page_and_its_views(tmp_path, monkeypatch):
    (tmp_path / "page.py").write_text(PAGE, encoding="utf-8")
    (tmp_path / "ui" / "page").mkdir(parents=True)
    (tmp_path / "ui" / "page" / "views.py").write_text(VIEWS, encoding="utf-8")
    monkeypatch.setattr(metric_pages, "PAGES", tmp_path)
    whole, one, two = (
        MetricLocation("page", is_number=True),
        MetricLocation("page", "one", "甲"),
        MetricLocation("page", "two", "乙"),
    )
    assert metric_pages.locations() == {
        "activities_held": [one],
        "resolution_rate": [two],
        "workers": [whole, one],
        "satisfaction": [whole],
        "welfare_activities": [one._replace(is_number=True)],
        "mediators": [one],
        "residents": [two],
        "stewards": [whole],
    }
    assert metric_pages.views("page") == ["one", "two", "three"]
    edited = VIEWS.replace('"mediators"', '"zone_heads"')
    (tmp_path / "ui" / "page" / "views.py").write_text(edited, encoding="utf-8")
    assert metric_pages.locations()["zone_heads"] == [one] and "mediators" not in metric_pages.locations()


def test_the_published_figures_are_all_there_and_met(app):
    test = app("definitions", area="621000", view="published")
    assert "## 公布的 98 个数字，从行里算出来都相符" in page_text(test)
    rows = listed(test)
    assert len(rows) == 98 and {row["met"] for row in rows} == {"● 相符"}
    row = next(row for row in rows if row["title"] == "公益活动受益人次")
    assert (row["place"], row["quote"], row["published"], row["computed"]) == (
        "高密市",
        "受益居民8400余人次",
        "≥ 8400",
        8430,
    )
    assert row["page"] == "服务活动 · 参与和受益"
    assert row["link"] == "activities?area=370785&period=..2026-06&view=people"
    standard = next(row for row in rows if row["quote"].startswith("每万名城镇常住人口"))
    assert (standard["published"], standard["computed"]) == ("标准 18", 18)


def test_the_published_figures_of_one_place_and_in_english(app):
    test = app("definitions", view="published", lang="en")
    rows = listed(test)
    assert rows[0]["title"] == "Staffing standard" and rows[0]["met"] == "● match"
    assert all(row["link"].endswith("lang=en") for row in rows if isinstance(row["link"], str))
    test = app("definitions", view="published")
    test.button_group(key="published_place").set_value("370705").run()
    assert {row["place"] for row in listed(test)} == {"奎文区"}


def test_a_different_figure_is_marked_by_symbol_and_word(app, monkeypatch, tmp_path):
    text = published_figures.FIGURES_FILE.read_text(encoding="utf-8").replace(",1163,", ",1164,")
    (tmp_path / "published.csv").write_text(text, encoding="utf-8")
    monkeypatch.setattr(published_figures, "FIGURES_FILE", tmp_path / "published.csv")
    test = app("definitions", view="published")
    assert "## 公布的 98 个数字中 1 个与算出的不符" in page_text(test)
    assert [row["title"] for row in listed(test) if row["met"] == "▼ 不符"] == ["在岗社区工作者"]


def visits() -> dict[Visit, list[dict[str, object]]]:
    """Returns the published figures by the address of the page that shows them, which several share."""
    found: dict[Visit, list[dict[str, object]]] = defaultdict(list)
    for row in pl.read_csv(published_figures.FIGURES_FILE, infer_schema=False).iter_rows(named=True):
        place, begins, ends = place_of(row["metric"]), row["from_month"], row["to_month"]
        row["period"] = ends if begins == ends else f"{begins or ''}..{ends}"
        page, _, parameters = (
            published_figures_table.figure_url(row, place).partition("?") if place else ("nowhere", "", "")
        )
        found["overview" if page == "./" else page, tuple(parse_qsl(parameters))].append(row)
    return found


def test_every_published_figure_has_a_place_on_a_page():
    assert [row["metric"] for row in visits().get(("nowhere", ()), [])] == []


def numbers(test) -> dict[str, set[str]]:
    """Returns the numbers in a page's cards and facts, by their labels."""
    found: dict[str, set[str]] = defaultdict(set)
    for number in (*cards(test), *facts(test)):
        found[number.title].add(number.value)
    return found


@pytest.mark.parametrize(
    ("visit", "rows"),
    visits().items(),
    ids=lambda part: "-".join(
        [part[0], *(value for _name, value in part[1])]
        if isinstance(part, tuple)
        else [row["metric"] for row in part[:2]]
    ),
)
def test_the_page_shows_the_computed_figure(app, demo, visit, rows):
    page, parameters = visit
    assert page != "nowhere", [row["metric"] for row in rows]
    test = app(page, **dict(parameters))
    assert not test.exception and not test.error
    shown_here = numbers(test)
    for row in rows:
        one = metric(row["metric"], demo)
        where = tuple(tuple(item.split("=", 1)) for item in (row["where"] or "").split(",") if item)
        found = one.rows(scope(demo, row["area_code"], row["period"]).with_filters(*where)).row(0, named=True)
        if row["comparison"] == "standard =":
            assert f"标准 {found['standard']:.0f}" in page_text(test), row["figure"]
            continue
        names = shown_here[one.title.zh] | shown_here[one.short_title.zh]
        assert texts.amount(found["value"], one) in names, (row["figure"], names)
