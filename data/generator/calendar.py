"""The months the demo tells of, and small helpers for its dates."""

import calendar
from datetime import date, timedelta
from random import Random

START = date(2022, 1, 1)
LAST_MONTH = date(2026, 6, 1)
END = date(2026, 6, 30)


def month_end(day: date) -> date:
    """Last day of the month that holds `day`."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """First day of the month that lies `months` after the month of `day`."""
    ordinal = day.year * 12 + day.month - 1 + months
    return date(ordinal // 12, ordinal % 12 + 1, 1)


def month_starts(first: date = START, last: date = END) -> list[date]:
    """First days of every month from `first` to `last`, both included."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [add_months(first, index) for index in range(count)]


def age_at(birth: date, day: date) -> int:
    """Age in whole years on `day`."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def shift_years(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes the 28th."""
    return day.replace(year=day.year + years, day=min(day.day, 28) if day.month == 2 else day.day)


def random_day(rng: Random, first: date, last: date) -> date:
    """A day between `first` and `last`, both included."""
    return first + timedelta(days=rng.randint(0, max((last - first).days, 0)))
