"""What is told of pay: never of few people, nor where one of them has most of the sum, nor what gives such a group
away.

A metric says so in its header: `-- min_people: 10` and `-- largest_share: 50`, the (n,k) dominance rule with one
contributor and that many percent, of which its SELECT gives `largest_share`.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sql.semantic.files.sql_file import SqlFile, columns

LARGEST_SHARE = "largest_share"
# A column of what people earn, and what a metric that reads it has to keep to.
PAY_COLUMN, _MIN_PEOPLE, _MAX_SHARE = "monthly_pay", 10, 50


def check(file: SqlFile) -> None:
    """Raises SqlFileError for a metric that reads pay and would tell it of few people, or of mainly one."""
    fewest, largest = (
        float(file.header.get(key, default)) for key, default in (("min_people", 0), (LARGEST_SHARE, 100))
    )
    if PAY_COLUMN in columns(file.path, file.text) and (fewest < _MIN_PEOPLE or largest > _MAX_SHARE):
        rule = f"-- min_people: {_MIN_PEOPLE}, -- {LARGEST_SHARE}: {_MAX_SHARE}"
        raise file.error(
            f"a metric of {PAY_COLUMN} has in its header {rule}, or is stricter, and gives {LARGEST_SHARE}"
            f" / 月薪指标的文件头须写 {rule}（或更严），并给出 {LARGEST_SHARE} 一列"
        )


def safe_cells(rows: pl.DataFrame, fewest: int, largest: float | None) -> pl.Series:
    """Of which rows the value may be told, by their denominator and, where `largest` is given, their largest_share."""
    enough = pl.col("denominator") >= fewest
    if largest is not None:
        enough &= pl.col(LARGEST_SHARE) <= largest
    return rows.select(enough.fill_null(False)).to_series()


def suppress_secondary(
    rows: pl.DataFrame, is_told: pl.Series, by: Sequence[str], lines_by: Sequence[str], fewest: int
) -> pl.Series:
    """The same, less the groups by which one that is not told could be worked out from the total of its line.

    Along `lines_by`, of the dimensions `by`, groups add up to totals that are shown. What is withheld of a line is at
    least two groups and enough people together; the smallest of the others go with it.
    """
    people, may_tell = rows["denominator"].fill_null(0).to_list(), is_told.to_list()
    lines: list[list[int]] = []
    for name in lines_by:
        others = [other for other in by if other != name]
        keys = rows.select(others).rows() if others else [()] * rows.height
        found: dict[tuple[object, ...], list[int]] = {}
        for place, key in enumerate(keys):
            if people[place]:
                found.setdefault(key, []).append(place)
        lines += found.values()
    is_settled = False
    while not is_settled:
        is_settled = True
        for line in lines:
            hidden = [place for place in line if not may_tell[place]]
            shown = [place for place in line if may_tell[place]]
            if hidden and shown and (len(hidden) < 2 or sum(people[place] for place in hidden) < fewest):
                may_tell[min(shown, key=people.__getitem__)] = False
                is_settled = False
    return pl.Series(may_tell, dtype=pl.Boolean)
