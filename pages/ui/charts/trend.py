"""Draws the months of a metric with control limits, which show normal variation and the months that are signals."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages.ui.charts import figure, target_lines, trend_annotations
from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.kit import compare
from pages.ui.kit.panels.panels import panel, subtitle
from pages.ui.shell import selection
from pages.ui.theme import theme
from pages.ui.theme.colours import with_opacity
from sql.semantic import annotations as sql_annotations
from sql.semantic.metrics import Metric
from sql.semantic.periods import Period
from sql.semantic.readings import Reading, read_metric
from sql.semantic.scope import Scope
from sql.stats.signals import control_limits

# Where more of the months are signals than this, the line has a trend, and no month of it is unusual.
_MAX_UNUSUAL_SHARE = 1 / 3


def trend(scope: Scope, metric: Metric, key: str, note: str = "") -> None:
    """Draws every calendar month with control limits, the standard, and the latest value beside its point.

    Compared areas are thin lines. Annotations are drawn at their months.
    """
    version = scope.version
    full_period = Period(version.first_month, min(scope.period.last, version.data_month))
    month_annotations = trend_annotations.by_month(
        sql_annotations.find_annotations(metric.name, scope.with_period(full_period)), scope
    )
    rows = trend_annotations.add_column(
        control_limits(metric.rows(scope.with_period(full_period), by="month"), metric), month_annotations
    )
    title = headline(read_metric(metric, scope), rows)
    if rows["centre"].null_count() < rows.height:
        note = " · ".join(filter(None, (note, _("浅色带为通常的起伏（XmR 控制限），◇ 为信号"))))
    with panel(title, subtitle(metric, scope, note), metric, scope.with_period(full_period), rows, ("month",), key):
        if rows["value"].null_count() == rows.height:
            st.info(_("这个范围没有数据。"))
            return
        others = {
            other.name: metric.rows(other.scope.with_period(full_period), by="month")
            for other in compare.comparisons(scope)
            if other.scope.area_code != scope.area_code
        }
        labels, top_space, remaining_annotations = trend_annotations.place_texts(month_annotations, rows)
        figure.draw(_figure(rows, metric, others, labels, top_space), selection.widget_key(key, scope), title)
        if remaining_annotations:
            st.caption(trend_annotations.to_markdown(remaining_annotations))


def headline(reading: Reading, rows: pl.DataFrame) -> str:
    """Returns the change in a year, and the months that are signals."""
    if reading.year_change is None:
        change = _("不足一年，尚不能比较")
    elif round(reading.year_change, reading.metric.decimals) == 0:
        change = _("一年来没有变化")
    else:
        change = _("一年来 {change}").format(change=texts.change_in_words(reading.year_change, reading.metric))
    signals = rows.filter(pl.col("is_signal"))
    if rows["centre"].null_count() == rows.height:
        return change
    if signals.is_empty():
        return change + _("，没有信号月份")
    if texts.language() == "en" and signals.height > rows.height * _MAX_UNUSUAL_SHARE:
        return change
    return change + _("，{count} 个月份是信号，最近在 {month}").format(
        count=signals.height, month=texts.month(max(signals["month"].to_list()))
    )


def traces(rows: pl.DataFrame, metric: Metric, axes: dict | None = None) -> list[dict]:
    """Returns the band of normal variation, the line, the signals and the last point, on the given axes."""
    colours, axes = theme.palette(), axes or {}
    months = rows["month"].to_list()
    result = []
    if rows["centre"].null_count() < rows.height:
        limit_rows = rows.drop_nulls("centre")
        band = {
            "type": "scatter",
            "x": limit_rows["month"].to_list(),
            "mode": "lines",
            "line": {"width": 0},
            "hoverinfo": "skip",
        } | axes
        result.append(band | {"y": limit_rows["upper"].to_list()})
        result.append(
            band | {"y": limit_rows["lower"].to_list(), "fill": "tonexty", "fillcolor": with_opacity(colours.context)}
        )
    hover_texts = [
        f"{texts.month(month)} <b>{texts.amount(value, metric)}</b>"
        for month, value in rows.select("month", "value").iter_rows()
    ]
    result.append(
        {
            "type": "scatter",
            "x": months,
            "y": rows["value"].to_list(),
            "mode": "lines",
            "name": "value",
            "line": {"color": colours.accent, "width": 2.4},
            "hovertext": hover_texts,
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
        | axes
    )
    signals = rows.filter(pl.col("is_signal"))
    if not signals.is_empty():
        result.append(
            {
                "type": "scatter",
                "x": signals["month"].to_list(),
                "y": signals["value"].to_list(),
                "mode": "markers",
                "hoverinfo": "skip",
                "name": "signal",
                "marker": {"symbol": "diamond-open", "size": 8, "color": colours.below, "line": {"width": 2}},
            }
            | axes
        )
    last = rows.filter(pl.col("value").is_not_null()).row(-1, named=True)
    result.append(
        {
            "type": "scatter",
            "x": [last["month"]],
            "y": [last["value"]],
            "mode": "markers+text",
            "cliponaxis": False,
            "text": [f"<b>{texts.number(last['value'], metric.decimals)}</b>"],
            "textposition": "middle right",
            "textfont": {"color": colours.accent, "size": 14},
            "marker": {"size": 8, "color": colours.accent},
            "hoverinfo": "skip",
        }
        | axes
    )
    return result


def _figure(
    rows: pl.DataFrame, metric: Metric, others: dict[str, pl.DataFrame], annotation_labels: list[dict], top_space: int
) -> go.Figure:
    """Returns the figure. `annotation_labels` are drawn above it in `top_space` pixels."""
    colours = theme.palette()
    months = rows["month"].to_list()
    chart_traces, labels = [], [*annotation_labels]
    for name, other in others.items():
        chart_traces.append(
            {
                "type": "scatter",
                "x": other["month"].to_list(),
                "y": other["value"].to_list(),
                "mode": "lines",
                "line": {"color": colours.muted, "width": 1.4},
                "name": figure.escape(name),
                "hovertemplate": "%{fullData.name} %{x|%Y-%m} <b>%{y:,.1f}</b><extra></extra>",
            }
        )
    chart_traces += traces(rows, metric)
    target_traces, target_names = target_lines.along_months(rows, metric)
    chart_traces += target_traces
    labels += target_names
    for name, other in others.items():
        # The name is on the line near its left end, away from the labels of the last point and the standard.
        known_rows = other.drop_nulls("value")
        if not known_rows.is_empty():
            month, value = known_rows.select("month", "value").row(min(3, known_rows.height - 1))
            labels.append(
                figure.label(
                    month,
                    value,
                    figure.escape(name),
                    xanchor="left",
                    bgcolor=colours.ground,
                    font={"color": colours.muted, "size": 12},
                )
            )
    return figure.figure(
        chart_traces,
        height=270 + top_space,
        top=26 + top_space,
        right=74,
        left=52,
        annotations=labels,
        xaxis={
            "showgrid": False,
            "tickformat": "%Y",
            "dtick": "M12",
            "tick0": f"{months[0].year}-01-01",
            "range": [months[0], months[-1]],
        },
        # For values that are all 0, Plotly would start the axis at −1.
        yaxis={
            "nticks": 5,
            "tickformat": f",.{metric.decimals}f" if metric.decimals else ",",
            **({} if (rows["value"] != 0).any() else {"range": [0, 1]}),
        },
    )
