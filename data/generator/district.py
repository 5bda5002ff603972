"""Holds one demo district for the later tables: its communities, grids and workers, and draws among them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from random import Random

from data.generator.base.draws import share_out
from data.generator.places.areas import Community
from data.generator.places.grids import Grid
from data.generator.settings import PilotArea

_TRIES = 4


@dataclass
class District:
    """Holds a district with the rows generated so far; `workers` are rows of that table."""

    pilot_area: PilotArea
    communities: list[Community]
    grids: list[Grid]
    workers: list[dict]
    seed: int
    _workers_of: dict[str, list[dict]] = field(init=False)
    _grids_of: dict[str, list[Grid]] = field(init=False)

    def __post_init__(self) -> None:
        self._workers_of, self._grids_of = defaultdict(list), defaultdict(list)
        for worker in self.workers:
            self._workers_of[worker["community_code"]].append(worker)
        for grid in self.grids:
            self._grids_of[grid.community].append(grid)

    @property
    def code(self) -> str:
        """Returns the district's own area code."""
        return self.pilot_area.code

    @property
    def short_name(self) -> str:
        """Returns the district's name without 市, 区 or 县."""
        return self.pilot_area.folder[:-1]

    @property
    def urban_communities(self) -> list[Community]:
        """Returns the district's urban communities."""
        return [community for community in self.communities if community.is_urban]

    def rng(self, table: str) -> Random:
        """Returns a random generator for one table, so that a change to one table does not alter the others."""
        return Random(f"{self.seed}/{table}/{self.code}")

    def community_weights(self, rng: Random, unevenness: float) -> list[float]:
        """Returns a weight for every urban community, from its households and a random level of activity."""
        return [community.households**0.8 * rng.lognormvariate(0, unevenness) for community in self.urban_communities]

    def draw_communities(self, rng: Random, count: int, unevenness: float) -> list[Community]:
        """Returns `count` urban communities, each repeated in proportion to its weight."""
        shares = share_out(count, self.community_weights(rng, unevenness))
        return [
            community for community, share in zip(self.urban_communities, shares, strict=True) for _ in range(share)
        ]

    def worker_on(self, rng: Random, community: str, day: date) -> str | None:
        """Draws a worker on post there that day; returns None where a few tries find nobody."""
        workers = self._workers_of[community]
        for _ in range(_TRIES if workers else 0):
            worker = rng.choice(workers)
            if on_post(worker, day):
                return worker["worker_id"]
        return None

    def grid_on(self, rng: Random, community: str, day: date) -> str | None:
        """Draws a grid of the community open that day; returns None where a few tries find none."""
        grids = self._grids_of[community]
        for _ in range(_TRIES if grids else 0):
            grid = rng.choice(grids)
            if grid.set_up_on <= day and (grid.closed_on is None or grid.closed_on > day):
                return grid.code
        return None


def on_post(worker: dict, day: date) -> bool:
    """Returns true where hire_date <= day and leave_date is None or > day."""
    return worker["hire_date"] <= day and (worker["leave_date"] is None or worker["leave_date"] > day)


def short_name(community: Community) -> str:
    """Returns a community's name without 社区居民委员会 and similar endings."""
    name = community.name
    for ending in ("社区居民委员会", "社区居委会", "居民委员会", "居委会", "社区"):
        name = name.removesuffix(ending)
    return name


def is_open(row: dict, start: str, end: str, day: date) -> bool:
    """Returns true where the start column is <= day and the end column is None or > day."""
    return row[start] <= day and (row[end] is None or row[end] > day)


def number_rows(rows: list[dict], column: str, area: str, letter: str, digits: int) -> list[dict]:
    """Sets `column` to the county code, a letter and a serial number within the county; returns the rows."""
    serial: dict[str, int] = defaultdict(int)
    for row in rows:
        county = row[area][:6]
        serial[county] += 1
        row[column] = f"{county}{letter}{serial[county]:0{digits}d}"
    return rows
