"""Draws the page before and after a meeting: the choice of a playlist, its slides and its decisions."""

from __future__ import annotations

from datetime import date
from functools import partial

import polars as pl
import streamlit as st

from pages.meeting import control, decision_panel, decisions, editor, playlist
from pages.meeting.playlist import Playlist
from pages.ui.i18n import texts
from pages.ui.i18n.names import whole_name
from pages.ui.i18n.texts import _
from pages.ui.kit.tables import exports
from pages.ui.shell import current_user, page_scope, selection
from sql.errors import InputError
from sql.security.release import Frame
from sql.semantic.scope import Scope

PARAMETER = "playlist"


def run() -> None:
    """Draws the choice of a playlist, the buttons that start it, its decisions and its slides."""
    scope = page_scope.current()
    keys = playlist.choices(scope)
    requested = st.query_params.get(PARAMETER)
    key = requested if requested in keys else next(iter(keys), None)
    title = st.empty()
    meeting = _load(key)
    open_decisions = (
        decisions.rows(key, scope.version, date.today(), scope.area_code).filter(decision_panel.IS_OPEN)
        if key
        else None
    )
    title.title(_sentence(scope, meeting, 0 if open_decisions is None else open_decisions.height), anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if key:
            _choice(scope, keys, key)
        if meeting:
            st.button(
                _("放映：实时"),
                type="primary",
                icon=":material/play_arrow:",
                key="show_live",
                on_click=control.start,
                args=(meeting, scope, False),
            )
            st.button(
                _("放映：冻结在 {date}").format(date=scope.version.data_date),
                icon=":material/ac_unit:",
                key="show_frozen",
                on_click=control.start,
                args=(meeting, scope, True),
                help=_("数字和口径都停在这个版本，不随新数据变"),
            )
    if meeting:
        st.caption(_("键盘：→ 或空格下一张，← 上一张，P 暂停，D 把数字定下来，F 全屏。"))
    control.draw_problem()
    if meeting:
        decision_panel.draw_decisions(scope, meeting.key)
        _done_controls(scope, meeting)
    if current_user.may("edit_playlists"):
        editor.panel(meeting, scope)


def _choice(scope: Scope, keys: list[str], key: str) -> None:
    widget = f"playlist_{key}"
    names = scope.ancestors
    labels = {
        choice: choice
        if (area := playlist.area_of(choice)) is None
        else f"{choice.partition('@')[0]} · {names.get(area, area)}"
        for choice in keys
    }

    def select() -> None:
        # A click elsewhere before the page is complete also triggers this, without a selection.
        if selection.value(widget) != key:
            page_scope.set_from_widget(PARAMETER, widget)

    st.selectbox(
        _("会议"),
        keys,
        index=keys.index(key),
        format_func=texts.option_formatter(labels),
        key=widget,
        width=280,
        on_change=select,
    )


def _load(key: str | None) -> Playlist | None:
    if key is None:
        if current_user.may("edit_playlists"):
            st.info(_("还没有会议：在下面排好幻灯片，保存后就能放映。"))
        else:
            st.info(_("还没有会议：由有 editor 角色的人排好后，在这里放映。"))
        return None
    try:
        return playlist.load(key)
    except InputError as error:
        st.error(texts.escape_markdown(texts.of(error)))
        return None


def _sentence(scope: Scope, meeting: Playlist | None, open_count: int) -> str:
    if meeting is None:
        return _("会议放映")
    sentence = _("{title}（{area}）：{count} 张幻灯片").format(
        title=texts.escape_markdown(meeting.title),
        area=texts.escape_markdown(whole_name(scope)),
        count=len(meeting.slides),
    )
    return sentence + (
        _("，上次定的 :orange[{count} 件事]还没有办完。").format(count=open_count) if open_count else _("。")
    )


def _done_controls(scope: Scope, meeting: Playlist) -> None:
    """Draws the control that marks decisions as done, and the download of all decisions."""
    rows = decisions.rows(meeting.key, scope.version, date.today(), scope.area_code)
    if rows.is_empty():
        return
    names = {row["id"]: f"{row['area_name'] or _('全部')} · {row['task']}" for row in rows.iter_rows(named=True)}
    is_done = {row["id"]: row["done_on"] is not None for row in rows.iter_rows(named=True)}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        number = None
        if current_user.may("write_decisions"):
            number = st.selectbox(
                _("办完的事"),
                list(names),
                index=None,
                format_func=texts.option_formatter(names),
                key="decision",
                width=420,
                placeholder=_("选一件"),
            )
        # A browser may send a value that is not among the options.
        if number in is_done:
            st.button(
                _("还没办完") if is_done[number] else _("标记为已办"),
                key="decision_done",
                on_click=control.mark_done,
                args=(number, scope, None if is_done[number] else date.today()),
            )
        frame = Frame(lambda policy: _export_rows(meeting, policy.view(scope)))
        exports.download_button(
            "XLSX",
            "decisions",
            "xlsx",
            partial(exports.xlsx_file, frame, current_user.policy()),
            f"{meeting.name}_{date.today()}",
            "decisions_xlsx",
            scope,
        )


def _export_rows(meeting: Playlist, scope: Scope) -> pl.DataFrame:
    rows = decisions.rows(meeting.key, scope.version, date.today(), scope.area_code)
    return decision_panel.display_rows(rows, scope)
