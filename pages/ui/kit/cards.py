"""Draws numbers: a row of cards, each with status and changes, or a dense list. Each has an explanation."""

from __future__ import annotations

import streamlit as st

from pages.ui.i18n import phrases, texts
from pages.ui.i18n.texts import _
from pages.ui.kit import compare, completeness, html_widgets, sparkline, status, variation
from pages.ui.kit.html_widgets import KeyFigure
from pages.ui.kit.panels import captured_panels, explanations
from pages.ui.kit.targets import Targets
from sql.semantic.metrics import metric
from sql.semantic.readings import Reading, read_metric
from sql.semantic.scope import Scope


def row(scope: Scope, *names: str) -> None:
    """Draws one card per metric, side by side where there is room, and below them the comparison if there is one."""
    metrics = [metric(name, scope.version) for name in names]
    readings = [read_metric(each, scope) for each in metrics]
    captured_panels.add_numbers("cards", "", readings)
    html_widgets.cards(map(_card, readings))
    compare.panel(scope, metrics)


def _card(reading: Reading) -> KeyFigure:
    """Returns a card: value, standard, status, 同比 and 环比, variation and assurance, missing districts, and a line of
    the last 24 months."""
    metric = reading.metric
    return KeyFigure(
        metric.name,
        texts.of(metric.short_title),
        format_reading(reading),
        explanations.metric(metric, reading.scope, key=f"card_{metric.name}"),
        _status_text(reading),
        reading.status,
        _reference(reading),
        comparisons(reading),
        variation.card_line(reading.scope, metric),
        completeness.held_note(reading.scope, metric),
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
        _status_text(reading),
        reading.status,
    )


def format_reading(reading: Reading) -> str:
    """Returns the number with its unit; 人数过少 where it would describe too few people."""
    return _("人数过少") if reading.is_suppressed else texts.amount(reading.value, reading.metric)


def _status_text(reading: Reading) -> str:
    """Returns the status as symbol and word: ▼ 未达标, or ○ 都未满 30 天 where no month can be judged yet."""
    if reading.is_unripe:
        return f"{status.SYMBOLS[reading.status]} {phrases.span(reading.metric, reading.scope)}"
    return status.label(reading.status)


def _reference(reading: Reading) -> str:
    """Returns what the number is held against (标准 18) to show beside the status; the period where nothing applies."""
    if reading.is_unripe:
        return ""
    if reading.last_good:
        return _("上次 {value}（{date}）").format(
            value=texts.amount(reading.last_good.value, reading.metric), date=reading.last_good.data_date
        )
    if reading.status == "none" and reading.value is None:
        return _("没有执行的标准")
    if reading.metric.is_ripe_only or (reading.status == "none" and reading.recommended is None):
        return phrases.span(reading.metric, reading.scope)
    return Targets.of_reading(reading).text()


def comparisons(reading: Reading) -> str:
    """Returns the changes: 同比 +0.9 · 环比 +0.1, or +0.9 on last year · +0.1 on May; empty without a comparison.

    The second compares with the span before of the same length: +3 on prior 6 months.
    """
    parts = []
    if reading.year_change is not None:
        parts.append(
            _("同比 {change}").format(change=texts.change_on(reading.year_change, reading.metric, "last year"))
        )
    if reading.previous_change is not None and reading.previous is not None:
        months = 1 if reading.metric.aggregation == "latest" else reading.previous.months or 1
        before = texts.month_name(reading.previous.last) if months == 1 else f"prior {months} months"
        change = texts.change_on(reading.previous_change, reading.metric, before)
        parts.append(_("环比 {change}").format(change=change))
    return " · ".join(parts)
