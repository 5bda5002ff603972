"""A tree from the top down: each part as wide as what is below it."""
from __future__ import annotations

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages.ui import panels, theme
from pages.ui.charts import figure
from pages.ui.texts import _
from sql.metrics import Metric
from sql.scope import Scope


def icicle(at: Scope, metric: Metric, rows: pl.DataFrame, title: str, key: str, note: str = "") -> None:
    """The rows id, parent (empty at the top), name, count (of a leaf: its width) and note, parents first."""
    with panels.panel(title, panels.subtitle(metric, at, note), metric, at, rows, ("id",), key):
        if rows.is_empty():
            st.info(_("这个范围没有数据。"))
            return
        figure.draw(_figure(rows), figure.key(key, at), title)


def _figure(rows: pl.DataFrame) -> go.Figure:
    colours = theme.palette()
    trace = {
        "type": "icicle", "ids": rows["id"].to_list(), "parents": rows["parent"].fill_null("").to_list(),
        "labels": [figure.escaped(name) for name in rows["name"]], "values": rows["count"].to_list(),
        "text": [figure.escaped(note) for note in rows["note"].fill_null("")], "textinfo": "label+text",
        "hovertemplate": "<b>%{label}</b> %{text}<extra></extra>", "branchvalues": "total",
        "tiling": {"orientation": "h", "pad": 1}, "pathbar": {"visible": False},
        "textfont": {"family": theme.FONT, "size": 12},
        "marker": {
            "colors": [colours.accent if not parent else colours.sequence[0] for parent in rows["parent"].fill_null("")],
            "line": {"color": colours.ground, "width": 1},
        },
        "leaf": {"opacity": 1},
    }
    return figure.figure([trace], height=520, top=4, bottom=4)
