"""Draws a tree from left to right, each part as high as the text lines of the parts inside it."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages.ui.charts import figure
from pages.ui.i18n.texts import _
from pages.ui.kit.panels import panels
from pages.ui.shell import selection
from pages.ui.theme import theme
from pages.ui.theme.colours import readable_on
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope

# Height of a line of text, and the minimum height of the chart, in pixels.
_LINE, _MIN_HEIGHT = 20, 160


def icicle(scope: Scope, metric: Metric, rows: pl.DataFrame, title: str, key: str, note: str = "") -> None:
    """Draws a tree from rows with id, parent (null at the top), name, count, note, state (none, below, no_data: its
    colour) and lines (the text lines that a leaf needs), parents first. Only the part of a note before ： is drawn."""
    panel_rows = rows.drop("state", "lines")
    with panels.panel(title, panels.subtitle(metric, scope, note), metric, scope, panel_rows, (), key):
        if rows.is_empty():
            st.info(_("这个范围没有数据。"))
        else:
            figure.draw(_figure(rows), selection.widget_key(key, scope), title)


def _figure(rows: pl.DataFrame) -> go.Figure:
    colours = theme.palette()
    height = _heights(rows)
    fill = {"none": colours.sequence[0], "below": colours.diverging[0], "no_data": colours.no_data}
    fills = [
        colours.accent if parent is None else fill[state]
        for parent, state in rows.select("parent", "state").iter_rows()
    ]
    trace = {
        "type": "icicle",
        "name": "tree",
        "ids": rows["id"].to_list(),
        "parents": [parent or "" for parent in rows["parent"]],
        "labels": [figure.escape(name) for name in rows["name"]],
        "values": [height[node] for node in rows["id"]],
        "text": [figure.escape(note.split("：")[0]) for note in rows["note"]],
        "hovertext": [figure.escape(note) for note in rows["note"]],
        # A part of one line has no room for two.
        "texttemplate": ["%{label}<br>%{text}" if height[node] > 1 else "%{label}  %{text}" for node in rows["id"]],
        "hovertemplate": "<b>%{label}</b> %{hovertext}<extra></extra>",
        "branchvalues": "total",
        "tiling": {"orientation": "h", "pad": 1},
        "pathbar": {"visible": False},
        "sort": False,
        "textfont": {"family": theme.FONT, "size": 12, "color": [readable_on(colour) for colour in fills]},
        "leaf": {"opacity": 1},
        "marker": {"colors": fills, "line": {"color": colours.ground, "width": 1}},
    }
    total_height = max(_MIN_HEIGHT, 40 + _LINE * max(height.values()))
    return figure.figure([trace], height=total_height, left=0, right=0, top=4, bottom=4)


def _heights(rows: pl.DataFrame) -> dict[str, int]:
    """Returns the lines of every part: a leaf's own, and the sum of its leaves for a part that contains others."""
    parent_of = dict(rows.select("id", "parent").iter_rows())
    height = dict.fromkeys(parent_of, 0)
    for node, lines in (
        rows.filter(~pl.col("id").is_in(rows["parent"].drop_nulls().implode())).select("id", "lines").iter_rows()
    ):
        while node is not None:
            height[node] += lines
            node = parent_of[node]
    return height
