"""Draws rates against the size of their base: small areas vary more, and only those outside the funnel stand out."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from pages.ui.charts import figure
from pages.ui.i18n import texts
from pages.ui.i18n.names import full_name, short_name
from pages.ui.i18n.texts import _
from pages.ui.kit.panels.panels import panel, subtitle
from pages.ui.shell import page_scope, selection
from pages.ui.theme import theme
from sql.semantic.extremes import max_number, min_number
from sql.semantic.metrics import Metric
from sql.semantic.readings import with_status
from sql.semantic.scope import Scope
from sql.stats.signals import funnel_limits, with_chance


def funnel(scope: Scope, metric: Metric, key: str) -> None:
    """Draws the child areas as points within the chance limits around the scope's rate; nothing for fewer than three
    areas."""
    level = page_scope.level_below(scope)
    overall = metric.value(scope)
    rows = with_chance(with_status(metric.rows(scope, by=level), metric), metric, overall)
    known_rows = rows.filter(pl.col("value").is_not_null() & (pl.col("denominator") > 0))
    if known_rows.height < 3 or overall is None:
        return
    note = _("横轴为基数，虚线内的差别可能只是机会；点击进入下级")
    title = headline(known_rows)
    with panel(title, subtitle(metric, scope, note), metric, scope, rows, (level,), key):
        figure.draw(
            _figure(known_rows, level, metric, overall),
            selection.widget_key(key, scope),
            title,
            on_click=page_scope.go_to_area,
        )


def headline(rows: pl.DataFrame) -> str:
    """Returns the number of areas that differ by more than chance."""
    outside_count = rows.filter(~pl.col("is_within_chance")).height
    if outside_count == 0:
        return _("各地的差别都在机会范围之内")
    return _("{count} 个与整体的差别超出机会范围").format(count=outside_count)


def _figure(rows: pl.DataFrame, level: str, metric: Metric, overall: float) -> go.Figure:
    colours = theme.palette()
    sizes = rows["denominator"]
    curve = funnel_limits(metric, overall, min_number(sizes) * 0.8, max_number(sizes) * 1.25)
    traces: list[dict] = [
        {
            "type": "scatter",
            "x": curve["denominator"].to_list(),
            "y": curve[f"{side}_{name}"].to_list(),
            "mode": "lines",
            "hoverinfo": "skip",
            "line": {"color": colours.context, "width": 1.2, "dash": dash},
        }
        for name, dash in (("95", "dot"), ("998", "dash"))
        for side in ("lower", "upper")
    ]
    is_within_chance = rows["is_within_chance"].to_list()
    names = rows[f"{level}_name"].to_list()
    labels = [
        f"{figure.escape(full_name(row[f'{level}_name']))} <b>{texts.amount(row['value'], metric)}</b>"
        for row in rows.iter_rows(named=True)
    ]
    # Names only the points outside the funnel.
    traces.append(
        {
            "type": "scatter",
            "x": rows["denominator"].to_list(),
            "y": rows["value"].to_list(),
            "mode": "markers+text",
            "text": [
                "" if is_within else figure.escape(short_name(name))
                for is_within, name in zip(is_within_chance, names, strict=True)
            ],
            "textposition": "top center",
            "textfont": {"size": 12, "color": colours.text},
            "customdata": rows[level].to_list(),
            "name": "areas",
            "cliponaxis": False,
            "marker": {
                "size": 9,
                "color": [colours.context if is_within else colours.accent for is_within in is_within_chance],
                "symbol": ["circle-open" if is_within else "circle" for is_within in is_within_chance],
                "line": {"width": 2},
            },
            "hovertext": labels,
            "hovertemplate": "%{hovertext}<extra></extra>",
            "selected": {"marker": {"opacity": 1}},
            "unselected": {"marker": {"opacity": 1}},
        }
    )
    ticks = [step * 10**power for power in range(9) for step in (1, 2, 5)]
    overall_text = _("整体 {value}").format(value=texts.number(overall, metric.decimals))
    return figure.figure(
        traces,
        height=300,
        left=44,
        right=24,
        xaxis={"type": "log", "tickvals": ticks, "ticktext": [_tick_text(tick) for tick in ticks]},
        yaxis={"nticks": 5},
        shapes=[
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": overall,
                "y1": overall,
                "line": {"color": colours.muted, "width": 1},
            }
        ],
        annotations=[
            figure.label(
                1,
                overall,
                overall_text,
                xref="paper",
                xanchor="right",
                yshift=9,
                font={"color": colours.muted, "size": 12},
            )
        ],
    )


def _tick_text(value: int) -> str:
    """Returns a round number for an axis: 5000, 20万; 5k, 200k."""
    if texts.language() == "zh":
        return f"{value // 10_000}万" if value >= 10_000 else f"{value:,}"
    return f"{value // 1000}k" if value >= 1000 else str(value)
