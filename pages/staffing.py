"""Draws the staffing page: are there enough community workers, and who is short?"""

import streamlit as st

from pages.ui import charts
from pages.ui.headlines import staffing as headlines
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, empty_states
from pages.ui.kit.panels import panels
from pages.ui.kit.tables import tables
from pages.ui.maps import maps
from pages.ui.shell import page_scope
from sql import metric, query

scope = page_scope.current()
ratio = metric("staffing_ratio", scope.version)

panels.draw_headline(headlines.headline(scope))
if ratio.value(scope) is None and not ratio.is_held(scope):
    empty_states.draw(_("这个范围没有名册或人口数据。"), "workers", "population")
    st.stop()
cards.row(scope, "staffing_ratio", "staffing_gap", "staffing_workers", "staffing_required", "urban_residents")

if scope.child_level:
    left, right = st.columns([9, 11])
    with left:
        maps.by_area(scope, ratio, key="staffing_map")
    with right:
        charts.ranking(scope, ratio, key="staffing_ranking", gap_metric=metric("staffing_gap", scope.version))

history, spread = st.columns([11, 9]) if scope.child_level else (st.container(), None)
with history:
    charts.trend(scope, ratio, key="staffing_trend", note=headlines.pace(scope))
if spread:
    with spread:
        charts.funnel(scope, ratio, key="staffing_funnel")

if scope.child_level:
    tables.areas(
        scope,
        "staffing_ratio",
        "staffing_workers",
        "staffing_required",
        "staffing_gap",
        "urban_residents",
        "worker_joiners",
        "worker_leavers",
        key="staffing_table",
    )
    st.caption(_("应配人数按每个区域向上取整，下级之和可能比上级多几人。"))

if not query("communities_without_population", scope).is_empty():
    tables.listing(
        scope,
        "communities_without_population",
        _("缺人口基数的社区：不计入每万人配备"),
        {"community_name": _("社区"), "workers": _("在岗社区工作者（人）")},
        key="without_population",
    )
