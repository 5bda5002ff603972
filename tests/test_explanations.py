"""Every ⓘ and every table twin of every page opens, and what it holds is of the numbers shown."""
from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from pages.ui import shown
from tests.screens import PAGES

# 高密市 keeps most of the tables, 奎文区 the assessments.
PLACES = {"assessment": "370705"}
VIEWS = [(page, view) for page in PAGES for view in shown.views(page) or [None]]


def popovers(test: AppTest) -> list[str]:
    """The keys of all popovers of a page, as the session knows them."""

    def blocks(block: Block) -> Iterator[Block]:
        yield block
        for child in getattr(block, "children", {}).values():
            yield from blocks(child)

    ids = [block.proto.popover.id for block in blocks(test._tree) if getattr(block, "type", "") == "popover"]
    return [name.split("-", 2)[2] for name in ids if name.startswith("$$ID")]


@pytest.mark.parametrize(("page", "view"), VIEWS)
def test_every_popover_opens(app, page, view):
    test = app(page, area=PLACES.get(page, "370785"), **({"view": view} if view else {}))
    keys = popovers(test)
    assert any(key.startswith("explain_") for key in keys) or page == "definitions"
    for key in keys:
        test.session_state[key] = True
    test.run()
    assert not test.exception and not test.error
    explained = [key for key in keys if key.startswith("explain_")]
    # The SQL that gave the numbers stands in each of them.
    assert len(test.code) >= len(explained)
    assert all("select" in code.value.lower() for code in test.code)
