"""Draws tables: areas with several metrics side by side, and the rows of query files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import streamlit as st

from pages.ui.i18n import texts, values
from pages.ui.i18n.texts import _
from pages.ui.kit import completeness, status
from pages.ui.kit.panels import captured_panels, panels
from pages.ui.kit.tables import data_table, exports
from pages.ui.kit.tables.columns import Column, Columns
from pages.ui.shell import filters, page_scope, selection
from sql import query
from sql.security.release import Frame
from sql.semantic import queries
from sql.semantic.metrics import metric
from sql.semantic.readings import with_status
from sql.semantic.scope import Scope


def areas(scope: Scope, *names: str, key: str) -> None:
    """Draws one row per child area with the metrics' values and the first one's status; a click opens the area."""
    level = page_scope.level_below(scope)
    rows = _side_by_side(scope, level, names)
    display_rows = rows.with_columns(pl.col("status").map_elements(status.label, return_dtype=pl.String))
    standard_name = _("标准") if rows["year_standard"].null_count() == rows.height else _("按进度应达")
    standard_columns: Columns = {"standard": Column(standard_name, decimals=0), "status": _("是否达标")}
    columns: dict[str, Column | str] = {
        f"{level}_name": _("区域"),
        names[0]: _column(names[0], scope),
        **({} if rows["standard"].null_count() == rows.height else standard_columns),
        **{name: _column(name, scope) for name in names[1:]},
    }
    captured_panels.add_rows(key, _("各地数据"), "", rows, scope, columns=columns)
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            incomplete = completeness.small_note(scope, *(metric(name, scope.version) for name in names))
            st.markdown(texts.paragraphs("## " + _("各地数据"), incomplete), width="stretch")
            exports.download_buttons(
                Frame(lambda policy: _side_by_side(policy.view(scope), level, names)),
                f"{names[0]}_{scope.area_code or 'all'}_{scope.period}",
                key,
            )
        # A column `place_name` may hold venues as well: a table takes it for names of no areas.
        called = "area_name" if level == "place" else f"{level}_name"
        data_table.draw(
            display_rows.rename({f"{level}_name": called}),
            {called if name == f"{level}_name" else name: column for name, column in columns.items()},
            f"{key}_{scope.area_code}",
            _("各地数据"),
            choose=lambda index: page_scope.go_to_area(rows[level][index]),
        )


def _side_by_side(scope: Scope, level: str, names: Sequence[str]) -> pl.DataFrame:
    """Returns a row for each area of the level: code, name, the first metric with its standard, that of the whole year
    and its status, and each other metric in a column of its name. The worst of the first metric is at the top."""
    first = metric(names[0], scope.version)
    rows = with_status(first.rows(scope, by=level), first).rename({"value": names[0]})
    rows = rows.select(level, f"{level}_name", names[0], "standard", "year_standard", "status")
    for name in names[1:]:
        rows = rows.join(
            metric(name, scope.version).rows(scope, by=level).select(level, pl.col("value").alias(name)), on=level
        )
    return rows.sort(names[0], descending=first.direction == "lower", nulls_last=True)


def _column(name: str, scope: Scope) -> Column:
    column_metric = metric(name, scope.version)
    unit = texts.unit(column_metric)
    label = texts.of(column_metric.short_title) + (f"（{unit}）" if unit and texts.language() == "zh" else "")
    return Column(
        label, column_metric.decimals, help=f"{texts.of(column_metric.title)}：{texts.of(column_metric.note)}"
    )


def listing(
    scope: Scope,
    name: str,
    title: str,
    columns: Columns,
    key: str,
    note: str = "",
    opens: str | None = None,
    **params: Any,
) -> None:
    """Draws the rows of a query file: the named columns with values in words, an explanation and a download.

    `columns` are headers or `Column` definitions by column name. `opens` is the column whose value a click on a row
    filters the page by. Says so where there are no rows.
    """
    rows = query(name, scope, **params)
    with panels.query_panel(title, note, name, scope, rows, key, has_twin=False, **params):
        if scope.version.is_rounded and queries.is_of_people(name, scope, **params):
            st.info(_("逐人的清单不在带走的内容里。"))
            return
        if rows.is_empty():
            st.info(_("这个范围没有这样的记录。"))
            return
        captured_panels.add_rows(key, title, note, rows.select(list(columns)), scope, columns=columns)
        data_table.draw(
            _in_words(rows.select(list(columns))),
            columns,
            selection.widget_key(key, scope),
            title,
            choose=_filter_by(rows, opens) if opens else None,
        )


def _filter_by(rows: pl.DataFrame, by: str) -> Callable[[int], None]:
    """Returns a callback for a click on a row, which filters the page by the row's value in a column."""
    click = filters.toggle_callback(by)
    return lambda index: click(rows[by][index])


def _in_words(rows: pl.DataFrame) -> pl.DataFrame:
    """Returns the rows with known dimensions and booleans in words."""
    return rows.with_columns(
        pl.Series(name, [None if value is None else values.word(name, value) for value in rows[name]], dtype=pl.String)
        for name in rows.columns
        if rows[name].dtype == pl.Boolean or (name in values.WORDS and rows[name].dtype == pl.String)
    )
