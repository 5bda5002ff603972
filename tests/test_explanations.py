"""Every ⓘ and every table twin of every page opens, and what it holds is of the numbers shown."""

from __future__ import annotations

import pytest

from pages.ui import shown
from tests.screens import PAGES, opened, symbols

# 高密市 keeps most of the tables, 奎文区 the assessments.
PLACES = {"assessment": "370705"}
VIEWS = [(page, view) for page in PAGES for view in shown.views(page) or [None]]


@pytest.mark.parametrize(("page", "view"), VIEWS)
def test_every_symbol_opens(app, page, view):
    test = app(page, area=PLACES.get(page, "370785"), **({"view": view} if view else {}))
    # The cards are the same in all views of a page.
    is_first = view == next(iter(shown.views(page)), None)
    there = symbols(test)
    assert any(name.startswith("explain_") for name in there) or page == "definitions"
    offered = [name for name in there if is_first or not name.startswith("explain_card_")]
    for name in offered:
        opened(test, name)
        assert not test.exception and not test.error
        if name.startswith("explain_"):
            # The SQL that gave the numbers stands in it.
            assert test.code and all("select" in code.value.lower() for code in test.code), name
        else:
            assert test.table, name
