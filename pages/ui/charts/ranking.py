"""Areas one step down as bars: the worst of a rate first, the most of a count, with the standard as a line."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages.ui.charts import figure
from pages.ui.i18n import texts
from pages.ui.i18n.names import full_name, short_name, spoken_name
from pages.ui.i18n.phrases import area_count
from pages.ui.i18n.texts import _
from pages.ui.kit import status
from pages.ui.kit.panels import panel, subtitle
from pages.ui.shell import page_scope, selection
from pages.ui.theme import theme
from sql.semantic.metrics import Metric
from sql.semantic.readings import with_status
from sql.semantic.scope import Scope
from sql.stats.signals import with_chance

# A ranking shows this many areas, the worst first; the table beneath it has them all.
MAX_BARS = 20


def ranking(scope: Scope, metric: Metric, key: str, beside: Metric | None = None) -> None:
    """The areas below by a metric; ≈ marks what differs from the whole by no more than chance. A click goes down.

    `beside` is a second metric whose number stands behind the value of an area that misses the standard.
    """
    level = page_scope.level_below(scope)
    rows = with_chance(with_status(metric.rows(scope, by=level), metric), metric, metric.value(scope))
    known = rows.filter(pl.col("value").is_not_null())
    lowest_first = metric.direction == "higher" and _is_judged(known, metric)
    known = known.sort("value", descending=not lowest_first)
    title = headline(level, rows, metric)
    notes = [_("点击进入下级")]
    if known.height > MAX_BARS:
        first = _("最差的 {count} 个") if _is_judged(known, metric) else _("最多的 {count} 个")
        notes.insert(0, first.format(count=MAX_BARS))
    if metric.is_rate and known["is_within_chance"].any():
        notes.append(_("≈ 与整体的差别在机会范围之内"))
    with panel(title, subtitle(metric, scope, _("；").join(notes)), metric, scope, rows, (level,), key):
        if known.is_empty():
            st.info(_("这个范围没有数据。"))
            return
        shown = known.head(MAX_BARS)
        others: dict[str, float | None] = {}
        if beside:
            others = dict(beside.rows(scope, by=level).select(level, "value").iter_rows())
        labels = [_label(row, level, metric, beside, others) for row in shown.iter_rows(named=True)]
        figure.draw(
            _figure(shown, level, metric, labels),
            selection.widget_key(key, scope),
            title,
            on_click=page_scope.go_to_area,
        )


def headline(level: str, rows: pl.DataFrame, metric: Metric) -> str:
    """How many areas miss the standard, or which is worst, or highest where neither way is bad."""
    known = rows.filter(pl.col("value").is_not_null())
    if known.is_empty():
        return _("没有数据")
    areas = area_count(level, known.height)
    below = known.filter(pl.col("status") == "below")
    if not below.is_empty():
        return _("{areas}中 {below} 个未达标").format(areas=areas, below=below.height)
    if (known["status"] == "on_target").all():
        return _("{areas}全部达标").format(areas=areas)
    lowest = metric.direction == "higher" and _is_judged(known, metric)
    first = known.filter(pl.col("value") == (known["value"].min() if lowest else known["value"].max()))
    value = texts.amount(first["value"][0], metric)
    if first.height == known.height:
        return _("各地相同，都是 {value}").format(value=value)
    if first.height > 2:
        tied = _("{count} 个并列最低，{value}") if lowest else _("{count} 个并列最高，{value}")
        return tied.format(count=first.height, value=value)
    names = texts.join_words([spoken_name(name) for name in first[f"{level}_name"]])
    return (_("{area}最低，{value}") if lowest else _("{area}最高，{value}")).format(area=names, value=value)


def _is_judged(known: pl.DataFrame, metric: Metric) -> bool:
    """Whether one end of the ranking is the bad one: a rate with a direction, or anything with a standard."""
    return metric.direction != "none" and (metric.is_rate or known["status"].is_in(["below", "on_target"]).any())


def _label(
    row: dict[str, Any], level: str, metric: Metric, beside: Metric | None, others: dict[str, float | None]
) -> str:
    """9.4 ▼ 缺口 95 人, 18.3 ● 达标; ≈ where the difference from the whole may be chance."""
    word = status.label(row["status"])
    if beside and row["status"] == "below":
        word = f"{status.SYMBOLS['below']} {texts.of(beside.short_title)} {texts.amount(others[row[level]], beside)}"
    parts = [f"<b>{texts.number(row['value'], metric.decimals)}</b>", word, "≈" if row["is_within_chance"] else ""]
    return " ".join(filter(None, parts))


def _figure(rows: pl.DataFrame, level: str, metric: Metric, labels: list[str]) -> go.Figure:
    colours = theme.palette()
    fill = {"on_target": colours.on_target, "below": colours.below, "none": colours.accent}
    places = list(range(rows.height))
    names = rows[f"{level}_name"].to_list()
    bars = {
        "type": "bar",
        "x": rows["value"].to_list(),
        "y": places,
        "orientation": "h",
        "customdata": rows[level].to_list(),
        "marker": {"color": [fill[state] for state in rows["status"]]},
        "hovertext": [f"{figure.escape(full_name(name))} {text}" for name, text in zip(names, labels, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "width": 0.62,
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
    }
    standards = rows["standard"].drop_nulls().unique()
    longest = max([*rows["value"], *standards]) or 1
    # The labels stand in a margin of their own, clear of the standard's line and as wide on every screen.
    notes = [
        figure.label(1, place, text, xref="paper", xanchor="left", xshift=6, align="left", name="label")
        for place, text in zip(places, labels, strict=True)
    ]
    shapes = []
    if len(standards) == 1 and standards[0] > 0:
        line, name = figure.standard_line(standards[0])
        shapes.append(line)
        notes.append(name)
    return figure.figure(
        [bars],
        height=60 + 29 * rows.height,
        right=16 + round(7.2 * max(map(texts.display_width, labels))),
        xaxis={"range": [min(0, *rows["value"]), longest * 1.02], "showticklabels": False, "showgrid": False},
        yaxis={
            "range": [rows.height - 0.5, -0.5],
            "tickvals": places,
            "showgrid": False,
            "ticklabelstandoff": 6,
            "ticktext": [figure.escape(short_name(name)) for name in names],
        },
        annotations=notes,
        shapes=shapes,
    )
