"""Where is the ground covered and where not?"""

import streamlit as st

from pages.ui.i18n.names import area_name
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, panels
from pages.ui.maps import choice, grids, maps
from pages.ui.shell import scope
from sql import metric

at = scope.current()

panels.sentence(grids.finding(at))
if not metric("grids", at.version).value(at):
    st.info(_("这个范围没有网格：需要 网格 和 网格任职 两张表，放进数据文件夹后运行 python -m etl build。"))

cards.row(at, "grids", "grids_staffed", "grids_without_leader", "households_per_grid", "communities")

# A community has nothing below it but its grids.
chosen = choice.chosen_metric(at, "grids_without_leader") if at.child_level else None
left, right = st.columns([2, 1])
with left:
    if chosen:
        maps.by_area(at, chosen, key="coverage_map", with_places=True)
    else:
        grids.panel(at, key="grid_map")
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

if chosen and grids.are_drawn(at):
    drawn, listed = st.columns(2)
    with drawn:
        grids.panel(at, key="grid_map", has_choice=False)
    with listed:
        grids.table(at, key="grid_table")
elif not chosen:
    grids.table(at, key="grid_table")
