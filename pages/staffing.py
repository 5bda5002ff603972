"""Are there enough community workers, and who is short?"""

import streamlit as st

from pages.ui import charts
from pages.ui.headlines import staffing as finding
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, panels
from pages.ui.kit.tables import tables
from pages.ui.maps import maps
from pages.ui.shell import scope
from sql import metric, query

at = scope.current()
ratio = metric("staffing_ratio", at.version)

panels.sentence(finding.sentence(at))
if ratio.value(at) is None:
    st.info(_("这个范围没有名册或人口数据：需要 社区工作者 与 人口 两张表，放进数据文件夹后运行 python -m etl build。"))
    st.stop()

cards.row(at, "staffing_ratio", "staffing_gap", "staffing_workers", "staffing_required", "urban_residents")

if at.child_level:
    left, right = st.columns([9, 11])
    with left:
        maps.by_area(at, ratio, key="staffing_map")
    with right:
        charts.ranking(at, ratio, key="staffing_ranking", beside=metric("staffing_gap", at.version))

history, spread = st.columns([11, 9]) if at.child_level else (st.container(), None)
with history:
    charts.trend(at, ratio, key="staffing_trend", note=finding.pace(at))
if spread:
    with spread:
        charts.funnel(at, ratio, key="staffing_funnel")

if at.child_level:
    tables.areas(
        at,
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

if not query("communities_without_population", at).is_empty():
    tables.listing(
        at,
        "communities_without_population",
        _("缺人口基数的社区：不计入每万人配备"),
        {"community_name": _("社区"), "workers": _("在岗社区工作者（人）")},
        key="without_population",
    )
