"""Draws the views of the partners page."""

from __future__ import annotations

import streamlit as st

from pages.ui import charts
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, empty_states, standards_list
from pages.ui.kit.tables import tables
from pages.ui.partners import charts as partners_charts
from pages.ui.partners import lists
from sql import metric
from sql.semantic.readings import cumulative_scope
from sql.semantic.scope import Scope


def makeup(scope: Scope) -> None:
    """Draws the partners by kind, sector and area."""
    everyone = scope.with_filters()
    partners = metric("partners", scope.version)
    left, right = st.columns([11, 9])
    with left:
        charts.bars(scope, partners, by="partner_kind", key="partners_kinds")
    with right:
        charts.bars(scope, partners, by="partner_sector", key="partners_sectors")
        charts.bars(scope, partners, by="registered_at", key="partners_registered")
    left, right = st.columns([11, 9])
    with left:
        charts.trend(scope, partners, key="partners_trend")
    with right:
        cards.facts(
            everyone,
            _("各类合伙人"),
            "partner_sectors",
            "partner_departments",
            "reporting_units",
            "partner_associations",
            "talent_studios",
            "delivery_companies",
            "partner_members",
            key="partner_facts",
        )
    if scope.child_level:
        tables.areas(
            scope,
            "partners",
            "partners_joined",
            "partners_left",
            "partner_requests_resolved",
            "partner_activities",
            "partners_quiet_share",
            key="partners_table",
        )
        st.caption(_("在县区或街道登记的合伙人计入该县区或街道（县级直接联系），不分到下级，下级之和因此少于合计。"))


def moves(scope: Scope) -> None:
    """Draws who joined and left, and why."""
    on_record = cumulative_scope(scope)
    partners = metric("partners", scope.version)
    left, right = st.columns([11, 9])
    with left:
        joined_partners, left_partners = (
            metric("partners_joined", scope.version),
            metric("partners_left", scope.version),
        )
        partners_charts.by_month(scope, (joined_partners, left_partners), key="moves_months")
    with right:
        charts.bars(on_record, left_partners, by="exit_reason", key="exit_reasons")
    left, right = st.columns([9, 11])
    with left:
        charts.bars(scope, partners, by="recruited_via", key="recruited")
    with right:
        charts.bars(scope, partners, by="admitted_by", key="admitted")
    lists.exits(on_record)


def reporting(scope: Scope) -> None:
    """Draws units and members that report to communities, and the households linked to them."""
    everyone = scope.with_filters()
    _filter_caption(scope)
    if not empty_states.has_tables(everyone, "partner_posts"):
        cards.facts(everyone, _("双报到"), "reporting_units", key="reporting_facts")
        return
    left, right = st.columns([9, 11])
    with left:
        cards.facts(
            everyone,
            _("双报到与三联"),
            "reporting_units",
            "reporting_members",
            "households_linked",
            "linked_leaders",
            "linked_department_members",
            "building_leaders",
            "unit_leaders",
            "veterans",
            "post_households_linked",
            key="reporting_facts",
        )
    with right:
        charts.bars(everyone, metric("post_holders", scope.version), by="role", key="reporting_roles")
    left, right = st.columns([11, 9])
    with left:
        charts.trend(everyone, metric("post_households_linked", scope.version), key="households_trend")
    with right:
        charts.bars(everyone, metric("post_households_linked", scope.version), by="role", key="households_roles")
    if scope.child_level:
        tables.areas(
            everyone,
            "reporting_members",
            "households_linked",
            "linked_leaders",
            "linked_department_members",
            "building_leaders",
            "unit_leaders",
            "veterans",
            key="reporting_table",
        )
    lists.reporting_units(everyone)


def supply(scope: Scope) -> None:
    """Draws services that partners offer against what residents ask for."""
    everyone = scope.with_filters()
    _filter_caption(scope)
    if not empty_states.has_tables(everyone, "requests"):
        return
    unmet = metric("needs_unmet", scope.version)
    if not empty_states.has_tables(everyone, "partner_services"):
        left, right = st.columns([11, 9])
        with left:
            charts.heatmap(everyone, unmet, by=("category", "focus_group"), key="unmet_cells")
        with right:
            charts.bars(everyone, unmet, by="category", key="unmet_categories")
        return
    left, right = st.columns([11, 9])
    with left:
        partners_charts.supply(everyone, "category", key="supply_categories")
    with right:
        partners_charts.supply(everyone, "focus_group", key="supply_groups")
        cards.facts(
            everyone, _("供给"), "services_offered", "service_capacity", "partners_offering", key="supply_facts"
        )
    left, right = st.columns([9, 11])
    with left:
        lists.unoffered_services(everyone)
        charts.heatmap(everyone, unmet, by=("category", "focus_group"), key="unmet_cells")
    with right:
        lists.services(everyone, "services")


def wishes(scope: Scope) -> None:
    """Draws wishes and the issues of joint meetings: raised, and granted or resolved."""
    everyone = scope.with_filters()
    _filter_caption(scope)
    if not empty_states.has_tables(everyone, "requests"):
        return
    wishes_raised = metric("wishes_raised", scope.version)
    left, right = st.columns([11, 9])
    with left:
        charts.steps(everyone, wishes_raised, "wish_steps", key="wish_steps")
        partners_charts.by_month(
            everyone, (wishes_raised, metric("wishes_granted", scope.version)), key="wishes_months"
        )
    with right:
        cards.facts(
            everyone,
            _("微心愿与联席会议"),
            "wishes_raised",
            "wishes_granted",
            "wishes_granted_within_30_days",
            "joint_meeting_issues",
            "joint_meeting_issues_resolved",
            "joint_meeting_issues_resolved_within_30_days",
            key="wish_facts",
        )
        issues = metric("joint_meeting_issues", scope.version), metric("joint_meeting_issues_resolved", scope.version)
        partners_charts.by_month(everyone, issues, key="joint_months")
    lists.joint_meetings(everyone)


def contribution(scope: Scope) -> None:
    """Draws each partner's contribution, and how much the three largest account for."""
    lists.contributions(scope)
    requests_claimed, requests_resolved = (
        metric("partner_requests_claimed", scope.version),
        metric("partner_requests_resolved", scope.version),
    )
    left, right = st.columns([11, 9])
    with left:
        charts.flow(scope, requests_resolved, by=("partner_kind", "kind"), key="contribution_flow")
    with right:
        cards.facts(
            scope,
            _("贡献合计"),
            "partner_requests_claimed",
            "partner_requests_resolved",
            "partner_activities",
            "partner_hours",
            "partner_beneficiaries",
            key="contribution_facts",
        )
    left, right = st.columns([11, 9])
    with left:
        partners_charts.by_month(scope, (requests_claimed, requests_resolved), key="contribution_months")
    with right:
        charts.trend(scope, metric("top_three_share", scope.version), key="concentration_trend")


def quiet(scope: Scope) -> None:
    """Draws partners without any contribution for a year."""
    left, right = st.columns([11, 9])
    with left:
        charts.trend(scope, metric("partners_quiet_share", scope.version), key="quiet_trend")
    with right:
        charts.bars(scope, metric("partners_quiet", scope.version), by="partner_kind", key="quiet_kinds")
    lists.quiet_partners(scope)


def ratings(scope: Scope) -> None:
    """Draws partners' ratings and honours."""
    everyone = scope.with_filters()
    if empty_states.has_tables(everyone, "partner_ratings"):
        rating_metrics = tuple(
            metric(name, scope.version) for name in ("resident_rating", "community_rating", "industry_rating")
        )
        partners_charts.ratings(scope, rating_metrics, key="ratings_quarters")
    left, right = st.columns([9, 11])
    with left:
        cards.facts(
            everyone,
            _("评价"),
            "evaluation_dimensions",
            "resident_rating",
            "community_rating",
            "industry_rating",
            "honours_awarded",
            key="rating_facts",
        )
    with right:
        standards_list.listing(everyone, "evaluation_dimension", _("评价维度"), key="evaluation_rules")
    if empty_states.has_tables(everyone, "honours"):
        left, right = st.columns([9, 11])
        with left:
            charts.bars(scope, metric("honours_awarded", scope.version), by="honour", key="honours_titles")
        with right:
            lists.honours(scope, "honours_listing")


def _filter_caption(scope: Scope) -> None:
    if scope.where:
        st.caption(_("这里是全部合伙人和全部诉求，不随所选的合伙人类型变化。"))
