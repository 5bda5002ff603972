"""Which areas are like one another: of the same level, nearest in residents."""
from __future__ import annotations

import math

import polars as pl

from sql.metrics import metric
from sql.scope import Area, Scope, areas

PEERS = 4


def peers(scope: Scope, count: int = PEERS) -> list[Area]:
    """The areas of the scope's level, wherever they lie, whose residents are nearest to its own in proportion.

    The nearest first; none where the scope's own residents are not known.
    """
    level = scope.area.level
    own = metric("residents", scope.version).value(scope.filtered())
    if not own or level == "root":
        return []
    everywhere = metric("residents", scope.version).rows(scope.at(None).filtered(), by=level)
    others = everywhere.filter((pl.col("value") > 0) & (pl.col(level) != scope.area_code))
    apart = [abs(math.log(residents / own)) for residents in others["value"]]
    nearest = others.with_columns(apart=pl.Series(apart, dtype=pl.Float64)).sort("apart", level).head(count)
    tree = areas(scope.version)
    return [tree[code] for code in nearest[level]]
