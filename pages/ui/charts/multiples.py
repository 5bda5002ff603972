"""Small trends side by side, one for each value of a dimension."""
from __future__ import annotations

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages.ui import panels, texts, theme, values
from pages.ui.charts import figure
from pages.ui.charts.trend import traces
from pages.ui.texts import _
from sql.metrics import Metric
from sql.periods import Period
from sql.scope import Scope
from sql.signals import limits

MOST = 8
_COLUMNS = 4


def multiples(at: Scope, metric: Metric, by: str, key: str) -> None:
    """The months of every value of the dimension, the largest eight, each on its own scale with control limits."""
    version = at.version
    whole = at.during(Period(version.first_month, min(at.period.last, version.data_month)))
    rows = metric.rows(whole, by=(by, "month")).filter(pl.col(by).is_not_null())
    sizes = rows.group_by(by).agg(pl.col("value").sum()).filter(pl.col("value") > 0).sort("value", by, descending=[True, False])
    shown = {value: limits(rows.filter(pl.col(by) == value), metric) for value in sizes[by].head(MOST)}
    title = finding(shown, by)
    note = _("每格一个{what}，纵轴各自为准").format(what=values.name(by))
    with panels.panel(title, panels.subtitle(metric, whole, note), metric, whole, rows, (by, "month"), key):
        if not shown:
            st.info(_("这个范围没有数据。"))
            return
        figure.draw(_figure(shown, metric, by), figure.key(key, at), title)


def finding(shown: dict[str, pl.DataFrame], by: str) -> str:
    """Which values have a signal in the last year."""
    if not shown:
        return _("没有数据")
    moved = [value for value, rows in shown.items() if rows.tail(12)["is_signal"].any()]
    if not moved:
        return _("近 12 个月都在通常的起伏之内")
    return _("近 12 个月有信号：{what}").format(what=texts.listed([values.word(by, value) for value in moved]))


def _figure(shown: dict[str, pl.DataFrame], metric: Metric, by: str) -> go.Figure:
    colours = theme.palette()
    columns = min(_COLUMNS, len(shown))
    lines = -(-len(shown) // columns)
    drawn, notes, layout = [], [], {}
    for place, (value, rows) in enumerate(shown.items()):
        column, line = place % columns, place // columns
        left, top = column / columns, 1 - line / lines
        number = str(place + 1) if place else ""
        drawn += traces(rows, metric, {"xaxis": f"x{number}", "yaxis": f"y{number}"})
        plain = {"showgrid": False, "zeroline": False, "fixedrange": True, "tickfont": {"color": colours.muted, "size": 11}}
        layout[f"xaxis{number}"] = plain | {
            "domain": [left, left + 0.80 / columns], "anchor": f"y{number}", "tickformat": "%y", "dtick": "M24",
            "tick0": "2020-01-01", "range": [rows["month"][0], rows["month"][-1]],
        }
        layout[f"yaxis{number}"] = plain | {
            "domain": [top - 0.68 / lines, top - 0.14 / lines], "anchor": f"x{number}", "nticks": 3,
            "rangemode": "tozero", "showgrid": True, "gridcolor": colours.grid,
        }
        notes.append(figure.label(
            left, top, f"<b>{figure.escaped(values.word(by, value))}</b>", xref="paper", yref="paper",
            xanchor="left", yanchor="top",
        ))
    axes = {name: layout.pop(name) for name in ("xaxis", "yaxis")}
    return figure.figure(drawn, height=20 + 150 * lines, left=34, right=10, top=4, bottom=8, annotations=notes, **axes, **layout)
