"""Hatches polygons: diagonal lines over an area whose number is held, so that it is not read as one without data."""

from __future__ import annotations

import shapely

from pages.ui.maps.geometry import Shape, View

# Pixels between two lines.
_STEP = 9
Line = list[tuple[float, float]]


def lines(shape: Shape, view: View) -> list[Line]:
    """Returns diagonal lines inside a shape, each as points in degrees."""
    west, south, east, north = shape.bounds
    height, step = north - south, _STEP * view.degrees_per_pixel
    starts = (west - height + step * index for index in range(int((east - west + height) / step) + 1))
    diagonals = shapely.MultiLineString([[(start, south), (start + height, north)] for start in starts])
    inside = shapely.intersection(shapely.from_geojson(shape.geometry), diagonals)
    return [list(line.coords) for line in shapely.get_parts(inside) if line.geom_type == "LineString"]
