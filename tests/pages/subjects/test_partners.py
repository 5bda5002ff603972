"""The partners page: its headline, its cards, the figures of every picture, its lists, and one partner's profile."""

from __future__ import annotations

import csv
import re

import polars as pl
import pytest

from pages.ui.i18n import values
from sql import query
from sql.quality.published_figures import FIGURES_FILE as PUBLISHED_FIGURES
from sql.semantic.metrics import metric
from tests.helpers.pages import screens
from tests.helpers.pages.screens import cards, figures, row_count, scope, table_data, tables
from tests.pages.test_pages import CHINESE

VIEWS = ("makeup", "moves", "reporting", "supply", "wishes", "contribution", "quiet", "ratings")
# The published figures of this page, and the view that shows each.
PUBLISHED = {
    "partners": "makeup",
    "partner_sectors": "makeup",
    "partner_departments": "makeup",
    "partner_associations": "makeup",
    "talent_studios": "makeup",
    "delivery_companies": "makeup",
    "reporting_units": "reporting",
    "reporting_members": "reporting",
    "households_linked": "reporting",
    "wishes_granted": "wishes",
    "joint_meeting_issues_resolved": "wishes",
    "evaluation_dimensions": "ratings",
}


def facts(test) -> dict[str, str]:
    """Returns the lines of the dense panels: the value for each name."""
    return {fact.title: fact.value for fact in screens.facts(test)}


def trace(test, name: str, at: int = 0) -> dict:
    """Returns the trace of that name, in the first (or the `at`-th) figure that has one."""
    return [one for figure in figures(test) for one in figure["data"] if one.get("name") == name][at]


def bars(test, by: str, at: int = 0) -> dict[str | None, float]:
    """Returns the bars of a dimension: length by value."""
    trace_data = trace(test, by, at)
    return dict(zip(trace_data["customdata"], trace_data["x"], strict=True))


def by(demo, name: str, dimension: str, area: str, period: str = "2026", **where: str) -> dict[str, float]:
    """Returns a metric's non-zero values by a dimension."""
    rows = (
        metric(name, demo)
        .rows(scope(demo, area, period).with_filters(*where.items()), by=dimension)
        .drop_nulls("value")
    )
    return {key: value for key, value in rows.select(dimension, "value").iter_rows() if value}


def metric_value(demo, name: str, area: str, period: str = "2026", **where: str) -> float | None:
    return metric(name, demo).value(scope(demo, area, period).with_filters(*where.items()))


def table(test, *columns: str) -> pl.DataFrame:
    """Returns the list that has these columns."""
    return next(one for one in tables(test) if set(columns) <= set(one.columns))


def test_the_headline_states_contribution_concentration_and_inactivity(app):
    assert app("partners", area="141024").title[0].value == (
        "洪洞县有 136 家合伙人，比上年多 13 家；2026年1–6月办结诉求 252 件，占全部办结的 44.1%，前三名占其中 12.7%；"
        ":green[近半年没有沉寂的合伙人]。"
    )
    assert ":orange[92.8%的合伙人半年没有动静]" in app("partners", area="370785").title[0].value
    # In a community all of whose partners are held by the county, the headline says so.
    assert app("partners", area="141024100001").title[0].value.startswith("常一社区居民委员会没有单独登记的合伙人；")


def test_the_headline_for_one_kind(app, demo):
    title = app("partners", area="141024", partner_kind="department").title[0].value
    assert title.startswith("洪洞县职能部门有 75 家合伙人")
    resolved = metric_value(demo, "partner_requests_resolved", "141024", partner_kind="department")
    assert f"办结诉求 {resolved:.0f} 件，前三名" in title


def test_cards_are_the_metrics(app, demo):
    card_values = [card.value for card in cards(app("partners", area="370785"))]
    assert card_values == ["3,794 家", "41 家", "54 家", "186 件", "8.6%", "92.8%"]
    assert metric_value(demo, "partners_quiet", "370785") == 3519


def test_partners_by_type(app, demo):
    test = app("partners", area="370785")
    assert bars(test, "partner_kind") == by(demo, "partners", "partner_kind", "370785")
    assert bars(test, "partner_sector") == {"society": 2291, "market": 1363, "government": 140}
    assert bars(test, "registered_at") == {"community": 3579, "county": 205, "street": 10}
    line = trace(test, "value")
    assert len(line["x"]) == 54 and line["y"][-1] == 3794
    listed = table(test, "street_name", "partners")
    assert listed["partners"].sum() == 3579 + 10
    assert any("县级直接联系" in caption.value for caption in test.caption)


def test_a_chosen_kind_narrows_cards_and_keeps_the_bars(app, demo):
    test = app("partners", area="370785", partner_kind="shop")
    assert cards(test)[0].value == "1,260 家"
    assert bars(test, "partner_kind") == by(demo, "partners", "partner_kind", "370785")
    assert bars(test, "partner_sector") == {"market": 1260}
    assert [button for button in test.button if button.key == "clear_filters"]
    test = app("partners", area="370785", partner_sector="government", view="contribution")
    assert (
        cards(test)[3].value
        == f"{metric_value(demo, 'partner_requests_resolved', '370785', partner_sector='government'):.0f} 件"
    )


def test_joined_and_left_by_month_and_why(app, demo):
    test = app("partners", area="621000", view="moves")
    for name in ("partners_joined", "partners_left"):
        rows = metric(name, demo).rows(scope(demo, "621000", "2024-07..2026-06"), by="month")
        assert trace(test, name)["y"] == rows["value"].to_list() and len(rows) == 24
    assert bars(test, "exit_reason") == by(demo, "partners_left", "exit_reason", "621000", "all")
    assert sum(bars(test, "exit_reason").values()) == 49
    assert sum(bars(test, "recruited_via").values()) == sum(bars(test, "admitted_by").values()) == 661
    left = table(test, "exit_reason")
    assert left.height == 49 and left["left_on"].is_sorted(descending=True)


def test_reporting_units_members_and_who_links(app, demo):
    test = app("partners", area="370785", view="reporting")
    page_facts = facts(test)
    assert [
        page_facts[name]
        for name in ("双报到单位", "报到党员", "结对联系户数", "联系领导", "联网格干部", "楼栋长", "单元长", "三老人员")
    ] == ["140 家", "5,347 人", "71,460 户", "36 人", "310 人", "640 人", "410 人", "132 人"]
    assert bars(test, "role") == by(demo, "post_holders", "role", "370785")
    assert bars(test, "role", 1) == {"reporting_member": 71460, "building_leader": 30120, "unit_leader": 9240}
    units = table(test, "partner_name", "reporting_members")
    by_hand = demo.rows(
        "select count(distinct partner_id) as units, sum(households_linked) as households from partner_post_months "
        "where place = '370785' and month = date '2026-06-01' and role = 'reporting_member' and partner_id is not null"
    ).row(0)
    assert (units.height, units["households_linked"].sum()) == by_hand


def test_needs_beside_services(app, demo):
    test = app("partners", area="141024", view="supply")
    needs = query("needs_and_services", scope(demo, "141024"), area="141024").filter(pl.col("dimension") == "category")
    totals = [met + unmet for met, unmet in zip(trace(test, "met")["x"], trace(test, "unmet")["x"], strict=True)]
    assert totals == pytest.approx([raised / 6 for raised in needs["raised"]])
    assert trace(test, "capacity")["x"] == needs["capacity"].to_list()
    assert needs["raised"].sum() == metric_value(demo, "requests_raised", "141024") and needs["services"].sum() == 195
    # The largest unmet need of 老, 小 and 困.
    groups = dict(zip(figures(test)[1]["layout"]["yaxis"]["ticktext"], trace(test, "unmet", 1)["x"], strict=True))
    assert groups["老"] == pytest.approx(25 / 6)
    assert facts(test)["供给服务"] == "195 项" and facts(test)["月供给量"] == "3,068 次"
    nobody = table(test, "raised", "unmet", "communities")
    assert nobody.select("category", "focus_group", "raised").rows() == [("养老", "其他", 18)]
    assert table(test, "capacity", "since").height == 195


def test_needs_without_a_list_of_services(app, demo):
    test = app("partners", area="621000", view="supply")
    assert test.info[0].value.startswith("庆阳市还没有报送供给清单。把供给清单.csv放进")
    assert bars(test, "category") == by(demo, "needs_unmet", "category", "621000")


def test_wishes_and_joint_meetings(app, demo):
    test = app("partners", area="141024", view="wishes")
    by_hand = demo.rows(
        "select count(*), count(published_at), count(claimed_at), sum(resolved) from requests "
        "where place = '141024' and kind = 'micro_wish' and month >= date '2026-01-01'"
    ).row(0)
    assert trace(test, "steps")["x"] == list(by_hand) == [252, 251, 236, 212]
    page_facts = facts(test)
    assert (page_facts["完成微心愿"], page_facts["微心愿30日内完成"]) == ("234 件", "86.0%")
    assert (page_facts["联席会议事项"], page_facts["联席会议解决事项"], page_facts["联席事项30日内解决"]) == (
        "38 件",
        "32 件",
        "56.7%",
    )
    assert sum(trace(test, "joint_meeting_issues")["y"][-6:]) == 38
    assert sum(trace(test, "joint_meeting_issues_resolved")["y"][-6:]) == 32
    issues = table(test, "is_resolved", "raised_at")
    assert issues.height == 38 and issues["is_resolved"].to_list() == ["否"] * 8 + ["是"] * 30


def test_contributions_of_each_partner(app, demo):
    test = app("partners", area="141024", view="contribution")
    page_rows = table(test, "claimed", "resolved", "beneficiaries")
    assert page_rows["resolved"].is_sorted(descending=True)
    for column, name in (
        ("claimed", "partner_requests_claimed"),
        ("resolved", "partner_requests_resolved"),
        ("activities", "partner_activities"),
        ("hours", "partner_hours"),
        ("beneficiaries", "partner_beneficiaries"),
    ):
        assert page_rows[column].sum() == metric_value(demo, name, "141024"), column
    assert 100 * page_rows["resolved"].head(3).sum() / 252 == pytest.approx(
        metric_value(demo, "top_three_share", "141024")
    )
    link = next(figure for figure in figures(test) if figure["data"][0]["type"] == "sankey")["data"][0]["link"]
    assert sum(link["value"]) == 252
    assert facts(test)["合伙人认领"] == "266 件"
    of_departments = table(app("partners", area="141024", view="contribution", partner_kind="department"), "claimed")
    assert set(of_departments["partner_kind"]) == {"职能部门"}


def test_inactive_partners(app, demo):
    test = app("partners", area="370785", view="quiet")
    assert bars(test, "partner_kind") == by(demo, "partners_quiet", "partner_kind", "370785")
    assert row_count(test, "last_heard_in") == 3519
    shops = app("partners", area="370785", view="quiet", partner_kind="shop")
    assert (
        row_count(shops, "last_heard_in") == metric_value(demo, "partners_quiet", "370785", partner_kind="shop") == 1249
    )


def test_ratings_by_quarter_and_honours(app, demo):
    test = app("partners", area="141024", view="ratings")
    for name in ("resident_rating", "community_rating", "industry_rating"):
        rows = metric(name, demo).rows(scope(demo, "141024", "all"), by="quarter")
        trace_data = trace(test, name)
        assert (
            trace_data["x"] == rows["quarter"].to_list()
            and trace_data["x"][0] == "2024Q1"
            and len(trace_data["x"]) == 10
        )
        assert trace_data["y"] == pytest.approx(rows["value"].to_list())
    assert table(test, "number", "text")["text"].to_list() == ["居民评价", "社区考核", "行业评议"]
    assert (
        bars(test, "honour") == by(demo, "honours_awarded", "honour", "141024")
        and sum(bars(test, "honour").values()) == 51
    )
    # Those of people are counted above, and not listed.
    assert table(test, "honour", "awarded_on").height == 51 - 20 - 9


def test_places_without_ratings_or_honours_say_so(app):
    told_of = [info.value for info in app("partners", area="621000", view="ratings").info]
    assert any("合伙人评价.csv" in text for text in told_of) and any("荣誉.csv" in text for text in told_of)
    posts = app("partners", area="621000", view="reporting")
    assert "合伙人任职.csv" in posts.info[0].value and facts(posts) == {"双报到单位": "86 家"}


def test_one_partner(app, demo):
    test = app("partners", area="141024", partner_id="141024P0038")
    assert test.title[0].value == "心理疏导志愿服务队：2026年1–6月认领 18 件、办结 14 件、组织活动 3 次。"
    assert [card.value for card in cards(test)][:2] == ["18 件", "14 件"]
    assert facts(test)["登记在"] == "洪洞县 · 县级直接联系"
    one = {"partner_id": "141024P0038"}
    for name in ("partner_requests_claimed", "partner_requests_resolved"):
        rows = metric(name, demo).rows(scope(demo, None, "2024-07..2026-06").with_filters(*one.items()), by="month")
        assert trace(test, name)["y"] == rows["value"].to_list()
    assert trace(test, "resident_rating")["y"][-1] == metric_value(demo, "resident_rating", "141024", "2026Q2", **one)
    claimed = table(test, "claimed_at", "satisfaction")
    assert claimed.height == len(query("partner_claims", scope(demo, "141024").with_filters(*one.items())))
    assert table(test, "participants").height == 3
    offered = query("services_on_offer", scope(demo, "141024").with_filters(*one.items()))
    assert table(test, "capacity").height == offered.height > 0
    # The page's own views are gone, one control brings them back.
    assert not test.button_group and [button.label for button in test.button if button.key == "clear_filters"] == [
        "清除筛选"
    ]


def test_a_partner_held_by_the_county_opens_from_a_community(app):
    test = app("partners", area="141024100001", partner_id="141024P0038")
    assert test.title[0].value.startswith("心理疏导志愿服务队：2026年1–6月认领 18 件")


@pytest.mark.parametrize("partner_id", ["nobody", "'; drop table partners; --"])
def test_an_unknown_partner(app, partner_id):
    test = app("partners", area="141024", partner_id=partner_id)
    assert not test.exception and test.title[0].value == "没有这家合伙人。"
    assert test.info[0].value.startswith("这个时期没有这家合伙人")


def test_before_it_joined_there_was_no_such_partner(app):
    assert app("partners", area="141024", partner_id="141024P0038", period="2022").title[0].value == "没有这家合伙人。"


def _published() -> list[dict[str, str]]:
    with PUBLISHED_FIGURES.open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["metric"] in PUBLISHED]


@pytest.mark.parametrize("row", _published(), ids=lambda row: row["metric"])
def test_every_published_figure_is_on_the_page(app, demo, row):
    period = f"{row['from_month']}..{row['to_month']}"
    test = app("partners", area=row["area_code"], view=PUBLISHED[row["metric"]], period=period)
    subject = metric(row["metric"], demo)
    value = subject.value(scope(demo, row["area_code"], period))
    assert value == float(row["value"]) if row["comparison"] == "=" else value >= float(row["value"])
    page_facts = facts(test) | {"合伙人": cards(test)[0].value}
    assert re.sub(r"[^\d.]", "", page_facts[subject.short_title.zh]) == f"{value:.0f}"


def test_all_published_figures_of_the_page_are_known():
    assert {row["metric"] for row in _published()} == set(PUBLISHED)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("area", ["", "141024", "370785001", "621002001001"])
def test_every_view_opens_everywhere_in_english(app, demo, area, view):
    test = app("partners", view=view, lang="en", **({"area": area} if area else {}))
    assert not test.exception and not test.error
    words = [element.value for element in [*test.title, *cards(test)]] + [button.label for button in test.button]
    words += [column["header"] for data in table_data(test) for column in data["columns"]]
    # The breadcrumb has the area's Chinese name beside the romanised one, the language's button its own.
    for text in words:
        assert not CHINESE.search(text.replace("中文", "")), text


def test_every_drawn_value_has_a_label(app):
    for view, dimension in (("makeup", "registered_at"), ("reporting", "role"), ("ratings", "honour")):
        for value in bars(app("partners", area="141024", view=view), dimension):
            assert value in values.WORDS[dimension]
