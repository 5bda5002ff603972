"""Simulates hiring and leaving in each county, round by round, toward a given headcount."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from random import Random

from data.generator.base.calendar import (
    LAST_MONTH,
    START,
    add_months,
    age_at,
    month_end,
    month_starts,
    random_day,
    shift_years,
)
from data.generator.base.draws import draw, share_out
from data.generator.places.areas import Community, urban_residents_at
from data.generator.settings import County

RETIREMENT_AGE = 60
# People leave after the Spring Festival and when the civil service hires, in June and July.
LEAVING_SEASON = {1: 0.5, 2: 1.7, 3: 1.7, 4: 0.7, 5: 0.7, 6: 1.5, 7: 1.6, 8: 0.9, 9: 0.8, 10: 0.7, 11: 0.6, 12: 0.6}
# Rural and uncounted communities have a few workers whatever their size; 环县's has none.
FEW_WORKERS = {"141024106002": 3, "141024100014": 3, "621022109400": 0}


@dataclass(eq=False)
class Career:
    """Describes one person's time in one community; `leave_date` is None for those still on post."""

    community: str
    birth: date
    hire_date: date
    is_secretary: bool
    leave_date: date | None = None
    leave_reason: str | None = None

    def on_post(self, day: date) -> bool:
        """Returns true where hire_date <= day and leave_date is None or > day."""
        return self.hire_date <= day and (self.leave_date is None or self.leave_date > day)


def careers(county: County, communities: list[Community], seed: int) -> list[Career]:
    """Returns every career of a county between the first and the last month, ended ones included."""
    return _Staffing(county, communities, seed).run()


class _Staffing:
    """Holds the roster of one county while it moves from round to round."""

    def __init__(self, county: County, communities: list[Community], seed: int):
        self.county = county
        self.communities = [community for community in communities if FEW_WORKERS.get(community.code, 1)]
        self.seed = seed
        self.rng = Random(f"{seed}/careers/{county.code}")
        self.everyone: list[Career] = []
        self.active: list[Career] = []
        self.weight = {
            community.code: community.urban_residents * self.rng.uniform(0.8, 1.25) for community in self.communities
        }
        total = sum(self.weight.values())
        for code in FEW_WORKERS.keys() & self.weight.keys():
            self.weight[code] = FEW_WORKERS[code] * total / county.workers

    def run(self) -> list[Career]:
        """Runs all rounds up to the last month and returns all careers."""
        self._first_roster()
        rounds = [month for month in month_starts() if month.month in self.county.rounds]
        starts = [START, *rounds, add_months(LAST_MONTH, 1)]
        for start, end in pairwise(starts):
            self._interval(start, end, recruits=start in rounds)
        return self.everyone

    def _headcount(self, month: date) -> int:
        """Returns the target headcount at the end of a month, interpolated between the county's ratios."""
        if month == LAST_MONTH:
            return self.county.workers
        base_at_end = sum(community.urban_residents for community in self.communities) / 10000
        points = [*self.county.ratios, (LAST_MONTH, self.county.workers / base_at_end)]
        index = bisect_right([day for day, _ in points], month) - 1
        (start, low), (end, high) = points[index], points[index + 1]
        share = (month - start).days / (end - start).days
        residents = sum(urban_residents_at(self.county, community, month, self.seed) for community in self.communities)
        base = residents / 10000
        return round((low + (high - low) * share) * base)

    def _first_roster(self) -> None:
        counts = share_out(self._headcount(START), list(self.weight.values()))
        for code, count in zip(self.weight, counts, strict=True):
            for index in range(max(count, 2)):
                self._hire(code, self._old_hire_date(), is_secretary=index == 0)

    def _old_hire_date(self) -> date:
        year = max(2003, 2021 - int(self.rng.expovariate(1 / 5.5)))
        month = self.rng.choice(self.county.rounds)
        return date(year, month, self.rng.randint(1, 28))

    def _hire(self, community: str, hire: date, is_secretary: bool) -> None:
        rng = self.rng
        while True:
            if is_secretary:
                age = rng.triangular(26, 47, 34)
            elif hire < START:
                youngest, oldest, usual = self.county.hire_age
                age = rng.triangular(youngest, oldest, usual)
            else:
                age = rng.triangular(21, 40, 26)
            birth = hire - timedelta(days=int(age * 365.25))
            if age_at(birth, START) < RETIREMENT_AGE - 1:
                break
        career = Career(community, birth, hire, is_secretary)
        self.everyone.append(career)
        self.active.append(career)

    def _interval(self, start: date, end: date, recruits: bool) -> None:
        """Simulates the months from one recruitment round to the next: hires first, then leavers."""
        months = month_starts(start, add_months(end, -1))
        leaving = {month: self._leaver_count(month) for month in months}
        if recruits:
            vacancies = self._headcount(months[-1]) - len(self.active) + sum(leaving.values())
            for _ in range(-vacancies):
                leaving[self.rng.choice(months)] += 1
            self._round(start, max(vacancies, 0))
        for month in months:
            self._secretaries_leave(month)
            self._workers_leave(month, leaving[month])

    def _leaver_count(self, month: date) -> int:
        year, times = self.county.exodus or (0, 1.0)
        rate = self.county.yearly_leavers * (times if month.year == year else 1.0)
        expected = len(self.active) * rate / 12 * LEAVING_SEASON[month.month]
        retiring = sum(self._retires_in(career, month) for career in self.active if not career.is_secretary)
        return max(int(expected + self.rng.random()), retiring)

    def _round(self, month: date, vacancies: int) -> None:
        """Hires for one round, one in five a few days late; the communities shortest of workers come first."""
        first_day = random_day(self.rng, month.replace(day=6), month.replace(day=18))
        total = sum(self.weight.values())
        for _ in range(vacancies):
            size = len(self.active) + 1
            staff = dict.fromkeys(self.weight, 0)
            for career in self.active:
                staff[career.community] += 1
            community = max(self.weight, key=lambda code: self.weight[code] / total * size - staff[code])
            is_late = self.rng.random() < 0.2
            self._hire(community, first_day + timedelta(days=self.rng.randint(3, 10) if is_late else 0), False)

    def _retires_in(self, career: Career, month: date) -> bool:
        return shift_years(career.birth, RETIREMENT_AGE) <= month_end(month)

    def _leave(self, career: Career, day: date, reason: str) -> None:
        career.leave_date, career.leave_reason = max(day, career.hire_date), reason
        self.active.remove(career)

    def _secretaries_leave(self, month: date) -> None:
        # Nobody leaves in the last two months, so that each successor has started by the last day.
        if month >= add_months(LAST_MONTH, -1):
            return
        for career in [active for active in self.active if active.is_secretary]:
            retires = self._retires_in(career, month)
            if not retires and self.rng.random() > 0.045 / 12 * LEAVING_SEASON[month.month]:
                continue
            day = random_day(self.rng, max(month, career.hire_date), month_end(month))
            reason = "退休" if retires else self.rng.choice(["换届离任", "调离", "辞职", "提拔使用"])
            self._leave(career, day, reason)
            self._hire(career.community, day + timedelta(days=self.rng.randint(1, 20)), is_secretary=True)

    def _workers_leave(self, month: date, count: int) -> None:
        if not count:
            return
        staff: dict[str, int] = {}
        for career in self.active:
            staff[career.community] = staff.get(career.community, 0) + 1

        def weight(career: Career) -> float:
            if career.is_secretary or career.hire_date >= month or staff[career.community] <= 2:
                return 0.0
            if self._retires_in(career, month):
                return 1e6
            tenure = (month - career.hire_date).days / 365
            return (2.0 if tenure < 4 else 1.0) * (1.6 if age_at(career.birth, month) < 35 else 1.0)

        for career in draw(self.rng, self.active, count, weight):
            day = random_day(self.rng, month, month_end(month))
            reason = (
                "退休"
                if self._retires_in(career, month)
                else self.rng.choices(
                    ["辞职", "考录公务员（事业编）", "调离", "个人原因", "解聘"], [45, 18, 12, 22, 3]
                )[0]
            )
            self._leave(career, day, reason)
