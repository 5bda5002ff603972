"""Parses and renders templates of a mapping, a text with headers in braces, and finds the date in a file's name."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

FILE_DATE = "file_date"

# A text needs only fill and alignment, a leading zero, a width, and a maximum length. Longer widths would only waste
# memory.
_SPEC = re.compile(r"(?:.?[<>^])?0?\d{0,2}(?:\.\d{1,2})?")
_PIECE = re.compile(r"\{([^{}:]+)(?::([^{}]*))?\}")
_YEAR = r"(?<!\d)((?:19|20)\d\d)"
_DAYS = (rf"{_YEAR}[-_.年](\d{{1,2}})[-_.月](\d{{1,2}})(?!\d)", rf"{_YEAR}(\d\d)(\d\d)(?!\d)")
_MONTHS = (rf"{_YEAR}[-_.年](\d{{1,2}})(?!\d)", rf"{_YEAR}(\d\d)(?!\d)")


@dataclass(frozen=True)
class Template:
    """Holds a parsed template; its pieces are (text before, header or "", format spec)."""

    pieces: tuple[tuple[str, str, str], ...]

    @property
    def headers(self) -> list[str]:
        """Returns the clerk's headers it names."""
        return [header for _, header, _ in self.pieces if header and header != FILE_DATE]

    @property
    def has_file_date(self) -> bool:
        """Returns whether it uses the date in the file's name."""
        return any(header == FILE_DATE for _, header, _ in self.pieces)

    def render(self, cells: dict[str, pl.Expr], file_date: str | None) -> pl.Expr:
        """Returns the text of each row, null if one of its cells is blank. `cells` has the column of each header."""
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
    """Parses a template; returns None if its braces or a format spec are wrong.

    Headers are taken literally, unlike in str.format: a dot in one doesn't access an attribute.
    """
    pieces, start = [], 0
    for match in _PIECE.finditer(text):
        header, spec = match[1].strip(), match[2] or ""
        if not header or not _SPEC.fullmatch(spec):
            return None
        pieces.append((text[start : match.start()], header, spec))
        start = match.end()
    pieces.append((text[start:], "", ""))
    return None if any(set("{}") & set(text_before) for text_before, _, _ in pieces) else Template(tuple(pieces))


def date_in(name: str) -> date | None:
    """Returns the date in a file's name; for a month (2026-05, 2026年5月, 202605), its last day."""
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
    # A blank cell yields null: padding it would invent a code such as 000000.
    trimmed = pl.when(trimmed != "").then(trimmed)
    if not spec:
        return trimmed
    return trimmed.map_batches(
        lambda values: pl.Series(
            values.name, [None if value is None else format(value, spec) for value in values], dtype=pl.String
        ),
        return_dtype=pl.String,
    )
