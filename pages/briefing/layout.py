"""How much room a table takes, before an office suite lays it out: column widths, lines of a cell, what fits on a
page."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pages.briefing.tables import Table
from pages.ui.i18n.texts import _

# Above and below a cell's text, in points; and how high a line is, by its letters' size.
_AROUND, _LINE = 6.0, 1.3
_WIDEST, _NARROWEST = 44, 6


@dataclass(frozen=True)
class FittedTable:
    """A table with the widths of its columns and the size of its letters, in points."""

    table: Table
    widths: tuple[float, ...]
    font_size: float

    @property
    def height(self) -> float:
        """In points, about."""
        return sum(self.height_of(line) for line in [self.table.header, *self.table.lines])

    def height_of(self, line: list[str]) -> float:
        """Of one row."""
        # A Latin letter is about half as wide as it is high, a Chinese one twice that.
        lines = max(
            math.ceil(width_of(cell) * self.font_size * 0.5 / max(1.0, width - 12))
            for cell, width in zip(line, self.widths, strict=True)
        )
        return max(1, lines) * self.font_size * _LINE + _AROUND


def width_of(text: str) -> int:
    """About how many Latin letters wide a text is."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)


def fit_table(
    shown: Table, width: float, sizes: tuple[float, ...], height: float, widths: tuple[float, ...] = ()
) -> FittedTable:
    """The table in the largest of the sizes in which it is no higher, else in the smallest; all in points."""
    columns = widths or _columns(shown, width)
    tried = [FittedTable(shown, columns, size) for size in sizes]
    return next((one for one in tried if one.height <= height), tried[-1])


def cut_table(whole: FittedTable, height: float) -> FittedTable:
    """The rows that fit, and above them how many there are; the table itself where all do."""
    first = next(split_table(whole, height))
    count, left_out = len(first.table.lines), whole.table.lines_left_out
    if count == len(whole.table.lines) and not left_out:
        return whole
    title = _("前 {count} 行，共 {all} 行；其余见工作簿").format(count=count, all=len(whole.table.lines) + left_out)
    return replace(first, table=replace(first.table, title=title))


def split_table(whole: FittedTable, height: float) -> Iterator[FittedTable]:
    """The table as several, none higher than that unless a single row is."""
    head = used = whole.height_of(whole.table.header)
    lines: list[list[str]] = []
    for line in whole.table.lines:
        more = whole.height_of(line)
        if lines and used + more > height:
            yield replace(whole, table=replace(whole.table, lines=lines))
            lines, used = [], head
        lines.append(line)
        used += more
    yield replace(whole, table=replace(whole.table, lines=lines))


def _columns(shown: Table, width: float) -> tuple[float, ...]:
    """A column by its longest text, within bounds."""
    longest = [
        min(_WIDEST, max(_NARROWEST, *(width_of(line[column]) for line in [shown.header, *shown.lines]))) + 2
        for column in range(len(shown.header))
    ]
    return tuple(width * each / sum(longest) for each in longest)
