"""A simple picture of any rows: bars or a line of one column of numbers by another column."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.ui.charts import figure
from pages.ui.charts.bars import MAX_BARS
from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.kit import panels
from pages.ui.shell import selection
from pages.ui.theme import theme
from sql.semantic.extremes import max_number, min_number
from sql.semantic.scope import Scope

_BARS, _LINE = "bars", "line"
_ENDLESS = 1e300


def panel(rows: pl.DataFrame, scope: Scope) -> None:
    """The choice of columns and the picture; where there is no column of numbers, says so."""
    numbers = [name for name in rows.columns if rows.schema[name].is_numeric()]
    with st.container(border=True, gap="xsmall", height="stretch", key="sql_lab_chart"):
        if not numbers or rows.width < 2:
            st.markdown("## " + _("图"))
            st.info(_("要画图，结果里至少要有两列，其中一列是数字。"))
            return
        head = st.container()
        by, value, kind = _choice(rows, numbers)
        drawn = _measurable(rows.select(pl.col(by).alias("by"), pl.col(value).alias("value")).drop_nulls())
        with head:
            st.markdown(texts.paragraphs(f"## {_finding(drawn, by, value)}", _beneath(drawn, by, value, kind)))
        if not drawn.is_empty():
            picture = _bars(drawn.head(MAX_BARS), by) if kind == _BARS else _line(drawn, by)
            figure.draw(picture, selection.widget_key("sql_lab_picture", scope), _finding(drawn, by, value))


def _choice(rows: pl.DataFrame, numbers: list[str]) -> tuple[str, str, str]:
    """By what, of what, and as what. The choice is a new one where there are other columns."""
    others = [name for name in rows.columns if name not in numbers]
    kinds, key = {_BARS: _("柱"), _LINE: _("线")}, "_".join(rows.columns)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        by = st.selectbox(_("横轴"), others + numbers, key=f"sql_lab_by_{key}", width=150)
        of = [name for name in numbers if name != by]
        value = st.selectbox(_("数值"), of or numbers, key=f"sql_lab_value_{by}_{key}", width=150)
        first = _LINE if rows.schema[by].is_temporal() else _BARS
        kind = st.selectbox(
            _("图形"),
            list(kinds),
            index=list(kinds).index(first),
            format_func=texts.option_formatter(kinds),
            key=f"sql_lab_kind_{by}_{key}",
            width=100,
        )
    return by, value, kind


def _measurable(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that have a place on an axis: whose numbers are finite, with room above them."""
    floats = [name for name, kind in rows.schema.items() if kind.is_float()]
    return rows.filter(pl.col(name).abs() < _ENDLESS for name in floats) if floats else rows


def _finding(drawn: pl.DataFrame, by: str, value: str) -> str:
    if drawn.is_empty():
        return texts.escape_markdown(value)
    most = drawn.row(drawn["value"].arg_max() or 0, named=True)
    return _("{what}最高，{value}").format(what=panels.cell(by, most["by"]), value=panels.cell(value, most["value"]))


def _beneath(drawn: pl.DataFrame, by: str, value: str, kind: str) -> str:
    parts = [_("{value} · 按 {by}").format(value=texts.escape_markdown(value), by=texts.escape_markdown(by))]
    if kind == _BARS and drawn.height > MAX_BARS:
        parts.append(_("前 {count} 行").format(count=MAX_BARS))
    return _("；").join(parts)


def _bars(rows: pl.DataFrame, by: str) -> figure.Figure:
    """A bar for each row, in the order of the rows."""
    colours, places = theme.palette(), list(range(rows.height))
    words = [figure.escape(_shortened(_shown(by, value))) for value in rows["by"]]
    labels = [f"<b>{panels.cell('value', value)}</b>" for value in rows["value"]]
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": rows["value"].to_list(),
        "y": places,
        "width": 0.62,
        "name": "value",
        "marker": {"color": colours.accent},
        "hovertext": [f"{word} {label}" for word, label in zip(words, labels, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    notes = [
        figure.label(1, place, label, xref="paper", xanchor="left", xshift=6, align="left")
        for place, label in zip(places, labels, strict=True)
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
            "tickvals": places,
            "ticktext": words,
            "showgrid": False,
            "ticklabelstandoff": 6,
        },
        annotations=notes,
    )


def _line(rows: pl.DataFrame, by: str) -> figure.Figure:
    """The rows as a line, from the least of what they are by to the greatest."""
    colours, rows = theme.palette(), rows.sort("by")
    words = [figure.escape(_shown(by, value)) for value in rows["by"]]
    is_measured = rows.schema["by"].is_temporal() or rows.schema["by"].is_numeric()
    trace = {
        "type": "scatter",
        "mode": "lines+markers" if rows.height <= 60 else "lines",
        "name": "value",
        "x": rows["by"].to_list() if is_measured else [_shortened(word) for word in words],
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


def _shown(by: str, value: object) -> str:
    """A value as the axis has it: numbers as they stand, for they may be codes or years."""
    return str(value) if isinstance(value, int | float) else panels.cell(by, value).replace("\\", "")


def _shortened(word: str, longest: int = 18) -> str:
    return word if len(word) <= longest else word[: longest - 1] + "…"
