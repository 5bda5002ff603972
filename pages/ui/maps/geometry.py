"""Calculates where a map's polygons lie: shapes from the warehouse, else squares, and the view that fits them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from statistics import median

import shapely

from sql import query
from sql.semantic.scope import Scope

# Height of a map in pixels: about what a screen has left below title and cards; more on a wide screen.
_MIN_HEIGHT, _USUAL_HEIGHT, _MAX_HEIGHT = 220, 420, 560
_PADDING = 14
# deck.gl's world is this many pixels wide at zoom 0.
_WORLD = 512
# A lone small community should not fill the view as if it were a city.
_MAX_ZOOM = 15.5
# Shapes smaller than this many pixels cannot be told apart.
_SPECK = 6
# Specks that cover at least this share of the map form a readable pattern.
_SPARSE = 0.25
# Enough for the polygons of the largest map and those of several others.
_CACHE_SIZE = 32_768

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Shape:
    """Holds a polygon in degrees: its GeoJSON text, the middle of its widest part, and its bounds.

    Bounds are west, south, east, north.
    """

    geometry: str
    point: tuple[float, float]
    bounds: Bounds
    is_tile: bool = False


@dataclass(frozen=True)
class View:
    """Describes the part of the world that is drawn, and its size in pixels."""

    lon: float
    lat: float
    zoom: float
    width: int
    height: int

    @property
    def degrees_per_pixel(self) -> float:
        """Returns the degrees of longitude per pixel."""
        return 360 / (_WORLD * 2**self.zoom)

    def pixels(self, lon: float, lat: float) -> tuple[float, float]:
        """Returns a point's position in pixels from the top left corner."""
        scale = _WORLD * 2**self.zoom
        x, y = _mercator(lon, lat)
        centre_x, centre_y = _mercator(self.lon, self.lat)
        return self.width / 2 + (x - centre_x) * scale, self.height / 2 + (y - centre_y) * scale

    def size(self, bounds: Bounds) -> tuple[float, float]:
        """Returns the width and height in pixels of a rectangle in degrees."""
        west, north = self.pixels(bounds[0], bounds[3])
        east, south = self.pixels(bounds[2], bounds[1])
        return east - west, south - north


def shapes(scope: Scope, codes: Sequence[str]) -> dict[str, Shape]:
    """Returns a shape for every code, in the given order: the warehouse's, else squares in rows."""
    warehouse_shapes = {
        row["code"]: Shape(
            row["geometry"], _middle(row["geometry"]), (row["min_lon"], row["min_lat"], row["max_lon"], row["max_lat"])
        )
        for row in query("shapes", scope, codes=tuple(sorted(codes))).iter_rows(named=True)
    }
    missing = [code for code in codes if code not in warehouse_shapes]
    warehouse_bounds = [shape.bounds for shape in warehouse_shapes.values()]
    squares = dict(zip(missing, _squares(len(missing), warehouse_bounds), strict=True))
    return {code: warehouse_shapes.get(code) or squares[code] for code in codes}


def tiles(codes: Iterable[str]) -> dict[str, Shape]:
    """Returns a square for every code, in rows in the given order."""
    codes = list(codes)
    return dict(zip(codes, _squares(len(codes), []), strict=True))


def is_dust(shapes: Iterable[Shape], view: View) -> bool:
    """Returns true where most shapes would be specks with nothing between them: small ones that lie far apart."""
    sizes = [view.size(shape.bounds) for shape in shapes]
    covered_share = sum(width * height for width, height in sizes) / (view.width * view.height)
    return median(map(max, sizes)) < _SPECK and covered_share < _SPARSE


def fit(bounds: Sequence[Bounds], width: int, aside: int = 0) -> View:
    """Returns the view that shows all bounds in `width` pixels, with `aside` of them free in total on the left and
    right.

    A low and wide area makes a lower map.
    """
    west, south, east, north = union(bounds)
    left, top = _mercator(west, north)
    right, bottom = _mercator(east, south)
    inner_width = width - 2 * _PADDING - aside
    max_height = min(max(_USUAL_HEIGHT, width // 2), _MAX_HEIGHT)
    scale = min(inner_width / (right - left), (max_height - 2 * _PADDING) / (bottom - top), _WORLD * 2**_MAX_ZOOM)
    height = max(_MIN_HEIGHT, math.ceil((bottom - top) * scale) + 2 * _PADDING)
    return View((west + east) / 2, _latitude((top + bottom) / 2), math.log2(scale / _WORLD), width, height)


def union(bounds: Sequence[Bounds]) -> Bounds:
    """Returns the smallest rectangle around all bounds."""
    wests, souths, easts, norths = zip(*bounds, strict=True)
    return min(wests), min(souths), max(easts), max(norths)


@lru_cache(maxsize=2 * _CACHE_SIZE)
def share_inside(shape: Shape, view: View, box_width: float, box_height: float) -> float:
    """Returns the share, 0 to 1, of a box of that size in pixels around the shape's middle that lies within the shape.

    For a shape whose bounds are smaller than the box it is the largest possible share.
    """
    shape_width, shape_height = view.size(shape.bounds)
    if shape_width * shape_height < box_width * box_height:
        return shape_width * shape_height / (box_width * box_height)
    lon, lat = shape.point
    right = view.degrees_per_pixel * box_width / 2
    up = view.degrees_per_pixel * math.cos(math.radians(lat)) * box_height / 2
    box = shapely.box(lon - right, lat - up, lon + right, lat + up)
    return shapely.intersection(_polygon(shape.geometry), box).area / box.area


def simplify(shape: Shape, view: View) -> dict:
    """Returns the GeoJSON geometry with no more detail than the view can show."""
    # A quarter of a pixel. Neighbours share corners, so equal rounding leaves no gap between them.
    decimals = max(0, math.ceil(-math.log10(view.degrees_per_pixel / 4)))
    return _round_coordinates(shape.geometry, decimals)


@lru_cache(maxsize=_CACHE_SIZE)
def _polygon(geometry: str) -> shapely.Geometry:
    return shapely.from_geojson(geometry)


@lru_cache(maxsize=_CACHE_SIZE)
def _middle(geometry: str) -> tuple[float, float]:
    """Returns the centre of the largest circle inside, where a label has the most room."""
    polygon = _polygon(geometry)
    west, _south, east, _north = polygon.bounds
    # The result is a line from the centre to the nearest border.
    radius = shapely.maximum_inscribed_circle(polygon, tolerance=(east - west) / 100)
    return radius.coords[0]


@lru_cache(maxsize=_CACHE_SIZE)
def _round_coordinates(geometry: str, decimals: int) -> dict:
    parsed = json.loads(geometry)
    polygons = parsed["coordinates"] if parsed["type"] == "MultiPolygon" else [parsed["coordinates"]]
    visible_polygons = []
    for polygon in polygons:
        rings = [
            [point for point, _same in groupby([round(x, decimals), round(y, decimals)] for x, y in ring)]
            for ring in polygon
        ]
        # An island or a hole with fewer corners than a triangle is too small to see.
        if len(rings[0]) >= 4:
            visible_polygons.append([ring for ring in rings if len(ring) >= 4])
    if not visible_polygons:
        return parsed
    return (
        {"type": "MultiPolygon", "coordinates": visible_polygons}
        if len(visible_polygons) > 1
        else {"type": "Polygon", "coordinates": visible_polygons[0]}
    )


def _squares(count: int, existing_bounds: list[Bounds]) -> list[Shape]:
    """Returns squares in rows from left to right, below the given bounds; alone, about as wide as a screen."""
    if not count:
        return []
    if existing_bounds:
        west, south, east, _ = union(existing_bounds)
        columns = max(8, math.ceil(math.sqrt(count * 4)))
        side = (east - west) / columns
        north = south - side / 2
    else:
        columns = math.ceil(math.sqrt(count * 1.6))
        west, north, side = 0.0, 0.0, 0.1
    # Away from the equator, a degree of latitude is drawn longer than one of longitude.
    height = side * math.cos(math.radians(north))
    tiles = []
    for index in range(count):
        row, column = divmod(index, columns)
        left, top = west + column * side, north - row * height
        right, bottom = left + side * 0.94, top - height * 0.94
        corners = [[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]]
        geometry = json.dumps({"type": "Polygon", "coordinates": [corners]})
        middle = ((left + right) / 2, (top + bottom) / 2)
        tiles.append(Shape(geometry, middle, (left, bottom, right, top), is_tile=True))
    return tiles


def _mercator(lon: float, lat: float) -> tuple[float, float]:
    """Returns Web Mercator coordinates from 0 to 1, downwards from the north-west."""
    sine = math.sin(math.radians(lat))
    return (lon + 180) / 360, 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)


def _latitude(y: float) -> float:
    return math.degrees(2 * math.atan(math.exp(math.pi * (1 - 2 * y))) - math.pi / 2)
