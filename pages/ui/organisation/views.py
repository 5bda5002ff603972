"""Draws the views of the organisation page."""

from __future__ import annotations

import streamlit as st

from pages.ui import charts
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, empty_states, standards_list
from pages.ui.kit.tables import tables
from pages.ui.kit.tables.columns import Column
from pages.ui.organisation import tree
from pages.ui.shell import filters
from sql import metric
from sql.semantic.scope import Scope


def tiers(scope: Scope) -> None:
    """Draws the five tiers as a tree, and every branch."""
    if not empty_states.has_tables(scope, "party_orgs"):
        return
    left, right = st.columns([9, 11])
    with left:
        cards.facts(
            scope,
            _("五级组织"),
            "organisation_tiers",
            "communities",
            "estate_branches",
            "building_groups",
            "focal_households",
            "part_time_members",
            key="tiers",
        )
    with right:
        charts.bars(scope, metric("party_organisations", scope.version), by="kind", key="organisations")
    tree.panel(scope, key="tree")
    tables.listing(
        scope,
        "branches_at_month_end",
        _("各党支部"),
        {
            "org_name": _("党支部"),
            "community_name": _("社区"),
            "building_groups": _("楼栋党小组"),
            "estates": _("覆盖小区"),
            "households": Column(_("户数"), decimals=0),
            "set_up_on": _("成立日期"),
        },
        key="branches",
    )


def estates(scope: Scope) -> None:
    """Draws the estates with a branch, and those that the network does not reach."""
    if not empty_states.has_tables(scope, "estates"):
        return
    left, right = st.columns([9, 11])
    with left:
        cards.facts(
            scope,
            _("小区覆盖"),
            "estates",
            "estates_covered",
            "estates_covered_share",
            "estates_without_branch",
            key="reach",
        )
    with right:
        if scope.child_level:
            charts.ranking(
                scope,
                metric("estates_covered_share", scope.version),
                key="reach_ranking",
                gap_metric=metric("estates_without_branch", scope.version),
            )
        else:
            charts.trend(scope, metric("estates_covered_share", scope.version), key="reach_trend")
    tables.listing(
        scope,
        "estates_out_of_reach",
        _("没有党支部或没有德邻管家的小区"),
        {
            "estate_name": _("小区"),
            "community_name": _("社区"),
            "households": Column(_("户数"), decimals=0),
            "management": _("管理方式"),
            "has_branch": _("有党支部"),
            "stewards": _("德邻管家"),
            "building_leaders": _("楼栋长、单元长"),
        },
        key="out_of_reach",
    )


def people(scope: Scope) -> None:
    """Draws the people who carry the network into the buildings, by role; the stewards' duties; joint matters."""
    if not empty_states.has_tables(scope, "partner_posts"):
        return
    left, right = st.columns([9, 11])
    with left:
        cards.facts(
            scope,
            _("骨干力量"),
            "part_time_members",
            "stewards",
            "mediators",
            "delivery_patrols",
            "delivery_companies",
            "focal_households",
            "reporting_members",
            "zone_heads",
            "shop_volunteers",
            "joint_matters",
            "steward_duties",
            key="people",
        )
    with right:
        charts.bars(scope, metric("post_holders", scope.version), by="role", key="roles")
    duties, matters = st.columns([11, 9])
    with duties:
        standards_list.listing(scope, "duty_list", _("德邻管家职责"), key="steward_duties", group="steward")
    with matters:
        charts.trend(scope, metric("joint_matters", scope.version), key="matters_trend")
    if scope.child_level:
        tables.areas(
            scope,
            "stewards",
            "part_time_members",
            "mediators",
            "delivery_patrols",
            "focal_households",
            "joint_matters",
            key="people_areas",
        )


def places(scope: Scope) -> None:
    """Draws venues by kind, their area per household, and their last inspection."""
    if not empty_states.has_tables(scope, "places"):
        return
    filtered_scope = filters.current("kind")
    left, right = st.columns([9, 11])
    with left:
        cards.facts(
            scope,
            _("阵地"),
            "places",
            "service_stations",
            "discussion_places",
            "rider_stations",
            "lei_feng_stations",
            "premises_inspected",
            "facility_area_per_100_households",
            key="places",
        )
    with right:
        charts.bars(scope, metric("places", scope.version), by="kind", key="place_kinds")
    if scope.child_level:
        charts.ranking(scope, metric("facility_area_per_100_households", scope.version), key="facility_ranking")
    tables.listing(
        filtered_scope,
        "places_at_month_end",
        _("各阵地"),
        {
            "place_name": _("阵地"),
            "kind": _("类型"),
            "community_name": _("社区"),
            "area_m2": Column(_("面积（m²）"), decimals=0),
            "opened_on": _("启用日期"),
            "inspected_on": _("督导检查"),
        },
        key="places_listed",
    )


def societies(scope: Scope) -> None:
    """Draws communities' social organisations against the standard, those with the fewest first."""
    if not empty_states.has_tables(scope, "partners"):
        return
    left, right = st.columns([9, 11])
    with left:
        cards.facts(
            scope,
            _("社会组织"),
            "social_orgs",
            "social_orgs_per_community",
            "communities_short_of_social_orgs",
            "social_org_members",
            "social_org_federations",
            key="societies",
        )
    with right:
        charts.trend(scope, metric("social_orgs", scope.version), key="societies_trend")
    if scope.child_level:
        charts.ranking(scope, metric("social_orgs_per_community", scope.version), key="societies_ranking")
        tables.areas(
            scope,
            "social_orgs_per_community",
            "communities",
            "communities_short_of_social_orgs",
            "social_orgs",
            "social_org_members",
            key="societies_areas",
        )
    tables.listing(
        scope,
        "social_orgs_by_community",
        _("各社区的社会组织"),
        {
            "community_name": _("社区"),
            "street_name": _("街道乡镇"),
            "social_orgs": _("社会组织"),
            "social_orgs_standard": Column(_("标准"), decimals=0),
            "missing": _("还差"),
            "members": Column(_("成员"), decimals=0),
            "meets_standard": _("达标"),
        },
        key="societies_listed",
    )
