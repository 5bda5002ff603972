"""Reads boundaries from GeoJSON, checks and measures polygons, and derives parents from their children."""

import json

import numpy as np
import polars as pl
import shapely
from shapely.errors import GEOSException

from etl.contracts import Table
from etl.ingest.boundaries.columns import LOCATION_COLUMNS
from etl.ingest.errors import FileError
from etl.ingest.readers.cells import check_width
from etl.ingest.validation.reasons import problems
from sql.files.columns import LEVELS

# Six decimals of a degree are about ten centimetres.
_DECIMALS = 6
_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def read_features(content: bytes) -> tuple[list[str | None], pl.DataFrame]:
    """Returns the header and text cells of a GeoJSON feature collection: every property, then the geometry.

    source_row counts features from 1. Raises FileError if the text is not a feature collection.
    """
    try:
        features = [
            (
                {_cell_text(name): _cell_text(value) for name, value in dict(feature["properties"] or {}).items()},
                None if feature["geometry"] is None else json.dumps(feature["geometry"]),
            )
            for feature in json.loads(content.decode("utf-8-sig"))["features"]
        ]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FileError(
            "不是 GeoJSON 要素集合 (FeatureCollection)；请从地图软件按 GeoJSON、WGS84 重新导出",
            "not a GeoJSON FeatureCollection; export it again as GeoJSON in WGS84",
        ) from error
    names = list(dict.fromkeys(name for properties, _ in features for name in properties))
    check_width(len(names) + 1)
    cells = {str(index): [properties.get(name) for properties, _ in features] for index, name in enumerate(names)}
    cells[str(len(names))] = [geometry for _, geometry in features]
    rows = pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String)).with_row_index("source_row", offset=1)
    return [*names, "geometry"], rows.with_columns(overflow=pl.lit(None, dtype=pl.String))


def validate_polygons(table: Table, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Returns the rows whose geometry is a polygon in degrees, rounded and valid, and the problems of the others.

    A self-intersecting polygon is repaired if the result is still a polygon.
    """
    shapes = _round_and_repair(shapely.from_geojson(rows["geometry"].to_numpy(), on_invalid="ignore"))
    bounds = shapely.bounds(shapes)
    is_polygon = np.isin(shapely.get_type_id(shapes), _POLYGONS) & ~shapely.is_empty(shapes)
    with np.errstate(invalid="ignore"):
        in_degrees = (np.abs(bounds[:, [0, 2]]) <= 180).all(axis=1) & (np.abs(bounds[:, [1, 3]]) <= 90).all(axis=1)
    # The text of a geometry may be long: the rejection list shows its beginning.
    shortened = rows.with_columns(pl.col("geometry").str.slice(0, 60))
    problem_frames = [
        problems(
            shortened.filter(pl.Series(~is_polygon)),
            table,
            "geometry",
            "边界不是有效的 Polygon 或 MultiPolygon；请在地图软件里修复图形后重新导出",
            "the geometry is not a valid Polygon or MultiPolygon; repair it in the map software",
        ),
        problems(
            shortened.filter(pl.Series(is_polygon & ~in_degrees)),
            table,
            "geometry",
            "边界的坐标不是经纬度；请按 WGS84 (EPSG:4326) 重新导出",
            "the coordinates are not in degrees; export them again in WGS84 (EPSG:4326)",
        ),
    ]
    is_valid = is_polygon & in_degrees
    valid_rows = rows.filter(pl.Series(is_valid)).with_columns(_to_geojson(shapes[is_valid]))
    return valid_rows, pl.concat(problem_frames)


def point_and_bounds(geometry: pl.Series) -> list[pl.Series]:
    """Returns the representative point and the bounds of GeoJSON polygons, in degrees."""
    return _measures(shapely.from_geojson(geometry.to_numpy()))


def derive_parents(areas: pl.DataFrame, shapes: pl.DataFrame) -> pl.DataFrame:
    """Returns the shapes with is_derived false, and derived ones for areas that have none but whose children do.

    A derived shape is the union of its children's (is_derived true, source columns null), from the lowest level up. A
    child without a shape leaves a hole in the union, which is better than a parent that can't be drawn.
    """
    geometry_of = dict(
        zip(
            shapes.filter(pl.col("kind") == "area")["code"],
            shapely.from_geojson(shapes.filter(pl.col("kind") == "area")["geometry"].to_numpy()),
            strict=True,
        )
    )
    derived = {}
    # A community's shape is sent, never derived.
    for level in reversed(LEVELS[:-1]):
        without_shape = areas.filter((pl.col("level") == level) & ~pl.col("area_code").is_in(list(geometry_of)))
        children = without_shape.select(parent="area_code").join(
            areas.select(child="area_code", parent="parent_code"), on="parent"
        )
        for (parent,), group in children.group_by("parent", maintain_order=True):
            parts = [geometry_of[child] for child in group["child"] if child in geometry_of]
            if parts:
                # Rounded neighbours overlap slightly; their union is valid only because each polygon is.
                geometry_of[parent] = derived[parent] = _round_and_repair(np.array([shapely.union_all(parts)]))[0]
    derived_shapes = np.array(list(derived.values()), dtype=object)
    derived_rows = pl.DataFrame({"code": list(derived)}, schema={"code": pl.String}).with_columns(
        _to_geojson(derived_shapes), *_measures(derived_shapes), kind=pl.lit("area"), is_derived=pl.lit(True)
    )
    return pl.concat([shapes.with_columns(is_derived=pl.lit(False)), derived_rows], how="diagonal")


def _round_and_repair(shapes: np.ndarray) -> np.ndarray:
    """Rounds coordinates to six decimals and repairs invalid polygons; anything that isn't a polygon becomes None."""
    rounded = shapely.transform(shapes, lambda xy: np.round(xy, _DECIMALS))
    invalid = ~shapely.is_valid(rounded) & ~shapely.is_missing(rounded)
    with np.errstate(invalid="ignore"):
        try:
            rounded[invalid] = shapely.make_valid(rounded[invalid], method="structure", keep_collapsed=False)
        except GEOSException:
            rounded[invalid] = None
    rounded[~np.isin(shapely.get_type_id(rounded), _POLYGONS)] = None
    return rounded


def _to_geojson(shapes: np.ndarray) -> pl.Series:
    return pl.Series("geometry", shapely.to_geojson(shapes), dtype=pl.String)


def _measures(shapes: np.ndarray) -> list[pl.Series]:
    # A representative point is inside the polygon; the centroid of a crescent is not.
    points = shapely.point_on_surface(shapes)
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    values = [shapely.get_x(points), shapely.get_y(points), *bounds.T]
    return [
        pl.Series(name, np.round(value, _DECIMALS), dtype=pl.Float64)
        for name, value in zip(LOCATION_COLUMNS, values, strict=True)
    ]


def _cell_text(value: object) -> str | None:
    """Returns a property as a cell; a value that isn't text as JSON."""
    if value is not None and not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False)
    # JSON may contain a lone surrogate.
    return value and value.encode("utf-8", "replace").decode("utf-8")
