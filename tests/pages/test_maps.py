"""Maps, asserted from the data that goes to the browser: polygons, colours, labels, squares."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import pytest
import shapely
from starlette.responses import Response
from starlette.routing import Route, Router

from etl.build.build import build
from pages.meeting import shows
from pages.server.delivery import map_features as drawn
from pages.server.security.authentication import AccessMiddleware
from pages.ui.maps import geometry as map_geometry
from pages.ui.maps import labels, maps, venues
from pages.ui.maps.labels import Label
from pages.ui.maps.scale import Scale
from pages.ui.theme.colours import readable_on, rgb
from pages.ui.theme.theme import DARK, LIGHT
from sql import query, warehouse
from sql.paths import PROJECT
from sql.semantic.metrics import metric
from sql.semantic.periods import Period
from sql.semantic.readings import with_status
from sql.semantic.scope import Scope
from sql.warehouse import Version
from tests.helpers.warehouse.world import record_nothing

# All places; a province with one city; a city; a county; a street.
LEVELS = [None, "620000", "621000", "621022", "370705", "370705009", "621002001"]
COMMUNITY = "621002001001"


def scope(version: Version, area: str | None) -> Scope:
    return Scope(version, area, Period.parse("2026", version.data_month))


def decks(test) -> list[dict]:
    """Returns the pydeck charts of a page, in order."""
    return [json.loads(chart.proto.json) for chart in test.get("deck_gl_json_chart")]


def layer(deck: dict, name: str) -> dict:
    return next(layer for layer in deck["layers"] if layer["id"] == name)


def fetched(address: str) -> Response:
    """Returns a browser's response for an address on a map."""
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    served = AccessMiddleware(Router([Route("/drawn/{name}", drawn.serve)]))
    scope = {"type": "http", "method": "GET", "path": f"/{address}", "query_string": b"", "headers": []}
    # In a separate thread: an open browser has this thread's event loop running.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, served(scope, None, send)).result()
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Response(b"".join(message["body"] for message in sent[1:]), sent[0]["status"], headers)


def properties(deck: dict) -> dict[str, dict]:
    """Returns the data that every polygon carries, by its code."""
    features = json.loads(gzip.decompress(fetched(layer(deck, "areas")["data"]).body))["features"]
    return {feature["properties"]["code"]: feature["properties"] for feature in features}


def page(app, name: str, area: str | None, **parameters: str):
    test = app(name, **({"area": area} if area else {}), **parameters)
    assert not test.exception and not test.error
    return test


@pytest.fixture(scope="module")
def without_shapes(tmp_path_factory: pytest.TempPathFactory, demo: Version) -> Version:
    """Builds 洪洞县 as a district that has sent no boundaries."""
    source = tmp_path_factory.mktemp("source")
    for district in ("洪洞县", "上级区划"):
        shutil.copytree(PROJECT / "data" / "demo" / district, source / district)
    (source / "洪洞县" / "shapes.geojson").unlink()
    folder = tmp_path_factory.mktemp("warehouse")
    build(source, folder)
    return warehouse.current_version(folder)


@pytest.mark.parametrize("area", LEVELS)
def test_polygons_are_the_areas_below(app, demo, area):
    polygons = properties(decks(page(app, "coverage", area))[0])
    assert set(polygons) == {child.code for child in scope(demo, area).children()}


@pytest.mark.parametrize("area", ["621000", "370705", "370785"])
@pytest.mark.parametrize("name", ["staffing_ratio", "staffing_gap", "facility_area_per_100_households"])
def test_colours_are_on_their_side_of_the_standard(app, demo, area, name):
    subject, at = metric(name, demo), scope(demo, area)
    rows = with_status(subject.rows(at, by=at.child_level), subject)
    polygons = properties(decks(page(app, "coverage", area, metric=name))[0])
    seen = set()
    for row in rows.iter_rows(named=True):
        fill = polygons[row[at.child_level]]["fill"]
        seen.add(row["status"])
        assert {
            "below": fill[0] > fill[1],
            "on_target": fill[1] > fill[0],
            "none": fill == rgb(LIGHT.diverging[1]),
            "no_data": fill == rgb(LIGHT.no_data),
        }[row["status"]], row
    assert seen & {"below", "on_target"}


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_further_from_the_standard_is_stronger(demo, palette):
    subject, at = metric("staffing_ratio", demo), scope(demo, "621000")
    rows = with_status(subject.rows(at, by="county"), subject).sort("value")
    scale = Scale.of(rows, subject, palette)
    middle = rgb(palette.diverging[1])
    below = [row for row in rows.iter_rows(named=True) if row["status"] == "below"]
    strengths = [
        sum(
            abs(a - b)
            for a, b in zip(rgb(scale.fill(row["value"], row["standard"], row["status"])), middle, strict=True)
        )
        for row in below
    ]
    assert strengths == sorted(strengths, reverse=True)
    assert scale.fill(below[0]["value"], below[0]["standard"], "below") == palette.diverging[0]
    assert scale.fill(None, 18.0, "no_data") == palette.no_data


def test_without_a_standard_little_is_light_and_much_is_dark(app, demo):
    at = scope(demo, "621000")
    rows = metric("residents", demo).rows(at, by="county").sort("value")
    deck = decks(page(app, "coverage", "621000", metric="residents"))[0]
    polygons = properties(deck)
    assert polygons[rows["county"][0]]["fill"] == rgb(LIGHT.sequence[0])
    assert polygons[rows["county"][-1]]["fill"] == rgb(LIGHT.sequence[1])


def test_tooltip_says_name_value_standard_and_status(app):
    polygon = properties(decks(page(app, "coverage", "621000", metric="staffing_ratio"))[0])["621022"]
    assert polygon["name"] == "环县"
    assert polygon["tooltip"] == "每万名城镇常住人口社区工作者 9.4 人\n▼ 未达标 · 标准 18"


def test_labels_carry_the_symbol_and_their_letters_are_loaded(app):
    deck = decks(page(app, "coverage", "621000", metric="staffing_ratio"))[0]
    names, values = layer(deck, "names"), layer(deck, "values")
    assert "环县" in [row["text"] for row in names["data"]]
    assert "▼ 9.4" in [row["text"] for row in values["data"]]
    assert "● 18.3" in [row["text"] for row in values["data"]]
    for texts in (names, values):
        assert {letter for row in texts["data"] for letter in row["text"]} == set(texts["characterSet"])


@pytest.mark.parametrize("area", [None, "621000", "370705"])
def test_nothing_is_requested_from_another_machine(app, area):
    for deck in decks(page(app, "coverage", area)):
        # Streamlit replaces this placeholder; a style of None would fetch one.
        assert deck.pop("mapStyle") == "__MAP_STYLE__"
        assert "mapProvider" not in deck
        text = json.dumps(deck).lower()
        assert "http" not in text and "token" not in text and "mapbox" not in text


def test_small_places_have_dots_to_hit(app, demo):
    deck = decks(page(app, "coverage", None))[0]
    dots = layer(deck, "places")["data"]
    assert {dot["name"] for dot in dots} == {"奎文区", "高密市", "洪洞县"}
    assert {row["text"] for row in layer(deck, "names")["data"]} == {"奎文区", "高密市", "洪洞县", "庆阳市"}


@pytest.mark.parametrize("area", [None, "621000", "621022", "370705009"])
@pytest.mark.parametrize("width", [320, 460, 1000])
def test_the_view_shows_every_polygon_at_every_width(demo, area, width):
    at = scope(demo, area)
    shapes = map_geometry.shapes(at, [child.code for child in at.children()])
    view = map_geometry.fit([shape.bounds for shape in shapes.values()], width)
    for shape in shapes.values():
        west, south, east, north = shape.bounds
        left, top = view.pixels(west, north)
        right, bottom = view.pixels(east, south)
        assert 0 <= left < right <= width and 0 <= top < bottom <= view.height
    assert view.height <= 560


def test_labels_do_not_overlap(demo):
    at = scope(demo, "370705009")
    shapes = map_geometry.shapes(at, [child.code for child in at.children()])
    view = map_geometry.fit([shape.bounds for shape in shapes.values()], 460)
    pairs = [(Label("某某社区", "▼ 12.3", "▼", "#ffffff"), shape) for shape in shapes.values()]
    names, values = labels.place_inside(pairs, view)
    middles = [view.pixels(*row["position"]) for row in names]
    assert 0 < len(names) < len(values) <= len(pairs)
    for number, (x, y) in enumerate(middles):
        assert all(abs(x - other) >= 50 or abs(y - down) >= 30 for other, down in middles[:number])


def test_neighbours_share_their_simplified_corners(demo):
    at = scope(demo, "621000")
    shapes = map_geometry.shapes(at, [child.code for child in at.children()])
    view = map_geometry.fit([shape.bounds for shape in shapes.values()], 460)

    def corners(geometry: dict) -> set[tuple[float, float]]:
        return set(map(tuple, shapely.get_coordinates(shapely.from_geojson(json.dumps(geometry))).tolist()))

    here, there = (corners(map_geometry.simplify(shapes[code], view)) for code in ("621022", "621023"))
    assert len(here & there) > 10
    assert len(json.dumps(map_geometry.simplify(shapes["621022"], view))) < 0.9 * len(shapes["621022"].geometry)


def test_areas_without_shapes_are_squares_in_a_fixed_order(without_shapes):
    at = scope(without_shapes, "141024")
    codes = [child.code for child in at.children()]
    shapes = map_geometry.shapes(at, codes)
    assert list(shapes) == codes and all(shape.is_tile for shape in shapes.values())
    assert map_geometry.shapes(at, codes) == shapes
    tops = [(-shape.bounds[3], shape.bounds[0]) for shape in shapes.values()]
    assert tops == sorted(tops) and len(set(tops)) == len(codes)


def test_page_without_shapes_says_so(app, without_shapes, monkeypatch):
    monkeypatch.setenv("LINLI_WAREHOUSE", str(without_shapes.path.parents[1]))
    test = page(app, "coverage", "141024")
    children = scope(without_shapes, "141024").children()
    assert set(properties(decks(test)[0])) == {child.code for child in children}
    assert any("以方格示意" in caption.value for caption in test.caption)


def test_a_missing_shape_is_listed_beneath_the_others(demo):
    at = scope(demo, "621000")
    known = [child.code for child in at.children()]
    shapes = map_geometry.shapes(at, [*known, "not drawn anywhere"])
    assert shapes["not drawn anywhere"].is_tile
    assert shapes["not drawn anywhere"].bounds[3] < min(shapes[code].bounds[1] for code in known)


@pytest.mark.parametrize("area", ["370705", "370705009", COMMUNITY])
def test_grid_map_marks_every_grid_without_a_leader(app, demo, area):
    at = scope(demo, area)
    deck = decks(page(app, "coverage", area))[-1]
    polygons = properties(deck)
    assert len(polygons) == metric("grids", demo).value(at)
    without = [polygon for polygon in polygons.values() if polygon["fill"] == rgb(LIGHT.diverging[0])]
    assert len(without) == metric("grids_without_leader", demo).value(at)
    assert all("▼" in polygon["tooltip"] for polygon in without)


def test_grids_too_far_apart_are_squares(app, demo):
    test = page(app, "coverage", "621022")
    assert len(properties(decks(test)[-1])) == 83
    assert any("以方格示意" in caption.value for caption in test.caption)


def test_grid_list_is_worst_first_and_agrees_with_the_metrics(demo):
    at = scope(demo, "621000")
    rows = query("grids_at_month_end", at)
    assert rows.height == metric("grids", demo).value(at) == 690
    without = metric("grids_without_leader", demo).value(at)
    assert rows["has_leader"][: int(without)].to_list() == [False] * int(without)
    assert rows["has_leader"][int(without) :].all()
    staffed = rows.filter(rows["leaders"] + rows["members"] > 0).height
    assert staffed == metric("grids_staffed", demo).value(at)


def test_headline_names_where_most_are_missing(app):
    title = page(app, "coverage", "621000").title[0].value
    assert title == "庆阳市的 690 个网格中 23 个没有网格长，西峰区最多（9 个）。"


def test_titles_of_maps_are_true(demo):
    def title(area: str, name: str) -> str:
        at, subject = scope(demo, area), metric(name, demo)
        level = at.child_level
        rows = with_status(subject.rows(at, by=level), subject)
        return maps.headline(rows.rename({level: "code", f"{level}_name": "name"}), subject)

    assert title("621000", "staffing_ratio") == "环县、宁县差距最大，只有华池县达标"
    assert title("621000", "residents") == "西峰区最多，华池县最少"
    # Every community is one community: none has most.
    assert title("621002001", "communities") == "城市社区 1 个"


def test_metric_of_the_map_comes_from_the_url(app):
    test = page(app, "coverage", "621000", metric="certified_share")
    assert test.selectbox[-1].value == "certified_share"
    assert page(app, "coverage", "621000", metric="no_such").selectbox[-1].value == "grids_without_leader"


@pytest.mark.parametrize(("area", "most"), [("621000", 40_000), ("621022", 90_000), ("370705", 360_000)])
def test_the_data_sent_stays_small(app, area, most):
    charts = page(app, "coverage", area).get("deck_gl_json_chart")
    assert sum(len(chart.proto.json) for chart in charts) < most


def test_text_stands_out_from_every_fill():
    for palette in (LIGHT, DARK):
        assert readable_on(palette.sequence[0]) != readable_on(palette.sequence[1])
    assert readable_on("#ffffff") != readable_on("#000000")


def marks(deck: dict) -> dict[str, list[dict]]:
    """Returns the places on a map by kind."""
    return {
        drawn["id"].removeprefix("kind_"): drawn["data"] for drawn in deck["layers"] if drawn["id"].startswith("kind_")
    }


def captions(test) -> list[str]:
    return [caption.value for caption in test.caption]


def test_places_are_drawn_where_they_can_be_distinguished_and_otherwise_on_request(app, demo):
    assert [set(marks(deck)) for deck in decks(page(app, "coverage", "370785001"))] == [{"service_centre"}] * 2
    for area in (None, "621000", "370785"):
        assert not any(map(marks, decks(page(app, "coverage", area))))
    assert not marks(decks(page(app, "coverage", "370785001", places="none"))[0])
    assert not marks(decks(page(app, "coverage", "370785001", places="no_such_kind"))[0])


def test_places_on_the_map_are_the_open_ones_of_the_requested_kinds(app, demo):
    test = page(app, "coverage", "370785001", places="rider_station,lei_feng_station")
    place_marks = marks(decks(test)[0])
    counts = dict(metric("places", demo).rows(scope(demo, "370785001"), by="kind").select("kind", "value").iter_rows())
    assert {kind: len(rows) for kind, rows in place_marks.items()} == {
        kind: counts[kind] for kind in ("rider_station", "lei_feng_station")
    }
    row = place_marks["rider_station"][0]
    known = demo.rows("select place_name, lon, lat, community_code from staging.places where kind = 'rider_station'")
    assert (row["name"], *row["position"], row["code"]) in known.rows() and row["tooltip"] == "骑手驿站"
    # The map of the grids beside it has the same places, without a second choice.
    assert marks(decks(test)[1]).keys() == place_marks.keys() and len(test.get("button_group")) == 1


def test_kinds_differ_by_letter_as_well_as_colour(app):
    for place in (0, 1):
        letters = [mark.letter[place] for mark in venues.MARKERS.values()]
        assert len(set(letters)) == len(letters) == 8
    place_marks = marks(decks(page(app, "coverage", "370785001", places="service_centre,pavilion"))[0])
    assert {kind: {row["text"] for row in rows} for kind, rows in place_marks.items()} == {
        "service_centre": {"中"},
        "pavilion": {"亭"},
    }
    english = marks(decks(page(app, "coverage", "370785001", places="pavilion", lang="en"))[0])
    assert {row["text"] for row in english["pavilion"]} == {"P"}
    assert all(readable_on(mark.colour) == "#ffffff" for mark in venues.MARKERS.values())


def test_places_on_top_of_one_another_are_counted_by_area(app, demo):
    place_marks = marks(decks(page(app, "coverage", "370785", places="service_station,pavilion"))[0])
    rows = metric("places", demo).rows(scope(demo, "370785"), by=("street", "kind")).filter(kind="service_station")
    expected = {row["street"]: f"驿{row['value']:.0f}" for row in rows.iter_rows(named=True) if row["value"]}
    assert {row["code"]: row["text"] for row in place_marks["service_station"]} == expected
    assert sum(int(row["text"][1:]) for row in place_marks["service_station"]) == 397
    assert place_marks["service_station"][0]["offset"] != place_marks["pavilion"][0]["offset"]
    assert place_marks["service_station"][0]["tooltip"].startswith("党群服务驿站 ")


def test_a_community_shows_its_places_among_its_grids(app):
    test = page(app, "coverage", COMMUNITY)
    assert list(marks(decks(test)[0])) == ["service_centre"] and len(test.get("button_group")) == 1


def test_places_of_a_period_are_those_open_at_its_end(app, demo):
    def count(period: str) -> int:
        deck = decks(page(app, "coverage", "370785001", places="service_station", period=period))[0]
        return len(marks(deck)["service_station"])

    stations = metric("service_stations", demo)
    earlier = Scope(demo, "370785001", Period.parse("2023-12", demo.data_month))
    assert count("2023-12") == stations.value(earlier) < count("2026-06") == stations.value(scope(demo, "370785001"))


@pytest.fixture(scope="module")
def without_coordinates(tmp_path_factory: pytest.TempPathFactory, demo: Version) -> Version:
    """Builds 高密市 with one pavilion that has no coordinates and one that lies at sea."""
    source = tmp_path_factory.mktemp("source")
    for district in ("高密市", "上级区划"):
        shutil.copytree(PROJECT / "data" / "demo" / district, source / district)
    path = source / "高密市" / "阵地.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    header = lines[0].split(",")
    lon, lat, kind, code = (header.index(name) for name in ("经度", "纬度", "阵地类型", "社区代码"))
    own = [
        place
        for place, line in enumerate(lines)
        if "议事亭" in line.split(",")[kind] and "370785001" in line.split(",")[code]
    ]
    for place, (east, north) in zip(own, (("", ""), ("125.0", "36.0")), strict=False):
        cells = lines[place].split(",")
        cells[lon], cells[lat] = east, north
        lines[place] = ",".join(cells)
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    folder = tmp_path_factory.mktemp("warehouse")
    build(source, folder)
    return warehouse.current_version(folder)


def test_places_that_cannot_be_drawn_are_reported(app, without_coordinates, monkeypatch):
    monkeypatch.setenv("LINLI_WAREHOUSE", str(without_coordinates.path.parents[1]))
    test = page(app, "coverage", "370785001", places="pavilion")
    pavilions = metric("places", without_coordinates).value(
        scope(without_coordinates, "370785001").with_filters(("kind", "pavilion"))
    )
    assert len(marks(decks(test)[0])["pavilion"]) == pavilions - 1
    assert "1 处没有经纬度，未画在图上。1 处的经纬度在图外，请核对 阵地 表。" in captions(test)


def test_places_are_not_drawn_on_squares(app, without_shapes, monkeypatch):
    monkeypatch.setenv("LINLI_WAREHOUSE", str(without_shapes.path.parents[1]))
    test = page(app, "coverage", "141024", places="pavilion")
    assert not any(map(marks, decks(test)))
    assert "以方格示意的图上画不出阵地的位置。" in captions(test)


def test_all_places_of_a_county_stay_small(app):
    charts = page(app, "coverage", "370785", places=",".join(venues.MARKERS)).get("deck_gl_json_chart")
    assert sum(len(chart.proto.json) for chart in charts) < 460_000


def test_polygons_are_sent_only_once_while_they_are_the_same(app):
    address, again = (layer(decks(page(app, "staffing", "621000"))[0], "areas")["data"] for _ in range(2))
    other = layer(decks(page(app, "staffing", "621000", period="2024"))[0], "areas")["data"]
    assert address == again != other
    answer = fetched(address)
    assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]
    assert len(answer.body) < 60_000
    assert fetched("drawn/" + 64 * "0").status_code == 404


def test_a_map_of_many_grids_is_few_kilobytes(app, demo):
    grids = next(deck for deck in decks(page(app, "coverage", "370705")) if len(properties(deck)) == 800)
    assert len(fetched(layer(grids, "areas")["data"]).body) < 60_000


def test_a_still_map_is_the_map_in_one_picture(app, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LINLI_MEETINGS", str(tmp_path))
    (tmp_path / "map.toml").write_text('[[slides]]\nkind = "map"\nmetrics = ["staffing_ratio"]\n', encoding="utf-8")
    test = page(app, "meeting", "621000", show=shows.start("map", "621000", "2026", record_nothing), kiosk="1")
    assert not test.get("deck_gl_json_chart")
    source = next(drawn.proto.body for drawn in test.get("html") if "map-picture" in drawn.proto.body)
    picture = ElementTree.fromstring(base64.b64decode(re.search(r"base64,([^\"]+)", source)[1]))
    kinds = [element.tag.split("}")[1] for element in picture.iter()]
    words = [element.text for element in picture.iter() if element.tag.endswith("text")]
    assert kinds.count("path") == 8 and {"环县", "▼ 9.4", "华池县", "● 18.3"} <= set(words)
    _, _, wide, high = map(float, picture.get("viewBox").split())
    for element in picture.iter():
        if element.tag.endswith("path"):
            numbers = [float(number) for number in re.findall(r"-?[\d.]+", element.get("d"))]
            assert min(numbers) >= 0 and max(numbers[::2]) <= wide and max(numbers[1::2]) <= high
