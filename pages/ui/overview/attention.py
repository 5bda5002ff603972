"""What needs attention: open alerts, then the areas below that miss a standard, worst first, with who answers for
it."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.names import full_name
from pages.ui.i18n.texts import _
from pages.ui.kit import captured_panels
from pages.ui.kit.tables import data_table, exports
from pages.ui.kit.tables.columns import Column, Columns
from pages.ui.overview import alerts
from pages.ui.shell import page_scope
from sql.semantic.alerts import Alert, open_alerts
from sql.semantic.metrics import Metric, metric
from sql.semantic.readings import find_shortfalls, has_standards
from sql.semantic.scope import Scope


def panel(scope: Scope, *names: str, key: str) -> None:
    """The open alerts, each a link to its page, and the worst shortfalls one step below, each a link down to the
    area."""
    alerts.go_to_requested_page()
    metrics = {name: metric(name, scope.version) for name in names}
    opened = open_alerts(scope)
    rows = _listed(scope, metrics, opened)
    # Nothing below its standard is good news only where something was held against one.
    is_known = bool(opened) or not rows.is_empty() or has_standards(scope, list(metrics.values()))
    title = _title(len(opened), rows.height - len(opened)) if is_known else _("没有数据")
    caption = _("◆ 预警按数据截至日，▼ 为离标准的差距，从大到小；点击进入")
    with st.container(border=True, height="stretch", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="top", gap=None):
            with st.container(gap=None, width="stretch"):
                st.markdown(f"## {title}")
                st.caption(caption)
            exports.download_buttons(
                rows.drop("decimals"),
                f"attention_{scope.area_code or 'all'}_{scope.period}",
                key,
                lambda: _listed(scope.with_rounding, metrics, open_alerts(scope.with_rounding)).drop("decimals"),
            )
        if not is_known:
            st.info(_("这个范围没有数据。"))
            return
        if rows.is_empty():
            st.success(_("下级区域全部达标，没有预警。"))
            return

        def opens(place: int) -> None:
            if place < len(opened):
                alerts.request_page(opened[place])
            else:
                page_scope.go_to_area(rows["area_code"][place])

        shown, columns = _shown(rows, len(opened)), _columns()
        captured_panels.add_rows(key, title, caption, shown, scope, columns=columns)
        data_table.draw(shown, columns, f"{key}_{scope.area_code}", title, height=360, choose=opens)


def _columns() -> Columns:
    return {
        "area": _("责任单位"),
        "what": _("事项"),
        "value": Column(_("现值"), is_number=True),
        "limit": Column(_("标准/限度"), is_number=True),
        "beyond_percent": Column(_("差距"), decimals=0, unit="%", is_bar=True),
        "since": _("自"),
        "year_change": Column(_("同比"), is_number=True),
        "message": _("情况"),
        "remedy": _("处理"),
    }


def _title(alerts_open: int, others: int) -> str:
    if not alerts_open:
        return _("{count} 项需要关注").format(count=others)
    if not others:
        return _("{count} 项预警").format(count=alerts_open)
    return _("{alerts} 项预警，另有 {count} 项未达标").format(alerts=alerts_open, count=others)


def _listed(scope: Scope, metrics: dict[str, Metric], opened: list[Alert]) -> pl.DataFrame:
    """Returns the open alerts, with the year's change where their metric is one of those asked, and then what else
    misses its standard: what an alert tells already is told once."""
    below = find_shortfalls(scope, list(metrics.values()))
    warned = alerts.to_frame(opened)
    rest = below.join(warned.drop_nulls("metric"), on=["metric", "area_code"], how="anti", maintain_order="left")
    warned = warned.join(
        below.select("metric", "area_code", "year_change"),
        on=["metric", "area_code"],
        how="left",
        maintain_order="left",
    )
    shorts = {name: texts.of(asked.short_title) for name, asked in metrics.items()}
    decimals = {name: asked.decimals for name, asked in metrics.items()}
    rest = rest.rename({"standard": "limit", "shortfall_percent": "beyond_percent"}).with_columns(
        what=pl.col("metric").replace_strict(shorts, return_dtype=pl.String),
        decimals=pl.col("metric").replace_strict(decimals, return_dtype=pl.Int64),
    )
    return pl.concat([warned, rest], how="diagonal")


def _shown(rows: pl.DataFrame, alerts_open: int) -> pl.DataFrame:
    """The rows as they are read: a mark before the unit, numbers with their decimals."""
    marks = ["◆" if place < alerts_open else "▼" for place in range(rows.height)]
    return rows.select(
        pl.format(
            "{} {}",
            pl.Series("mark", marks, dtype=pl.String),
            pl.col("area_name").map_elements(full_name, return_dtype=pl.String),
        ).alias("area"),
        "what",
        _written(rows, "value"),
        _written(rows, "limit"),
        "beyond_percent",
        "since",
        _written(rows, "year_change"),
        "message",
        "remedy",
    )


def _written(rows: pl.DataFrame, name: str) -> pl.Series:
    """A column of numbers as people read them, each with the decimals of its row; a change with its sign."""
    return pl.Series(
        name,
        [
            None if row[name] is None else texts.number(row[name], row["decimals"], signed=name == "year_change")
            for row in rows.iter_rows(named=True)
        ],
        dtype=pl.String,
    )
