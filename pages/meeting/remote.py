"""Draws a meeting's remote control for a phone: back, pause, next, the current and the next slide, and the decision
form."""

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
    # Read before the state itself, so that no change in between is missed.
    change_count = store.change_count()
    show = shows.find(code)
    meeting, slides = shows.slides(show)
    index = shows.slide_index(show, slides)
    slide, scope = slides[index]
    audit_trail.record_view(scope.with_area(show.area_code))
    st.title(f"{texts.escape_markdown(meeting.title)} · {index + 1} / {len(slides)}", anchor=False)
    st.markdown(f"**{slide_title(slide, scope)}**")
    with st.container(horizontal=True, gap="small"):
        _buttons(show, scope)
    control.draw_problem()
    if slide.note:
        st.info(texts.escape_markdown(slide.note), icon=":material/sticky_note_2:")
    st.caption(_("接下来：{title}").format(title=slide_title(*slides[(index + 1) % len(slides)])))
    if slide.metrics:
        # The key is the slide's own, so that the expander stays open when a change redraws the page.
        with st.expander(_("把这个数字定下来"), key=f"remote_decide_{index}", on_change="rerun"):
            drawing.decision_form(slide, scope, show.playlist)
    live_reload.listen("meeting", seen=change_count)


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
    """Returns a slide's title: its area and its metrics."""
    kinds = {"decisions": _("上次定的事"), "alerts": _("需要关注")}
    subject = kinds.get(slide.kind) or texts.join_words(
        [texts.of(metric(name, scope.version).short_title) for name in slide.metrics]
    )
    return f"{texts.escape_markdown(whole_name(scope))} · {subject}"
