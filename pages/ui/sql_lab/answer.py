"""Draws a statement's result: its rows, a chart, downloads, and the form that saves it as a query file."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.kit import form_messages
from pages.ui.kit.tables import data_table, exports
from pages.ui.shell import audit_trail, current_user
from pages.ui.sql_lab import chart
from pages.ui.sql_lab.editor import Outcome
from sql import sql_lab
from sql.errors import LinliError
from sql.files.sql_file import Text
from sql.security.release import Frame, Policy
from sql.semantic.scope import Scope
from sql.sql_lab import Answer, saved_queries


def draw(scope: Scope, outcome: Outcome | None) -> None:
    """Draws the rows of the last statement with their chart beside them, or its error."""
    if outcome is None:
        return
    if isinstance(outcome.result, LinliError):
        with st.container(border=True, gap="small", key="sql_lab_error"):
            st.markdown("## :orange[" + _("没有结果") + "]")
            # DuckDB marks the position by a line below it: monospace keeps the alignment.
            st.code(texts.of(outcome.result), language=None, wrap_lines=True)
        return
    if outcome.result.rows.is_empty():
        st.info(_("没有符合条件的行。"))
        return
    left, right = st.columns([11, 9])
    with left, st.container(border=True, gap="xsmall", height="stretch", key="sql_lab_rows_panel"):
        _rows(scope, outcome.result, outcome.version)
    with right:
        chart.panel(outcome.result.rows, scope)


def _rows(scope: Scope, answer: Answer, version: str) -> None:
    rows = answer.rows
    note_parts = [_("用时 {seconds} 秒").format(seconds=texts.number(answer.seconds, 1))]
    if answer.is_truncated:
        note_parts.insert(0, _("结果更长，这里是前 {count} 行；请筛选或汇总").format(count=texts.number(rows.height)))
    if current_user.policy() is Policy.OUTSIDE:
        note_parts.append(_("下载的文件按取整后的人数重新查"))
    if version != scope.version.name:
        note_parts.append(_("版本 {name} 的数据").format(name=version))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        title = _("{rows} 行，{columns} 列").format(rows=f"{rows.height:,}", columns=rows.width)
        st.markdown(texts.paragraphs(f"## {title}", " · ".join(note_parts)), width="stretch")
        user_name = current_user.name()
        exports.download_buttons(
            Frame(lambda policy: _export_rows(scope, answer, user_name, policy)), "sql_lab", "sql_lab"
        )
        _save_form(scope, answer)
    data_table.draw(rows, {name: name for name in rows.columns}, "sql_lab_rows", title, height=420)


def _export_rows(scope: Scope, answer: Answer, user_name: str, policy: Policy) -> pl.DataFrame:
    """Returns the answer's rows for the office; for others the statement runs again over rounded counts."""
    if policy is Policy.OFFICE:
        return answer.rows
    return sql_lab.run_statement(policy.view(scope.version), answer.statement, user_name).rows


def _save_form(scope: Scope, answer: Answer) -> None:
    """Draws a form that saves the statement as a file of data/queries. The input stays where it is rejected."""
    with st.popover(
        _("另存为查询"),
        icon=":material/save:",
        help=_("存成 data/queries 里的一个文件"),
        width="content",
        key="sql_lab_keep_open",
        on_change="rerun",
    ):
        with st.form("sql_lab_keep", border=False):
            name = st.text_input(_("文件名"), key="sql_lab_keep_name", max_chars=60, placeholder="requests_by_county")
            zh = st.text_input(_("标题（中文）"), key="sql_lab_keep_zh", max_chars=60)
            en = st.text_input(_("标题（英文）"), key="sql_lab_keep_en", max_chars=100)
            grain = st.text_input(_("一行是什么"), key="sql_lab_keep_grain", max_chars=60, placeholder="county")
            st.caption(_("集市表不写模式名，存下的查询才会随页面的区域和时期变；要有 order by。"))
            is_sent = st.form_submit_button(_("保存"), key="sql_lab_keep_save")
        form_input = (answer.statement, name, zh, en, grain)
        if is_sent:
            try:
                query_file = saved_queries.build_file(
                    answer.statement, name, Text(zh, en), grain, scope, current_user.name()
                )
                audit_trail.record_change("save_queries", "query", scope, name=query_file.name)
                saved_queries.save(query_file)
            except LinliError as error:
                form_messages.set_message("sql_lab_keep", form_input, "error", texts.escape_markdown(texts.of(error)))
            else:
                message = _("已存为 {path}，页面和 sql.query 现在就能用。").format(
                    path=texts.escape_markdown(query_file.location)
                )
                form_messages.set_message("sql_lab_keep", form_input, "success", message)
        form_messages.draw("sql_lab_keep", form_input)
