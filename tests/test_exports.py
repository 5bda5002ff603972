"""Downloads as a spreadsheet opens them: every row and value, and texts that stay texts."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import fastexcel
import polars as pl

from pages.ui import exports
from sql.audit import Stamp

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "http://example.test", "普通"]
ROWS = pl.DataFrame({"name": HOSTILE, "value": [1.5, None, -2.0, 0.0, 1e9, 3.25, 7.0], "on": [date(2026, 6, 30)] * 7})


STAMP = Stamp(
    "=zhang@example.test", datetime(2026, 7, 1, 8, 30, tzinfo=UTC), "20260630T200000000-0a1b2c3d", "7KQ2MXPA", 41
)


def test_a_workbook_holds_the_rows_and_no_formula():
    written = exports.xlsx(ROWS, STAMP)
    read = fastexcel.read_excel(written).load_sheet(0).to_polars()
    assert read["name"].to_list() == HOSTILE
    assert read["value"].to_list() == ROWS["value"].to_list()
    assert [day.date() if hasattr(day, "date") else day for day in read["on"]] == ROWS["on"].to_list()
    sheet = _part(written, "xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet and b"hyperlink" not in sheet and b"frozen" in sheet


def test_what_is_no_number_and_what_has_no_end_stay_in_a_workbook():
    rows = pl.DataFrame(
        {"n": [float("nan"), float("inf"), float("-inf"), 2.0], "on": [date(1, 1, 1), None, None, None]}
    )
    sheet = _part(exports.xlsx(rows, STAMP), "xl/worksheets/sheet1.xml")
    assert sheet.count(b"#NUM!</v>") == 1 and sheet.count(b"#DIV/0!</v>") == 2 and b"<v>2</v>" in sheet


def test_a_workbook_says_who_took_it_when_and_where_that_is_recorded():
    written = exports.xlsx(ROWS, STAMP)
    told = fastexcel.read_excel(written).load_sheet("导出信息", header_row=None).to_polars().item()
    assert told.startswith("=zhang@example.test 于 2026-0") and told.endswith("编号 7KQ2MXPA · 审计第 41 条")
    assert "版本 20260630T200000000-0a1b2c3d" in told
    properties = _part(written, "docProps/core.xml").decode()
    assert "=zhang@example.test" in properties and "7KQ2MXPA" in properties and "2026-07-01T08:30:00Z" in properties


def test_csv_opens_in_chinese_and_holds_no_formula():
    written = exports.csv(ROWS)
    assert written.startswith(b"\xef\xbb\xbf")
    assert pl.read_csv(io.BytesIO(written))["name"].to_list() == [
        "'=1+1",
        "'+1",
        "'-1",
        "'@SUM(A1)",
        "'\t=1",
        "http://example.test",
        "普通",
    ]


def _part(workbook: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        return parts.read(name)
