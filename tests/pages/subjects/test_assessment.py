"""The assessment page: its headline, cards, and every picture's figures against the metrics; rules, and groups that are
too small.
"""

from __future__ import annotations

import polars as pl
import pytest

from pages.ui.i18n import texts
from sql import metric, query
from tests.helpers.depth import examples
from tests.helpers.pages.screens import cards, facts, figures, scope, table, tables, trace

KEPT, NOT_KEPT = ("621000", "370705"), ("370785", "141024")
VIEWS = ("results", "fairness", "tiers", "rewards", "discipline", "secondments")
AREAS = ("", *KEPT, *NOT_KEPT, "621002", "370705005", "621002001001")


def rule(test, first: str):
    """Returns the list of rules whose first item this is."""
    found = [frame for frame in tables(test) if "text" in frame.columns and first in set(frame["text"])]
    assert len(found) == 1
    return found[0]


def words_of(test) -> list[str]:
    return [words.value for words in test.markdown]


@pytest.mark.parametrize("area", AREAS)
def test_every_view_opens(app, area):
    """Each view in one language, the next in the other; in depth in both."""
    for place, view in enumerate(VIEWS, AREAS.index(area)):
        for language in ("zh", "en", "zh")[place % 2 :][: examples(1, 2)]:
            test = app("assessment", view=view, lang=language, **({"area": area} if area else {}))
            assert not test.exception and not test.error, (area, view, language)
            assert len(test.title) == 1


@pytest.mark.parametrize(
    ("area", "period", "finding"),
    [
        (
            "370705",
            "2026",
            "奎文区 2025 年考核 1,756 人，优秀 15.1%、不称职 0.2%；10 个街道乡镇的优秀占比差别:green[都在机会范围之内]；"
            "历年不称职 26 人次，其后有处理的占 :orange[46.2%]。",
        ),
        (
            "621000",
            "2026",
            "庆阳市 2025 年考核 1,168 人，优秀 13.9%、不称职 0.7%；8 个县区中 :orange[1 个的优秀占比超出机会范围]；"
            "历年不称职 30 人次，其后有处理的占 :orange[43.3%]。",
        ),
        # In the middle of 2023 the last year with results was 2022.
        (
            "370705",
            "2023-06",
            "奎文区 2022 年考核 1,617 人，优秀 15.2%、不称职 0.4%；10 个街道乡镇中 :orange[1 个的优秀占比超出机会范围]；"
            "历年不称职 7 人次，其后有处理的占 :orange[71.4%]。",
        ),
        ("370785", "2026", "高密市没有报送考核结果。"),
    ],
)
def test_the_headline_states_results_and_actions(app, area, period, finding):
    assert app("assessment", area=area, period=period).title[0].value == finding


@pytest.mark.parametrize("area", KEPT)
def test_cards_are_the_metrics_of_the_last_year_assessed(app, demo, area):
    card_values = [card.value for card in cards(app("assessment", area=area))]
    expected = [
        *((name, "2025") for name in ("average_assessment_score", "excellent_share", "basic_share", "failed_share")),
        ("failed_followed_share", "..2026-06"),
        ("secondments_open", "..2026-06"),
    ]
    assert card_values == [
        texts.amount(metric(name, demo).value(scope(demo, area, period)), metric(name, demo))
        for name, period in expected
    ]


# The figures of published_figures.csv on this page: metric, period, amount and the view it is in; all of 奎文区.
PUBLISHED = [
    ("exit_rules", "2026-06", "10 项", "discipline"),
    ("negative_list_entries", "2026-06", "20 项", "discipline"),
    ("consecutive_failed_years", "2026-06", "2 年", "discipline"),
    ("appointment_steps", "2026-06", "7 项", "rewards"),
    ("assessment_categories", "2026-06", "4 项", "results"),
    ("secretary_tier_1_share", "2026-06", "10%", "tiers"),
    ("secretary_tier_2_share", "2026-06", "30%", "tiers"),
    ("secretary_tier_3_share", "2026-06", "60%", "tiers"),
    ("secretary_tier_1_allowance", "2026-06", "800 元/月", "tiers"),
    ("secretary_tier_2_allowance", "2026-06", "500 元/月", "tiers"),
    ("secretary_tier_3_allowance", "2026-06", "300 元/月", "tiers"),
    ("workers_into_civil_service", "..2026-06", "9 人", "rewards"),
    ("secretaries_to_section_rank", "..2026-06", "2 人", "rewards"),
]


@pytest.mark.parametrize(("name", "period", "amount", "view"), PUBLISHED)
def test_published_figures_are_on_the_page(app, demo, name, period, amount, view):
    subject = metric(name, demo)
    assert texts.amount(subject.value(scope(demo, "370705", period)), subject) == amount
    page_facts = facts(app("assessment", area="370705", period=period, view=view))
    assert (texts.of(subject.short_title), amount) in [(one.title, one.value) for one in page_facts]


@pytest.mark.parametrize("area", [*KEPT, "621002"])
def test_results_by_post_and_by_year(app, demo, area):
    posts, years = figures(app("assessment", area=area))
    for drawn, by, period in ((posts, "post", "2025"), (years, "year", "..2026-06")):
        rows = metric("workers_assessed", demo).rows(scope(demo, area, period), by=(by, "result"))
        people = {}
        for group, _result, count in rows.select(by, "result", "value").iter_rows():
            people[group] = people.get(group, 0) + count
        expected = sorted(
            100 * count / people[group]
            for group, _result, count in rows.select(by, "result", "value").iter_rows()
            if people[group] >= 5
        )
        shown = sorted(share for line in trace(drawn, "results")["customdata"] for share in line)
        assert shown == pytest.approx(expected)
        labels = [note["text"] for note in drawn["layout"]["annotations"]]
        assert len(labels) == len(expected)
    assert drawn["layout"]["yaxis"]["ticktext"] == ["2022 年", "2023 年", "2024 年", "2025 年"]


def test_results_by_post_of_kuiwen(app):
    posts = figures(app("assessment", area="370705"))[0]
    labels = [note["text"] for note in posts["layout"]["annotations"]]
    assert posts["layout"]["xaxis"]["ticktext"] == ["优秀", "称职", "基本称职", "不称职"]
    assert posts["layout"]["yaxis"]["ticktext"] == ["社区正职", "社区副职", "一般社区工作者", "楼宇专职工作者"]
    assert labels[:4] == ["<b>33.3%</b><br>46", "<b>65.9%</b><br>91", "<b>0.7%</b><br>1", "<b>0.0%</b><br>0"]


def test_three_scores_beside_the_weights_of_the_areas_rule(app, demo):
    test = app("assessment", area="370705")
    page_rows = table(test, "daily_score", "daily_weight", "total_score")
    assert page_rows["post"].to_list() == ["社区正职", "社区副职", "一般社区工作者", "楼宇专职工作者"]
    assert page_rows.select("daily_weight", "annual_weight", "feedback_weight").rows() == [
        (40, 40, 20),
        (40, 40, 20),
        (50, 30, 20),
        (45, 25, 30),
    ]
    for name, column in (("average_daily_score", "daily_score"), ("average_assessment_score", "total_score")):
        rows = metric(name, demo).rows(scope(demo, "370705", "2025"), by="post")
        assert sorted(page_rows[column]) == pytest.approx(sorted(rows["value"]), abs=0.05)
    weights = rule(test, "社区正职：平时考核占40%")
    assert len(weights) == 12 and set(weights["example"]) == {"示例"}


def test_a_place_without_weights_is_weighed_evenly_and_says_so(app):
    test = app("assessment", area="621000")
    page_rows = table(test, "daily_score", "total_score")
    assert page_rows["daily_weight"].null_count() == page_rows.height
    thirds = (page_rows["daily_score"] + page_rows["annual_score"] + page_rows["feedback_score"]) / 3
    assert page_rows["total_score"].to_list() == pytest.approx(thirds.to_list(), abs=0.1)
    assert any("标准 = assessment_weight" in info.value for info in test.info)


@pytest.mark.parametrize(("area", "level"), [("621000", "county"), ("370705", "street")])
def test_the_spread_across_areas_is_judged_against_chance(app, demo, area, level):
    test = app("assessment", area=area, view="fairness")
    ranking, funnel = figures(test)
    rows = metric("excellent_share", demo).rows(scope(demo, area, "2025"), by=level)
    bars = ranking["data"][0]
    assert dict(zip(bars["customdata"], bars["x"], strict=True)) == pytest.approx(
        dict(rows.select(level, "value").iter_rows())
    )
    dots = next(one for one in funnel["data"] if one.get("customdata"))
    assert dict(zip(dots["customdata"], dots["x"], strict=True)) == dict(rows.select(level, "denominator").iter_rows())
    page_rows = table(test, "excellent_share", "average_feedback_score")
    assert sorted(page_rows["excellent_share"]) == pytest.approx(sorted(rows["value"]), abs=0.05)


def test_tiers_are_shown_beside_the_rule(app, demo):
    test = app("assessment", area="370705", view="tiers")
    figure = figures(test)[0]
    rows = query("secretary_tiers", scope(demo, "370705"))
    assert trace(figure, "share")["x"] == rows["share"].to_list()
    assert [mark["x0"] for mark in figure["layout"]["shapes"]] == [10, 30, 60]
    assert [note["text"] for note in figure["layout"]["annotations"]] == [
        "<b>10.2%</b> 14 人 · 规定 10% · 每月 800 元",
        "<b>29.9%</b> 41 人 · 规定 30% · 每月 500 元",
        "<b>59.9%</b> 82 人 · 规定 60% · 每月 300 元",
    ]
    assert any("三级书记为 10.2 : 29.9 : 59.9，符合 10 : 30 : 60 的规定" in words for words in words_of(test))
    page_rows = table(test, "tier", "monthly_total")
    assert page_rows["tier"].to_list() == ["一级", "二级", "三级"]
    assert page_rows["monthly_total"].to_list() == [14 * 800, 41 * 500, 82 * 300]


def test_tiers_off_their_rule_are_reported(app):
    # At the end of 2023 the tiers of 2022 were in force: 16, 34 and 50 of a hundred.
    test = app("assessment", area="370705", view="tiers", period="2023")
    assert any("规定 10 : 30 : 60" in words and "相差最大" in words for words in words_of(test))


def test_tiers_of_a_handful_of_secretaries_are_hidden(app, demo):
    street = "370705012"
    community = scope(demo, street).children()[0].code
    test = app("assessment", area=community, view="tiers")
    assert "人数过少，不显示构成。" in [info.value for info in test.info]
    assert not test.get("plotly_chart")
    assert [shown.value for shown in facts(test)].count("人数过少") == 3


def test_an_appointment_goes_through_seven_numbered_steps(app):
    test = app("assessment", area="370705", view="rewards")
    badges = [words for words in words_of(test) if words.startswith(":blue-badge[")]
    assert badges == [
        f":blue-badge[{number} {step}]"
        for number, step in enumerate(
            ("动议", "民主推荐", "组织考察", "资格联审", "集体研究", "任前公示", "备案任职"), 1
        )
    ]
    assert any("示例：来源只给出步数" in words for words in words_of(test))


def test_rewards_by_post_title_kind_and_year(app, demo):
    test = app("assessment", area="370705", view="rewards", period="2025")
    appointed, titles, kinds = figures(test)
    at = scope(demo, "370705", "2025")
    for drawn, name, kind, by in (
        (appointed, "secretaries_promoted", "secretary_appointment", "post_at_event"),
        (titles, "commendations", "commendation", "detail"),
    ):
        rows = metric(name, demo).rows(at.with_filters(("kind", kind)), by=by)
        bars = trace(drawn, by)
        assert dict(zip(bars["customdata"], bars["x"], strict=True)) == dict(rows.select(by, "value").iter_rows())
    subject = metric("career_events", demo)
    rows = subject.rows(scope(demo, "370705", "..2025-12"), by=("kind", "year"))
    cells = trace(kinds, "cells")
    shown = {
        tuple(pair): words.split("<b>")[1] for pair, words in zip(cells["customdata"], cells["hovertext"], strict=True)
    }
    assert shown == {
        (kind, year): f"{texts.amount(count, subject)}</b>"
        for kind, year, count in rows.select("kind", "year", "value").iter_rows()
    }
    table(test, "secretaries_promoted", "commendations", "workers_with_public_seats")


def test_exit_rules_and_the_negative_list_are_marked_as_examples(app):
    test = app("assessment", area="370705", view="discipline")
    exits, negative = rule(test, "连续两年年度考核不合格"), rule(test, "对党组织决定拖延不办")
    assert (len(exits), len(negative)) == (10, 20)
    assert set(exits["example"]) == set(negative["example"]) == {"示例"}
    assert not any(text.startswith("示例") for text in [*exits["text"], *negative["text"]])


@pytest.mark.parametrize("area", KEPT)
def test_actions_after_failed_years_are_the_query(app, demo, area):
    test = app("assessment", area=area, view="discipline")
    ever = scope(demo, area, "..2026-06")
    page_rows = table(test, "assess_year", "failed", "nothing_followed")
    expected = query("failed_years", ever)
    assert page_rows["failed"].to_list() == expected["failed"].to_list()
    assert page_rows["dismissed"].to_list() == expected["dismissed"].to_list()
    runs = table(test, "failed_in_a_row", "must_leave", "on_post")
    assert runs["workers"].to_list() == query("failed_in_a_row", ever)["workers"].to_list()
    assert sum(page_rows["failed"]) == metric("failed_followed_share", demo).rows(ever)["denominator"].item()


def test_those_who_failed_two_years_in_a_row_have_left_kuiwen(app):
    test = app("assessment", area="370705", view="discipline")
    runs = table(test, "failed_in_a_row", "must_leave", "on_post").to_dicts()
    assert [
        (row["failed_in_a_row"], row["must_leave"], row["workers"], row["dismissed"], row["on_post"]) for row in runs
    ] == [(1, "否", 16, 1, 14), (2, "是", 5, 5, 0)]


def test_actions_after_a_handful_of_fails_are_hidden(app):
    test = app("assessment", area="370705", view="discipline", period="2026")
    page_rows = table(test, "assess_year", "failed", "nothing_followed").row(
        by_predicate=pl.col("assess_year") == "2025", named=True
    )
    assert page_rows["failed"] == 4
    for name in ("dismissed", "demoted", "admonished", "left_otherwise", "nothing_followed"):
        assert page_rows[name] is None, name


def test_resignations_and_reasons_of_admonitions(app, demo):
    resignations, reasons = figures(app("assessment", area="621000", view="discipline"))
    rows = metric("resignations", demo).rows(scope(demo, "621000", "2022-01..2026-06"), by="month")
    assert trace(resignations, "value")["y"] == rows["value"].to_list()
    ever = scope(demo, "621000", "..2026-06").with_filters(("kind", "admonition"))
    rows = metric("admonitions", demo).rows(ever, by="detail")
    bars = trace(reasons, "detail")
    assert dict(zip(bars["customdata"], bars["x"], strict=True)) == dict(rows.select("detail", "value").iter_rows())


@pytest.mark.parametrize("area", [*KEPT, "621026"])
def test_secondments_open_and_for_how_long(app, demo, area):
    test = app("assessment", area=area, view="secondments")
    trend, posts = figures(test)
    rows = metric("secondments_open", demo).rows(scope(demo, area, "2022-01..2026-06"), by="month")
    assert trace(trend, "value")["y"] == rows["value"].to_list()
    assert sum(trace(posts, "post")["x"]) == rows["value"][-1]
    page_rows = table(test, "detail", "since", "months_open")
    assert len(page_rows) == rows["value"][-1]
    assert page_rows["months_open"].to_list() == sorted(page_rows["months_open"], reverse=True)
    # 34 months since August 2023: the longest of all.
    if area != "370705":
        assert page_rows["months_open"][0] == 34
    assert not {"worker_id", "name", "community_name"} & set(page_rows.columns)


@pytest.mark.parametrize("area", NOT_KEPT)
def test_a_place_without_assessments_says_which_files_are_missing(app, area):
    test = app("assessment", area=area, view="discipline")
    messages = [info.value for info in test.info]
    assert "把考核.csv放进该地区的数据文件夹" in messages[0]
    assert "把考核.csv、履历事件.csv放进该地区的数据文件夹" in messages[1]
    assert [
        standard in words for standard, words in zip(("exit_rule", "negative_list"), messages[2:], strict=True)
    ] == [True, True]
    assert not cards(test) and not test.get("plotly_chart")


def test_a_community_with_too_few_assessed_shows_no_result(app, demo):
    rows = metric("workers_assessed", demo).rows(scope(demo, "621000", "2025"), by="community").filter()
    few = [row["community"] for row in rows.iter_rows(named=True) if 0 < row["value"] < 5]
    assert few
    test = app("assessment", area=few[0])
    assert "人数过少，不显示结果" in test.title[0].value
    assert [card.value for card in cards(test)][:5] == ["人数过少"] * 4 + ["–"]
    assert not any("%" in words and "badge" not in words for words in words_of(test) if words.startswith("## "))
