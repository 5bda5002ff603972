"""Downloads of exactly the rows shown: CSV that Excel opens in Chinese, and XLSX."""
from __future__ import annotations

import io

import polars as pl
import streamlit as st
from xlsxwriter import Workbook

from pages.ui.texts import _
from sql import rejects
from sql.warehouse import Version

# A text that begins like this is a formula to a spreadsheet.
_FORMULA_STARTS = r"^[=+\-@\t\r]"


def csv(rows: pl.DataFrame) -> bytes:
    """UTF-8 with a byte-order mark, so that Excel reads Chinese; texts never become formulas."""
    safe = rows.with_columns(
        pl.when(pl.col(pl.String).str.contains(_FORMULA_STARTS))
        .then("'" + pl.col(pl.String))
        .otherwise(pl.col(pl.String))
        .name.keep()
    )
    buffer = io.BytesIO()
    safe.write_csv(buffer, include_bom=True)
    return buffer.getvalue()


def xlsx(rows: pl.DataFrame) -> bytes:
    """A workbook with one sheet: header frozen, columns fitted, texts never formulas."""
    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        rows.write_excel(workbook, autofit=True, freeze_panes=(1, 0))
    return buffer.getvalue()


def buttons(rows: pl.DataFrame, name: str, key: str) -> None:
    """Two buttons that download the rows as they stand on the page."""
    with st.container(horizontal=True, width="content", gap="xsmall"):
        st.download_button(
            "CSV", lambda: csv(rows), f"{name}.csv", "text/csv", key=f"{key}_csv", icon=":material/download:",
            on_click="ignore", help=_("下载这里的数据"),
        )
        st.download_button(
            "XLSX", lambda: xlsx(rows), f"{name}.xlsx", key=f"{key}_xlsx", icon=":material/download:",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", on_click="ignore",
            help=_("下载这里的数据"),
        )


def rejected(version: Version, district: str, label: str) -> None:
    """A button that downloads a district's rejected rows, laid out as its own files."""

    def workbook() -> bytes:
        buffer = io.BytesIO()
        rejects.write(version, buffer, district)
        return buffer.getvalue()

    st.download_button(
        label, workbook, _("{district}_退回_{date}.xlsx").format(district=district, date=version.data_date), key=f"rejects_{district}",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", icon=":material/download:",
        on_click="ignore", help=_("下载这个地区退回的行"),
    )
