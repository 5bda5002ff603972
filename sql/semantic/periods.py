"""Parses periods as people write them: 2025, 2025Q2, 2025-06, 2023-01..2026-06, ..2026-06, all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sql.errors import InputError

# There is no data before 1900, and shifting a very early year back would pass the year 1, where date() ends.
_YEAR = re.compile(r"((?:19|20)[0-9]{2})")
_QUARTER = re.compile(_YEAR.pattern + "Q([1-4])")
_MONTH = re.compile(_YEAR.pattern + "-(0[1-9]|1[0-2])")


def add_months(month: date, months: int) -> date:
    """Returns the first day of the month that many months later, or earlier if negative."""
    count = month.year * 12 + month.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


@dataclass(frozen=True)
class Period:
    """Describes calendar months from `first` to `last`, both first days of a month; `first` None: no beginning."""

    first: date | None
    last: date

    @classmethod
    def parse(cls, text: str, data_month: date) -> Period:
        """Parses a period and ends it at the data month. Raises InputError if the text is not a period."""
        start, dots, end = text.strip().partition("..")
        if text.strip() == "all":
            return cls(None, data_month)
        first = _span(start, text)[0] if start else None
        last = _span(end if dots else start, text)[1]
        if first is not None and first > last:
            raise _invalid_period(text)
        return cls(first, min(last, data_month) if first is None or first <= data_month else last)

    @property
    def months(self) -> int | None:
        """Returns the number of months covered; None if the period has no beginning."""
        if self.first is None:
            return None
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    def shift(self, months: int) -> Period:
        """Returns the period moved by that many months, back if negative."""
        return Period(self.first and add_months(self.first, months), add_months(self.last, months))

    def until(self, last: date) -> Period:
        """Returns the period with an earlier last month; the first month moves along if it would be later."""
        return Period(self.first and min(self.first, last), last)

    def last_months(self, months: int) -> Period:
        """Returns the period of that many months that ends with this one."""
        return Period(add_months(self.last, 1 - months), self.last)

    def last_month_of_each(self, grain: str) -> list[date]:
        """Returns, for every quarter or year that the period overlaps, its last month in the period. Empty for a period
        without a beginning."""
        ends: dict[tuple[int, int], date] = {}
        months = [] if self.first is None else [add_months(self.first, step) for step in range(self.months or 0)]
        for month in months:
            ends[month.year, (month.month - 1) // 3 if grain == "quarter" else 0] = month
        return list(ends.values())

    def __str__(self) -> str:
        if self.first is None:
            return f"..{self.last:%Y-%m}"
        if self.first == self.last:
            return f"{self.last:%Y-%m}"
        if (self.first.month, self.last.month) == (1, 12) and self.first.year == self.last.year:
            return f"{self.last.year}"
        return f"{self.first:%Y-%m}..{self.last:%Y-%m}"


def _span(text: str, whole: str) -> tuple[date, date]:
    if match := _MONTH.fullmatch(text):
        month = date(int(match[1]), int(match[2]), 1)
        return month, month
    if match := _QUARTER.fullmatch(text):
        first = date(int(match[1]), int(match[2]) * 3 - 2, 1)
        return first, add_months(first, 2)
    if match := _YEAR.fullmatch(text):
        return date(int(match[1]), 1, 1), date(int(match[1]), 12, 1)
    raise _invalid_period(whole)


def _invalid_period(text: str) -> InputError:
    return InputError(
        f"时期 {text!r} 读不懂；请写成 2025、2025Q2、2025-06、2023-01..2026-06 或 all",
        f"invalid period {text!r}; write 2025, 2025Q2, 2025-06, 2023-01..2026-06 or all",
    )
