"""Defines how a table's columns are headed and formatted, both on a page and in a briefing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from sql.security.escaping import escape_invisible_lines

# Longer texts are cut in a cell; a download has the full text.
MAX_LENGTH = 500


@dataclass(frozen=True)
class Column:
    """Describes a column of a table.

    `decimals` of its numbers, with thousands separators; None formats a number without rounding. `unit` follows the
    number. `pattern` is strftime's, for dates and times. `is_number` marks texts that are formatted numbers. `help`
    explains the header. `is_bar` also draws a percentage as a bar. `link` is the label shown for an address.
    """

    header: str
    decimals: int | None = None
    unit: str = ""
    pattern: str = ""
    help: str = ""
    is_number: bool = False
    is_bar: bool = False
    link: str = ""

    def format_value(self, value: Any) -> str | None:
        """Returns a value as readers see it, with invisible characters escaped; None where there is none."""
        if value is None:
            return None
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, (int, float, Decimal)):
            return self._number(value) + self.unit
        if isinstance(value, dt.datetime):
            return value.strftime(self.pattern or "%Y-%m-%d %H:%M")
        if isinstance(value, dt.date):
            return value.strftime(self.pattern or "%Y-%m-%d")
        text = escape_invisible_lines(str(value))
        return text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 1] + "…"

    def _number(self, value: float | Decimal) -> str:
        if self.decimals is not None:
            # A rounded 0 has no sign.
            return f"{round(float(value), self.decimals) + 0.0:,.{self.decimals}f}".replace("-", "−")
        return f"{value}" if isinstance(value, (int, Decimal)) else f"{value:.4f}".rstrip("0").rstrip(".")


Columns: TypeAlias = "Mapping[str, Column | str]"


def as_column(column: Column | str) -> Column:
    """Returns the column that a bare header stands for."""
    return Column(column) if isinstance(column, str) else column
