"""Defines the months of the demo and small helpers for dates."""

import calendar
from datetime import date, timedelta
from random import Random

START = date(2022, 1, 1)
LAST_MONTH = date(2026, 6, 1)
END = date(2026, 6, 30)
# The day that counts as today in the demo, whose data end where they end.
TODAY = date(2026, 7, 6)


def month_end(day: date) -> date:
    """Returns the last day of the month of `day`."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """Returns the first day of the month that is `months` after the month of `day`."""
    ordinal = day.year * 12 + day.month - 1 + months
    return date(ordinal // 12, ordinal % 12 + 1, 1)


def month_starts(first: date = START, last: date = END) -> list[date]:
    """Returns the first day of every month from `first` to `last`, both included."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [add_months(first, index) for index in range(count)]


def age_at(birth: date, day: date) -> int:
    """Returns the age in whole years on `day`."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def shift_years(day: date, years: int) -> date:
    """Returns the same day `years` later; in February, no later than the 28th."""
    return day.replace(year=day.year + years, day=min(day.day, 28) if day.month == 2 else day.day)


def random_day(rng: Random, first: date, last: date) -> date:
    """Returns a random day between `first` and `last`, both included."""
    return first + timedelta(days=rng.randint(0, max((last - first).days, 0)))
