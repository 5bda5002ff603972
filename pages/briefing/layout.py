"""Estimates a table's layout before an office suite lays it out: column widths, lines per cell, rows per page."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pages.briefing.tables import Table
from pages.ui.i18n.texts import _

# The padding above and below a cell's text together, in points; the line height as a multiple of the font size.
_PADDING, _LINE_HEIGHT = 6.0, 1.3
# Bounds of a column's width, in Latin letters.
_MAX_WIDTH, _MIN_WIDTH = 44, 6


@dataclass(frozen=True)
class FittedTable:
    """Holds a table with its column widths and font size, in points."""

    table: Table
    widths: tuple[float, ...]
    font_size: float

    @property
    def height(self) -> float:
        """Returns the approximate height in points."""
        return sum(self.height_of(line) for line in [self.table.header, *self.table.lines])

    def height_of(self, line: list[str]) -> float:
        """Returns the approximate height of one row in points."""
        # A Latin letter is about half as wide as it is high, a Chinese character twice as wide as that.
        lines = max(
            math.ceil(width_of(cell) * self.font_size * 0.5 / max(1.0, width - 12))
            for cell, width in zip(line, self.widths, strict=True)
        )
        return max(1, lines) * self.font_size * _LINE_HEIGHT + _PADDING


def width_of(text: str) -> int:
    """Returns the approximate width of a text in Latin letters."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)


def fit_table(
    table: Table, width: float, sizes: tuple[float, ...], height: float, widths: tuple[float, ...] = ()
) -> FittedTable:
    """Returns the table in the first of the font sizes in which it is no higher than `height`, else in the last.

    All lengths are in points; `sizes` run from largest to smallest.
    """
    columns = widths or _column_widths(table, width)
    options = [FittedTable(table, columns, size) for size in sizes]
    return next((option for option in options if option.height <= height), options[-1])


def cut_table(whole: FittedTable, height: float) -> FittedTable:
    """Returns the rows that fit, with a title that gives the total; returns the table unchanged if all rows fit."""
    first = next(split_table(whole, height))
    count, left_out = len(first.table.lines), whole.table.lines_left_out
    if count == len(whole.table.lines) and not left_out:
        return whole
    title = _("前 {count} 行，共 {all} 行；其余见工作簿").format(count=count, all=len(whole.table.lines) + left_out)
    return replace(first, table=replace(first.table, title=title))


def split_table(whole: FittedTable, height: float) -> Iterator[FittedTable]:
    """Splits the table into parts no higher than `height`, unless a single row is higher."""
    head = used = whole.height_of(whole.table.header)
    lines: list[list[str]] = []
    for line in whole.table.lines:
        added = whole.height_of(line)
        if lines and used + added > height:
            yield replace(whole, table=replace(whole.table, lines=lines))
            lines, used = [], head
        lines.append(line)
        used += added
    yield replace(whole, table=replace(whole.table, lines=lines))


def _column_widths(table: Table, width: float) -> tuple[float, ...]:
    """Divides the width among columns by their longest text, within bounds."""
    longest = [
        min(_MAX_WIDTH, max(_MIN_WIDTH, *(width_of(line[column]) for line in [table.header, *table.lines]))) + 2
        for column in range(len(table.header))
    ]
    return tuple(width * letters / sum(longest) for letters in longest)
