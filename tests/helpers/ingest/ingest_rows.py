"""Provides one valid row of every table except areas and shapes, as a clerk of 西峰区 writes it."""

import csv
import io

from sql.paths import PROJECT
from tests.helpers.ingest.ingest_source import URBAN

STREET, COUNTY, CITY = "621002001", "621002", "621000"
DICTIONARY = PROJECT / "tests" / "data" / "data_dictionary.csv"
Row = dict[str, str]

VALID_ROWS: dict[str, Row] = {
    "population": {"community_code": URBAN, "as_of": "2024-12-31", "residents": "900", "households": "300"},
    "grids": {
        "grid_code": "G1",
        "community_code": URBAN,
        "grid_name": "一网格",
        "grid_type": "居民网格",
        "households": "300",
    },
    "estates": {
        "estate_id": "E1",
        "community_code": URBAN,
        "estate_name": "东湖小区",
        "branch_id": "O2",
        "property_company_id": "P1",
        "management": "物业管理",
        "committee": "业委会",
        "secretary_is_chair": "是",
    },
    "party_orgs": {"org_id": "O2", "parent_id": "O1", "org_name": "支部", "kind": "小区党支部", "area_code": URBAN},
    "places": {
        "place_id": "A1",
        "place_name": "党群服务中心",
        "kind": "党群服务中心",
        "community_code": URBAN,
        "lon": "107.6",
        "lat": "35.7",
        "area_m2": "800.5",
        "opened_on": "2021-05-01",
        "closed_on": "",
    },
    "workers": {
        "worker_id": "W1",
        "name": "张三",
        "gender": "男",
        "birth_date": "1990-03-05",
        "education": "大专",
        "community_code": URBAN,
        "post": "书记",
        "hire_date": "2020-01-01",
        "estate_id": "E1",
    },
    "grid_duties": {"worker_id": "W1", "grid_code": "G1", "duty": "网格长", "since": "2020-01-01"},
    "assessments": {
        "worker_id": "W1",
        "assess_year": "2024",
        "daily_score": "90",
        "annual_score": "91.5",
        "feedback_score": "100",
        "result": "优秀",
        "tier": "1",
    },
    "career_events": {
        "event_id": "V1",
        "worker_id": "W1",
        "on_date": "2024-01-15",
        "kind": "考录公务员",
        "post_at_event": "书记",
    },
    "training_sessions": {
        "session_id": "S1",
        "title": "初任培训",
        "organiser_level": "市级",
        "area_code": CITY,
        "programme": "适岗初任",
        "place_id": "A1",
        "started_on": "2024-03-01",
        "ended_on": "2024-03-03",
        "hours": "24",
    },
    "training_attendance": {"session_id": "S1", "attendee_id": "W1", "is_completed": "是", "score_before": "60"},
    "activities": {
        "activity_id": "C1",
        "started_at": "2024-04-01 09:00",
        "area_code": STREET,
        "grid_code": "G1",
        "kind": "专项整治",
        "title": "飞线整治",
        "worker_id": "W1",
        "partner_id": "P1",
        "participants": "30",
        "hours": "2.5",
    },
    "requests": {
        "request_id": "R1",
        "kind": "民生问题",
        "category": "养老",
        "source": "网格走访",
        "focus_group": "老",
        "area_code": URBAN,
        "grid_code": "G1",
        "estate_id": "E1",
        "zone_id": "Z1",
        "raised_at": "2024-03-05 14:30",
        "published_at": "2024-03-05 15:00",
        "claimed_at": "2024-03-05 16:00",
        "discussed_at": "2024-03-06 09:00",
        "decided_at": "2024-03-06 11:00",
        "due_at": "2024-03-12 14:30",
        "closed_at": "2024-03-08 17:20",
        "is_resolved": "",
        "worker_id": "W1",
        "partner_id": "P1",
        "satisfaction": "5",
    },
    "points": {
        "entry_id": "N1",
        "account_id": "B1",
        "community_code": URBAN,
        "on_date": "2024-03-09",
        "kind": "获得",
        "points": "10",
    },
    "partners": {
        "partner_id": "P1",
        "name": "安居物业",
        "sector": "市场主体",
        "kind": "物业企业",
        "area_code": URBAN,
        "zone_id": "Z1",
        "recruited_via": "线下",
        "admitted_by": "联合审核",
        "joined_on": "2022-01-01",
        "left_on": "",
    },
    "partner_posts": {
        "post_id": "T1",
        "holder_id": "H1",
        "partner_id": "P1",
        "role": "楼栋长",
        "community_code": URBAN,
        "grid_code": "G1",
        "estate_id": "E1",
        "zone_id": "Z1",
        "households_linked": "12",
        "since": "2022-01-01",
    },
    "shop_zones": {"zone_id": "Z1", "community_code": URBAN, "zone_name": "东湖片区", "set_up_on": "2022-01-01"},
    "partner_services": {
        "service_id": "D1",
        "partner_id": "P1",
        "category": "物业",
        "area_code": URBAN,
        "capacity": "20",
        "since": "2022-01-01",
    },
    "partner_ratings": {
        "partner_id": "P1",
        "quarter": "2024Q1",
        "resident_score": "95",
        "community_score": "90",
        "industry_score": "88",
    },
    "honours": {
        "honour_id": "J1",
        "recipient_id": "P1",
        "title": "优秀幸福合伙人",
        "community_code": URBAN,
        "awarded_on": "2024-01-01",
    },
    "standards": {
        "standard": "staffing_ratio",
        "area_code": CITY,
        "since": "2021-01-01",
        "value": "18",
        "source": "意见",
    },
}
# The branch of the estate needs a committee above it.
COMMITTEE = {"org_id": "O1", "org_name": "社区党委", "kind": "社区党组织", "area_code": URBAN}


def headers(table: str) -> dict[str, str]:
    """Returns the Chinese header of every column of a table, the last of its alternatives."""
    with DICTIONARY.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["table"] == table]
    return {row["column"]: row["header_zh"].split("/")[-1] for row in rows}


def csv_text(table: str, rows: list[Row]) -> str:
    """Returns rows as CSV with Chinese headers."""
    names = headers(table)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names[column] for column in columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return out.getvalue()


def files(**changed: list[Row]) -> dict[str, str]:
    """Returns a file for every table, by its English name: with the valid row, or with the rows given by the test."""
    rows = (
        {name: [row] for name, row in VALID_ROWS.items()}
        | {"party_orgs": [COMMITTEE, VALID_ROWS["party_orgs"]]}
        | changed
    )
    return {f"{name}.csv": csv_text(name, table_rows) for name, table_rows in rows.items()}
