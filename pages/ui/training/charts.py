"""Draws the charts of the training page: the ladder of programmes, and the untrained by area and post."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages.ui.charts import figure
from pages.ui.headlines import training as headlines
from pages.ui.i18n import texts, values
from pages.ui.i18n.names import short_name
from pages.ui.i18n.texts import _
from pages.ui.kit.panels import panels
from pages.ui.kit.tables import data_table
from pages.ui.kit.tables.columns import Column
from pages.ui.shell import page_scope, selection
from pages.ui.theme import theme
from pages.ui.theme.colours import with_opacity
from sql import query
from sql.semantic.metrics import metric
from sql.semantic.readings import cumulative_scope
from sql.semantic.scope import Scope

_QUERY = "training_ladder"


def ladder(scope: Scope, key: str) -> None:
    """Draws programmes as rungs, from induction at the bottom to leadership at the top, with the share of their target
    group that has completed them. Programmes open to all are above the ladder, with their number of people."""
    cumulative = cumulative_scope(scope.with_filters())
    rows = query(_QUERY, cumulative)
    title = headlines.ladder_headline(rows)
    note = _("自下而上；深色为期末在岗的应训人员中完成过的占比，计到期末")
    with panels.query_panel(title, note, _QUERY, cumulative, rows, key):
        if rows.is_empty():
            st.info(_("这个范围没有数据。"))
            return
        figure.draw(_ladder(rows), selection.widget_key(key, scope), title)


def _ladder(rows: pl.DataFrame) -> go.Figure:
    colours = theme.palette()
    positions = list(range(rows.height))
    names, labels, widths = [], [], []
    for row in rows.iter_rows(named=True):
        word, whom = values.word("programme", row["programme"]), values.word("for_whom", row["for_whom"])
        number = "" if row["share"] is None else f"{row['rung']} "
        names.append(f"<b>{number}{word}</b><br><span style='font-size:11px;color:{colours.muted}'>{whom}</span>")
        sessions_text = _("{count} 期").format(count=texts.number(row["sessions"]))
        if row["share"] is None:
            reach_text = _("{people} 人").format(people=texts.number(row["people"]))
        else:
            reach_text = _("<b>{share}%</b> {reached}/{workers} 人").format(
                share=texts.number(row["share"]),
                reached=texts.number(row["reached"]),
                workers=texts.number(row["workers"]),
            )
        labels.append(f"{reach_text}<br><span style='font-size:11px;color:{colours.muted}'>{sessions_text}</span>")
        widths.append(texts.display_width(reach_text))
    bar = {"type": "bar", "orientation": "h", "y": positions, "width": 0.46, "hoverinfo": "skip"}
    full_bars = bar | {
        "x": [None if share is None else 100 for share in rows["share"]],
        "marker": {"color": with_opacity(colours.context, 0.35)},
    }
    reached_bars = bar | {"x": rows["share"].to_list(), "marker": {"color": colours.accent}, "name": "share"}
    annotations = [
        figure.label(1, position, text, xref="paper", xanchor="left", xshift=8, align="left", name="label")
        for position, text in zip(positions, labels, strict=True)
    ]
    return figure.figure(
        [full_bars, reached_bars],
        height=24 + 48 * rows.height,
        right=16 + round(7.0 * max(widths)),
        top=4,
        bottom=8,
        barmode="overlay",
        annotations=annotations,
        xaxis={"range": [0, 100], "showticklabels": False, "showgrid": False},
        yaxis={
            "range": [-0.5, rows.height - 0.5],
            "tickvals": positions,
            "ticktext": names,
            "showgrid": False,
            "ticklabelstandoff": 8,
        },
    )


def _short_names(names: pl.Series) -> pl.Series:
    """Returns names as a narrow table writes them: in Chinese the short ones, in English unchanged."""
    return names.map_elements(short_name, return_dtype=pl.String) if texts.language() == "zh" else names


def gaps(scope: Scope, key: str) -> None:
    """Draws how many workers on post had no training in the period, child areas by post. A click opens the area."""
    untrained = metric("workers_untrained", scope.version)
    level = page_scope.level_below(scope)
    rows = untrained.rows(scope, by=(level, "post"))
    title = headlines.gaps_headline(rows, level)
    with panels.panel(
        title, panels.subtitle(untrained, scope, _("点击进入下级")), untrained, scope, rows, (level, "post"), key
    ):
        posts = values.sort_values("post", rows["post"].drop_nulls().unique().to_list())
        if not posts:
            panels.no_rows(untrained, scope)
            return
        table = (
            rows.pivot("post", index=[level, f"{level}_name"], values="value")
            .with_columns(total=pl.sum_horizontal(posts))
            .sort("total", level, descending=[True, False])
        )
        data_table.draw(
            table.select("total", *posts, area_name=_short_names(table[f"{level}_name"])),
            {
                "area_name": _("区域"),
                "total": Column(_("合计"), decimals=0),
                **{post: Column(values.word("post", post), decimals=0) for post in posts},
            },
            selection.widget_key(key, scope),
            title,
            choose=lambda index: page_scope.go_to_area(table[level][index]),
        )
