"""Where a map's polygons lie: shapes from the warehouse, else squares, and the view that fits them."""

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

# How high a map gets, in pixels: about as a screen has room beside cards and title; more on a wide one.
_MIN_HEIGHT, _USUAL_HEIGHT, _MAX_HEIGHT = 220, 420, 560
_PADDING = 14
# deck.gl's world is this many pixels wide at zoom 0.
_WORLD = 512
# A lone small community should not fill the view as if it were a city.
_MAX_ZOOM = 15.5
# What is drawn smaller than this many pixels can't be told apart.
_SPECK = 6
# Specks that cover so much of the picture make a pattern that can be read.
_SPARSE = 0.25
# As many polygons as the largest map has, and those of others beside it.
_KEPT = 32_768

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Shape:
    """A polygon in degrees: its GeoJSON text, the middle of its widest part, its bounds.

    Bounds are west, south, east, north.
    """

    geometry: str
    point: tuple[float, float]
    bounds: Bounds
    is_tile: bool = False


@dataclass(frozen=True)
class View:
    """What of the world is drawn on so many pixels."""

    lon: float
    lat: float
    zoom: float
    width: int
    height: int

    @property
    def degrees_per_pixel(self) -> float:
        """Of longitude."""
        return 360 / (_WORLD * 2**self.zoom)

    def pixels(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a place lies in the picture, from its top left corner."""
        scale = _WORLD * 2**self.zoom
        x, y = _mercator(lon, lat)
        centre_x, centre_y = _mercator(self.lon, self.lat)
        return self.width / 2 + (x - centre_x) * scale, self.height / 2 + (y - centre_y) * scale

    def size(self, bounds: Bounds) -> tuple[float, float]:
        """How wide and high a rectangle of degrees is drawn, in pixels."""
        west, north = self.pixels(bounds[0], bounds[3])
        east, south = self.pixels(bounds[2], bounds[1])
        return east - west, south - north


def shapes(scope: Scope, codes: Sequence[str]) -> dict[str, Shape]:
    """A shape for every code, in the order given: the warehouse's own, else squares in rows."""
    found = {
        row["code"]: Shape(
            row["geometry"], _middle(row["geometry"]), (row["min_lon"], row["min_lat"], row["max_lon"], row["max_lat"])
        )
        for row in query("shapes", scope, codes=tuple(sorted(codes))).iter_rows(named=True)
    }
    missing = [code for code in codes if code not in found]
    beside = [shape.bounds for shape in found.values()]
    squares = dict(zip(missing, _squares(len(missing), beside), strict=True))
    return {code: found.get(code) or squares[code] for code in codes}


def tiles(codes: Iterable[str]) -> dict[str, Shape]:
    """A square for every code, in rows in the order given."""
    codes = list(codes)
    return dict(zip(codes, _squares(len(codes), []), strict=True))


def is_dust(shapes: Iterable[Shape], view: View) -> bool:
    """Whether most shapes would be drawn as specks with nothing between them: small ones that lie far apart."""
    sizes = [view.size(shape.bounds) for shape in shapes]
    covered = sum(across * down for across, down in sizes) / (view.width * view.height)
    return median(map(max, sizes)) < _SPECK and covered < _SPARSE


def fit(bounds: Sequence[Bounds], width: int, aside: int = 0) -> View:
    """The view that shows all bounds on so many pixels of width, `aside` of them kept free left and right.

    Low and wide ground makes a lower picture.
    """
    west, south, east, north = union(bounds)
    left, top = _mercator(west, north)
    right, bottom = _mercator(east, south)
    room = width - 2 * _PADDING - aside
    highest = min(max(_USUAL_HEIGHT, width // 2), _MAX_HEIGHT)
    scale = min(room / (right - left), (highest - 2 * _PADDING) / (bottom - top), _WORLD * 2**_MAX_ZOOM)
    height = max(_MIN_HEIGHT, math.ceil((bottom - top) * scale) + 2 * _PADDING)
    return View((west + east) / 2, _latitude((top + bottom) / 2), math.log2(scale / _WORLD), width, height)


def union(bounds: Sequence[Bounds]) -> Bounds:
    """The smallest rectangle around all."""
    wests, souths, easts, norths = zip(*bounds, strict=True)
    return min(wests), min(souths), max(easts), max(norths)


@lru_cache(maxsize=2 * _KEPT)
def share_inside(shape: Shape, view: View, wide: float, high: float) -> float:
    """The share, 0 to 1, of a box of so many pixels around the shape's middle that lies within the shape.

    Of a shape whose own rectangle is smaller than the box it is the most that could be.
    """
    across, down = view.size(shape.bounds)
    if across * down < wide * high:
        return across * down / (wide * high)
    lon, lat = shape.point
    right = view.degrees_per_pixel * wide / 2
    up = view.degrees_per_pixel * math.cos(math.radians(lat)) * high / 2
    box = shapely.box(lon - right, lat - up, lon + right, lat + up)
    return shapely.intersection(_polygon(shape.geometry), box).area / box.area


def simplify(shape: Shape, view: View) -> dict:
    """The GeoJSON geometry with no more detail than the view can show."""
    # A quarter of a pixel: neighbours share their corners, so equal rounding leaves no gap between them.
    decimals = max(0, math.ceil(-math.log10(view.degrees_per_pixel / 4)))
    return _rounded(shape.geometry, decimals)


@lru_cache(maxsize=_KEPT)
def _polygon(geometry: str) -> shapely.Geometry:
    return shapely.from_geojson(geometry)


@lru_cache(maxsize=_KEPT)
def _middle(geometry: str) -> tuple[float, float]:
    """The centre of the largest circle inside, where a label has most room."""
    polygon = _polygon(geometry)
    west, _south, east, _north = polygon.bounds
    # A line from the centre to the nearest border.
    radius = shapely.maximum_inscribed_circle(polygon, tolerance=(east - west) / 100)
    return radius.coords[0]


@lru_cache(maxsize=_KEPT)
def _rounded(geometry: str, decimals: int) -> dict:
    parsed = json.loads(geometry)
    polygons = parsed["coordinates"] if parsed["type"] == "MultiPolygon" else [parsed["coordinates"]]
    kept = []
    for polygon in polygons:
        rings = [
            [point for point, _same in groupby([round(x, decimals), round(y, decimals)] for x, y in ring)]
            for ring in polygon
        ]
        # An island or a hole of fewer corners than a triangle is too small to be seen.
        if len(rings[0]) >= 4:
            kept.append([ring for ring in rings if len(ring) >= 4])
    if not kept:
        return parsed
    return (
        {"type": "MultiPolygon", "coordinates": kept} if len(kept) > 1 else {"type": "Polygon", "coordinates": kept[0]}
    )


def _squares(count: int, beside: list[Bounds]) -> list[Shape]:
    """Squares in rows from left to right, under the bounds given, or alone about as wide as a screen."""
    if not count:
        return []
    if beside:
        west, south, east, _ = union(beside)
        columns = max(8, math.ceil(math.sqrt(count * 4)))
        side = (east - west) / columns
        north = south - side / 2
    else:
        columns = math.ceil(math.sqrt(count * 1.6))
        west, north, side = 0.0, 0.0, 0.1
    # Degrees of latitude are drawn longer than those of longitude, away from the equator.
    high = side * math.cos(math.radians(north))
    tiles = []
    for number in range(count):
        row, column = divmod(number, columns)
        left, top = west + column * side, north - row * high
        right, bottom = left + side * 0.94, top - high * 0.94
        corners = [[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]]
        geometry = json.dumps({"type": "Polygon", "coordinates": [corners]})
        middle = ((left + right) / 2, (top + bottom) / 2)
        tiles.append(Shape(geometry, middle, (left, bottom, right, top), is_tile=True))
    return tiles


def _mercator(lon: float, lat: float) -> tuple[float, float]:
    """Web Mercator from 0 to 1, downwards from the north-west."""
    sine = math.sin(math.radians(lat))
    return (lon + 180) / 360, 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)


def _latitude(y: float) -> float:
    return math.degrees(2 * math.atan(math.exp(math.pi * (1 - 2 * y))) - math.pi / 2)
