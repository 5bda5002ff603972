"""Generates the table partner_posts: holders of posts by role, with start and end."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from data.generator.base.calendar import END, random_day
from data.generator.base.draws import share_out
from data.generator.district import District, number_rows
from data.generator.partners.partners import Partners


@dataclass(frozen=True)
class Role:
    """Describes a role: its holders at the end of the last month, its second and ended posts, and its links."""

    holders: int
    second_posts: int  # posts of people who already hold one in the same role
    ended_posts: int
    start: date  # when the role was introduced
    partner_kinds: tuple[str, ...] = ()
    ties: tuple[str, ...] = ()  # grid, estate, zone: names in the row of the post
    households: int | None = None  # linked to all open posts together
    overlap: float = 0.0  # share of holders who also hold another role


# Those of 高密 are published, except building and unit leaders, linked officials and veterans.
ROLES = {
    "370785": {
        "focal_household": Role(5326, 0, 388, date(2021, 4, 1), ties=("grid",)),
        "building_leader": Role(640, 25, 70, date(2021, 6, 1), (), ("estate",), 30120, 0.4),
        "unit_leader": Role(410, 10, 35, date(2021, 6, 1), (), ("estate",), 9240, 0.3),
        "reporting_member": Role(5347, 96, 452, date(2022, 1, 1), ("reporting_unit",), ("estate",), 71460),
        "part_time_member": Role(768, 14, 61, date(2022, 1, 1), ("reporting_unit",), (), None, 0.1),
        "shop_volunteer": Role(584, 11, 66, date(2022, 4, 1), ("shop",), ("zone",)),
        "steward": Role(3960, 47, 305, date(2022, 2, 1), (), ("estate",), None, 0.32),
        "mediator": Role(196, 6, 22, date(2022, 3, 1), (), (), None, 0.5),
        "delivery_patrol": Role(769, 12, 143, date(2022, 11, 1), ("delivery_company",), ("grid",)),
        "linked_leader": Role(36, 8, 9, date(2022, 1, 1)),
        "linked_department_member": Role(310, 40, 55, date(2022, 1, 1), ("reporting_unit",), ("grid",)),
        "veteran": Role(132, 0, 17, date(2022, 1, 1), (), (), None, 0.2),
    },
    "141024": {
        "focal_household": Role(312, 0, 41, date(2023, 4, 1), ties=("grid",)),
        "building_leader": Role(128, 5, 19, date(2023, 4, 1), (), ("grid",), 4380, 0.4),
        "unit_leader": Role(86, 2, 8, date(2023, 6, 1), (), ("grid",), 1510),
        "linked_leader": Role(18, 2, 4, date(2023, 3, 1)),
        "linked_department_member": Role(165, 10, 26, date(2023, 3, 1), ("department",), ("grid",)),
        "veteran": Role(64, 0, 7, date(2023, 5, 1), (), (), None, 0.3),
    },
}
ZONE_HEADS, ZONE_HEADS_ENDED = {"370785": 97}, 19  # published


class _Holders:
    """Assigns holder numbers: new ones, or those of people who already hold a post in the community."""

    def __init__(self) -> None:
        self.serial: dict[str, int] = defaultdict(int)
        self.of_community: dict[str, list[str]] = defaultdict(list)

    def new(self, community: str) -> str:
        """Returns the number of a new person."""
        county = community[:6]
        self.serial[county] += 1
        holder = f"{county}H{self.serial[county]:05d}"
        self.of_community[community].append(holder)
        return holder

    def draw(self, rng: Random, community: str, overlap: float, excluded: set[str]) -> str:
        """Draws an existing holder outside `excluded` with chance `overlap`; otherwise returns a new one."""
        existing = self.of_community[community]
        if existing and rng.random() < overlap:
            holder = rng.choice(existing)
            if holder not in excluded:
                return holder
        return self.new(community)


def partner_posts(district: District, partners: Partners, zones: list[dict], estates: list[dict]) -> list[dict]:
    """Returns the posts of districts that record them, ended ones included."""
    rng = district.rng("partner_posts")
    estates_of: dict[str, list[dict]] = defaultdict(list)
    for estate in estates:
        if estate["closed_on"] is None:
            estates_of[estate["community_code"]].append(estate)
    zones_of: dict[str, list[dict]] = defaultdict(list)
    for zone in zones:
        if zone["closed_on"] is None:
            zones_of[zone["community_code"]].append(zone)

    def add_ties(row: dict, ties: tuple[str, ...]) -> dict:
        """Sets the grid, estate or zone of a post, where the district has one; returns the row."""
        if "grid" in ties:
            row["grid_code"] = district.grid_on(rng, row["community_code"], row["since"])
        if "estate" in ties and estates_of[row["community_code"]]:
            row["estate_id"] = rng.choice(estates_of[row["community_code"]])["estate_id"]
        if "zone" in ties and zones_of[row["community_code"]]:
            row["zone_id"] = rng.choice(zones_of[row["community_code"]])["zone_id"]
        return row

    holders = _Holders()
    rows: list[dict] = []
    for role, terms in ROLES.get(district.code, {}).items():
        rows += _posts(district, role, terms, partners, holders, add_ties, rng)
    rows += _zone_heads(district, zones, holders, rng)
    rows.sort(key=lambda row: (row["since"], row["community_code"], row["holder_id"]))
    return number_rows(rows, "post_id", "community_code", "R", 5)


def _start_day(terms: Role, rng: Random, latest: date = END) -> date:
    """Draws the start of a post: most in the drives of the role's first year and of 2024, some in every month."""
    drive = rng.random()
    if drive < 0.35:
        first, last = terms.start, terms.start + timedelta(days=120)
    elif drive < 0.6:
        first, last = max(terms.start, date(2024, 3, 1)), date(2024, 6, 30)
    else:
        first, last = terms.start, END
    return min(random_day(rng, first, last), random_day(rng, latest - timedelta(days=60), latest))


def _posts(
    district: District,
    role: str,
    terms: Role,
    partners: Partners,
    holders: _Holders,
    add_ties: Callable[[dict, tuple[str, ...]], dict],
    rng: Random,
) -> list[dict]:
    homes = [community.code for community in district.draw_communities(rng, terms.holders, 0.3)]
    used: set[str] = set()
    rows = []

    def post(holder: str, community: str, start: date, until: date | None) -> dict:
        row = {"holder_id": holder, "role": role, "community_code": community, "since": start, "until": until}
        if terms.partner_kinds:
            # Some posts of partners that have left were never ended.
            days = (start, END) if until is None and rng.random() < 0.985 else (start,)
            row["partner_id"] = partners.partner_on(rng, terms.partner_kinds, (community, community[:6]), *days)
        return add_ties(row, terms.ties)

    for community in homes:
        holder = holders.draw(rng, community, terms.overlap, used)
        used.add(holder)
        rows.append(post(holder, community, _start_day(terms, rng), None))
    rows.extend(
        [
            post(first["holder_id"], first["community_code"], _start_day(terms, rng), None)
            for first in rng.sample(rows, terms.second_posts)
        ]
    )
    if terms.households is not None:
        parts = share_out(terms.households, [rng.lognormvariate(0, 0.4) for _ in rows])
        for row, part in zip(rows, parts, strict=True):
            row["households_linked"] = part
    open_count = len(rows)
    for index in range(terms.ended_posts):
        # One in four changed to another post in the same role.
        current_post = rows[rng.randrange(open_count)] if index % 4 == 0 else None
        community = current_post["community_code"] if current_post else rng.choice(homes)
        start = _start_day(terms, rng, END - timedelta(days=150))
        # Two leave on the very last day, on which they no longer hold the post.
        until = END if index < 2 else random_day(rng, start + timedelta(days=80), END)
        row = post(current_post["holder_id"] if current_post else holders.new(community), community, start, until)
        if terms.households is not None:
            row["households_linked"] = rng.randint(5, 25)
        rows.append(row)
    return rows


def _zone_heads(district: District, zones: list[dict], holders: _Holders, rng: Random) -> list[dict]:
    """Returns the zone heads: one for every open zone; some head several zones of their community."""
    heads = ZONE_HEADS.get(district.code)
    if heads is None:
        return []
    open_zones = [zone for zone in zones if zone["closed_on"] is None]
    firsts = {zone["community_code"]: zone for zone in open_zones}
    first_ids = {zone["zone_id"] for zone in firsts.values()}
    others = [zone for zone in open_zones if zone["zone_id"] not in first_ids]
    zones_with_own_head = [*firsts.values(), *rng.sample(others, heads - len(firsts))]
    head_of = {zone["zone_id"]: holders.new(zone["community_code"]) for zone in zones_with_own_head}
    heads_in: dict[str, list[str]] = defaultdict(list)
    for zone in zones_with_own_head:
        heads_in[zone["community_code"]].append(head_of[zone["zone_id"]])
    rows = []
    for zone in open_zones:
        holder = head_of.get(zone["zone_id"]) or rng.choice(heads_in[zone["community_code"]])
        rows.append(
            _head(
                zone, holder, random_day(rng, zone["set_up_on"], min(zone["set_up_on"] + timedelta(days=90), END)), None
            )
        )
    for zone in rng.sample(open_zones, ZONE_HEADS_ENDED):
        until = random_day(rng, zone["set_up_on"] + timedelta(days=60), END)
        rows.append(_head(zone, holders.new(zone["community_code"]), zone["set_up_on"], until))
    for zone in zones:
        if zone["closed_on"] is not None:
            holder = holders.new(zone["community_code"])
            rows.append(_head(zone, holder, zone["set_up_on"], zone["closed_on"]))
    return rows


def _head(zone: dict, holder: str, start: date, until: date | None) -> dict:
    return {
        "holder_id": holder,
        "role": "zone_head",
        "community_code": zone["community_code"],
        "zone_id": zone["zone_id"],
        "since": start,
        "until": until,
    }
