"""Draws small trends side by side, one for each value of a dimension."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages.ui.charts import figure
from pages.ui.charts.trend import traces, unripe_months
from pages.ui.i18n import texts, values
from pages.ui.i18n.texts import _
from pages.ui.kit import variation
from pages.ui.kit.panels import panels
from pages.ui.shell import selection
from pages.ui.theme import theme
from sql.semantic.cohort import ripe_days
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope
from sql.stats.signals import control_limits

MAX_CHARTS = 8
_COLUMNS = 4


def multiples(scope: Scope, metric: Metric, by: str, key: str) -> None:
    """Draws the months of the eight largest values of the dimension, each on its own scale with control limits."""
    full_scope = variation.monthly_scope(scope)
    rows = metric.trend_rows(full_scope, by=(by, "month")).filter(pl.col(by).is_not_null())
    sizes = (
        rows.group_by(by)
        .agg(pl.col("value").sum())
        .filter(pl.col("value") > 0)
        .sort("value", by, descending=[True, False])
    )
    rows_by_value = {
        value: control_limits(rows.filter(pl.col(by) == value), metric) for value in sizes[by].head(MAX_CHARTS)
    }
    title = headline(rows_by_value, by)
    note = _("每格一个{what}，纵轴各自为准").format(what=values.name(by))
    if not unripe_months(rows).is_empty():
        note += _("；空心为未满 {days} 天的月份").format(days=ripe_days(scope))
    with panels.panel(title, panels.subtitle(metric, full_scope, note), metric, full_scope, rows, (by, "month"), key):
        if not rows_by_value:
            st.info(_("这个范围没有数据。"))
            return
        with st.grid(_COLUMNS, min_column_width=150, gap="small"):
            for value, value_rows in rows_by_value.items():
                alt = f"{values.word(by, value)} {title}"
                figure.draw(_figure(value_rows, metric, by, value), selection.widget_key(f"{key}_{value}", scope), alt)


def headline(rows_by_value: dict[str, pl.DataFrame], by: str) -> str:
    """Returns the values with a signal in the last year."""
    if not rows_by_value:
        return _("没有数据")
    signal_values = [value for value, rows in rows_by_value.items() if rows["is_signal"].any()]
    if not signal_values:
        return _("近 12 个月都在通常的起伏之内")
    return _("近 12 个月超出通常起伏：{what}").format(
        what=texts.join_words([values.word(by, value) for value in signal_values])
    )


def _figure(rows: pl.DataFrame, metric: Metric, by: str, value: str) -> go.Figure:
    small = {"showgrid": False, "tickfont": {"color": theme.palette().muted, "size": 11}}
    name = figure.label(
        0,
        1,
        f"<b>{figure.escape(values.word(by, value))}</b>",
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        yshift=4,
    )
    return figure.figure(
        traces(rows, metric),
        height=150,
        left=30,
        right=44,
        top=26,
        bottom=20,
        annotations=[name],
        xaxis=small
        | {"tickformat": "%y", "dtick": "M24", "tick0": "2020-01-01", "range": [rows["month"][0], rows["month"][-1]]},
        yaxis=small | {"nticks": 3, "rangemode": "tozero", "showgrid": True},
    )
