"""Generates the table grids: those open now, and those that were split, merged or dissolved since 2022."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from random import Random

from data.generator.base.calendar import END, random_day
from data.generator.base.draws import draw, share_out
from data.generator.places.areas import Community
from data.generator.settings import PilotArea

DIGITS = ("", *"一二三四五六七八九")
BUSINESS_NAMES = ("商业街", "农贸市场", "商贸城", "步行街", "建材市场", "写字楼")
SPECIAL_NAMES = ("学校", "医院", "产业园", "机关大院", "汽车站", "物流园")
# Rural communities are not divided by households; each has this many grids.
RURAL_GRIDS = 2


@dataclass(eq=False)
class Grid:
    """Describes one grid; `leaderless_from` and `unstaffed_from` are set where nobody followed until the last month."""

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
        """Returns the row of the table grids."""
        return {
            "grid_code": self.code,
            "community_code": self.community,
            "grid_name": self.name,
            "grid_type": self.kind,
            "households": self.households,
            "set_up_on": self.set_up_on,
            "closed_on": self.closed_on,
        }


def grids(pilot_area: PilotArea, communities: list[Community], staff: dict[str, int], seed: int) -> list[Grid]:
    """Returns the grids of a district, open and closed; `staff` is the number of workers on post by community."""
    rng = Random(f"{seed}/grids/{pilot_area.code}")
    result: list[Grid] = []
    for community, residential, other in _grid_counts(pilot_area, communities, rng):
        result += _grids_of_community(community, residential, other, rng)
    _vacancies(pilot_area, result, staff, rng)
    return result


def _grid_counts(pilot_area: PilotArea, communities: list[Community], rng: Random) -> list[tuple[Community, int, int]]:
    """Returns the number of residential grids by households, and of other grids by a random weight, per community."""
    urban = [community for community in communities if community.is_urban]
    rural = [community for community in communities if not community.is_urban]
    # Each gets one first, so that even the smallest community has a grid.
    remaining = pilot_area.residential_grids - RURAL_GRIDS * len(rural) - len(urban)
    shares = share_out(remaining, [max(community.households - 480, 60) for community in urban])
    others = share_out(
        pilot_area.grids - pilot_area.residential_grids,
        [community.households * rng.uniform(0.3, 1.7) for community in urban],
    )
    counts = [(community, 1 + share, other) for community, share, other in zip(urban, shares, others, strict=True)]
    return counts + [(community, RURAL_GRIDS, 0) for community in rural]


def _ordinal(number: int) -> str:
    """Returns a number below 100 in Chinese: 七, 十, 二十三."""
    tens, ones = divmod(number, 10)
    prefix = DIGITS[tens] if tens > 1 else ""
    return (prefix + "十" if tens else "") + DIGITS[ones]


def _grids_of_community(community: Community, residential: int, other: int, rng: Random) -> list[Grid]:
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
    # A split closes one grid and opens two; a merger closes two and opens one.
    if residential >= 3 and rng.random() < 0.42:
        day = random_day(rng, date(2022, 4, 1), date(2025, 10, 31)).replace(day=1)
        if rng.random() < 0.65:
            followers = result[:2]
            predecessors = [grid("residential", "", sum(follower.households for follower in followers), first_day, day)]
        else:
            followers = result[:1]
            sizes = share_out(followers[0].households, [1, 1])
            predecessors = [grid("residential", "", size, first_day, day) for size in sizes]
        for follower in followers:
            follower.set_up_on = day
        result += predecessors
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
        is_business = rng.random() < 0.6
        base = rng.choice(BUSINESS_NAMES if is_business else SPECIAL_NAMES)
        is_later = rng.random() < 0.35
        set_up = random_day(rng, date(2022, 3, 1), date(2025, 3, 1)).replace(day=1) if is_later else first_day
        result.append(
            grid(
                "business" if is_business else "special",
                f"{base}网格",
                rng.randint(0, 60 if is_business else 25),
                set_up,
            )
        )
    _number_duplicates(result)
    return result


def _number_duplicates(grids_of_community: list[Grid]) -> None:
    """Numbers grids of the same name: 商业街网格, 商业街二网格."""
    counts: dict[str, int] = defaultdict(int)
    for grid in grids_of_community:
        counts[grid.name] += 1
        if counts[grid.name] > 1:
            grid.name = grid.name.removesuffix("网格") + f"{_ordinal(counts[grid.name])}网格"


def _vacancies(pilot_area: PilotArea, all_grids: list[Grid], staff: dict[str, int], rng: Random) -> None:
    """Marks the grids that nobody leads now, and those without anybody."""
    open_grids = [grid for grid in all_grids if grid.closed_on is None]
    per_community: dict[str, int] = defaultdict(int)
    for grid in open_grids:
        per_community[grid.community] += 1

    def shortage(grid: Grid) -> float:
        workers = staff.get(grid.community, 0)
        return (
            1e9
            if not workers
            else (per_community[grid.community] / workers) ** 2 * (0.5 if grid.kind == "residential" else 1.5)
        )

    unstaffed = draw(rng, open_grids, pilot_area.unstaffed_grids, shortage)
    for grid in unstaffed:
        start = max(random_day(rng, date(2023, 9, 1), date(2026, 5, 31)), grid.set_up_on)
        grid.leaderless_from = grid.unstaffed_from = start
    # Members still serve in these, so the community needs people besides the leaders.
    for grid in draw(
        rng,
        [grid for grid in open_grids if grid.leaderless_from is None],
        pilot_area.grids_without_leader - pilot_area.unstaffed_grids,
        lambda grid: shortage(grid) if staff.get(grid.community, 0) >= 4 else 0.0,
    ):
        grid.leaderless_from = max(random_day(rng, date(2023, 9, 1), END), grid.set_up_on)
