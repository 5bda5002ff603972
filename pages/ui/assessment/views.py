"""Draws the views of the assessment page."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.ui import charts
from pages.ui.assessment import charts as assessment_charts
from pages.ui.headlines import assessment as headlines
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, empty_states, standards_list
from pages.ui.kit.tables import tables
from pages.ui.kit.tables.columns import Column
from sql import metric
from sql.semantic.readings import cumulative_scope
from sql.semantic.scope import Scope

count = partial(Column, decimals=0)
score = partial(Column, decimals=1)
weight = partial(Column, decimals=0, unit="%")


def results(scope: Scope) -> None:
    """Draws grades by post and year, and the three scores with their weights."""
    assessed_scope = headlines.last_assessed_year(scope)
    all_years = cumulative_scope(scope)
    if not empty_states.missing_tables(scope, "assessments"):
        left, right = st.columns([1, 1])
        with left:
            assessment_charts.results(assessed_scope, "post", key="results_posts")
        with right:
            assessment_charts.results(all_years, "year", key="results_years")
        left, right = st.columns([13, 7])
        with left:
            tables.listing(
                assessed_scope,
                "assessment_scores",
                _("三项得分的平均和权重"),
                {
                    "post": _("岗位"),
                    "workers": count(_("人数")),
                    "daily_score": score(_("平时")),
                    "daily_weight": weight(_("权重")),
                    "annual_score": score(_("年度")),
                    "annual_weight": weight(_("权重")),
                    "feedback_score": score(_("服务对象")),
                    "feedback_weight": weight(_("权重")),
                    "total_score": score(_("合成")),
                },
                key="scores",
                note=_("合成得分按本地规定的权重，没有规定时三项等权；少于 5 人的岗位不显示"),
            )
        with right:
            cards.facts(
                assessed_scope,
                _("各项平均"),
                "average_daily_score",
                "average_annual_score",
                "average_feedback_score",
                "workers_assessed",
                "assessment_categories",
                key="score_facts",
            )
    standards_list.listing(scope, "assessment_weight", _("考核权重"), key="weights")


def fairness(scope: Scope) -> None:
    """Draws whether areas rate more people excellent than chance explains."""
    if empty_states.missing_tables(scope, "assessments"):
        return
    if scope.child_level is None:
        st.info(_("社区以下没有可以比较的区域。"))
        return
    assessed_scope = headlines.last_assessed_year(scope)
    excellent = metric("excellent_share", scope.version)
    left, right = st.columns([1, 1])
    with left:
        charts.ranking(assessed_scope, excellent, key="excellent_ranking")
    with right:
        charts.funnel(assessed_scope, excellent, key="excellent_funnel")
    tables.areas(
        assessed_scope,
        "excellent_share",
        "basic_share",
        "failed_share",
        "average_assessment_score",
        "average_daily_score",
        "average_annual_score",
        "average_feedback_score",
        "workers_assessed",
        key="assessment_table",
    )


def tiers(scope: Scope) -> None:
    """Draws the tiers of secretaries: their shares and allowances against the rules."""
    left, right = st.columns([11, 9])
    with left:
        assessment_charts.tiers(scope, key="tiers")
    with right:
        cards.facts(
            scope,
            _("书记等级"),
            "secretary_tier_1_share",
            "secretary_tier_2_share",
            "secretary_tier_3_share",
            "secretary_tier_1_allowance",
            "secretary_tier_2_allowance",
            "secretary_tier_3_allowance",
            key="tier_facts",
        )
    tables.listing(
        scope,
        "secretary_tiers",
        _("等级、比例和补贴"),
        {
            "tier": _("等级"),
            "secretaries": count(_("书记")),
            "share": score(_("占比（%）")),
            "target_share": Column(_("规定（%）"), decimals=0),
            "allowance": count(_("每人每月补贴（元）")),
            "monthly_total": count(_("每月合计（元）")),
        },
        key="tier_table",
        note=_("少于 5 人不显示人数，少于 10 人不显示补贴合计"),
    )
    left, right = st.columns([1, 1])
    with left:
        standards_list.listing(scope, "tier_share", _("等级比例的规定"), key="tier_shares")
    with right:
        standards_list.listing(scope, "tier_allowance", _("等级补贴的规定"), key="tier_allowances")


def rewards(scope: Scope) -> None:
    """Draws promotions, commendations, and the steps of an appointment."""
    all_years = cumulative_scope(scope)
    assessment_charts.appointment_path(scope, key="appointment_path")
    if not empty_states.has_tables(scope, "career_events"):
        return
    left, right = st.columns([9, 11])
    with left:
        cards.facts(
            scope,
            _("激励与晋升"),
            "secretaries_promoted",
            "secretaries_to_section_rank",
            "workers_into_civil_service",
            "grade_promotions",
            "commendations",
            "renewals",
            "workers_with_public_seats",
            "appointment_steps",
            key="reward_facts",
        )
    with right:
        appointed, commended = (
            scope.with_filters(("kind", kind)) for kind in ("secretary_appointment", "commendation")
        )
        charts.bars(appointed, metric("secretaries_promoted", scope.version), by="post_at_event", key="appointed_from")
        charts.bars(commended, metric("commendations", scope.version), by="detail", key="commendation_titles")
    charts.heatmap(all_years, metric("career_events", scope.version), by=("kind", "year"), key="events_by_year")
    if scope.child_level:
        tables.areas(
            scope,
            "secretaries_promoted",
            "grade_promotions",
            "commendations",
            "workers_into_civil_service",
            "secretaries_to_section_rank",
            "workers_with_public_seats",
            key="reward_table",
        )


def discipline(scope: Scope) -> None:
    """Draws what followed a fail, and the rules for leaving."""
    all_years = cumulative_scope(scope)
    if empty_states.has_tables(scope, "assessments", "career_events"):
        measures = {
            "dismissed": count(_("解聘")),
            "demoted": count(_("降职")),
            "admonished": count(_("诫勉谈话")),
            "left_otherwise": count(_("自行离岗")),
        }
        left, right = st.columns([13, 7])
        with left:
            tables.listing(
                all_years,
                "failed_years",
                _("不称职以后"),
                {
                    "assess_year": _("考核年度"),
                    "assessed": count(_("参加考核")),
                    "failed": count(_("不称职")),
                    **measures,
                    "nothing_followed": count(_("在岗，无处理")),
                },
                key="failed_years",
                note=_("处理算到数据日，取最重的一种；不称职不足 5 人的年份不显示去向"),
            )
        with right:
            cards.facts(
                all_years,
                _("连续不合格与退出"),
                "failed_followed_share",
                "consecutive_failed_years",
                "failed_in_a_row",
                "failed_in_a_row_on_post",
                "exit_rules",
                "negative_list_entries",
                key="failed_facts",
            )
        left, right = st.columns([13, 7])
        with left:
            tables.listing(
                all_years,
                "failed_in_a_row",
                _("连续不称职的年数"),
                {
                    "failed_in_a_row": count(_("连续年数")),
                    "must_leave": _("达到退出年数"),
                    "workers": count(_("人数")),
                    **measures,
                    "on_post": count(_("仍在岗")),
                },
                key="failed_runs",
                note=_("每人按最长的一次计；不称职不足 5 人时不显示"),
            )
        with right:
            cards.facts(
                scope,
                _("期内的约束与退出"),
                "admonitions",
                "demotions",
                "dismissals",
                "resignations",
                key="measure_facts",
            )
        left, right = st.columns([11, 9])
        with left:
            charts.trend(scope, metric("resignations", scope.version), key="resignations_trend")
        with right:
            charts.bars(
                all_years.with_filters(("kind", "admonition")),
                metric("admonitions", scope.version),
                by="detail",
                key="admonition_reasons",
            )
    left, right = st.columns([1, 1])
    with left:
        standards_list.listing(scope, "exit_rule", _("退出情形"), key="exit_rules")
    with right:
        standards_list.listing(scope, "negative_list", _("履职负面清单"), key="negative_list")


def secondments(scope: Scope) -> None:
    """Draws who is on secondment, and for how long."""
    if not empty_states.has_tables(scope, "career_events"):
        return
    left, right = st.columns([11, 9])
    with left:
        charts.trend(scope, metric("secondments_open", scope.version), key="secondments_trend")
    with right:
        cards.facts(scope, _("借调"), "secondments_open", "secondment_average_months", key="secondment_facts")
        charts.bars(scope, metric("secondments_open", scope.version), by="post", key="secondments_to")
    tables.listing(
        scope,
        "secondments_open",
        _("借调在外的人，最久的在前"),
        {
            "county_name": _("区县"),
            "street_name": _("街道乡镇"),
            "post": _("岗位"),
            "detail": _("去向"),
            "since": _("开始"),
            "months_open": count(_("已借调（月）")),
        },
        key="secondments",
        note=_("没有归还、再借调或离职记录；不写姓名，只到街道"),
    )
