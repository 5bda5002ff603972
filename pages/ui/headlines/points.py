"""Whether residents take part: accounts with an entry, what they earned and redeemed, and how many households that
is."""

from __future__ import annotations

from pages.ui.i18n import texts
from pages.ui.i18n.names import whole_name
from pages.ui.i18n.texts import _
from sql.semantic.metrics import metric
from sql.semantic.readings import clip_period, read_metric
from sql.semantic.scope import Scope


def headline(scope: Scope) -> str:
    """How many accounts had an entry, more or fewer than a year before, what they redeemed, and of how many
    households."""
    active = read_metric(metric("active_accounts", scope.version), scope)
    who = whole_name(scope)
    if active.value is None:
        return _("{who}没有这个时期的积分数据。").format(who=who)
    when = texts.period(clip_period(scope))
    # Where counts are rounded, none may be a few.
    if not active.value and not metric("points_earned", scope.version).value(scope):
        return _("{who}{when}:orange[没有积分收支]。").format(who=who, when=when)
    parts = [
        _("{who}{when}有 {count} 个账户获得或兑换积分").format(who=who, when=when, count=texts.number(active.value))
    ]
    if active.year_change:
        change = texts.number(abs(active.year_change))
        more, fewer = _(":green[比上年同期多 {count} 个]"), _(":orange[比上年同期少 {count} 个]")
        parts.append((more if active.year_change > 0 else fewer).format(count=change))
    share = metric("redemption_share", scope.version)
    if (redeemed := share.value(scope)) is not None:
        parts.append(_("兑换了所得的 {share}").format(share=texts.amount(redeemed, share)))
    households = metric("accounts_to_households", scope.version)
    if (ratio := households.value(scope)) is not None:
        parts.append(_("近一年活跃账户为户数的 {share}").format(share=texts.amount(ratio, households)))
    return _("，").join(parts) + _("。")
