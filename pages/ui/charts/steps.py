"""Draws how many remain after each step of a process."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from pages.ui.charts import figure
from pages.ui.i18n import texts, values
from pages.ui.i18n.texts import _
from pages.ui.kit.panels import panels
from pages.ui.shell import selection
from pages.ui.theme import theme
from sql import query
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope

# Steps that residents take, after the last one of the office.
_RESIDENTS_STEPS = ("rated", "satisfied", "judged")


def steps(scope: Scope, metric: Metric, source: str, key: str) -> None:
    """Draws a bar for each row of a query file (step, count; in order), with its share of the first.

    The metric is the one that the first step counts.
    """
    rows = query(source, scope)
    if metric.is_held(scope):
        rows = rows.clear()
    title = headline(rows)
    note = _("占第一步的比例")
    with panels.query_panel(title, panels.subtitle(metric, scope, note), source, scope, rows, key, metric=metric):
        if rows.is_empty() or not rows["count"][0]:
            panels.no_rows(metric, scope)
            return
        figure.draw(_figure(rows), selection.widget_key(key, scope), title)


def headline(rows: pl.DataFrame) -> str:
    """Returns how many reached the last step that the office answers for: 上报 5,009 件，办结 4,558 件（91%）.

    Whether residents rate what was done is theirs to decide.
    """
    if rows.height < 2 or not rows["count"][0]:
        return _("没有数据")
    last = rows.filter(~pl.col("step").is_in(_RESIDENTS_STEPS)).row(-1, named=True)
    first_count = rows["count"][0]
    return _("{first} {all} 件，{last} {count} 件（{share}%）").format(
        first=values.word_within("step", rows["step"][0]),
        all=texts.number(first_count),
        last=values.word_within("step", last["step"]),
        count=texts.number(last["count"]),
        share=texts.number(100 * last["count"] / first_count),
    )


def _figure(rows: pl.DataFrame) -> go.Figure:
    colours = theme.palette()
    counts = rows["count"].to_list()
    words = [figure.escape(values.word("step", step)) for step in rows["step"]]
    labels = [f"<b>{texts.number(count)}</b> · {texts.number(100 * count / counts[0])}%" for count in counts]
    positions = list(range(len(counts)))
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": counts,
        "y": positions,
        "width": 0.7,
        "name": "steps",
        "marker": {"color": colours.accent},
        "hovertext": [f"{word} {label}" for word, label in zip(words, labels, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    annotations = [
        figure.label(1, position, text, xref="paper", xanchor="left", xshift=6, align="left", name="label")
        for position, text in zip(positions, labels, strict=True)
    ]
    return figure.figure(
        [trace],
        height=36 + 34 * len(counts),
        right=16 + round(7.2 * max(map(texts.display_width, labels))),
        top=8,
        bottom=12,
        xaxis={"range": [0, max(counts) * 1.02], "showticklabels": False, "showgrid": False},
        yaxis={
            "range": [len(counts) - 0.5, -0.5],
            "tickvals": positions,
            "ticktext": words,
            "showgrid": False,
            "ticklabelstandoff": 6,
        },
        annotations=annotations,
    )
