"""Generates training_sessions and training_attendance: the classes, their attendees and who completed them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle
from random import Random

from data.generator.base.calendar import END
from data.generator.base.clock import day_weight, days_between, pick_days
from data.generator.district import District, is_open, number_rows, on_post
from data.generator.partners.partners import START_DATES

# Classes are held in spring and autumn, on working days.
SEASON = {1: 0.3, 2: 0.3, 3: 1.2, 4: 1.4, 5: 1.4, 6: 1.2, 7: 0.6, 8: 0.5, 9: 1.3, 10: 1.3, 11: 1.4, 12: 0.7}
TITLES = {
    "secretary_class": "社区党组织书记主任培训班",
    "skills_class": "社区工作者能力素质提升班",
    "onboarding": "新任社区工作者适岗培训班",
    "growth": "“青雁成长”后备人才培训班",
    "leadership": "“头雁领航”书记研修班",
    "certificate_prep": "社会工作者职业资格考前培训班",
    "salon": "社区治理沙龙",
    "field_study": "社区治理现场教学",
    "partner_training": "合伙人服务能力培训",
}
# 庆阳 published 20 classes and 1600 attendances since 2023, with everybody on post reached.
QINGYANG_START, QINGYANG_ATTENDANCES = date(2023, 1, 1), 1600
QINGYANG_PLAN = {
    2022: ("secretary_class", "skills_class", "skills_class", "onboarding", "skills_class"),
    2023: ("secretary_class", "skills_class", "onboarding", "skills_class", "skills_class"),
    2024: ("secretary_class", *["skills_class"] * 5, "onboarding"),
    2025: ("leadership", *["skills_class"] * 4),
    2026: ("secretary_class", "skills_class", "skills_class"),
}
QINGYANG_NO_SHOWS = 134
# 奎文 published 10 courses and 6 topics for the last twelve months, and 7 salons in total.
NEW_LIST_DATE = date(2025, 7, 1)
COURSES = (
    "红色物业共建",
    "网格精细治理",
    "矛盾调解实务",
    "群众工作方法",
    "小区议事协商",
    "社区应急处置",
    "老旧小区改造",
    "社会组织培育",
    "数字社区应用",
    "为老服务实务",
)
TOPICS = ("党建引领", "基层法治", "民生服务", "平安建设", "社会工作专业", "数字赋能")
DROPPED_COURSES = ("公文写作", "疫情防控实务", "文明城市创建", "档案管理", "信访接待")
DROPPED_TOPICS = ("疫情防控", "创城攻坚", "人口普查", "文体活动")
SALONS = 7
# Classes per year and attendees per class by programme, for all districts except 庆阳.
YEARLY = {
    "370785": {
        "secretary_class": (1, 40),
        "skills_class": (4, 75),
        "onboarding": (1, 40),
        "certificate_prep": (2, 50),
        "partner_training": (2, 35),
    },
    "370705": {
        "secretary_class": (2, 60),
        "skills_class": (9, 80),
        "onboarding": (2, 55),
        "growth": (3, 45),
        "leadership": (2, 50),
        "certificate_prep": (3, 70),
        "field_study": (8, 35),
    },
    "141024": {
        "secretary_class": (1, 17),
        "skills_class": (2, 60),
        "certificate_prep": (1, 30),
        "partner_training": (2, 28),
    },
}
COMPLETION_RATES = {"370785": 0.93, "370705": 0.95, "141024": 0.86}
TESTED_PROGRAMMES = ("skills_class", "certificate_prep", "onboarding")


@dataclass(frozen=True)
class _Class:
    """Holds the row of a class and its approximate number of attendees."""

    row: dict
    size: int


def training(district: District, venues: list[dict], partners: list[dict]) -> tuple[list[dict], list[dict]]:
    """Returns the sessions and the attendance of a district."""
    rng = district.rng("training")
    if district.code == "621000":
        classes = _qingyang_classes(district, rng)
    else:
        classes = [
            _Class(_session(district, programme, day, rng), size) for programme, day, size in _calendar(district, rng)
        ]
    classes.sort(key=lambda training_class: (training_class.row["started_on"], training_class.row["title"]))
    number_rows([training_class.row for training_class in classes], "session_id", "area_code", "T", 4)
    _describe(district, classes, venues, partners, rng)
    if district.code == "621000":
        attendance = _full_attendance(district, classes, rng)
    else:
        attendance = [row for training_class in classes for row in _attendance(district, training_class, partners, rng)]
    attendance.sort(key=lambda row: (row["session_id"], row["attendee_id"]))
    return [training_class.row for training_class in classes], attendance


def _days(first: date, last: date, count: int, rng: Random) -> list[date]:
    return pick_days(rng, days_between(first, last), count, day_weight(SEASON, at_rest=0.0))


def _calendar(district: District, rng: Random) -> list[tuple[str, date, int]]:
    """Returns programme, first day and size of every class since 2022."""
    plan = []
    for programme, (yearly, size) in YEARLY[district.code].items():
        for year in range(2022, 2027):
            last = min(date(year, 12, 20), END - timedelta(days=4))
            if programme == "partner_training" and last < START_DATES[district.code]:
                continue
            count = yearly if year < 2026 else max(1, yearly // 2)
            first = date(year, 1, 8)
            if programme == "partner_training":
                # The first partners have joined half a year after the programme starts.
                first = max(first, START_DATES[district.code] + timedelta(days=180))
            plan += [(programme, day, size) for day in _days(first, last, count, rng)]
    if district.code == "370705":
        plan += [("salon", day, 24) for day in _days(date(2024, 3, 1), date(2026, 6, 20), SALONS, rng)]
    return plan


def _session(district: District, programme: str, day: date, rng: Random, county: str | None = None) -> dict:
    usual_length = rng.choice((1, 2, 2))
    length = {"salon": 0, "field_study": 0, "partner_training": 0, "leadership": 4}.get(programme, usual_length)
    level = "city" if district.code == "621000" and county is None else "county"
    return {
        "title": f"{day.year}年{TITLES[programme]}",
        "organiser_level": level,
        "programme": programme,
        "area_code": county or district.code,
        "started_on": day,
        "ended_on": day + timedelta(days=length),
        "hours": {0: 4}.get(length, 7 * (length + 1)),
    }


def _qingyang_classes(district: District, rng: Random) -> list[_Class]:
    """Returns the city's classes, and those of its counties in 2024 and 2025."""
    classes, counties = [], cycle(county.code for county in district.pilot_area.counties)
    for year, programmes in QINGYANG_PLAN.items():
        # The last class is late enough for workers hired this spring.
        last = date(year, 12, 15) if year < 2026 else date(2026, 6, 5)
        days = _days(date(year, 2, 20), last, len(programmes), rng)
        for index, (programme, day) in enumerate(zip(programmes, days, strict=True)):
            is_of_county = year in (2024, 2025) and programme == "skills_class" and index > 0
            day = date(2026, 6, 9) if (year, index) == (2026, len(programmes) - 1) else day
            county = next(counties) if is_of_county else None
            classes.append(_Class(_session(district, programme, day, rng, county), 80))
    return classes


def _describe(district: District, classes: list[_Class], venues: list[dict], partners: list[dict], rng: Random) -> None:
    """Sets the course, topic, university and venue of each class that has one."""
    universities = [row for row in partners if row["kind"] == "university"]
    course, topic = cycle(COURSES), cycle(TOPICS)
    for training_class in classes:
        row = training_class.row
        day = row["started_on"]
        if district.code == "370705" and row["programme"] != "salon":
            is_current = day >= NEW_LIST_DATE
            row["course"] = next(course) if is_current else rng.choice((*COURSES[:6], *DROPPED_COURSES, None))
            row["topic"] = next(topic) if is_current else rng.choice((*TOPICS[:3], *DROPPED_TOPICS, None))
        if row["programme"] in ("secretary_class", "skills_class", "leadership", "growth"):
            names = [partner["name"] for partner in universities if is_open(partner, "joined_on", "left_on", day)]
            row["university"] = rng.choice(names) if names and rng.random() < 0.7 else None
        venue_kind = {"field_study": "teaching_point", "salon": "secretary_studio"}.get(row["programme"])
        venue_ids = [
            venue["place_id"]
            for venue in venues
            if venue["kind"] == venue_kind and venue["opened_on"] <= day and (venue.get("closed_on") or END) >= day
        ]
        row["place_id"] = rng.choice(venue_ids) if venue_ids else None


def _may_attend(programme: str) -> Callable[[dict, date], bool]:
    """Returns whether a worker on post belongs to a programme's audience on a day, as a function."""
    return {
        "secretary_class": lambda worker, day: worker["post"] in ("secretary", "deputy"),
        "leadership": lambda worker, day: worker["post"] in ("secretary", "deputy"),
        "growth": lambda worker, day: worker["reserve_for"] != "none",
        "onboarding": lambda worker, day: (day - worker["hire_date"]).days <= 500,
        "certificate_prep": lambda worker, day: (worker.get("certified_on") or date.max) > day,
    }.get(programme, lambda worker, day: True)


def _eligible(workers: list[dict], row: dict) -> list[dict]:
    stem = row["area_code"].removesuffix("00") if row["organiser_level"] == "city" else row["area_code"]
    is_invited, day = _may_attend(row["programme"]), row["started_on"]
    return [
        worker
        for worker in workers
        if worker["community_code"].startswith(stem) and on_post(worker, day) and is_invited(worker, day)
    ]


def _row(session: dict, attendee: str, is_completed: bool, rng: Random) -> dict:
    row = {"session_id": session["session_id"], "attendee_id": attendee, "is_completed": is_completed}
    if session["programme"] in TESTED_PROGRAMMES:
        before = min(92.0, max(30.0, rng.gauss(66, 9)))
        row["score_before"] = round(before, 1)
        if is_completed:
            row["score_after"] = round(min(99.0, before + max(-3.0, rng.gauss(13, 6))), 1)
    return row


def _attendance(district: District, training_class: _Class, partners: list[dict], rng: Random) -> list[dict]:
    """Returns the attendance of a class: about its size, most completed; partner classes are for partners."""
    session = training_class.row
    day = session["started_on"]
    if session["programme"] == "partner_training":
        invited_ids = [row["partner_id"] for row in partners if is_open(row, "joined_on", "left_on", day)]
    else:
        invited_ids = [worker["worker_id"] for worker in _eligible(district.workers, session)]
    attendees = rng.sample(invited_ids, min(len(invited_ids), round(training_class.size * rng.uniform(0.8, 1.2))))
    return [_row(session, attendee, rng.random() < COMPLETION_RATES[district.code], rng) for attendee in attendees]


def _full_attendance(district: District, classes: list[_Class], rng: Random) -> list[dict]:
    """Returns 庆阳's attendance: in total as published, with a completed class for everybody now on post."""
    recent = [training_class for training_class in classes if training_class.row["started_on"] >= QINGYANG_START]
    rows = []
    for training_class in classes:
        if training_class not in recent:
            invited = _eligible(district.workers, training_class.row)
            rows += [
                _row(training_class.row, worker["worker_id"], rng.random() < 0.9, rng)
                for worker in rng.sample(invited, min(training_class.size, len(invited)))
            ]
    classes_of: dict[str, list[_Class]] = {}
    for training_class in recent:
        for worker in _eligible(district.workers, training_class.row):
            classes_of.setdefault(worker["worker_id"], []).append(training_class)
    pairs: dict[tuple[str, str], _Class] = {}
    for worker in district.workers:
        if worker["leave_date"] is None:
            training_class = rng.choice(classes_of[worker["worker_id"]])
            pairs[worker["worker_id"], training_class.row["session_id"]] = training_class
    people = sorted(classes_of)
    while len(pairs) < QINGYANG_ATTENDANCES:
        person = rng.choice(people)
        training_class = rng.choice(classes_of[person])
        pairs[person, training_class.row["session_id"]] = training_class
    rows += [_row(training_class.row, person, True, rng) for (person, _), training_class in pairs.items()]
    no_shows: dict[tuple[str, str], _Class] = {}
    while len(no_shows) < QINGYANG_NO_SHOWS:
        person = rng.choice(people)
        training_class = rng.choice(classes_of[person])
        if (person, training_class.row["session_id"]) not in pairs:
            no_shows[person, training_class.row["session_id"]] = training_class
    return rows + [_row(training_class.row, person, False, rng) for (person, _), training_class in no_shows.items()]
