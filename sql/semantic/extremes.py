"""Returns the minimum and maximum of a column with the column's known type.

Polars annotates `Series.min()` and `Series.max()` only as some Python value or None.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl


def min_date(days: pl.Series) -> date | None:
    """Returns the earliest date of a column; None if it has none."""
    day: Any = days.min()
    return day


def max_date(days: pl.Series) -> date | None:
    """Returns the latest date of a column; None if it has none."""
    day: Any = days.max()
    return day


def min_number(numbers: pl.Series) -> float:
    """Returns the smallest number of a column. Raises ValueError if it has none."""
    return _require_number(numbers.min())


def max_number(numbers: pl.Series) -> float:
    """Returns the largest number of a column. Raises ValueError if it has none."""
    return _require_number(numbers.max())


def _require_number(number: Any) -> float:
    if number is None:
        raise ValueError("the column holds no number, so it has neither a minimum nor a maximum")
    return number
