"""Draws the values of one dimension as bars, with number and share of the total."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from pages.ui.charts import figure
from pages.ui.i18n import texts, values
from pages.ui.i18n.texts import _
from pages.ui.kit.panels import panels
from pages.ui.shell import filters, selection
from pages.ui.theme import theme
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope
from sql.stats.signals import with_chance

# Beyond this number a chart is hard to read; the data table has all rows.
MAX_BARS = 14


def bars(scope: Scope, metric: Metric, by: str, key: str) -> None:
    """Draws one bar per value, largest first or in the dimension's natural order.

    A click filters the page by the value, where the page has that filter.
    """
    scope = filters.drop_filters(scope, by)
    rows = metric.rows(scope, by=by)
    is_ordered = by in values.ORDERED_DIMENSIONS
    known_rows = sort_bars(rows, metric, by)
    top_rows = known_rows.head(MAX_BARS)
    subtitle_notes = [values.name(by)]
    if known_rows.height > MAX_BARS:
        limit_note = _("前 {count} 个") if is_ordered else _("最多的 {count} 个")
        subtitle_notes.append(limit_note.format(count=MAX_BARS))
    if by in filters.page_dimensions():
        subtitle_notes.append(_("点击筛选"))
    title = headline(known_rows, metric, by, metric.value(scope), filters.selected_value(by))
    is_hidden = panels.is_disclosive(metric, by, known_rows)
    # The data table and the download hide what the chart hides.
    with panels.panel(
        title,
        panels.subtitle(metric, scope, _("；").join(subtitle_notes)),
        metric,
        scope,
        rows.clear() if is_hidden else rows,
        (by,),
        key,
    ):
        if panels.can_draw(known_rows, is_hidden):
            on_click = filters.toggle_callback(by) if by in filters.page_dimensions() else None
            figure.draw(_figure(top_rows, known_rows, metric, by), selection.widget_key(key, scope), title, on_click)


def sort_bars(rows: pl.DataFrame, metric: Metric, by: str) -> pl.DataFrame:
    """Returns the rows that get a bar, largest first or in the dimension's natural order."""
    is_ordered = by in values.ORDERED_DIMENSIONS
    # A count of 0 gets no bar; a rate of 0 is information.
    has_bar = pl.lit(metric.is_rate or is_ordered) | (pl.col("value") != 0)
    known_rows = rows.filter(pl.col("value").is_not_null() & has_bar)
    if is_ordered:
        return _in_order(known_rows, by)
    return known_rows.sort("value", by, descending=[True, False], nulls_last=True)


def headline(known_rows: pl.DataFrame, metric: Metric, by: str, overall: float | None, value: str | None = None) -> str:
    """Returns the largest value, or the selected one, with its number and its share of the total.

    Where the highest rate differs from the overall one by no more than chance, it says so.
    """
    if panels.is_blank(known_rows) or panels.is_disclosive(metric, by, known_rows):
        return values.name(by)
    selected = known_rows.filter(pl.col(by).cast(pl.String) == value) if value else known_rows.clear()
    candidates = panels.headline_rows(known_rows, by)
    if selected.is_empty() and (candidates.is_empty() or not (candidates["value"] != 0).any()):
        return values.name(by)
    largest = selected if not selected.is_empty() else candidates.filter(pl.col("value") == candidates["value"].max())
    words = texts.join_words([values.word(by, value) for value in largest[by].head(3)])
    amount = texts.amount(largest["value"][0], metric)
    if metric.is_rate:
        is_chance = with_chance(largest, metric, overall)["is_within_chance"].fill_null(False)
        if selected.is_empty() and is_chance.all():
            return _("各类的差别都在机会范围之内")
        words_of = _("{what}最高，{value}") if selected.is_empty() else _("{what}：{value}")
        return words_of.format(what=words, value=amount)
    share = texts.number(100 * largest["value"][0] / known_rows["value"].sum())
    if not selected.is_empty():
        return _("{what}：{value}，占 {share}%").format(what=words, value=amount, share=share)
    if texts.language() == "en" and by in values.PREDICATES:
        return f"{share}% are {words[:1].lower()}{words[1:]} ({amount})"
    return _("{what}最多，{value}，占 {share}%").format(what=words, value=amount, share=share)


def _in_order(known_rows: pl.DataFrame, by: str) -> pl.DataFrame:
    order = pl.DataFrame({by: values.sort_values(by, known_rows[by].to_list())}, schema={by: known_rows.schema[by]})
    return order.join(known_rows, on=by, how="left", nulls_equal=True, maintain_order="left")


def _figure(rows: pl.DataFrame, known_rows: pl.DataFrame, metric: Metric, by: str) -> go.Figure:
    colours = theme.palette()
    total = known_rows["value"].sum()
    words = [figure.escape(values.word(by, value)) for value in rows[by]]
    labels = []
    for value in rows["value"]:
        share = "" if metric.is_rate or not total else f" · {texts.number(100 * value / total)}%"
        labels.append(f"<b>{texts.number(value, metric.decimals)}</b>{share}")
    positions = list(range(rows.height))
    selected = filters.selected_value(by)
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": rows["value"].to_list(),
        "y": positions,
        "width": 0.62,
        "name": by,
        "customdata": [value if value is None else str(value) for value in rows[by]],
        "marker": {
            "color": [
                colours.accent if selected is None or str(value) == selected else colours.context for value in rows[by]
            ]
        },
        "hovertext": [f"{word} {label}" for word, label in zip(words, labels, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
    }
    annotations = [
        figure.label(1, position, text, xref="paper", xanchor="left", xshift=6, align="left", name="label")
        for position, text in zip(positions, labels, strict=True)
    ]
    return figure.figure(
        [trace],
        height=40 + 27 * rows.height,
        right=16 + round(7.2 * max(map(texts.display_width, labels))),
        top=8,
        bottom=12,
        xaxis={
            "range": [min(0, *rows["value"]), max(rows["value"]) * 1.02 or 1],
            "showticklabels": False,
            "showgrid": False,
        },
        yaxis={
            "range": [rows.height - 0.5, -0.5],
            "tickvals": positions,
            "ticktext": words,
            "showgrid": False,
            "ticklabelstandoff": 6,
        },
        annotations=annotations,
    )
