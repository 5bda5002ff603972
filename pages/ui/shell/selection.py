"""Reads what the user has just selected in a widget, for its callback.

On a slow connection a user may click on a widget that has left the page in the meantime: that selects nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import streamlit as st

from sql.semantic.scope import Scope

T = TypeVar("T")


def widget_key(name: str, scope: Scope) -> str:
    """Returns a widget key that changes with the area and filters: a click on what is no longer shown must not count
    again."""
    return f"{name}_{scope.area_code}_{'_'.join(value for _name, value in scope.where)}"


def value(widget: str) -> str | None:
    """Returns the value of a single-choice widget; None for nothing."""
    return st.session_state.get(widget)


def values(widget: str) -> list[str] | None:
    """Returns the values of a multiple-choice widget; None where the widget is not on the page."""
    return st.session_state.get(widget)


def points(widget: str) -> list[str | list[str | None] | None]:
    """Returns the `customdata` of the points selected in a chart: one word or several."""
    selected_points = [
        point for point in _selected(widget, "points") if isinstance(point, Mapping) and "customdata" in point
    ]
    return [point["customdata"] for point in selected_points if _is_words(point["customdata"])]


def codes(widget: str) -> list[str]:
    """Returns the codes of the areas selected on a map, from all of its layers."""
    by_layer: dict[str, object] = _selection(widget, "objects", {})
    layers = [layer for layer in by_layer.values() if isinstance(layer, list)]
    objects = [item for layer in layers for item in layer if isinstance(item, Mapping)]
    # A polygon is returned as its GeoJSON feature, a point as its row.
    properties = [item["properties"] if isinstance(item.get("properties"), Mapping) else item for item in objects]
    return [item["code"] for item in properties if isinstance(item.get("code"), str)]


def event_of(component: str, event: str) -> object:
    """Returns the value of a component's last event: anything, as a browser may send anything; None without an
    event."""
    state = st.session_state.get(component)
    return state.get(event) if isinstance(state, Mapping) else None


def _selected(widget: str, what: str) -> list:
    return _selection(widget, what, [])


def _selection(widget: str, what: str, nothing: T) -> T:
    """Returns a part of the selection; `nothing` where it is not of that type, as a browser may send anything."""
    state = st.session_state.get(widget)
    selection = state.get("selection") if isinstance(state, Mapping) else None
    part = selection.get(what) if isinstance(selection, Mapping) else None
    return part if isinstance(part, type(nothing)) else nothing


def _is_words(data: object) -> bool:
    return all(word is None or isinstance(word, str) for word in (data if isinstance(data, list) else [data]))
