"""The product's own table: a browser receives only the cells on the screen, and nothing else gives rows away."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect

from pages.ui.kit import metric_pages
from pages.ui.kit.tables import data_table
from pages.ui.kit.tables.columns import MAX_LENGTH, Column
from sql import query
from sql.semantic.metrics import metric
from tests.helpers.pages.browser import PHONE, other_downloads
from tests.helpers.pages.screens import PAGES, row_count, scope, table_data, tables
from tests.helpers.pages.sockets import Run, Visitor, open_visitor, row_click, view_state

EVERY = (*PAGES, "meeting", "sql_lab")
QUIET = {"area": "370785", "view": "quiet"}


def of_run(run: Run) -> list[dict]:
    """Returns the data that a run sends for each table."""
    return [json.loads(one.json) for one in run.elements("bidi_component") if one.component_name == "data_table"]


def component(run: Run) -> str:
    return next(one.id for one in run.elements("bidi_component") if one.component_name == "data_table")


def of_table(visitor: Visitor, query: dict[str, str], run: Run, *states) -> dict:
    """Returns the data of a page's one table for other widget states, without redrawing the page itself."""
    fragment = next(
        message.delta.fragment_id
        for message in run.messages
        if message.delta.new_element.bidi_component.component_name == "data_table"
    )
    again = visitor.ask("partners", query, states, fragment)
    assert not again.elements("exception")
    return of_run(again)[-1]


def test_no_page_sends_a_frame_and_every_table_only_what_it_shows(address):
    seen = 0
    with open_visitor(address) as visitor:
        for page in EVERY:
            views = (None, *(metric_pages.views(page) if page != "meeting" else []))
            for view in views:
                run = visitor.ask(page, {"area": "370785", **({"view": view} if view else {})})
                # The slides of a playlist, which hold no data, are edited in a frame.
                assert bool(run.elements("dataframe")) == (page == "meeting"), (page, view)
                for data in of_run(run):
                    seen += 1
                    assert set(data) == {
                        "label",
                        "height",
                        "columns",
                        "rows",
                        "places",
                        "chosen",
                        "view",
                        "pages",
                        "words",
                    }
                    assert len(data["rows"]) <= data_table.PAGE_SIZE
                    assert all(len(row) == len(data["columns"]) for row in data["rows"])
                    assert all(_is_text(cell) for row in data["rows"] for cell in row)
    assert seen > 30


def _is_text(cell: object) -> bool:
    """Returns true for a text, None, a text with its address, or one with the whole percentage that it already shows."""
    if isinstance(cell, list):
        text, more = cell
        return isinstance(text, str) and (isinstance(more, str) or more == min(100, int(text.rstrip("%"))))
    return cell is None or isinstance(cell, str)


def test_codes_that_are_in_no_column_are_not_sent(address, demo):
    quiet = query("quiet_partners", scope(demo, "370785"))
    with open_visitor(address) as visitor:
        run = visitor.ask("partners", QUIET)
        rows = b"".join(json.dumps(data["rows"]).encode() for data in of_run(run))
        assert quiet["partner_id"][0].encode() not in rows
        run = visitor.ask("staffing", {"area": "621000"})
        (data,) = (data for data in of_run(run) if data["columns"][0]["name"] == "county_name")
        words = json.dumps(data)
        codes = metric("staffing_ratio", demo).rows(scope(demo), by="county")["county"]
        assert not [code for code in codes if code in words]
        # Nor the digits of a number that is rounded on the screen.
        exact = metric("staffing_ratio", demo).rows(scope(demo), by="county")["value"]
        assert not [value for value in exact if f"{value:.4f}" in words]


def test_a_long_list_is_sent_a_page_at_a_time_and_sorted_as_a_whole(address, demo):
    rows = query("quiet_partners", scope(demo, "370785"))
    with open_visitor(address) as visitor:
        run = visitor.ask("partners", QUIET)
        first = of_run(run)[-1]
        assert (len(first["rows"]), first["pages"], rows.height) == (250, 15, 3519)
        assert rows["partner_name"][0] in str(first["rows"]) and rows["partner_name"][-1] not in str(first["rows"])
        last = of_table(visitor, QUIET, run, view_state(component(run), {"page": 14}))
        assert len(last["rows"]) == 19 and last["words"]["page"].split("，")[0] == "第 3,501–3,519 行"
        by_name = of_table(
            visitor, QUIET, run, view_state(component(run), {"column": 0, "descending": True, "page": 0})
        )
        names = rows["partner_name"].sort(descending=True)
        assert [row[0] for row in by_name["rows"]] == names.head(250).to_list()
        # Partners without any activity come last in either order.
        by_activity = of_table(
            visitor, QUIET, run, view_state(component(run), {"column": 4, "descending": False, "page": 0})
        )
        assert by_activity["rows"][0][4] == f"{rows['last_heard_in'].min():%Y-%m}"


@pytest.mark.parametrize(
    "view",
    [
        "quiet",
        17,
        [],
        {"column": 99, "descending": 1, "page": -1},
        {"column": -1, "page": 15},
        {"column": "0", "page": "1"},
        {"column": True, "page": True},
        {"column": None, "page": 1e400},
        {"column": {"a": 1}, "page": [0]},
    ],
)
def test_any_state_from_a_browser_is_answered_with_the_first_page(address, view):
    with open_visitor(address) as visitor:
        run = visitor.ask("partners", QUIET)
        again = of_table(visitor, QUIET, run, view_state(component(run), view))
        assert again["view"] == {"column": None, "descending": False, "page": 0}
        assert again["rows"] == of_run(run)[-1]["rows"]


@pytest.mark.parametrize("row", [-1, 3519, "0", None, 0.0, True, [0], {"row": 0}])
def test_a_row_that_does_not_exist_opens_nothing(address, row):
    with open_visitor(address) as visitor:
        run = visitor.ask("partners", QUIET)
        again = visitor.ask("partners", QUIET, [row_click(component(run), row)])
        assert not again.elements("exception") and of_run(again)[-1]["rows"] == of_run(run)[-1]["rows"]


def test_an_answer_in_the_lab_is_sent_a_page_at_a_time(app):
    test = app("sql_lab")
    test.text_area(key="sql_lab_statement").set_value("select range as n, range / 3 as third from range(5000)")
    test.button(key="sql_lab_run").click().run()
    assert row_count(test, "n", "third") == 5000
    assert tables(test)[-1]["n"].to_list() == list(range(250)) and table_data(test)[-1]["pages"] == 20
    assert tables(test)[-1]["third"][1] == 0.3333


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        (Column("a"), None, None),
        (Column("a"), "张三", "张三"),
        (Column("a"), "a\u202eb\x1b\nc", "a\\u202eb\\x1b\nc"),
        (Column("a"), "x" * 501, "x" * 499 + "…"),
        (Column("a"), 2026, "2026"),
        (Column("a", decimals=0), 1234567, "1,234,567"),
        (Column("a", decimals=1), -6.06, "−6.1"),
        (Column("a", decimals=1), -0.04, "0.0"),
        (Column("a", decimals=0, unit="%"), 47.6, "48%"),
        (Column("a"), 1 / 3, "0.3333"),
        (Column("a"), 87.0, "87"),
        (Column("a"), float("nan"), "nan"),
        (Column("a"), Decimal("1.50"), "1.50"),
        (Column("a"), date(2026, 6, 30), "2026-06-30"),
        (Column("a", pattern="%Y-%m"), date(2026, 6, 30), "2026-06"),
        (Column("a"), datetime(2026, 6, 30, 8, 5, 9), "2026-06-30 08:05"),
        (Column("a"), True, "true"),
        (Column("a"), [1, 2], "[1, 2]"),
    ],
)
def test_how_a_cell_is_written(column, value, text):
    assert column.format_value(value) == text
    assert text is None or len(text) <= MAX_LENGTH


@given(st.lists(st.one_of(st.none(), st.integers(-5, 5)), min_size=1, max_size=30), st.booleans())
def test_sorting_keeps_ties_in_order_and_empty_cells_last(values, is_descending):
    order = data_table._sort_order(
        pl.DataFrame({"n": pl.Series(values, dtype=pl.Int64)}), data_table._View(0, is_descending)
    )
    expected = sorted(
        range(len(values)),
        key=lambda place: (
            values[place] is None,
            -(values[place] or 0) if is_descending else values[place] or 0,
            place,
        ),
    )
    assert order.to_list() == expected


@pytest.mark.parametrize("path", ["/meeting", "/sql_lab"])
def test_nothing_on_a_page_of_tools_gives_rows_away_but_the_products_own_buttons(visit, path):
    tab = visit()
    tab.open(path)
    tab.page.locator("[data-testid=stDataFrame], .data-table").first.hover(force=True)
    assert other_downloads(tab) == []


def test_headers_sort_and_the_keyboard_goes_from_row_to_row_and_opens_one(visit, demo):
    tab = visit()
    tab.open("/staffing?area=621000")
    table = tab.page.locator(".data-table").first
    cells = table.locator("tbody tr > :first-child")
    rows = metric("staffing_ratio", demo).rows(scope(demo), by="county").sort("value")
    expect(cells).to_have_text(rows["county_name"].to_list())
    header = table.get_by_role("button", name="每万人社工")
    header.click()
    expect(table.get_by_role("columnheader", name="每万人社工")).to_have_attribute("aria-sort", "descending")
    expect(cells.first).to_have_text(rows["county_name"][-1])
    # The focus has not moved, and the key reverses the order.
    expect(header).to_be_focused()
    tab.page.keyboard.press("Enter")
    expect(table.get_by_role("columnheader", name="每万人社工")).to_have_attribute("aria-sort", "ascending")
    expect(cells.first).to_have_text(rows["county_name"][0])
    table.locator("tbody button").first.focus()
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url(f"**area={rows['county'][1]}**")


def test_a_list_has_pages_and_its_header_and_names_stay_in_sight(visit):
    tab = visit(PHONE)
    tab.open("/partners?area=370785&view=quiet")
    table = tab.page.locator(".data-table").first
    table.get_by_role("button", name="下一页").click()
    expect(table.get_by_role("status")).to_have_text("第 251–500 行，共 3,519 行")
    box, last = table.locator(".data-box"), table.locator("tbody tr").last
    box.evaluate("box => box.scrollTo(200, 2000)")
    frame, header, name = (
        one.bounding_box() for one in (box, table.locator("thead th").first, table.locator("tbody th").nth(60))
    )
    assert abs(header["y"] - frame["y"]) < 3 and abs(header["x"] - frame["x"]) < 3 and abs(name["x"] - frame["x"]) < 3
    assert last.bounding_box() is not None
    assert tab.errors == [] and tab.external_requests == []


def test_cells_and_headers_are_texts_whatever_they_hold(visit):
    tab = visit()
    tab.open("/sql_lab")
    markup = "<img src=x onerror=window.hit=1><b>x</b>"
    statement = f"""select '{markup}' as "{markup}", 'a' || chr(8238) || 'b' as turned"""
    tab.page.locator(".st-key-sql_lab_statement textarea").fill(statement)
    tab.page.get_by_role("button", name="运行").click()
    table = tab.page.locator(".st-key-sql_lab_rows_panel .data-table")
    expect(table.locator("tbody tr > *")).to_have_text([markup, "a\\u202eb"])
    expect(table.locator("thead th").first).to_have_text(markup)
    assert table.locator("img, b").count() == 0 and tab.page.evaluate("window.hit") is None


def test_the_chosen_check_stays_open(visit):
    tab = visit()
    tab.open("/quality?view=checked")
    names = tab.page.locator(".st-key-panel_checks tbody button")
    last = names.last.inner_text()
    names.last.click()
    expect(tab.page.locator(".st-key-panel_check_rows h2").first).to_have_text(last)
    expect(tab.page.locator(".st-key-panel_checks [aria-current=true]")).to_have_text(last)
    # The list keeps its scroll position.
    assert tab.page.locator(".st-key-panel_checks .data-box").evaluate("box => box.scrollTop") > 0
