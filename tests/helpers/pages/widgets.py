"""Builds the states a browser can send for a page: a click on each of its widgets, with all form fields filled in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.helpers.pages.internals import WidgetState, events_id
from tests.helpers.pages.sockets import Run

# The text for every field except names of files.
TEXT = "尝试 attempt"


@dataclass(frozen=True)
class Widget:
    """Describes a widget on a page: its key, its fragment, and the states a browser sends when it is clicked."""

    key: str
    fragment: str
    states: tuple[WidgetState, ...]


def _trigger(element: Any) -> WidgetState:
    return WidgetState(id=element.id, trigger_value=True)


def _open(element: Any) -> WidgetState:
    return WidgetState(id=element.id, bool_value=True)


def _select_last(element: Any) -> WidgetState:
    return WidgetState(id=element.id, string_value=element.options[-1])


def _press(element: Any) -> WidgetState:
    state = WidgetState(id=element.id)
    state.string_array_value.data.append(element.options[-1].content)
    return state


def _choose_last(element: Any) -> WidgetState:
    state = WidgetState(id=element.id)
    state.string_trigger_value.data = element.options[-1]
    return state


def _select(element: Any) -> WidgetState:
    point = {"customdata": ["621002"], "x": "621002", "y": "621002", "point_index": 0}
    selection = {
        "points": [point],
        "point_indices": [0],
        "box": [],
        "lasso": [],
        "rows": [0],
        "columns": [],
        "cells": [],
    }
    objects = {"indices": {"areas": [0]}, "objects": {"areas": [{"code": "621002"}]}}
    return WidgetState(id=element.id, string_value=json.dumps({"selection": selection | objects}))


def _edit(element: Any) -> WidgetState:
    edits = {"edited_rows": {"0": {"seconds": 99}}, "added_rows": [], "deleted_rows": []}
    return WidgetState(id=element.id, string_value=json.dumps(edits))


def component_states(component_id: str, event: str, value: object) -> list[WidgetState]:
    """Returns the states a component sends with an event: its own state and the event."""
    name = events_id(component_id)
    return [
        WidgetState(id=component_id, json_value="{}"),
        WidgetState(id=name, json_trigger_value=json.dumps([{"event": event, "value": value}])),
    ]


_CLICKS: dict[str, Callable[[Any], WidgetState]] = {
    "button": _trigger,
    "checkbox": _open,
    "selectbox": _select_last,
    "button_group": _press,
    "menu_button": _choose_last,
    "plotly_chart": _select,
    "deck_gl_json_chart": _select,
    "popover": _open,
    "expandable": _open,
    "dialog": _trigger,
}
# An event of each component.
_EVENTS: dict[str, tuple[str, Callable[[Any], object]]] = {
    "live": ("open", lambda _element: "explain_staffing_ranking"),
    "stage": ("asked", lambda element: {"what": "next", "turn": json.loads(element.json)["turn"]}),
}


def _widgets(run: Run) -> Iterator[tuple[str, Any, str]]:
    """Yields kind, element and fragment of each element and block of a run that has an id."""
    for message in run.messages:
        if message.WhichOneof("type") != "delta":
            continue
        delta = message.delta
        holder = delta.new_element if delta.WhichOneof("type") == "new_element" else delta.add_block
        kind = holder.WhichOneof("type")
        element = getattr(holder, kind) if kind else None
        if getattr(element, "id", ""):
            yield kind, element, delta.fragment_id


def key(name: str) -> str:
    """Returns the key in the id of a widget."""
    return name.split("-", 2)[2]


def field_states(run: Run, name: str) -> list[WidgetState]:
    """Returns the states of every field for a text or a name, except the SQL statement, which stays unchanged."""
    return [
        WidgetState(id=element.id, string_value=name if "name" in key(element.id) else TEXT)
        for kind, element, _fragment in _widgets(run)
        if kind in ("text_input", "text_area") and "sql_lab_statement" not in element.id and "search" not in element.id
    ]


def clicks(run: Run) -> list[Widget]:
    """Returns a click on each widget of a run; for a text field, the text typed into it."""
    widgets = []
    for kind, element, fragment in _widgets(run):
        if kind == "bidi_component" and key(element.id) in _EVENTS:
            event, value = _EVENTS[key(element.id)]
            states = component_states(element.id, event, value(element))
        elif kind == "bidi_component":
            states = [WidgetState(id=element.id, json_value=json.dumps({"width": 480}))]
        elif kind == "dataframe":
            states = [_edit(element) if element.editing_mode else _select(element)]
        elif kind in ("text_input", "text_area"):
            states = [WidgetState(id=element.id, string_value=TEXT)]
        elif kind in _CLICKS:
            states = [_CLICKS[kind](element)]
        else:
            # A download, which has a request of its own, or a field that stays unchanged.
            continue
        widgets.append(Widget(key(element.id), fragment, tuple(states)))
    return widgets


def find_widget(run: Run, start: str) -> Widget:
    """Returns the only widget of a run whose key begins with `start`."""
    (widget,) = [widget for widget in clicks(run) if widget.key.startswith(start)]
    return widget


def click_states(run: Run, *targets: Widget, name: str = "attempt") -> list[WidgetState]:
    """Returns the states a browser sends when these widgets are clicked and all fields are filled in."""
    clicked_states = {state.id: state for widget in targets for state in widget.states}
    other_states = [state for state in field_states(run, name) if state.id not in clicked_states]
    return [*other_states, *clicked_states.values()]
