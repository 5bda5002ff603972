"""Draws child areas as bars: the worst first for a rate, the largest first for a count, with the standard as a line."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl

from pages.ui.charts import figure, target_lines
from pages.ui.i18n import texts
from pages.ui.i18n.names import full_name, short_name, spoken_name
from pages.ui.i18n.phrases import area_count
from pages.ui.i18n.texts import _
from pages.ui.kit import status
from pages.ui.kit.panels.panels import no_rows, panel, subtitle
from pages.ui.shell import page_scope, selection
from pages.ui.theme import theme
from sql.semantic.metrics import Metric
from sql.semantic.readings import with_status
from sql.semantic.scope import Scope
from sql.stats.signals import with_chance

# Maximum number of areas; the table below the ranking has all of them.
MAX_BARS = 20


def ranking(scope: Scope, metric: Metric, key: str, gap_metric: Metric | None = None) -> None:
    """Draws the child areas by a metric; ≈ marks a difference from the whole that may be chance. A click opens the
    area.

    `gap_metric` is a second metric whose number follows the value of an area that misses the standard.
    """
    level = page_scope.level_below(scope)
    rows = with_chance(with_status(metric.rows(scope, by=level), metric), metric, metric.value(scope))
    known_rows = rows.filter(pl.col("value").is_not_null())
    lowest_first = metric.direction == "higher" and _has_bad_end(known_rows, metric)
    known_rows = known_rows.sort("value", descending=not lowest_first)
    title = headline(level, rows, metric)
    subtitle_notes = [_("点击进入下级")]
    if known_rows.height > MAX_BARS:
        limit_note = _("最差的 {count} 个") if _has_bad_end(known_rows, metric) else _("最多的 {count} 个")
        subtitle_notes.insert(0, limit_note.format(count=MAX_BARS))
    if metric.is_rate and known_rows["is_within_chance"].any():
        subtitle_notes.append(_("≈ 与整体的差别在机会范围之内"))
    with panel(title, subtitle(metric, scope, _("；").join(subtitle_notes)), metric, scope, rows, (level,), key):
        if known_rows.is_empty():
            no_rows(metric, scope)
            return
        top_rows = known_rows.head(MAX_BARS)
        gaps: dict[str, float | None] = {}
        if gap_metric:
            gaps = dict(gap_metric.rows(scope, by=level).select(level, "value").iter_rows())
        labels = [_label(row, level, metric, gap_metric, gaps) for row in top_rows.iter_rows(named=True)]
        figure.draw(
            _figure(top_rows, level, metric, labels),
            selection.widget_key(key, scope),
            title,
            on_click=page_scope.go_to_area,
        )


def headline(level: str, rows: pl.DataFrame, metric: Metric) -> str:
    """Returns how many areas miss the standard; else the worst area, or the highest where there is no preferred
    direction."""
    known_rows = rows.filter(pl.col("value").is_not_null())
    if known_rows.is_empty():
        return status.word("held") if (rows["status"] == "held").any() else _("没有数据")
    areas = area_count(level, known_rows.height)
    below = known_rows.filter(pl.col("status") == "below")
    if not below.is_empty():
        return _("{areas}中 {below} 个未达标").format(areas=areas, below=below.height)
    if (known_rows["status"] == "on_target").all():
        return _("{areas}全部达标").format(areas=areas)
    is_low_worst = metric.direction == "higher" and _has_bad_end(known_rows, metric)
    extremes = known_rows.filter(
        pl.col("value") == (known_rows["value"].min() if is_low_worst else known_rows["value"].max())
    )
    value = texts.amount(extremes["value"][0], metric)
    if extremes.height == known_rows.height:
        return _("各地相同，都是 {value}").format(value=value)
    if extremes.height > 2:
        tie_text = _("{count} 个并列最低，{value}") if is_low_worst else _("{count} 个并列最高，{value}")
        return tie_text.format(count=extremes.height, value=value)
    names = texts.join_words([spoken_name(name) for name in extremes[f"{level}_name"]])
    return (_("{area}最低，{value}") if is_low_worst else _("{area}最高，{value}")).format(area=names, value=value)


def _has_bad_end(known_rows: pl.DataFrame, metric: Metric) -> bool:
    """Returns true where one end of the ranking is bad: a rate with a direction, or a metric with a standard."""
    return metric.direction != "none" and (metric.is_rate or known_rows["status"].is_in(["below", "on_target"]).any())


def _label(
    row: dict[str, Any], level: str, metric: Metric, gap_metric: Metric | None, gaps: dict[str, float | None]
) -> str:
    """Returns an area's label: 9.4 ▼ 缺口 95 人, 18.3 ● 达标; with ≈ where the difference may be chance."""
    word = status.label(row["status"])
    if gap_metric and row["status"] == "below":
        gap = texts.amount(gaps[row[level]], gap_metric)
        word = f"{status.SYMBOLS['below']} {texts.of(gap_metric.short_title)} {gap}"
    parts = [f"<b>{texts.number(row['value'], metric.decimals)}</b>", word, "≈" if row["is_within_chance"] else ""]
    return " ".join(filter(None, parts))


def _figure(rows: pl.DataFrame, level: str, metric: Metric, labels: list[str]) -> go.Figure:
    colours = theme.palette()
    fill = {"on_target": colours.on_target, "below": colours.below, "none": colours.accent}
    positions = list(range(rows.height))
    names = rows[f"{level}_name"].to_list()
    bars = {
        "type": "bar",
        "x": rows["value"].to_list(),
        "y": positions,
        "orientation": "h",
        "customdata": rows[level].to_list(),
        "marker": {"color": [fill[state] for state in rows["status"]]},
        "hovertext": [f"{figure.escape(full_name(name))} {text}" for name, text in zip(names, labels, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "width": 0.62,
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
    }
    targets = pl.concat([rows["standard"], rows["recommended"]]).drop_nulls()
    longest = max([*rows["value"], *targets]) or 1
    # The labels have a margin of their own, clear of the standard's line and of the same width on every screen.
    annotations = [
        figure.label(1, position, text, xref="paper", xanchor="left", xshift=6, align="left", name="label")
        for position, text in zip(positions, labels, strict=True)
    ]
    shapes, target_names = target_lines.across_bars(rows, metric)
    annotations += target_names
    return figure.figure(
        [bars],
        height=60 + 29 * rows.height,
        right=16 + round(7.2 * max(map(texts.display_width, labels))),
        xaxis={"range": [min(0, *rows["value"]), longest * 1.02], "showticklabels": False, "showgrid": False},
        yaxis={
            "range": [rows.height - 0.5, -0.5],
            "tickvals": positions,
            "showgrid": False,
            "ticklabelstandoff": 6,
            "ticktext": [figure.escape(short_name(name)) for name in names],
        },
        annotations=annotations,
        shapes=shapes,
    )
