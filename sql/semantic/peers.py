"""Which areas are like one another: of the same level, nearest in residents."""

from __future__ import annotations

import math
from dataclasses import replace

import polars as pl

from sql.semantic.metrics import metric
from sql.semantic.scope import Scope, areas

PEER_COUNT = 4


def peers(scope: Scope, count: int = PEER_COUNT) -> list[Scope]:
    """The same question about the whole areas of the scope's level, wherever they lie, whose residents are nearest to
    its own in proportion.

    The nearest first; none where the scope's own residents are not known. They may lie beyond what is seen of the
    version: then who looks may have their numbers, and not their names.
    """
    level = scope.area.level
    own = metric("residents", scope.version).value(scope.with_filters())
    if not own or level == "root":
        return []
    scope = replace(scope, version=scope.version.restrict_to(None))
    tree = areas(scope.version)
    whole = [code for code, area in tree.items() if area.level == level and area.is_whole and code != scope.area_code]
    everywhere = metric("residents", scope.version).rows(scope.with_area(None).with_filters(), by=level)
    others = everywhere.filter((pl.col("value") > 0) & pl.col(level).is_in(whole))
    apart = [abs(math.log(residents / own)) for residents in others["value"]]
    nearest = others.with_columns(apart=pl.Series(apart, dtype=pl.Float64)).sort("apart", level).head(count)
    return [scope.with_area(code) for code in nearest[level]]
