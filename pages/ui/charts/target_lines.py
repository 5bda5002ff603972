"""Draws what numbers are held against: the standard as a solid line, a recommended value as a dashed one."""

from __future__ import annotations

import polars as pl

from pages.ui.charts import figure
from pages.ui.kit.targets import Targets
from pages.ui.theme import theme
from sql.semantic.metrics import Metric

_WIDTH = 1.4


def along_months(rows: pl.DataFrame, metric: Metric, assurance: str) -> tuple[list[dict], list[dict]]:
    """Returns the lines of a trend by month, and their names at the right end, the standard's with its assurance. A
    standard of 0 is not drawn."""
    targets, months = Targets.last_of(metric, rows), rows["month"].to_list()
    traces, labels = [], []
    for column, dash, value, name in _lines(targets):
        line = {"color": theme.palette().muted, "width": _WIDTH, "dash": dash}
        axes = {"x": months, "y": rows[column].to_list()}
        traces.append({"type": "scatter", "mode": "lines", "hoverinfo": "skip", "name": column, "line": line} | axes)
        text = "<br>".join(filter(None, (name, assurance if column == "standard" else "")))
        # On the side of its line that is away from the label of the last value.
        is_above = value >= (rows["value"].drop_nulls().to_list() or [0.0])[-1]
        side = {"yanchor": "bottom", "yshift": 8} if is_above else {"yanchor": "top", "yshift": -8}
        labels.append(
            figure.label(months[-1], value, text, xanchor="left", xshift=8, align="left", font=_font(), **side)
        )
    return traces, labels


def across_bars(rows: pl.DataFrame, metric: Metric) -> tuple[list[dict], list[dict]]:
    """Returns the vertical lines across bars, as shapes, and their names above. Where areas have different values there
    is no line."""
    lines = [line for line in _lines(Targets.last_of(metric, rows)) if rows[line[0]].drop_nulls().n_unique() == 1]
    # Names of two lines stand on their outer sides, so that they never overlap.
    sides = ("right", "left") if len(lines) == 2 else ("center",) * len(lines)
    shapes, names = [], []
    for side, (_column, dash, value, name) in zip(sides, sorted(lines, key=lambda line: line[2]), strict=True):
        line = {"color": theme.palette().muted, "width": _WIDTH, "dash": dash}
        shapes.append({"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": value, "x1": value, "line": line})
        names.append(figure.label(value, 1, name, yref="paper", yanchor="bottom", xanchor=side, font=_font()))
    return shapes, names


def _lines(targets: Targets) -> list[tuple[str, str, float, str]]:
    """Returns for each line the column, the dash, the value and the name."""
    lines = []
    if targets.standard:
        lines.append(("standard", "solid", targets.standard, targets.line_name()))
    if targets.recommended:
        lines.append(("recommended", "dash", targets.recommended, targets.recommended_line_name()))
    return lines


def _font() -> dict:
    return {"color": theme.palette().muted, "size": 13}
