"""Draws the charts of the partners page: demand and supply, three-way ratings, and claims by month."""

from __future__ import annotations

from itertools import pairwise

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages.ui.charts import figure
from pages.ui.i18n import texts, values
from pages.ui.i18n.texts import _
from pages.ui.kit.panels import panels
from pages.ui.shell import selection
from pages.ui.theme import theme
from sql import query
from sql.semantic.metrics import Metric
from sql.semantic.periods import Period, add_months
from sql.semantic.readings import clip_period, cumulative_scope
from sql.semantic.scope import Scope

# Number of months shown for a partner.
MONTHS = 24
# Minimum distance between the numbers at the ends of lines, as a share of the axis.
_MIN_DISTANCE = 0.09


def supply(scope: Scope, dimension: str, key: str) -> None:
    """Draws requests per month beside the monthly capacity offered, for each value of `category` or `focus_group`."""
    rows = query("needs_and_services", scope, area=scope.area_code).filter(pl.col("dimension") == dimension)
    title = _supply_headline(rows, dimension)
    note = _("{period}；橙色为未满足；左右两侧各自为准").format(period=texts.period(clip_period(scope)))
    subtitle = f"{values.name(dimension)} · {note}"
    with panels.query_panel(title, subtitle, "needs_and_services", scope, rows, key, area=scope.area_code):
        if rows.is_empty():
            st.info(_("这个范围没有数据。"))
            return
        figure.draw(_supply_figure(rows, dimension), selection.widget_key(key, scope), title)


def _supply_headline(rows: pl.DataFrame, dimension: str) -> str:
    """Returns what is requested and not offered at all; else where most is unmet."""
    if rows.is_empty():
        return _("没有数据")
    missing = rows.filter((pl.col("raised") > 0) & (pl.col("services") == 0))
    if not missing.is_empty():
        words = texts.join_words([values.word(dimension, what) for what in missing["what"].head(3)])
        return _("{what}有需求、没有供给").format(what=words)
    known_needs = rows.filter(pl.col("what") != "none")
    worst = (
        (rows if known_needs.is_empty() else known_needs).sort("unmet", "raised", descending=True).row(0, named=True)
    )
    return _("{what}未满足最多，{unmet} 件；供给 {services} 项").format(
        what=values.word(dimension, worst["what"]),
        unmet=texts.number(worst["unmet"]),
        services=texts.number(worst["services"]),
    )


def _supply_figure(rows: pl.DataFrame, dimension: str) -> go.Figure:
    colours = theme.palette()
    positions = list(range(rows.height))
    words = [figure.escape(values.word(dimension, what)) for what in rows["what"]]
    met = (rows["raised_a_month"].fill_null(0) - rows["unmet_a_month"].fill_null(0)).to_list()
    unmet = rows["unmet_a_month"].fill_null(0).to_list()
    capacity = rows["capacity"].cast(pl.Float64).to_list()
    bar = {
        "type": "bar",
        "orientation": "h",
        "y": positions,
        "width": 0.62,
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    demand_texts = [
        _("{what} 上报 {raised} 件，未满足 {unmet} 件").format(
            what=word, raised=texts.number(raised), unmet=texts.number(unmet_count)
        )
        for word, raised, unmet_count in zip(words, rows["raised"], rows["unmet"], strict=True)
    ]
    supply_texts = [
        _("{what} 在供服务 {services} 项").format(what=word, services=texts.number(services))
        for word, services in zip(words, rows["services"], strict=True)
    ]
    traces = [
        bar | {"x": met, "name": "met", "marker": {"color": colours.accent}, "hovertext": demand_texts},
        bar | {"x": unmet, "name": "unmet", "marker": {"color": colours.below}, "hovertext": demand_texts},
        bar
        | {
            "x": capacity,
            "name": "capacity",
            "xaxis": "x2",
            "marker": {"color": colours.context},
            "hovertext": supply_texts,
        },
    ]
    demand_title, supply_title = _("月均需求（件）"), _("月供给量 · 服务项")
    annotations = [
        figure.label(0, 1, f"<b>{demand_title}</b>", xref="x domain", yref="paper", xanchor="left", yanchor="bottom"),
        figure.label(0, 1, f"<b>{supply_title}</b>", xref="x2 domain", yref="paper", xanchor="left", yanchor="bottom"),
    ]
    for position, met_count, unmet_count, capacity_value, services in zip(
        positions, met, unmet, capacity, rows["services"], strict=True
    ):
        demand_label = f"<b>{texts.number(met_count + unmet_count, 1)}</b>"
        supply_label = (
            f"<b>{texts.number(capacity_value)}</b> · {texts.number(services)}" if services else _("无人提供")
        )
        annotations.append(
            figure.label(met_count + unmet_count, position, demand_label, xanchor="left", xshift=5, name="asked")
        )
        annotations.append(
            figure.label(capacity_value, position, supply_label, xref="x2", xanchor="left", xshift=5, name="offered")
        )
    plain_axis = {"showticklabels": False, "showgrid": False}
    max_demand = max([met_count + unmet_count for met_count, unmet_count in zip(met, unmet, strict=True)]) or 1
    return figure.figure(
        traces,
        height=58 + 27 * rows.height,
        top=30,
        bottom=8,
        right=8,
        barmode="stack",
        annotations=annotations,
        xaxis=plain_axis | {"domain": [0, 0.37], "range": [0, max_demand * 1.6]},
        xaxis2=plain_axis
        | {
            "domain": [0.43, 1],
            "range": [0, (max(capacity) or 1) * 2.6],
            "anchor": "y",
            "fixedrange": True,
            "zeroline": False,
        },
        yaxis={
            "range": [rows.height - 0.5, -0.5],
            "tickvals": positions,
            "ticktext": words,
            "showgrid": False,
            "ticklabelstandoff": 6,
        },
    )


def ratings(scope: Scope, metrics: tuple[Metric, ...], key: str) -> None:
    """Draws the metrics by quarter as lines, from the first rating to the end of the period."""
    full_scope = cumulative_scope(scope)
    lines = {metric: metric.rows(full_scope, by="quarter").drop_nulls("value").sort("quarter") for metric in metrics}
    rows = pl.concat(
        [
            rows.select("quarter", pl.lit(texts.of(metric.title)).alias("name"), "value", "denominator")
            for metric, rows in lines.items()
        ]
    )
    title = _ratings_headline(lines)
    note = _("{period}；百分制，三方各为一条线").format(period=texts.period(full_scope.period))
    with panels.panel(title, note, metrics[0], full_scope, rows, ("quarter",), key):
        if rows.is_empty():
            st.info(_("这个范围没有数据。"))
            return
        figure.draw(_ratings_figure(lines), selection.widget_key(key, scope), title)


def _ratings_headline(lines: dict[Metric, pl.DataFrame]) -> str:
    """Returns the last quarter's ratings."""
    last = max((rows["quarter"][-1] for rows in lines.values() if not rows.is_empty()), default=None)
    if last is None:
        return _("没有评价")
    parts = [
        f"{texts.of(metric.short_title)} {texts.number(value, metric.decimals)}"
        for metric, rows in lines.items()
        for value in rows.filter(pl.col("quarter") == last)["value"]
    ]
    return _("{quarter}：{ratings}").format(quarter=last, ratings=texts.join_words(parts))


def _ratings_figure(lines: dict[Metric, pl.DataFrame]) -> go.Figure:
    colours = theme.palette()
    shades = (colours.accent, colours.on_target, colours.below)
    quarters = sorted({quarter for rows in lines.values() for quarter in rows["quarter"]})
    scores = [value for rows in lines.values() for value in rows["value"]]
    margin = max(1.0, 0.12 * (max(scores) - min(scores)))
    bottom, top = min(scores) - margin, max(scores) + margin
    ends = _spread_labels(
        [rows["value"][-1] if not rows.is_empty() else None for rows in lines.values()], _MIN_DISTANCE * (top - bottom)
    )
    traces, annotations, names = [], [], []
    for (metric, rows), shade, end in zip(lines.items(), shades, ends, strict=True):
        name = texts.of(metric.short_title)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": metric.name,
                "x": rows["quarter"].to_list(),
                "y": rows["value"].to_list(),
                "line": {"color": shade, "width": 2.4},
                "marker": {"size": 6, "color": shade},
                "hovertext": [
                    f"{name} {quarter} <b>{texts.number(value, metric.decimals)}</b>"
                    for quarter, value in rows.select("quarter", "value").iter_rows()
                ],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
        names.append(f"<span style='color:{shade}'>●</span> {name}")
        if end is not None:
            text = f"<b>{texts.number(rows['value'][-1], metric.decimals)}</b>"
            annotations.append(
                figure.label(1, end, text, xref="paper", xanchor="left", xshift=8, font={"color": shade}, name="end")
            )
    annotations.append(
        figure.label(0, 1, "　".join(names), xref="paper", yref="paper", xanchor="left", yanchor="bottom")
    )
    return figure.figure(
        traces,
        height=290,
        left=44,
        right=52,
        annotations=annotations,
        xaxis={
            "type": "category",
            "categoryarray": quarters,
            "showgrid": False,
            "tickangle": 0,
            "tickvals": quarters[:: -(-len(quarters) // 4)],
        },
        yaxis={"range": [bottom, top], "nticks": 5},
    )


def _spread_labels(ends: list[float | None], min_distance: float) -> list[float | None]:
    """Returns the heights of labels, moved up where they would overlap."""
    heights = {index: end for index, end in enumerate(ends) if end is not None}
    for below, above in pairwise(sorted(heights, key=heights.__getitem__)):
        heights[above] = max(heights[above], heights[below] + min_distance)
    return [heights.get(index) for index in range(len(ends))]


def by_month(scope: Scope, metrics: tuple[Metric, ...], key: str) -> None:
    """Draws several counts of the last two years, month by month, as bars side by side."""
    last = clip_period(scope).last
    recent_scope = scope.with_period(Period(max(add_months(last, 1 - MONTHS), scope.version.first_month), last))
    rows_by_metric = {metric: metric.rows(recent_scope, by="month") for metric in metrics}
    rows = pl.concat(
        [
            rows.select("month", pl.lit(texts.of(metric.short_title)).alias("name"), "value")
            for metric, rows in rows_by_metric.items()
        ]
    )
    sums = [
        f"{texts.of(metric.short_title)} {texts.amount(float(rows['value'].sum()), metric)}"
        for metric, rows in rows_by_metric.items()
    ]
    title = _("近 {months} 个月 {sums}").format(months=MONTHS, sums=texts.join_words(sums))
    with panels.panel(title, texts.period(recent_scope.period), metrics[-1], recent_scope, rows, ("month",), key):
        if not (rows["value"] > 0).any():
            st.info(_("这段时间没有记录。"))
            return
        figure.draw(_by_month_figure(rows_by_metric), selection.widget_key(key, scope), title)


def _by_month_figure(rows_by_metric: dict[Metric, pl.DataFrame]) -> go.Figure:
    colours = theme.palette()
    traces = [
        {
            "type": "bar",
            "name": metric.name,
            "x": rows["month"].to_list(),
            "y": rows["value"].to_list(),
            "marker": {"color": shade},
            "hovertemplate": "%{hovertext}<extra></extra>",
            "hovertext": [
                f"{texts.month(month)} {texts.of(metric.short_title)} <b>{texts.amount(value, metric)}</b>"
                for month, value in rows.select("month", "value").iter_rows()
            ],
        }
        for (metric, rows), shade in zip(rows_by_metric.items(), (colours.context, colours.accent), strict=True)
    ]
    names = "　".join(
        f"<span style='color:{shade}'>■</span> {texts.of(metric.short_title)}"
        for metric, shade in zip(rows_by_metric, (colours.context, colours.accent), strict=True)
    )
    return figure.figure(
        traces,
        height=270,
        left=44,
        barmode="group",
        bargap=0.25,
        annotations=[figure.label(0, 1, names, xref="paper", yref="paper", xanchor="left", yanchor="bottom")],
        xaxis={"showgrid": False, "tickformat": "%Y-%m", "nticks": 5, "tickangle": 0, "ticklabelstandoff": 6},
        yaxis={"nticks": 4, "rangemode": "tozero", "ticklabelstandoff": 6},
    )
