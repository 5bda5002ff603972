"""Builds the headlines of the workforce page: how many workers, how young, educated and certified, joiners and
leavers."""

from __future__ import annotations

from pages.ui.i18n import phrases, texts, values
from pages.ui.i18n.names import whole_name
from pages.ui.i18n.texts import _
from sql import query
from sql.security.disclosure import MIN_PEOPLE
from sql.semantic.metrics import metric, reporting_areas
from sql.semantic.readings import Reading, clip_period, read_metric
from sql.semantic.scope import Scope

# Turnover covers the year that ends with the period: recruitment comes in one to three rounds a year.
_MONTHS = 12


def headline(scope: Scope) -> str:
    """Returns the number of workers, the shares that describe them, and the last year's joiners and leavers."""
    subject = whole_name(scope)
    counted = metric("workers", scope.version)
    workers = counted.value(scope)
    if workers is None:
        is_sent = scope.area_code in reporting_areas(scope.version, "workers")
        no_data = _("{who}这个时期没有名册数据。") if is_sent else _("{who}还没有社区工作者名册。")
        return phrases.missing(counted, scope, no_data.format(who=subject))
    filter_text = texts.join_words([values.word(name, value) for name, value in scope.where])
    sentence = _("{who}有 {count} 名社区工作者").format(who=subject, count=texts.number(workers))
    parts = [sentence + (_("（{chosen}）").format(chosen=filter_text) if filter_text else "")]
    if shares := _shares(scope):
        parts.append(shares)
    if movement := _movement(scope):
        parts.append(movement)
    return _("；").join(parts) + _("。")


def _shares(scope: Scope) -> str:
    """Returns 40 岁及以下占 40.1%，大专及以上占 91.2%，持证 64.2%, the last with its change in a year.

    Returns an empty text for too few people.
    """
    young, college, certified = (
        read_metric(metric(name, scope.version), scope)
        for name in ("workers_40_or_under_share", "workers_college_share", "certified_share")
    )
    parts = [
        text.format(share=texts.amount(reading.value, reading.metric))
        for text, reading in (
            (_("40 岁及以下占 {share}"), young),
            (_("大专及以上占 {share}"), college),
            (_("持证 {share}"), certified),
        )
        if reading.value is not None
    ]
    return _("，").join(parts) + _change(certified)


def _change(reading: Reading) -> str:
    """Returns （一年来 +3.2 个百分点）, green for a rise and orange for a fall; empty without a comparison."""
    if reading.value is None or not reading.year_change or not round(reading.year_change, reading.metric.decimals):
        return ""
    change_text = _("（一年来 {change} 个百分点）").format(change=texts.change(reading.year_change, reading.metric))
    return f":green[{change_text}]" if reading.year_change > 0 else f":orange[{change_text}]"


def _movement(scope: Scope) -> str:
    """Returns 近 12 个月入职 60 人、离职 85 人, orange where more left than joined; empty where nobody did."""
    joiners, leavers, net = (
        metric(name, scope.version).value(scope.with_period(clip_period(scope).last_months(_MONTHS)))
        for name in ("worker_joiners", "worker_leavers", "worker_net_change")
    )
    if not joiners and not leavers:
        return ""
    sentence = _("近 12 个月入职 {joined} 人、离职 {left} 人").format(
        joined=texts.number(joiners), left=texts.number(leavers)
    )
    if net is not None and net < 0:
        return sentence + _("，:orange[净减 {count} 人]").format(count=texts.number(-net))
    return sentence


def turnover(scope: Scope) -> str:
    """Returns the share of the workforce that left in the last 12 months."""
    rows = query("worker_turnover", scope.with_period(clip_period(scope).last_months(_MONTHS)))
    percent = None if rows.is_empty() else rows["turnover_percent"][0]
    if percent is None or rows["average_on_post"][0] < MIN_PEOPLE:
        return ""
    return _("近 12 个月离职者占月均在岗的 {percent}%").format(percent=texts.number(percent, 1))
