"""Rows of the table grids: those open now, and those that were split, merged or cleared on the way."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from random import Random

from data.generator.areas import Community
from data.generator.calendar import END, random_day
from data.generator.draws import draw, share_out
from data.generator.settings import PilotArea

DIGITS = ("", *"一二三四五六七八九")
BUSINESS_NAMES = ("商业街", "农贸市场", "商贸城", "步行街", "建材市场", "写字楼")
SPECIAL_NAMES = ("学校", "医院", "产业园", "机关大院", "汽车站", "物流园")
# Rural communities are not divided by households; they have a grid or two.
RURAL_GRIDS = 2


@dataclass(eq=False)
class Grid:
    """One grid; `leaderless_from` and `unstaffed_from` are set where nobody followed until the last month."""

    code: str
    community: str
    name: str
    kind: str
    households: int
    set_up_on: date
    closed_on: date | None = None
    leaderless_from: date | None = None
    unstaffed_from: date | None = None

    def row(self) -> dict:
        """The row of the contract's table grids."""
        return {
            "grid_code": self.code,
            "community_code": self.community,
            "grid_name": self.name,
            "grid_type": self.kind,
            "households": self.households,
            "set_up_on": self.set_up_on,
            "closed_on": self.closed_on,
        }


def grids(place: PilotArea, communities: list[Community], staff: dict[str, int], seed: int) -> list[Grid]:
    """Grids of a place, open and closed; `staff` is the workers now on post in each community."""
    rng = Random(f"{seed}/grids/{place.code}")
    result: list[Grid] = []
    for community, residential, other in _allotted(place, communities, rng):
        result += _of_community(community, residential, other, rng)
    _vacancies(place, result, staff, rng)
    return result


def _allotted(place: PilotArea, communities: list[Community], rng: Random) -> list[tuple[Community, int, int]]:
    """Residential grids by households, the others where there is most trade."""
    urban = [community for community in communities if community.is_urban]
    rural = [community for community in communities if not community.is_urban]
    # One each first, so that even the smallest community has a grid.
    residential = place.residential_grids - RURAL_GRIDS * len(rural) - len(urban)
    shares = share_out(residential, [max(community.households - 480, 60) for community in urban])
    others = share_out(
        place.grids - place.residential_grids, [community.households * rng.uniform(0.3, 1.7) for community in urban]
    )
    allotted = [(community, 1 + share, other) for community, share, other in zip(urban, shares, others, strict=True)]
    return allotted + [(community, RURAL_GRIDS, 0) for community in rural]


def _ordinal(number: int) -> str:
    """A number below 100 in Chinese: 七, 十, 二十三."""
    tens, ones = divmod(number, 10)
    before_ten = DIGITS[tens] if tens > 1 else ""
    return (before_ten + "十" if tens else "") + DIGITS[ones]


def _of_community(community: Community, residential: int, other: int, rng: Random) -> list[Grid]:
    first_day = random_day(rng, date(2018, 3, 1), date(2021, 6, 30)).replace(day=1)
    counter = 0

    def grid(kind: str, name: str, households: int, set_up: date, closed: date | None = None) -> Grid:
        nonlocal counter
        counter += 1
        return Grid(
            f"{community.code}{counter:03d}",
            community.code,
            name or f"第{_ordinal(counter)}网格",
            kind,
            households,
            set_up,
            closed,
        )

    sizes = share_out(community.households, [rng.uniform(0.7, 1.35) for _ in range(residential)])
    result = [grid("residential", "", size, first_day) for size in sizes]
    # A split: one grid closes and two follow; a merger: two close and one follows.
    if residential >= 3 and rng.random() < 0.42:
        day = random_day(rng, date(2022, 4, 1), date(2025, 10, 31)).replace(day=1)
        if rng.random() < 0.65:
            halves = result[:2]
            before = [grid("residential", "", sum(half.households for half in halves), first_day, day)]
        else:
            halves = result[:1]
            sizes = share_out(halves[0].households, [1, 1])
            before = [grid("residential", "", size, first_day, day) for size in sizes]
        for follower in halves:
            follower.set_up_on = day
        result += before
    if residential >= 2 and rng.random() < 0.08:
        result.append(
            grid(
                "residential",
                "",
                rng.randint(60, 240),
                first_day,
                random_day(rng, date(2022, 6, 1), date(2025, 12, 1)).replace(day=1),
            )
        )
    for _ in range(other):
        business = rng.random() < 0.6
        base = rng.choice(BUSINESS_NAMES if business else SPECIAL_NAMES)
        later = rng.random() < 0.35
        set_up = random_day(rng, date(2022, 3, 1), date(2025, 3, 1)).replace(day=1) if later else first_day
        result.append(
            grid("business" if business else "special", f"{base}网格", rng.randint(0, 60 if business else 25), set_up)
        )
    _number_alike(result)
    return result


def _number_alike(grids_of_community: list[Grid]) -> None:
    """Tell grids of one name apart: 商业街网格, 商业街二网格."""
    seen: dict[str, int] = defaultdict(int)
    for one in grids_of_community:
        seen[one.name] += 1
        if seen[one.name] > 1:
            one.name = one.name.removesuffix("网格") + f"{_ordinal(seen[one.name])}网格"


def _vacancies(place: PilotArea, all_grids: list[Grid], staff: dict[str, int], rng: Random) -> None:
    """Mark the grids that nobody leads now, and those that have nobody at all."""
    open_grids = [one for one in all_grids if one.closed_on is None]
    per_community: dict[str, int] = defaultdict(int)
    for one in open_grids:
        per_community[one.community] += 1

    def shortage(one: Grid) -> float:
        workers = staff.get(one.community, 0)
        return (
            1e9
            if not workers
            else (per_community[one.community] / workers) ** 2 * (0.5 if one.kind == "residential" else 1.5)
        )

    unstaffed = draw(rng, open_grids, place.unstaffed_grids, shortage)
    for one in unstaffed:
        since = max(random_day(rng, date(2023, 9, 1), date(2026, 5, 31)), one.set_up_on)
        one.leaderless_from = one.unstaffed_from = since
    # A member still serves in these, so there must be somebody besides the leaders.
    for one in draw(
        rng,
        [one for one in open_grids if one.leaderless_from is None],
        place.grids_without_leader - place.unstaffed_grids,
        lambda one: shortage(one) if staff.get(one.community, 0) >= 4 else 0.0,
    ):
        one.leaderless_from = max(random_day(rng, date(2023, 9, 1), END), one.set_up_on)
