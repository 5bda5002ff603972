"""Draws the views of the alliances page."""

from __future__ import annotations

import streamlit as st

from pages.ui import charts
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, empty_states, standards_list
from pages.ui.kit.tables import tables
from pages.ui.kit.tables.columns import Column
from pages.ui.shell import filters
from sql import metric
from sql.semantic.readings import cumulative_scope
from sql.semantic.scope import Scope


def property_companies(scope: Scope) -> None:
    """Draws party coverage, joint activities and projects of property companies, and the campaigns."""
    if not empty_states.has_tables(scope, "partners"):
        return
    left, right = st.columns([9, 11])
    with left:
        cards.facts(
            scope,
            _("物业企业"),
            "property_companies",
            "property_party_coverage",
            "property_joint_activities",
            "property_companies_with_projects",
            "property_projects_per_year",
            "property_campaigns",
            key="property",
        )
    with right:
        charts.trend(scope, metric("property_joint_activities", scope.version), key="joint_trend")
    tables.listing(
        scope,
        "property_companies_at_month_end",
        _("各物业企业"),
        {
            "company_name": _("物业企业"),
            "area_name": _("服务地区"),
            "has_party_org": _("有党组织"),
            "estates": _("管理小区"),
            "households": Column(_("户数"), decimals=0),
            "estates_old_with_new": _("以新托旧小区"),
            "projects": _("近一年共建项目"),
            "projects_standard": Column(_("每年标准"), decimals=0),
            "meets_standard": _("达到要求"),
        },
        key="companies",
    )
    tables.listing(
        scope,
        "property_campaigns",
        _("专项整治行动"),
        {
            "title": _("行动"),
            "times": _("场次"),
            "first_on": _("首次"),
            "last_on": _("最近一次"),
            "participants": Column(_("参与人次"), decimals=0),
            "communities": _("开展社区"),
        },
        key="campaigns",
    )


def estates(scope: Scope) -> None:
    """Draws estates by management and committee."""
    if not empty_states.has_tables(scope, "estates"):
        return
    filtered_scope = filters.current("management", "committee")
    left, right = st.columns([9, 11])
    with left:
        cards.facts(
            scope,
            _("小区和业主组织"),
            "estates",
            "estates_old_with_new",
            "owners_committees",
            "secretary_chairs",
            "communities",
            key="estates",
        )
    with right:
        charts.heatmap(scope, metric("estates", scope.version), by=("management", "committee"), key="estates_kinds")
    if scope.child_level:
        tables.areas(
            scope,
            "estates",
            "estates_old_with_new",
            "owners_committees",
            "secretary_chairs",
            "communities",
            key="estates_areas",
        )
    tables.listing(
        filtered_scope,
        "estates_at_month_end",
        _("各小区"),
        {
            "estate_name": _("小区"),
            "community_name": _("社区"),
            "households": Column(_("户数"), decimals=0),
            "management": _("管理方式"),
            "company_name": _("物业企业"),
            "committee": _("业主组织"),
            "secretary_is_chair": _("一肩挑"),
            "has_branch": _("有党支部"),
        },
        key="estates_listed",
    )


def shops(scope: Scope) -> None:
    """Draws zones with their heads, volunteers, shops and requests; duties and clearances."""
    if not empty_states.has_tables(scope, "shop_zones"):
        return
    left, right = st.columns([9, 11])
    with left:
        cards.facts(
            scope,
            _("商铺联盟"),
            "shop_zones",
            "zone_heads",
            "shop_volunteers",
            "zone_shops",
            "shops_per_zone",
            "shop_zones_without_heads",
            "shop_zones_without_volunteers",
            "shop_requests_open",
            "shop_requests_without_zone",
            "model_shops",
            "outstanding_volunteers",
            "shop_volunteer_duties",
            "shop_clearances",
            key="shops",
        )
        cards.facts(cumulative_scope(scope), _("有记录以来"), "shop_requests", "shop_resolution_rate", key="shops_ever")
    with right:
        charts.trend(scope, metric("shop_requests", scope.version), key="shop_trend")
        if scope.child_level:
            charts.ranking(scope, metric("shop_requests_resolved_within_30_days", scope.version), key="shop_ranking")
    tables.listing(
        scope,
        "shop_zones_at_month_end",
        _("各商铺片区"),
        {
            "zone_name": _("片区"),
            "community_name": _("社区"),
            "has_head": _("有片区长"),
            "volunteers": _("联铺志愿者"),
            "shops": _("商铺"),
            "raised": _("收集诉求"),
            "resolved": _("已解决"),
            "not_closed": _("未办结"),
        },
        key="zones",
    )
    duties, results = st.columns(2)
    with duties:
        standards_list.listing(scope, "duty_list", _("联铺志愿者职责"), key="shop_duties", group="shop_volunteer")
    with results:
        standards_list.listing(scope, "result_list", _("商铺联盟“清”的承诺"), key="shop_results", group="shop_alliance")
