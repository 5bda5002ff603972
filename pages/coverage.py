"""Draws the grid map page: where is the area covered by grids and leaders, and where not?"""

import streamlit as st

from pages.ui.i18n.names import area_name
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, empty_states
from pages.ui.kit.panels import panels
from pages.ui.maps import grids, maps, metric_choice
from pages.ui.shell import page_scope
from sql import metric

scope = page_scope.current()

panels.draw_headline(grids.headline(scope))
if not metric("grids", scope.version).value(scope):
    empty_states.draw(_("这个范围没有网格。"), "grids", "grid_duties")

cards.row(scope, "grids", "grids_staffed", "grids_without_leader", "households_per_grid", "communities")

# A community has only grids below it.
map_metric = metric_choice.choose_metric(scope, "grids_without_leader") if scope.child_level else None
left, right = st.columns([2, 1])
with left:
    if map_metric:
        maps.by_area(scope, map_metric, key="coverage_map", with_venues=True)
    else:
        grids.panel(scope, key="grid_map")
with right:
    cards.facts(
        scope,
        _("{area}概况").format(area=area_name(scope.area)),
        "residents",
        "urban_residents",
        "communities",
        "grids",
        "grids_led_share",
        "workers",
        "staffing_ratio",
        "staffing_gap",
        "places",
        "facility_area_per_100_households",
        "estates_covered_share",
        "social_orgs_per_community",
        key="profile",
    )

if map_metric and grids.can_draw(scope):
    map_column, list_column = st.columns(2)
    with map_column:
        grids.panel(scope, key="grid_map", has_choice=False)
    with list_column:
        grids.table(scope, key="grid_table")
elif not map_metric:
    grids.table(scope, key="grid_table")
