"""Builds the headline of the points page: active accounts, points earned and redeemed, and the share of households."""

from __future__ import annotations

from pages.ui.i18n import texts
from pages.ui.i18n.names import whole_name
from pages.ui.i18n.texts import _
from sql.semantic.metrics import metric
from sql.semantic.readings import clip_period, read_metric
from sql.semantic.scope import Scope


def headline(scope: Scope) -> str:
    """Returns the number of accounts with an entry, the change on a year before, the share redeemed, and the ratio to
    households."""
    active = read_metric(metric("active_accounts", scope.version), scope)
    subject = whole_name(scope)
    if active.value is None:
        return _("{who}没有这个时期的积分数据。").format(who=subject)
    period_text = texts.period(clip_period(scope))
    # With rounded counts, 0 may stand for a few.
    if not active.value and not metric("points_earned", scope.version).value(scope):
        return _("{who}{when}:orange[没有积分收支]。").format(who=subject, when=period_text)
    parts = [
        _("{who}{when}有 {count} 个账户获得或兑换积分").format(
            who=subject, when=period_text, count=texts.number(active.value)
        )
    ]
    if active.year_change:
        change = texts.number(abs(active.year_change))
        more_template, fewer_template = _(":green[比上年同期多 {count} 个]"), _(":orange[比上年同期少 {count} 个]")
        parts.append((more_template if active.year_change > 0 else fewer_template).format(count=change))
    share = metric("redemption_share", scope.version)
    if (redeemed_share := share.value(scope)) is not None:
        parts.append(_("兑换了所得的 {share}").format(share=texts.amount(redeemed_share, share)))
    households = metric("accounts_to_households", scope.version)
    if (ratio := households.value(scope)) is not None:
        parts.append(_("近一年活跃账户为户数的 {share}").format(share=texts.amount(ratio, households)))
    return _("，").join(parts) + _("。")
