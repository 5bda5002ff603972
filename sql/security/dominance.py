"""Hides pay figures that cover few people, that one person dominates, or from which a hidden group could be derived.

A metric sets the rules in its header: `-- min_people: 10` and `-- largest_share: 50`, the (n,k) dominance rule with one
contributor and that percentage. Its SELECT returns the share as `largest_share`.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sql.files.sql_file import SqlFile, Text, columns

LARGEST_SHARE = "largest_share"
# The column with what people earn, and the limits that a metric must set if it reads that column.
PAY_COLUMN, _MIN_PEOPLE, _MAX_SHARE = "monthly_pay", 10, 50


def check(file: SqlFile) -> None:
    """Raises SqlFileError for a metric that reads pay without strict enough limits in its header."""
    min_people, max_share = (
        float(file.header.get(key, default)) for key, default in (("min_people", 0), (LARGEST_SHARE, 100))
    )
    if PAY_COLUMN in columns(file.path, file.text) and (min_people < _MIN_PEOPLE or max_share > _MAX_SHARE):
        rule = f"-- min_people: {_MIN_PEOPLE}, -- {LARGEST_SHARE}: {_MAX_SHARE}"
        raise file.error(
            Text(
                f"月薪指标的文件头须写 {rule}（或更严），并给出 {LARGEST_SHARE} 一列",
                f"a metric that reads {PAY_COLUMN} must have {rule}, or stricter, in its header and return "
                f"{LARGEST_SHARE}",
            )
        )


def safe_cells(rows: pl.DataFrame, min_people: int, max_share: float | None) -> pl.Series:
    """Returns true for each row whose value may be shown: its denominator is at least `min_people` and its
    largest_share at most `max_share`, unless that is None."""
    is_safe = pl.col("denominator") >= min_people
    if max_share is not None:
        is_safe &= pl.col(LARGEST_SHARE) <= max_share
    return rows.select(is_safe.fill_null(False)).to_series()


def suppress_secondary(
    rows: pl.DataFrame, is_safe: pl.Series, by: Sequence[str], lines_by: Sequence[str], min_people: int
) -> pl.Series:
    """Returns `is_safe` after secondary suppression: also hides groups from which a hidden one could be derived by
    subtracting from a line total.

    Along `lines_by`, a subset of the dimensions `by`, groups sum to totals that are shown. In each line with a hidden
    group, at least two groups with `min_people` people together are hidden; the smallest of the others are added.
    """
    people, is_visible = rows["denominator"].fill_null(0).to_list(), is_safe.to_list()
    lines: list[list[int]] = []
    for name in lines_by:
        others = [other for other in by if other != name]
        keys = rows.select(others).rows() if others else [()] * rows.height
        indices_by_key: dict[tuple[object, ...], list[int]] = {}
        for index, key in enumerate(keys):
            if people[index]:
                indices_by_key.setdefault(key, []).append(index)
        lines += indices_by_key.values()
    is_settled = False
    while not is_settled:
        is_settled = True
        for line in lines:
            hidden = [index for index in line if not is_visible[index]]
            visible = [index for index in line if is_visible[index]]
            if hidden and visible and (len(hidden) < 2 or sum(people[index] for index in hidden) < min_people):
                is_visible[min(visible, key=people.__getitem__)] = False
                is_settled = False
    return pl.Series(is_visible, dtype=pl.Boolean)
