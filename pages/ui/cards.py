"""A row of cards: one number each, how it stands, which way it goes, and its explanation."""
from __future__ import annotations

import streamlit as st

from pages.ui import explain, status, texts
from pages.ui.texts import _
from sql.metrics import metric
from sql.readings import Reading, reading
from sql.scope import Scope


def row(at: Scope, *names: str) -> None:
    """One card for each metric, side by side where there is room."""
    with st.grid(len(names), min_column_width=190, gap="small"):
        for name in names:
            card(reading(metric(name, at.version), at))


def card(read: Reading) -> None:
    """The number, its standard and status, 同比 and 环比, and the last 24 months as a line."""
    metric = read.metric
    with st.container(border=True, gap=None, key=f"card_{metric.name}"):
        with st.container(horizontal=True, vertical_alignment="top", gap=None):
            st.markdown(f":small[:gray[{texts.of(metric.title)}]]", width="stretch")
            explain.popover(metric, read.scope, metric.rows(read.scope), key=f"card_{metric.name}")
        spark = [value for value in read.months["value"] if value is not None]
        st.metric(
            texts.of(metric.title), texts.amount(read.value, metric), label_visibility="collapsed",
            chart_data=spark if len(spark) > 1 else None, chart_type="line",
        )
        st.markdown(standing(read))


def standing(read: Reading) -> str:
    """▼ 未达标 · 标准 18 · 同比 +0.9 · 环比 +0.1, as markdown."""
    metric = read.metric
    parts = []
    if read.status in ("on_target", "below"):
        parts.append(status.coloured(f"**{status.marked(read.status)}**", read.status))
        if read.standard:
            parts.append(_("标准 {value}").format(value=texts.number(read.standard, 0)))
    elif read.status == "no_data":
        parts.append(status.coloured(status.marked("no_data"), "no_data"))
    if read.year_change is not None:
        parts.append(_("同比 {change}").format(change=texts.change(read.year_change, metric)))
    if read.month_change is not None:
        parts.append(_("环比 {change}").format(change=texts.change(read.month_change, metric)))
    return f":small[{' · '.join(parts)}]" if parts else ""
