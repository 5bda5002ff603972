"""Generates the table career_events: appointments, promotions, placements, rotations, departures."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from random import Random

from data.generator.base.calendar import END, add_months, month_starts, random_day
from data.generator.base.draws import draw
from data.generator.district import District, number_rows

DISTRICTS = ("621000", "370705")
FIRST_EVENT = date(2019, 1, 1)
# Published by 奎文: secretaries newly appointed in three years, reserves on placements, deputies rotated, workers who
# became civil servants, secretaries promoted to section rank. Only the first has a period.
NEW_SECRETARIES = (25, date(2023, 7, 1))
PLACEMENTS, DEPUTIES_ROTATED, CIVIL_SERVANTS, SECTION_RANK = 72, 31, 9, 2
# 庆阳 publishes none of these; its register is shorter.
QINGYANG = {"new": 31, "placements": 24, "rotated": 18, "civil": 12}
DETAILS = {
    "shadowing": ("到区直部门跟班实训三个月", "到街道跟班实训", "到先进社区跟岗学习"),
    "rotation": ("跨社区轮岗", "跨岗位轮岗", "到街道便民服务中心轮岗"),
    "secondment": ("借调街道党建办", "借调县区民政局", "借调综治中心"),
    "commendation": ("优秀社区工作者", "优秀共产党员", "平安建设先进个人", "最美社区人"),
    "admonition": ("民生诉求超期未办", "考勤不合格", "工作日志不实"),
}


def career_events(district: District) -> list[dict]:
    """Returns the events of districts that keep a register, each while its worker was on post."""
    if district.code not in DISTRICTS:
        return []
    register = _Register(district)
    register.add_appointments()
    register.add_placements()
    register.add_departures()
    register.add_routine_events()
    rows = sorted(register.rows, key=lambda row: (row["on_date"], row["worker_id"], row["kind"]))
    for row in rows:
        row["county"] = row["worker_id"][:6]
    return number_rows(rows, "event_id", "county", "E", 5)


def _weight_of(post: str) -> Callable[[dict], float]:
    """Returns a weight that selects the workers with a post and nobody else."""
    return lambda worker: float(worker["post"] == post)


class _Register:
    """Collects the register of one district."""

    def __init__(self, district: District):
        self.district = district
        self.rng: Random = district.rng("career_events")
        self.rows: list[dict] = []
        self.is_kuiwen = district.code == "370705"

    def _add(self, worker: dict, kind: str, day: date, post: str | None = None, detail: str | None = None) -> None:
        text = detail or (self.rng.choice(DETAILS[kind]) if kind in DETAILS else None)
        self.rows.append(
            {
                "worker_id": worker["worker_id"],
                "on_date": day,
                "kind": kind,
                "post_at_event": post or worker["post"],
                "detail": text,
            }
        )

    def _day(self, worker: dict, first: date, last: date) -> date | None:
        """Draws a day between the two on which the worker is on post; returns None where there is none."""
        first = max(first, worker["hire_date"])
        last = min(last, worker["leave_date"] - timedelta(days=1) if worker["leave_date"] else END)
        return random_day(self.rng, first, last) if first <= last else None

    def _certain_day(self, worker: dict, first: date, last: date) -> date:
        """Draws such a day for a worker known to be on post. Raises ValueError where there is none."""
        day = self._day(worker, first, last)
        if day is None:
            raise ValueError(f"{worker['worker_id']} is not on post between {first} and {last}")
        return day

    def _add_to_several(
        self,
        workers: Iterable[dict],
        count: int,
        kind: str,
        first: date,
        last: date,
        post: str | None = None,
        weight: Callable[[dict], float] = lambda worker: 1.0,
    ) -> list[dict]:
        """Adds an event within the period for `count` different workers and returns them."""
        eligible = [worker for worker in workers if self._day(worker, first, last) is not None]
        selection = draw(self.rng, eligible, count, weight)
        for worker in selection:
            self._add(worker, kind, self._certain_day(worker, first, last), post)
        return selection

    def add_appointments(self) -> None:
        """Adds appointments of secretaries: hired as one or promoted from deputy, a few a second time elsewhere."""
        count, start = NEW_SECRETARIES if self.is_kuiwen else (QINGYANG["new"], date(2023, 7, 1))
        secretaries = [worker for worker in self.district.workers if worker["post"] == "secretary"]
        recent = draw(
            self.rng,
            [worker for worker in secretaries if self._day(worker, start, END)],
            count,
            lambda worker: 40.0 if worker["hire_date"] >= start else 1.0 if worker["hire_date"].year >= 2016 else 0.0,
        )
        for worker in recent:
            if worker["hire_date"] >= start:
                self._add(worker, "secretary_appointment", worker["hire_date"], "secretary", "选聘任书记")
            else:
                day = self._certain_day(worker, start, END)
                self._add(worker, "secretary_appointment", day, "deputy", "由社区副职提任书记")
        # A secretary who moves to another community within the period still counts as one person.
        for worker in self.rng.sample(recent, 3):
            day = self._certain_day(worker, start, END)
            self._add(worker, "secretary_appointment", day, "secretary", "调任其他社区书记")
        earlier = [
            worker
            for worker in secretaries
            if worker["hire_date"] < start and worker["worker_id"] not in {other["worker_id"] for other in recent}
        ]
        self._add_to_several(
            earlier, len(earlier) // 2, "secretary_appointment", FIRST_EVENT, start - timedelta(days=1), "deputy"
        )

    def add_placements(self) -> None:
        """Adds placements of reserves, and rotations of deputies and others."""
        workers = self.district.workers
        placement_count, rotation_count = (
            (PLACEMENTS, DEPUTIES_ROTATED) if self.is_kuiwen else (QINGYANG["placements"], QINGYANG["rotated"])
        )
        reserves = self._add_to_several(
            workers,
            placement_count,
            "shadowing",
            date(2023, 3, 1),
            END,
            None,
            lambda worker: 1.0 if worker["reserve_for"] != "none" else 0.0,
        )
        for worker in self.rng.sample(reserves, placement_count // 8):
            self._add(worker, "shadowing", self._certain_day(worker, date(2023, 3, 1), END))
        deputies = self._add_to_several(
            workers,
            rotation_count,
            "rotation",
            date(2022, 9, 1),
            END,
            None,
            lambda worker: float(worker["post"] == "deputy"),
        )
        for worker in self.rng.sample(deputies, 4):
            self._add(worker, "rotation", self._certain_day(worker, date(2022, 9, 1), END))
        for post, count in (("worker", rotation_count // 2), ("secretary", rotation_count // 4)):
            self._add_to_several(workers, count, "rotation", date(2022, 9, 1), END, None, _weight_of(post))

    def add_departures(self) -> None:
        """Adds events of leaving; the register of civil service recruitment started late and has only the last ones."""
        leavers = sorted(
            (worker for worker in self.district.workers if worker["leave_date"]),
            key=lambda worker: (worker["leave_date"], worker["worker_id"]),
        )
        civil_servants = [worker for worker in leavers if worker["leave_reason"] == "考录公务员（事业编）"]
        for worker in civil_servants[-(CIVIL_SERVANTS if self.is_kuiwen else QINGYANG["civil"]) :]:
            self._add(worker, "civil_service", worker["leave_date"])
        # The same recruitment is entered twice: when announced and when signed.
        duplicate = civil_servants[-1]
        self._add(
            duplicate,
            "civil_service",
            max(duplicate["leave_date"] - timedelta(days=20), duplicate["hire_date"]),
            None,
            "拟录用公示",
        )
        if self.is_kuiwen:
            promoted_secretaries = [worker for worker in leavers if worker["leave_reason"] == "提拔使用"][
                -SECTION_RANK:
            ]
            for worker in promoted_secretaries:
                self._add(worker, "section_promotion", worker["leave_date"], "secretary", "提拔为街道科级干部")
            deputy = [worker for worker in leavers if worker["post"] == "deputy"][-1]
            self._add(deputy, "section_promotion", deputy["leave_date"], "deputy", "提拔为副科级干部")
        for worker in leavers:
            kind = {"辞职": "resignation", "解聘": "dismissal"}.get(worker["leave_reason"])
            if kind and worker["leave_date"].year >= 2022:
                self._add(worker, kind, worker["leave_date"])

    def add_routine_events(self) -> None:
        """Adds grade promotions and renewals each January, commendations at midyear, secondments and their ends."""
        rng, workers = self.rng, self.district.workers
        for year in range(2022, 2027):
            day = date(year, 1, 15)
            for worker in workers:
                if worker["hire_date"] <= add_months(day, -20) and self._day(worker, day, day):
                    if rng.random() < 0.3:
                        self._add(worker, "grade_promotion", day)
                    elif rng.random() < 0.08:
                        self._add(worker, "renewal", day)
            self._add_to_several(workers, len(workers) // 45, "commendation", date(year, 6, 20), date(year, 6, 30))
            self._add_to_several(workers, 3, "admonition", date(year, 2, 1), min(date(year, 11, 30), END))
        self._add_to_several(
            workers, 4, "demotion", date(2022, 3, 1), END, "deputy", lambda worker: float(worker["post"] == "worker")
        )
        for month in month_starts():
            if rng.random() < 0.35:
                (worker,) = self._add_to_several(workers, 1, "secondment", month, month + timedelta(days=27))
                end = self._day(worker, month + timedelta(days=120), month + timedelta(days=300))
                if end is not None and rng.random() < 0.85:
                    self._add(worker, "secondment_end", end)
