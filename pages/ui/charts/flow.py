"""Draws two dimensions as streams from left to right, as wide as their values are large."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages.ui.charts import figure
from pages.ui.i18n import texts, values
from pages.ui.i18n.texts import _
from pages.ui.kit.panels import panels
from pages.ui.shell import selection
from pages.ui.theme import theme
from pages.ui.theme.colours import with_opacity
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope


def flow(scope: Scope, metric: Metric, by: tuple[str, str], key: str) -> None:
    """Draws the first dimension on the left and the second on the right, without rows that lack either."""
    rows = metric.rows(scope, by=by)
    known_rows = rows.drop_nulls(by).filter(pl.col("value") > 0).sort("value", *by, descending=[True, False, False])
    title = headline(known_rows, metric, by)
    note = " → ".join(values.name(name) for name in by)
    with panels.panel(title, panels.subtitle(metric, scope, note), metric, scope, rows, by, key):
        if known_rows.is_empty():
            st.info(_("这个范围没有数据。"))
            return
        figure.draw(_figure(known_rows, metric, by), selection.widget_key(key, scope), title)


def headline(known_rows: pl.DataFrame, metric: Metric, by: tuple[str, str]) -> str:
    """Returns the widest stream."""
    if known_rows.is_empty():
        return _("没有数据")
    candidates = panels.headline_rows(known_rows, *by)
    if candidates.is_empty():
        return texts.join_words([values.name(name) for name in by])
    widest = candidates.row(0, named=True)
    source, target = (values.word(name, widest[name]) for name in by)
    return _("{source} → {target} 最多，{value}").format(
        source=source, target=target, value=texts.amount(widest["value"], metric)
    )


def _figure(known_rows: pl.DataFrame, metric: Metric, by: tuple[str, str]) -> go.Figure:
    colours = theme.palette()
    sides = [
        known_rows.group_by(name).agg(pl.col("value").sum()).sort("value", name, descending=[True, False])
        for name in by
    ]
    nodes = [(side_index, value) for side_index, side in enumerate(sides) for value in side[by[side_index]]]
    index = {node: position for position, node in enumerate(nodes)}
    sizes = [size for side in sides for size in side["value"]]
    labels = [
        f"{figure.escape(values.word(by[side_index], value))} {texts.number(size, metric.decimals)}"
        for (side_index, value), size in zip(nodes, sizes, strict=True)
    ]
    streams = known_rows.select(*by, "value").rows()
    words = [
        f"{figure.escape(values.word(by[0], source))} → {figure.escape(values.word(by[1], target))}"
        f" <b>{texts.amount(value, metric)}</b>"
        for source, target, value in streams
    ]
    trace = {
        "type": "sankey",
        "arrangement": "fixed",
        "domain": {"x": [0, 1], "y": [0, 1]},
        "textfont": {"family": theme.FONT, "size": 13, "color": colours.text, "shadow": "none"},
        "node": {
            "label": labels,
            "pad": 18,
            "thickness": 12,
            "line": {"width": 0},
            "hovertemplate": "%{label}<extra></extra>",
            "color": [colours.accent if side_index == 0 else colours.context for side_index, _value in nodes],
        },
        "link": {
            "source": [index[0, source] for source, _target, _value in streams],
            "target": [index[1, target] for _source, target, _value in streams],
            "value": [value for _source, _target, value in streams],
            "customdata": words,
            "hovertemplate": "%{customdata}<extra></extra>",
            "color": [with_opacity(colours.accent, 0.42 if number == 0 else 0.2) for number in range(len(streams))],
        },
    }
    return figure.figure([trace], height=60 + 40 * max(sides[0].height, sides[1].height, 4), top=8, bottom=8)
