"""Builds the headline of the partners page: how many there are, what they resolved, and who is inactive; or one
partner."""

from __future__ import annotations

from typing import Any

from pages.ui.i18n import phrases, texts, values
from pages.ui.i18n.names import whole_name
from pages.ui.i18n.texts import _
from pages.ui.shell import filters
from sql import query
from sql.semantic.metrics import metric
from sql.semantic.readings import clip_period, cumulative_scope, read_metric
from sql.semantic.scope import Scope


def headline(scope: Scope) -> str:
    """Returns what the partners of the scope contribute, or those it is filtered by, or one partner."""
    if partner := filters.selected_value("partner_id"):
        return _partner_headline(scope_of(scope, partner))
    partners = read_metric(metric("partners", scope.version), scope)
    subject = whole_name(scope) + "".join(values.word(name, value) for name, value in scope.where)
    if texts.language() == "en" and scope.where:
        subject = f"{whole_name(scope)}, {texts.join_words([values.word(name, value) for name, value in scope.where])}"
    if partners.value is None:
        return phrases.missing(partners.metric, scope, _("{who}还没有报送合伙人。").format(who=subject))
    count = _("{who}有 {count} 家合伙人") if partners.value else _("{who}没有单独登记的合伙人")
    parts = [
        count.format(who=subject, count=texts.number(partners.value)) + _change(partners.year_change),
        *_resolved_parts(scope),
        *_inactive_parts(scope),
    ]
    return _("；").join(parts) + _("。")


def _change(change: float | None) -> str:
    if not change:
        return ""
    word = _("，比上年多 {count} 家") if change > 0 else _("，:orange[比上年少 {count} 家]")
    return word.format(count=texts.number(abs(change)))


def _resolved_parts(scope: Scope) -> list[str]:
    """Returns what partners resolved, its share of all resolved, and the share of the top three partners."""
    resolved_count = metric("partner_requests_resolved", scope.version).value(scope)
    if resolved_count is None:
        return []
    period_text = texts.period(clip_period(scope))
    if not resolved_count:
        return [_("{when}:orange[没有办结诉求]").format(when=period_text)]
    sentence = _("{when}办结诉求 {count} 件").format(when=period_text, count=texts.number(resolved_count))
    if not scope.where:
        share = metric("partner_resolved_share", scope.version)
        sentence += _("，占全部办结的 {share}").format(share=texts.amount(share.value(scope), share))
    top = metric("top_three_share", scope.version)
    return [sentence + _("，前三名占其中 {share}").format(share=texts.amount(top.value(scope), top))]


def _inactive_parts(scope: Scope) -> list[str]:
    share = metric("partners_quiet_share", scope.version)
    inactive = share.value(scope)
    if inactive is None:
        return []
    if not inactive:
        return [_(":green[近半年没有沉寂的合伙人]")]
    return [_(":orange[{share}的合伙人半年没有动静]").format(share=texts.amount(inactive, share))]


def _partner_headline(scope: Scope) -> str:
    profile = find_partner(scope)
    if profile is None:
        return _("没有这家合伙人。")
    claimed_count, resolved_count, activity_count = (
        texts.number(metric(name, scope.version).value(scope) or 0)
        for name in ("partner_requests_claimed", "partner_requests_resolved", "partner_activities")
    )
    return _("{name}：{when}认领 {claimed} 件、办结 {resolved} 件、组织活动 {activities} 次。").format(
        name=profile["partner_name"],
        when=texts.period(clip_period(scope)),
        claimed=claimed_count,
        resolved=resolved_count,
        activities=activity_count,
    )


def scope_of(scope: Scope, partner: str) -> Scope:
    """Returns the scope for one partner wherever it acts: the same period, without area and other filters."""
    return scope.with_area(None).with_filters(("partner_id", partner))


def find_partner(scope: Scope) -> dict[str, Any] | None:
    """Returns the partner of `scope_of`; None where no partner with that number had joined by the end of the period."""
    rows = query("partner_profile", cumulative_scope(scope))
    return None if rows.is_empty() else rows.row(0, named=True)
