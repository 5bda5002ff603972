"""Before and after a meeting: which playlist is shown where, its slides, and what was decided."""

from __future__ import annotations

from datetime import date

import streamlit as st

from pages.meeting import decisions, drawing, editor, playlist, shows
from pages.meeting.playlist import Playlist
from pages.ui import exports, picked, recorded, scope, texts, visitor
from pages.ui.names import whole_name
from pages.ui.texts import _
from sql import access
from sql.audit import AuditError
from sql.errors import AskError
from sql.scope import Scope

PARAMETER = "playlist"


def run() -> None:
    """Draws the choice of a playlist, what it begins with, its slides and its decisions."""
    at = scope.current()
    there = playlist.names()
    asked = st.query_params.get(PARAMETER)
    name = asked if asked in there else next(iter(there), None)
    title = st.empty()
    chosen = _chosen(there, name)
    open_ones = decisions.rows(name, at.version, date.today(), at.area_code).filter(drawing.IS_OPEN) if name else None
    title.title(_sentence(at, chosen, 0 if open_ones is None else open_ones.height), anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if name:
            _choice(there, name)
        if chosen:
            st.button(
                _("放映：实时"),
                type="primary",
                icon=":material/play_arrow:",
                key="show_live",
                on_click=_start,
                args=(chosen, at, False),
            )
            st.button(
                _("放映：冻结在 {date}").format(date=at.version.data_date),
                icon=":material/ac_unit:",
                key="show_frozen",
                on_click=_start,
                args=(chosen, at, True),
                help=_("数字和口径都停在这个版本，不随新数据变"),
            )
    if chosen:
        st.caption(_("键盘：→ 或空格下一张，← 上一张，P 暂停，D 把数字定下来，F 全屏。"))
    if problem := st.session_state.pop("meeting_problem", None):
        st.error(texts.plain(problem))
    if chosen:
        drawing.listed(at, chosen.name)
        _marks(at, chosen)
    if visitor.may(access.EDITOR):
        editor.panel(chosen)


def _choice(there: list[str], name: str) -> None:
    key = f"playlist_{name}"

    def chosen() -> None:
        # Who clicks elsewhere before the page is whole has chosen nothing here.
        if picked.value(key) != name:
            scope.take(PARAMETER, key)

    st.selectbox(_("会议"), there, index=there.index(name), key=key, width=280, on_change=chosen)


def _chosen(there: list[str], name: str | None) -> Playlist | None:
    if name is None:
        if visitor.may(access.EDITOR):
            st.info(_("还没有会议：在下面排好幻灯片，保存后就能放映。"))
        else:
            st.info(_("还没有会议：由有 editor 角色的人排好后，在这里放映。"))
        return None
    try:
        return playlist.load(name)
    except AskError as error:
        st.error(texts.plain(texts.of(error)))
        return None


def _sentence(at: Scope, chosen: Playlist | None, waiting: int) -> str:
    if chosen is None:
        return _("会议放映")
    told = _("{title}（{area}）：{count} 张幻灯片").format(
        title=texts.plain(chosen.title), area=texts.plain(whole_name(at)), count=len(chosen.slides)
    )
    return told + (_("，上次定的 :orange[{count} 件事]还没有办完。").format(count=waiting) if waiting else _("。"))


def _start(chosen: Playlist, at: Scope, is_frozen: bool) -> None:
    """Begins the show in this window; what is wrong with the playlist is told before anything is shown."""
    try:
        playlist.shown(chosen, at.version, at.period, at.area_code)
        code = shows.start(chosen.name, at.area_code, str(at.period), at.version if is_frozen else None)
    except AskError as error:
        st.session_state["meeting_problem"] = texts.of(error)
        return
    st.query_params.update({"show": code, "kiosk": "1"})


def _mark(number: int, done_on: date | None) -> None:
    try:
        recorded.changed("decision_done", decision=number)
    except AuditError as error:
        st.session_state["meeting_problem"] = texts.of(error)
        return
    decisions.done(number, done_on)


def _marks(at: Scope, chosen: Playlist) -> None:
    """What has been done is marked here; all of it is in the download."""
    rows = decisions.rows(chosen.name, at.version, date.today(), at.area_code)
    if rows.is_empty():
        return
    names = {row["id"]: f"{row['area_name'] or _('全部')} · {row['task']}" for row in rows.iter_rows(named=True)}
    is_done = {row["id"]: row["done_on"] is not None for row in rows.iter_rows(named=True)}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        number = None
        if visitor.may(access.EDITOR):
            number = st.selectbox(
                _("办完的事"),
                list(names),
                index=None,
                format_func=texts.named(names),
                key="decision",
                width=420,
                placeholder=_("选一件"),
            )
        if number is not None:
            st.button(
                _("还没办完") if is_done[number] else _("标记为已办"),
                key="decision_done",
                on_click=_mark,
                args=(number, None if is_done[number] else date.today()),
            )
        taken = at if visitor.is_office() else at.rounded
        decided = drawing.in_words(decisions.rows(chosen.name, taken.version, date.today(), at.area_code), taken)
        exports.button(
            "XLSX",
            "decisions",
            "xlsx",
            lambda stamp: exports.xlsx(decided, stamp(rows.height)),
            f"{chosen.name}_{date.today()}",
            "decisions_xlsx",
            at,
        )
