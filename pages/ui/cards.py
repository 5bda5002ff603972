"""Numbers: a row of cards, each with how it stands and which way it goes, or a dense list; each explains itself."""
from __future__ import annotations

import streamlit as st

from pages.ui import bases, compare, explain, sparkline, status, texts
from pages.ui.texts import _
from sql.metrics import metric
from sql.readings import Reading, reading, until_data
from sql.scope import Scope


def row(at: Scope, *names: str) -> None:
    """One card for each metric, side by side where there is room, and beneath them what they are compared with."""
    asked = [metric(name, at.version) for name in names]
    with st.grid(len(names), min_column_width=150, gap="small"):
        for each in asked:
            card(reading(each, at))
    compare.panel(at, asked)


def card(read: Reading) -> None:
    """The number, its standard and status, 同比 and 环比, what it is without, and the last 24 months as a line."""
    metric = read.metric
    with st.container(border=True, gap=None, height="stretch", key=f"card_{metric.name}"):
        with st.container(horizontal=True, vertical_alignment="top", gap=None):
            st.markdown(f":small[:gray[{texts.of(metric.short)}]]", width="stretch")
            explain.popover(metric, read.scope, metric.rows(read.scope), key=f"card_{metric.name}")
        st.metric(texts.of(metric.title), shown(read), label_visibility="collapsed")
        # One text: each element is a burden of its own to the browser, and a page has half a dozen cards.
        st.markdown("  \n".join(filter(None, [standing(read), _muted(comparisons(read)), bases.small(read.scope, metric)])))
        sparkline.draw(read)


def _muted(words: str) -> str:
    return f":small[:gray[{words}]]" if words else ""


def facts(at: Scope, title: str, *names: str, key: str) -> None:
    """Many numbers in little room: one a line, each with its status and its explanation; what they are without, once."""
    asked = [metric(name, at.version) for name in names]
    with st.container(border=True, gap=None, height="stretch", key=f"facts_{key}"):
        st.markdown(f"## {title}")
        bases.line(at, *asked)
        for name, each in zip(names, asked, strict=True):
            read = reading(each, at)
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                st.markdown(f":small[:gray[{texts.of(read.metric.short)}]]", width="stretch")
                word = status.coloured(status.marked(read.status), read.status)
                st.markdown(f":small[{word}] **{shown(read)}**", text_alignment="right")
                explain.popover(read.metric, at, read.metric.rows(at), key=f"{key}_{name}")


def shown(read: Reading) -> str:
    """The number with its unit; 人数过少 where it would be of a handful of people."""
    return _("人数过少") if read.is_too_few else texts.amount(read.value, read.metric)


def standing(read: Reading) -> str:
    """▼ 未达标 · 标准 18, as markdown; what the number is where no standard applies."""
    if read.status == "none":
        period = until_data(read.scope)
        when = texts.month(period.last) if read.metric.over_time == "latest" else texts.period(period)
        return f":small[:gray[{when}]]"
    parts = [status.coloured(f"**{status.marked(read.status)}**", read.status)]
    if read.standard:
        parts.append(_("标准 {value}").format(value=texts.number(read.standard, 0)))
    return f":small[{' · '.join(parts)}]"


def comparisons(read: Reading) -> str:
    """同比 +0.9 · 环比 +0.1; empty where there is nothing to compare with."""
    parts = []
    if read.year_change is not None:
        parts.append(_("同比 {change}").format(change=texts.change(read.year_change, read.metric)))
    if read.month_change is not None:
        parts.append(_("环比 {change}").format(change=texts.change(read.month_change, read.metric)))
    return " · ".join(parts)
