"""Finds header rows below title lines and matches them with a contract's columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import zip_longest

from etl.contracts import Table
from etl.contracts.columns import normalise
from etl.ingest.errors import FileError, NoHeader, suggest
from etl.ingest.mapping.sections import Section
from etl.ingest.values.masking import hide_numbers

# A title, a department and a date may precede the header; no form has twenty such rows.
HEADER_SEARCH_ROWS = 20


@dataclass(frozen=True)
class HeaderMatch:
    """Holds the cell index of each contract column, and of each header that a mapping derives columns from, and the
    unused headers."""

    column_indexes: dict[str, int]
    unused_headers: list[str]


@dataclass(frozen=True)
class Header:
    """Holds a header: the index of its last row, and the name of each column, None if it has none."""

    last_row: int
    cells: list[str | None]


def columns_by_header(table: Table, section: Section | None = None) -> dict[str, str]:
    """Returns every accepted header of a table, normalised for comparison, with its column.

    A mapping's headers replace those of its columns. A header that only a template, a lookup or skip names maps to
    itself, because several of them may make one column.
    """
    mapped_columns = section.mapped_columns if section else ()
    names = {
        normalise(name): column
        for column in table.columns
        if column not in mapped_columns
        for name in (column, *re.split("/", table.header(column)))
    }
    if section is None:
        return names
    own_headers = {normalise(header): header for header in section.headers}
    return own_headers | names | {normalise(header): column for column, header in section.columns.items()}


def rows_to_search(section: Section | None) -> int:
    """Returns how many rows of a file `find_header` needs."""
    return max(HEADER_SEARCH_ROWS, (section.header_row or 0) + 1 if section else 0)


def find_header(rows: Sequence[Sequence[str | None]], table: Table, section: Section | None = None) -> Header | None:
    """Returns the header among the first rows of a file: the row or pair of rows with the most recognised headers.

    Returns None if no row has two recognised headers. A mapping may set its location. In a two-row header, a column's
    name combines its group's with its own, or is its own if only that is recognised. A cell that spans both rows has
    the upper name.
    """
    names = columns_by_header(table, section)
    header_row = section.header_row if section else None
    heights = [section.header_rows] if section and section.header_rows else [1, 2]
    best, max_count = None, 1 if header_row is None else -1
    for height in heights:
        for index in range(len(rows)) if header_row is None else [header_row - 1]:
            if index + height > len(rows):
                continue
            cells = (
                _join_rows(rows[index], rows[index + 1], names)
                if height == 2
                else [_collapse_spaces(cell) for cell in rows[index]]
            )
            count = len({names[normalise(cell)] for cell in cells if cell and normalise(cell) in names})
            if count > max_count:
                best, max_count = Header(index + height - 1, cells), count
    return best


def _join_rows(upper: Sequence[str | None], lower: Sequence[str | None], names: dict[str, str]) -> list[str | None]:
    cells: list[str | None] = []
    group = None
    for upper_cell, lower_cell in zip_longest(map(_collapse_spaces, upper), map(_collapse_spaces, lower)):
        # A group's name is in its first column only, whether or not the cells are merged.
        group_name = upper_cell or group
        group = group_name if lower_cell else None
        if lower_cell and group_name:
            choices = (f"{group_name}/{lower_cell}", f"{group_name}{lower_cell}", lower_cell)
            cells.append(next((name for name in choices if normalise(name) in names), choices[0]))
        else:
            cells.append(lower_cell or upper_cell)
    return cells


def _collapse_spaces(cell: str | None) -> str | None:
    return " ".join(cell.split()) or None if cell else None


def match_header(header: Sequence[str | None], table: Table, section: Section | None = None) -> HeaderMatch:
    """Matches a header row with a table's columns.

    Raises FileError if a required column or a header of the mapping is missing, or if two headers name the same column.
    """
    names = columns_by_header(table, section)
    column_indexes: dict[str, int] = {}
    unused_headers = []
    for index, cell in enumerate(header):
        column = names.get(normalise(cell or ""))
        if column is None:
            if cell and cell.strip():
                unused_headers.append(hide_numbers(cell.strip()))
        elif column in column_indexes:
            label = table.header(column) if column in table.columns else column
            raise FileError(
                f"有两列都是“{label}”；请只保留一列", f"two columns are both {column} ({label}); keep one of them"
            )
        else:
            column_indexes[column] = index
    if section is not None:
        _require_headers(header, section)
    mapped_columns = section.mapped_columns if section else ()
    missing = [
        name
        for name, column in table.columns.items()
        if not column.nullable and name not in column_indexes and name not in mapped_columns
    ]
    if missing:
        raise _missing_columns_error(
            table, missing, [cell.strip() for cell in header if cell and cell.strip()], unused_headers
        )
    return HeaderMatch(column_indexes, unused_headers)


def _require_headers(header: Sequence[str | None], section: Section) -> None:
    present_headers = {normalise(cell): hide_numbers(cell.strip()) for cell in header if cell and cell.strip()}
    for required, key in section.headers.items():
        if normalise(required) not in present_headers:
            zh, en = suggest(required, present_headers.values())
            raise FileError(
                f"{section.label} {key} 写的列“{required}”，文件里没有；{zh}；请改正映射，或文件的列名",
                f"{section.label}, {key}: the file has no column {required}; {en}; correct the mapping or the header",
            )


def no_header_error(table: Table, section: Section | None = None) -> NoHeader:
    """Returns the error for a missing header row; it quotes no cells, which may be personal."""
    mapped_columns = section.mapped_columns if section else ()
    mapping_headers = list(section.headers) if section else []
    required = [name for name, column in table.columns.items() if not column.nullable and name not in mapped_columns]
    return NoHeader(
        f"前 {HEADER_SEARCH_ROWS} 行里没有找到表头；请在数据上方加一行表头，至少要有："
        + "、".join([*mapping_headers, *(table.header(name) for name in required)]),
        f"no header row among the first {HEADER_SEARCH_ROWS} rows; put one above the data, with at least: "
        + ", ".join([*mapping_headers, *required]),
    )


def _missing_columns_error(
    table: Table, missing: list[str], present_headers: list[str], unused_headers: list[str]
) -> FileError:
    zh, en = [], []
    for name in missing:
        label = table.header(name)
        close = get_close_matches(label, unused_headers, n=1, cutoff=0.4) or get_close_matches(
            name, unused_headers, n=1
        )
        zh.append(f"“{label}”" + (f"（最接近的是“{close[0]}”）" if close else ""))
        en.append(f"{name} ({label})" + (f", the closest is {close[0]}" if close else ""))
    masked_headers = [hide_numbers(cell) for cell in present_headers]
    return FileError(
        f"缺少必填列：{'、'.join(zh)}；文件里有：{'、'.join(masked_headers)}；请补上这些列，或改正列名",
        f"required columns are missing: {'; '.join(en)}; the file has: {', '.join(masked_headers)}; "
        "add the columns or correct their headers",
    )
