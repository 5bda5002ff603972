"""Draws an area's rules beside the data they apply to: the items of a list in its standards, editable without code."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.names import area_name
from pages.ui.i18n.texts import _
from pages.ui.kit import empty_states
from pages.ui.kit.panels import panels
from pages.ui.kit.tables import data_table
from pages.ui.kit.tables.columns import Column, Columns
from sql import query
from sql.semantic.readings import clip_period
from sql.semantic.scope import Scope

# These mark an invented clause: its source only states the number of items.
EXAMPLE = "示例："
_EXAMPLE_END = "（示例）"


def listing(scope: Scope, standard: str, title: str, key: str, group: str | None = None) -> None:
    """Draws the items in force for the area at the end of the period, in order, with values and basis. Invented ones
    are marked 示例.

    `group` selects the items whose name starts with it: `shop_volunteer` selects `shop_volunteer:3`.
    """
    params: dict[str, Any] = {
        "area": scope.area_code,
        "standard": standard,
        "group": group,
        "month": clip_period(scope).last,
    }
    rows = query("standard_items", scope.with_filters(), **params)
    bases = texts.join_words(rows["basis"].unique(maintain_order=True).to_list())
    is_recommended = (rows["obligation"] == "recommended").all()
    template = _("{count} 项（推荐值）· 依据：{basis}") if is_recommended else _("{count} 项 · 依据：{basis}")
    note = "" if rows.is_empty() else template.format(count=rows.height, basis=bases)
    with panels.query_panel(title, note, "standard_items", scope.with_filters(), rows, key, has_twin=False, **params):
        if rows.is_empty() and not scope.area.is_whole:
            st.info(_("各地有各自的规定：请进入一个地区查看。"), icon=":material/inbox:")
            return
        if rows.is_empty():
            st.info(
                empty_states.message(
                    _("{who}没有这份清单。").format(who=texts.escape_markdown(area_name(scope.area))),
                    _("写有它的 标准.csv（标准 = {standard}）").format(standard=standard),
                ),
                icon=":material/inbox:",
            )
            return
        words = _in_words(rows)
        columns: Columns = {
            "number": _("序号"),
            "text": _("内容"),
            "example": Column(_("说明"), help=_("来源只给出数目，条文为示例")),
            "range": _("数值"),
        }
        data_table.draw(words, {name: columns[name] for name in words.columns}, f"{key}_{scope.area_code}", title)


def _in_words(rows: pl.DataFrame) -> pl.DataFrame:
    """Returns the columns that hold something: number and text, the range where there are values, 示例 where items are
    invented."""
    is_example = pl.col("clause").str.starts_with(EXAMPLE) | pl.col("clause").str.ends_with(_EXAMPLE_END)
    items = rows.select(
        pl.int_range(1, pl.len() + 1).alias("number"),
        pl.col("clause").str.strip_prefix(EXAMPLE).str.strip_suffix(_EXAMPLE_END).alias("text"),
        pl.when(is_example.fill_null(False)).then(pl.lit(_("示例"))).otherwise(pl.lit("")).alias("example"),
        "value",
        "upper",
    )
    names = ["number", "text"]
    if items["value"].is_not_null().any():
        items = items.with_columns(
            range=pl.Series([_span(value, upper) for value, upper in items.select("value", "upper").iter_rows()])
        )
        names.append("range")
    if (items["example"] != "").any():
        names.append("example")
    return items.select(names)


def _span(value: float | None, upper: float | None) -> str:
    if value is None:
        return ""
    return texts.number(value) if upper is None else f"{texts.number(value)}–{texts.number(upper)}"
