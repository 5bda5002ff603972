"""The gate before callbacks: what a browser sends does nothing where who sends it may see or do other things now than
when their page was drawn; they get the page as it is for them now. And what no browser sends is left out.

Streamlit runs the callbacks of widgets, forms, dialogs and components before the script of the page, so before it is
looked at who is there, and for a fragment it runs the fragment alone. This module leans on its insides (1.67):

- all that a browser sends comes through `SessionState.on_script_will_rerun`, before any callback and any script;
- who is logged in is known by then, as it is to the script;
- a `RerunException` raised there ends the run, a fragment's too, and begins one of the whole page that was meant;
- `SessionState.clear` forgets callbacks and values, so that what is sent meanwhile finds none;
- `WStates` reads the state of a widget by what was registered of it: the field it comes in, and how to read that.

tests/pages/test_gate.py notices where an upgrade makes one of these untrue.
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
# Who looks has changed, and no page has been drawn for them yet.
_NOBODY = "nobody"


def install() -> None:
    """Has every message go through the gate from now on; to be called before anything is drawn, as often as one
    likes."""
    # A module that is loaded anew, as after an edit, takes the place of the one before.
    dispatch = inspect.unwrap(SessionState.on_script_will_rerun)

    @wraps(dispatch)
    def pass_on(state: SessionState, fresh_widget_states: WidgetStates | None, **rest: Any) -> None:
        if _has_changed(state):
            state.clear()
            state[_DRAWN_FOR] = _NOBODY
            raise RerunException(_whole_page())
        dispatch(state, fresh_widget_states and _readable(state, fresh_widget_states), **rest)

    SessionState.on_script_will_rerun = pass_on  # type: ignore[assignment]


def set_person(person: User | None) -> None:
    """Keeps who the page is drawn for, before anything of it is drawn; None for who is not let in."""
    st.session_state[_DRAWN_FOR] = person


def _has_changed(state: SessionState) -> bool:
    # Before a first page was drawn there are no callbacks, and its script asks for itself who is there.
    return _DRAWN_FOR in state and state[_DRAWN_FOR] != _person()


def _person() -> User | None:
    try:
        return current_user.person()
    except AccessFileError:
        # Nobody is let in; the page says why.
        return None


def _readable(state: SessionState, sent: WidgetStates) -> WidgetStates:
    """The states that Streamlit can read, which else ends the run with an error for whatever somebody made up."""
    return WidgetStates(widgets=[one for one in sent.widgets if _can_be_read(state._new_widget_state, one)])


def _can_be_read(known: WStates, one: WidgetState) -> bool:
    metadata = known.widget_metadata.get(one.id)
    if metadata is None or one.WhichOneof("value") is None:
        # Of a page that is still to be drawn, or a field that was emptied.
        return True
    if one.WhichOneof("value") != metadata.value_type:
        return False
    alone = WStates(widget_metadata={one.id: metadata})
    alone.set_widget_from_proto(one)
    try:
        alone[one.id]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        # What reads it was written for what browsers send.
        return False
    return True


def _whole_page() -> RerunData:
    """The page that the browser shows, all of it, without what it sent of widgets."""
    context = get_script_run_ctx()
    if context is None:
        raise RuntimeError("Streamlit dispatches callbacks outside of a session")
    return RerunData(
        query_string=context.query_string,
        # Which page it is the script has not said yet.
        page_script_hash=context.pages_manager.intended_page_script_hash or "",
        page_name=context.pages_manager.intended_page_name or "",
        cached_message_hashes=context.cached_message_hashes,
        context_info=context.context_info,
    )
