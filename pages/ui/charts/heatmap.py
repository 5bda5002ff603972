"""Draws two dimensions against each other: the larger the value, the darker the cell."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from pages.ui.charts import figure
from pages.ui.i18n import texts, values
from pages.ui.i18n.texts import _
from pages.ui.kit.panels import panels
from pages.ui.shell import filters, selection
from pages.ui.theme import theme
from pages.ui.theme.colours import mix, readable_on
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope


def heatmap(scope: Scope, metric: Metric, by: tuple[str, str], key: str) -> None:
    """Draws the first dimension as rows and the second as columns. A click filters the page by both, where it has these
    filters."""
    scope = filters.drop_filters(scope, *by)
    rows = metric.rows(scope, by=by)
    known_rows = rows.drop_nulls(["value", *by])
    title = headline(known_rows, metric, by)
    can_filter = set(by) <= set(filters.page_dimensions())
    note = " × ".join(values.name(name) for name in by) + (_("；") + _("点击筛选") if can_filter else "")
    is_hidden = panels.is_disclosive(metric, by[1], known_rows)
    # The data table and the download hide what the chart hides.
    with panels.panel(
        title, panels.subtitle(metric, scope, note), metric, scope, rows.clear() if is_hidden else rows, by, key
    ):
        if panels.can_draw(known_rows, is_hidden):
            figure.draw(
                _figure(known_rows, metric, by),
                selection.widget_key(key, scope),
                title,
                filters.toggle_callback(*by) if can_filter else None,
            )


def headline(known_rows: pl.DataFrame, metric: Metric, by: tuple[str, str]) -> str:
    """Returns the cell with the largest value."""
    if panels.is_blank(known_rows) or panels.is_disclosive(metric, by[1], known_rows):
        return _("没有数据")
    candidates = panels.headline_rows(known_rows, *by)
    if candidates.is_empty():
        return texts.join_words([values.name(name) for name in by])
    largest = candidates.sort("value", descending=True).row(0, named=True)
    what = (" " if texts.language() == "zh" else " · ").join(_word(name, largest[name]) for name in by)
    return _("{what}最多，{value}").format(what=what, value=texts.amount(largest["value"], metric))


def _is_selected(by: tuple[str, str], cell: tuple[str, str]) -> bool:
    """Returns true where the page is filtered by this cell."""
    return cell == tuple(filters.selected_value(name) for name in by)


def _word(dimension: str, value: str) -> str:
    """Returns a value in words; an hour as a span, such as 9–10 时."""
    if dimension == "hour":
        return _("{hour}–{next} 时").format(hour=int(value), next=int(value) + 1)
    return values.word(dimension, value)


def _figure(known_rows: pl.DataFrame, metric: Metric, by: tuple[str, str]) -> go.Figure:
    colours = theme.palette()
    lines, columns = (
        values.sort_values(name, values.fill_gaps(name, known_rows[name].unique().to_list())) for name in by
    )
    max_value = known_rows["value"].max()
    is_small = len(columns) <= 20
    cells = [
        (lines.index(line), columns.index(column), line, column, value)
        for line, column, value in known_rows.select(*by, "value").iter_rows()
    ]
    # Floating bars: Plotly does not report clicks on the cells of a heatmap trace.
    trace = {
        "type": "bar",
        "name": "cells",
        "x": [x for _y, x, *_cell in cells],
        "base": [y - 0.45 for y, *_cell in cells],
        "y": [0.9] * len(cells),
        "width": 0.92,
        "customdata": [[line, column] for _y, _x, line, column, _value in cells],
        "marker": {
            "color": [mix(*colours.sequence, value / max_value) for *_cell, value in cells],
            "line": {"color": colours.text, "width": [2 if _is_selected(by, cell[2:4]) else 0 for cell in cells]},
        },
        "hovertext": [
            f"{_word(by[0], line)} {_word(by[1], column)} <b>{texts.amount(value, metric)}</b>"
            for _y, _x, line, column, value in cells
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
    }
    annotations = [
        figure.label(
            x,
            y,
            texts.number(value, metric.decimals),
            font={"size": 11, "color": readable_on(mix(*colours.sequence, value / max_value))},
        )
        for y, x, _line, _column, value in cells
        if is_small and value
    ]
    tick_columns = columns if is_small else [column if index % 3 == 0 else None for index, column in enumerate(columns)]
    return figure.figure(
        [trace],
        height=54 + 28 * len(lines),
        top=8,
        bottom=26,
        barmode="overlay",
        xaxis={
            "tickvals": list(range(len(columns))),
            "showgrid": False,
            "range": [-0.5, len(columns) - 0.5],
            "ticktext": [
                "" if column is None else figure.escape(values.word(by[1], column)) for column in tick_columns
            ],
        },
        yaxis={
            "tickvals": list(range(len(lines))),
            "range": [len(lines) - 0.5, -0.5],
            "showgrid": False,
            "ticktext": [figure.escape(values.word(by[0], line)) for line in lines],
        },
        annotations=annotations,
    )
