"""Draws a simple chart of any rows: bars or a line of one numeric column by another column."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.ui.charts import figure
from pages.ui.charts.bars import MAX_BARS
from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.kit.panels import panels
from pages.ui.shell import selection
from pages.ui.theme import theme
from sql.semantic.extremes import max_number, min_number
from sql.semantic.scope import Scope

_BARS, _LINE = "bars", "line"
_MAX_VALUE = 1e300


def panel(rows: pl.DataFrame, scope: Scope) -> None:
    """Draws the choice of columns and the chart; where there is no numeric column, says so."""
    numeric_columns = [name for name in rows.columns if rows.schema[name].is_numeric()]
    with st.container(border=True, gap="xsmall", height="stretch", key="sql_lab_chart"):
        if not numeric_columns or rows.width < 2:
            st.markdown("## " + _("图"))
            st.info(_("要画图，结果里至少要有两列，其中一列是数字。"))
            return
        head = st.container()
        by, value, kind = _choice(rows, numeric_columns)
        chart_rows = _drawable(rows.select(pl.col(by).alias("by"), pl.col(value).alias("value")).drop_nulls())
        with head:
            st.markdown(
                texts.paragraphs(f"## {_headline(chart_rows, by, value)}", _subtitle(chart_rows, by, value, kind))
            )
        if not chart_rows.is_empty():
            chart = _bars(chart_rows.head(MAX_BARS), by) if kind == _BARS else _line(chart_rows, by)
            figure.draw(chart, selection.widget_key("sql_lab_picture", scope), _headline(chart_rows, by, value))


def _choice(rows: pl.DataFrame, numeric_columns: list[str]) -> tuple[str, str, str]:
    """Returns the columns for the axis and the values, and the kind of chart. Other columns make a new choice."""
    others = [name for name in rows.columns if name not in numeric_columns]
    kinds, key = {_BARS: _("柱"), _LINE: _("线")}, "_".join(rows.columns)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        by = st.selectbox(_("横轴"), others + numeric_columns, key=f"sql_lab_by_{key}", width=150)
        value_columns = [name for name in numeric_columns if name != by]
        value = st.selectbox(_("数值"), value_columns or numeric_columns, key=f"sql_lab_value_{by}_{key}", width=150)
        default_kind = _LINE if rows.schema[by].is_temporal() else _BARS
        kind = st.selectbox(
            _("图形"),
            list(kinds),
            index=list(kinds).index(default_kind),
            format_func=texts.option_formatter(kinds),
            key=f"sql_lab_kind_{by}_{key}",
            width=100,
        )
    return by, value, kind


def _drawable(rows: pl.DataFrame) -> pl.DataFrame:
    """Returns the rows that fit on an axis: those whose numbers are finite and small enough."""
    floats = [name for name, kind in rows.schema.items() if kind.is_float()]
    return rows.filter(pl.col(name).abs() < _MAX_VALUE for name in floats) if floats else rows


def _headline(chart_rows: pl.DataFrame, by: str, value: str) -> str:
    if chart_rows.is_empty():
        return texts.escape_markdown(value)
    highest = chart_rows.row(chart_rows["value"].arg_max() or 0, named=True)
    return _("{what}最高，{value}").format(
        what=panels.cell(by, highest["by"]), value=panels.cell(value, highest["value"])
    )


def _subtitle(chart_rows: pl.DataFrame, by: str, value: str, kind: str) -> str:
    parts = [_("{value} · 按 {by}").format(value=texts.escape_markdown(value), by=texts.escape_markdown(by))]
    if kind == _BARS and chart_rows.height > MAX_BARS:
        parts.append(_("前 {count} 行").format(count=MAX_BARS))
    return _("；").join(parts)


def _bars(rows: pl.DataFrame, by: str) -> figure.Figure:
    """Draws a bar for each row, in the order of the rows."""
    colours, positions = theme.palette(), list(range(rows.height))
    words = [figure.escape(_shorten(_axis_text(by, value))) for value in rows["by"]]
    labels = [f"<b>{panels.cell('value', value)}</b>" for value in rows["value"]]
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": rows["value"].to_list(),
        "y": positions,
        "width": 0.62,
        "name": "value",
        "marker": {"color": colours.accent},
        "hovertext": [f"{word} {label}" for word, label in zip(words, labels, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    annotations = [
        figure.label(1, position, label, xref="paper", xanchor="left", xshift=6, align="left")
        for position, label in zip(positions, labels, strict=True)
    ]
    return figure.figure(
        [trace],
        height=40 + 27 * rows.height,
        right=16 + round(7.6 * max(map(texts.display_width, labels))),
        top=8,
        bottom=12,
        xaxis={
            "range": [min(0, min_number(rows["value"])), max(0, max_number(rows["value"])) * 1.02 or 1],
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


def _line(rows: pl.DataFrame, by: str) -> figure.Figure:
    """Draws the rows as a line, from the smallest axis value to the largest."""
    colours, rows = theme.palette(), rows.sort("by")
    words = [figure.escape(_axis_text(by, value)) for value in rows["by"]]
    has_numeric_axis = rows.schema["by"].is_temporal() or rows.schema["by"].is_numeric()
    trace = {
        "type": "scatter",
        "mode": "lines+markers" if rows.height <= 60 else "lines",
        "name": "value",
        "x": rows["by"].to_list() if has_numeric_axis else [_shorten(word) for word in words],
        "y": rows["value"].to_list(),
        "line": {"color": colours.accent, "width": 2.2},
        "marker": {"size": 5},
        "hovertext": [
            f"{word} <b>{panels.cell('value', value)}</b>" for word, value in zip(words, rows["value"], strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    return figure.figure(
        [trace], height=300, left=52, xaxis={"showgrid": False, "nticks": 8}, yaxis={"nticks": 6, "tickformat": ",~f"}
    )


def _axis_text(by: str, value: object) -> str:
    """Returns a value as the axis shows it: numbers unchanged, as they may be codes or years."""
    return str(value) if isinstance(value, int | float) else panels.cell(by, value).replace("\\", "")


def _shorten(word: str, max_length: int = 18) -> str:
    return word if len(word) <= max_length else word[: max_length - 1] + "…"
