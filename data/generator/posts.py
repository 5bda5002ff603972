"""Rows of the table partner_posts: who serves as what, from when, and who has stopped."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from data.generator.calendar import END, random_day
from data.generator.district import District, number_rows
from data.generator.draws import share_out
from data.generator.partners import Partners


@dataclass(frozen=True)
class Role:
    """A role's holders at the last month's end, its second and ended posts, and where it stands."""

    holders: int
    second_posts: int  # posts held beside a first one of the same role
    ended_posts: int
    since: date  # when the role was begun
    partner_kinds: tuple[str, ...] = ()
    ties: tuple[str, ...] = ()  # grid, estate, zone: what the post names
    households: int | None = None  # linked by all open posts together
    overlap: float = 0.0  # share of holders who hold another role too


# 高密's are published, except building and unit leaders, linked cadres and veterans.
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
    """Numbers of people: new ones, and those who already hold some post in a community."""

    def __init__(self) -> None:
        self.serial: dict[str, int] = defaultdict(int)
        self.of_community: dict[str, list[str]] = defaultdict(list)

    def new(self, community: str) -> str:
        """A person nobody has met yet."""
        county = community[:6]
        self.serial[county] += 1
        holder = f"{county}H{self.serial[county]:05d}"
        self.of_community[community].append(holder)
        return holder

    def some(self, rng: Random, community: str, overlap: float, taken: set[str]) -> str:
        """By chance one of the community's people who is not yet in `taken`, else a new one."""
        known = self.of_community[community]
        if known and rng.random() < overlap:
            holder = rng.choice(known)
            if holder not in taken:
                return holder
        return self.new(community)


def partner_posts(district: District, partners: Partners, zones: list[dict], estates: list[dict]) -> list[dict]:
    """Posts of a place that keeps them, those ended included."""
    rng = district.rng("partner_posts")
    estates_of: dict[str, list[dict]] = defaultdict(list)
    for estate in estates:
        if estate["closed_on"] is None:
            estates_of[estate["community_code"]].append(estate)
    zones_of: dict[str, list[dict]] = defaultdict(list)
    for zone in zones:
        if zone["closed_on"] is None:
            zones_of[zone["community_code"]].append(zone)

    def tied(row: dict, ties: tuple[str, ...]) -> dict:
        """The row with what the post names beside its community, where the place has it."""
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
        rows += _posts(district, role, terms, partners, holders, tied, rng)
    rows += _zone_heads(district, zones, holders, rng)
    rows.sort(key=lambda row: (row["since"], row["community_code"], row["holder_id"]))
    return number_rows(rows, "post_id", "community_code", "R", 5)


def _since(terms: Role, rng: Random, latest: date = END) -> date:
    """Most came in the two drives of the role's first year and of 2024, some every month."""
    drive = rng.random()
    if drive < 0.35:
        first, last = terms.since, terms.since + timedelta(days=120)
    elif drive < 0.6:
        first, last = max(terms.since, date(2024, 3, 1)), date(2024, 6, 30)
    else:
        first, last = terms.since, END
    return min(random_day(rng, first, last), random_day(rng, latest - timedelta(days=60), latest))


def _posts(
    district: District,
    role: str,
    terms: Role,
    partners: Partners,
    holders: _Holders,
    tied: Callable[[dict, tuple[str, ...]], dict],
    rng: Random,
) -> list[dict]:
    homes = [community.code for community in district.draw_communities(rng, terms.holders, 0.3)]
    taken: set[str] = set()
    rows = []

    def post(holder: str, community: str, since: date, until: date | None) -> dict:
        row = {"holder_id": holder, "role": role, "community_code": community, "since": since, "until": until}
        if terms.partner_kinds:
            # Now and then nobody ended the post of a partner that has left.
            days = (since, END) if until is None and rng.random() < 0.985 else (since,)
            row["partner_id"] = partners.partner_on(rng, terms.partner_kinds, (community, community[:6]), *days)
        return tied(row, terms.ties)

    for community in homes:
        holder = holders.some(rng, community, terms.overlap, taken)
        taken.add(holder)
        rows.append(post(holder, community, _since(terms, rng), None))
    rows.extend(
        [
            post(first["holder_id"], first["community_code"], _since(terms, rng), None)
            for first in rng.sample(rows, terms.second_posts)
        ]
    )
    if terms.households is not None:
        parts = share_out(terms.households, [rng.lognormvariate(0, 0.4) for _ in rows])
        for row, part in zip(rows, parts, strict=True):
            row["households_linked"] = part
    serving = len(rows)
    for index in range(terms.ended_posts):
        # One in four only changed to another post of the role.
        before = rows[rng.randrange(serving)] if index % 4 == 0 else None
        community = before["community_code"] if before else rng.choice(homes)
        since = _since(terms, rng, END - timedelta(days=150))
        # Enough have left on the very last day: they no longer hold the post then.
        until = END if index < 2 else random_day(rng, since + timedelta(days=80), END)
        row = post(before["holder_id"] if before else holders.new(community), community, since, until)
        if terms.households is not None:
            row["households_linked"] = rng.randint(5, 25)
        rows.append(row)
    return rows


def _zone_heads(district: District, zones: list[dict], holders: _Holders, rng: Random) -> list[dict]:
    """Every open zone has a head; some head several zones of their community."""
    heads = ZONE_HEADS.get(district.code)
    if heads is None:
        return []
    opened = [zone for zone in zones if zone["closed_on"] is None]
    firsts = {zone["community_code"]: zone for zone in opened}
    first_ids = {zone["zone_id"] for zone in firsts.values()}
    others = [zone for zone in opened if zone["zone_id"] not in first_ids]
    own = [*firsts.values(), *rng.sample(others, heads - len(firsts))]
    head_of = {zone["zone_id"]: holders.new(zone["community_code"]) for zone in own}
    heads_in: dict[str, list[str]] = defaultdict(list)
    for zone in own:
        heads_in[zone["community_code"]].append(head_of[zone["zone_id"]])
    rows = []
    for zone in opened:
        holder = head_of.get(zone["zone_id"]) or rng.choice(heads_in[zone["community_code"]])
        rows.append(
            _head(
                zone, holder, random_day(rng, zone["set_up_on"], min(zone["set_up_on"] + timedelta(days=90), END)), None
            )
        )
    for zone in rng.sample(opened, ZONE_HEADS_ENDED):
        until = random_day(rng, zone["set_up_on"] + timedelta(days=60), END)
        rows.append(_head(zone, holders.new(zone["community_code"]), zone["set_up_on"], until))
    for zone in zones:
        if zone["closed_on"] is not None:
            holder = holders.new(zone["community_code"])
            rows.append(_head(zone, holder, zone["set_up_on"], zone["closed_on"]))
    return rows


def _head(zone: dict, holder: str, since: date, until: date | None) -> dict:
    return {
        "holder_id": holder,
        "role": "zone_head",
        "community_code": zone["community_code"],
        "zone_id": zone["zone_id"],
        "since": since,
        "until": until,
    }
