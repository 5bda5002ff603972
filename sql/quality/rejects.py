"""Rejected rows as a workbook laid out as the files were sent, so that a clerk mends the cells and sends them again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sql.audit.log import Stamp
from sql.security.escaping import escape_invisible, escape_invisible_lines
from sql.security.spreadsheet import TEXT_FORMAT, is_formula
from sql.warehouse import Version

# What a sheet and a cell of a workbook can hold.
_MAX_ROWS = 1_048_576
_MAX_TEXT = 32_767
_MAX_NAME = 31
_WIDEST, _REASON_WIDTH = 40, 90
_NUMBER, _REASON = "行号 row", "原因 reason"
_FAILED = "未读入的文件 not read"


class _Formats(NamedTuple):
    """The formats of a workbook's cells. Those of texts keep what looks like a formula a text when it is edited."""

    header: Format
    reason: Format
    quoted: Format


def counts(version: Version) -> dict[str, int]:
    """How many rows were sent back to each district that has any, by district."""
    rows = version.rows(
        "select district, count(distinct (file, sheet, row_number)) as rows_rejected from staging.rejects "
        "where row_number is not null group by district order by district"
    )
    return dict(rows.iter_rows())


def write(version: Version, target: Path | BinaryIO, district: str | None = None, stamp: Stamp | None = None) -> int:
    """Writes all rejected rows, or one district's, and returns how many; the workbook's properties carry the stamp,
    where no sheet would be taken for a table when it is sent again.

    One sheet for each file or sheet that has any: the row's number, the clerk's own columns in their order, and last
    the reasons in both languages. Files that could not be read at all stand on a sheet of their own, first. Every cell
    is text.
    """
    rows, failed = _rows(version, district), _failed(version, district)
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        if stamp:
            book.set_properties(stamp.properties)
        formats = _Formats(
            book.add_format({"bold": True} | TEXT_FORMAT),
            book.add_format({"text_wrap": True, "valign": "top"} | TEXT_FORMAT),
            book.add_format(TEXT_FORMAT),
        )
        names: set[str] = set()
        if failed or rows.is_empty():
            columns = ["地区 district", "文件 file", "工作表 sheet", _REASON]
            _fill(book.add_worksheet(_named(_FAILED, names)), columns, failed, formats)
        for (place, file, sheet), part in rows.group_by("district", "file", "sheet", maintain_order=True):
            called = " ".join(filter(None, ("" if district else place, Path(file).stem, sheet)))
            header, lines = _laid_out(version, place, file, sheet, part)
            for first in range(0, len(lines), _MAX_ROWS - 1):
                page = book.add_worksheet(_named(called, names))
                _fill(page, header, lines[first : first + _MAX_ROWS - 1], formats)
    return rows.height


def _rows(version: Version, district: str | None) -> pl.DataFrame:
    """One row for each rejected row: where it stands, its cells, and its reasons as one text."""
    return version.rows(
        "select rejects.district, rejects.file, rejects.sheet, rejects.row_number, any_value(kept.cells) as cells, "
        "string_agg(rejects.reason_zh || chr(10) || rejects.reason_en, chr(10) order by rejects.column_name) "
        "as reasons from staging.rejects as rejects left join staging.rejected_rows as kept "
        "on rejects.district = kept.district and rejects.file = kept.file and rejects.row_number = kept.row_number "
        "and rejects.sheet is not distinct from kept.sheet "
        "where rejects.row_number is not null and ($district is null or rejects.district = $district) "
        "group by all order by rejects.district, rejects.file, rejects.sheet, rejects.row_number",
        {"district": district},
    )


def _failed(version: Version, district: str | None) -> list[list[str | int]]:
    """The files of which not a row could be read, with the reason."""
    rows = version.rows(
        "select district, file, sheet, reason_zh || chr(10) || reason_en as reason from staging.rejects "
        "where row_number is null and ($district is null or district = $district) order by district, file, sheet",
        {"district": district},
    )
    return [
        [*(escape_invisible(name or "") for name in names), escape_invisible_lines(reason)]
        for *names, reason in rows.iter_rows()
    ]


def _laid_out(
    version: Version, district: str, file: str, sheet: str | None, rows: pl.DataFrame
) -> tuple[list[str], list[list[str | int]]]:
    """The header and the lines of a sheet; as wide as its widest row, so that the reasons are one column."""
    header = version.rows(
        "select header from staging.files where district = $district and file = $file "
        "and sheet is not distinct from $sheet",
        {"district": district, "file": file, "sheet": sheet},
    )["header"]
    columns = list(header[0]) if len(header) and header[0] is not None else []
    cells = [list(row) if row is not None else [] for row in rows["cells"]]
    width = max(len(columns), max(map(len, cells)))
    lines = [
        [number, *_padded(row, width), escape_invisible_lines(reasons)]
        for number, row, reasons in zip(rows["row_number"], cells, rows["reasons"], strict=True)
    ]
    return [_NUMBER, *_padded(columns, width), _REASON], lines


def _padded(cells: list[str | None], width: int) -> list[str]:
    return [cell or "" for cell in cells] + [""] * (width - len(cells))


def _fill(page: Worksheet, header: list[str], lines: list[list[str | int]], formats: _Formats) -> None:
    for place, width in enumerate(_widths(header, lines)):
        page.set_column(place, place, width)
    page.freeze_panes(1, 1)
    for place, name in enumerate(header):
        page.write_string(0, place, name, formats.header)
    for number, line in enumerate(lines, 1):
        for place, cell in enumerate(line):
            if isinstance(cell, int):
                page.write_number(number, place, cell)
            elif cell:
                # As a string: what begins with = must not become a formula, nor an address a link.
                is_reason = place == len(header) - 1
                kind = formats.reason if is_reason else formats.quoted if is_formula(cell) else None
                page.write_string(number, place, _short_enough(cell), kind)


def _short_enough(text: str) -> str:
    """Longer than a cell can be it would be left out whole."""
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1] + "…"


def _widths(header: list[str], lines: list[list[str | int]]) -> Iterator[int]:
    """How wide each column is by its first hundred lines; the last one has reasons, which are wrapped."""
    for place, name in enumerate(header[:-1]):
        texts = [name, *(str(line[place]) for line in lines[:100])]
        yield min(_WIDEST, 2 + max(len(text) + len(re.findall(r"[^\x00-\x7f]", text)) for text in texts))
    yield _REASON_WIDTH


def _named(name: str, taken: set[str]) -> str:
    """A name that a sheet may have and no other sheet has, upper and lower case alike."""
    plain = re.sub(r"[\[\]:*?/\\]", "_", escape_invisible(name)).strip("'")[:_MAX_NAME] or _REASON
    tried, number = plain, 2
    while tried.lower() in taken:
        ending = f" ({number})"
        tried, number = plain[: _MAX_NAME - len(ending)] + ending, number + 1
    taken.add(tried.lower())
    return tried
