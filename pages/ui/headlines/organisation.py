"""Builds the headline of the organisation page: estates with a branch, facilities per household, social
organisations."""

from __future__ import annotations

from pages.ui.i18n import phrases, texts
from pages.ui.i18n.names import whole_name
from pages.ui.i18n.texts import _
from pages.ui.kit.targets import judged, number
from sql.semantic.metrics import metric
from sql.semantic.readings import row_status
from sql.semantic.scope import Scope


def headline(scope: Scope) -> str:
    """Returns estates without a branch, whether facilities suffice, and communities short of social organisations."""
    parts = [part for part in (_estates(scope) or _branches(scope), _facilities(scope), _social_orgs(scope)) if part]
    if not parts:
        no_data = _("{who}还没有组织体系的数据。").format(who=whole_name(scope))
        return phrases.missing(metric("estates", scope.version), scope, no_data)
    return _("{who}：{parts}。").format(who=whole_name(scope), parts=_("；").join(parts))


def _estates(scope: Scope) -> str:
    covered = metric("estates_covered_share", scope.version)
    coverage = covered.rows(scope).row(0, named=True)
    if not coverage["denominator"]:
        return ""
    count = texts.number(coverage["denominator"])
    without_branch = coverage["denominator"] - coverage["numerator"]
    if without_branch:
        verdict = _("{without} 个没有党支部").format(without=texts.number(without_branch))
        return _("{count} 个小区中 {verdict}").format(count=count, verdict=judged(verdict, covered, coverage))
    return _("{count} 个小区 {verdict}").format(count=count, verdict=judged(_("都有党支部"), covered, coverage))


def _branches(scope: Scope) -> str:
    branches = metric("estate_branches", scope.version).value(scope)
    if not branches:
        return ""
    return _("{branches} 个小区（网格）党支部、{households} 户党员中心户").format(
        branches=texts.number(branches), households=texts.number(metric("focal_households", scope.version).value(scope))
    )


def _facilities(scope: Scope) -> str:
    area = metric("facility_area_per_100_households", scope.version)
    row = area.rows(scope).row(0, named=True)
    if row["value"] is None:
        return ""
    text = _("每百户服务设施 {value}").format(value=texts.amount(row["value"], area))
    standard = number(row["standard"], area)
    verdict = {
        "below": _("，:orange[低于标准 {standard}]"),
        "on_target": _("，:green[达到标准 {standard}]"),
        "none": "",
    }[row_status(row, area)]
    return text + verdict.format(standard=standard)


def _social_orgs(scope: Scope) -> str:
    short_count = metric("communities_short_of_social_orgs", scope.version).value(scope)
    if short_count is None:
        return ""
    if short_count:
        return _(":orange[{count} 个社区的社会组织不足]").format(count=texts.number(short_count))
    return _(":green[每个社区的社会组织都达标]")
