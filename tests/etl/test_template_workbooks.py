"""Empty workbooks for districts: filled in as clerks do, every table is loaded completely."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import fastexcel
import pytest

from etl.cli.app import main
from etl.contracts import all_tables, template_workbooks
from etl.contracts.columns import metadata_of, normalise
from tests.helpers.for_each import for_each
from tests.helpers.ingest.ingest_rows import COMMITTEE, VALID_ROWS
from tests.helpers.ingest.ingest_source import AREAS, ingest_files

# Areas are the basis of every other table, and shapes are GeoJSON.
FILLED = [name for name in all_tables() if name not in ("areas", "shapes")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("templates") / "templates"
    template_workbooks.write(folder, "zh")
    return folder


def sheet(folder: Path, name: str, number: int = 0) -> list[list[str | None]]:
    """Returns the cells of a template's sheet, as text."""
    book = fastexcel.read_excel(folder / f"{all_tables()[name].title}.xlsx")
    return [list(row) for row in book.load_sheet(number, header_row=None, dtypes="string").to_polars().rows()]


def filled_in(path: Path, rows: list[list[str]]) -> bytes:
    """Returns the workbook with rows typed below its header, otherwise unchanged."""
    body = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c r="{chr(65 + index)}{number}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
            if index < 26
            else f'<c r="A{chr(65 + index - 26)}{number}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
            for index, cell in enumerate(row)
            if cell
        )
        + "</row>"
        for number, row in enumerate(rows, 2)
    )
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</sheetData>", body.encode() + b"</sheetData>")
            new.writestr(entry, content)
    return out.getvalue()


def test_every_table_has_a_file_and_nothing_is_overwritten(folder):
    assert {path.stem for path in folder.iterdir()} == {table.title for table in all_tables().values()}
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(FileExistsError):
        template_workbooks.write(folder, "zh")
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@for_each("name", ["areas", *FILLED])
def test_headers_and_explanations_are_those_of_the_contract(folder, name):
    table = all_tables()[name]
    headers = [table.header(column).split("/")[0] for column in table.columns]
    assert sheet(folder, name) == [headers]
    first, *lines = sheet(folder, name, 1)
    assert first == ["列", "英文名", "必填", "填什么", "可填的词"]
    assert [line[:3] for line in lines] == [
        [header, column, None if table.columns[column].nullable else "是"]
        for header, column in zip(headers, table.columns, strict=True)
    ]


@for_each("name", ["areas", *FILLED])
def test_every_offered_word_is_accepted(name):
    table = all_tables()[name]
    for help_ in template_workbooks.column_help(table):
        column = table.columns[help_.name]
        accepted = metadata_of(column).get("words", {})
        assert {accepted.get(normalise(word)) for word in help_.words} == set(accepted.values()), help_.name


def test_words_are_in_drop_downs(folder):
    with zipfile.ZipFile(folder / "社区工作者.xlsx") as book:
        text = book.read("xl/worksheets/sheet1.xml").decode()
    assert '<formula1>"男,女"</formula1>' in text and 'errorStyle="warning"' in text
    assert "初中及以下,高中,大专,本科,研究生" in text and '"是,否"' in text


def test_filled_in_rows_are_loaded_and_the_explanations_are_no_rows(folder, tmp_path):
    content: dict[str, str | bytes] = {"行政区划.csv": AREAS}
    expected = {}
    for name in FILLED:
        table = all_tables()[name]
        rows = [VALID_ROWS[name], *([COMMITTEE] if name == "party_orgs" else [])]
        path = folder / f"{table.title}.xlsx"
        content[path.name] = filled_in(path, [[row.get(column, "") for column in table.columns] for row in rows])
        expected[name] = len(rows)
    intake = ingest_files(tmp_path, content)
    assert intake.rejects.rows() == []
    found = intake.files.filter(intake.files["table_name"].is_in(FILLED))
    assert {
        (row["table_name"], row["sheet"]): (row["rows_read"], row["rows_loaded"], row["status"])
        for row in found.iter_rows(named=True)
    } == {
        sheet: outcome
        for name, count in expected.items()
        for sheet, outcome in {
            (name, all_tables()[name].title): (count, count, "loaded"),
            (name, "填写说明"): (0, 0, "ignored"),
        }.items()
    }


def test_it_explains_in_english_on_request(tmp_path):
    template_workbooks.write(tmp_path / "en", "en")
    assert sheet(tmp_path / "en", "workers", 1)[0] == [
        "column",
        "English name",
        "required",
        "what to write",
        "accepted words",
    ]
    lines = {line[1]: line[3] for line in sheet(tmp_path / "en", "workers", 1)}
    assert lines["community_code"] == "a code, written as text; one of 区划代码 in the table 行政区划 (areas)"
    assert lines["id_number"] == "a code, written as text; used for checks only, never stored"


def test_the_command_writes_them_and_never_over_another_file(tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["--lang", "en", "templates", "--out", str(out)]) == 0
    # The console may break the line before a long path.
    assert capsys.readouterr().out.split() == [str(len(all_tables())), "files", "→", str(out)]
    assert main(["--lang", "en", "templates", "--out", str(out)]) == 2
    assert capsys.readouterr().err.endswith(".xlsx exists and is not overwritten; choose another folder\n")
