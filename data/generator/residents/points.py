"""Generates the table points: residents' accounts, with points earned and redeemed."""

from dataclasses import dataclass
from datetime import date
from random import Random

from data.generator.base.calendar import END, random_day
from data.generator.base.clock import day_weight, days_between, pick_days
from data.generator.district import District, number_rows

SEASON = {1: 1.1, 2: 0.7, 3: 1.1, 6: 1.1, 7: 1.25, 8: 1.2, 12: 1.15}
EARNINGS = (
    ("志愿服务", (5, 10, 15, 20)),
    ("垃圾分类", (1, 2, 3)),
    ("议事建言", (5, 8)),
    ("邻里互助", (5, 10)),
    ("隐患上报", (3, 5)),
    ("文明实践", (5, 10)),
    ("微心愿认领", (10, 20)),
)
REDEMPTIONS = (
    ("日用品", (20, 30, 50)),
    ("理发", (15, 20)),
    ("家政服务", (40, 60)),
    ("文体课程", (25, 30)),
    ("粮油", (50, 80)),
)
# Share of redemptions among entries by month: most before the Spring Festival and the Mid-Autumn Festival.
SHOPPING_MONTHS = {1: 0.5, 9: 0.36, 12: 0.3}
MAX_ENTRIES = 70


@dataclass(frozen=True)
class PointsScheme:
    """Describes a district's points scheme: its start, number of accounts and number of entries."""

    start: date
    accounts: int
    entries: int


SCHEMES = {
    "370785": PointsScheme(date(2024, 5, 1), 620, 5200),
    "370705": PointsScheme(date(2025, 1, 1), 380, 2600),
    "141024": PointsScheme(date(2023, 9, 1), 2900, 27000),
}


def points(district: District) -> list[dict]:
    """Returns the entries of every account by day; nobody redeems more than they have earned."""
    scheme = SCHEMES.get(district.code)
    if scheme is None:
        return []
    rng = district.rng("points")
    homes = rng.choices(district.urban_communities, district.community_weights(rng, 0.5), k=scheme.accounts)
    activity = [rng.lognormvariate(0, 1.0) for _ in homes]
    scale = scheme.entries / sum(min(eagerness, 3.5) for eagerness in activity)
    rows = []
    for number, (home, eagerness) in enumerate(zip(homes, activity, strict=True), 1):
        account = f"{home.code[:6]}B{number:04d}"
        count = min(MAX_ENTRIES, max(1, round(scale * min(eagerness, 3.5))))
        rows += _account(account, home.code, count, scheme.start, rng)
    rows.sort(key=lambda row: (row["on_date"], row["account_id"], row["kind"]))
    return number_rows(rows, "entry_id", "community_code", "J", 5)


def _account(account: str, community: str, count: int, start: date, rng: Random) -> list[dict]:
    """Returns the entries of an account, from its opening to the last month or until its holder loses interest."""
    first = random_day(rng, start, date(2026, 5, 31))
    last = END if rng.random() < 0.7 else random_day(rng, first, END)
    balance = 0
    rows = []
    for day in pick_days(rng, days_between(first, last), count, day_weight(SEASON, at_rest=1.2)):
        is_redemption = balance >= 20 and rng.random() < SHOPPING_MONTHS.get(day.month, 0.16)
        reason, amounts = rng.choice(REDEMPTIONS if is_redemption else EARNINGS)
        affordable = [amount for amount in amounts if not is_redemption or amount <= balance]
        amount = rng.choice(affordable or [balance])
        balance += -amount if is_redemption else amount
        rows.append(
            {
                "account_id": account,
                "community_code": community,
                "on_date": day,
                "kind": "redeem" if is_redemption else "earn",
                "points": amount,
                "reason": reason,
            }
        )
    return rows
