"""Boundaries that contradict each other: squares whose shares are worked out by hand."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
import shapely

from etl.ingest.boundaries.topology import find_faults

# A community's square lies about here; one step is about ten metres.
WEST, SOUTH, STEP = 107.6, 35.7, 0.0001
GRID_COLUMNS = {"grid_code": pl.String, "community_code": pl.String, "grid_type": pl.String, "closed_on": pl.Date}


def box(left: float, bottom: float, right: float, top: float) -> str:
    """Returns the GeoJSON of a rectangle, its sides in steps."""
    corners = WEST + left * STEP, SOUTH + bottom * STEP, WEST + right * STEP, SOUTH + top * STEP
    return shapely.to_geojson(shapely.box(*corners))


def shapes(grids: dict[str, str], communities: dict[str, str] | None = None) -> pl.DataFrame:
    rows = [(code, "grid", geometry) for code, geometry in grids.items()]
    rows += [(code, "area", geometry) for code, geometry in (communities or {}).items()]
    return pl.DataFrame(rows, schema={"code": pl.String, "kind": pl.String, "geometry": pl.String}, orient="row")


def grids(*rows: tuple) -> pl.DataFrame:
    """Builds rows of (grid_code, community_code, grid_type, closed_on); the last two default to residential and open."""
    default = ("residential", None)
    full = [(*row, *default[len(row) - 2 :]) for row in rows]
    return pl.DataFrame(full, schema=GRID_COLUMNS, orient="row")


def findings(polygons: pl.DataFrame, listed: pl.DataFrame) -> list[tuple]:
    return find_faults(polygons, listed).rows()


@pytest.mark.parametrize(
    ("overlap", "expected"),
    [
        (100, [("overlap", "C", "A", "B", 100.0)]),
        (25, [("overlap", "C", "A", "B", 25.0)]),
        (1.2, [("overlap", "C", "A", "B", 1.2)]),
        (0.9, []),
        (0, []),
        (-10, []),
    ],
)
def test_two_grids_overlap_by_a_share_of_the_smaller(overlap, expected):
    # A is twice as wide as B; B overlaps it by `overlap` percent of B's own width.
    polygons = shapes({"A": box(0, 0, 200, 100), "B": box(200 - overlap, 0, 300 - overlap, 100)})
    assert findings(polygons, grids(("A", "C"), ("B", "C"))) == expected


def test_an_overlap_across_communities_is_listed_under_the_first():
    polygons = shapes({"A": box(0, 0, 100, 100), "B": box(50, 0, 150, 100)})
    assert findings(polygons, grids(("A", "D"), ("B", "C"))) == [("overlap", "C", "B", "A", 50.0)]


def test_each_pair_of_three_is_listed_once():
    square = box(0, 0, 100, 100)
    polygons = shapes(dict.fromkeys("ABC", square))
    pairs = findings(polygons, grids(*((code, "K") for code in "BCA")))
    assert [(first, second) for _, _, first, second, _ in pairs] == [("A", "B"), ("A", "C"), ("B", "C")]


def test_a_grid_of_another_kind_may_lie_over_residential_ones():
    polygons = shapes({"A": box(0, 0, 100, 100), "B": box(0, 0, 50, 100), "S": box(0, 0, 10, 10)})
    kinds = (("A", "C"), ("B", "C", "business"), ("S", "C", "special"))
    assert findings(polygons, grids(*kinds)) == []
    assert findings(polygons, grids(kinds[0], kinds[1], ("S", "C", "business"))) == [("overlap", "C", "B", "S", 100.0)]


def test_a_closed_grid_overlaps_nothing_and_covers_nothing():
    polygons = shapes({"A": box(0, 0, 50, 100), "B": box(0, 0, 100, 100)}, {"C": box(0, 0, 100, 100)})
    closed = ("B", "C", "residential", date(2024, 5, 1))
    assert findings(polygons, grids(("A", "C"), closed)) == [("gap", "C", None, None, 50.0)]
    assert findings(polygons, grids(closed)) == []


@pytest.mark.parametrize(
    ("covered", "expected"), [(97.5, [("gap", "C", None, None, 2.5)]), (98.2, []), (100, []), (130, [])]
)
def test_a_gap_is_a_share_of_the_community(covered, expected):
    polygons = shapes({"A": box(0, 0, 40, 100), "B": box(40, 0, covered, 100)}, {"C": box(0, 0, 100, 100)})
    assert findings(polygons, grids(("A", "C"), ("B", "C"))) == expected


def test_every_kind_of_grid_covers_but_those_of_another_community_do_not():
    ground = {"C": box(0, 0, 100, 100), "D": box(100, 0, 200, 100)}
    polygons = shapes({"A": box(0, 0, 60, 100), "B": box(60, 0, 100, 100), "E": box(60, 0, 200, 100)}, ground)
    assert findings(polygons, grids(("A", "C"), ("B", "C", "business"), ("E", "D"))) == []
    assert findings(polygons, grids(("A", "C"), ("E", "D"))) == [("gap", "C", None, None, 40.0)]


def test_a_hole_in_the_middle_is_a_gap():
    ring = shapely.difference(shapely.from_geojson(box(0, 0, 100, 100)), shapely.from_geojson(box(40, 40, 60, 60)))
    polygons = shapes({"A": shapely.to_geojson(ring)}, {"C": box(0, 0, 100, 100)})
    assert findings(polygons, grids(("A", "C"))) == [("gap", "C", None, None, 4.0)]


def test_hairlines_between_borders_drawn_twice_are_no_fault():
    # Each border is off by a tenth of a metre, one inwards and one outwards.
    polygons = shapes({"A": box(0, 0, 50.01, 100), "B": box(50, 0.01, 100, 100)}, {"C": box(-0.01, 0, 100.01, 100.01)})
    assert findings(polygons, grids(("A", "C"), ("B", "C"))) == []


def test_without_polygons_nothing_is_reported():
    without_grids = shapes({}, {"C": box(0, 0, 100, 100)})
    for polygons, listed in (
        (without_grids, grids(("A", "C"))),
        (shapes({}), grids()),
        (shapes({"A": box(0, 0, 1, 1)}), grids(("A", "C"))),
    ):
        rows = find_faults(polygons, listed)
        assert rows.is_empty()
        assert rows.columns == ["kind", "community_code", "grid_code", "other_grid_code", "share"]
