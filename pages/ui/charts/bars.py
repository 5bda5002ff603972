"""The values of one dimension as bars, with number and share of the whole."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from pages.ui.charts import figure
from pages.ui.i18n import texts, values
from pages.ui.i18n.texts import _
from pages.ui.kit import panels
from pages.ui.shell import filters, selection
from pages.ui.theme import theme
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope

# More bars than this are a list, not a picture: the table twin has them all.
MAX_BARS = 14


def bars(scope: Scope, metric: Metric, by: str, key: str) -> None:
    """One bar a value: the most first, or in the order that the dimension has by nature.

    A click filters the page by the value, where the page has that filter.
    """
    scope = filters.drop_filters(scope, by)
    rows = metric.rows(scope, by=by)
    ordered = by in values.ORDERED_DIMENSIONS
    # Of a count, what there is none of is no bar; a rate of 0 says something.
    is_kept = pl.lit(metric.is_rate or ordered) | (pl.col("value") != 0)
    known = rows.filter(pl.col("value").is_not_null() & is_kept)
    known = _in_order(known, by) if ordered else known.sort("value", by, descending=[True, False], nulls_last=True)
    shown = known.head(MAX_BARS)
    notes = [values.name(by)]
    if known.height > MAX_BARS:
        first = _("前 {count} 个") if ordered else _("最多的 {count} 个")
        notes.append(first.format(count=MAX_BARS))
    if by in filters.page_dimensions():
        notes.append(_("点击筛选"))
    title = headline(known, metric, by, filters.selected_value(by))
    hidden = panels.is_disclosive(metric, by, known)
    # The table twin and the download hide what the picture hides.
    with panels.panel(
        title,
        panels.subtitle(metric, scope, _("；").join(notes)),
        metric,
        scope,
        rows.clear() if hidden else rows,
        (by,),
        key,
    ):
        if panels.can_draw(known, hidden):
            on_click = filters.toggle_callback(by) if by in filters.page_dimensions() else None
            figure.draw(_figure(shown, known, metric, by), selection.widget_key(key, scope), title, on_click)


def headline(known: pl.DataFrame, metric: Metric, by: str, value: str | None = None) -> str:
    """Which value has the most, or the chosen one's number, and which share of the whole."""
    if panels.is_blank(known) or panels.is_disclosive(metric, by, known):
        return values.name(by)
    chosen = known.filter(pl.col(by).cast(pl.String) == value) if value else known.clear()
    told = panels.headline_rows(known)
    most = chosen if not chosen.is_empty() else told.filter(pl.col("value") == told["value"].max())
    words = texts.join_words([values.word(by, value) for value in most[by].head(3)])
    amount = texts.amount(most["value"][0], metric)
    if metric.is_rate:
        words_of = _("{what}最高，{value}") if chosen.is_empty() else _("{what}：{value}")
        return words_of.format(what=words, value=amount)
    share = texts.number(100 * most["value"][0] / known["value"].sum())
    if not chosen.is_empty():
        return _("{what}：{value}，占 {share}%").format(what=words, value=amount, share=share)
    if texts.language() == "en" and by in values.PREDICATES:
        return f"{share}% are {words[:1].lower()}{words[1:]} ({amount})"
    return _("{what}最多，{value}，占 {share}%").format(what=words, value=amount, share=share)


def _in_order(known: pl.DataFrame, by: str) -> pl.DataFrame:
    order = pl.DataFrame({by: values.sort_values(by, known[by].to_list())}, schema={by: known.schema[by]})
    return order.join(known, on=by, how="left", nulls_equal=True, maintain_order="left")


def _figure(rows: pl.DataFrame, known: pl.DataFrame, metric: Metric, by: str) -> go.Figure:
    colours = theme.palette()
    total = known["value"].sum()
    words = [figure.escape(values.word(by, value)) for value in rows[by]]
    labels = []
    for value in rows["value"]:
        share = "" if metric.is_rate or not total else f" · {texts.number(100 * value / total)}%"
        labels.append(f"<b>{texts.number(value, metric.decimals)}</b>{share}")
    places = list(range(rows.height))
    chosen = filters.selected_value(by)
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": rows["value"].to_list(),
        "y": places,
        "width": 0.62,
        "name": by,
        "customdata": [value if value is None else str(value) for value in rows[by]],
        "marker": {
            "color": [
                colours.accent if chosen is None or str(value) == chosen else colours.context for value in rows[by]
            ]
        },
        "hovertext": [f"{word} {label}" for word, label in zip(words, labels, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
    }
    notes = [
        figure.label(1, place, text, xref="paper", xanchor="left", xshift=6, align="left", name="label")
        for place, text in zip(places, labels, strict=True)
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
            "tickvals": places,
            "ticktext": words,
            "showgrid": False,
            "ticklabelstandoff": 6,
        },
        annotations=notes,
    )
