"""Draws what meetings decided, and the form that records a decision."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import streamlit as st

from pages.meeting import decisions
from pages.meeting.slides import Slide
from pages.ui.i18n import texts
from pages.ui.i18n.names import area_name, spoken_name
from pages.ui.i18n.texts import _
from pages.ui.kit import form_messages, status
from pages.ui.shell import audit_trail, current_user
from sql import metric
from sql.errors import InputError, LinliError
from sql.semantic.scope import Scope

_SOON = timedelta(days=30)
IS_OPEN = pl.col("state") != "done"


def draw_decisions(scope: Scope, playlist: str) -> None:
    """Draws decisions with their values then and now, task, responsible unit and due date; overdue ones first."""
    rows = decisions.rows(playlist, scope.version, date.today(), scope.area_code)
    overdue = rows.filter(pl.col("state") == "overdue").height
    open_count = rows.filter(IS_OPEN).height
    with st.container(border=True, gap="xsmall", key="panel_decisions"):
        if rows.is_empty():
            st.markdown("## " + _("还没有定下的事"))
            st.caption(_("放映时按 D，或在遥控页上，把数字和要做的事记下来。"))
            return
        late = _("，:orange[{count} 件逾期]").format(count=overdue) if overdue else ""
        st.markdown("## " + _("{count} 件还在办").format(count=open_count) + late)
        st.table(display_rows(rows, scope), hide_index=True, height="content" if rows.height <= 12 else 460)


def display_rows(rows: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Returns decisions with headers and values in the user's language."""
    states = {"overdue": _("▼ 逾期"), "open": _("○ 在办"), "done": _("● 已办")}
    display = []
    for row in rows.iter_rows(named=True):
        try:
            row_metric = metric(row["metric"], scope.version)
            value, now, change = (
                texts.number(row["value"], row_metric.decimals),
                texts.number(row["value_now"], row_metric.decimals),
                texts.change(row["moved"], row_metric),
            )
        except InputError:
            value, now, change = texts.number(row["value"], 1), "–", "–"
        display.append(
            {
                _("状态"): states[row["state"]],
                _("区域"): spoken_name(row["area_name"]) if row["area_name"] else _("全部"),
                _("指标"): row["title_zh"] if texts.language() == "zh" else row["title_en"],
                _("当时"): value,
                _("现在"): f"{now} {status.SYMBOLS[row['status_now']]}".strip(),
                _("变化"): change,
                _("要做的事"): row["task"],
                _("责任单位"): row["owner"],
                _("期限"): f"{row['due_on']}",
            }
        )
    return pl.DataFrame(display)


def decision_form(slide: Slide, scope: Scope, playlist: str) -> bool:
    """Draws the form for a decision on one of the slide's metrics; returns whether a decision was saved in this run."""
    if not slide.metrics:
        st.info(_("这张幻灯片上没有数字。"))
        return False
    if not current_user.may("write_decisions"):
        st.info(_("把事情定下来要有 editor 角色；请找管理员。"))
        return False
    metrics = {name: metric(name, scope.version) for name in slide.metrics}
    area_names = {scope.area_code: area_name(scope.area)} | {area.code: area_name(area) for area in scope.children()}
    form_key = f"decide_{'_'.join(slide.metrics)}_{scope.area_code}"
    with st.form(form_key, border=False):
        name = st.selectbox(_("数字"), list(metrics), format_func=lambda name: texts.of(metrics[name].title))
        area = st.selectbox(_("区域"), list(area_names), format_func=texts.option_formatter(area_names))
        task = st.text_input(_("要做的事"), max_chars=200)
        owner = st.text_input(_("责任单位"), max_chars=60)
        due_on = st.date_input(_("期限"), date.today() + _SOON, min_value=date.today())
        is_sent = st.form_submit_button(_("记下"), type="primary")
    entries = (name, area, task, owner, due_on)
    if is_sent:
        try:
            target = scope.with_area(area)
            decisions.decide(
                playlist,
                name,
                target,
                task,
                owner,
                due_on,
                date.today(),
                lambda: audit_trail.record_change("write_decisions", "decision", target, metric=name),
            )
        except LinliError as error:
            form_messages.set_message(form_key, entries, "error", texts.escape_markdown(texts.of(error)))
        else:
            st.toast(_("已记下，下次会议从这里开始。"), icon=":material/check:")
            return True
    form_messages.draw(form_key, entries)
    return False
