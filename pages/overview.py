"""Draws the overview page: are we on target, better or worse, and where is it worst?"""

import streamlit as st

from pages.ui import charts
from pages.ui.headlines import overview as headlines
from pages.ui.kit import cards
from pages.ui.kit.panels import panels
from pages.ui.maps import maps
from pages.ui.overview import alerts, attention
from pages.ui.shell import page_scope
from sql import metric

scope = page_scope.current()
ratio = metric("staffing_ratio", scope.version)

panels.draw_headline(headlines.headline(scope))
cards.row(
    scope,
    "staffing_ratio",
    "grids_led_share",
    "training_coverage",
    "resolved_within_30_days",
    "partners",
    "service_activities",
)

if scope.child_level:
    left, right = st.columns([9, 11])
    with left:
        maps.by_area(scope, ratio, key="overview_map")
    with right:
        attention.panel(scope, "staffing_ratio", "grids_led_share", "facility_area_per_100_households", key="attention")
    charts.ranking(scope, ratio, key="overview_ranking")
else:
    alerts.panel(scope, key="overview_alerts")
    charts.trend(scope, ratio, key="overview_trend")
