"""Two dimensions against one another: the busier the cell, the darker."""
from __future__ import annotations

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages.ui import filters, panels, texts, theme, values
from pages.ui.charts import figure
from pages.ui.texts import _
from sql.metrics import Metric
from sql.scope import Scope


def heatmap(at: Scope, metric: Metric, by: tuple[str, str], key: str) -> None:
    """The first dimension as rows, the second as columns. A click filters the page by both, where it has them."""
    rows = metric.rows(at, by=by)
    known = rows.drop_nulls(["value", *by])
    title = finding(known, metric, by)
    can_filter = set(by) <= set(filters.offered())
    note = " × ".join(values.name(name) for name in by) + ("；" + _("点击筛选") if can_filter else "")
    with panels.panel(title, panels.subtitle(metric, at, note), metric, at, rows, by, key):
        if panels.too_few(metric, by[1], known):
            st.info(_("人数过少，不显示构成。"))
        elif panels.is_nothing(known):
            st.info(_("这个范围没有数据。"))
        else:
            figure.draw(_figure(known, metric, by), figure.key(key, at), title, filters.toggled(*by) if can_filter else None)


def finding(known: pl.DataFrame, metric: Metric, by: tuple[str, str]) -> str:
    """The busiest cell."""
    if panels.is_nothing(known) or panels.too_few(metric, by[1], known):
        return _("没有数据")
    most = known.sort("value", descending=True).row(0, named=True)
    what = " ".join(_spoken(name, most[name]) for name in by)
    return _("{what}最多，{value}").format(what=what, value=texts.amount(most["value"], metric))


def _spoken(dimension: str, value: str) -> str:
    """周一, 9–10 时: an hour as the span it stands for."""
    if dimension == "hour":
        return _("{hour}–{next} 时").format(hour=int(value), next=int(value) + 1)
    return values.word(dimension, value)


def _figure(known: pl.DataFrame, metric: Metric, by: tuple[str, str]) -> go.Figure:
    colours = theme.palette()
    lines, columns = (values.in_order(name, known[name].unique().to_list()) for name in by)
    cells = {(line, column): value for line, column, value in known.select(*by, "value").iter_rows()}
    grid = [[cells.get((line, column)) for column in columns] for line in lines]
    few = len(columns) <= 20
    trace = {
        "type": "heatmap", "z": grid, "x": list(range(len(columns))), "y": list(range(len(lines))), "xgap": 2, "ygap": 2,
        "colorscale": [[0, colours.sequence[0]], [1, colours.sequence[1]]], "showscale": False, "zmin": 0,
        "customdata": [[[line, column] for column in columns] for line in lines], "hoverongaps": False,
        "text": [
            [f"{_spoken(by[0], line)} {_spoken(by[1], column)} <b>{texts.amount(cells.get((line, column)), metric)}</b>"
             for column in columns]
            for line in lines
        ],
        "hovertemplate": "%{text}<extra></extra>",
    }
    most = known["value"].max()
    notes = [
        figure.label(
            x, y, texts.number(value, metric.decimals),
            font={"size": 11, "color": colours.ground if value > 0.55 * most else colours.text},
        )
        for y, line in enumerate(grid) for x, value in enumerate(line) if few and value
    ]
    shown = columns if few else [column if place % 3 == 0 else "" for place, column in enumerate(columns)]
    return figure.figure(
        [trace], height=54 + 28 * len(lines), top=8, bottom=26,
        xaxis={
            "tickvals": list(range(len(columns))), "showgrid": False,
            "ticktext": [figure.escaped(values.word(by[1], column)) if column else "" for column in shown],
        },
        yaxis={
            "tickvals": list(range(len(lines))), "autorange": "reversed", "showgrid": False,
            "ticktext": [figure.escaped(values.word(by[0], line)) for line in lines],
        },
        annotations=notes,
    )
