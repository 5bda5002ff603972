"""Rows of the table grid_duties: who led and who worked in which grid, from when until when."""

from collections import defaultdict
from datetime import date, timedelta
from random import Random

from etl.demo.calendar import END
from etl.demo.grids import Grid
from etl.demo.settings import Place

# Rosters of these duties were begun with the grids; nothing earlier is on record.
RECORDS_BEGIN = date(2021, 1, 1)


def grid_duties(place: Place, grids: list[Grid], workers: list[dict], seed: int) -> list[dict]:
    """Duties of a place, those ended included, ordered by grid and start."""
    rng = Random(f"{seed}/duties/{place.code}")
    of_community: dict[str, list[dict]] = defaultdict(list)
    for worker in workers:
        of_community[worker["community_code"]].append(worker)
    grids_of: dict[str, list[Grid]] = defaultdict(list)
    for grid in grids:
        grids_of[grid.community].append(grid)
    duties: list[dict] = []
    for community, own_grids in grids_of.items():
        duties += _of_community(own_grids, of_community[community], rng)
    _forget_some_endings(duties, {grid.code: grid for grid in grids}, rng)
    return sorted(duties, key=lambda duty: (duty["grid_code"], duty["since"], duty["duty"], duty["worker_id"]))


def _on_post(worker: dict, day: date) -> bool:
    return worker["hire_date"] <= day and (worker["leave_date"] is None or worker["leave_date"] > day)


def _of_community(grids: list[Grid], workers: list[dict], rng: Random) -> list[dict]:
    held: dict[str, list[dict]] = {worker["worker_id"]: [] for worker in workers}
    duties: list[dict] = []

    def assign(worker: dict, grid: Grid, duty: str, since: date, until: date | None) -> None:
        row = {"worker_id": worker["worker_id"], "grid_code": grid.code, "duty": duty,
               "since": since, "until": until}
        held[worker["worker_id"]].append(row)
        duties.append(row)

    for grid in grids:
        _lead(grid, workers, held, assign, rng)
    for worker in workers:
        if worker["post"] != "secretary" and rng.random() < 0.8:
            _serve(worker, grids, list(held[worker["worker_id"]]), duties, assign, rng)
    for grid in grids:
        if grid.leaderless_from and not grid.unstaffed_from and not any(
                duty["grid_code"] == grid.code and duty["until"] is None for duty in duties):
            spare = min((worker for worker in workers if worker["leave_date"] is None and worker["post"] != "secretary"),
                        key=lambda worker: (sum(row["until"] is None for row in held[worker["worker_id"]]),
                                            worker["worker_id"]))
            assign(spare, grid, "member", max(grid.leaderless_from, spare["hire_date"]), None)
    return duties


def _lead(grid: Grid, workers: list[dict], held: dict[str, list[dict]], assign, rng: Random) -> None:
    """One leader after another, with a gap now and then, to the end of the grid or of the records."""
    stop = min(day for day in (grid.closed, grid.leaderless_from, END + timedelta(days=1)) if day)
    since = max(grid.set_up, RECORDS_BEGIN) + timedelta(days=rng.randint(0, 25))
    previous = None
    while since < stop:
        present = [worker for worker in workers if _on_post(worker, since)]
        if not present:
            since += timedelta(days=30)
            continue

        def burden(worker: dict) -> tuple:
            open_duties = sum(row["since"] <= since and (row["until"] is None or row["until"] > since)
                              for row in held[worker["worker_id"]])
            return (open_duties + 2 * (worker["post"] == "secretary"), worker["worker_id"] == previous,
                    worker["post"] == "building_worker", worker["hire_date"], worker["worker_id"])

        leader = min(present, key=burden)
        turn = since + timedelta(days=rng.randint(420, 1500))
        ends = [day for day in (leader["leave_date"], turn, stop) if day is not None and day <= END]
        until = min(ends) if ends else None
        assign(leader, grid, "leader", since, until)
        if until is None:
            return
        previous = leader["worker_id"]
        gap = rng.randint(45, 150) if rng.random() < 0.12 else rng.randint(0, 20)
        following = until + timedelta(days=gap)
        # A grid that is led now has its next leader by the last day.
        since = min(following, END) if stop > END else following


def _serve(worker: dict, grids: list[Grid], leading: list[dict], duties: list[dict], assign, rng: Random) -> None:
    """Member of one grid after another while not leading one."""
    since = max(worker["hire_date"], RECORDS_BEGIN) + timedelta(days=rng.randint(5, 40))
    last = worker["leave_date"] or END + timedelta(days=1)
    while since < last and since <= END:
        covering = [row for row in leading if row["since"] <= since and (row["until"] is None or row["until"] > since)]
        if covering:
            if any(row["until"] is None for row in covering):
                return
            since = max(row["until"] for row in covering) + timedelta(days=1)
            continue
        open_grids = [grid for grid in grids if grid.set_up <= since
                      and (grid.closed is None or grid.closed > since)
                      and (grid.unstaffed_from is None or grid.unstaffed_from > since)]
        if not open_grids:
            since += timedelta(days=30)
            continue
        load: dict[str, int] = defaultdict(int)
        for row in duties:
            if row["duty"] == "member" and row["since"] <= since and (row["until"] is None or row["until"] > since):
                load[row["grid_code"]] += 1
        grid = min(open_grids, key=lambda one: (load[one.code], one.kind != "residential", one.code))
        next_lead = min((row["since"] for row in leading if row["since"] > since), default=None)
        ends = [day for day in (worker["leave_date"], grid.closed, grid.unstaffed_from, next_lead,
                                since + timedelta(days=rng.randint(500, 1700))) if day is not None and day <= END]
        until = min(ends) if ends else None
        assign(worker, grid, "member", since, until)
        if until is None:
            return
        since = until + timedelta(days=rng.randint(0, 15))


def _forget_some_endings(duties: list[dict], grids: dict[str, Grid], rng: Random) -> None:
    """A few duties on closed grids, and of leavers in grids led by others, were never ended on paper."""
    on_closed = [duty for duty in duties if duty["until"] is not None
                 and duty["until"] == grids[duty["grid_code"]].closed]
    open_leaders = {duty["grid_code"] for duty in duties if duty["duty"] == "leader" and duty["until"] is None}
    of_former = [duty for duty in duties if duty["duty"] == "member" and duty["until"] is not None
                 and duty["grid_code"] in open_leaders]
    for duty in rng.sample(on_closed, min(6, len(on_closed))) + rng.sample(of_former, min(4, len(of_former))):
        duty["until"] = None
