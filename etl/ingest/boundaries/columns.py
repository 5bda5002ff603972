"""Lists the columns of boundaries, as accepted and as published. Polygons are the work of `shapes` beside it."""

import polars as pl

# The place and size of a polygon, in degrees.
LOCATION_COLUMNS = ("lon", "lat", "min_lon", "min_lat", "max_lon", "max_lat")
FAULT_SCHEMA = {
    "kind": pl.String,
    "community_code": pl.String,
    "grid_code": pl.String,
    "other_grid_code": pl.String,
    "share": pl.Float64,
}


def to_published(rows: pl.DataFrame) -> pl.DataFrame:
    """Accepted shapes as they are published: code, kind (area, grid), geometry, representative point and
    bounds in degrees, with their source columns."""
    found = rows.select(
        code=pl.coalesce("area_code", "grid_code"),
        kind=pl.when(pl.col("area_code").is_not_null()).then(pl.lit("area")).otherwise(pl.lit("grid")),
        geometry="geometry",
        source_unit="source_unit",
        source_row="source_row",
    )
    if rows.is_empty():
        return found.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in LOCATION_COLUMNS)
    # Most small districts send no boundaries, and need not wait for shapely.
    from etl.ingest.boundaries.shapes import point_and_bounds

    return found.with_columns(point_and_bounds(rows["geometry"]))


def to_contract(shapes: pl.DataFrame) -> pl.DataFrame:
    """Published shapes with the columns of the contract again, without the derived ones no file gave."""
    given = shapes.filter(~pl.col("is_derived"))
    is_area = pl.col("kind") == "area"
    return given.with_columns(area_code=pl.when(is_area).then("code"), grid_code=pl.when(~is_area).then("code"))


def without_overlay(shapes: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Published shapes with is_derived false, none being drawn for areas above, and no faults."""
    return shapes.with_columns(is_derived=pl.lit(False)), pl.DataFrame(schema=FAULT_SCHEMA)
