"""Intercepts what browsers send before Streamlit runs any callback or script.

Streamlit runs the callbacks of widgets, forms, dialogs and components before the page's script; for a fragment it runs
only the fragment. It has no hook before that.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner import RerunData, RerunException, get_script_run_ctx
from streamlit.runtime.state.session_state import SessionState, WStates


def intercept(check: Callable[[SessionState], None]) -> None:
    """Calls `check` with the session's state on every browser message from now on, before any callback and any script.
    Repeated calls replace the check.

    Everything that a browser sends passes through `SessionState.on_script_will_rerun`, which alone calls callbacks; the
    login is known by then, as it is to the script. `SessionState.clear` drops callbacks and values. Widget states that
    no browser sends are dropped: an invented one would end the run with an error.
    """
    # A reloaded module, as after an edit, replaces the earlier wrapper.
    dispatch = inspect.unwrap(SessionState.on_script_will_rerun)

    @wraps(dispatch)
    def pass_on(state: SessionState, fresh_widget_states: WidgetStates | None, **options: Any) -> None:
        check(state)
        dispatch(state, fresh_widget_states and _readable(state, fresh_widget_states), **options)

    SessionState.on_script_will_rerun = pass_on  # type: ignore[assignment]


def restart() -> NoReturn:
    """Ends the current run, a fragment's too, and starts one of the whole page that the browser shows, without the
    widget states it sent. Call from a check."""
    context = get_script_run_ctx()
    if context is None:
        raise RuntimeError("Streamlit dispatched callbacks outside a session")
    raise RerunException(
        RerunData(
            query_string=context.query_string,
            # The script has not chosen the page yet.
            page_script_hash=context.pages_manager.intended_page_script_hash or "",
            page_name=context.pages_manager.intended_page_name or "",
            cached_message_hashes=context.cached_message_hashes,
            context_info=context.context_info,
        )
    )


def _readable(state: SessionState, states: WidgetStates) -> WidgetStates:
    """Returns the states that Streamlit can read."""
    return WidgetStates(widgets=[widget for widget in states.widgets if _can_be_read(state._new_widget_state, widget)])


def _can_be_read(known: WStates, widget: WidgetState) -> bool:
    """Returns whether a widget's state comes in the field that its metadata names and can be deserialized; true for a
    widget that is still to be drawn."""
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
