"""Gives the least and the greatest value of a column with the type that the column is known to have.

Polars itself says of `Series.min()` and `Series.max()` no more than that they are of some type it can hold, or None.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl


def min_date(days: pl.Series) -> date | None:
    """The first day of a column of dates; None where it has none."""
    found: Any = days.min()
    return found


def max_date(days: pl.Series) -> date | None:
    """The last day of a column of dates; None where it has none."""
    found: Any = days.max()
    return found


def min_number(numbers: pl.Series) -> float:
    """The least of a column of numbers. Raises ValueError where it has none."""
    return _there(numbers.min())


def max_number(numbers: pl.Series) -> float:
    """The greatest of a column of numbers. Raises ValueError where it has none."""
    return _there(numbers.max())


def _there(number: Any) -> float:
    if number is None:
        raise ValueError("a column without a number has neither a least nor a greatest one")
    return number
