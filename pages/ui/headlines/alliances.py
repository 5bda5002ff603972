"""Builds the headline of the alliances page: property companies' party organisations and projects, zones'
volunteers."""

from __future__ import annotations

from pages.ui.i18n import phrases, texts
from pages.ui.i18n.names import whole_name
from pages.ui.i18n.texts import _
from pages.ui.kit.targets import judged
from sql.semantic.metrics import metric
from sql.semantic.scope import Scope


def headline(scope: Scope) -> str:
    """Returns what property companies and shop zones do, and what they still lack."""
    parts = [part for part in (_companies(scope), _zones(scope)) if part]
    if not parts:
        no_data = _("{who}还没有物业和商铺的数据。").format(who=whole_name(scope))
        return phrases.missing(metric("shop_zones", scope.version), scope, no_data)
    return _("{who}：{parts}。").format(who=whole_name(scope), parts=_("；").join(parts))


def _companies(scope: Scope) -> str:
    covered = metric("property_party_coverage", scope.version)
    coverage = covered.rows(scope).row(0, named=True)
    if not coverage["denominator"]:
        return ""
    sentence = _("{count} 家物业企业").format(count=texts.number(coverage["denominator"]))
    without_party = coverage["denominator"] - coverage["numerator"]
    if without_party:
        verdict = _("{count} 家没有党组织").format(count=texts.number(without_party))
        sentence += _("中 {verdict}").format(verdict=judged(verdict, covered, coverage))
    else:
        sentence += _("，{verdict}").format(verdict=judged(_("全部建有党组织"), covered, coverage))
    projects = metric("property_companies_with_projects", scope.version).rows(scope).row(0, named=True)
    if projects["value"] is None:
        return sentence
    idle_count = projects["denominator"] - projects["numerator"]
    if idle_count:
        return sentence + _("，:orange[{count} 家近一年没有达到共建要求]").format(count=texts.number(idle_count))
    return sentence + _("，:green[近一年都达到共建要求]")


def _zones(scope: Scope) -> str:
    zones = metric("shop_zones", scope.version).value(scope)
    if not zones:
        return ""
    text = _("{count} 个商铺片区").format(count=texts.number(zones))
    if raised := metric("shop_requests", scope.version).value(scope):
        text += _("收集诉求 {raised} 件").format(raised=texts.number(raised))
    resolved_share = metric("shop_requests_resolved_within_30_days", scope.version)
    if (share := resolved_share.value(scope)) is not None:
        text += _("，{cohort}的 {share} 在 30 天内解决").format(
            cohort=phrases.span(resolved_share, scope), share=texts.amount(share, resolved_share)
        )
    without_volunteers = metric("shop_zones_without_volunteers", scope.version)
    lacking = without_volunteers.rows(scope).row(0, named=True)
    if lacking["value"]:
        verdict = _("{count} 个片区没有联铺志愿者").format(count=texts.number(lacking["value"]))
        text += _("，{verdict}").format(verdict=judged(verdict, without_volunteers, lacking))
    return text
