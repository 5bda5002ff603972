"""What a browser can send of a drawn page: a click on each of its widgets, with the fields of its forms filled in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.helpers.sockets import Run

# What every text may be but the name of a file.
TEXT = "尝试 attempt"


@dataclass(frozen=True)
class Widget:
    """A widget that was drawn: its key, the fragment that it stands in, and what a browser sends once it is clicked."""

    key: str
    fragment: str
    states: tuple[WidgetState, ...]


def _trigger(element: Any) -> WidgetState:
    return WidgetState(id=element.id, trigger_value=True)


def _opened(element: Any) -> WidgetState:
    return WidgetState(id=element.id, bool_value=True)


def _last(element: Any) -> WidgetState:
    return WidgetState(id=element.id, string_value=element.options[-1])


def _pressed(element: Any) -> WidgetState:
    state = WidgetState(id=element.id)
    state.string_array_value.data.append(element.options[-1].content)
    return state


def _menu(element: Any) -> WidgetState:
    state = WidgetState(id=element.id)
    state.string_trigger_value.data = element.options[-1]
    return state


def _selected(element: Any) -> WidgetState:
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


def _edited(element: Any) -> WidgetState:
    edits = {"edited_rows": {"0": {"seconds": 99}}, "added_rows": [], "deleted_rows": []}
    return WidgetState(id=element.id, string_value=json.dumps(edits))


def component_states(component_id: str, event: str, value: object) -> list[WidgetState]:
    """Returns what a component sends with an event: its state, and the event."""
    name = _make_trigger_id(component_id, "events")
    return [
        WidgetState(id=component_id, json_value="{}"),
        WidgetState(id=name, json_trigger_value=json.dumps([{"event": event, "value": value}])),
    ]


_CLICKS: dict[str, Callable[[Any], WidgetState]] = {
    "button": _trigger,
    "checkbox": _opened,
    "selectbox": _last,
    "button_group": _pressed,
    "menu_button": _menu,
    "plotly_chart": _selected,
    "deck_gl_json_chart": _selected,
    "popover": _opened,
    "expandable": _opened,
    "dialog": _trigger,
}
# What each component may say of itself.
_EVENTS: dict[str, tuple[str, Callable[[Any], object]]] = {
    "live": ("open", lambda _element: "explain_staffing_ranking"),
    "stage": ("asked", lambda element: {"what": "next", "turn": json.loads(element.json)["turn"]}),
}


def _drawn(run: Run) -> Iterator[tuple[str, Any, str]]:
    """Each element and block of a run that has an id: its kind, itself and its fragment."""
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
    """The key in the id of a widget."""
    return name.split("-", 2)[2]


def field_states(run: Run, name: str) -> list[WidgetState]:
    """What a browser sends of every field that takes a text, or a name, but of the statement of SQL, which stays as it is."""
    return [
        WidgetState(id=element.id, string_value=name if "name" in key(element.id) else TEXT)
        for kind, element, _fragment in _drawn(run)
        if kind in ("text_input", "text_area") and "sql_lab_statement" not in element.id and "search" not in element.id
    ]


def clicks(run: Run) -> list[Widget]:
    """A click on each widget of a run, whatever it is; of a text field, what is typed into it."""
    found = []
    for kind, element, fragment in _drawn(run):
        if kind == "bidi_component" and key(element.id) in _EVENTS:
            event, value = _EVENTS[key(element.id)]
            states = component_states(element.id, event, value(element))
        elif kind == "bidi_component":
            states = [WidgetState(id=element.id, json_value=json.dumps({"width": 480}))]
        elif kind == "dataframe":
            states = [_edited(element) if element.editing_mode else _selected(element)]
        elif kind in ("text_input", "text_area"):
            states = [WidgetState(id=element.id, string_value=TEXT)]
        elif kind in _CLICKS:
            states = [_CLICKS[kind](element)]
        else:
            # A download, whose file is asked for in another way, or a field that stands as it is.
            continue
        found.append(Widget(key(element.id), fragment, tuple(states)))
    return found


def find_widget(run: Run, start: str) -> Widget:
    """The one widget of a run whose key begins so."""
    (found,) = [widget for widget in clicks(run) if widget.key.startswith(start)]
    return found


def click_states(run: Run, *clicked: Widget, name: str = "attempt") -> list[WidgetState]:
    """What a browser sends when these are clicked on and all fields are filled in."""
    pressed = {state.id: state for widget in clicked for state in widget.states}
    return [state for state in field_states(run, name) if state.id not in pressed] + [*pressed.values()]
