"""The requests page: its headline, its cards, every picture's figures against the metric or query they show."""

from __future__ import annotations

import pytest

from sql import metric, query
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from tests.helpers.pages.screens import cards, facts, figures, tables
from tests.helpers.warehouse.world import AREAS, EAST, build_version, population

VIEWS = ("steps", "times", "kinds", "months", "hours", "responders", "ratings", "waiting", "areas")
PLACES = ("621000", "370785", "370705", "141024")


def scope(demo, area: str | None = "370785", period: str = "2026", **where: str) -> Scope:
    return Scope(demo, area, Period.parse(period, demo.data_month), tuple(where.items()))


def of_type(test, kind: str) -> dict:
    """Returns the one trace of that type."""
    (found,) = (trace for figure in figures(test) for trace in figure["data"] if trace["type"] == kind)
    return found


def cells(test) -> dict[tuple[str, str], float]:
    """Returns the numbers in the heat map's cells, by its two dimensions."""
    (found,) = (figure for figure in figures(test) if figure["data"][0].get("name") == "cells")
    trace = found["data"][0]
    places = {
        (x, round(base + 0.45)): tuple(where)
        for x, base, where in zip(trace["x"], trace["base"], trace["customdata"], strict=True)
    }
    return {places[note["x"], note["y"]]: float(note["text"]) for note in found["layout"]["annotations"]}


def traces(test, name: str) -> list[dict]:
    """Returns the traces of that name, in the order of the figures."""
    return [trace for figure in figures(test) for trace in figure["data"] if trace.get("name") == name]


def labels(test, name: str) -> list[str]:
    """Returns the labels on the axis of the first figure with such a trace."""
    found = next(figure for figure in figures(test) if any(trace.get("name") == name for trace in figure["data"]))
    return found["layout"]["yaxis"]["ticktext"]


def values(demo, name: str, by: str, at: Scope) -> dict[object, float]:
    rows = metric(name, demo).rows(at, by=by).drop_nulls("value")
    return dict(rows.select(by, "value").iter_rows())


def by_value(trace: dict) -> dict[object, float]:
    return dict(zip(trace["customdata"], trace["x"], strict=True))


@pytest.mark.parametrize(
    ("area", "views"),
    [
        *((area, VIEWS) for area in PLACES),
        *((area, ("steps", "times")) for area in ("", "621002", "621002001", "621002001001")),
    ],
)
def test_every_view_opens_everywhere(app, area, views):
    for view in views:
        test = app("requests", view=view, **({"area": area} if area else {}))
        assert not test.exception and not test.error, (area, view)
        assert test.get("plotly_chart") or tables(test), (area, view)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_in_english_and_with_filters(app, view):
    test = app("requests", view=view, area="141024", lang="en", kind="micro_wish", focus_group="elderly")
    assert not test.exception and not test.error


def test_headline(app):
    assert app("requests", area="370785").title[0].value == (
        "高密市上报 880 件诉求，2026年1–5月上报的 92.0% 在 30 天内解决，认领时长中位数 14.3 小时；"
        ":orange[还有 69 件没有办结（42 件逾期），最久的已等 1,627 天]。"
    )
    assert app("requests", area="370785", lang="en").title[0].value == (
        "Gaomi City: 880 requests raised, 92.0% of those raised Jan–May 2026 were resolved within 30 days, median 14.3 h to claim; "
        ":orange[69 still open (42 overdue), the longest for 1,627 days]."
    )


def test_headline_of_a_filter_without_any_rows(app):
    test = app("requests", area="621000", kind="shop")
    assert test.title[0].value == "庆阳市这段时间没有这样的诉求。"
    assert cards(test)[0].value == "0 件"
    assert "这个范围没有数据。" in [info.value for info in test.info]


def test_cards_are_the_metrics_and_follow_the_filters(app, demo):
    card_values = [card.value for card in cards(app("requests", area="370785"))]
    assert card_values == ["880 件", "860 件", "92.0%", "85.7%", "14.3 小时", "4.47 分"]
    filtered = [card.value for card in cards(app("requests", area="370785", kind="whistle", responder="worker"))]
    at = scope(demo, kind="whistle", responder="worker")
    assert filtered[0] == f"{metric('requests_raised', demo).value(at):.0f} 件" != "880 件"
    assert filtered[2] == f"{metric('resolved_within_30_days', demo).value(at):.1f}%"


def test_filters_are_named_and_clear_together(app):
    test = app("requests", area="370785", kind="hazard", hour="09", weekday="1")
    assert len(test.get("badge") or [word for word in test.markdown if "blue-badge" in word.value]) == 3
    next(button for button in test.button if button.key == "clear_filters").click().run()
    assert cards(test)[0].value == "880 件"


@pytest.mark.parametrize("name", ["kind", "category", "source", "focus_group", "responder", "weekday", "hour"])
def test_each_filter_narrows_the_page(app, demo, name):
    at = scope(demo, "621000")
    chosen = max(values(demo, "requests_raised", name, at).items(), key=lambda pair: pair[1])
    test = app("requests", area="621000", **{name: str(chosen[0])})
    assert cards(test)[0].value == f"{chosen[1]:,.0f} 件"


def test_steps_are_the_queries(app, demo):
    test = app("requests", area="370785", view="steps")
    found = traces(test, "steps")
    for trace, name in zip(found, ("request_steps", "request_six_steps", "whistle_steps"), strict=True):
        assert trace["x"] == query(name, scope(demo))["count"].to_list()
    assert labels(test, "steps") == ["上报", "发布或直接受理", "认领", "办结", "评价", "满意"]
    assert [figure["layout"]["yaxis"]["ticktext"] for figure in figures(test)][-2:] == [
        list("提听议定办评"),
        ["吹哨", "认领", "办结", "按时办结"],
    ]
    assert found[0]["x"][0] == metric("requests_raised", demo).value(scope(demo)) == 880
    assert found[1]["x"][0] == metric("requests_deliberated", demo).value(scope(demo)) == 150
    assert found[2]["x"][0] == metric("whistles", demo).value(scope(demo)) == 70
    days = tables(test)[0]
    assert days["step"].to_list() == list("提听议定办评")
    wanted = query("request_six_steps", scope(demo))["median_days"].drop_nulls()
    assert days["median_days"].drop_nulls().to_list() == pytest.approx(wanted.to_list(), abs=0.05)


@pytest.mark.parametrize(
    ("area", "period", "fact", "shown"),
    [
        ("621000", "2026", "livelihood_issues_resolved", "1,306 件"),
        ("621000", "2026", "hazards_found", "3,329 件"),
        ("370785", "all", "disputes_mediated", "1,394 件"),
        ("370785", "all", "joint_matters", "179 件"),
        ("370785", "all", "shop_requests", "861 件"),
        ("141024", "all", "joint_meeting_issues_resolved", "184 件"),
        ("141024", "all", "wishes_granted", "1,236 件"),
    ],
)
def test_published_figures_are_among_the_facts(app, demo, area, period, fact, shown):
    listed = facts(app("requests", area=area, period=period, view="steps"))
    assert (metric(fact, demo).short_title.zh, shown) in [(one.title, one.value) for one in listed]


def test_survival_curves_are_the_query(app, demo):
    test = app("requests", area="370785", view="times")
    # The curve is of the requests that its median counts: those of ripe months.
    rows = query("request_survival", scope(demo, period="2026-01..2026-05"))
    for curve in ("claim", "close"):
        (trace_data,) = traces(test, curve)
        part = rows.filter(rows["curve"] == curve)
        assert trace_data["x"] == pytest.approx(part["hours"].to_list())
        assert trace_data["y"] == pytest.approx(part["share"].to_list())
        assert trace_data["line"]["shape"] == "hv"


@pytest.mark.parametrize(("view", "by"), [("times", "kind"), ("responders", "responder")])
def test_pairs_are_the_metrics(app, demo, view, by):
    test = app("requests", area="370785", view=view)
    for name in ("median_claim_hours", "median_close_hours", "on_time_rate", "resolved_within_30_days"):
        (trace_data,) = traces(test, name)
        bar_values = [value for value in trace_data["x"] if value is not None]
        assert sorted(bar_values) == pytest.approx(sorted(values(demo, name, by, scope(demo)).values()))


@pytest.mark.parametrize("by", ["kind", "category", "source", "focus_group"])
def test_breakdowns_are_the_metric_and_add_up(app, demo, by):
    bar_values = by_value(traces(app("requests", area="370785", view="kinds"), by)[0])
    assert bar_values == values(demo, "requests_raised", by, scope(demo))
    assert sum(bar_values.values()) == 880


def test_needs_by_focus_group_are_the_metric(app, demo):
    test = app("requests", area="370785", view="kinds")
    assert cells(test) == counted(demo, "focus_group", "category")
    assert sum(cells(test).values()) == 880


def counted(demo, *by: str) -> dict[tuple[str, str], float]:
    """Returns the requests of 高密市 in 2026 by two dimensions, where there are any."""
    rows = metric("requests_raised", demo).rows(scope(demo), by=by)
    return {(one, other): value for one, other, value in rows.select(*by, "value").iter_rows() if value}


def test_months_by_kind_are_the_metrics(app, demo):
    test = app("requests", area="370785", view="months")
    resolved, closed, *lines = traces(test, "value")
    for line, name in ((resolved, "resolved_within_30_days"), (closed, "requests_closed")):
        rows = metric(name, demo).rows(scope(demo, period="2022-01..2026-06"), by="month")
        assert line["y"] == pytest.approx(rows["value"].to_list())
    # June is not 30 days old: a hollow point, of which no line and no band speaks.
    (young, *_) = traces(test, "unripe")
    assert young["mode"] == "markers" and len(young["x"]) == 1 and young["x"][0] not in resolved["x"]
    for name, some in (("requests_raised", lines[:7]), ("median_claim_hours", lines[7:])):
        rows = metric(name, demo).rows(scope(demo, period="2022-01..2026-06"), by=("kind", "month"))
        kinds = {
            tuple(value and round(value, 6) for value in part["value"].to_list()) for _, part in rows.group_by("kind")
        }
        assert {tuple(value and round(value, 6) for value in line["y"]) for line in some} == kinds


def test_hours_of_the_week_are_the_metric(app, demo):
    test = app("requests", area="370785", view="hours")
    assert cells(test) == counted(demo, "weekday", "hour")
    assert sum(cells(test).values()) == 880
    assert by_value(traces(test, "responder")[0]) == pytest.approx(
        values(demo, "off_hours_share", "responder", scope(demo))
    )


def test_responders_add_up_with_nobody_and_not_stated(app, demo):
    test = app("requests", area="370785", view="responders")
    bar_values = by_value(traces(test, "responder")[0])
    assert bar_values == values(demo, "requests_raised", "responder", scope(demo))
    assert sum(bar_values.values()) == 880 and bar_values["nobody"] == 41 and bar_values["unnamed"] == 1
    assert {"尚无人认领", "未填写", "社区工作者"} <= set(labels(test, "responder"))
    assert sum(of_type(test, "sankey")["link"]["value"]) == 880


@pytest.mark.parametrize("by", ["kind", "category", "responder"])
def test_satisfaction_is_the_metric(app, demo, by):
    bar_values = by_value(traces(app("requests", area="370785", view="ratings"), by)[0])
    assert bar_values == pytest.approx(values(demo, "satisfaction", by, scope(demo)))


def test_open_requests_are_listed_whenever_they_were_raised(app, demo):
    test = app("requests", area="370785", view="waiting")
    waiting, grids = tables(test)
    assert len(waiting) == 69 == metric("requests_open", demo).value(scope(demo, period="all"))
    first = waiting.row(0, named=True)
    assert (first["days_open"], first["is_overdue"], first["kind"], first["responder"]) == (
        1627,
        "是",
        "商铺诉求",
        "尚无人认领",
    )
    assert list(waiting["days_open"]) == sorted(waiting["days_open"], reverse=True)
    assert (waiting["is_overdue"] == "是").sum() == 42
    unresolved = metric("needs_unmet", demo).value(scope(demo))
    assert grids["unresolved"].sum() == unresolved == 96
    assert grids["still_open"].sum() == metric("requests_open", demo).value(scope(demo))
    assert sum(by_value(traces(test, "kind")[0]).values()) == unresolved
    known = grids.drop_nulls("grid_name")
    assert list(known["unresolved"]) == sorted(known["unresolved"], reverse=True)
    assert grids["grid_name"].is_null().to_list() == sorted(grids["grid_name"].is_null())


def test_open_requests_follow_the_filters(app, demo):
    waiting = tables(app("requests", area="370785", view="waiting", responder="worker"))[0]
    assert set(waiting["responder"]) == {"社区工作者"}
    assert len(waiting) == metric("requests_open", demo).value(scope(demo, period="all", responder="worker"))


def test_areas_are_ranked_and_in_the_table(app, demo):
    test = app("requests", area="621000", view="areas")
    table = tables(test)[0]
    for name in ("resolved_within_30_days", "median_claim_hours", "requests_open", "requests_raised"):
        rows = metric(name, demo).rows(scope(demo, "621000"), by="county")
        wanted = dict(rows.select("county_name", "value").iter_rows())
        assert dict(zip(table["county_name"], table[name], strict=True)) == pytest.approx(wanted, abs=0.05)
    assert table["requests_raised"].sum() == 5009 == metric("requests_raised", demo).value(scope(demo, "621000"))


def test_a_community_has_no_view_of_areas(app):
    (choice,) = app("requests", area="621002001001").get("button_group")
    assert "各地" not in [option.content for option in choice.proto.options]


def test_where_nothing_was_reported_the_page_names_the_file(app, tmp_path, monkeypatch):
    build_version(tmp_path, "2024-01-31", areas=AREAS, population=[population(EAST, "2023-12-31", 1000)])
    monkeypatch.setenv("LINLI_WAREHOUSE", str(tmp_path / "warehouse"))
    test = app("requests", area="621000")
    assert test.title[0].value == "区划621000还没有诉求数据。"
    assert "工单.csv" in test.info[0].value
    assert not cards(test) and not test.get("plotly_chart")
