"""Starts, steps and pauses a show for who looks: each time it is asked whether they may, recorded, and then done.

To be called from callbacks, which run before the page: what stands in the way is told there.
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


def start(chosen: Playlist, scope: Scope, is_frozen: bool) -> None:
    """Begins the show in this window; what is wrong with the playlist is told before anything is shown."""
    what = "meeting_freeze" if is_frozen else "meeting_start"

    def begin() -> None:
        playlist.expand_slides(chosen, scope.version, scope.period, scope.area_code)
        code = shows.start(
            chosen.key,
            scope.area_code,
            str(scope.period),
            lambda number: audit_trail.record_change("run_meetings", what, scope, show=number),
            scope.version if is_frozen else None,
        )
        st.query_params.update({"show": code, "kiosk": "1"})

    _do(begin)


def find_at_turn(code: str, turn: int) -> Show | None:
    """Returns the show where it is at that turn; None where it has gone on, or is not there for who looks."""
    try:
        show = shows.find(code)
    except LinliError as error:
        st.session_state[_PROBLEM] = texts.of(error)
        return None
    # A screen asks again where it saw nothing come of it.
    return show if show.turn == turn else None


def step(show: Show, scope: Scope, by: int) -> None:
    """Goes so many slides on, or back, from the turn that the show is at; one entry for each turn taken."""
    _do(lambda: shows.step(show.code, by, show.turn, _recorder("meeting_step", show, scope)))


def pause(show: Show, scope: Scope, is_paused: bool) -> None:
    """Stops the slides where they are, or has them go on."""
    what = "meeting_pause" if is_paused else "meeting_resume"
    _do(lambda: shows.pause(show.code, is_paused, _recorder(what, show, scope)))


def mark_done(number: int, scope: Scope, done_on: date | None) -> None:
    """Marks a decision as done on a day, or as open again."""

    def record() -> None:
        audit_trail.record_change("write_decisions", "decision_done", scope, decision=number)

    _do(lambda: decisions.set_done_on(number, done_on, record))


def draw_problem() -> None:
    """Draws what stood in the way of the last thing asked for, once."""
    if message := st.session_state.pop(_PROBLEM, None):
        st.error(texts.escape_markdown(message))


def _recorder(what: str, show: Show, scope: Scope) -> Callable[[], None]:
    return lambda: audit_trail.record_change("run_meetings", what, scope.with_area(show.area_code), show=show.number)


def _do(change: Callable[[], None]) -> None:
    try:
        change()
    except LinliError as error:
        st.session_state[_PROBLEM] = texts.of(error)
