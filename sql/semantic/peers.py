"""Finds peers of an area: areas of the same level with the most similar number of residents."""

from __future__ import annotations

import math
from dataclasses import replace

import polars as pl

from sql.semantic.metrics import metric
from sql.semantic.scope import Scope, areas

PEER_COUNT = 4


def peers(scope: Scope, count: int = PEER_COUNT) -> list[Scope]:
    """Returns the scope for each of the `count` whole areas of its level whose number of residents is closest in
    proportion, closest first.

    Returns an empty list if the scope's own residents are unknown. Peers may be outside the area that the version is
    restricted to: the user may see their numbers, but not their names.
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
    distances = [abs(math.log(residents / own)) for residents in others["value"]]
    nearest = others.with_columns(distance=pl.Series(distances, dtype=pl.Float64)).sort("distance", level).head(count)
    return [scope.with_area(code) for code in nearest[level]]
