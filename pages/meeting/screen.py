"""The screen of a meeting: one slide at a time in large type, which goes on by itself, by the keyboard, or by a
phone."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import segno
import streamlit as st

from pages.meeting import control, drawing, shows, store
from pages.meeting.playlist import Slide
from pages.meeting.shows import Show
from pages.ui.frame import live_reload
from pages.ui.i18n import texts
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
    """Draws the slide that the show is at."""
    st.html(STYLE)
    # Before what it counts the changes of is read.
    seen = store.change_count()
    show = shows.find(code)
    played, shown = shows.slides(show)
    place = shows.slide_index(show, shown)
    slide, scope = shown[place]
    # First, where no slide moves them: each time they are put elsewhere the browser reads their code anew, and keeps
    # it.
    _edge(show, slide, scope, place, len(shown))
    live_reload.listen("meeting", *(() if show.version else ("data",)), seen=seen)
    audit_trail.record_view(scope.with_area(show.area_code))
    with st.container(key="screen"):
        st.title(
            f"{texts.escape_markdown(played.title)} · {texts.escape_markdown(whole_name(scope))} · {texts.period(scope.period)}",
            anchor=False,
        )
        drawing.draw(slide, scope, show.playlist)
    control.draw_problem()
    if place == 0:
        _invitation(code)
    if st.session_state.get(_DECIDING):
        # It stays while the page is drawn anew around it.
        st.dialog(_("把这个数字定下来"), on_dismiss=lambda: _decided(show, scope))(_decide)(show, slide, scope)


def _edge(show: Show, slide: Slide, scope: Scope, place: int, count: int) -> None:
    """The line beneath: place, data date and version, time passed, code, clock; and what the keys ask for."""
    version = scope.version
    frozen = _("冻结于版本 {name}").format(name=version.name) if show.version else _("实时")

    def asked() -> None:
        match selection.event_of(_KEY, "asked"):
            # A browser may send anything.
            case {"turn": int(turn), "what": str(what)} if now := control.find_at_turn(show.code, turn):
                _do(what, now, scope)

    _STAGE(
        key=_KEY,
        height="content",
        on_asked_change=asked,
        data={
            "place": f"{place + 1} / {count}" + (" · " + _("已暂停") if show.is_paused else ""),
            "of": " · ".join((_("数据截至 {date}").format(date=version.data_date), frozen)),
            "seconds": slide.seconds,
            "paused": show.is_paused,
            "turn": show.turn,
            "control": _("遥控 {code}").format(code=show.code),
            "ground": theme.palette().ground,
            "language": "zh-CN" if texts.language() == "zh" else "en-GB",
        },
    )


def _do(what: str, show: Show, scope: Scope) -> None:
    """Does what a key, or the time, asks for."""
    if what == "decide":
        st.session_state[_DECIDING] = True
        control.pause(show, scope, True)
    elif what == "pause":
        control.pause(show, scope, not show.is_paused)
    elif what in _STEPS:
        control.step(show, scope, _STEPS[what])


def _decide(show: Show, slide: Slide, scope: Scope) -> None:
    watermark.draw("watermark_dialog")
    if drawing.decision_form(slide, scope, show.playlist):
        _decided(show, scope)
        st.rerun()


def _decided(show: Show, scope: Scope) -> None:
    st.session_state[_DECIDING] = False
    control.pause(show, scope, False)


def control_url(code: str) -> str:
    """Where a phone controls a show: at the address by which the screen itself came."""
    here = urlsplit(st.context.url or "http://localhost:8501/meeting")
    lang = "&lang=en" if texts.language() == "en" else ""
    return f"{here.scheme}://{here.netloc}{here.path}?control={code}{lang}"


def _invitation(code: str) -> None:
    """On the first slide: what a phone scans to control the show."""
    picture = segno.make(control_url(code), error="m").svg_data_uri(scale=4, border=2, dark="#111", light="#fff")
    with st.container(key="screen_code"):
        image = Element("img", {"src": picture, "alt": _("用手机扫码遥控")})
        st.html(ElementTree.tostring(image, encoding="unicode", method="html"))
        st.caption(_("用手机扫码遥控"))
