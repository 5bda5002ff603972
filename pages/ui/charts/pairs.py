"""Draws two metrics side by side for each value of a dimension, such as before and after, or demand and supply."""

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
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope


def pairs(scope: Scope, metrics: tuple[Metric, Metric], by: str, key: str) -> None:
    """Draws a hollow point for the first metric, a full one for the second, and a line between them, for each value."""
    first, second = metrics
    rows = (
        first.rows(scope, by=by)
        .select(by, pl.col("value").alias("first"))
        .join(
            second.rows(scope, by=by).select(by, pl.col("value").alias("second"), "denominator"),
            on=by,
            how="full",
            coalesce=True,
            nulls_equal=True,
        )
    )
    known_rows = rows.drop_nulls(by).filter(pl.col("first").is_not_null() | pl.col("second").is_not_null())
    order = pl.DataFrame({by: values.sort_values(by, known_rows[by].to_list())}, schema={by: known_rows.schema[by]})
    known_rows = order.join(known_rows, on=by, how="left", maintain_order="left")
    title = headline(known_rows, metrics, by)
    note = _("○ {first}　● {second}").format(first=texts.of(first.short_title), second=texts.of(second.short_title))
    table_rows = rows.drop("denominator").rename({"first": first.name, "second": second.name})
    with panels.panel(title, f"{panels.subtitle(second, scope)} · {note}", second, scope, table_rows, (by,), key):
        if known_rows.is_empty():
            st.info(_("这个范围没有数据。"))
            return
        figure.draw(_figure(known_rows, metrics, by), selection.widget_key(key, scope), title)


def headline(known_rows: pl.DataFrame, metrics: tuple[Metric, Metric], by: str) -> str:
    """Returns the value where the two metrics differ most."""
    both = panels.headline_rows(known_rows.drop_nulls(["first", "second"]), by).with_columns(
        apart=pl.col("second") - pl.col("first")
    )
    if both.is_empty():
        return values.name(by) if known_rows.height else _("没有数据")
    furthest = both.sort(pl.col("apart").abs(), descending=True).row(0, named=True)
    second = metrics[1]
    return _("{what}相差最大：{first} → {second}").format(
        what=values.word(by, furthest[by]),
        first=texts.number(furthest["first"], second.decimals),
        second=texts.amount(furthest["second"], second),
    )


def _figure(known_rows: pl.DataFrame, metrics: tuple[Metric, Metric], by: str) -> go.Figure:
    colours = theme.palette()
    positions = list(range(known_rows.height))
    words = [figure.escape(values.word(by, value)) for value in known_rows[by]]
    line_x, line_y = [], []
    for position, first, second in zip(positions, known_rows["first"], known_rows["second"], strict=True):
        if first is not None and second is not None:
            line_x += [first, second, None]
            line_y += [position, position, None]
    dots: dict = {
        "type": "scatter",
        "y": positions,
        "mode": "markers",
        "cliponaxis": False,
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    traces: list[dict] = [
        {
            "type": "scatter",
            "x": line_x,
            "y": line_y,
            "mode": "lines",
            "hoverinfo": "skip",
            "line": {"color": colours.context, "width": 3},
        }
    ]
    for name, metric, symbol in zip(("first", "second"), metrics, ("circle-open", "circle"), strict=True):
        traces.append(
            dots
            | {
                "x": known_rows[name].to_list(),
                "name": metric.name,
                "marker": {"symbol": symbol, "size": 11, "color": colours.accent, "line": {"width": 2}},
                "hovertext": [
                    f"{word} {texts.of(metric.short_title)} <b>{texts.amount(value, metric)}</b>"
                    for word, value in zip(words, known_rows[name], strict=True)
                ],
            }
        )
    labels = [
        f"{texts.number(first, metrics[0].decimals)} → <b>{texts.number(second, metrics[1].decimals)}</b>"
        for first, second in zip(known_rows["first"], known_rows["second"], strict=True)
    ]
    annotations = [
        figure.label(1, position, text, xref="paper", xanchor="left", xshift=10, align="left", name="label")
        for position, text in zip(positions, labels, strict=True)
    ]
    return figure.figure(
        traces,
        height=58 + 30 * known_rows.height,
        right=20 + round(7.2 * max(map(texts.display_width, labels))),
        top=8,
        bottom=28,
        xaxis={"nticks": 5},
        annotations=annotations,
        yaxis={
            "range": [known_rows.height - 0.5, -0.5],
            "tickvals": positions,
            "ticktext": words,
            "showgrid": False,
            "ticklabelstandoff": 6,
        },
    )
