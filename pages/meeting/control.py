"""Starts, steps and pauses a show for the user: each action is authorised, recorded, and then done.

Call these functions from callbacks, which run before the page: the page then shows any error.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from pages.meeting import decisions, playlist, shows
from pages.meeting.playlist import Playlist
from pages.meeting.shows import Show
from pages.ui.i18n import texts
from pages.ui.shell import audit_trail
from sql.errors import LinliError
from sql.semantic.scope import Scope

_PROBLEM = "meeting_problem"


def start(meeting: Playlist, scope: Scope, is_frozen: bool) -> None:
    """Starts the show in this window; reports errors in the playlist before any slide is shown."""
    action = "meeting_freeze" if is_frozen else "meeting_start"

    def begin() -> None:
        playlist.expand_slides(meeting, scope.version, scope.period, scope.area_code)
        code = shows.start(
            meeting.key,
            scope.area_code,
            str(scope.period),
            lambda number: audit_trail.record_change("run_meetings", action, scope, show=number),
            scope.version if is_frozen else None,
        )
        st.query_params.update({"show": code, "kiosk": "1"})

    _do(begin)


def find_at_turn(code: str, turn: int) -> Show | None:
    """Returns the show if it is still at that turn; None if it has moved on or the user may not see it."""
    try:
        show = shows.find(code)
    except LinliError as error:
        st.session_state[_PROBLEM] = texts.of(error)
        return None
    # A screen repeats a request that had no visible effect.
    return show if show.turn == turn else None


def step(show: Show, scope: Scope, by: int) -> None:
    """Moves the show forward or back by that many slides from its turn; records one entry for each turn taken."""
    _do(lambda: shows.step(show.code, by, show.turn, _recorder("meeting_step", show, scope)))


def pause(show: Show, scope: Scope, is_paused: bool) -> None:
    """Pauses or resumes the show."""
    action = "meeting_pause" if is_paused else "meeting_resume"
    _do(lambda: shows.pause(show.code, is_paused, _recorder(action, show, scope)))


def mark_done(number: int, scope: Scope, done_on: date | None) -> None:
    """Marks a decision as done on a day, or as open again."""

    def record() -> None:
        audit_trail.record_change("write_decisions", "decision_done", scope, decision=number)

    _do(lambda: decisions.set_done_on(number, done_on, record))


def draw_problem() -> None:
    """Draws the error of the last action, once."""
    if message := st.session_state.pop(_PROBLEM, None):
        st.error(texts.escape_markdown(message))


def _recorder(action: str, show: Show, scope: Scope) -> Callable[[], None]:
    return lambda: audit_trail.record_change("run_meetings", action, scope.with_area(show.area_code), show=show.number)


def _do(change: Callable[[], None]) -> None:
    try:
        change()
    except LinliError as error:
        st.session_state[_PROBLEM] = texts.of(error)
