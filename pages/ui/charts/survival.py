"""Draws waiting times: the share still waiting after a number of hours (Kaplan–Meier)."""

from __future__ import annotations

import math

import plotly.graph_objects as go
import polars as pl

from pages.ui.charts import figure
from pages.ui.i18n import texts, values
from pages.ui.i18n.texts import _
from pages.ui.kit.panels import panels
from pages.ui.shell import selection
from pages.ui.theme import theme
from sql import query
from sql.semantic.extremes import max_number
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope
from sql.stats.signals import median_wait

_TICKS = [1, 6, 24, 96, 480, 2400, 9600]


def survival(scope: Scope, metric: Metric, source: str, key: str) -> None:
    """Draws one falling curve for each `curve` of a query file with curve, hours, share (percent still waiting) and
    at_risk, in order.

    Cases still open at the data date count as waiting until then and no longer. The cases are those that the metric,
    their median, counts.
    """
    scope = metric.cohort(scope)
    rows = query(source, scope)
    if metric.is_held(scope):
        rows = rows.clear()
    title = headline(rows)
    note = _("还没有等到的占比，未了结的计到数据日；横轴为对数")
    with panels.query_panel(title, panels.subtitle(metric, scope, note), source, scope, rows, key, metric=metric):
        if rows.is_empty():
            panels.no_rows(metric, scope)
            return
        figure.draw(_figure(rows), selection.widget_key(key, scope), title)


def headline(rows: pl.DataFrame) -> str:
    """Returns the time within which half of the cases are completed, for each curve."""
    parts = []
    for curve in rows["curve"].unique(maintain_order=True):
        hours = median_wait(rows.filter(pl.col("curve") == curve))
        if hours is None:
            parts.append(_("{what}：过半还没有等到").format(what=values.word("curve", curve)))
        else:
            parts.append(_("一半在 {time}内{what}").format(time=duration(hours), what=values.word("curve", curve)))
    return _("；").join(parts) or _("没有数据")


def duration(hours: float) -> str:
    """Returns a duration in hours or days, whichever is usual: 5 小时, 3.5 天."""
    words, count = (_("{count} 小时"), hours) if hours < 48 else (_("{count} 天"), hours / 24)
    is_round = count >= 100 or round(count, 1) == int(count)
    return words.format(count=texts.number(count, 0 if is_round else 1))


def _figure(rows: pl.DataFrame) -> go.Figure:
    colours = theme.palette()
    traces, annotations = [], []
    longest = max_number(rows["hours"]) or 1
    for index, curve in enumerate(rows["curve"].unique(maintain_order=True)):
        curve_rows = rows.filter(pl.col("curve") == curve)
        colour = colours.accent if index == 0 else colours.muted
        word = values.word("curve", curve)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": curve,
                "x": curve_rows["hours"].to_list(),
                "y": curve_rows["share"].to_list(),
                "line": {"shape": "hv", "color": colour, "width": 2.4, "dash": "solid" if index == 0 else "dash"},
                "hovertext": [
                    f"{word} {duration(hours)} <b>{texts.number(share, 1)}%</b>"
                    for hours, share in curve_rows.select("hours", "share").iter_rows()
                ],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
        # The name is on the curve, at a different height for each, as two curves may run close together.
        height = 62 - 24 * index
        rows_below = curve_rows.filter(pl.col("share") <= height)
        hours = rows_below["hours"][0] if not rows_below.is_empty() else curve_rows["hours"][-1]
        annotations.append(
            figure.label(
                _log(max(hours, 0.2)),
                height,
                f"<b>{word}</b>",
                xanchor="left",
                xshift=8,
                yshift=8,
                font={"color": colour, "size": 13},
            )
        )
    ticks = [tick for tick in _TICKS if tick <= longest * 1.2]
    return figure.figure(
        traces,
        height=300,
        left=46,
        right=20,
        annotations=annotations,
        xaxis={
            "type": "log",
            "range": [_log(0.2), _log(max(longest, 1) * 1.1)],
            "tickvals": ticks,
            "ticktext": [duration(tick) for tick in ticks],
            "tickangle": 0,
        },
        yaxis={"range": [0, 102], "ticksuffix": "%", "nticks": 5, "tickfont": {"color": colours.muted}},
        shapes=[
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": 50,
                "y1": 50,
                "line": {"color": colours.context, "width": 1, "dash": "dot"},
            }
        ],
    )


def _log(value: float) -> float:
    """Returns a value's position on a logarithmic axis; Plotly's annotations and ranges take the exponent."""
    return math.log10(value)
