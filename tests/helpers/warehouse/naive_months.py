"""Computes the month-level tables from accepted rows in plain Python: people on post, open grids, events."""

from __future__ import annotations

from collections import Counter
from datetime import date

from tests.helpers.ingest.naive_ingest import IngestResult
from tests.helpers.ingest.naive_sources import Row


def on_post(result: IngestResult, worker_id: str, day: date) -> Row | None:
    """Returns the row by which a person is on post on a day; None if they are not."""
    rows = sorted(
        (row for row in result.accepted["workers"] if row.cells["worker_id"] == worker_id),
        key=lambda row: row.cells["as_of"] or date.min,
    )
    earlier_rows = [row for row in rows if row.cells["as_of"] is None or row.cells["as_of"] <= day]
    if earlier_rows and earlier_rows[-1].cells["hire_date"] <= day < _end(result, rows, len(earlier_rows) - 1):
        return earlier_rows[-1]
    # No roster lists the person by then. But a later one may, with a hire date after the full roster before it.
    for index in range(len(earlier_rows), len(rows)):
        row, hire_date = rows[index], rows[index].cells["hire_date"]
        full = [
            on for district, on in _complete_rosters(result) if district == row.district and on < row.cells["as_of"]
        ]
        was_gone = all(_end(result, rows, earlier) <= hire_date for earlier in range(index))
        if full and max(full) < hire_date <= day < _end(result, rows, index) and was_gone:
            return row
    return None


def _end(result: IngestResult, rows: list[Row], index: int) -> date:
    """Returns the first day on which a row of a person no longer holds: another row follows, the person left, or is
    missing from a full roster of the district that sent the row."""
    row = rows[index].cells
    ends = [date.max]
    if index + 1 < len(rows):
        ends.append(rows[index + 1].cells["as_of"])
    # A later row may show that the person had left before it.
    ends += [
        later.cells["leave_date"]
        for later in rows[index:]
        if later.cells["hire_date"] == row["hire_date"] and later.cells["leave_date"] is not None
    ]
    listed_on = max(row["hire_date"], row["as_of"] or date.min)
    ends += [
        on
        for district, on in _complete_rosters(result)
        if district == rows[index].district and on > listed_on and (district, on, row["worker_id"]) not in result.gaps
    ]
    return min(ends)


def _complete_rosters(result: IngestResult) -> set[tuple[str, date]]:
    """Returns the full rosters without rejected rows that could be anybody's."""
    return {(district, on) for district, on in result.full if (district, on, None) not in result.gaps}


def headcount(result: IngestResult, months: list[tuple[date, date]]) -> Counter[tuple[date, str, str]]:
    """Returns month, worker and community of everybody on post at each month's end; `months` has the day observed."""
    people = {row.cells["worker_id"] for row in result.accepted["workers"]}
    posts = ((month, person, on_post(result, person, day)) for month, day in months for person in people)
    return Counter((month, person, row.cells["community_code"]) for month, person, row in posts if row is not None)


def calendar(result: IngestResult, data_date: date) -> list[tuple[date, date]]:
    """Returns the months from the first population count to the data date, with the day each is observed on."""
    counts = [row.cells["as_of"] for row in result.accepted["population"] if row.cells["as_of"] <= data_date]
    year, month = (first := min(counts, default=data_date)).year, first.month
    months = []
    while (start := date(year, month, 1)) <= data_date:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        months.append((start, min(date.fromordinal(date(year, month, 1).toordinal() - 1), data_date)))
    return months


def open_grids(result: IngestResult, months: list[tuple[date, date]]) -> Counter[tuple[object, ...]]:
    """Returns month, grid, households and kind of the grids open at each month's end."""
    return Counter(
        (month, cells["grid_code"], cells["households"], cells["grid_type"])
        for month, day in months
        for cells in (row.cells for row in result.accepted["grids"])
        if (cells["set_up_on"] or date.min) <= day < (cells["closed_on"] or date.max)
    )


def requests_known(result: IngestResult, data_date: date) -> Counter[tuple[object, ...]]:
    """Returns month, request, closing time and resolution of the requests raised by the data date."""
    known: Counter[tuple[object, ...]] = Counter()
    for cells in (row.cells for row in result.accepted["requests"]):
        closed_at = cells["closed_at"] if cells["closed_at"] and cells["closed_at"].date() <= data_date else None
        if cells["raised_at"].date() <= data_date:
            month = cells["raised_at"].date().replace(day=1)
            known[month, cells["request_id"], closed_at, int(closed_at is not None)] += 1
    return known


def activities_held(result: IngestResult, data_date: date) -> Counter[tuple[object, ...]]:
    """Returns month, activity and participants of the activities held by the data date."""
    return Counter(
        (cells["started_at"].date().replace(day=1), cells["activity_id"], cells["participants"])
        for cells in (row.cells for row in result.accepted["activities"])
        if cells["started_at"].date() <= data_date
    )
