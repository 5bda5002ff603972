"""Draws numbers: a row of cards, each with status and changes, or a dense list. Each has an explanation."""

from __future__ import annotations

import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.kit import compare, completeness, html_widgets, sparkline, status
from pages.ui.kit.html_widgets import KeyFigure
from pages.ui.kit.panels import captured_panels, explanations
from pages.ui.kit.targets import Targets
from sql.semantic.metrics import metric
from sql.semantic.periods import add_months
from sql.semantic.readings import Reading, clip_period, read_metric
from sql.semantic.scope import Scope


def row(scope: Scope, *names: str) -> None:
    """Draws one card per metric, side by side where there is room, and below them the comparison if there is one."""
    metrics = [metric(name, scope.version) for name in names]
    readings = [read_metric(each, scope) for each in metrics]
    captured_panels.add_numbers("cards", "", readings)
    html_widgets.cards(map(_card, readings))
    compare.panel(scope, metrics)


def _card(reading: Reading) -> KeyFigure:
    """Returns a card: value, standard, status, 同比 and 环比, missing districts, and a line of the last 24 months."""
    metric = reading.metric
    return KeyFigure(
        metric.name,
        texts.of(metric.short_title),
        format_reading(reading),
        explanations.metric(metric, reading.scope, key=f"card_{metric.name}"),
        status.label(reading.status),
        reading.status,
        _reference(reading),
        comparisons(reading),
        completeness.note(reading.scope, metric),
        sparkline.build(reading),
    )


def facts(scope: Scope, title: str, *names: str, key: str) -> None:
    """Draws many numbers compactly: one per line with status and explanation; missing districts are noted once."""
    metrics = [metric(name, scope.version) for name in names]
    with st.container(border=True, gap=None, height="stretch", key=f"facts_{key}"):
        st.markdown(texts.paragraphs(f"## {texts.headline_markdown(title)}", completeness.small_note(scope, *metrics)))
        readings = [read_metric(each, scope) for each in metrics]
        captured_panels.add_numbers(key, title, readings)
        html_widgets.facts([_fact(each, f"{key}_{each.metric.name}") for each in readings])


def _fact(reading: Reading, key: str) -> KeyFigure:
    metric = reading.metric
    return KeyFigure(
        metric.name,
        texts.of(metric.short_title),
        format_reading(reading),
        explanations.metric(metric, reading.scope, key=key),
        status.label(reading.status),
        reading.status,
    )


def format_reading(reading: Reading) -> str:
    """Returns the number with its unit; 人数过少 where it would describe too few people."""
    return _("人数过少") if reading.is_suppressed else texts.amount(reading.value, reading.metric)


def _reference(reading: Reading) -> str:
    """Returns what the number is held against (标准 18) to show beside the status; the period where nothing applies."""
    if reading.status == "none" and reading.value is None:
        return _("没有执行的标准")
    if reading.status == "none" and reading.recommended is None:
        period = clip_period(reading.scope)
        return texts.month(period.last) if reading.metric.aggregation == "latest" else texts.period(period)
    return Targets.of_reading(reading).text()


def comparisons(reading: Reading) -> str:
    """Returns the changes: 同比 +0.9 · 环比 +0.1, or +0.9 on last year · +0.1 on May; empty without a comparison."""
    parts = []
    if reading.year_change is not None:
        parts.append(
            _("同比 {change}").format(change=texts.change_on(reading.year_change, reading.metric, "last year"))
        )
    if reading.month_change is not None:
        before = texts.month_name(add_months(clip_period(reading.scope).last, -1))
        parts.append(_("环比 {change}").format(change=texts.change_on(reading.month_change, reading.metric, before)))
    return " · ".join(parts)
