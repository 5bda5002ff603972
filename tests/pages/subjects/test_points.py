"""The points page: its headline, its cards, the figures of every picture against the metrics, and a place without
points.
"""

from __future__ import annotations

import pytest

from sql import query
from sql.semantic.metrics import metric
from tests.helpers.pages.screens import cards, facts, figures, scope, tables

HERE = "141024"


def lines(test) -> list[list[float | None]]:
    """Returns the lines of a page's trends, in order."""
    return [one["y"] for figure in figures(test) for one in figure["data"] if one.get("name") == "value"]


def test_the_headline_states_who_takes_part(app, demo):
    assert app("points", area=HERE).title[0].value == (
        "洪洞县2026年1–6月有 2,076 个账户获得或兑换积分，:green[比上年同期多 689 个]，兑换了所得的 52.6%，"
        "近一年活跃账户为户数的 2.78%。"
    )
    assert metric("active_accounts", demo).value(scope(demo, HERE)) == 2076
    assert metric("active_accounts", demo).value(scope(demo, HERE, "2025-01..2025-06")) == 2076 - 689


def test_cards_are_the_metrics(app):
    card_values = [card.value for card in cards(app("points", area=HERE))]
    assert card_values == ["2,076 户", "2.78%", "75,031 分", "39,496 分", "52.6%"]


def test_trends_are_every_month(app, demo):
    trend_lines = lines(app("points", area=HERE))
    page_scope = scope(demo, HERE, "2022-01..2026-06")
    names = ("points_earned", "active_accounts", "points_redeemed", "points_outstanding")
    assert trend_lines == [metric(name, demo).rows(page_scope, by="month")["value"].to_list() for name in names]
    assert trend_lines[0][-1] == 16937 and trend_lines[3][-1] == 103832


def test_reasons_for_points(app, demo):
    test = app("points", area=HERE, view="reasons")
    bars = [one for figure in figures(test) for one in figure["data"] if one.get("name") == "reason"]
    for name, kind, drawn in zip(("points_earned", "points_redeemed"), ("earn", "redeem"), bars, strict=True):
        page_scope = scope(demo, HERE).with_filters(("kind", kind))
        rows = metric(name, demo).rows(page_scope, by="reason")
        assert dict(zip(drawn["customdata"], drawn["x"], strict=True)) == dict(
            rows.select("reason", "value").iter_rows()
        )
        # A redemption is no reason to earn.
        assert 0 not in drawn["x"]
        assert sum(drawn["x"]) == metric(name, demo).value(scope(demo, HERE))


def test_accounts_and_shops(app, demo):
    test = app("points", area=HERE, view="accounts")
    published = {
        "积分账户": "2,900 户",
        "活跃率": "87.1%",
        "活跃占户数": "2.78%",
        "每账户获得": "36.1 分",
        "积分结余": "10.4万 分",
        "合伙人超市": "16 处",
    }
    assert published.items() <= {fact.title: fact.value for fact in facts(test)}.items()
    page_scope = scope(demo, HERE, "2022-01..2026-06")
    names = ("accounts_active_share", "points_per_account", "accounts_to_households")
    expected = [metric(name, demo).rows(page_scope, by="month")["value"].to_list() for name in names]
    assert lines(test) == [pytest.approx(values, nan_ok=True) for values in expected]
    # The scheme began in September 2023.
    assert expected[0][19:21] == [None, 100]


def test_areas_and_communities(app, demo):
    test = app("points", area=HERE, view="areas")
    households, active, earned = (figure["data"][0] for figure in figures(test)[:3])
    for name, drawn in (
        ("accounts_to_households", households),
        ("accounts_active_share", active),
        ("points_earned", earned),
    ):
        rows = metric(name, demo).rows(scope(demo, HERE), by="street").drop_nulls("value")
        assert dict(zip(drawn["customdata"], drawn["x"], strict=True)) == dict(
            rows.select("street", "value").iter_rows()
        )
    listed = tables(test)[0]
    rows = query("point_communities", scope(demo, HERE))
    assert list(listed["earned"]) == rows["earned"].to_list()
    assert listed["earned"].sum() == 75031 and listed["points_outstanding"].sum() == 103832
    assert listed["accounts"].sum() == 2900


def test_a_place_without_points_says_so_and_names_the_file(app):
    test = app("points", area="621000")
    assert test.title[0].value == "庆阳市没有这个时期的积分数据。"
    assert "积分.csv" in test.info[0].value
    assert len(cards(test)) == 0 and figures(test) == []


@pytest.mark.parametrize("view", ["change", "reasons", "accounts", "areas"])
@pytest.mark.parametrize("area", [None, "370785", "370705005", "370705005001", "141024100001"])
def test_every_view_at_every_level_draws(app, demo, area, view):
    test = app("points", view=view, **({"area": area} if area else {}))
    assert not test.exception and not test.error


def test_a_month_without_an_entry_says_so(app):
    test = app("points", area=HERE, period="2022")
    assert test.title[0].value == "洪洞县2022年1–12月:orange[没有积分收支]。"
    assert [card.value for card in cards(test)] == ["0 户", "–", "0 分", "0 分", "–"]
