"""Draws the rejected rows: the reasons, the list, and each district's workbook to correct them in."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.names import spoken_name
from pages.ui.i18n.texts import _
from pages.ui.kit.panels import panels
from pages.ui.kit.tables import data_table, exports
from pages.ui.kit.tables.columns import Column, Columns
from sql import query
from sql.quality import rejects
from sql.semantic.scope import Scope

# The workbooks have all rows.
_MAX_LISTED = 1000


def rejected(scope: Scope) -> None:
    """Draws the workbooks to correct rejected rows in, why rows were rejected, and the rows."""
    _downloads(scope)
    _reasons(scope)
    _listing(scope)


def _downloads(scope: Scope) -> None:
    """Draws one workbook per district for download, laid out like its own files."""
    districts = set(query("files_received", scope.with_filters(), area=scope.area_code)["district"])
    counts = {district: count for district, count in rejects.counts(scope.version).items() if district in districts}
    if not counts:
        st.success(_("没有退回的行。"))
        return
    with st.container(border=True, gap="xsmall", key="panel_reject_downloads"):
        st.markdown("## " + _("各地区的退回表"))
        st.caption(_("每张表按原文件的表头和列排列，首列是行号，末列是原因；改好后放回该地区的文件夹再构建"))
        with st.container(horizontal=True, gap="small"):
            for district, count in counts.items():
                exports.rejects_button(
                    scope,
                    district,
                    _("{district} {count} 行").format(
                        district=spoken_name(district) or _("全国标准"), count=texts.number(count)
                    ),
                )


def _reasons(scope: Scope) -> None:
    """Draws the reasons by table, column and kind, the most frequent first."""
    rows = query("rejected_reasons", scope.with_filters(), area=scope.area_code)
    if rows.is_empty():
        return
    most_frequent = rows.row(0, named=True)
    title = _("{count} 种原因，最多的一种在{district}的{table}，{rows} 行").format(
        count=rows.height,
        district=spoken_name(most_frequent["district"]),
        table=texts.table(most_frequent["table_name"]),
        rows=texts.number(most_frequent["rows_rejected"]),
    )
    with panels.query_panel(
        title,
        _("一行有几处问题时，每处各算一次"),
        "rejected_reasons",
        scope.with_filters(),
        rows,
        "rejected_reasons",
        has_twin=False,
        area=scope.area_code,
    ):
        display_rows = rows.select(
            "district",
            _tables(rows),
            *_column(),
            "rows_rejected",
            pl.col("kind_zh" if texts.language() == "zh" else "kind_en").alias("reason"),
            "example",
        )
        columns: Columns = {
            "district": _("地区"),
            "table_name": _("表"),
            "column_name": _("列"),
            "rows_rejected": Column(_("行数"), decimals=0),
            "reason": _("原因"),
            "example": _("例如"),
        }
        data_table.draw(
            display_rows,
            {name: columns[name] for name in display_rows.columns},
            f"rejected_reasons_{scope.area_code}",
            title,
        )


def _listing(scope: Scope) -> None:
    """Draws the rejected rows, by file and row."""
    rows = query("rejected_list", scope.with_filters(), area=scope.area_code, most=_MAX_LISTED)
    if rows.is_empty():
        return
    note = (
        _("前 {count} 条，其余在退回表里").format(count=texts.number(_MAX_LISTED)) if rows.height == _MAX_LISTED else ""
    )
    with panels.query_panel(
        _("每一行为什么退回"),
        note,
        "rejected_list",
        scope.with_filters(),
        rows,
        "rejected_list",
        has_twin=False,
        area=scope.area_code,
        most=_MAX_LISTED,
    ):
        display_rows = rows.select(
            "district",
            "file",
            "sheet",
            "row_number",
            _tables(rows),
            *_column(),
            "value",
            pl.col("reason_zh" if texts.language() == "zh" else "reason_en").alias("reason"),
        )
        columns: Columns = {
            "district": _("地区"),
            "file": _("文件"),
            "sheet": _("工作表"),
            "row_number": Column(_("行号"), decimals=0),
            "table_name": _("表"),
            "column_name": _("列"),
            "value": _("单元格"),
            "reason": _("原因"),
        }
        data_table.draw(
            display_rows,
            {name: columns[name] for name in display_rows.columns},
            f"rejected_list_{scope.area_code}",
            _("每一行为什么退回"),
        )


def _tables(rows: pl.DataFrame) -> pl.Series:
    return pl.Series("table_name", [name and texts.table(name) for name in rows["table_name"]], dtype=pl.String)


def _column() -> list[str]:
    """Returns the English column name; none in Chinese, where the reason begins with the column's header."""
    return [] if texts.language() == "zh" else ["column_name"]
