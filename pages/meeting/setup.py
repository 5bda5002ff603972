"""Before and after a meeting: which playlist is shown where, its slides, and what was decided."""

from __future__ import annotations

from datetime import date

import streamlit as st

from pages.meeting import control, decisions, drawing, editor, playlist
from pages.meeting.playlist import Playlist
from pages.ui.i18n import texts
from pages.ui.i18n.names import whole_name
from pages.ui.i18n.texts import _
from pages.ui.kit.tables import exports
from pages.ui.shell import current_user, page_scope, selection
from sql.errors import InputError
from sql.semantic.scope import Scope

PARAMETER = "playlist"


def run() -> None:
    """Draws the choice of a playlist, what it begins with, its slides and its decisions."""
    scope = page_scope.current()
    there = playlist.choices(scope)
    asked = st.query_params.get(PARAMETER)
    key = asked if asked in there else next(iter(there), None)
    title = st.empty()
    chosen = _chosen(key)
    open_ones = (
        decisions.rows(key, scope.version, date.today(), scope.area_code).filter(drawing.IS_OPEN) if key else None
    )
    title.title(_sentence(scope, chosen, 0 if open_ones is None else open_ones.height), anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if key:
            _choice(scope, there, key)
        if chosen:
            st.button(
                _("放映：实时"),
                type="primary",
                icon=":material/play_arrow:",
                key="show_live",
                on_click=control.start,
                args=(chosen, scope, False),
            )
            st.button(
                _("放映：冻结在 {date}").format(date=scope.version.data_date),
                icon=":material/ac_unit:",
                key="show_frozen",
                on_click=control.start,
                args=(chosen, scope, True),
                help=_("数字和口径都停在这个版本，不随新数据变"),
            )
    if chosen:
        st.caption(_("键盘：→ 或空格下一张，← 上一张，P 暂停，D 把数字定下来，F 全屏。"))
    control.draw_problem()
    if chosen:
        drawing.draw_decisions(scope, chosen.key)
        _marks(scope, chosen)
    if current_user.may("edit_playlists"):
        editor.panel(chosen, scope)


def _choice(scope: Scope, there: list[str], key: str) -> None:
    widget = f"playlist_{key}"
    named = scope.ancestors
    labels = {
        one: one if (area := playlist.area_of(one)) is None else f"{one.partition('@')[0]} · {named.get(area, area)}"
        for one in there
    }

    def chosen() -> None:
        # Who clicks elsewhere before the page is whole has chosen nothing here.
        if selection.value(widget) != key:
            page_scope.set_from_widget(PARAMETER, widget)

    st.selectbox(
        _("会议"),
        there,
        index=there.index(key),
        format_func=texts.option_formatter(labels),
        key=widget,
        width=280,
        on_change=chosen,
    )


def _chosen(key: str | None) -> Playlist | None:
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


def _sentence(scope: Scope, chosen: Playlist | None, waiting: int) -> str:
    if chosen is None:
        return _("会议放映")
    told = _("{title}（{area}）：{count} 张幻灯片").format(
        title=texts.escape_markdown(chosen.title),
        area=texts.escape_markdown(whole_name(scope)),
        count=len(chosen.slides),
    )
    return told + (_("，上次定的 :orange[{count} 件事]还没有办完。").format(count=waiting) if waiting else _("。"))


def _marks(scope: Scope, chosen: Playlist) -> None:
    """What has been done is marked here; all of it is in the download."""
    rows = decisions.rows(chosen.key, scope.version, date.today(), scope.area_code)
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
        # A browser may send what is not offered.
        if number in is_done:
            st.button(
                _("还没办完") if is_done[number] else _("标记为已办"),
                key="decision_done",
                on_click=control.mark_done,
                args=(number, scope, None if is_done[number] else date.today()),
            )
        taken = scope if current_user.is_office() else scope.with_rounding
        decided = drawing.display_rows(decisions.rows(chosen.name, taken.version, date.today(), scope.area_code), taken)
        exports.download_button(
            "XLSX",
            "decisions",
            "xlsx",
            lambda stamp: exports.xlsx(decided, stamp(rows.height)),
            f"{chosen.name}_{date.today()}",
            "decisions_xlsx",
            scope,
        )
