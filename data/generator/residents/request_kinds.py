"""Describes the usual course of requests by kind: channel, responsible party, speed and result."""

from dataclasses import dataclass, field

# Weights by month, default 1: hazards come with the summer rains and the winter heating.
_WEATHER = {2: 0.6, 3: 0.95, 4: 0.95, 6: 1.15, 7: 1.3, 8: 1.2, 10: 0.9, 11: 1.05, 12: 1.1}
_USUAL = {1: 0.9, 2: 0.6, 3: 1.1, 4: 1.05, 5: 1.05, 6: 1.05, 8: 0.95, 9: 1.05, 10: 0.95, 11: 1.1, 12: 1.05}
# Wishes are collected before festivals.
_WISHES = {1: 1.5, 2: 0.5, 5: 1.2, 6: 1.1, 9: 1.3, 12: 1.3}
_ANYBODY: dict[str, float] = {"none": 80, "elderly": 12, "needy": 5, "child": 3}


@dataclass(frozen=True)
class RequestProfile:
    """Describes one kind of request: times are medians at pace 1, shares are 0..1, dictionaries hold weights."""

    claim_hours: float
    close_days: float
    spread: float  # of the log-normal time to close
    due_days: tuple[int, ...]
    resolved_share: float  # of those closed
    sources: dict[str, float]
    categories: dict[str, float]
    focus_groups: dict[str, float] = field(default_factory=lambda: _ANYBODY)
    season: dict[int, float] = field(default_factory=lambda: _USUAL)
    published_share: float = 0.0
    discussed_share: float = 0.0
    in_grid: float = 0.7
    in_estate: float = 0.5
    in_zone: float = 0.0
    above_community: float = 0.0  # raised at a street or county
    raised_off_hours: float = 0.18
    rest_day_weight: float = 0.45  # of a day off relative to a working day
    partner_kinds: tuple[str, ...] = ()
    partner_share: float = 0.0
    # Channels that only some districts have, by district code.
    more_sources: dict[str, dict[str, float]] = field(default_factory=dict)

    def sources_in(self, district_code: str) -> dict[str, float]:
        """Returns the weights of the channels in a district."""
        return self.sources | self.more_sources.get(district_code, {})


_SHOP_ALLIANCE: dict[str, dict[str, float]] = {"370785": {"shop_alliance": 14}}
_JOINT_MEETING: dict[str, dict[str, float]] = {"141024": {"joint_meeting": 9, "wish_wall": 6}}

REQUEST_PROFILES = {
    "livelihood": RequestProfile(
        4,
        2.3,
        0.85,
        (5, 7, 10),
        0.955,
        {"wechat": 36, "grid_visit": 34, "hotline": 16, "consultation": 14},
        {
            "property": 26,
            "environment": 18,
            "parking": 14,
            "elderly_care": 12,
            "education": 7,
            "medical": 7,
            "employment": 6,
            "culture": 4,
            "other": 6,
        },
        discussed_share=0.16,
        raised_off_hours=0.26,
        partner_kinds=("property_company", "reporting_unit", "department", "volunteer_team"),
        partner_share=0.14,
        more_sources=_SHOP_ALLIANCE | _JOINT_MEETING,
    ),
    "hazard": RequestProfile(
        2,
        1.0,
        0.8,
        (3, 3, 7),
        0.97,
        {"grid_visit": 72, "wechat": 14, "hotline": 8},
        {"safety": 78, "property": 12, "environment": 7, "other": 3},
        {"none": 97, "elderly": 3},
        season=_WEATHER,
        in_grid=0.85,
        rest_day_weight=0.4,
        partner_kinds=("property_company",),
        partner_share=0.12,
        more_sources=_SHOP_ALLIANCE,
    ),
    "dispute": RequestProfile(
        9,
        5.5,
        0.85,
        (15, 15, 30),
        0.945,
        {"consultation": 34, "grid_visit": 36, "hotline": 14, "wechat": 10},
        {"property": 40, "parking": 20, "environment": 10, "other": 30},
        discussed_share=0.55,
        more_sources=_SHOP_ALLIANCE,
    ),
    "whistle": RequestProfile(
        2,
        1.1,
        0.75,
        (3, 3, 5),
        0.95,
        {"grid_visit": 55, "hotline": 45},
        {"environment": 30, "safety": 28, "parking": 22, "property": 12, "other": 8},
        {"none": 100},
        published_share=0.9,
        partner_kinds=("department", "reporting_unit"),
        partner_share=0.6,
    ),
    "micro_wish": RequestProfile(
        26,
        6.5,
        0.75,
        (15, 30),
        0.975,
        {"wish_wall": 76, "grid_visit": 20, "wechat": 4},
        {"elderly_care": 30, "education": 20, "medical": 14, "culture": 10, "employment": 8, "other": 18},
        {"elderly": 42, "child": 24, "needy": 28, "none": 6},
        season=_WISHES,
        published_share=1.0,
        raised_off_hours=0.3,
        rest_day_weight=0.7,
        partner_share=0.84,
        partner_kinds=(
            "department",
            "association",
            "talent_studio",
            "enterprise",
            "reporting_unit",
            "social_org",
            "volunteer_team",
        ),
    ),
    "shop": RequestProfile(
        4,
        2.4,
        0.85,
        (5, 7),
        0.985,
        {"shop_alliance": 72, "grid_visit": 18, "wechat": 10},
        {"environment": 30, "parking": 28, "safety": 20, "property": 12, "other": 10},
        {"none": 100},
        in_estate=0.05,
        in_zone=0.95,
        rest_day_weight=0.6,
        partner_kinds=("reporting_unit", "property_company"),
        partner_share=0.2,
    ),
    "joint_meeting": RequestProfile(
        30,
        12,
        0.6,
        (30, 45),
        0.965,
        {"joint_meeting": 84, "consultation": 16},
        {"property": 26, "environment": 22, "safety": 16, "parking": 14, "elderly_care": 12, "other": 10},
        published_share=0.6,
        discussed_share=1.0,
        in_grid=0.2,
        in_estate=0.2,
        above_community=0.34,
        raised_off_hours=0.03,
        rest_day_weight=0.03,
        partner_kinds=("department",),
        partner_share=0.82,
    ),
    "joint_matter": RequestProfile(
        40,
        20,
        0.7,
        (60, 90),
        0.93,
        {"joint_meeting": 80, "consultation": 20},
        {"environment": 24, "culture": 22, "elderly_care": 20, "property": 18, "education": 16},
        discussed_share=1.0,
        in_grid=0.0,
        in_estate=0.2,
        above_community=0.1,
        raised_off_hours=0.02,
        rest_day_weight=0.03,
        partner_kinds=("reporting_unit",),
        partner_share=0.92,
    ),
}
