"""Builds the headline of the requests page: how many were raised and resolved, how soon, and what is still open."""

from __future__ import annotations

from pages.ui.i18n import phrases, texts
from pages.ui.i18n.names import whole_name
from pages.ui.i18n.texts import _
from sql import query
from sql.semantic.metrics import metric
from sql.semantic.periods import Period
from sql.semantic.scope import Scope


def headline(scope: Scope) -> str:
    """Returns how many requests were raised and resolved, how soon they were claimed, and what is open, for how
    long."""
    raised = metric("requests_raised", scope.version)
    raised_count = raised.value(scope)
    subject = whole_name(scope)
    if raised_count is None:
        return phrases.missing(raised, scope, _("{who}还没有诉求数据。").format(who=subject))
    if not raised_count:
        return _("{who}这段时间没有这样的诉求").format(who=subject) + _waiting(scope) + _("。")
    parts = [_("{who}上报 {count} 件诉求").format(who=subject, count=texts.number(raised_count))]
    resolved_share = metric("resolved_within_30_days", scope.version)
    if (share := resolved_share.value(scope)) is None:
        return parts[0] + _waiting(scope) + _("。")
    parts.append(
        _("{cohort}的 {share} 在 30 天内解决").format(
            cohort=phrases.span(resolved_share, scope), share=texts.amount(share, resolved_share)
        )
    )
    claim_hours = metric("median_claim_hours", scope.version)
    if (hours := claim_hours.value(scope)) is None:
        parts.append(_("过半还没有人认领"))
    else:
        parts.append(_("认领时长中位数 {hours}").format(hours=texts.amount(hours, claim_hours)))
    return _("，").join(parts) + _waiting(scope) + _("。")


def until_period_end(scope: Scope) -> Scope:
    """Returns the scope for everything raised by the end of the period: what has waited longest came before it."""
    return scope.with_period(Period(None, scope.period.last))


def _waiting(scope: Scope) -> str:
    """Returns the open requests: ；还有 69 件没有办结，其中 42 件逾期，最久的已等 1,627 天."""
    full_scope = until_period_end(scope)
    count = metric("requests_open", scope.version).value(full_scope)
    if not count:
        return ""
    overdue = metric("requests_overdue", scope.version).value(full_scope)
    longest = query("longest_open", full_scope)["days_open"][0]
    sentence = _("还有 {count} 件没有办结").format(count=texts.number(count))
    if overdue:
        sentence += _("（{count} 件逾期）").format(count=texts.number(overdue))
    sentence += _("，最久的已等 {days} 天").format(days=texts.number(longest))
    return _("；") + (f":orange[{sentence}]" if overdue else sentence)
