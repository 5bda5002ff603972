"""Generates the table activities: activities for residents, their organisers and participants."""

from dataclasses import dataclass
from datetime import date
from random import Random

from data.generator.base.calendar import END
from data.generator.base.clock import day_weight, days_between, moment, pick_days
from data.generator.base.draws import share_out
from data.generator.district import District, number_rows
from data.generator.partners.partners import Partners

# Fewer in winter and around the Spring Festival; more in the summer holidays, around the Double Ninth Festival and at
# the end of the year.
SEASON = {1: 0.8, 2: 0.6, 3: 1.15, 5: 1.05, 6: 1.1, 7: 1.25, 8: 1.2, 10: 1.1, 11: 0.9, 12: 0.95}
# Activities by kind in 2022, 2023, 2024, 2025 and the first half of 2026. Published: 庆阳's services of 2026,
# 高密's welfare activities in all and its 8 campaigns.
YEARLY = {
    "621000": {
        "service": (1720, 2480, 3390, 4480, 2573),
        "home_visit": (160, 220, 260, 300, 150),
        "meeting": (90, 120, 170, 230, 120),
        "festival": (16, 22, 25, 28, 11),
        "welfare": (40, 60, 80, 90, 50),
        "campaign": (20, 30, 32, 36, 18),
    },
    "370785": {
        "service": (180, 240, 300, 360, 190),
        "home_visit": (60, 80, 90, 100, 50),
        "joint_party_day": (70, 95, 110, 125, 64),
        "campaign": (80, 84, 88, 92, 46),
        "welfare": (38, 58, 76, 86, 39),
        "festival": (12, 14, 18, 22, 9),
        "meeting": (40, 70, 90, 110, 60),
    },
    "370705": {
        "service": (220, 290, 330, 390, 210),
        "home_visit": (70, 80, 90, 90, 45),
        "joint_party_day": (20, 28, 34, 40, 22),
        "welfare": (18, 24, 30, 34, 16),
        "festival": (9, 12, 14, 16, 7),
        "meeting": (50, 70, 90, 110, 60),
        "campaign": (12, 14, 14, 16, 8),
    },
    "141024": {
        "service": (60, 130, 210, 260, 120),
        "home_visit": (30, 50, 60, 60, 28),
        "joint_party_day": (6, 18, 28, 34, 18),
        "market": (0, 10, 34, 48, 22),
        "welfare": (4, 14, 22, 30, 14),
        "festival": (2, 6, 9, 12, 5),
        "meeting": (20, 44, 60, 70, 36),
    },
}
JOINT_WITH_PROPERTY = {"370785": 236}  # published: over 230
WELFARE_BENEFICIARIES = {"370785": 8430}  # published: over 8,400
CAMPAIGNS = {
    "370785": (
        "消防通道清障",
        "飞线充电整治",
        "楼道杂物清理",
        "违规停车整治",
        "物业收费公示",
        "毁绿种菜整治",
        "高空抛物防治",
        "电梯安全排查",
    ),
    "621000": ("燃气安全排查", "冬季取暖安全", "电动车上楼整治"),
    "370705": ("楼道革命", "电动自行车充电整治"),
}
TITLES = {
    "service": (
        "健康义诊",
        "政策宣讲",
        "助老理发",
        "反诈宣传",
        "暖心送餐",
        "儿童课堂",
        "法律咨询",
        "就业招聘",
        "环境清洁",
        "家电义修",
        "防汛宣传",
        "邻里读书",
    ),
    "home_visit": ("敲门行动", "独居老人走访", "困难家庭走访"),
    "meeting": ("小区议事会", "楼院协商会", "板凳会"),
    "joint_party_day": ("主题党日", "书法进小区", "党员奉献日", "联学联建"),
    "market": ("邻里集市", "便民集市"),
    "festival": ("邻里文化节", "百家宴", "社区春晚"),
    "welfare": ("爱心义卖", "助学公益", "敬老公益", "助残公益"),
}


@dataclass(frozen=True)
class ActivityProfile:
    """Describes typical activities of a kind: participants, beneficiaries, hours, share out of hours, partners."""

    participants: int
    beneficiaries: int | None
    hours: float
    off_hours: float
    partner_kinds: tuple[str, ...] = ()
    partner_share: float = 0.0


PROFILES = {
    "service": ActivityProfile(
        22, 36, 2.0, 0.12, ("volunteer_team", "social_org", "reporting_unit", "department"), 0.35
    ),
    "home_visit": ActivityProfile(3, 6, 2.5, 0.3),
    "joint_party_day": ActivityProfile(28, 18, 2.0, 0.1, ("reporting_unit", "department"), 0.9),
    "campaign": ActivityProfile(16, None, 3.0, 0.05, ("property_company",), 0.3),
    "welfare": ActivityProfile(
        18, 28, 2.5, 0.2, ("social_org", "social_org_federation", "association", "talent_studio"), 0.8
    ),
    "market": ActivityProfile(90, 240, 4.0, 0.5, ("association", "shop", "enterprise", "talent_studio"), 0.8),
    "festival": ActivityProfile(160, 320, 4.0, 0.5, ("social_org", "association", "enterprise"), 0.5),
    "meeting": ActivityProfile(14, None, 1.5, 0.45),
}


def activities(district: District, partners: Partners) -> list[dict]:
    """Returns every activity of a district, by start time."""
    rng = district.rng("activities")
    rows = []
    # The same communities are the busiest every year, so the unevenness is drawn once.
    homes, weights = district.urban_communities, district.community_weights(rng, 0.45)
    for kind, counts in YEARLY[district.code].items():
        rows_of_kind = []
        for year, count in zip(range(2022, 2027), counts, strict=True):
            days = days_between(date(year, 1, 1), min(date(year, 12, 31), END))
            days_of_kind = pick_days(rng, days, count, day_weight(SEASON, at_rest=0.75))
            communities = rng.choices(homes, weights, k=count)
            for day, community in zip(days_of_kind, communities, strict=True):
                rows_of_kind.append(_activity(district, partners, kind, day, community.code, rng))
        rows += rows_of_kind
        if kind == "joint_party_day":
            _assign_property_companies(district, rows_of_kind, partners, rng)
        if kind == "welfare":
            _distribute_beneficiaries(district, rows_of_kind, rng)
        if kind == "campaign":
            _name_campaigns(district, rows_of_kind)
    rows.sort(key=lambda row: (row["started_at"], row["area_code"], row["kind"], row["title"]))
    return number_rows(rows, "activity_id", "area_code", "A", 5)


def _activity(district: District, partners: Partners, kind: str, day: date, community: str, rng: Random) -> dict:
    profile = PROFILES[kind]
    area = community
    if kind in ("welfare", "festival", "joint_party_day") and rng.random() < 0.06:
        area = community[:9] if rng.random() < 0.7 else community[:6]
    started = moment(rng, day, profile.off_hours)
    partner = None
    if rng.random() < profile.partner_share:
        partner = partners.partner_on(rng, profile.partner_kinds, (community, community[:6]), day)
    in_grid = area == community and rng.random() < 0.45
    by_worker = partner is None or rng.random() < 0.4
    # Participation grows with the years.
    growth = 1 + 0.06 * (day.year - 2022)
    return {
        "started_at": started,
        "area_code": area,
        "kind": kind,
        "grid_code": district.grid_on(rng, community, day) if in_grid else None,
        "title": rng.choice(TITLES[kind]) if kind in TITLES else "",
        "worker_id": district.worker_on(rng, community, day) if by_worker else None,
        "partner_id": partner,
        "participants": max(2, round(profile.participants * growth * rng.lognormvariate(0, 0.5))),
        "beneficiaries": (
            max(1, round(profile.beneficiaries * growth * rng.lognormvariate(0, 0.6)))
            if profile.beneficiaries is not None
            else None
        ),
        "hours": max(0.5, round(2 * profile.hours * rng.lognormvariate(0, 0.35)) / 2),
    }


def _assign_property_companies(district: District, rows: list[dict], partners: Partners, rng: Random) -> None:
    """Assigns property companies to as many joint activities as published; the others are with units or nobody."""
    missing = JOINT_WITH_PROPERTY.get(district.code, 0)
    for row in rng.sample(rows, len(rows)):
        if not missing:
            return
        partner = partners.partner_on(
            rng, ("property_company",), (row["area_code"], row["area_code"][:6]), row["started_at"].date()
        )
        if partner is not None:
            row["partner_id"] = partner
            missing -= 1


def _distribute_beneficiaries(district: District, rows: list[dict], rng: Random) -> None:
    """Sets the beneficiaries of welfare activities where their total is published."""
    total = WELFARE_BENEFICIARIES.get(district.code)
    if total is not None:
        parts = share_out(total - len(rows), [rng.lognormvariate(0, 0.6) for _ in rows])
        for row, part in zip(rows, parts, strict=True):
            row["beneficiaries"] = 1 + part


def _name_campaigns(district: District, rows: list[dict]) -> None:
    """Names campaigns one after another, each held in many communities for about half a year."""
    titles = CAMPAIGNS[district.code]
    rows.sort(key=lambda row: (row["started_at"], row["area_code"]))
    for index, row in enumerate(rows):
        row["title"] = f"{titles[index * len(titles) // len(rows)]}专项行动"
