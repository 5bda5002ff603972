"""Boundaries: those accepted, those repaired, and parents derived from their children."""

import json

import polars as pl
import pytest
import shapely

from tests.helpers.ingest.ingest_source import RURAL, URBAN, counts, ingest_files, problem_cells

GRIDS = f"网格编码,社区代码,网格名称,网格性质,户数\nG1,{URBAN},一,居民网格,1\n"


def square(west, south, size=0.01):
    east, north = west + size, south + size
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def feature(coordinates, kind="Polygon", **properties):
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def shapes(tmp_path, *features):
    text = json.dumps({"type": "FeatureCollection", "features": features})
    return ingest_files(tmp_path, {"shapes.geojson": text, "网格.csv": GRIDS})


def test_an_area_and_a_grid(tmp_path):
    intake = shapes(
        tmp_path,
        feature(square(107.6, 35.7), area_code=URBAN),
        feature([square(107.6, 35.7, 0.001), square(107.7, 35.7, 0.001)], "MultiPolygon", grid_code="G1"),
    )
    sent_shapes = intake.tables["shapes"].filter(~pl.col("is_derived"))
    columns = ("code", "kind", "lon", "lat", "source_district", "source_file", "source_row")
    assert sent_shapes.select(columns).row(0) == (URBAN, "area", 107.605, 35.705, "西峰区", "shapes.geojson", 1)
    assert sent_shapes.select("min_lon", "min_lat", "max_lon", "max_lat").rows() == [
        (107.6, 35.7, 107.61, 35.71),
        (107.6, 35.7, 107.701, 35.701),
    ]
    assert sent_shapes["kind"].to_list() == ["area", "grid"]
    assert counts(intake, "shapes") == (2, 2, 0, 0)


def test_coordinates_are_rounded_to_six_decimals(tmp_path):
    intake = shapes(tmp_path, feature(square(107.12345678, 35.7), area_code=URBAN))
    assert "107.123457" in intake.tables["shapes"]["geometry"][0]
    assert "107.1234567" not in intake.tables["shapes"]["geometry"][0]


def test_a_polygon_that_crosses_itself_is_repaired(tmp_path):
    bow = [[[107.0, 35.0], [107.1, 35.1], [107.1, 35.0], [107.0, 35.1], [107.0, 35.0]]]
    intake = shapes(tmp_path, feature(bow, area_code=URBAN))
    geometry = shapely.from_geojson(intake.tables["shapes"]["geometry"][0])
    assert geometry.is_valid and geometry.geom_type == "MultiPolygon"
    assert geometry.area == pytest.approx(0.005)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (feature([107.6, 35.7], "Point", area_code=URBAN), "边界不是有效的 Polygon 或 MultiPolygon"),
        (feature([[[107, 35], [107, 36], [107, 35]]], area_code=URBAN), "边界不是有效的 Polygon 或 MultiPolygon"),
        (feature([], area_code=URBAN), "边界不是有效的 Polygon 或 MultiPolygon"),
        (feature(square(500000, 3950000, 100), area_code=URBAN), "边界的坐标不是经纬度"),
        (feature(square(107.6, 35.7), area_code=URBAN, grid_code="G1"), "一个边界要有 area_code 或 grid_code 之一"),
        (feature(square(107.6, 35.7), name="东湖社区"), "一个边界要有 area_code 或 grid_code 之一"),
        (feature(square(107.6, 35.7), area_code="621002001999"), "编码 '621002001999' 不在已接受的行政区划里"),
        (feature(square(107.6, 35.7), grid_code="G9"), "网格编码 'G9' 不在已接受的网格里"),
        ({"type": "Feature", "properties": {"area_code": URBAN}, "geometry": None}, "边界为空，而这一列必填"),
    ],
)
def test_a_bad_geometry_is_refused(tmp_path, wrong, reason):
    intake = shapes(tmp_path, feature(square(107.6, 35.7), area_code=RURAL), wrong)
    assert intake.rejects["row_number"].to_list() == [2]
    assert intake.rejects["reason_zh"].item().startswith(reason)
    assert counts(intake, "shapes") == (2, 1, 1, 0)


def test_the_rejection_list_shows_where_a_geometry_begins(tmp_path):
    line = [[107 + place / 100, 35.0] for place in range(100)]
    intake = shapes(tmp_path, feature(line, "LineString", area_code=URBAN))
    ((row, column, value),) = problem_cells(intake)
    assert (row, column, len(value)) == (1, "geometry", 60)


def test_repeats_and_conflicts(tmp_path):
    intake = shapes(
        tmp_path,
        feature(square(107.6, 35.7), area_code=URBAN),
        feature(square(107.6, 35.7), area_code=URBAN),
        feature(square(107.6, 35.7), area_code=RURAL),
        feature(square(107.7, 35.7), area_code=RURAL),
    )
    assert counts(intake, "shapes") == (4, 1, 2, 1)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        "[]",
        '{"features": [1]}',
        '{"features": [{"geometry": null}]}',
        '{"features": [{"properties": [1], "geometry": null}]}',
    ],
)
def test_a_file_that_is_no_feature_collection(tmp_path, text):
    intake = ingest_files(tmp_path, {"shapes.geojson": text})
    assert intake.files["status"].to_list() == ["failed", "loaded"]
    assert intake.files["message_zh"][0].startswith("不是 GeoJSON 要素集合")


def test_parents_are_derived_from_their_children(tmp_path):
    intake = shapes(
        tmp_path,
        feature(square(107.60, 35.7), area_code=URBAN),
        feature(square(107.61, 35.7), area_code=RURAL),
        feature(square(107.0, 35.0, 1), area_code="621002"),
    )
    derived = intake.tables["shapes"].filter("is_derived")
    # The street is derived from its two communities, city and province from the county, which has its own shape.
    assert derived.select("code", "kind", "source_file", "min_lon", "max_lon").rows() == [
        ("621002001", "area", None, 107.6, 107.62),
        ("621000", "area", None, 107.0, 108.0),
        ("62", "area", None, 107.0, 108.0),
    ]
    street = shapely.from_geojson(derived["geometry"][0])
    assert street.geom_type == "Polygon" and street.area == pytest.approx(0.0002)


def test_no_shapes_at_all(tmp_path):
    shapes_table = ingest_files(tmp_path, {}).tables["shapes"]
    assert shapes_table.is_empty()
    assert {"code", "kind", "geometry", "lon", "lat", "is_derived"} <= set(shapes_table.columns)


def test_last_good_shapes_replace_a_damaged_file_without_the_derived_ones(tmp_path):
    before = shapes(tmp_path / "a", feature(square(107.60, 35.7), area_code=URBAN)).tables["shapes"]
    intake = ingest_files(tmp_path / "b", {"shapes.geojson": "坏了"}, last_good=lambda _district, _table: before)
    assert intake.tables["shapes"].equals(before)
    assert intake.files.filter(pl.col("file") == "shapes.geojson").select("status", "rows_read").rows() == [
        ("stale", 1)
    ]
