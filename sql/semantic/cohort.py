"""Finds the months whose cases are old enough to be judged: the cohort of metrics with `cohort: ripe` in their header.

The youngest cases have had less time to be resolved than the others, so a rate by the month raised always falls at its
end. Such a metric counts whole months only, each of whose cases was raised at least `ripe_days` before the data date.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from functools import lru_cache

from sql.files.sql_file import SqlFile
from sql.semantic.periods import Period, add_months
from sql.semantic.scope import Scope
from sql.warehouse import Version

# The outcome that is judged is reached within 30 days, so a standard below that cannot be observed in full.
MIN_DAYS = 30


def is_ripe_only(file: SqlFile) -> bool:
    """Returns true if a metric's file counts only cases that are old enough to be judged."""
    return file.header.get("cohort") == "ripe"


def ripe_days(scope: Scope) -> int:
    """Returns the days after which a case of the scope's area is judged: the standard `ripe_days` in force at the data
    date, the largest where communities differ, and at least 30."""
    return _ripe_days(scope.version, scope.area_code)


def last_ripe_month(scope: Scope) -> date:
    """Returns the last month whose cases are all old enough to be judged at the data date."""
    cutoff = scope.version.data_date - timedelta(days=ripe_days(scope))
    month = cutoff.replace(day=1)
    is_month_end = (cutoff + timedelta(days=1)).day == 1
    return month if is_month_end else add_months(month, -1)


def ripe_scope(scope: Scope) -> Scope:
    """Returns the scope without its unripe months; its period ends before it begins if all of them are."""
    last = last_ripe_month(scope)
    return scope if scope.period.last <= last else scope.with_period(Period(scope.period.first, last))


@lru_cache(maxsize=1024)
def _ripe_days(version: Version, area_code: str | None) -> int:
    longest = version.rows(
        "select max(standards.value) from intermediate.standards_in_force as standards "
        "inner join intermediate.area_ancestors as ancestors on standards.area_code = ancestors.area_code "
        "where standards.standard = 'ripe_days' and standards.month = $month "
        "and ($area is null or ancestors.ancestor_code = $area)",
        {"month": version.data_month, "area": area_code},
    ).item()
    return max(MIN_DAYS, math.ceil(longest or 0))
