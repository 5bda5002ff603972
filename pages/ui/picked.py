"""What a reader has just picked in a widget, for its callback.

Who clicks quickly, or on a slow line, may pick from a widget that the page has been drawn without in the meantime: that
picks nothing.
"""

from __future__ import annotations

from typing import TypeVar

import streamlit as st

T = TypeVar("T")


def value(widget: str) -> str | None:
    """What a choice of one text stands at; None for nothing."""
    return st.session_state.get(widget)


def values(widget: str) -> list[str] | None:
    """Gives what a choice of several texts stands at; None where the widget is not there."""
    return st.session_state.get(widget)


def points(widget: str) -> list[dict]:
    """The points chosen in a chart, each with its `customdata`."""
    return _selected(widget, "points", [])


def objects(widget: str) -> dict[str, list[dict]]:
    """The objects chosen on a map, by layer."""
    return _selected(widget, "objects", {})


def _selected(widget: str, what: str, nothing: T) -> T:
    state = st.session_state.get(widget)
    return nothing if state is None else state.selection[what]
