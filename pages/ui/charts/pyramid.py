"""Draws ages by gender, the young at the bottom and the old at the top."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from pages.ui.charts import figure
from pages.ui.i18n import texts, values
from pages.ui.i18n.texts import _
from pages.ui.kit.panels import panels
from pages.ui.shell import selection
from pages.ui.theme import theme
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope


def pyramid(scope: Scope, metric: Metric, by: tuple[str, str], key: str) -> None:
    """Draws the first dimension's groups (ages) upwards, and the second's two values (men, women) to the left and
    right."""
    rows = metric.rows(scope, by=by)
    known_rows = rows.drop_nulls(["value", *by])
    title = headline(known_rows, metric, by)
    note = " × ".join(values.name(name) for name in by)
    is_hidden = panels.is_disclosive(metric, by[0], known_rows)
    # The data table and the download hide what the chart hides.
    with panels.panel(
        title, panels.subtitle(metric, scope, note), metric, scope, rows.clear() if is_hidden else rows, by, key
    ):
        if panels.can_draw(known_rows, is_hidden):
            figure.draw(_figure(known_rows, metric, by), selection.widget_key(key, scope), title)


def headline(known_rows: pl.DataFrame, metric: Metric, by: tuple[str, str]) -> str:
    """Returns the largest age group, and the share of the larger gender."""
    if panels.is_blank(known_rows) or panels.is_disclosive(metric, by[0], known_rows):
        return _("年龄与性别")
    ages, genders = (
        known_rows.group_by(name).agg(pl.col("value").sum()).sort("value", name, descending=True) for name in by
    )
    total = known_rows["value"].sum()
    return _("{age} 岁最多，占 {share}%；{gender}占 {other}%").format(
        age=values.word(by[0], ages[by[0]][0]),
        share=texts.number(100 * ages["value"][0] / total),
        gender=values.word(by[1], genders[by[1]][0]),
        other=texts.number(100 * genders["value"][0] / total),
    )


def _figure(known_rows: pl.DataFrame, metric: Metric, by: tuple[str, str]) -> go.Figure:
    colours = theme.palette()
    groups = values.sort_values(by[0], known_rows[by[0]].unique().to_list())
    sides = values.sort_values(by[1], known_rows[by[1]].unique().to_list())[:2]
    numbers = {(group, side): value for group, side, value in known_rows.select(*by, "value").iter_rows()}
    words = [values.word(by[0], group) for group in groups]
    widest = max(numbers.values()) * 1.18
    traces, annotations = [], []
    for index, side in enumerate(sides):
        sign = -1 if index == 0 else 1
        side_values = [numbers.get((group, side), 0) for group in groups]
        side_word = values.word(by[1], side)
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "y": words,
                "x": [sign * value for value in side_values],
                "name": side,
                "marker": {"color": colours.accent if index == 0 else colours.context},
                "width": 0.78,
                "text": [texts.number(value) if value else "" for value in side_values],
                "textposition": "outside",
                "cliponaxis": False,
                "textangle": 0,
                "textfont": {"color": colours.text, "size": 12},
                "hovertext": [
                    f"{group} {side_word} <b>{texts.amount(value, metric)}</b>"
                    for group, value in zip(words, side_values, strict=True)
                ],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
        annotations.append(
            figure.label(
                sign * widest * 0.98,
                1,
                f"<b>{side_word}</b> {texts.amount(sum(side_values), metric)}",
                yref="paper",
                yanchor="bottom",
                xanchor="left" if index == 0 else "right",
            )
        )
    return figure.figure(
        traces,
        height=70 + 28 * len(groups),
        top=26,
        bottom=8,
        barmode="overlay",
        annotations=annotations,
        xaxis={"range": [-widest, widest], "showticklabels": False, "showgrid": False},
        yaxis={"type": "category", "categoryarray": words, "showgrid": False},
    )
