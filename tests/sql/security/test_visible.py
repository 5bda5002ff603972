"""Names and cells with invisible characters: escaped wherever they go to a terminal, a log, a page or a workbook."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tomllib
import unicodedata
from pathlib import Path

import fastexcel
import pytest
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl.profiling.draft import _quoted
from pages.ui.i18n import texts
from sql import warehouse
from sql.quality import rejects
from sql.security.escaping import as_json, escape_invisible, escape_invisible_lines
from tests.etl.build.test_watch import until
from tests.helpers.depth import examples
from tests.helpers.warehouse.world import AREAS, EAST, copy_project, environment, population, run_etl, worker, write

# Characters that clear the screen, forge a line, ring, reverse the text, have no width, end a line for some, and look
# blank.
NASTY = "\x1b[2J\n2026 published\x07\u202egnp\u200b\u2028\u3164"
DISTRICT = f"县{NASTY}"


def unseen(text: str) -> set[str]:
    """Returns the invisible characters of a text, except for line ends."""
    return {
        sign
        for sign in text
        if sign != "\n" and (unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") or sign in "\u3164\u115f")
    }


@settings(max_examples=examples(200, 3000), deadline=None)
@given(st.text())
@example(NASTY)
@example("全角\u3000空格\xa0 a")
@example("\U000e0001\ud800\x7f\x85")
def test_everything_in_a_text_is_visible_and_escaping_twice_changes_nothing(text):
    escaped = escape_invisible(text)
    assert not unseen(escaped) and "\n" not in escaped and escape_invisible(escaped) == escaped
    assert escape_invisible_lines(text).count("\n") == text.count("\n")
    # Letters in Unicode that are drawn blank are escaped too.
    if not unseen(text) and text.isprintable() and not set(text) & set("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"):
        assert escaped == text
    value = {"name": text, "of": [text]}
    assert json.loads(as_json(value, indent=1)) == json.loads(json.dumps(value)) and not unseen(as_json(value))
    if max(text, default="") < "\ud800" or min(text, default="") > "\udfff":
        assert tomllib.loads(f"name = {_quoted(text)}") == {"name": text} and not unseen(_quoted(text))


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    """Returns a source whose district, files, sheets, headers and cells have names with such characters, some of it
    unreadable.
    """
    folder = tmp_path_factory.mktemp("nasty") / f"源{NASTY}"
    named = [area | {"name": f"区划{NASTY}" if area["area_code"] == EAST else area["name"]} for area in AREAS]
    write(folder, DISTRICT, areas=named, population=[population(EAST, "2024-01-31", 1000)])
    write(folder, DISTRICT, workers=[worker("1"), worker(f"2{NASTY}", education=f"大{NASTY}", **{f"备注{NASTY}": "x"})])
    place = folder / DISTRICT
    (place / "workers.csv").rename(place / f"社区工作者{NASTY}.csv")
    (place / f"网格{NASTY}.csv").write_bytes(b"nothing,of\xff\xfe\x00use\n")
    (place / f"照片{NASTY}.jpg").write_bytes(b"x")
    with xlsxwriter.Workbook(place / f"人员{NASTY}.xlsx") as book:
        for row, cells in enumerate((("甲", f"乙{NASTY[5:]}"), ("1", f"2{NASTY[5:]}"))):
            for column, cell in enumerate(cells):
                if row == column == 0:
                    page = book.add_worksheet("表\u202e一\u200b")
                page.write_string(row, column, cell)
    (place / "mapping.toml").write_text(
        '[[file]]\nname = "没有\u202e这个\u200b.csv"\ntable = "honours"\n', encoding="utf-8"
    )
    return folder


@pytest.fixture(scope="module")
def into(source, tmp_path_factory) -> Path:
    into = tmp_path_factory.mktemp("into")
    checked_output(run_etl("build", "--source", source, "--warehouse", into, "--as-of", "2024-03-31"), 0, 3)
    return into


def checked_output(done: subprocess.CompletedProcess[str], *codes: int) -> str:
    """Returns a command's output; asserts its exit code and that every character is visible."""
    output = done.stdout + done.stderr
    assert done.returncode in codes and "Traceback" not in output, output
    assert not unseen(output), sorted(unseen(output))
    # A line that begins as the forged one does would be taken for the product's.
    assert not [line for line in output.splitlines() if line.startswith("2026 published")]
    return output


COMMANDS = {
    "rejects": (("rejects",), r"\u202egnp\u200b"),
    "metric": (("metric", "workers", "--by", "community"), r"区划\x1b[2J"),
    "metric as csv": (("metric", "workers", "--by", "community", "--format", "csv"), r"区划\x1b[2J"),
    "metric as json": (("metric", "workers", "--by", "community", "--format", "json"), r"区划\u001b[2J"),
    "an unknown area": (("metric", "workers", "--area", f"6{NASTY[3:]}"), "6"),
    "an unknown metric": (("metric", f"工{NASTY}"), "工"),
    "check": (("check",), ""),
    "alerts": (("alerts",), ""),
    "alerts as json": (("alerts", "--format", "json"), ""),
    "versions": (("versions",), ""),
    "an unknown version": (("rollback", f"版{NASTY}"), "版"),
    "rejects into no folder": (("rejects", "--out", f"/no{NASTY}/r.xlsx"), r"/no\x1b"),
    "a file that is not there": (("inspect", f"/no{NASTY}/r.csv"), r"/no\x1b"),
    "a source that is not there": (("build", "--source", f"/no{NASTY}"), r"/no\x1b"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_prints_visible_text(into, name):
    arguments, word = COMMANDS[name]
    assert word in checked_output(run_etl(*arguments, "--warehouse", into), 0, 1, 2, 3)


def test_a_refused_build_shows_the_names_visibly(source, tmp_path):
    """Nothing dated is accepted, so the reasons of the first rows are printed on separate lines."""
    write(tmp_path / "source", DISTRICT, areas=AREAS, workers=[worker("1", education=f"大{NASTY}")])
    done = run_etl("build", "--source", tmp_path / "source", "--warehouse", tmp_path / "into")
    assert r"\u202egnp" in checked_output(done, 1)


def test_inspecting_a_file_shows_its_headers_and_examples_and_its_draft_is_a_mapping(source, tmp_path):
    for path in sorted((source / DISTRICT).iterdir()):
        if path.suffix in (".csv", ".xlsx"):
            output = checked_output(run_etl("inspect", path), 0, 1)
            assert r"\u202egnp" in output or path.stem == "population" or "0x00" in output
    draft = (source / DISTRICT / "mapping.draft.toml").read_text(encoding="utf-8")
    assert not unseen(draft) and tomllib.loads(draft)["file"][0]["name"]
    (source / DISTRICT / "mapping.draft.toml").unlink()


def test_a_watcher_logs_visible_text(tmp_path):
    folder = copy_project(tmp_path / "project")
    incoming, into = folder / "data" / "incoming" / "庆阳市", folder / "data" / "warehouse"
    log = tmp_path / "log"
    with log.open("wb") as file:
        watching = subprocess.Popen(
            [sys.executable, "-m", "etl", "watch"], cwd=folder, env=environment(), stdout=file, stderr=subprocess.STDOUT
        )
    try:
        # Until it has begun to watch, changes go unnoticed; then a build has nothing with a date in it.
        number = 0
        while warehouse.build_failure(into) is None:
            number += 1
            for path in incoming.iterdir():
                path.unlink()
            write(incoming.parent, incoming.name, areas=AREAS)
            (incoming / f"网格{NASTY}{number}.csv").write_text("nothing\n", encoding="utf-8")
            write(incoming.parent, incoming.name, workers=[worker("1", education=f"大{NASTY}")])
            time.sleep(1)
        until(lambda: log.stat().st_size)
    finally:
        watching.terminate()
        watching.wait()
    output = log.read_text(encoding="utf-8")
    assert r"\u202egnp" in output and not unseen(output), output


def test_a_workbook_of_rejected_rows_names_files_and_sheets_visibly(into, tmp_path):
    rejects.write(warehouse.current_version(into), tmp_path / "r.xlsx")
    book = fastexcel.read_excel(tmp_path / "r.xlsx")
    assert len(book.sheet_names) >= 2 and not [name for name in book.sheet_names if unseen(name)]
    failed = book.load_sheet(0).to_polars()
    assert failed.height and not any(unseen(str(cell)) for row in failed.iter_rows() for cell in row)


def test_markdown_of_a_page_shows_them_too():
    escaped = texts.escape_markdown(f"文件{NASTY}@x")
    assert unseen(escaped) <= {"\u2060"} and "\\\\u202egnp" in escaped
