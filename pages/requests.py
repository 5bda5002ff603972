"""Draws the requests page: when residents call, who answers and how soon?"""

import streamlit as st

from pages.ui.headlines import requests as headlines
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, empty_states
from pages.ui.kit.panels import panels
from pages.ui.requests import views
from pages.ui.shell import filters, view_choice

scope = filters.current("kind", "category", "source", "focus_group", "responder", "weekday", "hour")

panels.draw_headline(headlines.headline(scope))
if not empty_states.has_tables(scope, "requests"):
    st.stop()
cards.row(
    scope,
    "requests_raised",
    "requests_closed",
    "resolved_within_30_days",
    "on_time_rate",
    "median_claim_hours",
    "satisfaction",
)
titled_views = [
    (_("流程"), views.steps),
    (_("时效"), views.times),
    (_("构成"), views.kinds),
    (_("趋势"), views.months),
    (_("时段"), views.hours),
    (_("承办"), views.responders),
    (_("满意"), views.ratings),
    (_("未解决"), views.waiting),
]
view_choice.draw(scope, *titled_views, *([(_("各地"), views.areas)] if scope.child_level else []))
