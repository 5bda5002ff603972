"""Writes rejected rows to a workbook in the layout of the original files, so that a clerk can correct and resend it."""

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

# Excel's limits for a sheet, a cell and a sheet name.
_MAX_ROWS = 1_048_576
_MAX_TEXT = 32_767
_MAX_NAME = 31
_MAX_WIDTH, _REASON_WIDTH = 40, 90
_NUMBER, _REASON = "行号 row", "原因 reason"
_UNREAD = "未读入的文件 not read"


class _Formats(NamedTuple):
    """Holds the cell formats of a workbook. A text that looks like a formula stays a text in them, even if edited."""

    header: Format
    reason: Format
    quoted: Format


def counts(version: Version) -> dict[str, int]:
    """Returns the number of rejected rows for each district that has any."""
    rows = version.rows(
        "select district, count(distinct (file, sheet, row_number)) as rows_rejected from staging.rejects "
        "where row_number is not null group by district order by district"
    )
    return dict(rows.iter_rows())


def write(version: Version, target: Path | BinaryIO, district: str | None = None, stamp: Stamp | None = None) -> int:
    """Writes all rejected rows, or one district's, to a workbook and returns their number.

    There is one sheet for each source file or sheet: the row number, the clerk's own columns in their order, and last
    the reasons in both languages. Files that could not be read at all are listed on a separate first sheet. Every cell
    except the row number is text. The stamp is in the workbook's properties, because on a sheet it could be taken for a
    table when the workbook is sent again.
    """
    rows, unread_files = _rows(version, district), _unread_files(version, district)
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        if stamp:
            book.set_properties(stamp.properties)
        formats = _Formats(
            book.add_format({"bold": True} | TEXT_FORMAT),
            book.add_format({"text_wrap": True, "valign": "top"} | TEXT_FORMAT),
            book.add_format(TEXT_FORMAT),
        )
        names: set[str] = set()
        if unread_files or rows.is_empty():
            columns = ["地区 district", "文件 file", "工作表 sheet", _REASON]
            _fill(book.add_worksheet(_sheet_name(_UNREAD, names)), columns, unread_files, formats)
        for (row_district, file, sheet), part in rows.group_by("district", "file", "sheet", maintain_order=True):
            name = " ".join(filter(None, ("" if district else row_district, Path(file).stem, sheet)))
            header, lines = _layout(version, row_district, file, sheet, part)
            for first in range(0, len(lines), _MAX_ROWS - 1):
                worksheet = book.add_worksheet(_sheet_name(name, names))
                _fill(worksheet, header, lines[first : first + _MAX_ROWS - 1], formats)
    return rows.height


def _rows(version: Version, district: str | None) -> pl.DataFrame:
    """Returns one row for each rejected row: its location, its cells, and its reasons as one text."""
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


def _unread_files(version: Version, district: str | None) -> list[list[str | int]]:
    """Returns the files that could not be read at all, with the reason."""
    rows = version.rows(
        "select district, file, sheet, reason_zh || chr(10) || reason_en as reason from staging.rejects "
        "where row_number is null and ($district is null or district = $district) order by district, file, sheet",
        {"district": district},
    )
    return [
        [*(escape_invisible(name or "") for name in names), escape_invisible_lines(reason)]
        for *names, reason in rows.iter_rows()
    ]


def _layout(
    version: Version, district: str, file: str, sheet: str | None, rows: pl.DataFrame
) -> tuple[list[str], list[list[str | int]]]:
    """Returns the header and the lines of a sheet, padded to its widest row so that the reasons share a column."""
    header = version.rows(
        "select header from staging.files where district = $district and file = $file "
        "and sheet is not distinct from $sheet",
        {"district": district, "file": file, "sheet": sheet},
    )["header"]
    columns = list(header[0]) if len(header) and header[0] is not None else []
    cells = [list(row) if row is not None else [] for row in rows["cells"]]
    width = max(len(columns), max(map(len, cells)))
    lines = [
        [number, *_pad(row, width), escape_invisible_lines(reasons)]
        for number, row, reasons in zip(rows["row_number"], cells, rows["reasons"], strict=True)
    ]
    return [_NUMBER, *_pad(columns, width), _REASON], lines


def _pad(cells: list[str | None], width: int) -> list[str]:
    return [cell or "" for cell in cells] + [""] * (width - len(cells))


def _fill(worksheet: Worksheet, header: list[str], lines: list[list[str | int]], formats: _Formats) -> None:
    for column, width in enumerate(_widths(header, lines)):
        worksheet.set_column(column, column, width)
    worksheet.freeze_panes(1, 1)
    for column, name in enumerate(header):
        worksheet.write_string(0, column, name, formats.header)
    for number, line in enumerate(lines, 1):
        for column, cell in enumerate(line):
            if isinstance(cell, int):
                worksheet.write_number(number, column, cell)
            elif cell:
                # As a string: a text that begins with = must not become a formula, nor a URL a link.
                is_reason = column == len(header) - 1
                cell_format = formats.reason if is_reason else formats.quoted if is_formula(cell) else None
                worksheet.write_string(number, column, _truncate(cell), cell_format)


def _truncate(text: str) -> str:
    """Returns the text cut to Excel's limit for a cell; xlsxwriter would omit a longer one entirely."""
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1] + "…"


def _widths(header: list[str], lines: list[list[str | int]]) -> Iterator[int]:
    """Yields the width of each column, from its first hundred lines; the last column holds reasons, which wrap."""
    for column, name in enumerate(header[:-1]):
        texts = [name, *(str(line[column]) for line in lines[:100])]
        yield min(_MAX_WIDTH, 2 + max(len(text) + len(re.findall(r"[^\x00-\x7f]", text)) for text in texts))
    yield _REASON_WIDTH


def _sheet_name(name: str, taken: set[str]) -> str:
    """Returns a valid sheet name that is unique among `taken`, ignoring case, and adds it there."""
    base = re.sub(r"[\[\]:*?/\\]", "_", escape_invisible(name)).strip("'")[:_MAX_NAME] or _REASON
    candidate, number = base, 2
    while candidate.lower() in taken:
        ending = f" ({number})"
        candidate, number = base[: _MAX_NAME - len(ending)] + ending, number + 1
    taken.add(candidate.lower())
    return candidate
