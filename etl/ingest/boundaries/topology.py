"""Boundaries that contradict each other: grids that lie over one another, communities with ground in no grid."""

import numpy as np
import polars as pl
import shapely

from etl.ingest.boundaries.columns import FAULT_SCHEMA

# Borders drawn twice, or rounded, differ by slivers: shares up to these, in percent, are no fault.
MAX_OVERLAP = 1.0
MAX_GAP = 2.0


def find_faults(shapes: pl.DataFrame, grids: pl.DataFrame) -> pl.DataFrame:
    """What is wrong with the boundaries of open grids: kind, community_code, grid_code, other_grid_code, share.

    An 'overlap' is told once a pair of grids of one grid_type, with the community of the first and the share, in
    percent, of the smaller grid; a business or special grid may lie over residential ones. A 'gap' is the share of a
    community's own polygon that none of its grids covers, where any of them has one; it names no grid. Ordered.
    `shapes` are published ones (code, kind, geometry), `grids` have grid_code, community_code, grid_type, closed_on.
    """
    drawn = shapes.select("code", "kind", "geometry")
    open_grids = grids.filter(pl.col("closed_on").is_null()).select("grid_code", "community_code", "grid_type")
    cells = (
        open_grids.join(drawn.filter(pl.col("kind") == "grid"), left_on="grid_code", right_on="code")
        .sort("community_code", "grid_code")
        .with_row_index("cell")
    )
    polygons = shapely.from_geojson(cells["geometry"].to_numpy())
    found = [_overlaps(cells, polygons), _gaps(cells, polygons, drawn.filter(pl.col("kind") == "area"))]
    return pl.concat(found).sort("kind", "community_code", "grid_code", "other_grid_code")


def _overlaps(cells: pl.DataFrame, polygons: np.ndarray) -> pl.DataFrame:
    first, second = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    kind = cells["grid_type"].cast(pl.String).to_numpy()
    pairs = (first < second) & (kind[first] == kind[second])
    first, second = first[pairs], second[pairs]
    # A share is the same in square degrees as on the ground: over two neighbours a degree is equally long.
    common = shapely.area(shapely.intersection(polygons[first], polygons[second]))
    area = shapely.area(polygons)
    share = 100 * common / np.minimum(area[first], area[second])
    wrong = share > MAX_OVERLAP
    code = cells["grid_code"]
    return pl.DataFrame(
        {
            "kind": ["overlap"] * int(wrong.sum()),
            "community_code": cells["community_code"].gather(first[wrong]),
            "grid_code": code.gather(first[wrong]),
            "other_grid_code": code.gather(second[wrong]),
            "share": share[wrong].round(1),
        },
        schema=FAULT_SCHEMA,
    )


def _gaps(cells: pl.DataFrame, polygons: np.ndarray, areas: pl.DataFrame) -> pl.DataFrame:
    communities = (
        cells.group_by("community_code", maintain_order=True)
        .agg("cell")
        .join(areas, left_on="community_code", right_on="code", maintain_order="left")
    )
    ground = shapely.from_geojson(communities["geometry"].to_numpy())
    covered = np.array([shapely.union_all(polygons[own.to_numpy()]) for own in communities["cell"]], dtype=object)
    share = 100 * (1 - shapely.area(shapely.intersection(ground, covered)) / shapely.area(ground))
    wrong = share > MAX_GAP
    return pl.DataFrame(
        {
            "kind": ["gap"] * int(wrong.sum()),
            "community_code": communities["community_code"].filter(pl.Series(wrong, dtype=pl.Boolean)),
            "grid_code": None,
            "other_grid_code": None,
            "share": share[wrong].round(1),
        },
        schema=FAULT_SCHEMA,
    )
