"""Rows of the table workers: the careers of a place, with everything a roster says of a person."""

from collections import defaultdict
from datetime import date
from random import Random

from data.generator import identities
from data.generator.calendar import END, START, age_at, shift_years
from data.generator.careers import Career
from data.generator.draws import draw
from data.generator.settings import PilotArea

GRADE_BANDS = {"secretary": (7, 18), "deputy": (4, 15), "worker": (1, 12), "building_worker": (1, 12)}
LINES_OF_WORK = (
    "党建",
    "民政救助",
    "社会保障",
    "综治维稳",
    "卫生健康",
    "环境卫生",
    "退役军人事务",
    "残联",
    "文化体育",
    "物业管理",
    "安全生产",
    "信息宣传",
)
PROJECTS = (
    "银龄互助",
    "四点半课堂",
    "邻里食堂",
    "红色代办",
    "楼道微更新",
    "暖心驿站",
    "青少年成长营",
    "文明养犬",
    "健康小屋",
    "邻里议事厅",
)
COLLEGE = ("college", "bachelor", "postgraduate")


def workers(place: PilotArea, careers: list[Career], seed: int) -> list[dict]:
    """One row a person, columns of the contract; the place's quotas hold at the last month's end."""
    rng = Random(f"{seed}/workers/{place.code}")
    _settle_ages(place, careers, rng)
    careers = sorted(careers, key=lambda one: (one.community[:6], one.hire_date, one.community, one.birth))
    serial: dict[str, int] = defaultdict(int)
    rows = []
    for career in careers:
        county = career.community[:6]
        serial[county] += 1
        gender = "female" if rng.random() < (0.42 if career.is_secretary else 0.66) else "male"
        rows.append(
            {
                "worker_id": f"{county}{serial[county]:04d}",
                "name": identities.name(rng, gender),
                "id_number": identities.id_number(rng, career.birth, gender),
                "phone": identities.phone(rng),
                "gender": gender,
                "birth_date": career.birth,
                "community_code": career.community,
                "hire_date": career.hire_date,
                "leave_date": career.leave_date,
                "leave_reason": career.leave_reason,
                "post": "secretary" if career.is_secretary else "worker",
            }
        )
    on_post = [row for row in rows if row["leave_date"] is None]
    left = [row for row in rows if row["leave_date"] is not None]
    _posts(place, rows, rng)
    _education(place, on_post, left, rng)
    _channels(place, rows, rng)
    _certificates(place, on_post, left, rng)
    _seats(place, on_post, left, rng)
    _reserves(place, on_post, left, rng)
    for row in rows:
        _post_description(row, rng)
        _terms(place, row, rng)
    return rows


def _settle_ages(place: PilotArea, careers: list[Career], rng: Random) -> None:
    """Move births by a year or a few until the published ages hold at the last month's end."""
    on_post = [career for career in careers if career.leave_date is None]
    secretaries = [career for career in on_post if career.is_secretary]
    if place.secretary_age_total is not None:
        short = place.secretary_age_total - sum(age_at(one.birth, END) for one in secretaries)
        step = 1 if short > 0 else -1
        while short:
            one = rng.choice(secretaries)
            if 30 <= age_at(one.birth, END) + step <= 57 and age_at(one.birth, one.hire_date) + step >= 22:
                one.birth = shift_years(one.birth, -step)
                short -= step
    if place.forty_or_under is not None:
        young = [career for career in on_post if age_at(career.birth, END) <= 40]
        surplus = len(young) - place.forty_or_under
        step = 1 if surplus > 0 else -1
        movable = young if surplus > 0 else [career for career in on_post if age_at(career.birth, END) > 40]
        nearest = sorted(
            (career for career in movable if not career.is_secretary),
            key=lambda career: abs(age_at(career.birth, END) - 40.5),
        )
        for career in nearest[: abs(surplus)]:
            older = abs(age_at(career.birth, END) - 40) + rng.randint(1, 3)
            career.birth = shift_years(career.birth, -step * older)


def _posts(place: PilotArea, rows: list[dict], rng: Random) -> None:
    """One or two deputies a community, the longest there; some of the newest work in office buildings."""
    by_community: dict[str, list[dict]] = defaultdict(list)
    for row in rows:
        if row["post"] == "worker" and row["leave_date"] is None:
            by_community[row["community_code"]].append(row)
        elif row["post"] == "worker" and rng.random() < 0.11 and row["hire_date"] < date(2020, 1, 1):
            row["post"] = "deputy"
    for members in by_community.values():
        members.sort(key=lambda row: (row["hire_date"], row["worker_id"]))
        for row in members[: 2 if len(members) >= 9 else 1]:
            row["post"] = "deputy"
        if members[0]["community_code"][:6] in place.building_workers:
            for row in members[2:]:
                if row["hire_date"] >= date(2023, 1, 1) and rng.random() < 0.22:
                    row["post"] = "building_worker"


def _education(place: PilotArea, on_post: list[dict], left: list[dict], rng: Random) -> None:
    def weight(row: dict) -> float:
        return 0.25 + max(0.0, (62 - age_at(row["birth_date"], END)) / 6) ** 2

    graduates = {row["worker_id"] for row in draw(rng, on_post, place.college_graduates, weight)}
    share = place.college_graduates / len(on_post)
    for row in on_post + left:
        age = age_at(row["birth_date"], END)
        graduate = row["worker_id"] in graduates or (row["leave_date"] is not None and rng.random() < share)
        if not graduate:
            row["education"] = "junior_high" if age > 50 and rng.random() < 0.25 else "high_school"
        elif age <= 36:
            row["education"] = rng.choices(COLLEGE, [38, 59, 3])[0]
        else:
            row["education"] = rng.choices(COLLEGE, [70, 29, 1])[0]


def _channels(place: PilotArea, rows: list[dict], rng: Random) -> None:
    """How people were hired, where that is on record."""
    if place.recorded_hires is not None:
        recorded = draw(
            rng,
            rows,
            place.recorded_hires,
            lambda row: 0.3 if row["post"] == "secretary" else 4.0 if row["hire_date"] >= date(2021, 1, 1) else 0.25,
        )
        for row in recorded:
            row["recruited_via"] = rng.choices(["open_recruitment", "elected", "assigned"], [84, 10, 6])[0]
        return
    for row in rows:
        if row["post"] == "secretary":
            row["recruited_via"] = rng.choices(["elected", "assigned", None], [62, 22, 16])[0]
        else:
            channels = ["open_recruitment", "elected", "assigned", None]
            row["recruited_via"] = rng.choices(channels, [52, 16, 8, 24])[0]
    if place.open_hires is not None:
        since, count = place.open_hires
        recent = [row for row in rows if row["hire_date"] >= since]
        drawn = draw(rng, recent, count, lambda row: row["post"] != "secretary")
        opened = {row["worker_id"] for row in drawn}
        for row in recent:
            if row["worker_id"] in opened:
                row["recruited_via"] = "open_recruitment"
            elif row["recruited_via"] == "open_recruitment":
                row["recruited_via"] = rng.choice(["elected", "assigned", None])


def _certificates(place: PilotArea, on_post: list[dict], left: list[dict], rng: Random) -> None:
    def weight(row: dict) -> float:
        age = age_at(row["birth_date"], END)
        # Results of the examination in June come in autumn: who came this year or last has none yet.
        served = (END - row["hire_date"]).days / 365
        study = 2.5 if row["education"] in COLLEGE else 0.5
        return (0.3 if age > 50 else 1.0) * study * min(served + 0.2, 3.0)

    certified = {row["worker_id"] for row in draw(rng, on_post, place.certified_workers, weight)}
    share = place.certified_workers / len(on_post)
    for row in on_post + left:
        if row["worker_id"] in certified or (row["leave_date"] is not None and rng.random() < share * 0.7):
            row["certificate"] = rng.choices(["assistant", "social_worker", "senior"], [66, 33, 1])[0]
            row["certified_on"] = _certified_on(row, rng)
        else:
            row["certificate"] = "none" if rng.random() < 0.8 else None


def _certified_on(row: dict, rng: Random) -> date | None:
    """An autumn of the years on post; a few rosters leave the date out."""
    last = row["leave_date"] or END
    first_year = max(2009, row["hire_date"].year - 2, row["birth_date"].year + 22)
    day = date(int(rng.triangular(first_year, 2026, 2024)), rng.choice([9, 10, 11]), rng.randint(1, 28))
    return None if day > last or rng.random() < 0.05 else day


def _seats(place: PilotArea, on_post: list[dict], left: list[dict], rng: Random) -> None:
    chances = {"secretary": 12.0, "deputy": 2.0, "worker": 0.3, "building_worker": 0.05}
    for row in on_post + left:
        row["public_seat"] = "none"
    former = [row for row in left if row["post"] == "secretary"]
    for row in draw(rng, on_post, place.public_seats, lambda row: chances[row["post"]]) + draw(
        rng, former, min(4, len(former)), lambda row: 1.0
    ):
        row["public_seat"] = rng.choices(["party_congress", "peoples_congress", "cppcc"], [50, 38, 12])[0]


def _reserves(place: PilotArea, on_post: list[dict], left: list[dict], rng: Random) -> None:
    """Reserves hold no post as high as the one they are kept for; those for secretary are born since 1990."""
    eligible = {
        "secretary": lambda row: row["post"] in ("deputy", "worker") and row["birth_date"].year >= 1990,
        "deputy": lambda row: row["post"] == "worker" and row["birth_date"].year >= 1981,
        "member": lambda row: row["post"] in ("worker", "building_worker"),
    }
    for row in on_post + left:
        row["reserve_for"] = "none"
    for group, counts in ((on_post, place.reserves), (left, (2, 5, 8))):
        for (kind, allowed), count in zip(eligible.items(), counts, strict=True):
            free = [row for row in group if row["reserve_for"] == "none" and allowed(row)]
            for row in draw(rng, free, min(count, len(free)), lambda row: 4.0 if row["education"] in COLLEGE else 1.0):
                row["reserve_for"] = kind


def _post_description(row: dict, rng: Random) -> None:
    if row["post"] == "secretary":
        row["line_of_work"] = "全面工作"
    elif rng.random() < 0.78:
        row["line_of_work"] = rng.choice(LINES_OF_WORK)
    if rng.random() < (0.3 if row["post"] != "building_worker" else 0.05):
        row["project"] = rng.choice(PROJECTS)


def _terms(place: PilotArea, row: dict, rng: Random) -> None:
    """Grade by years served and study, pay by grade, the insurances, political status."""
    last = row["leave_date"] or END
    lower, upper = GRADE_BANDS[row["post"]]
    served = (last - row["hire_date"]).days / 365
    study = {"bachelor": 1, "postgraduate": 2}.get(row["education"], 0)
    certificate = 1 if row.get("certificate") not in (None, "none") else 0
    grade = lower + int(served / 1.9) + study + certificate + rng.choice([-1, 0, 0, 1])
    row["grade"] = max(lower, min(upper, grade))
    base, step = place.pay
    row["monthly_pay"] = round(base + step * row["grade"] + rng.uniform(-60, 60), -1)
    row["has_pension"] = rng.random() < 0.985
    row["has_medical"] = row["has_pension"] and rng.random() < 0.99
    # Places that pay more pay into the fund more often, and for the newly hired first.
    fund = (0.35 if row["hire_date"] < START else 0.6) + 0.00012 * (base - 2250)
    row["has_housing_fund"] = rng.random() < fund
    if row["post"] == "secretary":
        row["political_status"] = "party_member"
    else:
        young = age_at(row["birth_date"], last) <= 28
        row["political_status"] = rng.choices(
            ["party_member", "probationary", "league_member", "other"], [22, 5, 40, 33] if young else [45, 2, 0, 53]
        )[0]
