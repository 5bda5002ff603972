"""The demo: four real places with invented people, grids and boundaries, as districts would send them."""

import json
from pathlib import Path

from data.generator import (
    activities,
    areas,
    assessments,
    careers,
    contributions,
    duties,
    events,
    files,
    grids,
    organisations,
    partners,
    points,
    posts,
    requests,
    shapes,
    standards,
    training,
    venues,
    workers,
)
from data.generator.district import District
from data.generator.partners import Partners
from data.generator.settings import PILOT_AREAS, PilotArea

PARENT_AREAS = "上级区划"
NAMES = {
    "areas": "行政区划",
    "population": "人口",
    "grids": "网格",
    "workers": "社区工作者",
    "grid_duties": "网格任职",
    "standards": "标准",
    "estates": "小区",
    "party_orgs": "党组织",
    "places": "阵地",
    "assessments": "考核",
    "career_events": "履历事件",
    "training_sessions": "培训班次",
    "training_attendance": "参训记录",
    "activities": "活动",
    "requests": "工单",
    "points": "积分",
    "partners": "合伙人",
    "partner_posts": "合伙人任职",
    "shop_zones": "商铺片区",
    "partner_services": "供给清单",
    "partner_ratings": "合伙人评价",
    "honours": "荣誉",
}
# What each district does differently: the file's stem, its format, a title line above the header.
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
# Codes and numbers that begin with an area's.
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
    """Write the demo's source folder into `out`, the same bytes for the same arguments.

    `scale` is how many times the places appear. The second and later copies are called 庆阳市_2 and so on;
    their codes have city numbers from 52 up, which no prefecture of these provinces has.
    Raises ValueError when `scale` is not 1..49.
    """
    if not 1 <= scale <= MAX_COPIES:
        raise ValueError(f"scale {scale} is not 1..{MAX_COPIES}: there are no more free city codes")
    above = areas.parent_areas()
    _write_tables(
        out / PARENT_AREAS,
        PARENT_AREAS,
        {
            "areas": above
            + [
                row
                for copy in range(2, scale + 1)
                for row in _copied("areas", [row for row in above if row["level"] == "city"], copy)
            ]
        },
    )
    for place in PILOT_AREAS:
        tables, features = _place(place, seed)
        for copy in range(1, scale + 1):
            folder = out / (place.folder if copy == 1 else f"{place.folder}_{copy}")
            _write_tables(
                folder,
                place.folder,
                {table: rows if copy == 1 else _copied(table, rows, copy) for table, rows in tables.items()},
            )
            _write_shapes(folder, features if copy == 1 else _copied_features(features, copy))


def _place(place: PilotArea, seed: int) -> tuple[dict[str, list[dict]], list[dict]]:
    """Rows of every table of a place, and the features of its shapes."""
    communities, population, all_careers = [], [], []
    for county in place.counties:
        own = areas.communities(place, county, seed)
        communities += own
        population += areas.population(county, own, seed)
        all_careers += careers.careers(county, own, seed)
    roster = workers.workers(place, all_careers, seed)
    staff: dict[str, int] = {}
    for row in roster:
        if row["leave_date"] is None:
            staff[row["community_code"]] = staff.get(row["community_code"], 0) + 1
    all_grids = grids.grids(place, communities, staff, seed)
    features = [
        feature
        for county in place.counties
        for feature in shapes.county_features(
            county.code,
            [one for one in communities if one.county == county.code],
            [grid for grid in all_grids if grid.community.startswith(county.code)],
            seed,
        )
    ]
    tables = {
        "areas": areas.areas(place),
        "population": population,
        "grids": [grid.row() for grid in all_grids],
        "workers": roster,
        "grid_duties": duties.grid_duties(place, all_grids, roster, seed),
        "standards": standards.standards(place),
    }
    return tables | _work(District(place, communities, all_grids, roster, seed), features), features


def _work(district: District, features: list[dict]) -> dict[str, list[dict]]:
    """Rows of what the district does, table by table; those it does not keep are left out."""
    zones = partners.shop_zones(district)
    of_partners = partners.partners(district, zones)
    index = Partners(of_partners)
    orgs = organisations.party_orgs(district)
    estates = organisations.estates(district, orgs, index)
    organisations.settle_workers(district, estates)
    of_premises = venues.venues(district, features)
    sessions, attendance = training.training(district, of_premises, of_partners)
    of_posts = posts.partner_posts(district, index, zones, estates)
    tables = {
        "estates": estates,
        "party_orgs": orgs,
        "places": of_premises,
        "assessments": assessments.assessments(district),
        "career_events": events.career_events(district),
        "training_sessions": sessions,
        "training_attendance": attendance,
        "activities": activities.activities(district, index),
        "requests": requests.requests(district, index, estates, zones),
        "points": points.points(district),
        "partners": of_partners,
        "partner_posts": of_posts,
        "shop_zones": zones,
        "partner_services": contributions.partner_services(district, of_partners),
        "partner_ratings": contributions.partner_ratings(district, of_partners),
        "honours": contributions.honours(district, of_partners, of_posts),
    }
    return {table: rows for table, rows in tables.items() if rows}


def _write_tables(folder: Path, district: str, tables: dict[str, list[dict]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in tables.items():
        habit = FILE_OPTIONS.get((district, table), {})
        stem, title = habit.get("stem", NAMES[table]), habit.get("title")
        if habit.get("format") == "xlsx":
            files.write_xlsx(folder / f"{stem}.xlsx", table, rows, title)
        else:
            files.write_csv(folder / f"{stem}.csv", table, rows, ENCODINGS.get(district, "utf-8-sig"), title)


def _write_shapes(folder: Path, features: list[dict]) -> None:
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features)
    text = f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'
    (folder / "shapes.geojson").write_text(text, encoding="utf-8")


def _fresh_code(code: str, copy: int) -> str:
    """The code of a copy: its city number replaced; a province is not copied and keeps its code."""
    return code if not code or code[2:] == "0000" else f"{code[:2]}{50 + copy}{code[4:]}"


def _copied(table: str, rows: list[dict], copy: int) -> list[dict]:
    copied = []
    for row in rows:
        row = row | {column: _fresh_code(row[column], copy) for column in CODE_COLUMNS if column in row}
        if table == "areas" and row["level"] in ("city", "county"):
            row["name"] = f"{row['name']}_{copy}"
        copied.append(row)
    return copied


def _copied_features(features: list[dict], copy: int) -> list[dict]:
    return [
        feature | {"properties": {key: _fresh_code(code, copy) for key, code in feature["properties"].items()}}
        for feature in features
    ]
