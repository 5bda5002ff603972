"""Header rows: finding them below title lines, and matching them with a contract's columns."""

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

# A title, a department and a date stand above the header; twenty rows of them are more than any form has.
HEADER_SEARCH_ROWS = 20


@dataclass(frozen=True)
class HeaderMatch:
    """Which cell of a row holds which contract column, or which header that a mapping makes others of; and the headers
    that are not used."""

    column_indexes: dict[str, int]
    unused_headers: list[str]


@dataclass(frozen=True)
class Header:
    """A header found: the index of its last row, and a name for each column, None where it has none."""

    last_row: int
    cells: list[str | None]


def columns_by_header(table: Table, section: Section | None = None) -> dict[str, str]:
    """Every accepted header of a table, as compared, with its column.

    A mapping's headers take the place of those of its columns; one that only a template, a lookup or skip names stands
    for itself, for several of them may make one column.
    """
    given = section.mapped_columns if section else ()
    names = {
        normalise(name): column
        for column in table.columns
        if column not in given
        for name in (column, *re.split("/", table.header(column)))
    }
    if section is None:
        return names
    named = {normalise(header): header for header in section.headers}
    return named | names | {normalise(header): column for column, header in section.columns.items()}


def rows_to_search(section: Section | None) -> int:
    """How many rows of a file `located` needs."""
    return max(HEADER_SEARCH_ROWS, (section.header_row or 0) + 1 if section else 0)


def find_header(rows: Sequence[Sequence[str | None]], table: Table, section: Section | None = None) -> Header | None:
    """The header among the first rows of a file: the row, or the two rows together, with the most recognised headers;
    None where no row has two. A mapping may say where it is.

    Of a header of two rows a column's name is the group's above it and its own, where that is recognised, else its own;
    one that reaches over both rows has the upper.
    """
    names = columns_by_header(table, section)
    given = section.header_row if section else None
    heights = [section.header_rows] if section and section.header_rows else [1, 2]
    found, most = None, 1 if given is None else -1
    for height in heights:
        for index in range(len(rows)) if given is None else [given - 1]:
            if index + height > len(rows):
                continue
            cells = (
                _joined(rows[index], rows[index + 1], names) if height == 2 else [_tidy(cell) for cell in rows[index]]
            )
            count = len({names[normalise(cell)] for cell in cells if cell and normalise(cell) in names})
            if count > most:
                found, most = Header(index + height - 1, cells), count
    return found


def _joined(upper: Sequence[str | None], lower: Sequence[str | None], names: dict[str, str]) -> list[str | None]:
    cells: list[str | None] = []
    group = None
    for over, under in zip_longest(map(_tidy, upper), map(_tidy, lower)):
        # A group's name stands above its first column only, however it is merged.
        above = over or group
        group = above if under else None
        if under and above:
            choices = (f"{above}/{under}", f"{above}{under}", under)
            cells.append(next((name for name in choices if normalise(name) in names), choices[0]))
        else:
            cells.append(under or over)
    return cells


def _tidy(cell: str | None) -> str | None:
    return " ".join(cell.split()) or None if cell else None


def match_header(header: Sequence[str | None], table: Table, section: Section | None = None) -> HeaderMatch:
    """Match a header row with a table's columns.

    Raises FileError where a required column or a header of the mapping is missing, or two headers name the same column.
    """
    names = columns_by_header(table, section)
    places: dict[str, int] = {}
    extra = []
    for place, cell in enumerate(header):
        column = names.get(normalise(cell or ""))
        if column is None:
            if cell and cell.strip():
                extra.append(hide_numbers(cell.strip()))
        elif column in places:
            label = table.header(column) if column in table.columns else column
            raise FileError(
                f"有两列都是“{label}”；请只保留一列", f"two columns are both {column} ({label}); keep one of them"
            )
        else:
            places[column] = place
    if section is not None:
        _has_all(header, section)
    given = section.mapped_columns if section else ()
    missing = [
        name
        for name, column in table.columns.items()
        if not column.nullable and name not in places and name not in given
    ]
    if missing:
        raise _missing(table, missing, [cell.strip() for cell in header if cell and cell.strip()], extra)
    return HeaderMatch(places, extra)


def _has_all(header: Sequence[str | None], section: Section) -> None:
    present = {normalise(cell): hide_numbers(cell.strip()) for cell in header if cell and cell.strip()}
    for wanted, key in section.headers.items():
        if normalise(wanted) not in present:
            zh, en = suggest(wanted, present.values())
            raise FileError(
                f"{section.label} {key} 写的列“{wanted}”，文件里没有；{zh}；请改正映射，或文件的列名",
                f"{section.label}, {key}: the file has no column {wanted}; {en}; correct the mapping or the header",
            )


def no_header_error(table: Table, section: Section | None = None) -> NoHeader:
    """The error where no header row was found; the cells may be personal and aren't shown."""
    given = section.mapped_columns if section else ()
    own = list(section.headers) if section else []
    wanted = [name for name, column in table.columns.items() if not column.nullable and name not in given]
    return NoHeader(
        f"前 {HEADER_SEARCH_ROWS} 行里没有找到表头；请在数据上方加一行表头，至少要有："
        + "、".join([*own, *(table.header(name) for name in wanted)]),
        f"no header row among the first {HEADER_SEARCH_ROWS} rows; put one above the data, with at least: "
        + ", ".join([*own, *wanted]),
    )


def _missing(table: Table, missing: list[str], present: list[str], extra: list[str]) -> FileError:
    zh, en = [], []
    for name in missing:
        label = table.header(name)
        close = get_close_matches(label, extra, n=1, cutoff=0.4) or get_close_matches(name, extra, n=1)
        zh.append(f"“{label}”" + (f"（最接近的是“{close[0]}”）" if close else ""))
        en.append(f"{name} ({label})" + (f", closest is {close[0]}" if close else ""))
    has = [hide_numbers(cell) for cell in present]
    return FileError(
        f"缺少必填列：{'、'.join(zh)}；文件里有：{'、'.join(has)}；请补上这些列，或改正列名",
        f"required columns are missing: {'; '.join(en)}; the file has: {', '.join(has)}; "
        "add the columns or correct their headers",
    )
