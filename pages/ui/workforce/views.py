"""Draws the views of the workforce page."""

from __future__ import annotations

import streamlit as st

from pages.ui import charts
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, empty_states, standards_list
from pages.ui.kit.tables import tables
from pages.ui.workforce import charts as workforce_charts
from sql import metric
from sql.semantic.readings import cumulative_scope
from sql.semantic.scope import Scope


def structure(scope: Scope) -> None:
    """Draws ages, education, certificates and political status."""
    everyone = scope.with_filters()
    workers = metric("workers", scope.version)
    left, right = st.columns([11, 9])
    with left:
        charts.pyramid(scope, workers, by=("age_group", "gender"), key="ages")
    with right:
        charts.bars(scope, workers, by="education", key="education")
        cards.facts(everyone, _("全体队伍"), "worker_average_age", "staffing_ratio_all_residents", key="team")
    left, right = st.columns([11, 9])
    with left:
        charts.bars(scope, workers, by="certificate", key="certificates")
    with right:
        charts.bars(scope, workers, by="political_status", key="political_status")
    if scope.child_level:
        tables.areas(
            scope,
            "workers",
            "worker_average_age",
            "workers_40_or_under_share",
            "workers_college_share",
            "certified_share",
            "party_member_share",
            key="structure_table",
        )


def grades(scope: Scope) -> None:
    """Draws posts and grades within their bands."""
    workers = metric("workers", scope.version)
    left, right = st.columns([11, 9])
    with left:
        workforce_charts.ladder(scope, key="ladder")
        standards_list.listing(scope, "grade_band", _("岗位等级区间"), key="grade_bands")
    with right:
        charts.bars(scope, workers, by="post", key="posts")
        cards.facts(
            workforce_charts.rules_scope(scope), _("三岗十八级"), "grade_posts", "grade_levels", key="ladder_rules"
        )
        cards.facts(scope, _("在岗定级"), "graded_share", "workers_outside_band", key="graded")
    tables.listing(scope, "grades_by_post", _("各岗位的等级"), workforce_charts.grade_columns(), key="grades_by_post")


def movement(scope: Scope) -> None:
    """Draws when workers joined and left, why they left, and how they were recruited."""
    workers = metric("workers", scope.version)
    left, right = st.columns([11, 9])
    with left:
        workforce_charts.moves(scope, key="moves")
    with right:
        charts.bars(
            workforce_charts.whole_calendar(scope),
            metric("worker_leavers", scope.version),
            by="leave_reason",
            key="reasons",
        )
    left, right = st.columns([11, 9])
    with left:
        workers_recruited = metric("workers_recruited", scope.version)
        charts.heatmap(
            workforce_charts.last_years(scope, 10),
            workers_recruited,
            by=("recruited_via", "year"),
            key="hires_by_channel",
        )
    with right:
        charts.bars(scope, workers, by="recruited_via", key="channels")
    left, middle, right = st.columns(3)
    with left:
        cards.facts(scope, _("本期进出"), "worker_joiners", "worker_leavers", "worker_net_change", key="this_period")
    with middle:
        open_recruitment = workforce_charts.filter_by(scope, "recruited_via", "open_recruitment")
        cards.facts(open_recruitment, _("本期公开招聘"), "workers_recruited", "worker_leavers", "workers", key="opened")
    with right:
        cards.facts(cumulative_scope(scope), _("有记录以来"), "workers_recruited", key="ever")
    if scope.child_level:
        tables.areas(
            scope,
            "worker_net_change",
            "worker_joiners",
            "worker_leavers",
            "workers_recruited",
            "workers",
            key="movement_table",
        )


def leaders(scope: Scope) -> None:
    """Draws secretaries, the reserve pool, and seats in congresses."""
    everyone = scope.with_filters()
    left, right = st.columns([11, 9])
    with left:
        charts.pyramid(everyone, metric("secretaries", scope.version), by=("age_group", "gender"), key="secretary_ages")
    with right:
        cards.facts(
            everyone, _("社区正职"), "secretaries", "secretary_average_age", "secretaries_promoted", key="secretaries"
        )
        cards.facts(
            everyone,
            _("后备与席位"),
            "reserve_secretaries",
            "reserve_deputies",
            "reserve_members",
            "workers_with_public_seats",
            key="reserves",
        )
    has_events = empty_states.has_tables(everyone, "career_events")
    history_column, appointments_column = st.columns([11, 9]) if has_events else (st.container(), None)
    with history_column:
        charts.trend(everyone, metric("secretary_average_age", scope.version), key="secretary_age_trend")
    if appointments_column:
        with appointments_column:
            promotions = metric("secretaries_promoted", scope.version)
            charts.bars(workforce_charts.whole_calendar(everyone), promotions, by="year", key="appointments")
    left, right = st.columns([11, 9])
    with left:
        charts.bars(scope, metric("workers_with_public_seats", scope.version), by="public_seat", key="seats")
    with right:
        charts.bars(scope, metric("reserves", scope.version), by="reserve_for", key="reserve_kinds")
    tables.listing(
        scope, "reserve_profile", _("后备人选的结构"), workforce_charts.reserve_columns(), key="reserve_profile"
    )
    tables.listing(
        everyone,
        "communities_without_secretary",
        _("没有社区正职的社区"),
        {"community_name": _("社区"), "street_name": _("街道乡镇"), "is_urban": _("城镇"), "workers": _("在岗（人）")},
        key="without_secretary",
    )


def security(scope: Scope) -> None:
    """Draws insurance and housing fund, and whether posts are described."""
    left, right = st.columns([11, 9])
    with left:
        if workforce_charts.has_columns(
            scope,
            ("pension_share", _("养老保险")),
            ("medical_share", _("医疗保险")),
            ("housing_fund_share", _("住房公积金")),
        ):
            charts.trend(scope, metric("fully_insured_share", scope.version), key="insured_trend")
    with right:
        cards.facts(
            scope,
            _("保险与公积金"),
            "pension_share",
            "medical_share",
            "housing_fund_share",
            "fully_insured_share",
            key="insurance",
        )
        cards.facts(
            scope,
            _("岗位说明"),
            "with_line_of_work_share",
            "with_estate_share",
            "with_project_share",
            "posts_described_share",
            key="descriptions",
        )
        cards.facts(scope, _("月薪"), "monthly_pay_median", "monthly_pay_average", key="pay")
    workforce_charts.has_columns(
        scope,
        ("with_line_of_work_share", _("条线分工")),
        ("with_estate_share", _("下沉小区")),
        ("with_project_share", _("领办服务项目")),
    )
    ranking_column, trend_column = st.columns([11, 9]) if scope.child_level else (None, st.container())
    if ranking_column:
        with ranking_column:
            charts.ranking(scope, metric("housing_fund_share", scope.version), key="fund_ranking")
    with trend_column:
        charts.trend(scope, metric("with_line_of_work_share", scope.version), key="described_trend")
    if scope.child_level:
        tables.areas(
            scope,
            "fully_insured_share",
            "pension_share",
            "medical_share",
            "housing_fund_share",
            "with_line_of_work_share",
            "with_estate_share",
            "with_project_share",
            key="security_table",
        )
