"""Draws the points page: do residents take part?"""

import streamlit as st

from pages.ui import charts
from pages.ui.headlines import points as headlines
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, empty_states, panels
from pages.ui.kit.tables import tables
from pages.ui.kit.tables.columns import Column
from pages.ui.shell import page_scope, views
from sql import metric

scope = page_scope.current()
points_earned, points_redeemed = metric("points_earned", scope.version), metric("points_redeemed", scope.version)

panels.draw_headline(headlines.headline(scope))
if not empty_states.has_tables(scope, "points"):
    st.stop()

cards.row(scope, "active_accounts", "accounts_to_households", "points_earned", "points_redeemed", "redemption_share")


def change() -> None:
    left, right = st.columns([1, 1])
    with left:
        charts.trend(scope, points_earned, key="earned_trend")
        charts.trend(scope, metric("active_accounts", scope.version), key="accounts_trend")
    with right:
        charts.trend(scope, points_redeemed, key="redeemed_trend")
        charts.trend(scope, metric("points_outstanding", scope.version), key="outstanding_trend")


def reasons() -> None:
    left, right = st.columns([1, 1])
    with left:
        charts.bars(scope.with_filters(("kind", "earn")), points_earned, by="reason", key="earned_reasons")
    with right:
        charts.bars(scope.with_filters(("kind", "redeem")), points_redeemed, by="reason", key="redeemed_reasons")
    charts.multiples(scope.with_filters(("kind", "earn")), points_earned, by="reason", key="earned_by_reason")


def accounts() -> None:
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


def areas() -> None:
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


views.show((_("变化"), change), (_("事由"), reasons), (_("账户"), accounts), (_("各地"), areas))
