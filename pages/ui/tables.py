"""The table behind the pictures: areas with several metrics side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from pages.briefing import collected
from pages.ui import bases, exports, filters, panels, picked, scope, status, texts, values
from pages.ui.charts import figure
from pages.ui.columns import Columns
from pages.ui.texts import _
from sql import query
from sql.metrics import metric
from sql.readings import with_status
from sql.scope import Scope

if TYPE_CHECKING:
    from streamlit.elements.lib.column_types import ColumnConfig


def areas(at: Scope, *names: str, key: str) -> None:
    """One row for each area below with the metrics' values, the first one's status beside it; a row goes down."""
    level = scope.level_below(at)
    rows = _side_by_side(at, level, names)
    shown = rows.with_columns(pl.col("status").map_elements(status.marked, return_dtype=pl.String))
    if rows["standard"].null_count() == rows.height:
        shown = shown.drop("standard", "status")
    config: dict[str, ColumnConfig | str | None] = {
        level: None,
        f"{level}_name": st.column_config.TextColumn(_("区域"), pinned=True),
        "standard": st.column_config.NumberColumn(_("标准"), format="%.0f"),
        "status": st.column_config.TextColumn(_("是否达标")),
        **{name: _column(name, at) for name in names},
    }
    collected.rows(key, _("各地数据"), "", rows, at, columns=config)
    widget = f"{key}_{at.area_code}"

    def go_down() -> None:
        chosen = picked.rows(widget)
        if chosen:
            scope.go_to_area(rows[level][chosen[0]])

    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            incomplete = bases.small(at, *(metric(name, at.version) for name in names))
            st.markdown(texts.paragraphs("## " + _("各地数据"), incomplete), width="stretch")
            exports.buttons(
                rows,
                f"{names[0]}_{at.area_code or 'all'}_{at.period}",
                key,
                lambda: _side_by_side(at.rounded, level, names),
            )
        st.dataframe(
            shown,
            column_config=config,
            hide_index=True,
            key=widget,
            on_select=go_down,
            selection_mode="single-row",
            height="content" if rows.height <= 12 else 440,
            placeholder="–",
        )


def _side_by_side(at: Scope, level: str, names: Sequence[str]) -> pl.DataFrame:
    """Returns a row for each area of the level: code, name, the first metric with its standard and status, the others
    each in a column of its name; the worst of the first at the top."""
    first = metric(names[0], at.version)
    rows = with_status(first.rows(at, by=level), first).rename({"value": names[0]})
    rows = rows.select(level, f"{level}_name", names[0], "standard", "status")
    for name in names[1:]:
        rows = rows.join(
            metric(name, at.version).rows(at, by=level).select(level, pl.col("value").alias(name)), on=level
        )
    return rows.sort(names[0], descending=first.better == "lower", nulls_last=True)


def _column(name: str, at: Scope) -> ColumnConfig:
    asked = metric(name, at.version)
    decimals = f"%.{asked.decimals}f" if asked.decimals else "localized"
    unit = texts.unit(asked)
    label = texts.of(asked.short) + (f"（{unit}）" if unit and texts.language() == "zh" else "")
    return st.column_config.NumberColumn(
        label, format=decimals, help=f"{texts.of(asked.title)}：{texts.of(asked.note)}"
    )


def listing(
    at: Scope,
    name: str,
    title: str,
    columns: Columns,
    key: str,
    note: str = "",
    opens: str | None = None,
    **params: Any,
) -> None:
    """The rows of a query file: the columns named, with values in words, an explanation and a download.

    `columns` are headers or column configurations by column; `opens` is the column that a click on a row filters the
    page by. Where there are no rows, says so.
    """
    rows = query(name, at, **params)
    with panels.query_panel(title, note, name, at, rows, key, has_twin=False, **params):
        if rows.is_empty():
            st.info(_("这个范围没有这样的记录。"))
            return
        collected.rows(key, title, note, rows.select(list(columns)), at, columns=columns)
        widget = figure.key(key, at)
        st.dataframe(
            _in_words(rows.select(list(columns))),
            column_config=columns,
            hide_index=True,
            key=widget,
            height="content" if rows.height <= 12 else 440,
            placeholder="–",
            on_select=_filtering(rows, opens, widget) if opens else "ignore",
            selection_mode="single-row",
        )


def _filtering(rows: pl.DataFrame, by: str, widget: str) -> Callable[[], None]:
    """Gives what a click on a row calls: it filters the page by the row's value of a column."""
    click = filters.toggled(by)

    def opened() -> None:
        chosen = picked.rows(widget)
        if chosen:
            click(rows[by][chosen[0]])

    return opened


def _in_words(rows: pl.DataFrame) -> pl.DataFrame:
    """Values of known dimensions, and yes and no, as readers say them."""
    return rows.with_columns(
        pl.Series(name, [None if value is None else values.word(name, value) for value in rows[name]], dtype=pl.String)
        for name in rows.columns
        if rows[name].dtype == pl.Boolean or (name in values.WORDS and rows[name].dtype == pl.String)
    )
