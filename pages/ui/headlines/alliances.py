"""Whether property companies have their party organisation and joint projects, and shop zones their volunteers."""

from __future__ import annotations

from pages.ui.i18n import texts
from pages.ui.i18n.names import whole_name
from pages.ui.i18n.texts import _
from sql.semantic.metrics import metric
from sql.semantic.scope import Scope


def headline(scope: Scope) -> str:
    """What property companies and shop zones do, and what they still lack."""
    parts = [part for part in (_companies(scope), _zones(scope)) if part]
    if not parts:
        return _("{who}还没有物业和商铺的数据。").format(who=whole_name(scope))
    return _("{who}：{parts}。").format(who=whole_name(scope), parts=_("；").join(parts))


def _companies(scope: Scope) -> str:
    covered = metric("property_party_coverage", scope.version).rows(scope).row(0, named=True)
    if not covered["denominator"]:
        return ""
    start = _("{count} 家物业企业").format(count=texts.number(covered["denominator"]))
    without = covered["denominator"] - covered["numerator"]
    if without:
        start += _("中 :orange[{count} 家没有党组织]").format(count=texts.number(without))
    else:
        start += _(":green[全部建有党组织]")
    projects = metric("property_companies_with_projects", scope.version).rows(scope).row(0, named=True)
    if projects["value"] is None:
        return start
    idle = projects["denominator"] - projects["numerator"]
    if idle:
        return start + _("，:orange[{count} 家近一年没有达到共建要求]").format(count=texts.number(idle))
    return start + _("，:green[近一年都达到共建要求]")


def _zones(scope: Scope) -> str:
    zones = metric("shop_zones", scope.version).value(scope)
    if not zones:
        return ""
    rate = metric("shop_resolution_rate", scope.version)
    resolved = rate.rows(scope).row(0, named=True)
    text = _("{count} 个商铺片区").format(count=texts.number(zones))
    if resolved["value"] is not None:
        text += _("收集诉求 {raised} 件，解决 {rate}").format(
            raised=texts.number(resolved["denominator"]), rate=texts.amount(resolved["value"], rate)
        )
    if without := metric("shop_zones_without_volunteers", scope.version).value(scope):
        text += _("，:orange[{count} 个片区没有联铺志愿者]").format(count=texts.number(without))
    return text
