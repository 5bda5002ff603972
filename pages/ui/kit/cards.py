"""Numbers: a row of cards, each with how it stands and which way it goes, or a dense list; each explains itself."""

from __future__ import annotations

import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.kit import captured_panels, compare, completeness, explanations, html_widgets, sparkline, status
from pages.ui.kit.html_widgets import KeyFigure
from sql.semantic.metrics import metric
from sql.semantic.periods import add_months
from sql.semantic.readings import Reading, clip_period, read_metric
from sql.semantic.scope import Scope


def row(scope: Scope, *names: str) -> None:
    """One card for each metric, side by side where there is room, and beneath them what they are compared with."""
    asked = [metric(name, scope.version) for name in names]
    read = [read_metric(each, scope) for each in asked]
    captured_panels.add_numbers("cards", "", read)
    html_widgets.cards(map(_card, read))
    compare.panel(scope, asked)


def _card(read: Reading) -> KeyFigure:
    """The number, its standard and status, 同比 and 环比, what it is without, and the last 24 months as a line."""
    metric = read.metric
    return KeyFigure(
        metric.name,
        texts.of(metric.short_title),
        format_reading(read),
        explanations.metric(metric, read.scope, key=f"card_{metric.name}"),
        status.label(read.status),
        read.status,
        _rest(read),
        comparisons(read),
        completeness.note(read.scope, metric),
        sparkline.build(read),
    )


def facts(scope: Scope, title: str, *names: str, key: str) -> None:
    """Many numbers in little room: one a line, each with its status and its explanation; what they are without,
    once."""
    asked = [metric(name, scope.version) for name in names]
    with st.container(border=True, gap=None, height="stretch", key=f"facts_{key}"):
        st.markdown(texts.paragraphs(f"## {texts.headline_markdown(title)}", completeness.small_note(scope, *asked)))
        read = [read_metric(each, scope) for each in asked]
        captured_panels.add_numbers(key, title, read)
        html_widgets.facts([_fact(each, f"{key}_{each.metric.name}") for each in read])


def _fact(read: Reading, key: str) -> KeyFigure:
    metric = read.metric
    return KeyFigure(
        metric.name,
        texts.of(metric.short_title),
        format_reading(read),
        explanations.metric(metric, read.scope, key=key),
        status.label(read.status),
        read.status,
    )


def format_reading(read: Reading) -> str:
    """The number with its unit; 人数过少 where it would be of a handful of people."""
    return _("人数过少") if read.is_suppressed else texts.amount(read.value, read.metric)


def _rest(read: Reading) -> str:
    """标准 18 beside how it stands; what the number is of where no standard applies."""
    if read.status == "none":
        period = clip_period(read.scope)
        return texts.month(period.last) if read.metric.aggregation == "latest" else texts.period(period)
    return _("标准 {value}").format(value=texts.number(read.standard, 0)) if read.standard else ""


def comparisons(read: Reading) -> str:
    """同比 +0.9 · 环比 +0.1, or +0.9 on last year · +0.1 on May; empty where there is nothing to compare with."""
    parts = []
    if read.year_change is not None:
        parts.append(_("同比 {change}").format(change=texts.change_on(read.year_change, read.metric, "last year")))
    if read.month_change is not None:
        before = texts.month_name(add_months(clip_period(read.scope).last, -1))
        parts.append(_("环比 {change}").format(change=texts.change_on(read.month_change, read.metric, before)))
    return " · ".join(parts)
