"""Every ⓘ and every table twin of every page opens, and its contents belong to the numbers shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.ui.kit import html_widgets, metric_pages
from tests.helpers.for_each import for_each
from tests.helpers.pages.screens import PAGES, open_symbol, symbols

# 高密市 has most of the tables, 奎文区 the assessments.
PLACES = {"assessment": "370705"}
# The buttons of cards, pictures and tables that open a dialog.
KINDS = ("explain_card_", "explain_", "table_")
Opened = dict[str, tuple[list[str], int]]


@pytest.fixture
def all_open(app, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[AppTest, Opened]]:
    """Runs a page once and opens everything on it: returns the page, and the SQL and the number of tables behind each
    symbol.

    Only one dialog opens at a time, each in a separate run of the page: here the contents are drawn below the page
    instead.
    """

    def open_all() -> None:
        for name, opens in st.session_state.pop("pieces_offered").items():
            with st.expander(name):
                opens()

    def run(page: str, **query: str) -> tuple[AppTest, Opened]:
        with monkeypatch.context() as patched:
            patched.setattr(html_widgets, "open_requested", open_all)
            patched.setattr(html_widgets, "dialog", lambda title, content: content())
            test = app(page, **query)
        offered = set(symbols(test))
        return test, {
            frame.label: ([code.value for code in frame.code], len(frame.table))
            for frame in test.expander
            if frame.label in offered
        }

    return run


def page_query(page: str, view: str | None = None) -> dict[str, str]:
    """Returns the page for its place, at one of its views."""
    return {"area": PLACES.get(page, "370785"), **({"view": view} if view else {})}


@pytest.mark.parametrize("page", PAGES)
def test_every_symbol_opens(app, all_open, page):
    @for_each("view", metric_pages.views(page) or [None])
    def every_view(view: str | None) -> None:
        test, behind_symbols = all_open(page, **page_query(page, view))
        if test.exception:
            # The number behind each symbol is found by opening one after another.
            whole = app(page, **page_query(page, view))
            broken = [name for name in symbols(whole) if open_symbol(whole, name).exception]
            assert broken == []
        assert not test.exception and not test.error
        assert list(behind_symbols) == symbols(test)
        assert any(name.startswith("explain_") for name in behind_symbols) or page == "definitions"
        for name, (code, tables) in behind_symbols.items():
            if name.startswith("explain_"):
                # The dialog contains the SQL that gave the numbers.
                assert code and all("select" in text.lower() for text in code), name
            else:
                assert tables, name

    every_view()


@pytest.mark.parametrize("page", PAGES)
def test_a_click_on_a_symbol_opens_its_dialog(app, all_open, page):
    _, behind_symbols = all_open(page, **page_query(page))
    test = app(page, **page_query(page))
    own = ([code.value for code in test.code], len(test.table))
    for kind in KINDS:
        # One of each kind; the second, because a click must not open whatever comes first.
        for name in [name for name in behind_symbols if next(part for part in KINDS if name.startswith(part)) == kind][
            1:2
        ]:
            open_symbol(test, name)
            assert not test.exception and not test.error
            code, tables = behind_symbols[name]
            assert ([code.value for code in test.code], len(test.table)) == (own[0] + code, own[1] + tables), name
