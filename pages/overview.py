"""Are we on target, better or worse, and where is it worst?"""

import streamlit as st

from pages.ui import charts
from pages.ui.headlines import overview as finding
from pages.ui.kit import cards, panels
from pages.ui.maps import maps
from pages.ui.overview import alerts, attention
from pages.ui.shell import scope
from sql import metric

at = scope.current()
ratio = metric("staffing_ratio", at.version)

panels.sentence(finding.sentence(at))
cards.row(
    at, "staffing_ratio", "grids_led_share", "training_coverage", "resolution_rate", "partners", "service_activities"
)

if at.child_level:
    left, right = st.columns([9, 11])
    with left:
        maps.by_area(at, ratio, key="overview_map")
    with right:
        attention.panel(at, "staffing_ratio", "grids_led_share", "facility_area_per_100_households", key="attention")
    charts.ranking(at, ratio, key="overview_ranking")
else:
    alerts.panel(at, key="overview_alerts")
    charts.trend(at, ratio, key="overview_trend")
