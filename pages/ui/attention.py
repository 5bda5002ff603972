"""What needs attention: the areas below that miss a standard, worst first, with who answers for it."""
from __future__ import annotations

import polars as pl
import streamlit as st

from pages.ui import exports, scope, texts
from pages.ui.texts import _
from sql.metrics import metric
from sql.readings import attention, is_measured
from sql.scope import Scope


def panel(at: Scope, *names: str, key: str) -> None:
    """The worst shortfalls one step below, each a link down to the area."""
    metrics = {name: metric(name, at.version) for name in names}
    rows = attention(at, list(metrics.values()))
    # Nothing below its standard is good news only where something was held against one.
    is_known = not rows.is_empty() or is_measured(at, list(metrics.values()))
    title = _("{count} 项需要关注").format(count=rows.height) if is_known else _("没有数据")
    with st.container(border=True, height="stretch", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="top", gap=None):
            with st.container(gap=None, width="stretch"):
                st.markdown("## " + title)
                st.caption(_("离标准的差距占标准的比例，从大到小；点击进入"))
            exports.buttons(rows, f"attention_{at.area_code or 'all'}_{at.period}", key)
        if not is_known:
            st.info(_("这个范围没有数据。"))
            return
        if rows.is_empty():
            st.success(_("下级区域全部达标。"))
            return
        shown = rows.select(
            pl.format("▼ {}", pl.col("area_name")).alias("area"),
            pl.col("metric").replace_strict({name: texts.of(asked.short) for name, asked in metrics.items()}).alias("what"),
            *(
                pl.Series(name, [texts.number(row[name], metrics[row["metric"]].decimals, signed=name == "year_change")
                                 for row in rows.iter_rows(named=True)], dtype=pl.String)
                for name in ("value", "standard", "year_change")
            ),
            "shortfall_percent",
        )
        widget = f"{key}_{at.area_code}"

        def go_down() -> None:
            chosen = st.session_state[widget].selection.rows
            if chosen:
                scope.go_to_area(rows["area_code"][chosen[0]])

        st.dataframe(
            shown, hide_index=True, key=widget, on_select=go_down, selection_mode="single-row",
            height="content" if rows.height <= 9 else 360,
            column_config={
                "area": _("责任单位"),
                "what": _("事项"),
                "value": _("现值"),
                "standard": _("标准"),
                "year_change": _("同比"),
                "shortfall_percent": st.column_config.ProgressColumn(
                    _("差距"), format="%.0f%%", min_value=0, max_value=100
                ),
            },
        )
