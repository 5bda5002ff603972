"""Blocks callbacks of users whose permissions have changed since their page was drawn, and redraws the page for them.

Streamlit runs callbacks before the page's script, and so before the user is checked.
"""

from __future__ import annotations

import streamlit as st

from pages.internals import script_runs
from pages.internals.script_runs import SessionState
from pages.ui.shell import current_user
from sql.security.access import AccessFileError, User

_DRAWN_FOR = "gate_drawn_for"
# The user has changed, and no page has been drawn for them yet.
_NOBODY = "nobody"


def install() -> None:
    """Routes every browser message through the gate from now on. Call before anything is drawn; repeated calls are
    harmless."""
    script_runs.intercept(_check)


def set_person(person: User | None) -> None:
    """Stores who the page is drawn for, before anything is drawn; None for a user who is not admitted."""
    st.session_state[_DRAWN_FOR] = person


def _check(state: SessionState) -> None:
    """Empties the state and draws the page anew where the user has changed."""
    # Before the first page is drawn there are no callbacks, and its script checks the user itself.
    if _DRAWN_FOR in state and state[_DRAWN_FOR] != _person():
        # Messages sent in the meantime find no callbacks and no values.
        state.clear()
        state[_DRAWN_FOR] = _NOBODY
        script_runs.restart()


def _person() -> User | None:
    try:
        return current_user.person()
    except AccessFileError:
        # Nobody is admitted; the page says why.
        return None
