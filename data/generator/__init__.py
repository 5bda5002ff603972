"""Generates the demo: four real districts with invented people, grids and boundaries, as districts would send them."""

import json
from pathlib import Path

from data.generator import files
from data.generator.base.calendar import END, TODAY
from data.generator.district import District
from data.generator.partners import contributions, partners, posts
from data.generator.partners.partners import Partners
from data.generator.people import assessments, careers, duties, events, training, workers
from data.generator.places import areas, grids, organisations, shapes, standards, venues
from data.generator.residents import activities, points, requests
from data.generator.settings import PILOT_AREAS, PilotArea
from sql.source_tables import SOURCE_TABLES

PARENT_AREAS = "上级区划"
_DECLARATION = f"""# 演示数据到 {END} 为止，下面这一天算作今天；真实的数据文件夹没有这个文件，以日历为准。
today = {TODAY}
"""
# Deviations of single files: their stem, their format, a title line above the header.
FILE_OPTIONS = {
    ("奎文区", "workers"): {"stem": "社区工作者名册", "format": "xlsx", "title": "奎文区社区工作者名册"},
    ("高密市", "population"): {"title": "高密市城市社区人口月报"},
    ("洪洞县", "grids"): {"stem": "洪洞县网格台账", "format": "xlsx"},
    ("庆阳市", "assessments"): {"stem": "庆阳市考核结果", "format": "xlsx", "title": "庆阳市社区工作者年度考核结果"},
    ("高密市", "estates"): {"stem": "高密市小区台账", "format": "xlsx", "title": "高密市城区居民小区台账"},
    ("高密市", "shop_zones"): {"title": "高密市商铺联盟片区一览"},
    ("奎文区", "training_sessions"): {"stem": "奎文区培训班次", "format": "xlsx"},
    ("洪洞县", "partners"): {"stem": "洪洞县合伙人名册", "format": "xlsx", "title": "洪洞县“幸福合伙人”名册"},
}
ENCODINGS = {"洪洞县": "gb18030"}
# Columns whose codes begin with an area code.
CODE_COLUMNS = (
    "area_code",
    "parent_code",
    "community_code",
    "grid_code",
    "worker_id",
    "estate_id",
    "branch_id",
    "property_company_id",
    "org_id",
    "parent_id",
    "place_id",
    "event_id",
    "session_id",
    "attendee_id",
    "activity_id",
    "request_id",
    "zone_id",
    "entry_id",
    "account_id",
    "partner_id",
    "post_id",
    "holder_id",
    "service_id",
    "honour_id",
    "recipient_id",
)
MAX_COPIES = 49


def write(out: Path, scale: int = 1, seed: int = 2026) -> None:
    """Writes the demo's source folder into `out`, with the same bytes for the same arguments.

    `scale` is the number of copies of each district. The second and later copies are called 庆阳市_2 and so on; their
    codes have city numbers from 52 up, which no prefecture of these provinces has. Raises ValueError where `scale` is
    not in 1..49.
    """
    if not 1 <= scale <= MAX_COPIES:
        raise ValueError(f"scale {scale} is not in 1..{MAX_COPIES}: there are no more free city codes")
    out.mkdir(parents=True, exist_ok=True)
    (out / "today.toml").write_text(_DECLARATION, encoding="utf-8")
    parent_areas = areas.parent_areas()
    _write_tables(
        out / PARENT_AREAS,
        PARENT_AREAS,
        {
            "areas": parent_areas
            + [
                row
                for copy in range(2, scale + 1)
                for row in _copied("areas", [row for row in parent_areas if row["level"] == "city"], copy)
            ]
        },
    )
    for pilot_area in PILOT_AREAS:
        tables, features = _rows_and_features(pilot_area, seed)
        for copy in range(1, scale + 1):
            folder = out / (pilot_area.folder if copy == 1 else f"{pilot_area.folder}_{copy}")
            _write_tables(
                folder,
                pilot_area.folder,
                {table: rows if copy == 1 else _copied(table, rows, copy) for table, rows in tables.items()},
            )
            _write_shapes(folder, features if copy == 1 else _copied_features(features, copy))


def _rows_and_features(pilot_area: PilotArea, seed: int) -> tuple[dict[str, list[dict]], list[dict]]:
    """Returns the rows of every table of a district and the features of its boundaries."""
    communities, population, all_careers = [], [], []
    for county in pilot_area.counties:
        communities_of_county = areas.communities(pilot_area, county, seed)
        communities += communities_of_county
        population += areas.population(county, communities_of_county, seed)
        all_careers += careers.careers(county, communities_of_county, seed)
    roster = workers.workers(pilot_area, all_careers, seed)
    staff: dict[str, int] = {}
    for row in roster:
        if row["leave_date"] is None:
            staff[row["community_code"]] = staff.get(row["community_code"], 0) + 1
    all_grids = grids.grids(pilot_area, communities, staff, seed)
    features = [
        feature
        for county in pilot_area.counties
        for feature in shapes.county_features(
            county.code,
            [community for community in communities if community.county == county.code],
            [grid for grid in all_grids if grid.community.startswith(county.code)],
            seed,
        )
    ]
    tables = {
        "areas": areas.areas(pilot_area),
        "population": population,
        "grids": [grid.row() for grid in all_grids],
        "workers": roster,
        "grid_duties": duties.grid_duties(pilot_area, all_grids, roster, seed),
        "standards": standards.standards(pilot_area),
    }
    return tables | _activity_tables(District(pilot_area, communities, all_grids, roster, seed), features), features


def _activity_tables(district: District, features: list[dict]) -> dict[str, list[dict]]:
    """Returns the rows of the district's work by table, without the tables that it does not keep."""
    zones = partners.shop_zones(district)
    partner_rows = partners.partners(district, zones)
    index = Partners(partner_rows)
    orgs = organisations.party_orgs(district)
    estates = organisations.estates(district, orgs, index)
    organisations.assign_estates(district, estates)
    venue_rows = venues.venues(district, features)
    sessions, attendance = training.training(district, venue_rows, partner_rows)
    post_rows = posts.partner_posts(district, index, zones, estates)
    tables = {
        "estates": estates,
        "party_orgs": orgs,
        "places": venue_rows,
        "assessments": assessments.assessments(district),
        "career_events": events.career_events(district),
        "training_sessions": sessions,
        "training_attendance": attendance,
        "activities": activities.activities(district, index),
        "requests": requests.requests(district, index, estates, zones),
        "points": points.points(district),
        "partners": partner_rows,
        "partner_posts": post_rows,
        "shop_zones": zones,
        "partner_services": contributions.partner_services(district, partner_rows),
        "partner_ratings": contributions.partner_ratings(district, partner_rows),
        "honours": contributions.honours(district, partner_rows, post_rows),
    }
    return {table: rows for table, rows in tables.items() if rows}


def _write_tables(folder: Path, district: str, tables: dict[str, list[dict]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in tables.items():
        options = FILE_OPTIONS.get((district, table), {})
        stem, title = options.get("stem", SOURCE_TABLES[table].zh), options.get("title")
        if options.get("format") == "xlsx":
            files.write_xlsx(folder / f"{stem}.xlsx", table, rows, title)
        else:
            files.write_csv(folder / f"{stem}.csv", table, rows, ENCODINGS.get(district, "utf-8-sig"), title)


def _write_shapes(folder: Path, features: list[dict]) -> None:
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features)
    text = f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'
    (folder / "shapes.geojson").write_text(text, encoding="utf-8")


def _copied_code(code: str, copy: int) -> str:
    """Returns the code of a copy, with another city number; provinces are not copied and keep their code."""
    return code if not code or code[2:] == "0000" else f"{code[:2]}{50 + copy}{code[4:]}"


def _copied(table: str, rows: list[dict], copy: int) -> list[dict]:
    result = []
    for row in rows:
        row = row | {column: _copied_code(row[column], copy) for column in CODE_COLUMNS if column in row}
        if table == "areas" and row["level"] in ("city", "county"):
            row["name"] = f"{row['name']}_{copy}"
        result.append(row)
    return result


def _copied_features(features: list[dict], copy: int) -> list[dict]:
    return [
        feature | {"properties": {key: _copied_code(code, copy) for key, code in feature["properties"].items()}}
        for feature in features
    ]
