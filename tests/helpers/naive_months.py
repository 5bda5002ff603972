"""What the months of accepted rows show, in plain Python: who is on post, which grids are open, what has happened."""

from __future__ import annotations

from collections import Counter
from datetime import date

from tests.helpers.naive_ingest import IngestResult
from tests.helpers.naive_sources import Row


def on_post(taken: IngestResult, worker_id: str, day: date) -> Row | None:
    """The row that has a person on post on a day, None where nobody has."""
    rows = sorted(
        (row for row in taken.accepted["workers"] if row.cells["worker_id"] == worker_id),
        key=lambda row: row.cells["as_of"] or date.min,
    )
    told = [row for row in rows if row.cells["as_of"] is None or row.cells["as_of"] <= day]
    if told and told[-1].cells["hire_date"] <= day < _until(taken, rows, len(told) - 1):
        return told[-1]
    # Not in a roster by then; but whoever a later one lists as hired since the full roster before was on post.
    for at in range(len(told), len(rows)):
        row, hired = rows[at], rows[at].cells["hire_date"]
        full = [
            on for district, on in _shows_who_has_gone(taken) if district == row.district and on < row.cells["as_of"]
        ]
        was_gone = all(_until(taken, rows, earlier) <= hired for earlier in range(at))
        if full and max(full) < hired <= day < _until(taken, rows, at) and was_gone:
            return row
    return None


def _until(taken: IngestResult, rows: list[Row], at: int) -> date:
    """The first day on which a row of a person no longer holds: another follows, the person left, or is missing from a
    full roster of the district that gave the row."""
    row = rows[at].cells
    ends = [date.max]
    if at + 1 < len(rows):
        ends.append(rows[at + 1].cells["as_of"])
    # A later row may tell that the person had left before it.
    ends += [
        later.cells["leave_date"]
        for later in rows[at:]
        if later.cells["hire_date"] == row["hire_date"] and later.cells["leave_date"] is not None
    ]
    listed = max(row["hire_date"], row["as_of"] or date.min)
    ends += [
        on
        for district, on in _shows_who_has_gone(taken)
        if district == rows[at].district and on > listed and (district, on, row["worker_id"]) not in taken.gaps
    ]
    return min(ends)


def _shows_who_has_gone(taken: IngestResult) -> set[tuple[str, date]]:
    """Full rosters without a row that may be anybody's."""
    return {(district, on) for district, on in taken.full if (district, on, None) not in taken.gaps}


def headcount(taken: IngestResult, months: list[tuple[date, date]]) -> Counter[tuple[date, str, str]]:
    """Month, worker and community of everybody on post at each month's end; `months` gives the day each is seen at."""
    people = {row.cells["worker_id"] for row in taken.accepted["workers"]}
    found = ((month, who, on_post(taken, who, day)) for month, day in months for who in people)
    return Counter((month, who, row.cells["community_code"]) for month, who, row in found if row is not None)


def calendar(taken: IngestResult, data_date: date) -> list[tuple[date, date]]:
    """The months from the first population count to the data date, and the day each is seen at."""
    counts = [row.cells["as_of"] for row in taken.accepted["population"] if row.cells["as_of"] <= data_date]
    year, month = (first := min(counts, default=data_date)).year, first.month
    found = []
    while (start := date(year, month, 1)) <= data_date:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        found.append((start, min(date.fromordinal(date(year, month, 1).toordinal() - 1), data_date)))
    return found


def open_grids(taken: IngestResult, months: list[tuple[date, date]]) -> Counter[tuple[object, ...]]:
    """Month, grid, households and kind of the grids open at each month's end."""
    return Counter(
        (month, cells["grid_code"], cells["households"], cells["grid_type"])
        for month, day in months
        for cells in (row.cells for row in taken.accepted["grids"])
        if (cells["set_up_on"] or date.min) <= day < (cells["closed_on"] or date.max)
    )


def requests_known(taken: IngestResult, data_date: date) -> Counter[tuple[object, ...]]:
    """Month, request, when it was closed and whether it is resolved, of those raised by the data date."""
    found: Counter[tuple[object, ...]] = Counter()
    for cells in (row.cells for row in taken.accepted["requests"]):
        closed = cells["closed_at"] if cells["closed_at"] and cells["closed_at"].date() <= data_date else None
        if cells["raised_at"].date() <= data_date:
            found[cells["raised_at"].date().replace(day=1), cells["request_id"], closed, int(closed is not None)] += 1
    return found


def activities_held(taken: IngestResult, data_date: date) -> Counter[tuple[object, ...]]:
    """Month, activity and participants of those held by the data date."""
    return Counter(
        (cells["started_at"].date().replace(day=1), cells["activity_id"], cells["participants"])
        for cells in (row.cells for row in taken.accepted["activities"])
        if cells["started_at"].date() <= data_date
    )
