"""The months of a metric with control limits: what is usual, and which months are signals."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages.ui.charts import figure, trend_annotations
from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.kit import compare
from pages.ui.kit.panels import panel, subtitle
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
_MOST_UNUSUAL = 1 / 3


def trend(scope: Scope, metric: Metric, key: str, note: str = "") -> None:
    """Every month of the calendar with control limits, the standard and the latest value named beside its point.

    Where areas are compared, theirs are thin lines beside it. Analysts' notes stand at their months.
    """
    version = scope.version
    whole = Period(version.first_month, min(scope.period.last, version.data_month))
    marked = trend_annotations.by_month(sql_annotations.find_annotations(metric.name, scope.with_period(whole)), scope)
    rows = trend_annotations.add_column(
        control_limits(metric.rows(scope.with_period(whole), by="month"), metric), marked
    )
    title = headline(read_metric(metric, scope), rows)
    if rows["centre"].null_count() < rows.height:
        note = " · ".join(filter(None, (note, _("浅色带为通常的起伏（XmR 控制限），◇ 为信号"))))
    with panel(title, subtitle(metric, scope, note), metric, scope.with_period(whole), rows, ("month",), key):
        if rows["value"].null_count() == rows.height:
            st.info(_("这个范围没有数据。"))
            return
        others = {
            other.name: metric.rows(other.scope.with_period(whole), by="month")
            for other in compare.comparisons(scope)
            if other.scope.area_code != scope.area_code
        }
        labels, room, beneath = trend_annotations.place_texts(marked, rows)
        figure.draw(_figure(rows, metric, others, labels, room), selection.widget_key(key, scope), title)
        if beneath:
            st.caption(trend_annotations.to_markdown(beneath))


def headline(read: Reading, rows: pl.DataFrame) -> str:
    """The change in a year, and the months that are signals."""
    if read.year_change is None:
        change = _("不足一年，尚不能比较")
    elif round(read.year_change, read.metric.decimals) == 0:
        change = _("一年来没有变化")
    else:
        change = _("一年来 {change}").format(change=texts.change_in_words(read.year_change, read.metric))
    signals = rows.filter(pl.col("is_signal"))
    if rows["centre"].null_count() == rows.height:
        return change
    if signals.is_empty():
        return change + _("，没有信号月份")
    if texts.language() == "en" and signals.height > rows.height * _MOST_UNUSUAL:
        return change
    return change + _("，{count} 个月份是信号，最近在 {month}").format(
        count=signals.height, month=texts.month(max(signals["month"].to_list()))
    )


def traces(rows: pl.DataFrame, metric: Metric, axes: dict | None = None) -> list[dict]:
    """The band of what is usual, the line, the signals and the last point, on the axes named."""
    colours, axes = theme.palette(), axes or {}
    months = rows["month"].to_list()
    found = []
    if rows["centre"].null_count() < rows.height:
        judged = rows.drop_nulls("centre")
        band = {
            "type": "scatter",
            "x": judged["month"].to_list(),
            "mode": "lines",
            "line": {"width": 0},
            "hoverinfo": "skip",
        } | axes
        found.append(band | {"y": judged["upper"].to_list()})
        found.append(
            band | {"y": judged["lower"].to_list(), "fill": "tonexty", "fillcolor": with_opacity(colours.context)}
        )
    shown = [
        f"{texts.month(month)} <b>{texts.amount(value, metric)}</b>"
        for month, value in rows.select("month", "value").iter_rows()
    ]
    found.append(
        {
            "type": "scatter",
            "x": months,
            "y": rows["value"].to_list(),
            "mode": "lines",
            "name": "value",
            "line": {"color": colours.accent, "width": 2.4},
            "hovertext": shown,
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
        | axes
    )
    signals = rows.filter(pl.col("is_signal"))
    if not signals.is_empty():
        found.append(
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
    found.append(
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
    return found


def _figure(
    rows: pl.DataFrame, metric: Metric, others: dict[str, pl.DataFrame], noted: list[dict], room: int
) -> go.Figure:
    """The picture; `noted` are the labels of notes, for which there is `room` above it."""
    colours = theme.palette()
    months = rows["month"].to_list()
    drawn, labels = [], [*noted]
    for name, other in others.items():
        drawn.append(
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
    drawn += traces(rows, metric)
    standards = rows["standard"].drop_nulls()
    if len(standards) and standards[-1]:
        drawn.append(
            {
                "type": "scatter",
                "x": months,
                "y": rows["standard"].to_list(),
                "mode": "lines",
                "hoverinfo": "skip",
                "name": "standard",
                "line": {"color": colours.muted, "width": 1.4, "dash": "dash"},
            }
        )
        labels.append(
            figure.label(
                months[-1],
                standards[-1],
                figure.standard_text(standards[-1]),
                xanchor="left",
                xshift=8,
                font={"color": colours.muted, "size": 13},
            )
        )
    for name, other in others.items():
        # Named in the line, near its left end, where the labels of the last point and of the standard are not.
        known = other.drop_nulls("value")
        if not known.is_empty():
            month, value = known.select("month", "value").row(min(3, known.height - 1))
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
        drawn,
        height=270 + room,
        top=26 + room,
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
        # Of nothing but 0 Plotly would draw an axis that begins at −1.
        yaxis={
            "nticks": 5,
            "tickformat": f",.{metric.decimals}f" if metric.decimals else ",",
            **({} if (rows["value"] != 0).any() else {"range": [0, 1]}),
        },
    )
