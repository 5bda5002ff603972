"""Generates boundaries: real counties, and inside them invented streets, communities and grids that tile exactly.

Streets are the cells nearest to each street's seat. Communities divide a round built-up area around the seat (the whole
street where everything is urban), and grids divide their community. All borders of a county are cut into one network of
lines with vertices at multiples of 0.000001 degree, and every boundary is a union of its faces. So neighbours share
each vertex, without gaps or overlaps.
"""

import json
from collections.abc import Sequence
from functools import cache
from math import cos, hypot, pi, radians, sin, sqrt
from random import Random

import shapely
from shapely import LineString, MultiPoint, Point, Polygon
from shapely.affinity import scale
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from data.generator.places.areas import REFERENCE, Community, divisions
from data.generator.places.grids import Grid

PRECISION = 1e-6  # degrees, about 0.1 m
KM_PER_DEGREE = 111.32
RESIDENTS_PER_KM2 = 7500  # of the built-up area of a county town
SHORT_STRETCH = 0.01  # degrees of latitude; shorter stretches are not bent
TOWN_GAP = 0.012  # degrees of latitude; patches up to twice this apart merge
# Seats of streets in a town that have no coordinates in the source, placed manually.
SEATS = {
    "621002003": (107.622, 35.738),
    "621002102": (107.590, 35.690),
    "621002103": (107.625, 35.808),
    "621002104": (107.725, 35.742),
    "370705006": (119.128, 36.752),
    "370705007": (119.134, 36.704),
    "370705012": (119.170, 36.668),
}
WHOLLY_URBAN = frozenset({"370705"})


@cache
def county_boundaries() -> dict[str, BaseGeometry]:
    """Reads the real boundaries by county code, in WGS84."""
    with open(REFERENCE / "county_boundaries.geojson", encoding="utf-8") as file:
        features = json.load(file)["features"]
    return {feature["properties"]["area_code"]: shape(feature["geometry"]) for feature in features}


def county_features(county: str, communities: list[Community], grids: list[Grid], seed: int) -> list[dict]:
    """Returns the GeoJSON features of a county and everything below it, without closed grids."""
    rng = Random(f"{seed}/shapes/{county}")
    boundary = county_boundaries()[county]
    # Distances are measured in a plane in which a degree has the same length in both directions.
    longitude_scale = cos(radians(boundary.centroid.y))
    plane = scale(boundary, longitude_scale, 1, origin=(0, 0))
    streets, homes, cells = _layout(county, plane, longitude_scale, communities, grids, rng)
    network = _network(
        [
            boundary,
            *(_to_degrees(cell, longitude_scale) for layer in (streets, homes, cells) for cell in layer.values()),
        ]
    )
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(network)))
    inner_points = [scale(face.representative_point(), longitude_scale, 1, origin=(0, 0)) for face in faces]

    features = [_feature("area_code", county, boundary)]
    for key, layer in (("area_code", streets), ("area_code", homes), ("grid_code", cells)):
        for code, cell in layer.items():
            is_inside = shapely.contains(cell, inner_points)
            features.append(
                _feature(
                    key,
                    code,
                    shapely.coverage_union_all(
                        [face for face, is_part in zip(faces, is_inside, strict=True) if is_part]
                    ),
                )
            )
    return features


def _layout(
    county: str,
    plane: BaseGeometry,
    longitude_scale: float,
    communities: list[Community],
    grids: list[Grid],
    rng: Random,
) -> tuple[dict[str, BaseGeometry], ...]:
    """Returns streets, communities and grids in the plane; they do not share their vertices yet."""
    rows = [row for row in divisions() if row["area_code"][:6] == county]
    points = {
        row["area_code"]: Point(float(row["lon"]) * longitude_scale, float(row["lat"])) for row in rows if row["lon"]
    }
    street_codes = [row["area_code"] for row in rows if row["level"] == "street"]
    seats = _seats(plane, street_codes, points, longitude_scale, rng)
    street_cells = _cells(plane, [seats[code] for code in street_codes])
    streets = dict(zip(street_codes, _bend_borders(street_cells, plane, rng), strict=True))
    communities_of = {
        code: [community for community in communities if community.street == code] for code in street_codes
    }
    town = _town(
        [
            _patch(seats[code], sum(community.residents for community in own), rng)
            for code, own in communities_of.items()
            if own
        ]
    )

    homes: dict[str, BaseGeometry] = {}
    cells: dict[str, BaseGeometry] = {}
    for code, communities_of_street in communities_of.items():
        if not communities_of_street:
            continue
        area = streets[code] if county in WHOLLY_URBAN else _largest(town.intersection(streets[code]))
        codes = [community.code for community in communities_of_street]
        seeds = [points[community] for community in codes if community in points and area.contains(points[community])]
        parts = _divide(area, len(codes), rng, seeds)
        homes.update(zip(codes, parts, strict=True))
    for community, home in homes.items():
        open_grids = [grid for grid in grids if grid.community == community and grid.closed_on is None]
        cells.update(zip((grid.code for grid in open_grids), _divide(home, len(open_grids), rng), strict=True))
    return streets, homes, cells


def _seats(
    plane: BaseGeometry, codes: list[str], points: dict[str, Point], longitude_scale: float, rng: Random
) -> dict[str, Point]:
    """Returns the seats of streets: placed manually, from the source, amid their communities or far from all others."""
    seats: dict[str, Point] = {}
    for code in codes:
        below = [point for area, point in points.items() if area.startswith(code) and area != code]
        if code in SEATS:
            seats[code] = Point(SEATS[code][0] * longitude_scale, SEATS[code][1])
        elif code in points:
            seats[code] = points[code]
        elif below:
            seats[code] = MultiPoint(below).centroid
    inner = plane.buffer(-0.02)
    for code in codes:
        if code not in seats:
            existing = MultiPoint(list(seats.values()))
            seats[code] = max(_random_points(inner, 60, rng), key=existing.distance)
    return seats


def _random_points(area: BaseGeometry, count: int, rng: Random) -> list[Point]:
    west, south, east, north = area.bounds
    points: list[Point] = []
    while len(points) < count:
        point = Point(rng.uniform(west, east), rng.uniform(south, north))
        if area.contains(point):
            points.append(point)
    return points


def _bend_borders(cells: list[BaseGeometry], area: BaseGeometry, rng: Random) -> list[BaseGeometry]:
    """Returns the cells with their common borders bent like rivers and ridges; the area's own border stays."""
    lines = shapely.get_parts(shapely.unary_union([cell.boundary for cell in cells], grid_size=1e-9))
    borders = [
        line
        if line.interpolate(0.5, normalized=True).distance(area.boundary) < 1e-7
        else LineString(_bend(line.coords[0], line.coords[-1], rng))
        for line in lines
    ]
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.unary_union(borders))))
    pieces: list[list[BaseGeometry]] = [[] for _ in cells]
    for face in faces:
        middle = face.representative_point()
        if area.contains(middle):
            nearest = min(range(len(cells)), key=lambda index: cells[index].distance(middle))
            pieces[nearest].append(face)
    return _in_one_piece(pieces)


def _bend(start: tuple, end: tuple, rng: Random) -> list[tuple]:
    """Returns points from start to end, with each stretch displaced at its middle until it is short."""
    length = hypot(end[0] - start[0], end[1] - start[1])
    if length < SHORT_STRETCH:
        return [start, end]
    offset = rng.uniform(-0.13, 0.13)
    middle = (
        (start[0] + end[0]) / 2 + offset * (start[1] - end[1]),
        (start[1] + end[1]) / 2 + offset * (end[0] - start[0]),
    )
    return [*_bend(start, middle, rng)[:-1], *_bend(middle, end, rng)]


def _patch(seat: Point, residents: int, rng: Random) -> BaseGeometry:
    """Returns a rounded, uneven patch around the seat, as large as its residents need."""
    radius = sqrt(residents / RESIDENTS_PER_KM2 / pi) / KM_PER_DEGREE
    waves = [(order, rng.uniform(0.03, 0.14), rng.uniform(0, 2 * pi)) for order in (2, 3, 5)]
    ring = []
    for step in range(48):
        angle = 2 * pi * step / 48
        reach = radius * (1 + sum(size * sin(order * angle + phase) for order, size, phase in waves))
        ring.append((seat.x + reach * cos(angle), seat.y + reach * sin(angle)))
    return Polygon(ring).buffer(0)


def _town(patches: list[BaseGeometry]) -> BaseGeometry:
    """Merges patches that nearly meet into one town, with the wedges between them."""
    return shapely.union_all(patches).buffer(TOWN_GAP).buffer(-TOWN_GAP).simplify(TOWN_GAP / 60)


def _divide(area: BaseGeometry, count: int, rng: Random, seeds: Sequence[Point] = ()) -> list[BaseGeometry]:
    """Divides the area into `count` parts of similar size, by three rounds of Lloyd's relaxation of the seeds."""
    if count == 1:
        return [area]
    points = [*seeds, *_random_points(area, count - len(seeds), rng)]
    for _ in range(3):
        points = [
            cell.centroid if cell.contains(cell.centroid) else cell.representative_point()
            for cell in _cells(area, points)
        ]
    return _cells(area, points)


def _cells(area: BaseGeometry, points: list[Point]) -> list[BaseGeometry]:
    """Returns the Voronoi cells of the points within the area, in the order of the points."""
    if len(points) == 1:
        return [area]
    diagram = shapely.voronoi_polygons(MultiPoint(points), extend_to=area.envelope, ordered=True)
    return _in_one_piece([shapely.get_parts(area.intersection(cell)) for cell in shapely.get_parts(diagram)])


def _in_one_piece(pieces: Sequence[Sequence[BaseGeometry]]) -> list[BaseGeometry]:
    """Returns one cell for each list of pieces: the largest piece; smaller ones go to a neighbour."""
    sorted_pieces = [sorted(parts, key=lambda part: part.area) for parts in pieces]
    cells = [parts[-1] for parts in sorted_pieces]
    merged = [[cell] for cell in cells]
    for index, parts in enumerate(sorted_pieces):
        for piece in parts[:-1]:
            touching = [cell.intersection(piece.buffer(1e-7)).area for cell in cells]
            # An exclave touches no cell and stays with its own.
            merged[touching.index(max(touching)) if max(touching) else index].append(piece)
    return [parts[0] if len(parts) == 1 else shapely.union_all(parts, grid_size=1e-9) for parts in merged]


def _largest(area: BaseGeometry) -> BaseGeometry:
    return max(shapely.get_parts(area), key=lambda part: part.area)


def _to_degrees(cell: BaseGeometry, longitude_scale: float) -> BaseGeometry:
    return scale(cell, 1 / longitude_scale, 1, origin=(0, 0))


def _network(areas: list[BaseGeometry]) -> BaseGeometry:
    """Returns all borders, cut where they meet, with every vertex rounded to PRECISION."""
    return shapely.unary_union([area.boundary for area in areas], grid_size=PRECISION)


def _feature(key: str, code: str, area: BaseGeometry) -> dict:
    # GeoJSON (RFC 7946) requires counter-clockwise exterior rings.
    geometry = shapely.set_precision(shapely.orient_polygons(area), PRECISION, mode="pointwise")
    return {"type": "Feature", "properties": {key: code}, "geometry": _round_coordinates(mapping(geometry))}


def _round_coordinates(geometry: dict) -> dict:
    def walk(value):
        if isinstance(value[0], tuple):
            return [walk(part) for part in value]
        return [round(number, 6) for number in value]

    return {"type": geometry["type"], "coordinates": walk(geometry["coordinates"])}
