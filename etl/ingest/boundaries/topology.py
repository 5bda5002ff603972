"""Finds boundaries that contradict each other: overlapping grids, and parts of communities in no grid."""

import numpy as np
import polars as pl
import shapely

from etl.ingest.boundaries.columns import FAULT_SCHEMA

# Borders drawn twice, or rounded, differ by slivers: shares up to these, in percent, are tolerated.
MAX_OVERLAP = 1.0
MAX_GAP = 2.0


def find_faults(shapes: pl.DataFrame, grids: pl.DataFrame) -> pl.DataFrame:
    """Returns the faults of the boundaries of open grids: kind, community_code, grid_code, other_grid_code, share.

    An 'overlap' is reported once per pair of grids of one grid_type, with the community of the first and the share, in
    percent, of the smaller grid; a business or special grid may overlap residential ones. A 'gap' is the share, in
    percent, of a community's own polygon that none of its grids covers, if any of them has a polygon; it names no grid.
    The result is sorted. `shapes` are published ones (code, kind, geometry), `grids` have grid_code, community_code,
    grid_type, closed_on.
    """
    published = shapes.select("code", "kind", "geometry")
    open_grids = grids.filter(pl.col("closed_on").is_null()).select("grid_code", "community_code", "grid_type")
    cells = (
        open_grids.join(published.filter(pl.col("kind") == "grid"), left_on="grid_code", right_on="code")
        .sort("community_code", "grid_code")
        .with_row_index("cell")
    )
    polygons = shapely.from_geojson(cells["geometry"].to_numpy())
    faults = [_overlaps(cells, polygons), _gaps(cells, polygons, published.filter(pl.col("kind") == "area"))]
    return pl.concat(faults).sort("kind", "community_code", "grid_code", "other_grid_code")


def _overlaps(cells: pl.DataFrame, polygons: np.ndarray) -> pl.DataFrame:
    first, second = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    kind = cells["grid_type"].cast(pl.String).to_numpy()
    pairs = (first < second) & (kind[first] == kind[second])
    first, second = first[pairs], second[pairs]
    # Square degrees suffice for a share: between two neighbours, the length of a degree hardly changes.
    overlap_area = shapely.area(shapely.intersection(polygons[first], polygons[second]))
    area = shapely.area(polygons)
    share = 100 * overlap_area / np.minimum(area[first], area[second])
    is_fault = share > MAX_OVERLAP
    code = cells["grid_code"]
    return pl.DataFrame(
        {
            "kind": ["overlap"] * int(is_fault.sum()),
            "community_code": cells["community_code"].gather(first[is_fault]),
            "grid_code": code.gather(first[is_fault]),
            "other_grid_code": code.gather(second[is_fault]),
            "share": share[is_fault].round(1),
        },
        schema=FAULT_SCHEMA,
    )


def _gaps(cells: pl.DataFrame, polygons: np.ndarray, areas: pl.DataFrame) -> pl.DataFrame:
    communities = (
        cells.group_by("community_code", maintain_order=True)
        .agg("cell")
        .join(areas, left_on="community_code", right_on="code", maintain_order="left")
    )
    community_polygons = shapely.from_geojson(communities["geometry"].to_numpy())
    covered = np.array(
        [shapely.union_all(polygons[grid_cells.to_numpy()]) for grid_cells in communities["cell"]], dtype=object
    )
    share = 100 * (
        1 - shapely.area(shapely.intersection(community_polygons, covered)) / shapely.area(community_polygons)
    )
    is_fault = share > MAX_GAP
    return pl.DataFrame(
        {
            "kind": ["gap"] * int(is_fault.sum()),
            "community_code": communities["community_code"].filter(pl.Series(is_fault, dtype=pl.Boolean)),
            "grid_code": None,
            "other_grid_code": None,
            "share": share[is_fault].round(1),
        },
        schema=FAULT_SCHEMA,
    )
