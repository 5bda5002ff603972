"""The remote control of a meeting, for a phone: back, pause, next; what is on the screen and what comes; what to
decide."""

from __future__ import annotations

import streamlit as st

from pages.meeting import control, drawing, shows, store
from pages.meeting.playlist import Slide
from pages.meeting.shows import Show
from pages.ui.frame import live_reload
from pages.ui.i18n import texts
from pages.ui.i18n.names import whole_name
from pages.ui.i18n.texts import _
from pages.ui.shell import audit_trail
from sql import metric
from sql.semantic.scope import Scope


def run(code: str) -> None:
    """Draws the remote control of the show."""
    # Before what it counts the changes of is read.
    seen = store.change_count()
    show = shows.find(code)
    played, shown = shows.slides(show)
    place = shows.slide_index(show, shown)
    slide, scope = shown[place]
    audit_trail.record_view(scope.with_area(show.area_code))
    st.title(f"{texts.escape_markdown(played.title)} · {place + 1} / {len(shown)}", anchor=False)
    st.markdown(f"**{slide_title(slide, scope)}**")
    with st.container(horizontal=True, gap="small"):
        _buttons(show, scope)
    control.draw_problem()
    if slide.note:
        st.info(texts.escape_markdown(slide.note), icon=":material/sticky_note_2:")
    st.caption(_("接下来：{title}").format(title=slide_title(*shown[(place + 1) % len(shown)])))
    if slide.metrics:
        # Of each slide its own; it stays open when a change has the page drawn anew.
        with st.expander(_("把这个数字定下来"), key=f"remote_decide_{place}", on_change="rerun"):
            drawing.decision_form(slide, scope, show.playlist)
    live_reload.listen("meeting", seen=seen)


def _buttons(show: Show, scope: Scope) -> None:
    st.button(
        _("上一张"),
        icon=":material/chevron_left:",
        width="stretch",
        key="remote_back",
        on_click=control.step,
        args=(show, scope, -1),
    )
    st.button(
        _("继续") if show.is_paused else _("暂停"),
        icon=":material/play_arrow:" if show.is_paused else ":material/pause:",
        width="stretch",
        key="remote_pause",
        on_click=control.pause,
        args=(show, scope, not show.is_paused),
    )
    st.button(
        _("下一张"),
        icon=":material/chevron_right:",
        width="stretch",
        type="primary",
        key="remote_next",
        on_click=control.step,
        args=(show, scope, 1),
    )


def slide_title(slide: Slide, scope: Scope) -> str:
    """What a slide is called: its area and its metrics."""
    kinds = {"decisions": _("上次定的事"), "alerts": _("需要关注")}
    what = kinds.get(slide.kind) or texts.join_words(
        [texts.of(metric(name, scope.version).short_title) for name in slide.metrics]
    )
    return f"{texts.escape_markdown(whole_name(scope))} · {what}"
