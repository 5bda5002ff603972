"""Says how a number's last month lies within normal variation, and whether its standard will be met reliably."""

from __future__ import annotations

import polars as pl

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from sql.semantic.metrics import Metric
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.stats.assurance import Signal, assurance, variation
from sql.stats.signals import control_limits


def monthly_scope(scope: Scope) -> Scope:
    """Returns the scope of all months of the calendar up to the period's end, by which a month is judged."""
    version = scope.version
    return scope.with_period(Period(version.first_month, min(scope.period.last, version.data_month)))


def monthly_limits(scope: Scope, metric: Metric) -> pl.DataFrame:
    """Returns the metric's months up to the period's end with their control limits."""
    return control_limits(metric.trend_rows(monthly_scope(scope)), metric)


def card_line(scope: Scope, metric: Metric) -> str:
    """Returns variation and assurance for a card: ≈ 6月如常 · ◐ 时达时不达.

    Empty where there are no limits, and for a metric without a preferred direction, such as a count of residents: it is
    there for reference.
    """
    if metric.direction == "none":
        return ""
    limits = monthly_limits(scope, metric)
    return " · ".join(filter(None, (_variation_label(limits, metric), assurance_label(limits, metric))))


def _variation_label(limits: pl.DataFrame, metric: Metric) -> str:
    words = {
        "usual": _("≈ {month}如常"),
        "better": _("◇ {month}好于往常"),
        "worse": _("◇ {month}差于往常"),
        "higher": _("◇ {month}高于往常"),
        "lower": _("◇ {month}低于往常"),
        "none": "",
    }
    # A level is judged by its change: a month may be the highest ever, and have grown less than usual.
    words_of_change = {
        "better": _("◇ {month}变化好于往常"),
        "worse": _("◇ {month}变化差于往常"),
        "higher": _("◇ {month}变化高于往常"),
        "lower": _("◇ {month}变化低于往常"),
    }
    verdict = variation(limits, metric)
    if verdict == "none":
        return ""
    template = (words | words_of_change if metric.aggregation == "latest" else words)[verdict]
    return template.format(month=texts.month_name(_last_judged(limits)["month"]))


def assurance_label(limits: pl.DataFrame, metric: Metric) -> str:
    """Returns a symbol and a word that say whether the standard will be met; empty without a standard or limits."""
    return {"reliably": _("✓ 稳定达标"), "chance": _("◐ 时达时不达"), "not": _("✗ 难以达标"), "none": ""}[
        assurance(limits, metric)
    ]


def signal_in_words(signal: Signal, metric: Metric) -> str:
    """Returns a signal as a headline says it: 2026年6月高于通常起伏."""
    month = texts.month(signal.month)
    if signal.months_in_row:
        template = (
            _("到{month}连续 {count} 个月高于通常水平")
            if signal.is_above
            else _("到{month}连续 {count} 个月低于通常水平")
        )
        return template.format(month=month, count=signal.months_in_row)
    if metric.aggregation == "latest":
        template = _("{month}变化高于通常起伏") if signal.is_above else _("{month}变化低于通常起伏")
    else:
        template = _("{month}高于通常起伏") if signal.is_above else _("{month}低于通常起伏")
    return template.format(month=month)


def explanation(limits: pl.DataFrame, metric: Metric) -> list[str]:
    """Returns both judgements with their numbers, as ⓘ explains them; empty where there are no limits."""
    if variation(limits, metric) == "none":
        return []
    last = _last_judged(limits)
    lower, upper = texts.number(last["lower"], metric.decimals), texts.amount(last["upper"], metric)
    lines = [
        _("**起伏** {label}：{value}，通常的起伏为 {lower}–{upper}（XmR 控制限）。").format(
            label=_variation_label(limits, metric), value=texts.amount(last["value"], metric), lower=lower, upper=upper
        )
    ]
    meaning = {
        "reliably": _("照目前水平，通常的起伏都达到标准 {standard}。"),
        "chance": _("标准 {standard} 在通常的起伏之内，哪个月达标、哪个月不达标属偶然。"),
        "not": _("照目前水平，通常的起伏都达不到标准 {standard}；要有实际改变才能达标。"),
        "none": "",
    }[assurance(limits, metric)]
    if meaning:
        standard = texts.number(last["standard"], 0 if last["standard"].is_integer() else metric.decimals)
        lines.append(
            _("**能否达标** {label}：{meaning}").format(
                label=assurance_label(limits, metric), meaning=meaning.format(standard=standard)
            )
        )
    return lines


def _last_judged(limits: pl.DataFrame) -> dict:
    return limits.drop_nulls("centre").row(-1, named=True)
