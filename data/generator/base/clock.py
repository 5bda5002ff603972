"""Draws dates and times: holidays, busy days, working hours, time to the next step."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from math import log
from random import Random

from data.generator.base.calendar import END

# Public holidays from the yearly notices of the State Council: New Year, Spring Festival, May Day, National Day.
HOLIDAYS = tuple(
    (date.fromisoformat(first), date.fromisoformat(last))
    for first, last in (
        ("2022-01-01", "2022-01-03"),
        ("2022-01-31", "2022-02-06"),
        ("2022-04-30", "2022-05-04"),
        ("2022-10-01", "2022-10-07"),
        ("2022-12-31", "2023-01-02"),
        ("2023-01-21", "2023-01-27"),
        ("2023-04-29", "2023-05-03"),
        ("2023-09-29", "2023-10-06"),
        ("2023-12-30", "2024-01-01"),
        ("2024-02-10", "2024-02-17"),
        ("2024-05-01", "2024-05-05"),
        ("2024-10-01", "2024-10-07"),
        ("2025-01-01", "2025-01-01"),
        ("2025-01-28", "2025-02-04"),
        ("2025-05-01", "2025-05-05"),
        ("2025-10-01", "2025-10-08"),
        ("2026-01-01", "2026-01-03"),
        ("2026-02-15", "2026-02-23"),
        ("2026-05-01", "2026-05-05"),
    )
)
_DAYS_OFF = frozenset(
    first + timedelta(days=index) for first, last in HOLIDAYS for index in range((last - first).days + 1)
)
LAST_MOMENT = datetime.combine(END, time(23, 59))
MORNING, NOON, AFTERNOON, EVENING = time(8, 30), time(12), time(14), time(18)


def is_workday(day: date) -> bool:
    """Returns true from Monday to Friday, except on public holidays."""
    return day.weekday() < 5 and day not in _DAYS_OFF


def days_between(first: date, last: date) -> list[date]:
    """Returns every day from `first` to `last`, both included."""
    return [first + timedelta(days=index) for index in range((last - first).days + 1)]


def day_weight(months: dict[int, float], at_rest: float) -> Callable[[date], float]:
    """Returns the function that weights a day: by its month (default 1), times `at_rest` on weekends and holidays."""
    return lambda day: months.get(day.month, 1.0) * (1.0 if is_workday(day) else at_rest)


def pick_days(rng: Random, days: Sequence[date], count: int, weight: Callable[[date], float]) -> list[date]:
    """Draws `count` of the days, heavier ones more often, and returns them in order."""
    return sorted(rng.choices(days, cum_weights=list(accumulate(map(weight, days))), k=count))


def moment(rng: Random, day: date, off_hours: float) -> datetime:
    """Draws a minute of the day: in working hours, except for the share `off_hours` and on days off."""
    if is_workday(day) and rng.random() >= off_hours:
        hour = rng.choice((8, 9, 10, 11, 14, 15, 16, 17))
        return datetime.combine(day, time(hour, rng.randrange(30 if hour == 8 else 0, 60)))
    hour = rng.choice((7, 12, 18, 19, 20, 21) if is_workday(day) else (8, 9, 10, 11, 14, 15, 16, 17, 19, 20))
    return datetime.combine(day, time(hour, rng.randrange(60)))


def next_moment(rng: Random, start: datetime | None, hours: float, spread: float, off_hours: float) -> datetime | None:
    """Draws the time of the next step after `start`: log-normal with the given median, usually moved to working hours.

    Returns None where it has not happened by the last day, or where `start` is None.
    """
    if start is None:
        return None
    then = start + timedelta(minutes=round(60 * rng.lognormvariate(log(hours), spread)) + 1)
    if then > LAST_MOMENT:
        return None
    if rng.random() >= off_hours:
        then = _in_working_hours(rng, then)
    elif not 7 <= then.hour < 23:
        # Nobody answers at night.
        morning = then.date() + timedelta(days=then.hour >= 23)
        then = _at(morning, time(7)) + timedelta(minutes=rng.randrange(75))
    return then if then <= LAST_MOMENT else None


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock)


def _in_working_hours(rng: Random, then: datetime) -> datetime:
    """Returns the same moment, or one soon after working hours start again."""
    day = then.date()
    if is_workday(day):
        if then.time() < MORNING:
            return _at(day, MORNING) + timedelta(minutes=rng.randrange(120))
        if NOON <= then.time() < AFTERNOON:
            return _at(day, AFTERNOON) + timedelta(minutes=rng.randrange(90))
        if then.time() < EVENING:
            return then
    day += timedelta(days=1)
    while not is_workday(day):
        day += timedelta(days=1)
    return _at(day, MORNING) + timedelta(minutes=rng.randrange(150))
