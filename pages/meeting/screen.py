"""Draws the screen of a meeting: one slide at a time in large type, advanced by a timer, the keyboard or a phone."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import segno
import streamlit as st

from pages.meeting import control, decision_panel, shows, store
from pages.meeting.shows import Show
from pages.meeting.slide_kinds import KINDS
from pages.meeting.slides import Slide
from pages.ui.frame import live_reload
from pages.ui.i18n import data_date, texts
from pages.ui.i18n.names import whole_name
from pages.ui.i18n.texts import _
from pages.ui.shell import audit_trail, selection, watermark
from pages.ui.theme import theme
from sql.semantic.scope import Scope

_STAGE = st.components.v2.component(
    "stage", js=(Path(__file__).parent / "stage.js").read_text(encoding="utf-8"), isolate_styles=False
)
_KEY, _DECIDING = "stage", "deciding"
_STEPS = {"next": 1, "back": -1}
STYLE = Path(__file__).parent / "screen.css"


def run(code: str) -> None:
    """Draws the show's current slide."""
    st.html(STYLE)
    # Read before the state itself, so that no change in between is missed.
    change_count = store.change_count()
    show = shows.find(code)
    meeting, slides = shows.slides(show)
    index = shows.slide_index(show, slides)
    slide, scope = slides[index]
    # These come first, where no slide changes their position: each time they move, the browser loads their code again
    # and never frees it.
    _edge(show, slide, scope, index, len(slides))
    live_reload.listen("meeting", *(() if show.version else ("data",)), seen=change_count)
    audit_trail.record_view(scope.with_area(show.area_code))
    with st.container(key="screen"):
        st.title(
            f"{texts.escape_markdown(meeting.title)} · {texts.escape_markdown(whole_name(scope))} · "
            f"{texts.period(scope.period)}",
            anchor=False,
        )
        KINDS[slide.kind].draw(slide, scope, show.playlist)
    control.draw_problem()
    if index == 0:
        _invitation(code)
    if st.session_state.get(_DECIDING):
        # The dialog stays open while the page around it is redrawn.
        st.dialog(_("把这个数字定下来"), on_dismiss=lambda: _close_decision(show, scope))(_decide)(show, slide, scope)


def _edge(show: Show, slide: Slide, scope: Scope, index: int, count: int) -> None:
    """Draws the bar at the bottom: position, data date and version, elapsed time, code and clock; handles the keys."""
    version = scope.version
    frozen = _("冻结于版本 {name}").format(name=version.name) if show.version else _("实时")

    def handle_action() -> None:
        match selection.event_of(_KEY, "asked"):
            # A browser may send anything.
            case {"turn": int(turn), "what": str(action)} if current := control.find_at_turn(show.code, turn):
                _do(action, current, scope)

    _STAGE(
        key=_KEY,
        height="content",
        on_asked_change=handle_action,
        data={
            "place": f"{index + 1} / {count}" + (" · " + _("已暂停") if show.is_paused else ""),
            "of": " · ".join((data_date.line(version), frozen)),
            "age": theme.colour("below") if data_date.is_old(version) else "",
            "seconds": slide.seconds,
            "paused": show.is_paused,
            "turn": show.turn,
            "control": _("遥控 {code}").format(code=show.code),
            "ground": theme.palette().ground,
            "language": "zh-CN" if texts.language() == "zh" else "en-GB",
        },
    )


def _do(action: str, show: Show, scope: Scope) -> None:
    """Performs the action of a key or of the timer."""
    if action == "decide":
        st.session_state[_DECIDING] = True
        control.pause(show, scope, True)
    elif action == "pause":
        control.pause(show, scope, not show.is_paused)
    elif action in _STEPS:
        control.step(show, scope, _STEPS[action])


def _decide(show: Show, slide: Slide, scope: Scope) -> None:
    watermark.draw("watermark_dialog")
    if decision_panel.decision_form(slide, scope, show.playlist):
        _close_decision(show, scope)
        st.rerun()


def _close_decision(show: Show, scope: Scope) -> None:
    st.session_state[_DECIDING] = False
    control.pause(show, scope, False)


def control_url(code: str) -> str:
    """Returns the address at which a phone controls a show: the host at which the screen itself was opened."""
    here = urlsplit(st.context.url or "http://localhost:8501/meeting")
    lang = "&lang=en" if texts.language() == "en" else ""
    return f"{here.scheme}://{here.netloc}{here.path}?control={code}{lang}"


def _invitation(code: str) -> None:
    """Draws the QR code with which a phone takes control of the show; on the first slide only."""
    picture = segno.make(control_url(code), error="m").svg_data_uri(scale=4, border=2, dark="#111", light="#fff")
    with st.container(key="screen_code"):
        image = Element("img", {"src": picture, "alt": _("用手机扫码遥控")})
        st.html(ElementTree.tostring(image, encoding="unicode", method="html"))
        st.caption(_("用手机扫码遥控"))
