"""Downloads as a spreadsheet opens them: every row and value, and texts that stay texts."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import unicodedata
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree

import fastexcel
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pages.briefing.workbook import Column as BriefingColumn
from pages.briefing.workbook import _Writer
from pages.ui.kit.tables import exports
from sql.audit.log import Stamp
from sql.files.sql_file import Text
from sql.security import spreadsheet
from sql.semantic import annotations
from tests.helpers.depth import examples
from tests.helpers.pages.screens import scope
from tests.helpers.warehouse.world import AREAS, EAST, population, publish, record_nothing, run_etl, worker, write

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


def test_nan_and_infinity_stay_in_a_workbook():
    rows = pl.DataFrame(
        {"n": [float("nan"), float("inf"), float("-inf"), 2.0], "on": [date(1, 1, 1), None, None, None]}
    )
    sheet = _part(exports.xlsx(rows, STAMP), "xl/worksheets/sheet1.xml")
    assert sheet.count(b"#NUM!</v>") == 1 and sheet.count(b"#DIV/0!</v>") == 2 and b"<v>2</v>" in sheet


def test_a_workbook_names_user_time_scope_and_serial():
    written = exports.xlsx(ROWS, STAMP)
    text = fastexcel.read_excel(written).load_sheet("导出信息", header_row=None).to_polars().item()
    assert text.startswith("=zhang@example.test 于 2026-0") and text.endswith("编号 7KQ2MXPA · 审计第 41 条")
    assert "版本 20260630T200000000-0a1b2c3d" in text
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


# Characters that a spreadsheet may skip: blanks, invisible characters, apostrophes.
PASSED = st.text(st.sampled_from(" \t\u3000\xa0\u200b\ufeff\u202e\x1b\x00\xad\u2028'＇"), max_size=4)
STARTS = "=+-@＝＋－＠﹦﹢﹣﹫"
FORMULAS = (
    "=1+1",
    " =1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\xa0=1+1",
    "\u3000＝1+1",
    "\x1b@SUM(A1)",
    "'=1+1",
    "\u202e－1",
    "\t=1",
    "\u3164=1",
)


def begins(text: str) -> str:
    """Returns the first visible character of a text that is no blank or apostrophe, in its normal width."""
    visible = [
        sign for sign in text if unicodedata.category(sign)[0] not in "ZC" and sign not in "'＇\u3164\u115f\uffa0"
    ]
    return unicodedata.normalize("NFKC", visible[0])[:1] if visible else ""


@settings(max_examples=examples(200, 3000), deadline=None)
@given(st.one_of(st.text(), st.builds("".join, st.tuples(PASSED, st.sampled_from(STARTS), st.text()))))
@example("'" + FORMULAS[0])
@example("''x")
@example("-")
def test_no_text_of_a_csv_is_a_formula_and_each_can_be_restored(text):
    guarded = spreadsheet.escape_formula(text)
    assert guarded.startswith("'") or begins(text) not in {*"=+-@"}
    assert spreadsheet.unescape_formula(guarded) == text
    # A text that is no formula is unchanged.
    assert guarded == text or begins(text) in {*"=+-@"} or text[0] in "\t\r\n"
    if "\r" not in text and "\x00" not in text and not re.search("[\ud800-\udfff]", text):
        written = exports.csv(pl.DataFrame({text: [text, None]})).decode("utf-8-sig")
        cells = [row[0] if row else "" for row in csv.reader(io.StringIO(written, newline=""))]
        assert cells[0] == guarded and (cells[1] if len(cells) > 1 else "") == guarded


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_of_any_workbook_that_looks_like_a_formula_stays_a_text_when_it_is_edited(text, tmp_path):
    exported = exports.xlsx(pl.DataFrame({text: [text, "普通"], "n": [1, 2]}), STAMP)
    buffer = io.BytesIO()
    with exports.Workbook(buffer, {"strings_to_formulas": False}) as book:
        _Writer(book).fill(book.add_worksheet(), [BriefingColumn(text, [text, "普通"], [None, None])])
    # XML does not allow some of these characters: for those the others are enough.
    for workbook in [exported, buffer.getvalue()] if text.isprintable() or "\x1b" not in text else []:
        quoted, plain = quoted_cells(workbook)
        assert {"A1", "A2"} <= quoted and "A3" in plain
    assert quoted_cells(exported, "xl/worksheets/sheet2.xml")[0] == {"A1"}


def quoted_cells(workbook: bytes, sheet: str = "xl/worksheets/sheet1.xml") -> tuple[set[str], set[str]]:
    """Returns the cells of a sheet that stay texts when they are edited, and the others."""
    space = {"": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    formats = ElementTree.fromstring(_part(workbook, "xl/styles.xml")).find("cellXfs", space)
    cells = ElementTree.fromstring(_part(workbook, sheet)).findall(".//c", space)
    quoted = {cell.get("r") for cell in cells if formats[int(cell.get("s", 0))].get("quotePrefix") == "1"}
    return quoted, {cell.get("r") for cell in cells} - quoted


def test_a_users_name_is_no_formula_in_the_properties_of_a_file():
    properties = _part(exports.xlsx(ROWS, STAMP), "docProps/core.xml").decode()
    assert "<dc:creator>'=zhang@example.test</dc:creator>" in properties
    assert "<dc:description>'=zhang@example.test" in properties


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Path:
    """Returns a warehouse of one community and a rejected row, whose names and cells are formulas to Excel."""
    folder = tmp_path_factory.mktemp("hostile")
    areas = [row | ({"name": "@SUM(1)"} if row["area_code"] == EAST else {}) for row in AREAS]
    roster = [worker("1"), worker("=A1", education="＝1+1", **{"+1": "-2"})]
    source = write(
        folder / "s", "庆阳市", areas=areas, population=[population(EAST, "2024-01-31", 900)], workers=roster
    )
    publish(source, folder / "w", "2024-03-31")
    return folder / "w"


def test_the_command_lines_csv_holds_no_formula(hostile):
    done = run_etl("metric", "workers", "--by", "community", "--format", "csv", "--warehouse", hostile)
    assert "'@SUM(1)" in done.stdout and not re.search("(^|,)@SUM", done.stdout, re.MULTILINE)


def test_the_workbook_of_rejected_rows_keeps_formulas_as_texts(hostile, tmp_path):
    assert run_etl("rejects", "--out", tmp_path / "r.xlsx", "--warehouse", hostile).returncode == 0
    content = (tmp_path / "r.xlsx").read_bytes()
    rows = fastexcel.read_excel(content).load_sheet(0, header_row=None, dtypes="string").to_polars().rows()
    quoted, plain = quoted_cells(content)
    for row, cells in enumerate(rows, 1):
        for place, cell in enumerate(cells):
            where = f"{chr(ord('A') + place)}{row}"
            if cell and spreadsheet.is_formula(cell) and place:
                # The clerk's text is written unchanged.
                assert where in quoted, (where, cell)
    assert "＝1+1" in rows[1] and "=A1" in rows[1] and plain


@pytest.mark.parametrize("text", ['=HYPERLINK("http://evil.test")', "＝1", "'=1", "- 一项", "普通", "'quoted'"])
def test_an_annotation_is_guarded_in_its_file_and_shown_on_pages_as_it_was_written(text, demo, tmp_path):
    file = tmp_path / "annotations.csv"
    annotations.add("staffing_ratio", "621000", date(2026, 4, 1), Text(text, text), record_nothing, file)
    with file.open(encoding="utf-8", newline="") as opened:
        cells = list(csv.reader(opened))[1]
    assert not [cell for cell in cells if begins(cell) in {*"=+-@"} and not cell.startswith("'")]
    notes = annotations.find_annotations("staffing_ratio", scope(demo, "621000"), file)
    assert [(note.text.zh, note.text.en) for note in notes] == [(text, text)]


@pytest.mark.office
def test_libreoffice_evaluates_nothing_in_a_csv(tmp_path):
    (tmp_path / "in.csv").write_bytes(exports.csv(pl.DataFrame({"=1+1": [*FORMULAS, "=2*21"], "n": range(12)})))
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={tmp_path.as_uri()}/profile",
            "--headless",
            "--convert-to",
            "fods",
            "--infilter=CSV:44,34,76,1,,0,false,true,false",
            "--outdir",
            str(tmp_path),
            str(tmp_path / "in.csv"),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    sheet = (tmp_path / "in.fods").read_text(encoding="utf-8")
    assert "2*21" in sheet and "table:formula" not in sheet


def _part(workbook: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        return parts.read(name)
