"""The page of shops and property companies: its headline, its facts and lists, and every picture against its metric."""

from __future__ import annotations

import csv
import re

import polars as pl
import pytest

from sql import query
from sql.paths import PROJECT
from sql.semantic.metrics import metric
from tests.helpers.pages import screens
from tests.helpers.pages.screens import cards, figures, row_count, scope, tables

GAOMI = "370785"
# The view and label of each figure that 高密市 published about its shops and property companies.
PUBLISHED = {
    "property_companies": (
        "property_companies",
        "property_party_coverage",
        "property_campaigns",
        "property_joint_activities",
        "property_projects_per_year",
    ),
    "estates": ("estates_old_with_new", "secretary_chairs", "owners_committees", "communities"),
    "shops": (
        "shop_requests",
        "shop_resolution_rate",
        "shop_zones",
        "zone_heads",
        "shop_volunteers",
        "model_shops",
        "outstanding_volunteers",
        "shop_volunteer_duties",
        "shop_clearances",
    ),
}


def facts(test) -> dict[str, str]:
    """Returns every number of the page's panels by its name."""
    return {fact.title: fact.value for fact in screens.facts(test)}


def number(text: str) -> float:
    """Parses 97.9 from 97.9%."""
    return float(re.match(r"[\d,.]+", text)[0].replace(",", ""))


def published(place: str) -> dict[str, dict]:
    """Returns the figures that a place published, by metric."""
    path = PROJECT / "data" / "reference" / "published_figures.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["metric"]: row for row in csv.DictReader(file) if row["area_code"] == place and not row["where"]}


def agrees(text: str, row: dict) -> bool:
    """Returns true where the number shown is the one published."""
    decimals = len(row["value"].partition(".")[2])
    if row["comparison"] == ">=":
        return number(text) >= float(row["value"])
    return round(number(text), decimals) == float(row["value"])


def table(test, column: str) -> pl.DataFrame:
    """Returns the list that has this column."""
    return next(frame for frame in tables(test) if column in frame.columns)


def test_the_headline_names_the_gaps(app, demo):
    title = app("alliances", area=GAOMI).title[0].value
    assert title == (
        "高密市：53 家物业企业，:green[全部建有党组织]，:orange[17 家近一年没有达到共建要求]；"
        "167 个商铺片区收集诉求 117 件，2026年1–5月上报的 88.1% 在 30 天内解决，:orange[11 个片区没有联铺志愿者]。"
    )
    at = scope(demo, GAOMI)
    companies = query("property_companies_at_month_end", at)
    assert companies.height == 53 and companies.filter(~pl.col("meets_standard")).height == 17
    assert query("shop_zones_at_month_end", at).filter(pl.col("volunteers") == 0).height == 11


def test_without_shops_the_headline_is_about_property_companies(app):
    assert app("alliances", area="621000").title[0].value == "庆阳市：41 家物业企业，全部建有党组织。"


def test_companies_without_a_party_organisation_are_in_the_headline(app, demo):
    covered = metric("property_party_coverage", demo).rows(scope(demo, GAOMI, "2025-06")).row(0, named=True)
    assert (covered["numerator"], covered["denominator"]) == (50, 51)
    title = app("alliances", area=GAOMI, period="2025-06").title[0].value
    assert title.startswith("高密市：51 家物业企业中 :orange[1 家没有党组织]，")


@pytest.mark.parametrize("view", PUBLISHED)
def test_published_figures_are_on_the_page(app, demo, view):
    test = app("alliances", area=GAOMI, period="all", view=view)
    page_facts, figure = facts(test), published(GAOMI)
    for name in PUBLISHED[view]:
        assert agrees(page_facts[metric(name, demo).short_title.zh], figure[name]), name


def test_cards_are_the_metrics(app):
    assert [card.value for card in cards(app("alliances", area=GAOMI))] == [
        "53 家",
        "100.0%",
        "29 次",
        "167 个",
        "117 件",
        "88.1%",
    ]


def test_the_cumulative_rate_stands_beside_that_of_ripe_months(app):
    test = app("alliances", area=GAOMI, view="shops")
    # 861 since records began, 96.17 % of them resolved, whatever the period of the page.
    assert [fact.value for fact in screens.facts(test) if fact.title in ("商铺诉求", "商铺解决率")] == [
        "861 件",
        "96.17%",
    ]


def test_every_month_of_joint_activities(app, demo):
    line = next(trace for trace in figures(app("alliances", area=GAOMI))[-1]["data"] if trace.get("name") == "value")
    rows = metric("property_joint_activities", demo).rows(scope(demo, GAOMI, "2022-01..2026-06"), by="month")
    assert line["y"] == rows["value"].to_list() and sum(line["y"]) == 236


def test_companies_with_fewest_projects_come_first(app, demo):
    rows = table(app("alliances", area=GAOMI), "company_name")
    expected = query("property_companies_at_month_end", scope(demo, GAOMI))
    assert rows["company_name"].to_list() == expected["company_name"].to_list()
    assert rows["meets_standard"].to_list() == ["否"] * 17 + ["是"] * 36
    assert rows["estates"].sum() == metric("estates", demo).value(scope(demo, GAOMI)) - 148 == 359
    assert rows["estates_old_with_new"].sum() == 89


def test_campaigns_are_eight_by_title(app):
    rows = table(app("alliances", area=GAOMI, period="all"), "title")
    assert rows.height == 8 and rows["times"].sum() == 390 and rows["participants"].sum() == 7617


def test_estates_by_management_and_committee(app, demo):
    test = app("alliances", area=GAOMI, view="estates")
    trace_data = next(trace for figure in figures(test) for trace in figure["data"] if trace.get("name") == "cells")
    cells = {
        tuple(cell): number(text.partition("<b>")[2])
        for cell, text in zip(trace_data["customdata"], trace_data["hovertext"], strict=True)
    }
    rows = metric("estates", demo).rows(scope(demo, GAOMI), by=("management", "committee"))
    assert cells == {(row["management"], row["committee"]): row["value"] for row in rows.iter_rows(named=True)}
    assert sum(cells.values()) == 507 and cells[("company", "owners_committee")] == 106
    assert sum(value for (management, _), value in cells.items() if management == "old_with_new") == 89
    assert row_count(test, "estate_name") == 507


def test_a_filter_narrows_the_list_of_estates_and_nothing_else(app):
    test = app("alliances", area=GAOMI, view="estates", management="old_with_new", committee="none")
    rows = table(test, "estate_name")
    assert rows.height == 21 and set(rows["management"]) == {"以新托旧"} and set(rows["committee"]) == {"无"}
    assert facts(test)["小区"] == "507 个"
    assert table(app("alliances", area=GAOMI, management="old_with_new"), "company_name").height == 53


def test_estates_of_areas_add_up(app):
    rows = table(app("alliances", area=GAOMI, view="estates"), "estates_old_with_new")
    assert rows["estates"].sum() == 507 and rows["estates_old_with_new"].sum() == 89


def test_zones_are_listed_with_their_requests(app, demo):
    test = app("alliances", area=GAOMI, view="shops", period="all")
    rows = table(test, "zone_name")
    at = scope(demo, GAOMI, "all")
    assert rows.height == 167 and rows["shops"].sum() == metric("zone_shops", demo).value(at) == 1167
    assert rows.filter(pl.col("volunteers") == 0).height == 11 and set(rows["has_head"]) == {"是"}
    # 861 in all: those of these zones, those of zones closed since, and those that name none.
    zones = set(query("shop_zones_at_month_end", at)["zone_id"])
    of_zones = demo.rows("select zone_id, count(*) as raised from main.requests where kind = 'shop' group by zone_id")
    known = of_zones.filter(pl.col("zone_id").is_in(zones))["raised"].sum()
    assert rows["raised"].sum() == known
    assert of_zones["raised"].sum() == 861 and facts(test)["未记片区诉求"] == "299 件"
    assert of_zones.filter(pl.col("zone_id").is_null())["raised"].item() == 299


def test_resolution_by_street_is_ranked(app, demo):
    test = app("alliances", area=GAOMI, view="shops")
    bars = next(trace for figure in figures(test) for trace in figure["data"] if trace["type"] == "bar")
    rows = (
        metric("shop_requests_resolved_within_30_days", demo)
        .rows(scope(demo, GAOMI), by="street")
        .drop_nulls("value")
        .sort("value")
    )
    assert bars["x"] == pytest.approx(rows["value"].to_list()) and bars["customdata"] == rows["street"].to_list()


def test_duties_and_clearances_are_shown_beside_the_data(app):
    test = app("alliances", area=GAOMI, view="shops")
    duties, clearances = [frame["text"].to_list() for frame in tables(test) if "text" in frame.columns]
    assert duties == ["安全排查", "卫生整治", "问题化解", "政策践行", "和谐共建"]
    assert clearances == ["安全隐患清", "垃圾杂物清", "乱停乱放清", "矛盾问题清"]


@pytest.mark.parametrize("area", ["621000", "370705", "141024"])
@pytest.mark.parametrize(("view", "file"), [("shops", "商铺片区.csv"), ("estates", "小区.csv")])
def test_missing_data_are_reported_with_their_file(app, area, view, file):
    test = app("alliances", area=area, view=view)
    assert [info.value for info in test.info if file in info.value] and not tables(test)
    assert cards(test)[3].value == "–"


def test_a_community_has_its_own_companies_zones_and_estates(app):
    community = "370785001014"
    assert cards(app("alliances", area=community))[0].value == "1 家"
    assert table(app("alliances", area=community, view="shops"), "zone_name").height == 2
    assert table(app("alliances", area=community, view="estates"), "estate_name").height == 8
