"""Downloads exactly the rows shown, as CSV that Excel opens in Chinese and as XLSX; each is recorded and stamped."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from typing import Literal

import polars as pl
import streamlit as st
from xlsxwriter import Workbook

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.shell import audit_trail, current_user
from sql.audit import log
from sql.audit.log import FileKind, Stamp
from sql.files.sql_file import Text
from sql.quality import rejects
from sql.security import spreadsheet
from sql.security.release import Frame, Policy, protect
from sql.semantic.scope import Scope

MIME_TYPES: dict[FileKind, str] = {
    "csv": "text/csv",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def csv(rows: pl.DataFrame) -> bytes:
    """Returns CSV as UTF-8 with a byte-order mark, so that Excel reads Chinese. Texts never become formulas."""
    buffer = io.BytesIO()
    spreadsheet.escape_formulas(rows).write_csv(buffer, include_bom=True)
    return buffer.getvalue()


def xlsx(rows: pl.DataFrame, stamp: Stamp) -> bytes:
    """Returns a workbook with the rows on its first sheet: header frozen, columns fitted, texts never formulas. The
    second sheet and the properties say who exported it and when."""
    buffer = io.BytesIO()
    # XLSX has no infinity and no NaN: an error value takes their place.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with Workbook(buffer, options) as workbook:
        workbook.set_properties(stamp.properties)
        sheet, text_format = workbook.add_worksheet(), workbook.add_format(spreadsheet.TEXT_FORMAT)
        rows.write_excel(workbook, sheet, autofit=True, freeze_panes=(1, 0))
        for column, name in enumerate(rows.columns):
            strings = [name, *rows[name]] if rows[name].dtype == pl.String else [name]
            for row, text in enumerate(strings):
                if text and spreadsheet.is_formula(text):
                    sheet.write_string(row, column, text, text_format)
        info_sheet = workbook.add_worksheet(_("导出信息"))
        info_sheet.write_string(0, 0, texts.of(stamp.caption), text_format)
    return buffer.getvalue()


def csv_file(frame: Frame, policy: Policy, stamp: Callable[[int], Stamp]) -> bytes:
    """Returns the frame as CSV, recorded as exported. Raises AuditError and WithheldError; then there is no file."""
    rows = protect(frame, policy)
    stamp(rows.height)
    return csv(rows)


def xlsx_file(frame: Frame, policy: Policy, stamp: Callable[[int], Stamp]) -> bytes:
    """Returns the frame as a workbook, recorded as exported. Raises AuditError and WithheldError; then there is no
    file."""
    rows = protect(frame, policy)
    return xlsx(rows, stamp(rows.height))


def download_buttons(frame: Frame, name: str, key: str) -> None:
    """Draws two buttons that download a frame's rows, read on the click as they may leave with the user."""
    policy = current_user.policy()
    if frame.is_withheld(policy):
        st.caption(_("逐人的清单只给经办人员下载"), width="content")
        return
    with st.container(horizontal=True, width="content", gap="xsmall"):
        makers: dict[FileKind, Callable[[Frame, Policy, Callable[[int], Stamp]], bytes]] = {
            "csv": csv_file,
            "xlsx": xlsx_file,
        }
        for kind, make in makers.items():
            make_file = partial(make, frame, policy)
            download_button(kind.upper(), name, kind, make_file, name, f"{key}_{kind}", help=_("下载这里的数据"))


def rejects_button(scope: Scope, district: str, label: str) -> None:
    """Draws a button that downloads a district's rejected rows, laid out like its own files."""

    def xlsx_file(stamp: Callable[[int], Stamp]) -> bytes:
        buffer = io.BytesIO()
        rejects.write(scope.version, buffer, district, stamp(rejects.counts(scope.version)[district]))
        return buffer.getvalue()

    name = _("{district}_退回_{date}").format(district=district, date=scope.version.data_date)
    download_button(
        label, "rejects", "xlsx", xlsx_file, name, f"rejects_{district}", scope, help=_("下载这个地区退回的行")
    )


def download_button(
    label: str,
    what: str,
    kind: FileKind,
    make: Callable[[Callable[[int], Stamp]], bytes],
    name: str,
    key: str,
    scope: Scope | None = None,
    help: str | None = None,
    width: Literal["stretch", "content"] = "content",
) -> None:
    """Draws the button through which rows leave the product as a file, built and recorded on the click. There is no
    other.

    `what` identifies the file in the audit log and consists of codes; `scope` is what the file is about, by default the
    page's scope. `make` is passed a function that takes the number of rows and returns the file's stamp. The button is
    disabled while nothing can be recorded.
    """
    language, log_error = texts.language(), log.check_writable()
    origin, stamp = audit_trail.prepare_export(what, kind, scope)

    def build() -> bytes:
        with texts.use_language(language):
            return make(stamp)

    # The name is fixed before the click; what is known only then is inside the file, where the format has room for it.
    st.download_button(
        label,
        build,
        f"{name}_{origin}.{kind}" if kind == "csv" else f"{name}.{kind}",
        MIME_TYPES[kind],
        key=key,
        icon=":material/download:",
        on_click="ignore",
        width=width,
        disabled=log_error is not None,
        help=texts.of(Text(log_error.zh, log_error.en)) if log_error else help,
    )
