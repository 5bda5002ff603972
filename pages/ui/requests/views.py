"""Draws the views of the requests page."""

from __future__ import annotations

import streamlit as st

from pages.ui import charts
from pages.ui.headlines import requests as headlines
from pages.ui.i18n.texts import _
from pages.ui.kit import cards
from pages.ui.kit.tables import tables
from pages.ui.kit.tables.columns import Column
from sql import metric
from sql.semantic.scope import Scope


def steps(scope: Scope) -> None:
    """Draws how far requests get: all of them, those deliberated, and whistles."""
    requests_raised = metric("requests_raised", scope.version)
    left, right = st.columns([11, 9])
    with left:
        charts.steps(scope, requests_raised, "request_steps", key="request_steps")
    with right:
        cards.facts(
            scope,
            _("各类事项"),
            "livelihood_issues_resolved",
            "hazards_found",
            "disputes_mediated",
            "wishes_granted",
            "joint_meeting_issues_resolved",
            "joint_matters",
            "shop_requests",
            "requests_published",
            key="request_facts",
        )
    left, middle, right = st.columns([7, 6, 7])
    with left:
        requests_deliberated = metric("requests_deliberated", scope.version)
        charts.steps(scope, requests_deliberated, "request_six_steps", key="request_six_steps")
    with middle:
        tables.listing(
            scope,
            "request_six_steps",
            _("六步的用时"),
            {
                "step": _("环节"),
                "count": Column(_("件"), decimals=0),
                "median_days": Column(_("上报后（天）"), decimals=1),
            },
            key="request_six_days",
            note=_("从上报到这一步的天数，中位数"),
        )
    with right:
        charts.steps(scope, metric("whistles", scope.version), "whistle_steps", key="whistle_steps")


def times(scope: Scope) -> None:
    """Draws how long requests wait, and whether they were handled on time."""
    claim_hours = metric("median_claim_hours", scope.version)
    close_hours = metric("median_close_hours", scope.version)
    resolved_share = metric("resolved_within_30_days", scope.version)
    on_time_rate = metric("on_time_rate", scope.version)
    left, right = st.columns([11, 9])
    with left:
        charts.survival(scope, claim_hours, "request_survival", key="request_survival")
    with right:
        charts.pairs(scope, (claim_hours, close_hours), by="kind", key="request_hours")
    left, right = st.columns([11, 9])
    with left:
        charts.trend(scope, on_time_rate, key="request_on_time")
    with right:
        charts.pairs(scope, (on_time_rate, resolved_share), by="kind", key="request_rates")


def kinds(scope: Scope) -> None:
    """Draws what requests are about, how they come in, and whom they are for."""
    requests_raised = metric("requests_raised", scope.version)
    left, right = st.columns([11, 9])
    with left:
        charts.bars(scope, requests_raised, by="kind", key="request_kinds")
    with right:
        charts.bars(scope, requests_raised, by="source", key="request_sources")
    left, right = st.columns([9, 11])
    with left:
        charts.bars(scope, requests_raised, by="category", key="request_categories")
    with right:
        charts.bars(scope, requests_raised, by="focus_group", key="request_focus_groups")
        charts.heatmap(scope, requests_raised, by=("focus_group", "category"), key="request_needs")


def months(scope: Scope) -> None:
    """Draws the change: how many are resolved in time and how many are closed, and by kind how many are raised and how
    soon they are claimed."""
    left, right = st.columns(2)
    with left:
        charts.trend(scope, metric("resolved_within_30_days", scope.version), key="request_resolved")
    with right:
        charts.trend(scope, metric("requests_closed", scope.version), key="request_closed")
    requests_raised = metric("requests_raised", scope.version)
    claim_hours = metric("median_claim_hours", scope.version)
    charts.multiples(scope, requests_raised, by="kind", key="request_months")
    charts.multiples(scope, claim_hours, by="kind", key="request_claim_months")


def hours(scope: Scope) -> None:
    """Draws when requests are raised, and whether somebody responds out of hours."""
    requests_raised = metric("requests_raised", scope.version)
    off_hours = metric("off_hours_share", scope.version)
    charts.heatmap(scope, requests_raised, by=("weekday", "hour"), key="request_hours_of_week")
    left, right = st.columns([11, 9])
    with left:
        charts.trend(scope, off_hours, key="request_off_hours")
    with right:
        charts.bars(scope, off_hours, by="responder", key="request_off_hours_by")


def responders(scope: Scope) -> None:
    """Draws who handles requests, and with what result."""
    requests_raised = metric("requests_raised", scope.version)
    claim_hours = metric("median_claim_hours", scope.version)
    close_hours = metric("median_close_hours", scope.version)
    resolved_share = metric("resolved_within_30_days", scope.version)
    on_time_rate = metric("on_time_rate", scope.version)
    left, right = st.columns([11, 9])
    with left:
        charts.bars(scope, requests_raised, by="responder", key="request_responders")
    with right:
        charts.pairs(scope, (claim_hours, close_hours), by="responder", key="request_responder_hours")
    left, right = st.columns([11, 9])
    with left:
        charts.flow(scope, requests_raised, by=("kind", "responder"), key="request_flow")
    with right:
        charts.pairs(scope, (on_time_rate, resolved_share), by="responder", key="request_responder_rates")


def ratings(scope: Scope) -> None:
    """Draws residents' satisfaction."""
    satisfaction = metric("satisfaction", scope.version)
    left, right = st.columns([11, 9])
    with left:
        charts.trend(scope, satisfaction, key="request_satisfaction")
    with right:
        charts.bars(scope, satisfaction, by="kind", key="request_satisfaction_kinds")
    left, right = st.columns([11, 9])
    with left:
        charts.bars(scope, satisfaction, by="category", key="request_satisfaction_categories")
    with right:
        charts.bars(scope, satisfaction, by="responder", key="request_satisfaction_responders")


def waiting(scope: Scope) -> None:
    """Draws the open requests, the longest open first, and the grids with most unresolved."""
    tables.listing(
        headlines.until_period_end(scope),
        "longest_open",
        _("等得最久的诉求"),
        {
            "days_open": Column(_("已等（天）"), decimals=0),
            "is_overdue": _("逾期"),
            "kind": _("类型"),
            "category": _("服务类别"),
            "area_name": _("区域"),
            "grid_name": _("网格"),
            "responder": _("承办人"),
            "partner_name": _("合伙人"),
            "raised_on": _("上报日期"),
            "request_id": _("编号"),
        },
        key="longest_open",
        note=_("不论何时上报，到数据截至日尚未办结；最多列 500 件"),
    )
    left, right = st.columns([12, 8])
    with left:
        tables.listing(
            scope,
            "unmet_by_grid",
            _("各网格未解决的诉求"),
            {
                "area_name": _("区域"),
                "grid_name": _("网格"),
                "unresolved": _("未解决（件）"),
                "still_open": _("尚未办结（件）"),
                "raised": _("上报（件）"),
                "unresolved_percent": Column(_("占比（%）"), decimals=1),
            },
            key="unmet_by_grid",
            note=_("期内上报而尚未解决；没有填写网格的列在最后"),
        )
    with right:
        cards.facts(
            scope, _("期内上报的"), "needs_unmet", "requests_open", "requests_overdue", key="request_open_facts"
        )
        charts.bars(scope, metric("needs_unmet", scope.version), by="kind", key="request_unmet")


def areas(scope: Scope) -> None:
    """Draws where requests are answered best and worst."""
    claim_hours = metric("median_claim_hours", scope.version)
    resolved_share = metric("resolved_within_30_days", scope.version)
    left, right = st.columns([11, 9])
    with left:
        charts.ranking(scope, resolved_share, key="request_ranking")
    with right:
        charts.ranking(scope, claim_hours, key="request_claim_ranking")
    tables.areas(
        scope,
        "resolved_within_30_days",
        "on_time_rate",
        "median_claim_hours",
        "median_close_hours",
        "satisfaction",
        "off_hours_share",
        "requests_raised",
        "requests_open",
        "requests_overdue",
        "needs_unmet",
        key="request_areas",
    )
