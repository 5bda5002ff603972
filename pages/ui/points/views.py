"""Draws the views of the points page."""

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
    """Draws points earned, redeemed and outstanding, and active accounts, by month."""
    points_earned = metric("points_earned", scope.version)
    points_redeemed = metric("points_redeemed", scope.version)
    left, right = st.columns([1, 1])
    with left:
        charts.trend(scope, points_earned, key="earned_trend")
        charts.trend(scope, metric("active_accounts", scope.version), key="accounts_trend")
    with right:
        charts.trend(scope, points_redeemed, key="redeemed_trend")
        charts.trend(scope, metric("points_outstanding", scope.version), key="outstanding_trend")


def reasons(scope: Scope) -> None:
    """Draws what points are earned and redeemed for."""
    points_earned = metric("points_earned", scope.version)
    points_redeemed = metric("points_redeemed", scope.version)
    left, right = st.columns([1, 1])
    with left:
        charts.bars(scope.with_filters(("kind", "earn")), points_earned, by="reason", key="earned_reasons")
    with right:
        charts.bars(scope.with_filters(("kind", "redeem")), points_redeemed, by="reason", key="redeemed_reasons")
    charts.multiples(scope.with_filters(("kind", "earn")), points_earned, by="reason", key="earned_by_reason")


def accounts(scope: Scope) -> None:
    """Draws how many accounts are in use, per household and on average."""
    left, right = st.columns([11, 9])
    with left:
        charts.trend(scope, metric("accounts_active_share", scope.version), key="active_share_trend")
    with right:
        cards.facts(
            scope,
            _("账户与兑换点"),
            "point_accounts",
            "accounts_active_share",
            "accounts_to_households",
            "points_per_account",
            "points_outstanding",
            "partner_shops",
            key="account_facts",
        )
    left, right = st.columns([11, 9])
    with left:
        charts.trend(scope, metric("points_per_account", scope.version), key="per_account_trend")
    with right:
        charts.trend(scope, metric("accounts_to_households", scope.version), key="households_trend")


def areas(scope: Scope) -> None:
    """Draws where residents take part, and every community's points."""
    points_earned = metric("points_earned", scope.version)
    if scope.child_level:
        left, right = st.columns([1, 1])
        with left:
            charts.ranking(scope, metric("accounts_to_households", scope.version), key="households_ranking")
            charts.ranking(scope, metric("accounts_active_share", scope.version), key="active_ranking")
        with right:
            charts.ranking(scope, points_earned, key="earned_ranking")
    tables.listing(
        scope,
        "point_communities",
        _("各社区的积分"),
        {
            "community_name": _("社区"),
            "accounts": Column(_("账户"), decimals=0),
            "active_accounts": Column(_("近一年活跃"), decimals=0),
            "households": Column(_("户数"), decimals=0),
            "earned": Column(_("获得"), decimals=0),
            "redeemed": Column(_("兑换"), decimals=0),
            "points_outstanding": Column(_("结余"), decimals=0),
        },
        key="point_communities",
    )
