"""What a reader has just picked in a widget, for its callback.

Who clicks quickly, or on a slow line, may pick from a widget that the page has been drawn without in the meantime: that
picks nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import streamlit as st

from sql.semantic.scope import Scope

T = TypeVar("T")


def widget_key(name: str, scope: Scope) -> str:
    """Returns a widget's key that changes with the area: a click on what is no longer shown must not count again."""
    return f"{name}_{scope.area_code}_{'_'.join(value for _name, value in scope.where)}"


def value(widget: str) -> str | None:
    """What a choice of one text stands at; None for nothing."""
    return st.session_state.get(widget)


def values(widget: str) -> list[str] | None:
    """Gives what a choice of several texts stands at; None where the widget is not there."""
    return st.session_state.get(widget)


def points(widget: str) -> list[str | list[str | None] | None]:
    """Returns the `customdata` of the points chosen in a chart: one word or several."""
    clicked = [point for point in _selected(widget, "points") if isinstance(point, Mapping) and "customdata" in point]
    return [point["customdata"] for point in clicked if _is_words(point["customdata"])]


def codes(widget: str) -> list[str]:
    """Returns the codes of the areas chosen on a map, from all of its layers."""
    by_layer: dict[str, object] = _selection(widget, "objects", {})
    layers = [layer for layer in by_layer.values() if isinstance(layer, list)]
    objects = [one for layer in layers for one in layer if isinstance(one, Mapping)]
    # A polygon comes back as its GeoJSON feature, a dot or a place as its row.
    properties = [one["properties"] if isinstance(one.get("properties"), Mapping) else one for one in objects]
    return [one["code"] for one in properties if isinstance(one.get("code"), str)]


def event_of(component: str, event: str) -> object:
    """Returns what a component's last event holds: anything, as a browser may send it; None without an event."""
    state = st.session_state.get(component)
    return state.get(event) if isinstance(state, Mapping) else None


def _selected(widget: str, what: str) -> list:
    return _selection(widget, what, [])


def _selection(widget: str, what: str, nothing: T) -> T:
    """Returns a part of what was chosen; nothing where it is not of that type, as a browser may send anything."""
    state = st.session_state.get(widget)
    selection = state.get("selection") if isinstance(state, Mapping) else None
    part = selection.get(what) if isinstance(selection, Mapping) else None
    return part if isinstance(part, type(nothing)) else nothing


def _is_words(data: object) -> bool:
    return all(one is None or isinstance(one, str) for one in (data if isinstance(data, list) else [data]))
