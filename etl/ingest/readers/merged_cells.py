"""Finds the merged cells of a workbook and fills their value into each row they span."""

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
# Chunks overlap by more than any tag or number searched for.
_OVERLAP_BYTES = 128
# Cells merged across columns matter only in a header, and none is further down than this.
_HEADER_ROWS = 100
_MAX_NAME_BYTES = 16 * 1024**2
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s+ref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']")
_LONG_NUMBER = re.compile(rb"<(?:\w+:)?v>\s*-?(?:\d{16}|\d(?:\.\d+)?[Ee]\+?(?:1[5-9]|[2-9]\d))")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass(frozen=True)
class SheetLayout:
    """Holds what a sheet's text cells don't show.

    vertical_merges: cells merged over several rows, as column, first and last row. horizontal_merges: cells merged over
    several columns near the top, as row, first and last column. All count from 0. may_have_long_numbers: whether the
    sheet may contain numbers of more digits than Excel stores.
    """

    vertical_merges: list[tuple[int, int, int]]
    horizontal_merges: list[tuple[int, int, int]]
    may_have_long_numbers: bool


def read_layout(path: Path, sheet: str) -> SheetLayout:
    """Returns the layout of a sheet of a workbook. Raises FileError if it is damaged."""
    try:
        if path.suffix.lower() == ".xls":
            # An .xls sheet has at most 65,536 rows, so reading it again costs little.
            with python_calamine.load_workbook(path) as workbook:
                ranges = workbook.get_sheet_by_name(sheet).merged_cell_ranges or []
            return _layout(((top, left, bottom, right) for (top, left), (bottom, right) in ranges), True)
        with zipfile.ZipFile(path) as parts:
            return _scan(_chunks(parts, _part_of(parts, sheet)))
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


def fill_down(cells: pl.DataFrame, spans: Iterable[tuple[str, int, int]], has_own_values: np.ndarray) -> pl.DataFrame:
    """Fills the value of each span (column name, first and last row from 0) into its rows that have other values.

    Rows without any are left alone: a merged cell often extends below the last record.
    """
    by_column = defaultdict(list)
    for column, top, bottom in spans:
        by_column[column].append((top, bottom))
    filled_columns = []
    for column, column_spans in by_column.items():
        source_rows = np.arange(cells.height)
        end = -1
        for top, bottom in sorted(column_spans):
            # Merged cells never overlap in Excel; in a forged file they could, at any cost in time.
            if top > end:
                source_rows[top + 1 : bottom + 1] = top
                end = bottom
        filled_columns.append(cells[column].gather(np.where(has_own_values, source_rows, np.arange(cells.height))))
    return cells.with_columns(filled_columns)


def _scan(chunks: Iterator[bytes]) -> SheetLayout:
    ranges: dict[tuple[int, int, int, int], None] = {}
    has_long_numbers = False
    overlap = b""
    for chunk in chunks:
        window = overlap + chunk
        has_long_numbers = has_long_numbers or _LONG_NUMBER.search(window) is not None
        if b"mergeCell" in window:
            for left, top, right, bottom in _MERGED.findall(window):
                ranges[int(top) - 1, _column_index(left), int(bottom) - 1, _column_index(right)] = None
        overlap = window[-_OVERLAP_BYTES:]
    return _layout(ranges, has_long_numbers)


def _layout(ranges: Iterable[tuple[int, int, int, int]], has_long_numbers: bool) -> SheetLayout:
    vertical_merges, horizontal_merges = [], []
    for top, left, bottom, right in ranges:
        if bottom > top:
            vertical_merges.append((left, top, bottom))
        if right > left and top < _HEADER_ROWS:
            horizontal_merges.append((top, left, right))
    return SheetLayout(vertical_merges, horizontal_merges, has_long_numbers)


def _chunks(parts: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with parts.open(part) as content:
        while chunk := content.read(_CHUNK_BYTES):
            yield chunk


def _part_of(parts: zipfile.ZipFile, sheet: str) -> str:
    """Returns the name of the part of a workbook that holds a sheet. Raises KeyError if there is none."""
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
        # The input size and this process are limited; expat itself rejects exponential entity expansion.
        tree = ElementTree.fromstring(content.read(_MAX_NAME_BYTES))  # noqa: S314
    return [element for element in tree.iter() if element.tag.rsplit("}", 1)[-1] == tag]


def _column_index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1
