"""Generates the table workers: the careers of a district, with everything a roster says about a person."""

from collections import defaultdict
from datetime import date
from random import Random

from data.generator.base import identities
from data.generator.base.calendar import END, START, age_at, shift_years
from data.generator.base.draws import draw
from data.generator.people.careers import Career
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


def workers(pilot_area: PilotArea, careers: list[Career], seed: int) -> list[dict]:
    """Returns one row per person in the contract's columns; the district's quotas hold at the end of the last month."""
    rng = Random(f"{seed}/workers/{pilot_area.code}")
    _fit_ages(pilot_area, careers, rng)
    careers = sorted(
        careers, key=lambda career: (career.community[:6], career.hire_date, career.community, career.birth)
    )
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
    leavers = [row for row in rows if row["leave_date"] is not None]
    _posts(pilot_area, rows, rng)
    _education(pilot_area, on_post, leavers, rng)
    _channels(pilot_area, rows, rng)
    _certificates(pilot_area, on_post, leavers, rng)
    _seats(pilot_area, on_post, leavers, rng)
    _reserves(pilot_area, on_post, leavers, rng)
    for row in rows:
        _post_description(row, rng)
        _set_terms(pilot_area, row, rng)
    return rows


def _fit_ages(pilot_area: PilotArea, careers: list[Career], rng: Random) -> None:
    """Shifts birth dates by whole years until the published ages hold at the end of the last month."""
    on_post = [career for career in careers if career.leave_date is None]
    secretaries = [career for career in on_post if career.is_secretary]
    if pilot_area.secretary_age_total is not None:
        missing_years = pilot_area.secretary_age_total - sum(age_at(career.birth, END) for career in secretaries)
        step = 1 if missing_years > 0 else -1
        while missing_years:
            career = rng.choice(secretaries)
            if 30 <= age_at(career.birth, END) + step <= 57 and age_at(career.birth, career.hire_date) + step >= 22:
                career.birth = shift_years(career.birth, -step)
                missing_years -= step
    if pilot_area.forty_or_under is not None:
        young = [career for career in on_post if age_at(career.birth, END) <= 40]
        surplus = len(young) - pilot_area.forty_or_under
        step = 1 if surplus > 0 else -1
        movable = young if surplus > 0 else [career for career in on_post if age_at(career.birth, END) > 40]
        nearest = sorted(
            (career for career in movable if not career.is_secretary),
            key=lambda career: abs(age_at(career.birth, END) - 40.5),
        )
        for career in nearest[: abs(surplus)]:
            years = abs(age_at(career.birth, END) - 40) + rng.randint(1, 3)
            career.birth = shift_years(career.birth, -step * years)


def _posts(pilot_area: PilotArea, rows: list[dict], rng: Random) -> None:
    """Assigns posts: the longest-serving one or two are deputies; some of the newest work in office buildings."""
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
        if members[0]["community_code"][:6] in pilot_area.building_workers:
            for row in members[2:]:
                if row["hire_date"] >= date(2023, 1, 1) and rng.random() < 0.22:
                    row["post"] = "building_worker"


def _education(pilot_area: PilotArea, on_post: list[dict], leavers: list[dict], rng: Random) -> None:
    def weight(row: dict) -> float:
        return 0.25 + max(0.0, (62 - age_at(row["birth_date"], END)) / 6) ** 2

    graduates = {row["worker_id"] for row in draw(rng, on_post, pilot_area.college_graduates, weight)}
    share = pilot_area.college_graduates / len(on_post)
    for row in on_post + leavers:
        age = age_at(row["birth_date"], END)
        is_graduate = row["worker_id"] in graduates or (row["leave_date"] is not None and rng.random() < share)
        if not is_graduate:
            row["education"] = "junior_high" if age > 50 and rng.random() < 0.25 else "high_school"
        elif age <= 36:
            row["education"] = rng.choices(COLLEGE, [38, 59, 3])[0]
        else:
            row["education"] = rng.choices(COLLEGE, [70, 29, 1])[0]


def _channels(pilot_area: PilotArea, rows: list[dict], rng: Random) -> None:
    """Sets how people were hired, where that is on record."""
    if pilot_area.recorded_hires is not None:
        hires = draw(
            rng,
            rows,
            pilot_area.recorded_hires,
            lambda row: 0.3 if row["post"] == "secretary" else 4.0 if row["hire_date"] >= date(2021, 1, 1) else 0.25,
        )
        for row in hires:
            row["recruited_via"] = rng.choices(["open_recruitment", "elected", "assigned"], [84, 10, 6])[0]
        return
    for row in rows:
        if row["post"] == "secretary":
            row["recruited_via"] = rng.choices(["elected", "assigned", None], [62, 22, 16])[0]
        else:
            channels = ["open_recruitment", "elected", "assigned", None]
            row["recruited_via"] = rng.choices(channels, [52, 16, 8, 24])[0]
    if pilot_area.open_hires is not None:
        first_day, count = pilot_area.open_hires
        recent = [row for row in rows if row["hire_date"] >= first_day]
        open_hires = draw(rng, recent, count, lambda row: row["post"] != "secretary")
        open_hire_ids = {row["worker_id"] for row in open_hires}
        for row in recent:
            if row["worker_id"] in open_hire_ids:
                row["recruited_via"] = "open_recruitment"
            elif row["recruited_via"] == "open_recruitment":
                row["recruited_via"] = rng.choice(["elected", "assigned", None])


def _certificates(pilot_area: PilotArea, on_post: list[dict], leavers: list[dict], rng: Random) -> None:
    def weight(row: dict) -> float:
        age = age_at(row["birth_date"], END)
        # Results of the June examination come in autumn, so workers hired this year or last have none yet.
        served = (END - row["hire_date"]).days / 365
        study = 2.5 if row["education"] in COLLEGE else 0.5
        return (0.3 if age > 50 else 1.0) * study * min(served + 0.2, 3.0)

    certified = {row["worker_id"] for row in draw(rng, on_post, pilot_area.certified_workers, weight)}
    share = pilot_area.certified_workers / len(on_post)
    for row in on_post + leavers:
        if row["worker_id"] in certified or (row["leave_date"] is not None and rng.random() < share * 0.7):
            row["certificate"] = rng.choices(["assistant", "social_worker", "senior"], [66, 33, 1])[0]
            row["certified_on"] = _certified_on(row, rng)
        else:
            row["certificate"] = "none" if rng.random() < 0.8 else None


def _certified_on(row: dict, rng: Random) -> date | None:
    """Draws an autumn day in the years on post; returns None where the roster leaves the date out."""
    last = row["leave_date"] or END
    first_year = max(2009, row["hire_date"].year - 2, row["birth_date"].year + 22)
    day = date(int(rng.triangular(first_year, 2026, 2024)), rng.choice([9, 10, 11]), rng.randint(1, 28))
    return None if day > last or rng.random() < 0.05 else day


def _seats(pilot_area: PilotArea, on_post: list[dict], leavers: list[dict], rng: Random) -> None:
    chances = {"secretary": 12.0, "deputy": 2.0, "worker": 0.3, "building_worker": 0.05}
    for row in on_post + leavers:
        row["public_seat"] = "none"
    former = [row for row in leavers if row["post"] == "secretary"]
    for row in draw(rng, on_post, pilot_area.public_seats, lambda row: chances[row["post"]]) + draw(
        rng, former, min(4, len(former)), lambda row: 1.0
    ):
        row["public_seat"] = rng.choices(["party_congress", "peoples_congress", "cppcc"], [50, 38, 12])[0]


def _reserves(pilot_area: PilotArea, on_post: list[dict], leavers: list[dict], rng: Random) -> None:
    """Assigns reserves, who hold a lower post than the one they are reserved for; for secretary, born 1990 or later."""
    eligible = {
        "secretary": lambda row: row["post"] in ("deputy", "worker") and row["birth_date"].year >= 1990,
        "deputy": lambda row: row["post"] == "worker" and row["birth_date"].year >= 1981,
        "member": lambda row: row["post"] in ("worker", "building_worker"),
    }
    for row in on_post + leavers:
        row["reserve_for"] = "none"
    for group, counts in ((on_post, pilot_area.reserves), (leavers, (2, 5, 8))):
        for (kind, is_eligible), count in zip(eligible.items(), counts, strict=True):
            candidates = [row for row in group if row["reserve_for"] == "none" and is_eligible(row)]
            for row in draw(
                rng, candidates, min(count, len(candidates)), lambda row: 4.0 if row["education"] in COLLEGE else 1.0
            ):
                row["reserve_for"] = kind


def _post_description(row: dict, rng: Random) -> None:
    if row["post"] == "secretary":
        row["line_of_work"] = "全面工作"
    elif rng.random() < 0.78:
        row["line_of_work"] = rng.choice(LINES_OF_WORK)
    if rng.random() < (0.3 if row["post"] != "building_worker" else 0.05):
        row["project"] = rng.choice(PROJECTS)


def _set_terms(pilot_area: PilotArea, row: dict, rng: Random) -> None:
    """Sets grade by years served and education, pay by grade, insurances and political status."""
    last = row["leave_date"] or END
    lower, upper = GRADE_BANDS[row["post"]]
    served = (last - row["hire_date"]).days / 365
    study = {"bachelor": 1, "postgraduate": 2}.get(row["education"], 0)
    certificate = 1 if row.get("certificate") not in (None, "none") else 0
    grade = lower + int(served / 1.9) + study + certificate + rng.choice([-1, 0, 0, 1])
    row["grade"] = max(lower, min(upper, grade))
    base, step = pilot_area.pay
    row["monthly_pay"] = round(base + step * row["grade"] + rng.uniform(-60, 60), -1)
    row["has_pension"] = rng.random() < 0.985
    row["has_medical"] = row["has_pension"] and rng.random() < 0.99
    # Districts with higher pay contribute to the housing fund more often, and first for new hires.
    fund = (0.35 if row["hire_date"] < START else 0.6) + 0.00012 * (base - 2250)
    row["has_housing_fund"] = rng.random() < fund
    if row["post"] == "secretary":
        row["political_status"] = "party_member"
    else:
        is_young = age_at(row["birth_date"], last) <= 28
        row["political_status"] = rng.choices(
            ["party_member", "probationary", "league_member", "other"], [22, 5, 40, 33] if is_young else [45, 2, 0, 53]
        )[0]
