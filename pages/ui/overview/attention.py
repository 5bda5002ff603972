"""Draws what needs attention: open alerts, then child areas that miss a standard, worst first, with the responsible
unit."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.names import spoken_name
from pages.ui.i18n.texts import _
from pages.ui.kit.panels import captured_panels
from pages.ui.kit.tables import data_table, exports
from pages.ui.kit.tables.columns import Column, Columns
from pages.ui.overview import alerts
from pages.ui.shell import page_scope
from sql.security.release import Frame
from sql.semantic.alerts import Alert, open_alerts
from sql.semantic.metrics import Metric, metric
from sql.semantic.readings import find_shortfalls, has_standards
from sql.semantic.scope import Scope


def panel(scope: Scope, *names: str, key: str) -> None:
    """Draws the open alerts, each with a link to its page, and the child areas' worst shortfalls, each with a link to
    the area."""
    alerts.go_to_requested_page()
    metrics = {name: metric(name, scope.version) for name in names}
    alert_list = open_alerts(scope)
    rows = _list_rows(scope, metrics, alert_list)
    # No shortfall is good news only where some standard applies.
    is_known = bool(alert_list) or not rows.is_empty() or has_standards(scope, list(metrics.values()))
    title = _title(len(alert_list), rows.height - len(alert_list)) if is_known else _("没有数据")
    caption = _("◆ 预警按数据截至日（报送逾期按今天），▼ 为离标准的差距，从大到小；点击进入")
    with st.container(border=True, height="stretch", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="top", gap=None):
            with st.container(gap=None, width="stretch"):
                st.markdown(f"## {title}")
                st.caption(caption)
            exports.download_buttons(
                Frame(lambda policy: _export_rows(policy.view(scope), metrics)),
                f"attention_{scope.area_code or 'all'}_{scope.period}",
                key,
            )
        if not is_known:
            st.info(_("这个范围没有数据。"))
            return
        if rows.is_empty():
            st.success(_("下级区域全部达标，没有预警。"))
            return

        def open_row(index: int) -> None:
            if index < len(alert_list):
                alerts.request_page(alert_list[index])
            else:
                page_scope.go_to_area(rows["area_code"][index])

        display_rows, columns = _display_rows(rows, len(alert_list)), _columns()
        captured_panels.add_rows(key, title, caption, display_rows, scope, columns=columns)
        data_table.draw(display_rows, columns, f"{key}_{scope.area_code}", title, height=360, choose=open_row)


def _export_rows(scope: Scope, metrics: dict[str, Metric]) -> pl.DataFrame:
    return _list_rows(scope, metrics, open_alerts(scope)).drop("decimals")


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


def _title(alert_count: int, other_count: int) -> str:
    if not alert_count:
        return _("{count} 项需要关注").format(count=other_count)
    if not other_count:
        return _("{count} 项预警").format(count=alert_count)
    return _("{alerts} 项预警，另有 {count} 项未达标").format(alerts=alert_count, count=other_count)


def _list_rows(scope: Scope, metrics: dict[str, Metric], alert_list: list[Alert]) -> pl.DataFrame:
    """Returns the open alerts, with the change in a year where their metric is among `metrics`, followed by the other
    shortfalls. A shortfall that an alert reports is listed once."""
    shortfalls = find_shortfalls(scope, list(metrics.values()))
    alert_rows = alerts.to_frame(alert_list)
    other_shortfalls = shortfalls.join(
        alert_rows.drop_nulls("metric"), on=["metric", "area_code"], how="anti", maintain_order="left"
    )
    alert_rows = alert_rows.join(
        shortfalls.select("metric", "area_code", "year_change"),
        on=["metric", "area_code"],
        how="left",
        maintain_order="left",
    )
    short_titles = {name: texts.of(listed_metric.short_title) for name, listed_metric in metrics.items()}
    decimals = {name: listed_metric.decimals for name, listed_metric in metrics.items()}
    other_shortfalls = other_shortfalls.rename(
        {"standard": "limit", "shortfall_percent": "beyond_percent"}
    ).with_columns(
        what=pl.col("metric").replace_strict(short_titles, return_dtype=pl.String),
        decimals=pl.col("metric").replace_strict(decimals, return_dtype=pl.Int64),
    )
    return pl.concat([alert_rows, other_shortfalls], how="diagonal")


def _display_rows(rows: pl.DataFrame, alert_count: int) -> pl.DataFrame:
    """Returns the rows for display: a mark before the responsible unit, numbers with their decimals."""
    marks = ["◆" if index < alert_count else "▼" for index in range(rows.height)]
    return rows.select(
        pl.format(
            "{} {}",
            pl.Series("mark", marks, dtype=pl.String),
            pl.col("area_name").map_elements(spoken_name, return_dtype=pl.String),
        ).alias("area"),
        "what",
        _format_column(rows, "value"),
        _format_column(rows, "limit"),
        "beyond_percent",
        "since",
        _format_column(rows, "year_change"),
        "message",
        "remedy",
    )


def _format_column(rows: pl.DataFrame, name: str) -> pl.Series:
    """Returns a column of numbers as text, each with its row's decimals; a change with its sign."""
    return pl.Series(
        name,
        [
            None if row[name] is None else texts.number(row[name], row["decimals"], signed=name == "year_change")
            for row in rows.iter_rows(named=True)
        ],
        dtype=pl.String,
    )
