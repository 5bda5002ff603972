"""Rows of the table grid_duties: who led and who worked in which grid, from when until when."""

from collections import defaultdict
from datetime import date, timedelta
from random import Random

from data.generator.calendar import END
from data.generator.grids import Grid
from data.generator.settings import PilotArea

# Rosters of these duties were begun in that year; nothing earlier is on record.
RECORDS_BEGIN = date(2021, 1, 1)
# Grids long without a leader after this day are those that have none at the end.
LAST_LONG_GAP = date(2025, 8, 1)


def grid_duties(place: PilotArea, grids: list[Grid], workers: list[dict], seed: int) -> list[dict]:
    """Duties of a place, those ended included, ordered by grid and start."""
    rng = Random(f"{seed}/duties/{place.code}")
    workers_of: dict[str, list[dict]] = defaultdict(list)
    for worker in workers:
        workers_of[worker["community_code"]].append(worker)
    grids_of: dict[str, list[Grid]] = defaultdict(list)
    for grid in grids:
        grids_of[grid.community].append(grid)
    duties = [
        duty
        for community, own_grids in grids_of.items()
        for duty in _Duties(own_grids, workers_of[community], rng).rows()
    ]
    _forget_some_endings(duties, grids, workers, rng)
    return sorted(duties, key=lambda duty: (duty["grid_code"], duty["since"], duty["worker_id"]))


def _holds(duty: dict, day: date) -> bool:
    return duty["since"] <= day and (duty["until"] is None or duty["until"] > day)


def _earliest(*days: date | None) -> date | None:
    """The first of the days that comes by the last month's end, None when none does."""
    return min((day for day in days if day is not None and day <= END), default=None)


class _Duties:
    """The duties of one community as they are handed on."""

    def __init__(self, grids: list[Grid], workers: list[dict], rng: Random):
        self.grids = grids
        self.workers = workers
        self.rng = rng
        self.duties: list[dict] = []
        self.held: dict[str, list[dict]] = {worker["worker_id"]: [] for worker in workers}

    def rows(self) -> list[dict]:
        """Every duty of the community, leaders first."""
        for grid in self.grids:
            self._lead(grid)
        for worker in self.workers:
            if worker["post"] != "secretary" and self.rng.random() < 0.8:
                self._serve(worker)
        for grid in self.grids:
            if grid.leaderless_from and not grid.unstaffed_from:
                self._keep_a_member(grid)
        return self.duties

    def _assign(self, worker: dict, grid: Grid, duty: str, since: date, until: date | None) -> None:
        row = {"worker_id": worker["worker_id"], "grid_code": grid.code, "duty": duty, "since": since, "until": until}
        self.held[worker["worker_id"]].append(row)
        self.duties.append(row)

    def _lead(self, grid: Grid) -> None:
        """One leader after another, with a gap now and then, to the end of the grid or of the records."""
        stop = min(day for day in (grid.closed_on, grid.leaderless_from, END + timedelta(days=1)) if day)
        since = max(grid.set_up_on, RECORDS_BEGIN) + timedelta(days=self.rng.randint(0, 25))
        previous = None
        while since < stop:
            leader = self._next_leader(since, previous)
            if leader is None:
                since += timedelta(days=30)
                continue
            turn = since + timedelta(days=self.rng.randint(420, 1500))
            until = _earliest(leader["leave_date"], turn, stop)
            self._assign(leader, grid, "leader", since, until)
            if until is None:
                return
            previous = leader["worker_id"]
            long_gap = until < LAST_LONG_GAP and self.rng.random() < 0.12
            since = until + timedelta(days=self.rng.randint(45, 150) if long_gap else self.rng.randint(0, 15))
            # A grid that is to be led now has its next leader by the last day.
            if stop > END:
                since = min(since, END)

    def _next_leader(self, day: date, previous: str | None) -> dict | None:
        """Who has least to do; rather not the secretary nor the one who just handed over."""
        present = [
            worker
            for worker in self.workers
            if worker["hire_date"] <= day and (worker["leave_date"] is None or worker["leave_date"] > day)
        ]

        def burden(worker: dict) -> tuple:
            duties = sum(_holds(duty, day) for duty in self.held[worker["worker_id"]])
            return (
                duties + 2 * (worker["post"] == "secretary"),
                worker["worker_id"] == previous,
                worker["post"] == "building_worker",
                worker["hire_date"],
                worker["worker_id"],
            )

        return min(present, key=burden, default=None)

    def _serve(self, worker: dict) -> None:
        """Member of one grid after another while not leading one."""
        leading = [duty for duty in self.held[worker["worker_id"]] if duty["duty"] == "leader"]
        since = max(worker["hire_date"], RECORDS_BEGIN) + timedelta(days=self.rng.randint(5, 40))
        last = worker["leave_date"] or END + timedelta(days=1)
        while since < last:
            leads = [duty for duty in leading if _holds(duty, since)]
            if any(duty["until"] is None for duty in leads):
                return
            if leads:
                since = max(duty["until"] for duty in leads) + timedelta(days=1)
                continue
            grid = self._least_served(since)
            if grid is None:
                since += timedelta(days=30)
                continue
            next_lead = min((duty["since"] for duty in leading if duty["since"] > since), default=None)
            turn = since + timedelta(days=self.rng.randint(500, 1700))
            until = _earliest(worker["leave_date"], grid.closed_on, grid.unstaffed_from, next_lead, turn)
            self._assign(worker, grid, "member", since, until)
            if until is None:
                return
            since = until + timedelta(days=self.rng.randint(0, 15))

    def _least_served(self, day: date) -> Grid | None:
        """The open grid with fewest members on that day."""
        open_grids = [
            grid
            for grid in self.grids
            if grid.set_up_on <= day
            and (grid.closed_on is None or grid.closed_on > day)
            and (grid.unstaffed_from is None or grid.unstaffed_from > day)
        ]
        members: dict[str, int] = defaultdict(int)
        for duty in self.duties:
            if duty["duty"] == "member" and _holds(duty, day):
                members[duty["grid_code"]] += 1
        return min(
            open_grids, key=lambda grid: (members[grid.code], grid.kind != "residential", grid.code), default=None
        )

    def _keep_a_member(self, grid: Grid) -> None:
        """Somebody still works in a grid that only lacks its leader."""
        if any(duty["grid_code"] == grid.code and duty["until"] is None for duty in self.duties):
            return
        present = [worker for worker in self.workers if worker["leave_date"] is None and worker["post"] != "secretary"]
        spare = min(
            present,
            key=lambda worker: (sum(_holds(duty, END) for duty in self.held[worker["worker_id"]]), worker["worker_id"]),
        )
        self._assign(spare, grid, "member", max(grid.leaderless_from, spare["hire_date"]), None)


def _forget_some_endings(duties: list[dict], grids: list[Grid], workers: list[dict], rng: Random) -> None:
    """A few duties on closed grids, and of leavers in grids led by others, were never ended on paper."""
    closed = {grid.code: grid.closed_on for grid in grids}
    left = {worker["worker_id"]: worker["leave_date"] for worker in workers}
    led = {duty["grid_code"] for duty in duties if duty["duty"] == "leader" and duty["until"] is None}
    ended = [duty for duty in duties if duty["until"] is not None]
    on_closed = [duty for duty in ended if duty["until"] == closed[duty["grid_code"]]]
    of_leavers = [
        duty
        for duty in ended
        if duty["duty"] == "member" and duty["grid_code"] in led and duty["until"] == left[duty["worker_id"]]
    ]
    for duty in rng.sample(on_closed, min(6, len(on_closed))) + rng.sample(of_leavers, min(4, len(of_leavers))):
        duty["until"] = None
