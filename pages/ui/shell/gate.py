"""Blocks callbacks of users whose permissions have changed since their page was drawn, and redraws the page for them.
Also drops widget states that no browser sends.

Streamlit runs the callbacks of widgets, forms, dialogs and components before the page's script, and so before the user
is checked; for a fragment it runs only the fragment. This module relies on Streamlit internals (1.67):

- everything that a browser sends passes through `SessionState.on_script_will_rerun`, before any callback and any
  script;
- the login is known by then, as it is to the script;
- a `RerunException` raised there ends the run, a fragment's too, and starts a run of the whole requested page;
- `SessionState.clear` drops callbacks and values, so that messages sent in the meantime find none;
- `WStates` reads a widget's state by its registered metadata: the field it comes in and the deserializer.

tests/pages/test_gate.py fails where an upgrade makes one of these untrue.
"""

from __future__ import annotations

import inspect
from functools import wraps
from typing import Any

import streamlit as st
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner import RerunData, RerunException, get_script_run_ctx
from streamlit.runtime.state.session_state import SessionState, WStates

from pages.ui.shell import current_user
from sql.security.access import AccessFileError, User

_DRAWN_FOR = "gate_drawn_for"
# The user has changed, and no page has been drawn for them yet.
_NOBODY = "nobody"


def install() -> None:
    """Routes every browser message through the gate from now on. Call before anything is drawn; repeated calls are
    harmless."""
    # A reloaded module, as after an edit, replaces the earlier wrapper.
    dispatch = inspect.unwrap(SessionState.on_script_will_rerun)

    @wraps(dispatch)
    def pass_on(state: SessionState, fresh_widget_states: WidgetStates | None, **options: Any) -> None:
        if _has_changed(state):
            state.clear()
            state[_DRAWN_FOR] = _NOBODY
            raise RerunException(_whole_page())
        dispatch(state, fresh_widget_states and _readable(state, fresh_widget_states), **options)

    SessionState.on_script_will_rerun = pass_on  # type: ignore[assignment]


def set_person(person: User | None) -> None:
    """Stores who the page is drawn for, before anything is drawn; None for a user who is not admitted."""
    st.session_state[_DRAWN_FOR] = person


def _has_changed(state: SessionState) -> bool:
    # Before the first page is drawn there are no callbacks, and its script checks the user itself.
    return _DRAWN_FOR in state and state[_DRAWN_FOR] != _person()


def _person() -> User | None:
    try:
        return current_user.person()
    except AccessFileError:
        # Nobody is admitted; the page says why.
        return None


def _readable(state: SessionState, states: WidgetStates) -> WidgetStates:
    """Returns the states that Streamlit can read; an invented one would end the run with an error."""
    return WidgetStates(widgets=[widget for widget in states.widgets if _can_be_read(state._new_widget_state, widget)])


def _can_be_read(known: WStates, widget: WidgetState) -> bool:
    metadata = known.widget_metadata.get(widget.id)
    if metadata is None or widget.WhichOneof("value") is None:
        # The widget is still to be drawn, or the field was emptied.
        return True
    if widget.WhichOneof("value") != metadata.value_type:
        return False
    copy = WStates(widget_metadata={widget.id: metadata})
    copy.set_widget_from_proto(widget)
    try:
        copy[widget.id]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        # Deserializers expect what browsers send.
        return False
    return True


def _whole_page() -> RerunData:
    """Returns a run of the whole page that the browser shows, without the widget states it sent."""
    context = get_script_run_ctx()
    if context is None:
        raise RuntimeError("Streamlit dispatched callbacks outside a session")
    return RerunData(
        query_string=context.query_string,
        # The script has not chosen the page yet.
        page_script_hash=context.pages_manager.intended_page_script_hash or "",
        page_name=context.pages_manager.intended_page_name or "",
        cached_message_hashes=context.cached_message_hashes,
        context_info=context.context_info,
    )
