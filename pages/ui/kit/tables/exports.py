"""Downloads of exactly the rows shown: CSV that Excel opens in Chinese, and XLSX; each is recorded and carries a
stamp."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Literal

import polars as pl
import streamlit as st
from xlsxwriter import Workbook

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.shell import audit_trail, current_user
from sql.audit import log
from sql.audit.log import Stamp
from sql.quality import rejects
from sql.security import spreadsheet
from sql.semantic.files.sql_file import Text
from sql.semantic.scope import Scope

MIME_TYPES = {
    "csv": "text/csv",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def csv(rows: pl.DataFrame) -> bytes:
    """UTF-8 with a byte-order mark, so that Excel reads Chinese; texts never become formulas."""
    buffer = io.BytesIO()
    spreadsheet.escape_formulas(rows).write_csv(buffer, include_bom=True)
    return buffer.getvalue()


def xlsx(rows: pl.DataFrame, stamp: Stamp) -> bytes:
    """A workbook with the rows on its first sheet: header frozen, columns fitted, texts never formulas; the second says
    who took them when, and so do its properties."""
    buffer = io.BytesIO()
    # Infinity, and what is no number, have no cell of their own: a spreadsheet's error stands for them.
    plainly = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with Workbook(buffer, plainly) as workbook:
        workbook.set_properties(stamp.properties)
        page, quoted = workbook.add_worksheet(), workbook.add_format(spreadsheet.TEXT_FORMAT)
        rows.write_excel(workbook, page, autofit=True, freeze_panes=(1, 0))
        for place, name in enumerate(rows.columns):
            written = [name, *rows[name]] if rows[name].dtype == pl.String else [name]
            for row, text in enumerate(written):
                if text and spreadsheet.is_formula(text):
                    page.write_string(row, place, text, quoted)
        told = workbook.add_worksheet(_("导出信息"))
        told.write_string(0, 0, texts.of(stamp.caption), quoted)
    return buffer.getvalue()


def download_buttons(
    rows: pl.DataFrame, name: str, key: str, outside: Callable[[], pl.DataFrame] | None, scope: Scope | None = None
) -> None:
    """Two buttons that download the rows as they stand on the page.

    `outside` gives the same rows as they may leave the office, made when they are asked for; where it is None, each row
    is a person, and nobody but the office is given a file. `scope` is what the rows are of, else what the page shows.
    """
    exact = current_user.is_office()
    if outside is None and not exact:
        st.caption(_("逐人的清单只给经办人员下载"), width="content")
        return

    def given() -> pl.DataFrame:
        return rows if exact or outside is None else outside()

    def plain(stamp: Callable[[int], Stamp]) -> bytes:
        taken = given()
        stamp(taken.height)
        return csv(taken)

    def workbook(stamp: Callable[[int], Stamp]) -> bytes:
        taken = given()
        return xlsx(taken, stamp(taken.height))

    with st.container(horizontal=True, width="content", gap="xsmall"):
        for label, kind, make in (("CSV", "csv", plain), ("XLSX", "xlsx", workbook)):
            download_button(label, name, kind, make, name, f"{key}_{kind}", scope, help=_("下载这里的数据"))


def rejects_button(scope: Scope, district: str, label: str) -> None:
    """A button that downloads a district's rejected rows, laid out as its own files."""

    def workbook(stamp: Callable[[int], Stamp]) -> bytes:
        buffer = io.BytesIO()
        rejects.write(scope.version, buffer, district, stamp(rejects.counts(scope.version)[district]))
        return buffer.getvalue()

    name = _("{district}_退回_{date}").format(district=district, date=scope.version.data_date)
    download_button(
        label, "rejects", "xlsx", workbook, name, f"rejects_{district}", scope, help=_("下载这个地区退回的行")
    )


def download_button(
    label: str,
    what: str,
    kind: str,
    make: Callable[[Callable[[int], Stamp]], bytes],
    name: str,
    key: str,
    scope: Scope | None = None,
    help: str | None = None,
    width: Literal["stretch", "content"] = "content",
) -> None:
    """A button by which rows leave the product as a file, which is made and recorded when it is clicked. There is no
    other.

    `what` stands for it in the audit log and is made of codes; `scope` is what it is of, else what the page shows.
    `make` says how many rows there are and is given the file's stamp. While nothing can be recorded nothing can
    be clicked.
    """
    spoken, trouble = texts.language(), log.check_writable()
    carried, stamp = audit_trail.prepare_export(what, kind, scope)

    def made() -> bytes:
        with texts.use_language(spoken):
            return make(stamp)

    # The name stands before the click: what only then is known is inside, where there is an inside.
    st.download_button(
        label,
        made,
        f"{name}_{carried}.{kind}" if kind == "csv" else f"{name}.{kind}",
        MIME_TYPES[kind],
        key=key,
        icon=":material/download:",
        on_click="ignore",
        width=width,
        disabled=trouble is not None,
        help=texts.of(Text(trouble.zh, trouble.en)) if trouble else help,
    )
