"""Converts boundaries between their accepted and published columns; `shapes` beside it handles the polygons."""

import polars as pl

# Location and extent of a polygon, in degrees.
LOCATION_COLUMNS = ("lon", "lat", "min_lon", "min_lat", "max_lon", "max_lat")
FAULT_SCHEMA = {
    "kind": pl.String,
    "community_code": pl.String,
    "grid_code": pl.String,
    "other_grid_code": pl.String,
    "share": pl.Float64,
}


def to_published(rows: pl.DataFrame) -> pl.DataFrame:
    """Converts accepted shapes to published ones: code, kind (area, grid), geometry, representative point and bounds in
    degrees, with their source columns."""
    published = rows.select(
        code=pl.coalesce("area_code", "grid_code"),
        kind=pl.when(pl.col("area_code").is_not_null()).then(pl.lit("area")).otherwise(pl.lit("grid")),
        geometry="geometry",
        source_unit="source_unit",
        source_row="source_row",
    )
    if rows.is_empty():
        return published.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in LOCATION_COLUMNS)
    # Imported here because most small districts send no boundaries, and shapely is slow to import.
    from etl.ingest.boundaries.shapes import point_and_bounds

    return published.with_columns(point_and_bounds(rows["geometry"]))


def to_contract(shapes: pl.DataFrame) -> pl.DataFrame:
    """Converts published shapes back to the contract's columns, without the derived ones, which are in no file."""
    own_shapes = shapes.filter(~pl.col("is_derived"))
    is_area = pl.col("kind") == "area"
    return own_shapes.with_columns(area_code=pl.when(is_area).then("code"), grid_code=pl.when(~is_area).then("code"))


def without_overlay(shapes: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Returns published shapes with is_derived false, without shapes for parent areas, and no faults."""
    return shapes.with_columns(is_derived=pl.lit(False)), pl.DataFrame(schema=FAULT_SCHEMA)
