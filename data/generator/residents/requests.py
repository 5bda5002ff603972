"""Generates the table requests: each request with its steps, as far as they have happened."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from data.generator.base.calendar import END
from data.generator.base.clock import LAST_MOMENT, day_weight, days_between, moment, next_moment, pick_days
from data.generator.district import District, is_open, number_rows
from data.generator.partners.partners import Partners
from data.generator.residents.request_kinds import REQUEST_PROFILES, RequestProfile

# Requests by kind in 2022, 2023, 2024, 2025 and the first half of 2026. Published: 庆阳's hazards of 2026 and the
# totals of 高密's shop requests and joint matters. RESOLVED_COUNTS has the published numbers of resolved requests.
YEARLY = {
    "621000": {
        "livelihood": (980, 1380, 1890, 2640, 1440),
        "hazard": (1900, 3000, 4300, 5700, 3329),
        "dispute": (190, 230, 260, 280, 130),
        "whistle": (70, 130, 170, 210, 110),
    },
    "370785": {
        "shop": (96, 176, 228, 244, 117),
        "dispute": (270, 330, 370, 380, 181),
        "joint_matter": (24, 38, 44, 51, 22),
        "livelihood": (240, 330, 420, 480, 250),
        "hazard": (210, 290, 330, 360, 180),
        "micro_wish": (40, 80, 110, 120, 60),
        "whistle": (50, 90, 120, 140, 70),
    },
    "370705": {
        "livelihood": (360, 470, 560, 640, 330),
        "hazard": (240, 300, 340, 380, 200),
        "dispute": (110, 130, 140, 140, 70),
        "whistle": (60, 90, 110, 130, 70),
        "micro_wish": (30, 50, 60, 70, 30),
    },
    "141024": {
        "micro_wish": (0, 180, 390, 510, 252),
        "joint_meeting": (0, 38, 62, 74, 38),
        "livelihood": (130, 190, 260, 310, 150),
        "hazard": (110, 150, 190, 210, 100),
        "dispute": (60, 70, 80, 80, 40),
        "whistle": (0, 40, 80, 100, 50),
    },
}
# By county: the pace in 2022 and in 2026 (below 1 is faster, linear in between), the share claimed out of hours and the
# shift of satisfaction.
PACES = {
    "621002": (1.15, 0.75, 0.30, 0.1),
    "621021": (1.0, 0.85, 0.22, 0.0),
    "621022": (1.2, 1.45, 0.12, -0.4),
    "621023": (0.9, 0.7, 0.25, 0.2),
    "621024": (1.1, 1.0, 0.18, 0.0),
    "621025": (1.25, 1.05, 0.2, -0.1),
    "621026": (1.05, 1.0, 0.16, -0.1),
    "621027": (1.3, 1.3, 0.1, -0.3),
    "370785": (1.1, 0.7, 0.34, 0.2),
    "370705": (0.95, 0.7, 0.36, 0.1),
    "141024": (1.35, 0.95, 0.2, 0.0),
}
# The exact number of resolved requests among those closed since a day, or among all closed ones where it is None.
# Published; where the source says "over", a few more.
RESOLVED_COUNTS = {
    ("621000", "livelihood"): (1306, date(2026, 1, 1)),
    ("370785", "dispute"): (1394, None),
    ("370785", "shop"): (828, None),
    ("141024", "joint_meeting"): (184, None),
    ("141024", "micro_wish"): (1236, None),
}
PROGRAMME_STARTS = {"141024": {"micro_wish": date(2023, 4, 10), "joint_meeting": date(2023, 3, 20)}}


@dataclass
class _Desk:
    """Holds everything that a request of the district may refer to."""

    district: District
    partners: Partners
    estates_of: dict[str, list[dict]]
    zones_of: dict[str, list[dict]]
    rng: Random


def requests(district: District, partners: Partners, estates: list[dict], zones: list[dict]) -> list[dict]:
    """Returns every request of a district, by the time it was raised; steps after the last day are empty."""
    rng = district.rng("requests")
    desk = _Desk(district, partners, _by_community(estates), _by_community(zones), rng)
    homes, weights = district.urban_communities, district.community_weights(rng, 0.4)
    rows = []
    for kind, counts in YEARLY[district.code].items():
        rows_of_kind = []
        weight = day_weight(REQUEST_PROFILES[kind].season, REQUEST_PROFILES[kind].rest_day_weight)
        start = PROGRAMME_STARTS.get(district.code, {}).get(kind, date(2022, 1, 1))
        for year, count in zip(range(2022, 2027), counts, strict=True):
            if not count:
                continue
            days = days_between(max(start, date(year, 1, 1)), min(date(year, 12, 31), END))
            days_of_kind = pick_days(rng, days, count, weight)
            for day, community in zip(days_of_kind, rng.choices(homes, weights, k=count), strict=True):
                rows_of_kind.append(_request(desk, kind, day, community.code))
        if (district.code, kind) in RESOLVED_COUNTS:
            _fit_resolved_count(rows_of_kind, *RESOLVED_COUNTS[district.code, kind], rng)
        rows += rows_of_kind
    for row in rows:
        _rate(row, rng)
    rows.sort(key=lambda row: (row["raised_at"], row["area_code"], row["kind"]))
    return number_rows(rows, "request_id", "area_code", "Q", 5)


def _by_community(rows: list[dict]) -> dict[str, list[dict]]:
    by_community: dict[str, list[dict]] = defaultdict(list)
    for row in rows:
        by_community[row["community_code"]].append(row)
    return by_community


def _pace(county: str, day: date) -> tuple[float, float]:
    """Returns a county's pace on a day as a multiple of the usual time, and the share claimed out of hours."""
    first, last, off_hours, _ = PACES[county]
    elapsed = (day - date(2022, 1, 1)).days / (END - date(2022, 1, 1)).days
    return first + (last - first) * elapsed, off_hours


def _request(desk: _Desk, kind: str, day: date, community: str) -> dict:
    rng, profile = desk.rng, REQUEST_PROFILES[kind]
    raised = moment(rng, day, profile.raised_off_hours)
    row = {
        "kind": kind,
        "raised_at": raised,
        "category": _draw_key(rng, profile.categories),
        "source": _draw_key(rng, profile.sources_in(desk.district.code)),
        "focus_group": _draw_key(rng, profile.focus_groups),
        "area_code": community,
    }
    if rng.random() < profile.above_community:
        row["area_code"] = community[:9] if rng.random() < 0.65 else community[:6]
    else:
        _locate(desk, row, profile, day)
    _add_steps(desk, row, profile)
    _assign(desk, row, profile, community)
    return row


def _draw_key(rng: Random, shares: dict[str, float]) -> str:
    return rng.choices(tuple(shares), tuple(shares.values()))[0]


def _locate(desk: _Desk, row: dict, profile: RequestProfile, day: date) -> None:
    """Sets the grid, estate and zone of a request, where the district has them and they are known."""
    rng, community = desk.rng, row["area_code"]
    if rng.random() < profile.in_grid:
        row["grid_code"] = desk.district.grid_on(rng, community, day)
    for column, rows_of, share in (
        ("estate_id", desk.estates_of, profile.in_estate),
        ("zone_id", desk.zones_of, profile.in_zone),
    ):
        candidates = rows_of.get(community)
        if candidates and rng.random() < share:
            location = rng.choice(candidates)
            row[column] = location[column] if is_open(location, "set_up_on", "closed_on", day) else None


def _add_steps(desk: _Desk, row: dict, profile: RequestProfile) -> None:
    """Sets the times of publishing, claiming, discussing, deciding and closing, each after the one before."""
    rng, raised = desk.rng, row["raised_at"]
    pace, off_hours = _pace(row["area_code"][:6], raised.date())
    if rng.random() < profile.published_share:
        row["published_at"] = next_moment(rng, raised, 1.5 * pace, 0.8, off_hours)
        start = row["published_at"]
    else:
        start = raised
    if rng.random() < 0.93:
        days = rng.choice(profile.due_days)
        row["due_at"] = datetime.combine(raised.date() + timedelta(days=days), time(18))
        # A request raised after 18:00 and due the same day is due the next day instead.
        if row["due_at"] <= raised:
            row["due_at"] += timedelta(days=1)
    # A few are never claimed, fewer among older ones; an unclaimed request cannot be closed.
    is_stuck = rng.random() < 0.002 + 0.07 * max(0.0, 1 - (LAST_MOMENT - raised).days / 180)
    claimed = None if is_stuck else next_moment(rng, start, profile.claim_hours * pace, 1.1, off_hours)
    row["claimed_at"] = latest = claimed
    if rng.random() < profile.discussed_share:
        row["discussed_at"] = next_moment(rng, latest, 8 * profile.close_days * pace, 0.5, off_hours)
        row["decided_at"] = latest = next_moment(rng, row["discussed_at"], 6, 0.9, off_hours)
    row["closed_at"] = next_moment(rng, latest, 24 * profile.close_days * pace, profile.spread, 0.1)
    if row["closed_at"] is not None:
        row["is_resolved"] = rng.random() < profile.resolved_share
    elif rng.random() < 0.5:
        # The other half of the open ones has no entry yet.
        row["is_resolved"] = False


def _assign(desk: _Desk, row: dict, profile: RequestProfile, community: str) -> None:
    """Assigns a claimed request to a partner, a worker or both."""
    rng, claimed = desk.rng, row["claimed_at"]
    if claimed is None:
        return
    if rng.random() < profile.partner_share:
        areas = (community, community[:6])
        row["partner_id"] = desk.partners.partner_on(rng, profile.partner_kinds, areas, claimed.date())
    if row.get("partner_id") is None or rng.random() < 0.35:
        row["worker_id"] = desk.district.worker_on(rng, community, claimed.date())


def _fit_resolved_count(rows: list[dict], target: int, first_day: date | None, rng: Random) -> None:
    """Changes outcomes so that exactly `target` of the requests closed since the first day are resolved.

    Raises ValueError where too few were closed.
    """
    closed = [row for row in rows if row["closed_at"] and (first_day is None or row["closed_at"].date() >= first_day)]
    resolved = [row for row in closed if row["is_resolved"]]
    unresolved = [row for row in closed if not row["is_resolved"]]
    if len(closed) < target:
        kind = rows[0]["kind"]
        raise ValueError(f"{len(closed)} {kind} requests closed, {target} needed; raise the counts of this district")
    for row in rng.sample(resolved, max(len(resolved) - target, 0)):
        row["is_resolved"] = False
    for row in rng.sample(unresolved, max(target - len(resolved), 0)):
        row["is_resolved"] = True


def _rate(row: dict, rng: Random) -> None:
    """Sets the satisfaction of most closed requests: lower for late ones, much lower for unresolved ones."""
    if row["closed_at"] is None or rng.random() > 0.62:
        return
    is_late = row.get("due_at") is not None and row["closed_at"] > row["due_at"]
    mean = 4.55 + PACES[row["area_code"][:6]][3] - 0.7 * is_late - 1.6 * (not row["is_resolved"])
    row["satisfaction"] = min(5, max(1, round(rng.gauss(mean, 0.75))))
