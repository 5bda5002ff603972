"""Templates of a mapping: a text with a clerk's columns in braces, and the date in a file's name."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

FILE_DATE = "file_date"

# Fill and alignment, a leading zero, a width, and how many characters at most: what a text needs. A width that is
# longer would only fill memory.
_SPEC = re.compile(r"(?:.?[<>^])?0?\d{0,2}(?:\.\d{1,2})?")
_PIECE = re.compile(r"\{([^{}:]+)(?::([^{}]*))?\}")
_YEAR = r"(?<!\d)((?:19|20)\d\d)"
_DAYS = (rf"{_YEAR}[-_.年](\d{{1,2}})[-_.月](\d{{1,2}})(?!\d)", rf"{_YEAR}(\d\d)(\d\d)(?!\d)")
_MONTHS = (rf"{_YEAR}[-_.年](\d{{1,2}})(?!\d)", rf"{_YEAR}(\d\d)(?!\d)")


@dataclass(frozen=True)
class Template:
    """A template taken apart: its pieces are (text before, header or "", format spec)."""

    pieces: tuple[tuple[str, str, str], ...]

    @property
    def headers(self) -> list[str]:
        """The clerk's headers it names."""
        return [header for _, header, _ in self.pieces if header and header != FILE_DATE]

    @property
    def has_file_date(self) -> bool:
        """It names the date in the file's name."""
        return any(header == FILE_DATE for _, header, _ in self.pieces)

    def render(self, cells: dict[str, pl.Expr], file_date: str | None) -> pl.Expr:
        """The text of each row, empty where one of its cells is. `cells` has the column of each header."""
        parts = []
        for text, header, spec in self.pieces:
            if text:
                parts.append(pl.lit(text))
            if header == FILE_DATE:
                parts.append(pl.lit(format(file_date or "", spec)))
            elif header:
                parts.append(_formatted(cells[header], spec))
        return pl.concat_str(parts)


EMPTY_TEMPLATE = Template(())


def parse_template(text: str) -> Template | None:
    """A template taken apart, None where its braces or a format spec are wrong.

    A header stands in braces as it is: a dot in it is a dot and reaches into nothing.
    """
    pieces, start = [], 0
    for found in _PIECE.finditer(text):
        header, spec = found[1].strip(), found[2] or ""
        if not header or not _SPEC.fullmatch(spec):
            return None
        pieces.append((text[start : found.start()], header, spec))
        start = found.end()
    pieces.append((text[start:], "", ""))
    return None if any(set("{}") & set(before) for before, _, _ in pieces) else Template(tuple(pieces))


def date_in(name: str) -> date | None:
    """The date in a file's name: a full date as it is, a month (2026-05, 2026年5月, 202605) as its last day."""
    stem = Path(name).stem
    for pattern in _DAYS:
        for year, month, day in re.findall(pattern, stem):
            if 1 <= int(month) <= 12 and 1 <= int(day) <= calendar.monthrange(int(year), int(month))[1]:
                return date(int(year), int(month), int(day))
    for pattern in _MONTHS:
        for year, month in re.findall(pattern, stem):
            if 1 <= int(month) <= 12:
                return date(int(year), int(month), calendar.monthrange(int(year), int(month))[1])
    return None


def _formatted(cell: pl.Expr, spec: str) -> pl.Expr:
    trimmed = cell.str.strip_chars()
    # An empty cell makes no code: 000000 would be one that nobody gave.
    trimmed = pl.when(trimmed != "").then(trimmed)
    if not spec:
        return trimmed
    return trimmed.map_batches(
        lambda values: pl.Series(
            values.name, [None if value is None else format(value, spec) for value in values], dtype=pl.String
        ),
        return_dtype=pl.String,
    )
