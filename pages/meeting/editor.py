"""Edits the slides of a playlist in the browser and saves them to its file."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.meeting import playlist
from pages.meeting.playlist import Playlist
from pages.meeting.slide_kinds import KINDS
from pages.meeting.slides import DEFAULT_SECONDS, MIN_SECONDS, Slide
from pages.ui.i18n import texts
from pages.ui.i18n.names import area_name
from pages.ui.i18n.texts import _
from pages.ui.shell import audit_trail, current_user
from sql.errors import LinliError
from sql.semantic.catalog import catalog
from sql.semantic.scope import Scope

_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "order": pl.Int64,
    "kind": pl.String,
    "metrics": pl.List(pl.String),
    "by": pl.String,
    "area": pl.String,
    "each": pl.Boolean,
    "seconds": pl.Int64,
    "note": pl.String,
}


def panel(meeting: Playlist | None, scope: Scope) -> None:
    """Draws a table with one row per slide and a button that saves it; the row's number sets its position.

    Saving a playlist of an area above the user's creates a copy for the user's area; the original stays unchanged.
    """
    slides = meeting.slides if meeting else (Slide("numbers", ("staffing_ratio",)),)
    rows = pl.DataFrame(
        [{"order": number, **vars(slide), "metrics": list(slide.metrics)} for number, slide in enumerate(slides, 1)],
        schema=_SCHEMA,
    )
    with st.container(border=True, gap="xsmall", key="panel_playlist"):
        st.markdown("## " + _("幻灯片"))
        st.caption(_("每行一张，按“次序”放；区域空着就是开会的区域，“下级逐个”从最差的放起。"))
        if meeting and not current_user.can_see(meeting.area):
            caption = _("这是上级区域的会议：保存后是{area}自己的一份，原来的不变。")
            st.caption(caption.format(area=texts.escape_markdown(area_name(scope.with_area(current_user.area()).area))))
        key = meeting.key if meeting else "new"
        edited = st.data_editor(
            rows,
            num_rows="dynamic",
            hide_index=True,
            key=f"slides_{key}",
            height="content",
            column_config={
                "order": st.column_config.NumberColumn(_("次序"), width=80, required=True, min_value=1),
                "kind": st.column_config.SelectboxColumn(
                    _("类型"),
                    options=list(KINDS),
                    required=True,
                    format_func=texts.option_formatter({name: kind.title() for name, kind in KINDS.items()}),
                    width=130,
                ),
                "metrics": st.column_config.MultiselectColumn(_("指标"), options=catalog.names("metrics"), width=300),
                "by": st.column_config.TextColumn(_("按什么分"), width=90),
                "area": st.column_config.TextColumn(_("区划代码"), width=110),
                "each": st.column_config.CheckboxColumn(_("下级逐个"), width=70),
                "seconds": st.column_config.NumberColumn(
                    _("秒"), width=60, min_value=MIN_SECONDS, default=DEFAULT_SECONDS
                ),
                "note": st.column_config.TextColumn(_("备注（遥控页可见）"), width=320),
            },
        )
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            title = st.text_input(
                _("标题"), meeting.title if meeting else _("月度调度会"), key=f"title_{key}", width=280, max_chars=60
            )
            name = st.text_input(
                _("文件名"), meeting.name if meeting else "monthly", key=f"name_{key}", width=180, max_chars=64
            )
            if st.button(_("保存"), key="save_playlist"):
                _save(meeting, name, title, edited, scope)


def _save(meeting: Playlist | None, name: str, title: str, rows: pl.DataFrame, scope: Scope) -> None:
    slides = tuple(
        Slide(
            row["kind"],
            tuple(row["metrics"] if row["metrics"] is not None else ()),
            row["by"] or None,
            row["area"] or None,
            bool(row["each"]),
            int(row["seconds"] or DEFAULT_SECONDS),
            row["note"] or "",
        )
        for row in rows.sort("order", nulls_last=True).iter_rows(named=True)
    )
    area = meeting.area if meeting and current_user.can_see(meeting.area) else current_user.area()
    edited_meeting = Playlist(name.strip(), title.strip(), slides, area)
    try:
        playlist.save(
            edited_meeting,
            lambda: audit_trail.record_change("edit_playlists", "playlist", scope.with_area(area), slides=len(slides)),
        )
    except LinliError as error:
        st.error(texts.escape_markdown(texts.of(error)))
    else:
        st.success(_("已保存到 data/meetings/{name}.toml").format(name=texts.escape_markdown(edited_meeting.key)))
