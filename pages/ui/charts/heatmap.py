"""Two dimensions against one another: the busier the cell, the darker."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from pages.ui.charts import figure
from pages.ui.i18n import texts, values
from pages.ui.i18n.texts import _
from pages.ui.kit import panels
from pages.ui.shell import filters, selection
from pages.ui.theme import theme
from pages.ui.theme.colours import mix, readable_on
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope


def heatmap(scope: Scope, metric: Metric, by: tuple[str, str], key: str) -> None:
    """The first dimension as rows, the second as columns. A click filters the page by both, where it has them."""
    scope = filters.drop_filters(scope, *by)
    rows = metric.rows(scope, by=by)
    known = rows.drop_nulls(["value", *by])
    title = headline(known, metric, by)
    can_filter = set(by) <= set(filters.page_dimensions())
    note = " × ".join(values.name(name) for name in by) + (_("；") + _("点击筛选") if can_filter else "")
    hidden = panels.is_disclosive(metric, by[1], known)
    # The table twin and the download hide what the picture hides.
    with panels.panel(
        title, panels.subtitle(metric, scope, note), metric, scope, rows.clear() if hidden else rows, by, key
    ):
        if panels.can_draw(known, hidden):
            figure.draw(
                _figure(known, metric, by),
                selection.widget_key(key, scope),
                title,
                filters.toggle_callback(*by) if can_filter else None,
            )


def headline(known: pl.DataFrame, metric: Metric, by: tuple[str, str]) -> str:
    """The busiest cell."""
    if panels.is_blank(known) or panels.is_disclosive(metric, by[1], known):
        return _("没有数据")
    most = known.sort("value", descending=True).row(0, named=True)
    what = (" " if texts.language() == "zh" else " · ").join(_spoken(name, most[name]) for name in by)
    return _("{what}最多，{value}").format(what=what, value=texts.amount(most["value"], metric))


def _is_chosen(by: tuple[str, str], cell: tuple[str, str]) -> bool:
    """Whether the page is filtered by this cell."""
    return cell == tuple(filters.selected_value(name) for name in by)


def _spoken(dimension: str, value: str) -> str:
    """周一, 9–10 时: an hour as the span it stands for."""
    if dimension == "hour":
        return _("{hour}–{next} 时").format(hour=int(value), next=int(value) + 1)
    return values.word(dimension, value)


def _figure(known: pl.DataFrame, metric: Metric, by: tuple[str, str]) -> go.Figure:
    colours = theme.palette()
    lines, columns = (values.sort_values(name, values.fill_gaps(name, known[name].unique().to_list())) for name in by)
    most = known["value"].max()
    few = len(columns) <= 20
    cells = [
        (lines.index(line), columns.index(column), line, column, value)
        for line, column, value in known.select(*by, "value").iter_rows()
    ]
    # Bars that float: of the cells of a heat-map trace Plotly does not tell which was clicked.
    trace = {
        "type": "bar",
        "name": "cells",
        "x": [x for _y, x, *_cell in cells],
        "base": [y - 0.45 for y, *_cell in cells],
        "y": [0.9] * len(cells),
        "width": 0.92,
        "customdata": [[line, column] for _y, _x, line, column, _value in cells],
        "marker": {
            "color": [mix(*colours.sequence, value / most) for *_cell, value in cells],
            "line": {"color": colours.text, "width": [2 if _is_chosen(by, cell[2:4]) else 0 for cell in cells]},
        },
        "hovertext": [
            f"{_spoken(by[0], line)} {_spoken(by[1], column)} <b>{texts.amount(value, metric)}</b>"
            for _y, _x, line, column, value in cells
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
    }
    notes = [
        figure.label(
            x,
            y,
            texts.number(value, metric.decimals),
            font={"size": 11, "color": readable_on(mix(*colours.sequence, value / most))},
        )
        for y, x, _line, _column, value in cells
        if few and value
    ]
    shown = columns if few else [column if place % 3 == 0 else None for place, column in enumerate(columns)]
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
            "ticktext": ["" if column is None else figure.escape(values.word(by[1], column)) for column in shown],
        },
        yaxis={
            "tickvals": list(range(len(lines))),
            "range": [len(lines) - 0.5, -0.5],
            "showgrid": False,
            "ticktext": [figure.escape(values.word(by[0], line)) for line in lines],
        },
        annotations=notes,
    )
