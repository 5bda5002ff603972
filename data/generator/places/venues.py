"""Generates the table places: centres, stations, pavilions and other venues, with coordinates in their community."""

from datetime import date, timedelta
from random import Random

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from data.generator.base.calendar import END, random_day
from data.generator.district import District, number_rows, short_name
from data.generator.places.areas import Community

# Venues open at the end of the last month besides the communities' centres. Published: the first two of 高密 and 奎文.
OPEN_VENUES = {
    "621000": {"service_station": 196, "pavilion": 58, "rider_station": 34, "lei_feng_station": 8},
    "370785": {"service_station": 397, "pavilion": 131, "rider_station": 60, "lei_feng_station": 30},
    "370705": {"teaching_point": 23, "secretary_studio": 10, "service_station": 214, "rider_station": 41},
    "141024": {"service_station": 37, "partner_shop": 16, "pavilion": 21, "rider_station": 6},
}
CLOSED_VENUES = {
    "621000": {"service_station": 11, "pavilion": 3, "rider_station": 2},
    "370785": {"service_station": 23, "pavilion": 7, "rider_station": 5, "lei_feng_station": 3},
    "370705": {"teaching_point": 4, "secretary_studio": 2, "service_station": 9, "rider_station": 3},
    "141024": {"service_station": 2, "partner_shop": 2, "pavilion": 1},
}
NAMES = {
    "service_centre": "党群服务中心",
    "service_station": "党群服务驿站",
    "pavilion": "议事亭",
    "rider_station": "骑手驿站",
    "lei_feng_station": "党员雷锋益站",
    "teaching_point": "现场教学点",
    "secretary_studio": "书记工作室",
    "partner_shop": "合伙人超市",
}
FLOOR_AREAS = {
    "service_station": (28, 70),
    "pavilion": (15, 120),
    "rider_station": (8, 30),
    "lei_feng_station": (10, 40),
    "teaching_point": (60, 240),
    "secretary_studio": (25, 80),
    "partner_shop": (60, 220),
}
# Square metres of centre and stations per 100 households in the district; the standard is 30.
FACILITY_AREA = {"621000": 28.6, "370785": 31.8, "370705": 30.9, "141024": 25.4}
# Share of centres inspected. 高密 inspected those of all 44 communities (published).
INSPECTION_RATES = {"621000": 0.55, "370785": 1.0, "370705": 0.4, "141024": 0.25}


def venues(district: District, features: list[dict]) -> list[dict]:
    """Returns the venues of a district, open and closed; `features` are its boundaries, for the coordinates."""
    rng = district.rng("places")
    outlines = {
        feature["properties"]["area_code"]: shape(feature["geometry"])
        for feature in features
        if len(feature["properties"].get("area_code", "")) == 12
    }
    rows = [_centre(district, community, rng) for community in district.urban_communities]
    rows += _former_centres(district, rng)
    for kind, count in OPEN_VENUES[district.code].items():
        closed_count = CLOSED_VENUES[district.code].get(kind, 0)
        communities = district.draw_communities(rng, count, 0.45)
        closed_communities = rng.choices(district.urban_communities, k=closed_count)
        for index, community in enumerate([*communities, *closed_communities]):
            rows.append(_venue(kind, community, index >= count, rng))
    _fit_area(district, rows, rng)
    for row in rows:
        row["lon"], row["lat"] = _coordinates(outlines[row["community_code"]], rng)
    rows.sort(key=lambda row: (row["community_code"], row["opened_on"], row["place_name"]))
    return number_rows(rows, "place_id", "community_code", "S", 4)


def _centre(district: District, community: Community, rng: Random) -> dict:
    opened = random_day(rng, date(2015, 3, 1), date(2023, 9, 30))
    inspected_on = None
    if rng.random() < INSPECTION_RATES[district.code]:
        inspected_on = random_day(rng, date(2025, 3, 1), date(2026, 5, 31))
    return {
        "place_name": f"{short_name(community)}社区党群服务中心",
        "kind": "service_centre",
        "community_code": community.code,
        "opened_on": opened,
        "inspected_on": inspected_on,
    }


def _former_centres(district: District, rng: Random) -> list[dict]:
    """Returns old centres that were closed when the community moved; nobody inspected them."""
    rows = []
    for community in rng.sample(district.urban_communities, 3):
        opened = random_day(rng, date(2009, 3, 1), date(2014, 12, 31))
        rows.append(
            {
                "place_name": f"{short_name(community)}社区党群服务中心（旧址）",
                "kind": "service_centre",
                "community_code": community.code,
                "area_m2": round(rng.uniform(180, 420)),
                "opened_on": opened,
                "closed_on": random_day(rng, date(2022, 3, 1), date(2025, 12, 31)),
            }
        )
    return rows


def _venue(kind: str, community: Community, is_closed: bool, rng: Random) -> dict:
    opened = random_day(rng, date(2021, 4, 1), date(2024, 12, 31) if is_closed else date(2026, 6, 20))
    inspected_on = None
    if not is_closed and kind == "service_station" and rng.random() < 0.2:
        inspected_on = random_day(rng, max(opened, date(2025, 3, 1)), END)
    return {
        "place_name": f"{short_name(community)}{rng.choice('东西南北中')}{NAMES[kind]}",
        "kind": kind,
        "community_code": community.code,
        "area_m2": round(rng.uniform(*FLOOR_AREAS[kind])),
        "opened_on": opened,
        "closed_on": random_day(rng, opened + timedelta(days=90), END) if is_closed else None,
        "inspected_on": inspected_on,
    }


def _fit_area(district: District, rows: list[dict], rng: Random) -> None:
    """Sets the area of centres to what their community's households need, less the area of its stations."""
    station_area: dict[str, float] = {}
    for row in rows:
        if row["kind"] == "service_station" and row["closed_on"] is None:
            station_area[row["community_code"]] = station_area.get(row["community_code"], 0) + row["area_m2"]
    households = {community.code: community.households for community in district.urban_communities}
    for row in rows:
        if row["kind"] == "service_centre" and "area_m2" not in row:
            target = households[row["community_code"]] / 100 * FACILITY_AREA[district.code]
            row["area_m2"] = max(
                150, round(target * rng.lognormvariate(-0.02, 0.2) - station_area.get(row["community_code"], 0), -1)
            )


def _coordinates(outline: BaseGeometry, rng: Random) -> tuple[float, float]:
    """Draws longitude and latitude inside a community, to five decimals."""
    west, south, east, north = outline.bounds
    while True:
        lon, lat = round(rng.uniform(west, east), 5), round(rng.uniform(south, north), 5)
        if shapely.contains_xy(outline, lon, lat):
            return lon, lat
