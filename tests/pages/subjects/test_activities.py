"""The activities page: its headline, its cards, and the figures of every picture against the metrics."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pages.ui.i18n import values
from sql import query
from sql.semantic.metrics import metric
from tests.helpers.pages.screens import cards, facts, figures, scope, tables

KINDS = ["service", "home_visit", "meeting", "welfare", "campaign", "festival"]


def trace(test, name: str) -> dict:
    """Returns the trace of that name, in whichever figure of the page it is."""
    return next(one for figure in figures(test) for one in figure["data"] if one.get("name") == name)


def test_the_headline_names_the_change_and_areas_without_activities(app, demo):
    title = app("activities", area="621000").title[0].value
    assert title == (
        "庆阳市2026年1–6月开展活动 2,922 次、87,046 人次参加，:green[比上年同期多 558 次]，:orange[1 个社区一次没有]。"
    )
    activities = metric("activities_held", demo)
    assert activities.value(scope(demo)) == 2922
    assert activities.value(scope(demo)) - activities.value(scope(demo, period="2025-01..2025-06")) == 558
    assert query("communities_without_activities", scope(demo))["community_name"].to_list() == [
        "环县砂井子工业集中区社区"
    ]


def test_a_decrease_is_shown_too(app, demo):
    period = "2024-01..2024-02"
    title = app("activities", area="621002", period=period).title[0].value
    activities = metric("activities_held", demo)
    change = activities.value(scope(demo, "621002", period)) - activities.value(
        scope(demo, "621002", "2023-01..2023-02")
    )
    assert f"比上年同期{'多' if change > 0 else '少'} {abs(change):.0f} 次" in title


def test_cards_are_the_metrics(app):
    card_values = [card.value for card in cards(app("activities", area="621000"))]
    assert card_values == ["2,922 次", "87,046 人次", "14.4万 人次", "32.0%", "96 个"]


def test_every_month_has_its_activities_and_limits(app, demo):
    test = app("activities", area="621000")
    activities = metric("activities_held", demo)
    rows = activities.rows(scope(demo, period="2022-01..2026-06"), by="month")
    line = trace(test, "value")
    assert len(line["x"]) == 54 and line["y"] == rows["value"].to_list()
    # It grows from year to year: the band follows the trend. Of the last twelve months one lies outside the band, the
    # month of the Spring Festival.
    upper, lower = figures(test)[0]["data"][:2]
    assert len(upper["x"]) == 54 and lower["y"][-1] > lower["y"][-13] > lower["y"][-25]
    months = zip(line["x"], line["y"], lower["y"], upper["y"], strict=True)
    outside = [(day, value) for day, value, low, high in list(months)[-12:] if not low <= value <= high]
    assert outside == [("2026-02-01", 278)]
    assert [(signal["x"], signal["y"]) for signal in [trace(test, "signal")]] == [(["2026-02-01"], [278])]


def test_kinds_are_bars_that_filter(app, demo):
    bars = trace(app("activities", area="621000"), "kind")
    rows = metric("activities_held", demo).rows(scope(demo), by="kind").sort("value", "kind", descending=[True, False])
    assert dict(zip(bars["customdata"], bars["x"], strict=True)) == dict(rows.select("kind", "value").iter_rows())
    assert bars["customdata"] == KINDS
    narrowed = app("activities", area="621000", kind="welfare")
    assert cards(narrowed)[0].value == "50 次"


def test_every_day_of_a_year_is_a_cell(app, demo):
    days = next(
        one
        for figure in figures(app("activities", area="621000"))
        for one in figure["data"]
        if one["type"] == "heatmap"
    )
    rows = metric("activities_held", demo).rows(scope(demo, period="2025-07..2026-06"), by="day")
    cells = [value for line in days["z"] for value in line if value is not None]
    assert len(cells) == 365
    assert sum(cells) == rows["value"].sum() == 5722
    busiest = dict(rows.select("day", "value").iter_rows())["2026-03-12"]
    assert max(cells) == busiest == 30
    # 12 March 2026 is a Thursday, in the 37th week from the one of 1 July 2025.
    assert days["z"][3][(date(2026, 3, 12) - date(2025, 6, 30)).days // 7] == 30


def test_each_kind_has_its_own_trend(app, demo):
    # The first picture is the trend of all kinds together; then a small one each.
    small = [figure for figure in figures(app("activities", area="621000")) if figure["layout"]["height"] == 150]
    names = [figure["layout"]["annotations"][0]["text"] for figure in small]
    every = metric("activities_held", demo).rows(scope(demo, period="2022-01..2026-06"), by=("kind", "month"))
    sizes = every.group_by("kind").agg(pl.col("value").sum()).sort("value", descending=True)
    assert names == [f"<b>{values.WORDS['kind'][kind].zh}</b>" for kind in sizes["kind"]]
    lines = [one["y"] for figure in small for one in figure["data"] if one.get("name") == "value"]
    assert lines == [every.filter(pl.col("kind") == kind)["value"].to_list() for kind in sizes["kind"]]


@pytest.mark.parametrize(
    ("area", "period", "published"),
    [
        ("621000", "2026", {"服务活动": "2,573 次"}),
        ("370785", "..2026-06", {"公益活动": "297 次", "公益受益": "8,430 人次", "专项整治行动": "8 项"}),
    ],
)
def test_published_figures_are_facts(app, area, period, published):
    shown = {fact.title: fact.value for fact in facts(app("activities", area=area, period=period, view="people"))}
    assert published.items() <= shown.items()


def test_participants_and_beneficiaries_by_kind(app, demo):
    test = app("activities", area="370785", view="people")
    bars = [one for figure in figures(test) for one in figure["data"] if one.get("name") == "kind"]
    for name, drawn in zip(("participants", "beneficiaries"), bars, strict=True):
        rows = metric(name, demo).rows(scope(demo, "370785"), by="kind")
        counted = {kind: value for kind, value in rows.select("kind", "value").iter_rows() if value}
        assert dict(zip(drawn["customdata"], drawn["x"], strict=True)) == counted


def test_activities_by_organiser(app, demo):
    test = app("activities", area="621000", view="organisers")
    trace_data = trace(test, "organiser")
    assert dict(zip(trace_data["customdata"], trace_data["x"], strict=True)) == {
        "worker": 1980,
        "partner": 565,
        "worker_and_partner": 369,
        "not_given": 8,
    }
    labels = next(figure for figure in figures(test) if figure["data"][0].get("name") == "organiser")["layout"]["yaxis"]
    assert labels["ticktext"] == ["社区工作者", "合伙人", "社工与合伙人", "未填写"]
    kinds = trace(test, "partner_kind")
    partners = metric("activities_with_partners", demo)
    assert sum(kinds["x"]) == partners.value(scope(demo)) == 565 + 369
    stream = next(one for figure in figures(test) for one in figure["data"] if one["type"] == "sankey")
    assert sum(stream["link"]["value"]) == 934


def test_areas_are_ranked_and_listed(app, demo):
    test = app("activities", area="621000", view="areas")
    activities = metric("activities_held", demo).rows(scope(demo), by="county")
    first, second = (figure["data"][0] for figure in figures(test)[:2])
    assert dict(zip(first["customdata"], first["x"], strict=True)) == dict(
        activities.select("county", "value").iter_rows()
    )
    each = metric("participants_per_activity", demo).rows(scope(demo), by="county")
    assert dict(zip(second["customdata"], second["x"], strict=True)) == dict(each.select("county", "value").iter_rows())
    table, idle = tables(test)
    assert sorted(table["activities_held"]) == sorted(activities["value"])
    assert list(idle["community_name"]) == ["环县砂井子工业集中区社区"] and list(idle["residents"]) == [3180]


def test_campaigns_markets_and_festivals_are_listed(app):
    listed = tables(app("activities", area="141024", view="titles"))[0]
    assert list(zip(listed["kind"], listed["title"], listed["times"], strict=True)) == [
        ("邻里文化节", "社区春晚", 2),
        ("邻里文化节", "邻里文化节", 2),
        ("邻里文化节", "百家宴", 1),
        ("邻里集市", "邻里集市", 13),
        ("邻里集市", "便民集市", 9),
    ]
    eight = tables(app("activities", area="370785", view="titles", period="all"))[0]
    assert sum(eight["kind"] == "专项整治") == 8


@pytest.mark.parametrize("view", ["change", "people", "organisers", "areas", "titles"])
@pytest.mark.parametrize("area", [None, "370705", "621002001", "621002001001"])
def test_every_view_at_every_level_draws(app, area, view):
    test = app("activities", view=view, **({"area": area} if area else {}))
    assert not test.exception and not test.error
    assert cards(test)[0].value != "–"


def test_a_time_after_the_data_is_empty_and_not_0(app):
    test = app("activities", area="621000", period="2031")
    assert test.title[0].value == "庆阳市没有这个时期的活动数据。"
    assert [card.value for card in cards(test)] == ["–"] * 5
