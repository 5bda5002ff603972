"""Boundaries: real counties, and below them invented streets, communities and grids that tile exactly.

Streets are the cells nearest to each street's seat. Communities share a round built-up area about the seat
(the whole street where everything is urban), grids share their community. All borders of a county are cut
into one network of lines on a grid of 0.000001 degree, and every shape is a union of its faces: that is why
neighbours share each vertex and leave neither gap nor overlap.
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

from data.generator.areas import REFERENCE, Community, divisions
from data.generator.grids import Grid

PRECISION = 1e-6  # degrees, about 0.1 m
KM_PER_DEGREE = 111.32
RESIDENTS_PER_KM2 = 7500  # of the built-up area of a county town
SHORT_STRETCH = 0.01  # degrees of latitude: finer bends are not drawn
TOWN_GAP = 0.012  # degrees of latitude: patches up to twice this apart grow together
# Seats of streets that have no coordinates in the source and lie close together in a town: set by eye.
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
    """Real boundaries by county code, WGS84."""
    with open(REFERENCE / "county_boundaries.geojson", encoding="utf-8") as file:
        features = json.load(file)["features"]
    return {feature["properties"]["area_code"]: shape(feature["geometry"]) for feature in features}


def county_features(county: str, communities: list[Community], grids: list[Grid], seed: int) -> list[dict]:
    """GeoJSON features of a county and everything below it; closed grids have none."""
    rng = Random(f"{seed}/shapes/{county}")
    boundary = county_boundaries()[county]
    # Distances are taken in a plane where a degree is as long northwards as eastwards.
    narrow = cos(radians(boundary.centroid.y))
    plane = scale(boundary, narrow, 1, origin=(0, 0))
    streets, homes, cells = _layout(county, plane, narrow, communities, grids, rng)
    network = _network(
        [boundary, *(_back(cell, narrow) for layer in (streets, homes, cells) for cell in layer.values())]
    )
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(network)))
    middles = [scale(face.representative_point(), narrow, 1, origin=(0, 0)) for face in faces]

    features = [_feature("area_code", county, boundary)]
    for key, layer in (("area_code", streets), ("area_code", homes), ("grid_code", cells)):
        for code, cell in layer.items():
            inside = shapely.contains(cell, middles)
            features.append(
                _feature(
                    key,
                    code,
                    shapely.coverage_union_all([face for face, within in zip(faces, inside, strict=True) if within]),
                )
            )
    return features


def _layout(
    county: str, plane: BaseGeometry, narrow: float, communities: list[Community], grids: list[Grid], rng: Random
) -> tuple[dict[str, BaseGeometry], ...]:
    """Streets, communities and grids in the plane, not yet sharing their vertices."""
    rows = [row for row in divisions() if row["area_code"][:6] == county]
    known = {row["area_code"]: Point(float(row["lon"]) * narrow, float(row["lat"])) for row in rows if row["lon"]}
    street_codes = [row["area_code"] for row in rows if row["level"] == "street"]
    seats = _seats(plane, street_codes, known, narrow, rng)
    street_cells = _cells(plane, [seats[code] for code in street_codes])
    streets = dict(zip(street_codes, _winding(street_cells, plane, rng), strict=True))
    own_communities = {code: [one for one in communities if one.street == code] for code in street_codes}
    town = _town(
        [_patch(seats[code], sum(one.residents for one in own), rng) for code, own in own_communities.items() if own]
    )

    homes: dict[str, BaseGeometry] = {}
    cells: dict[str, BaseGeometry] = {}
    for code, own in own_communities.items():
        if not own:
            continue
        within = streets[code] if county in WHOLLY_URBAN else _largest(town.intersection(streets[code]))
        seeds = [known[one.code] for one in own if one.code in known and within.contains(known[one.code])]
        parts = _divide(within, len(own), rng, seeds)
        homes.update(zip((one.code for one in own), parts, strict=True))
    for community, home in homes.items():
        own_grids = [grid for grid in grids if grid.community == community and grid.closed_on is None]
        cells.update(zip((grid.code for grid in own_grids), _divide(home, len(own_grids), rng), strict=True))
    return streets, homes, cells


def _seats(
    plane: BaseGeometry, codes: list[str], known: dict[str, Point], narrow: float, rng: Random
) -> dict[str, Point]:
    """Seats of streets: from the source, the middle of its communities, by eye, or far from all others."""
    seats: dict[str, Point] = {}
    for code in codes:
        below = [point for area, point in known.items() if area.startswith(code) and area != code]
        if code in SEATS:
            seats[code] = Point(SEATS[code][0] * narrow, SEATS[code][1])
        elif code in known:
            seats[code] = known[code]
        elif below:
            seats[code] = MultiPoint(below).centroid
    inner = plane.buffer(-0.02)
    for code in codes:
        if code not in seats:
            placed = MultiPoint(list(seats.values()))
            seats[code] = max(_random_points(inner, 60, rng), key=placed.distance)
    return seats


def _random_points(area: BaseGeometry, count: int, rng: Random) -> list[Point]:
    west, south, east, north = area.bounds
    points: list[Point] = []
    while len(points) < count:
        point = Point(rng.uniform(west, east), rng.uniform(south, north))
        if area.contains(point):
            points.append(point)
    return points


def _winding(cells: list[BaseGeometry], area: BaseGeometry, rng: Random) -> list[BaseGeometry]:
    """The cells, their common borders bent as rivers and ridges bend them; the area's own border stays."""
    lines = shapely.get_parts(shapely.unary_union([cell.boundary for cell in cells], grid_size=1e-9))
    bent = [
        line
        if line.interpolate(0.5, normalized=True).distance(area.boundary) < 1e-7
        else LineString(_bent(line.coords[0], line.coords[-1], rng))
        for line in lines
    ]
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.unary_union(bent))))
    own: list[list[BaseGeometry]] = [[] for _ in cells]
    for face in faces:
        middle = face.representative_point()
        if area.contains(middle):
            nearest = min(range(len(cells)), key=lambda index: cells[index].distance(middle))
            own[nearest].append(face)
    return _in_one_piece(own)


def _bent(start: tuple, end: tuple, rng: Random) -> list[tuple]:
    """Points from start to end, each stretch pushed aside at its middle until it is short."""
    length = hypot(end[0] - start[0], end[1] - start[1])
    if length < SHORT_STRETCH:
        return [start, end]
    aside = rng.uniform(-0.13, 0.13)
    middle = (
        (start[0] + end[0]) / 2 + aside * (start[1] - end[1]),
        (start[1] + end[1]) / 2 + aside * (end[0] - start[0]),
    )
    return [*_bent(start, middle, rng)[:-1], *_bent(middle, end, rng)]


def _patch(seat: Point, residents: int, rng: Random) -> BaseGeometry:
    """A rounded, uneven patch about the seat, as large as its residents need."""
    radius = sqrt(residents / RESIDENTS_PER_KM2 / pi) / KM_PER_DEGREE
    waves = [(order, rng.uniform(0.03, 0.14), rng.uniform(0, 2 * pi)) for order in (2, 3, 5)]
    ring = []
    for step in range(48):
        angle = 2 * pi * step / 48
        reach = radius * (1 + sum(size * sin(order * angle + phase) for order, size, phase in waves))
        ring.append((seat.x + reach * cos(angle), seat.y + reach * sin(angle)))
    return Polygon(ring).buffer(0)


def _town(patches: list[BaseGeometry]) -> BaseGeometry:
    """Patches that nearly meet are one town: the wedges between them are built up too."""
    return shapely.union_all(patches).buffer(TOWN_GAP).buffer(-TOWN_GAP).simplify(TOWN_GAP / 60)


def _divide(area: BaseGeometry, count: int, rng: Random, seeds: Sequence[Point] = ()) -> list[BaseGeometry]:
    """`count` parts of like size that tile the area: three rounds of Lloyd's relaxation even the seeds."""
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
    """Voronoi cells of the points within the area, in the order of the points."""
    if len(points) == 1:
        return [area]
    diagram = shapely.voronoi_polygons(MultiPoint(points), extend_to=area.envelope, ordered=True)
    return _in_one_piece([shapely.get_parts(area.intersection(cell)) for cell in shapely.get_parts(diagram)])


def _in_one_piece(pieces: Sequence[Sequence[BaseGeometry]]) -> list[BaseGeometry]:
    """Cells of the pieces given for each: where the area cut one in two, the lesser goes to a neighbour."""
    sorted_pieces = [sorted(parts, key=lambda part: part.area) for parts in pieces]
    cells = [parts[-1] for parts in sorted_pieces]
    merged = [[cell] for cell in cells]
    for index, parts in enumerate(sorted_pieces):
        for piece in parts[:-1]:
            touching = [cell.intersection(piece.buffer(1e-7)).area for cell in cells]
            # An exclave touches nothing and stays with its cell.
            merged[touching.index(max(touching)) if max(touching) else index].append(piece)
    return [parts[0] if len(parts) == 1 else shapely.union_all(parts, grid_size=1e-9) for parts in merged]


def _largest(area: BaseGeometry) -> BaseGeometry:
    return max(shapely.get_parts(area), key=lambda part: part.area)


def _back(cell: BaseGeometry, narrow: float) -> BaseGeometry:
    return scale(cell, 1 / narrow, 1, origin=(0, 0))


def _network(areas: list[BaseGeometry]) -> BaseGeometry:
    """All borders, cut where they meet, every vertex on the grid of PRECISION."""
    return shapely.unary_union([area.boundary for area in areas], grid_size=PRECISION)


def _feature(key: str, code: str, area: BaseGeometry) -> dict:
    # GeoJSON (RFC 7946) wants exterior rings counter-clockwise.
    tidy = shapely.set_precision(shapely.orient_polygons(area), PRECISION, mode="pointwise")
    return {"type": "Feature", "properties": {key: code}, "geometry": _rounded(mapping(tidy))}


def _rounded(geometry: dict) -> dict:
    def walk(value):
        if isinstance(value[0], tuple):
            return [walk(part) for part in value]
        return [round(number, 6) for number in value]

    return {"type": geometry["type"], "coordinates": walk(geometry["coordinates"])}
