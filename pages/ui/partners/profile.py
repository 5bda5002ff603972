"""Draws one partner: its details, services, claimed and resolved requests, ratings, honours and activities."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.ui.headlines import partners as headlines
from pages.ui.i18n import texts, values
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, html_widgets
from pages.ui.kit.html_widgets import KeyFigure
from pages.ui.partners import charts, lists
from sql import metric
from sql.semantic.readings import cumulative_scope
from sql.semantic.scope import Scope


def show(scope: Scope, *names: str) -> None:
    """Draws the profile, with the named metrics as cards. `scope` is the partner's scope."""
    profile = headlines.find_partner(scope)
    if profile is None:
        st.info(_("这个时期没有这家合伙人：编号不对，或当时还没有加入。"))
        return
    cards.row(scope, *names)
    left, right = st.columns([8, 12])
    with left:
        _details(profile)
    with right:
        requests_claimed, requests_resolved = (
            metric(name, scope.version) for name in ("partner_requests_claimed", "partner_requests_resolved")
        )
        charts.by_month(scope, (requests_claimed, requests_resolved), key="profile_months")
    left, right = st.columns([9, 11])
    with left:
        lists.services(scope, "profile_services", has_names=False)
    with right:
        rating_metrics = tuple(
            metric(name, scope.version) for name in ("resident_rating", "community_rating", "industry_rating")
        )
        charts.ratings(scope, rating_metrics, key="profile_ratings")
    lists.claims(scope)
    left, right = st.columns([12, 8])
    with left:
        lists.activities(scope)
    with right:
        lists.honours(cumulative_scope(scope), "profile_honours", has_names=False)


def _details(profile: dict[str, Any]) -> None:
    sector, kind = (
        values.word("partner_sector", profile["partner_sector"]),
        values.word("partner_kind", profile["partner_kind"]),
    )
    facts = {
        _("类型"): f"{sector} · {kind}",
        _("登记在"): f"{profile['area_name']} · {values.word('registered_at', profile['registered_at'])}",
        _("加入日期"): str(profile["joined_on"]),
        _("招募方式"): values.word("recruited_via", profile["recruited_via"]),
        _("准入审核"): values.word("admitted_by", profile["admitted_by"]),
        _("是否建立党组织"): values.word("has_party_org", profile["has_party_org"]),
        _("成员数"): texts.number(profile["members"]),
    }
    if profile["left_on"] is not None:
        facts[_("退出日期")] = f"{profile['left_on']} · {values.word('exit_reason', profile['exit_reason'])}"
    with st.container(border=True, gap=None, height="stretch", key="profile_who"):
        st.markdown("## " + _("基本情况"))
        html_widgets.facts([KeyFigure(label, label, value) for label, value in facts.items()])
