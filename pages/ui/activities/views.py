"""Draws the views of the activities page."""

from __future__ import annotations

import streamlit as st

from pages.ui import charts
from pages.ui.i18n.texts import _
from pages.ui.kit import cards
from pages.ui.kit.tables import tables
from pages.ui.kit.tables.columns import Column
from sql import metric
from sql.semantic.scope import Scope


def change(scope: Scope) -> None:
    """Draws activities over time: by month, by day, and by kind."""
    activities_held = metric("activities_held", scope.version)
    left, right = st.columns([11, 9])
    with left:
        charts.trend(scope, activities_held, key="activities_trend")
    with right:
        charts.bars(scope, activities_held, by="kind", key="activities_kinds")
    charts.calendar(scope, activities_held, key="activities_days")
    charts.multiples(scope, activities_held, by="kind", key="activities_by_kind")


def people(scope: Scope) -> None:
    """Draws how many take part and benefit."""
    left, right = st.columns([11, 9])
    with left:
        charts.trend(scope, metric("participants_per_activity", scope.version), key="participants_trend")
    with right:
        cards.facts(
            scope,
            _("服务与公益"),
            "service_activities",
            "service_hours",
            "welfare_activities",
            "welfare_beneficiaries",
            "participants_per_activity",
            "beneficiaries_per_activity",
            "property_campaigns",
            key="activity_facts",
        )
    left, right = st.columns([1, 1])
    with left:
        charts.bars(scope, metric("participants", scope.version), by="kind", key="participants_kinds")
    with right:
        charts.bars(scope, metric("beneficiaries", scope.version), by="kind", key="beneficiaries_kinds")


def organisers(scope: Scope) -> None:
    """Draws who organises activities, and with which partners."""
    activities_held = metric("activities_held", scope.version)
    with_partners = metric("activities_with_partners", scope.version)
    left, right = st.columns([9, 11])
    with left:
        charts.bars(scope, activities_held, by="organiser", key="activities_organisers")
    with right:
        charts.trend(scope, metric("activities_with_partners_share", scope.version), key="partners_trend")
    left, right = st.columns([9, 11])
    with left:
        charts.bars(scope, with_partners, by="partner_kind", key="activities_partners")
    with right:
        charts.flow(scope, with_partners, by=("partner_kind", "kind"), key="activities_flow")


def areas(scope: Scope) -> None:
    """Draws where activities take place, and the communities without any."""
    activities_held = metric("activities_held", scope.version)
    if scope.child_level:
        left, right = st.columns([1, 1])
        with left:
            charts.ranking(scope, activities_held, key="activities_ranking")
        with right:
            charts.ranking(scope, metric("participants_per_activity", scope.version), key="participants_ranking")
        tables.areas(
            scope,
            "activities_held",
            "service_activities",
            "welfare_activities",
            "participants",
            "participants_per_activity",
            "beneficiaries",
            "service_hours",
            "activities_with_partners_share",
            key="activities_table",
        )
    tables.listing(
        scope,
        "communities_without_activities",
        _("期内没有活动的社区"),
        {"community_name": _("社区"), "street_name": _("街道乡镇"), "residents": Column(_("常住人口"), decimals=0)},
        key="idle_communities",
    )


def titles(scope: Scope) -> None:
    """Draws campaigns, neighbourhood fairs and festivals."""
    tables.listing(
        scope,
        "activity_titles",
        _("专项整治、邻里集市与邻里文化节"),
        {
            "kind": _("类型"),
            "title": _("名称"),
            "times": Column(_("次数"), decimals=0),
            "communities": Column(_("社区数"), decimals=0),
            "participants": Column(_("参与人次"), decimals=0),
            "beneficiaries": Column(_("受益人次"), decimals=0),
            "first_on": _("首次"),
            "last_on": _("最近"),
        },
        key="activity_titles",
    )
