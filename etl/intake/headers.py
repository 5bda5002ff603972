"""Header rows: finding them below title lines, and matching them with a contract's columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from etl.contracts import Table
from etl.contracts.columns import plain
from etl.intake.errors import FileError, NoHeader
from etl.intake.reasons import hide_numbers

# A title, a department and a date stand above the header; twenty rows of them are more than any form has.
SEARCHED_ROWS = 20


@dataclass(frozen=True)
class Match:
    """Which cell of a row holds which contract column, and the headers that name none."""

    places: dict[str, int]
    extra: list[str]


def names_of(table: Table) -> dict[str, str]:
    """Every accepted header of a table, as compared, with its column."""
    return {
        plain(name): column
        for column in table.columns
        for name in (column, *re.split("/", table.header(column)))
    }


def locate(rows: Sequence[Sequence[str | None]], table: Table) -> int | None:
    """The index of the header row: the row with the most recognised headers, None where no row has two."""
    names = names_of(table)
    counts = [len({names[plain(cell)] for cell in row if cell and plain(cell) in names}) for row in rows]
    best = max(counts, default=0)
    return counts.index(best) if best >= 2 else None


def match(header: Sequence[str | None], table: Table) -> Match:
    """Match a header row with a table's columns.

    Raises FileError where a required column is missing or two headers name the same column.
    """
    names = names_of(table)
    places: dict[str, int] = {}
    extra = []
    for place, cell in enumerate(header):
        column = names.get(plain(cell or ""))
        if column is None:
            if cell and cell.strip():
                extra.append(hide_numbers(cell.strip()))
        elif column in places:
            label = table.header(column)
            raise FileError(
                f"有两列都是“{label}”；请只保留一列",
                f"two columns are both {column} ({label}); keep one of them",
            )
        else:
            places[column] = place
    missing = [name for name, column in table.columns.items() if not column.nullable and name not in places]
    if missing:
        raise _missing(table, missing, [cell.strip() for cell in header if cell and cell.strip()], extra)
    return Match(places, extra)


def no_header(table: Table) -> NoHeader:
    """The error where no header row was found; the cells may be personal and aren't shown."""
    wanted = [name for name, column in table.columns.items() if not column.nullable]
    return NoHeader(
        f"前 {SEARCHED_ROWS} 行里没有找到表头；请在数据上方加一行表头，至少要有："
        + "、".join(table.header(name) for name in wanted),
        f"no header row among the first {SEARCHED_ROWS} rows; put one above the data, with at least: "
        + ", ".join(wanted),
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
