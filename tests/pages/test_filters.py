"""Filters in the URL narrow every number of a page, and one control clears them."""

from __future__ import annotations

from pages.ui.theme import theme
from sql.semantic.metrics import metric
from sql.semantic.scope import Scope
from tests.helpers.pages.screens import cards, figures, scope


def narrowed(demo, **where: str) -> Scope:
    return scope(demo, "370785").with_filters(*where.items())


def test_a_filter_narrows_every_card(app, demo):
    test = app("requests", area="370785", kind="whistle")
    raised = metric("requests_raised", demo)
    resolution = metric("resolved_within_30_days", demo)
    only = narrowed(demo, kind="whistle")
    assert cards(test)[0].value == f"{raised.value(only):,.0f} 件" != f"{raised.value(scope(demo, '370785')):,.0f} 件"
    assert cards(test)[2].value == f"{resolution.value(only):.1f}%"


def test_filters_add_up_and_are_named(app, demo):
    test = app("requests", area="370785", kind="whistle", source="hotline")
    both = narrowed(demo, kind="whistle", source="hotline")
    assert cards(test)[0].value == f"{metric('requests_raised', demo).value(both):,.0f} 件"
    text = " ".join(element.value for element in test.markdown)
    assert "类型：吹哨服务" in text and "来源渠道：热线" in text


def test_one_control_clears_them_all(app, demo):
    test = app("requests", area="370785", kind="whistle", source="hotline")
    test.button(key="clear_filters").click().run()
    assert "kind" not in test.query_params and "source" not in test.query_params
    assert test.query_params["area"] == "370785"
    assert cards(test)[0].value == f"{metric('requests_raised', demo).value(scope(demo, '370785')):,.0f} 件"


def test_the_bars_show_the_chosen_value_in_the_accent(app, demo):
    sources = next(
        trace
        for figure in figures(app("requests", area="370785", view="kinds", source="hotline"))
        for trace in figure["data"]
        if trace.get("name") == "source"
    )
    colours = dict(zip(sources["customdata"], sources["marker"]["color"], strict=True))
    assert [value for value, colour in colours.items() if colour == theme.LIGHT.accent] == ["hotline"]
    # All sources stay, with their numbers without the filter.
    rows = metric("requests_raised", demo).rows(scope(demo, "370785"), by="source")
    assert dict(zip(sources["customdata"], sources["x"], strict=True)) == dict(
        rows.select("source", "value").iter_rows()
    )


def test_a_filter_that_the_page_does_not_have_is_ignored(app, demo):
    test = app("staffing", area="621000", kind="whistle")
    assert not test.error and cards(test)[0].value == "12.7 人"


def test_a_value_without_any_rows_shows_nothing_and_no_error(app):
    test = app("requests", area="370785", kind="'; drop table requests; --")
    assert not test.exception and not test.error
    assert cards(test)[0].value == "0 件"


def test_a_value_in_the_url_is_shown_literally(app):
    test = app("requests", area="370785", kind="[click](http://example.org) **x** <b>y</b>")
    badge = next(element.value for element in test.markdown if "click" in element.value)
    assert badge == r":blue-badge[类型：\[click\](http⁠://example.org) \*\*x\*\* \<b\>y\</b\>]"
