"""Every format in which rows leave the product is written, and is what its type says."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import polars as pl
import pytest
from typer.main import get_command

from etl.cli import briefing as command
from etl.cli.commands import app
from pages.briefing import briefing, formats
from pages.briefing.section import Briefing
from pages.ui.i18n import texts
from pages.ui.kit.tables import exports
from sql.audit import log
from sql.audit.log import FileKind, Stamp
from sql.errors import InputError
from sql.warehouse import Version
from tests.helpers.pages.screens import scope

STAMP = Stamp("zhang", datetime(2026, 7, 1, 8, 30, tzinfo=UTC), "20260630T200000000-0a1b2c3d", "7KQ2MXPA", 41)
ROWS = pl.DataFrame({"名称": ["西峰区"], "数值": [12.7]})
# How each format is written. A format that is declared and missing here fails the first test.
TABLES: dict[FileKind, Callable[[], bytes]] = {
    "csv": lambda: exports.csv(ROWS),
    "xlsx": lambda: exports.xlsx(ROWS, STAMP),
}
BRIEFINGS: tuple[FileKind, ...] = ("pptx", "docx", "xlsx")


@pytest.fixture(scope="module")
def empty_briefing(demo: Version) -> Briefing:
    with texts.use_language("zh"):
        return briefing.add_stamp(briefing.build_briefing(scope(demo), "试", ()), STAMP)


def main_type(content: bytes) -> str:
    """Returns the type that an Office file declares for its main part, without the part's suffix."""
    types = zipfile.ZipFile(io.BytesIO(content)).read("[Content_Types].xml").decode()
    (main,) = (part.split('"')[0] for part in types.split('ContentType="')[1:] if ".main+xml" in part.split('"')[0])
    return main.removesuffix(".main+xml")


def test_every_format_is_tried():
    assert {*TABLES, *BRIEFINGS} == set(exports.MIME_TYPES) == set(get_args(FileKind))
    assert tuple(formats.TITLES) == BRIEFINGS


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_is_of_its_type(kind):
    content = TABLES[kind]()
    assert (exports.MIME_TYPES[kind] == main_type(content)) if kind != "csv" else content.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("kind", BRIEFINGS)
def test_a_briefing_is_of_its_type(kind, empty_briefing):
    with texts.use_language("zh"):
        assert main_type(formats.write(kind, empty_briefing)) == exports.MIME_TYPES[kind]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_menu_offers_every_format_of_a_briefing(app, language):
    test = app("staffing", area="621000", lang=language)
    test.session_state["briefing"] = True
    with texts.use_language(language):
        test.run()
        titles = [texts.of(title) for title in formats.TITLES.values()]
    assert [button.label for button in test.get("download_button") if button.label in titles] == titles


def test_a_table_offers_every_format_of_tables(app):
    labels = {button.label for button in app("definitions", area="621000").get("download_button")}
    assert labels == {kind.upper() for kind in TABLES}


@pytest.mark.parametrize("kind", BRIEFINGS)
def test_the_command_line_writes_every_format(kind, demo_folder: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(log, "record_export", lambda *_entry: STAMP)
    command.write("monthly", tmp_path / f"out.{kind}", "621000", None, "zh", demo_folder)
    assert main_type((tmp_path / f"out.{kind}").read_bytes()) == exports.MIME_TYPES[kind]


def test_the_command_line_names_every_format():
    out = next(option for option in get_command(app).commands["briefing"].params if option.name == "out")
    assert set(re.findall(r"\.\w+", out.help)) == {f".{kind}" for kind in BRIEFINGS}


def test_the_command_line_writes_no_other_format(demo_folder: Path, tmp_path: Path):
    with pytest.raises(InputError) as refused:
        command.write("monthly", tmp_path / "out.csv", "621000", None, "zh", demo_folder)
    assert str(refused.value.en).endswith(", ".join(f".{kind}" for kind in BRIEFINGS))
