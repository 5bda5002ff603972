"""Generates cities with Hypothesis: the tables that the metrics of people, partners, requests and training count.

Rows hold Python values (dates, times, booleans); `file_rows` formats them as a district would.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.helpers.warehouse.world import Row, area

World = dict[str, list[Row]]

CITY, COUNTY, OTHER_COUNTY = "101000", "101002", "101021"
STREET, SECOND_STREET, OTHER_STREET = "101002001", "101002002", "101021001"
COMMUNITIES = ("101002001001", "101002001002", "101002002001", "101021001001")
PARENTS = {
    CITY: "10",
    COUNTY: CITY,
    OTHER_COUNTY: CITY,
    STREET: COUNTY,
    SECOND_STREET: COUNTY,
    OTHER_STREET: OTHER_COUNTY,
} | {code: code[:9] for code in COMMUNITIES}
LEVELS = {2: "province", 6: "county", 9: "street", 12: "community"}

# The data date is within a month, so that the month's end is in the future.
DATA_DATE = date(2024, 6, 20)
EDGES = [
    date(2022, 12, 31),
    date(2023, 1, 1),
    date(2023, 6, 20),
    date(2023, 6, 21),
    date(2023, 12, 31),
    date(2024, 1, 1),
    date(2024, 1, 31),
    date(2024, 2, 1),
    date(2024, 2, 29),
    date(2024, 3, 1),
    date(2024, 5, 31),
    date(2024, 6, 1),
    DATA_DATE,
    DATA_DATE + timedelta(days=1),
    date(2024, 7, 1),
]
CLOCK = [time(0), time(7, 59), time(8), time(12, 30), time(17, 59), time(18), time(23, 59)]
HOURS = [0, 1, 5, 16, 24, 72, 500, 2400]

days = st.sampled_from(EDGES) | st.dates(date(2022, 11, 1), date(2024, 8, 31))
moments = st.builds(datetime.combine, days, st.sampled_from(CLOCK))
flags = st.sampled_from([None, True, False])
communities = st.sampled_from(COMMUNITIES)
# Rows that do not belong to a single community are registered at the street or county above.
up_to_county = st.sampled_from((*COMMUNITIES, *COMMUNITIES, STREET, OTHER_STREET, COUNTY))
any_area = st.sampled_from((*COMMUNITIES, STREET, OTHER_STREET, COUNTY, OTHER_COUNTY, CITY))


def one_of(*words: object) -> SearchStrategy:
    """Draws one of the words; None stands for an empty cell."""
    return st.sampled_from(words)


def rows(draw: DrawFn, identifier: str, max_count: int, **cells: SearchStrategy) -> list[Row]:
    """Draws up to `max_count` rows, numbered in their identifier."""
    min_count = draw(one_of(0, max_count // 2, max_count))
    cell_rows = draw(st.lists(st.fixed_dictionaries(cells), min_size=min_count, max_size=max_count))
    return [{identifier: f"{identifier[0]}{number}", **row} for number, row in enumerate(cell_rows)]


def add_period(
    draw: DrawFn, start_column: str, end_column: str, rows: list[Row], *, open_ended: bool = False
) -> list[Row]:
    """Adds a first day, sometimes empty if open-ended, and an end, possibly on the same day, to the rows."""
    for row in rows:
        row[start_column] = draw(days)
        ends = [row[start_column], *(day for day in EDGES if day > row[start_column])]
        row[end_column] = draw(one_of(*[None] * len(ends), *ends))
        if open_ended and draw(one_of(True, False, False)):
            row[start_column] = None
    return rows


def reference_to(rows: list[Row], identifier: str) -> SearchStrategy:
    """Draws one of the rows' identifiers, or None."""
    return one_of(None, *(row[identifier] for row in rows))


@st.composite
def worlds(draw: DrawFn) -> World:
    """Draws a city of two counties, three streets and four communities, with a few rows of every table."""
    world: World = {"areas": [area("10", "province", None), area(CITY, "city", "10")]}
    world["areas"] += [area(code, LEVELS[len(code)], up) for code, up in PARENTS.items() if code != CITY]
    for row in world["areas"][-len(COMMUNITIES) :]:
        row["is_urban"] = draw(one_of(None, True, False))
    world["population"] = [
        {"community_code": code, "as_of": as_of, "residents": 3000, "households": draw(one_of(0, 1, 250, 1000))}
        for code, as_of in draw(
            st.lists(st.tuples(communities, one_of(*EDGES[1::3], EDGES[1])), unique=True, max_size=6)
        )
    ]
    _partners(draw, world)
    _organisation(draw, world)
    _people(draw, world)
    _events(draw, world)
    world["standards"] = _standards(draw)
    return world


def _partners(draw: DrawFn, world: World) -> None:
    kinds = one_of("social_org", "social_org", "property_company", "shop", "university", "department")
    world["partners"] = add_period(
        draw,
        "joined_on",
        "left_on",
        rows(
            draw,
            "partner_id",
            7,
            name=st.just("合伙人"),
            sector=one_of("government", "market", "society", "resident"),
            kind=kinds,
            area_code=up_to_county,
            has_party_org=flags,
            recruited_via=one_of(None, "online", "offline"),
        ),
    )
    roles = one_of("reporting_member", "reporting_member", "focal_household", "zone_head", "shop_volunteer")
    world["partner_posts"] = add_period(
        draw,
        "since",
        "until",
        rows(
            draw,
            "post_id",
            14,
            holder_id=one_of("H1", "H2", "H3"),
            role=roles,
            community_code=communities,
            households_linked=one_of(None, 0, 3, 10),
        ),
    )
    world["shop_zones"] = add_period(
        draw,
        "set_up_on",
        "closed_on",
        rows(draw, "zone_id", 4, community_code=communities, zone_name=st.just("片区")),
        open_ended=True,
    )
    if world["partners"]:
        world["partner_services"] = add_period(
            draw,
            "since",
            "until",
            rows(
                draw,
                "service_id",
                5,
                partner_id=reference_to(world["partners"], "partner_id").filter(bool),
                category=one_of("education", "medical", "other"),
                area_code=up_to_county,
                capacity=one_of(None, 1, 40),
            ),
        )
    else:
        world["partner_services"] = []


def _organisation(draw: DrawFn, world: World) -> None:
    kinds = one_of("county_committee", "street_committee", "community_committee", "branch", "building_group")
    party_orgs = rows(draw, "org_id", 6, org_name=st.just("党组织"), kind=kinds, area_code=any_area)
    world["party_orgs"] = add_period(draw, "set_up_on", "closed_on", party_orgs, open_ended=True)
    world["estates"] = add_period(
        draw,
        "set_up_on",
        "closed_on",
        rows(
            draw,
            "estate_id",
            6,
            community_code=communities,
            estate_name=st.just("小区"),
            branch_id=reference_to([row for row in party_orgs if row["kind"] == "branch"], "org_id"),
            management=one_of(None, "company", "old_with_new", "self", "none"),
            committee=one_of(None, "owners_committee", "management_committee", "none"),
            secretary_is_chair=flags,
        ),
        open_ended=True,
    )
    world["places"] = add_period(
        draw,
        "opened_on",
        "closed_on",
        rows(
            draw,
            "place_id",
            7,
            place_name=st.just("阵地"),
            kind=one_of("service_centre", "service_station", "service_station", "pavilion"),
            community_code=communities,
            area_m2=one_of(None, 0, 120.5, 800),
            inspected_on=st.none() | days,
        ),
        open_ended=True,
    )


def _people(draw: DrawFn, world: World) -> None:
    world["workers"] = add_period(
        draw,
        "hire_date",
        "leave_date",
        rows(
            draw,
            "worker_id",
            7,
            name=st.just("张三"),
            gender=one_of("male", "female"),
            birth_date=st.just(date(1985, 3, 1)),
            education=st.just("college"),
            community_code=communities,
            post=one_of("secretary", "secretary", "deputy", "worker"),
        ),
    )
    worker_ids = [row["worker_id"] for row in world["workers"]]
    years = [(worker_id, year) for worker_id in worker_ids for year in (2021, 2022, 2023, 2024)]
    scores = one_of(0, 60, 88.5, 100)
    world["assessments"] = [
        {
            "worker_id": worker_id,
            "assess_year": year,
            "daily_score": draw(scores),
            "annual_score": draw(scores),
            "feedback_score": draw(scores),
            "result": draw(one_of("excellent", "competent")),
            "tier": draw(one_of(None, 1, 1, 2)),
        }
        for worker_id, year in years
        if draw(st.booleans())
    ]
    world["career_events"] = (
        []
        if not worker_ids
        else rows(
            draw,
            "event_id",
            8,
            worker_id=one_of(*worker_ids),
            on_date=days,
            kind=one_of("shadowing", "rotation", "secretary_appointment", "commendation"),
            post_at_event=one_of(None, "deputy", "worker"),
        )
    )
    world["training_sessions"] = rows(
        draw,
        "session_id",
        6,
        title=st.just("培训"),
        organiser_level=one_of("city", "street"),
        area_code=any_area,
        programme=one_of("salon", "growth"),
        course=one_of(None, "课程一", "课程二"),
        topic=one_of(None, "专题一"),
        started_on=days,
        hours=one_of(None, 2, 7.5),
    )
    attendees = worker_ids + [row["partner_id"] for row in world["partners"]]
    pairs = [(row["session_id"], attendee) for row in world["training_sessions"] for attendee in attendees]
    world["training_attendance"] = [
        {"session_id": session_id, "attendee_id": attendee, "is_completed": draw(one_of(True, True, False))}
        for session_id, attendee in pairs
        if draw(one_of(True, False, False))
    ]


def _events(draw: DrawFn, world: World) -> None:
    partner = reference_to(world["partners"], "partner_id")
    world["activities"] = rows(
        draw,
        "activity_id",
        8,
        started_at=moments,
        area_code=up_to_county,
        kind=one_of("service", "welfare", "campaign", "campaign", "joint_party_day"),
        title=one_of("清楼道", "治飞线"),
        partner_id=partner,
        participants=one_of(None, 0, 12, 30),
        beneficiaries=one_of(None, 0, 5, 80),
        hours=one_of(None, 0, 1.5, 3),
    )
    world["requests"] = rows(
        draw,
        "request_id",
        24,
        kind=one_of("livelihood", "hazard", "dispute", "micro_wish", "shop", "joint_meeting"),
        source=one_of(None, "shop_alliance", "hotline", "joint_meeting"),
        focus_group=one_of(None, "elderly", "none"),
        area_code=up_to_county,
        partner_id=partner,
        raised_at=moments,
    )
    for request in world["requests"]:
        request["claimed_at"] = _later(draw, request["raised_at"])
        request["closed_at"] = _later(draw, request["claimed_at"] or request["raised_at"])
        due_in = draw(one_of(None, *HOURS))
        request["due_at"] = None if due_in is None else request["raised_at"] + timedelta(hours=due_in)
        request["is_resolved"] = draw(flags)
        request["satisfaction"] = draw(one_of(None, 1, 4, 5)) if request["closed_at"] else None
    world["points"] = rows(
        draw,
        "entry_id",
        8,
        account_id=one_of("B1", "B2", "B3"),
        community_code=communities,
        on_date=days,
        kind=one_of("earn", "redeem"),
        points=one_of(1, 10, 25),
        reason=one_of(None, "垃圾分类"),
    )
    recipients = [row["partner_id"] for row in world["partners"]]
    world["honours"] = (
        []
        if not recipients
        else rows(
            draw,
            "honour_id",
            9,
            recipient_id=one_of(*recipients),
            title=one_of("model_shop", "model_shop", "outstanding_volunteer"),
            community_code=communities,
            awarded_on=days,
        )
    )


def _later(draw: DrawFn, start: datetime) -> datetime | None:
    """Draws a later time, or None; never after the data date."""
    hours = draw(one_of(None, *HOURS))
    if hours is None or (start + timedelta(hours=hours)).date() > DATA_DATE:
        return None
    return start + timedelta(hours=hours)


def _standards(draw: DrawFn) -> list[Row]:
    """Draws the standards of a few areas; each has its items from a day on, and some end."""
    lists = {
        "exit_rule": ("1", "2", "3"),
        "grade_band": ("secretary", "deputy"),
        "assessment_weight": ("secretary:daily", "secretary:annual", "secretary:feedback", "deputy:annual"),
    }
    standards = {}
    for standard, items in lists.items():
        for code in draw(st.lists(any_area, max_size=2)):
            for item in items:
                start = draw(days)
                duration = draw(one_of(None, None, 0, 200))
                standards[standard, code, item, start] = {
                    "standard": standard,
                    "area_code": code,
                    "item": item,
                    "since": start,
                    "until": None if duration is None else start + timedelta(days=duration),
                    "value": draw(one_of(1, 2, 5)),
                    "upper": draw(one_of(None, 6, 18)),
                    "source": "测试",
                }
    return list(standards.values())


def renumber(number: int, column: str, value: object) -> object:
    """Returns a cell for the world of that number, with codes and identifiers made unique to it."""
    if value is None or not column.endswith(("_id", "_code")):
        return value
    return (
        f"{10 + number}{value[2:]}" if column in ("area_code", "parent_code", "community_code") else f"{number}-{value}"
    )


def file_rows(worlds: list[World], table: str) -> list[Row]:
    """Returns a table's rows of all worlds as a district writes them."""

    def cell(value: object) -> object:
        if isinstance(value, bool):
            return "是" if value else "否"
        return value.strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else value

    return [
        {column: cell(renumber(number, column, value)) for column, value in row.items()}
        for number, world in enumerate(worlds)
        for row in world[table]
    ]
