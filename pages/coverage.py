"""Where is the ground covered and where not?"""

import streamlit as st

from pages.ui import cards, map_choice, map_grids, maps, panels, scope
from pages.ui.names import area_name
from pages.ui.texts import _
from sql import metric

at = scope.current()

panels.sentence(map_grids.finding(at))
if not metric("grids", at.version).value(at):
    st.info(_("这个范围没有网格：需要 网格 和 网格任职 两张表，放进数据文件夹后运行 python -m etl build。"))

cards.row(at, "grids", "grids_staffed", "grids_without_leader", "households_per_grid", "communities")

# A community has nothing below it but its grids.
chosen = map_choice.chosen_metric(at, "grids_without_leader") if at.child_level else None
left, right = st.columns([2, 1])
with left:
    if chosen:
        maps.by_area(at, chosen, key="coverage_map", with_places=True)
    else:
        map_grids.panel(at, key="grid_map")
with right:
    cards.facts(
        at,
        _("{area}概况").format(area=area_name(at.area)),
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

if chosen and map_grids.are_drawn(at):
    drawn, listed = st.columns(2)
    with drawn:
        map_grids.panel(at, key="grid_map", has_choice=False)
    with listed:
        map_grids.table(at, key="grid_table")
elif not chosen:
    map_grids.table(at, key="grid_table")
