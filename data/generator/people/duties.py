"""Generates the table grid_duties: which workers led or served in which grid, with start and end."""

from collections import defaultdict
from datetime import date, timedelta
from random import Random

from data.generator.base.calendar import END
from data.generator.places.grids import Grid
from data.generator.settings import PilotArea

# Duties have been recorded since then; nothing earlier is on record.
RECORDS_START = date(2021, 1, 1)
# Long gaps begin before this day; a grid without a leader after it has none until the end.
LAST_LONG_GAP = date(2025, 8, 1)


def grid_duties(pilot_area: PilotArea, grids: list[Grid], workers: list[dict], seed: int) -> list[dict]:
    """Returns the duties of a district, ended ones included, ordered by grid and start."""
    rng = Random(f"{seed}/duties/{pilot_area.code}")
    workers_of: dict[str, list[dict]] = defaultdict(list)
    for worker in workers:
        workers_of[worker["community_code"]].append(worker)
    grids_of: dict[str, list[Grid]] = defaultdict(list)
    for grid in grids:
        grids_of[grid.community].append(grid)
    duties = [
        duty
        for community, grids_of_community in grids_of.items()
        for duty in _Duties(grids_of_community, workers_of[community], rng).rows()
    ]
    _forget_some_endings(duties, grids, workers, rng)
    return sorted(duties, key=lambda duty: (duty["grid_code"], duty["since"], duty["worker_id"]))


def _holds(duty: dict, day: date) -> bool:
    return duty["since"] <= day and (duty["until"] is None or duty["until"] > day)


def _earliest(*days: date | None) -> date | None:
    """Returns the earliest of the days up to the last month's end, None where there is none."""
    return min((day for day in days if day is not None and day <= END), default=None)


class _Duties:
    """Simulates the duties of one community as they pass from worker to worker."""

    def __init__(self, grids: list[Grid], workers: list[dict], rng: Random):
        self.grids = grids
        self.workers = workers
        self.rng = rng
        self.duties: list[dict] = []
        self.held: dict[str, list[dict]] = {worker["worker_id"]: [] for worker in workers}

    def rows(self) -> list[dict]:
        """Returns every duty of the community, leaders first."""
        for grid in self.grids:
            self._lead(grid)
        for worker in self.workers:
            if worker["post"] != "secretary" and self.rng.random() < 0.8:
                self._serve(worker)
        for grid in self.grids:
            if grid.leaderless_from and not grid.unstaffed_from:
                self._keep_a_member(grid)
        return self.duties

    def _assign(self, worker: dict, grid: Grid, duty: str, start: date, until: date | None) -> None:
        row = {"worker_id": worker["worker_id"], "grid_code": grid.code, "duty": duty, "since": start, "until": until}
        self.held[worker["worker_id"]].append(row)
        self.duties.append(row)

    def _lead(self, grid: Grid) -> None:
        """Assigns one leader after another, with occasional gaps, to the end of the grid or of the records."""
        stop = min(day for day in (grid.closed_on, grid.leaderless_from, END + timedelta(days=1)) if day)
        start = max(grid.set_up_on, RECORDS_START) + timedelta(days=self.rng.randint(0, 25))
        previous = None
        while start < stop:
            leader = self._next_leader(start, previous)
            if leader is None:
                start += timedelta(days=30)
                continue
            turn = start + timedelta(days=self.rng.randint(420, 1500))
            until = _earliest(leader["leave_date"], turn, stop)
            self._assign(leader, grid, "leader", start, until)
            if until is None:
                return
            previous = leader["worker_id"]
            has_long_gap = until < LAST_LONG_GAP and self.rng.random() < 0.12
            start = until + timedelta(days=self.rng.randint(45, 150) if has_long_gap else self.rng.randint(0, 15))
            # A grid with a leader today gets the next one by the last day.
            if stop > END:
                start = min(start, END)

    def _next_leader(self, day: date, previous: str | None) -> dict | None:
        """Returns the worker with the fewest duties, avoiding the secretary and the previous leader."""
        candidates = [
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

        return min(candidates, key=burden, default=None)

    def _serve(self, worker: dict) -> None:
        """Assigns a worker as member of one grid after another while not leading one."""
        leading = [duty for duty in self.held[worker["worker_id"]] if duty["duty"] == "leader"]
        start = max(worker["hire_date"], RECORDS_START) + timedelta(days=self.rng.randint(5, 40))
        last = worker["leave_date"] or END + timedelta(days=1)
        while start < last:
            leads = [duty for duty in leading if _holds(duty, start)]
            if any(duty["until"] is None for duty in leads):
                return
            if leads:
                start = max(duty["until"] for duty in leads) + timedelta(days=1)
                continue
            grid = self._least_served(start)
            if grid is None:
                start += timedelta(days=30)
                continue
            next_lead = min((duty["since"] for duty in leading if duty["since"] > start), default=None)
            turn = start + timedelta(days=self.rng.randint(500, 1700))
            until = _earliest(worker["leave_date"], grid.closed_on, grid.unstaffed_from, next_lead, turn)
            self._assign(worker, grid, "member", start, until)
            if until is None:
                return
            start = until + timedelta(days=self.rng.randint(0, 15))

    def _least_served(self, day: date) -> Grid | None:
        """Returns the open grid with the fewest members on that day."""
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
        """Assigns a member to a grid that lacks only its leader, where it has none."""
        if any(duty["grid_code"] == grid.code and duty["until"] is None for duty in self.duties):
            return
        candidates = [
            worker for worker in self.workers if worker["leave_date"] is None and worker["post"] != "secretary"
        ]
        worker_to_assign = min(
            candidates,
            key=lambda worker: (sum(_holds(duty, END) for duty in self.held[worker["worker_id"]]), worker["worker_id"]),
        )
        self._assign(worker_to_assign, grid, "member", max(grid.leaderless_from, worker_to_assign["hire_date"]), None)


def _forget_some_endings(duties: list[dict], grids: list[Grid], workers: list[dict], rng: Random) -> None:
    """Removes the end of a few duties, in closed grids and of leavers in grids led by others, as sloppy records do."""
    closing_dates = {grid.code: grid.closed_on for grid in grids}
    leave_dates = {worker["worker_id"]: worker["leave_date"] for worker in workers}
    led_grids = {duty["grid_code"] for duty in duties if duty["duty"] == "leader" and duty["until"] is None}
    ended_duties = [duty for duty in duties if duty["until"] is not None]
    in_closed_grids = [duty for duty in ended_duties if duty["until"] == closing_dates[duty["grid_code"]]]
    duties_of_leavers = [
        duty
        for duty in ended_duties
        if duty["duty"] == "member"
        and duty["grid_code"] in led_grids
        and duty["until"] == leave_dates[duty["worker_id"]]
    ]
    for duty in rng.sample(in_closed_grids, min(6, len(in_closed_grids))) + rng.sample(
        duties_of_leavers, min(4, len(duties_of_leavers))
    ):
        duty["until"] = None
