"""Generates partner_services, partner_ratings and honours: services, scores and awards of partners."""

from datetime import date, timedelta
from random import Random

from data.generator.base.calendar import END, add_months, month_end, random_day
from data.generator.district import District, is_open, number_rows

SERVICE_DISTRICTS = ("141024",)
CATEGORIES_OF = {
    "department": ("employment", "medical", "safety", "education", "culture", "other"),
    "association": ("education", "culture", "elderly_care", "employment"),
    "talent_studio": ("education", "culture", "medical"),
    "enterprise": ("employment", "property", "other"),
    "shop": ("other", "elderly_care", "culture"),
    "property_company": ("property", "parking", "environment"),
    "volunteer_team": ("elderly_care", "environment", "safety"),
}
FIRST_RATING = date(2024, 1, 1)
# Number of recipients, and of those awarded twice. The recipients of 高密's first two are published.
HONOURS = {
    "370785": {
        "model_shop": (117, 21),
        "outstanding_volunteer": (68, 9),
        "star_shop": (150, 24),
        "outstanding_partner": (32, 4),
    },
    "141024": {
        "outstanding_partner": (41, 8),
        "star_shop": (3, 1),
        "home_star": (57, 6),
        "outstanding_volunteer": (12, 1),
    },
}
RECIPIENT_KINDS = {
    "model_shop": ("shop",),
    "star_shop": ("shop",),
    "outstanding_partner": (
        "reporting_unit",
        "department",
        "association",
        "property_company",
        "social_org",
        "talent_studio",
        "enterprise",
    ),
}
RECIPIENT_ROLES = {
    "outstanding_volunteer": ("shop_volunteer", "steward", "mediator", "building_leader"),
    "home_star": ("focal_household", "building_leader", "veteran"),
}
# Awarded at two yearly meetings: before the Party's anniversary and before the Spring Festival.
AWARD_DAYS = tuple(date(year, month, day) for year in (2023, 2024, 2025, 2026) for month, day in ((1, 12), (6, 27)))


def partner_services(district: District, partners: list[dict]) -> list[dict]:
    """Returns the services of each partner, most county-wide, some ended; only for districts that keep a list."""
    if district.code not in SERVICE_DISTRICTS:
        return []
    rng = district.rng("partner_services")
    rows = []
    for partner in partners:
        categories = CATEGORIES_OF[partner["kind"]]
        for category in rng.sample(categories, min(len(categories), rng.choice((1, 1, 2, 3)))):
            start = min(partner["joined_on"] + timedelta(days=rng.randint(10, 150)), END)
            until = partner["left_on"]
            if until is None and rng.random() < 0.12:
                until = random_day(rng, start, END)
            rows.append(
                {
                    "partner_id": partner["partner_id"],
                    "category": category,
                    "focus_group": _focus(category, rng),
                    "since": start,
                    "until": max(until, start) if until else None,
                    "area_code": partner["area_code"]
                    if rng.random() < 0.7
                    else rng.choice(district.urban_communities).code,
                    "capacity": rng.choice((4, 5, 8, 10, 12, 20, 30, 40)),
                }
            )
    rows.sort(key=lambda row: (row["since"], row["partner_id"], row["category"]))
    return number_rows(rows, "service_id", "area_code", "F", 4)


def _focus(category: str, rng: Random) -> str:
    usual = {"elderly_care": "elderly", "education": "child", "employment": "needy"}.get(category, "none")
    return usual if rng.random() < 0.8 else rng.choice(("elderly", "child", "needy", "none"))


def partner_ratings(district: District, partners: list[dict]) -> list[dict]:
    """Returns three scores per quarter for the partners active at its end; a few are missing."""
    if district.code not in SERVICE_DISTRICTS:
        return []
    rng = district.rng("partner_ratings")
    level = {partner["partner_id"]: rng.gauss(86 if partner["kind"] != "shop" else 81, 5) for partner in partners}
    rows = []
    start = FIRST_RATING
    while start <= END:
        quarter_end = month_end(add_months(start, 2))
        for partner in partners:
            if is_open(partner, "joined_on", "left_on", quarter_end) and rng.random() < 0.96:
                # Partners about to leave are rated worse.
                is_leaving = partner["left_on"] is not None and (partner["left_on"] - quarter_end).days < 270
                mean = level[partner["partner_id"]] - (14 if is_leaving else 0) + (start.year - 2024) * 0.8
                rows.append(
                    {
                        "partner_id": partner["partner_id"],
                        "quarter": f"{start.year}Q{start.month // 3 + 1}",
                        "resident_score": _score(rng, mean - 1),
                        "community_score": _score(rng, mean + 2),
                        "industry_score": _score(rng, mean),
                    }
                )
        start = add_months(start, 3)
    return rows


def _score(rng: Random, mean: float) -> float:
    return round(min(100.0, max(40.0, rng.gauss(mean, 4))), 1)


def honours(district: District, partners: list[dict], posts: list[dict]) -> list[dict]:
    """Returns the honours; the second number of each title is how many recipients got it twice."""
    rng = district.rng("honours")
    rows = []
    for title, (count, second_awards) in HONOURS.get(district.code, {}).items():
        eligible = _eligible(title, partners, posts)
        recipients = rng.sample(sorted(eligible), count)
        first_days = {recipient: rng.choice(eligible[recipient][0]) for recipient in recipients}
        awards = list(first_days.items())
        for recipient in rng.sample(
            [recipient for recipient in recipients if len(eligible[recipient][0]) > 1], second_awards
        ):
            other_days = [day for day in eligible[recipient][0] if day != first_days[recipient]]
            awards.append((recipient, rng.choice(other_days)))
        for recipient, day in awards:
            home = eligible[recipient][1]
            rows.append(
                {
                    "recipient_id": recipient,
                    "title": title,
                    "awarded_on": day,
                    "community_code": home if len(home) == 12 else rng.choice(district.urban_communities).code,
                }
            )
    rows.sort(key=lambda row: (row["awarded_on"], row["title"], row["recipient_id"]))
    return number_rows(rows, "honour_id", "community_code", "Y", 4)


def _eligible(title: str, partners: list[dict], posts: list[dict]) -> dict[str, tuple[list[date], str]]:
    """Returns the eligible recipients: the award days while they were active, and their area."""
    eligible: dict[str, tuple[list[date], str]] = {}
    for partner in partners:
        if partner["kind"] in RECIPIENT_KINDS.get(title, ()):
            days = [day for day in AWARD_DAYS if is_open(partner, "joined_on", "left_on", day)]
            eligible[partner["partner_id"]] = (days, partner["area_code"])
    for post in posts:
        if post["role"] in RECIPIENT_ROLES.get(title, ()) and post["holder_id"] not in eligible:
            days = [day for day in AWARD_DAYS if is_open(post, "since", "until", day)]
            eligible[post["holder_id"]] = (days, post["community_code"])
    return {recipient: entry for recipient, entry in eligible.items() if entry[0]}
