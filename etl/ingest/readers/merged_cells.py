"""Merged cells of a workbook: which there are, and their value for each row they span."""

import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from posixpath import join, normpath
from xml.etree import ElementTree

import numpy as np
import polars as pl
import python_calamine

from etl.ingest.errors import FileError

_CHUNK_BYTES = 1024**2
# Longer than any tag or number that is looked for.
_LAP_BYTES = 128
# A header further down than this is not looked at for cells merged across.
_HEADER_ROWS = 100
_MAX_NAME_BYTES = 16 * 1024**2
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s+ref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']")
_LONG_NUMBER = re.compile(rb"<(?:\w+:)?v>\s*-?(?:\d{16}|\d(?:\.\d+)?[Ee]\+?(?:1[5-9]|[2-9]\d))")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass(frozen=True)
class SheetLayout:
    """What a sheet's text cells no longer tell. down: the cells merged over several rows, as column, first and last
    row; across: those over several columns near the top, as row, first and last column; all counted from 0.
    may_have_long_numbers: whether numbers of more digits than Excel keeps can be in it."""

    vertical_merges: list[tuple[int, int, int]]
    horizontal_merges: list[tuple[int, int, int]]
    may_have_long_numbers: bool


def read_layout(path: Path, sheet: str) -> SheetLayout:
    """The marks of a sheet of a workbook. Raises FileError where it is damaged."""
    try:
        if path.suffix.lower() == ".xls":
            # At most 65,536 rows: reading them again costs little.
            with python_calamine.load_workbook(path) as workbook:
                ranges = workbook.get_sheet_by_name(sheet).merged_cell_ranges or []
            return _marked(((top, left, bottom, right) for (top, left), (bottom, right) in ranges), True)
        with zipfile.ZipFile(path) as parts:
            return _marks(_chunks(parts, _part_of(parts, sheet)))
    except (
        python_calamine.CalamineError,
        zipfile.BadZipFile,
        zlib.error,
        ElementTree.ParseError,
        KeyError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise FileError(
            "这张工作表的合并单元格读不出来；请用 Excel 打开后另存为新的 .xlsx",
            "the merged cells of this sheet can't be read; open it in Excel and save it as a new .xlsx",
        ) from error


def fill_down(cells: pl.DataFrame, spans: Iterable[tuple[str, int, int]], has_own: np.ndarray) -> pl.DataFrame:
    """Cells with the value of each span, as column name, first and last row from 0, in all its rows that have something
    of their own: a merged cell often reaches below the last record."""
    by_column = defaultdict(list)
    for column, top, bottom in spans:
        by_column[column].append((top, bottom))
    filled = []
    for column, its in by_column.items():
        source = np.arange(cells.height)
        end = -1
        for top, bottom in sorted(its):
            # Merged cells don't overlap in Excel; in a forged file they could, without end.
            if top > end:
                source[top + 1 : bottom + 1] = top
                end = bottom
        filled.append(cells[column].gather(np.where(has_own, source, np.arange(cells.height))))
    return cells.with_columns(filled)


def _marks(chunks: Iterator[bytes]) -> SheetLayout:
    ranges: dict[tuple[int, int, int, int], None] = {}
    has_long_numbers = False
    lap = b""
    for chunk in chunks:
        window = lap + chunk
        has_long_numbers = has_long_numbers or _LONG_NUMBER.search(window) is not None
        if b"mergeCell" in window:
            for left, top, right, bottom in _MERGED.findall(window):
                ranges[int(top) - 1, _place(left), int(bottom) - 1, _place(right)] = None
        lap = window[-_LAP_BYTES:]
    return _marked(ranges, has_long_numbers)


def _marked(ranges: Iterable[tuple[int, int, int, int]], has_long_numbers: bool) -> SheetLayout:
    down, across = [], []
    for top, left, bottom, right in ranges:
        if bottom > top:
            down.append((left, top, bottom))
        if right > left and top < _HEADER_ROWS:
            across.append((top, left, right))
    return SheetLayout(down, across, has_long_numbers)


def _chunks(parts: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with parts.open(part) as content:
        while chunk := content.read(_CHUNK_BYTES):
            yield chunk


def _part_of(parts: zipfile.ZipFile, sheet: str) -> str:
    """The part of a workbook that holds a sheet. Raises KeyError where there is none."""
    names = {name.replace("\\", "/").lower(): name for name in parts.namelist()}
    relations = {
        element.get("name"): element.get(_RELATION) or element.get(_STRICT_RELATION)
        for element in _elements(parts, names["xl/workbook.xml"], "sheet")
    }
    targets = {
        element.get("Id"): element.get("Target", "")
        for element in _elements(parts, names["xl/_rels/workbook.xml.rels"], "Relationship")
    }
    return names[normpath(join("/xl", targets[relations[sheet]])).lstrip("/").lower()]


def _elements(parts: zipfile.ZipFile, part: str, tag: str) -> list[ElementTree.Element]:
    with parts.open(part) as content:
        # No more than so many bytes, in a process that is held to bounds; expat itself refuses entities that multiply.
        tree = ElementTree.fromstring(content.read(_MAX_NAME_BYTES))  # noqa: S314
    return [element for element in tree.iter() if element.tag.rsplit("}", 1)[-1] == tag]


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1
