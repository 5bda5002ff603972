"""Downloads as a spreadsheet opens them: every row and value, and texts that stay texts."""
from __future__ import annotations

import io
import zipfile
from datetime import date

import fastexcel
import polars as pl

from pages.ui import exports

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "http://example.test", "普通"]
ROWS = pl.DataFrame({"name": HOSTILE, "value": [1.5, None, -2.0, 0.0, 1e9, 3.25, 7.0], "on": [date(2026, 6, 30)] * 7})


def test_a_workbook_holds_the_rows_and_no_formula():
    written = exports.xlsx(ROWS)
    read = fastexcel.read_excel(written).load_sheet(0).to_polars()
    assert read["name"].to_list() == HOSTILE
    assert read["value"].to_list() == ROWS["value"].to_list()
    assert [day.date() if hasattr(day, "date") else day for day in read["on"]] == ROWS["on"].to_list()
    sheet = _part(written, "xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet and b"hyperlink" not in sheet and b"frozen" in sheet


def test_csv_opens_in_chinese_and_holds_no_formula():
    written = exports.csv(ROWS)
    assert written.startswith(b"\xef\xbb\xbf")
    assert pl.read_csv(io.BytesIO(written))["name"].to_list() == [
        "'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t=1", "http://example.test", "普通",
    ]


def _part(workbook: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        return parts.read(name)
