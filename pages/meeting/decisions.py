"""What meetings decided: a number, what is to be done about it, by which unit and when; and what has become of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl

from pages.meeting import store
from pages.ui.shell import current_user
from sql import metric
from sql.errors import InputError
from sql.security import disclosure, plain_text
from sql.semantic.files.sql_file import Text
from sql.semantic.periods import Period
from sql.semantic.readings import status_of
from sql.semantic.scope import Scope, areas
from sql.warehouse import Version

_TASK, _OWNER = Text("要做的事", "what is to be done"), Text("责任单位", "the unit")


def decide(
    playlist: str,
    name: str,
    scope: Scope,
    task: str,
    owner: str,
    due_on: date | None,
    today: date,
    record: Callable[[], object],
) -> None:
    """Keeps a decision of the playlist with that key, with the number as it is now, and calls `record` right before,
    when all has been checked.

    Raises AskError where it says not what, who, or a day gone by, and what `record` raises; then nothing is kept.
    """
    if not task.strip() or not owner.strip():
        raise InputError("要写明做什么、由哪个单位", "say what is to be done and by which unit")
    if due_on is None:
        raise InputError("要写明完成期限", "say by which day")
    if due_on < today:
        raise InputError(f"完成期限 {due_on} 已经过去", f"the day {due_on} has gone by")
    plain_text.require(_TASK, task)
    plain_text.require(_OWNER, owner)
    value = metric(name, scope.version).value(scope)
    with store.transaction() as connection:
        connection.execute(
            "insert into decisions (playlist, metric, area_code, period, value, task, owner, due_on, decided_on) "
            "values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                playlist,
                name,
                scope.area_code,
                str(scope.period),
                value,
                task.strip(),
                owner.strip(),
                due_on.isoformat(),
                today.isoformat(),
            ),
        )
        record()


def set_done_on(number: int, on: date | None, record: Callable[[], object]) -> None:
    """Marks a decision as done on a day, or as open again, and calls `record` right before.

    Raises AskError where who looks has no decision of that number in their area, and what `record` raises; then it
    stays as it was.
    """
    with store.transaction() as connection:
        row = connection.execute("select area_code from decisions where id = ?", (number,)).fetchone()
        if row is None or not current_user.can_see(row["area_code"]):
            raise InputError(
                f"您的区域没有编号为 {number} 的事；请刷新页面", f"your area has no decision {number}; reload the page"
            )
        connection.execute("update decisions set done_on = ? where id = ?", (on and on.isoformat(), number))
        record()


def rows(playlist: str, version: Version, today: date, area_code: str | None = None) -> pl.DataFrame:
    """The decisions of a playlist, by its key, for an area and what is below it, those overdue first, then by the day
    they are due.

    Beside what was decided: `value_now` and `status_now` of the same metric, area and kind of period in the version,
    `moved` (their difference), and `state`: overdue, open or done.
    """
    with store.transaction() as connection:
        found = connection.execute("select * from decisions where playlist = ?", (playlist,)).fetchall()
    kept = [_row(dict(row), version, today) for row in found if _is_in(row["area_code"], area_code, version)]
    order = {"overdue": 0, "open": 1, "done": 2}
    return pl.DataFrame(sorted(kept, key=lambda row: (order[row["state"]], row["due_on"], row["id"])), schema=_SCHEMA)


def values_before(day: date, playlist: str | None = None) -> dict[tuple[str, str | None], tuple[float, date]]:
    """By metric and area, the number as the last decision about it before a day kept it, and that decision's day; of a
    playlist, or of all."""
    with store.transaction() as connection:
        found = connection.execute(
            "select metric, area_code, value, decided_on from decisions where value is not null and decided_on < $day "
            "and ($playlist is null or playlist = $playlist) order by decided_on",
            {"playlist": playlist, "day": day.isoformat()},
        ).fetchall()
    return {(row["metric"], row["area_code"]): (row["value"], date.fromisoformat(row["decided_on"])) for row in found}


_SCHEMA = {
    "id": pl.Int64,
    "metric": pl.String,
    "title_zh": pl.String,
    "title_en": pl.String,
    "area_code": pl.String,
    "area_name": pl.String,
    "value": pl.Float64,
    "value_now": pl.Float64,
    "moved": pl.Float64,
    "status_now": pl.String,
    "task": pl.String,
    "owner": pl.String,
    "due_on": pl.Date,
    "decided_on": pl.Date,
    "done_on": pl.Date,
    "state": pl.String,
}


def _row(kept: dict, version: Version, today: date) -> dict[str, object]:
    due_on, done_on = date.fromisoformat(kept["due_on"]), kept["done_on"] and date.fromisoformat(kept["done_on"])
    try:
        known = metric(kept["metric"], version)
        scope = Scope(version, kept["area_code"], _now(kept["period"], version))
        now = known.rows(scope).row(0, named=True)
        value_now, status_now = now["value"], status_of(now["value"], now["standard"], known.direction)
        title, name = known.title, areas(version)[kept["area_code"]].name
        counts_people = bool(disclosure.people_columns(known.file))
    except InputError:
        # The metric or the area is gone since: what was decided stays.
        value_now, status_now, title, name, counts_people = None, "no_data", None, kept["area_code"], True
    if version.is_rounded:
        # The number is kept as it was, exactly: outside the office it is not told.
        value = None if counts_people else kept["value"]
        kept |= {"value": value, "task": disclosure.redact_text(kept["task"])}
    return {
        **{column: kept[column] for column in ("id", "metric", "area_code", "value", "task", "owner")},
        "title_zh": title.zh if title else kept["metric"],
        "title_en": title.en if title else kept["metric"],
        "area_name": name,
        "value_now": value_now,
        "status_now": status_now,
        "moved": None if value_now is None or kept["value"] is None else value_now - kept["value"],
        "due_on": due_on,
        "decided_on": date.fromisoformat(kept["decided_on"]),
        "done_on": done_on,
        "state": "done" if done_on else "overdue" if due_on < today else "open",
    }


def _now(period: str, version: Version) -> Period:
    """The period of the decision as it is today: the same months, or the present year where it was of a year."""
    return Period.parse(str(version.data_month.year) if len(period) == 4 else period, version.data_month)


def _is_in(code: str | None, area_code: str | None, version: Version) -> bool:
    if code not in areas(version) or (code is None and version.area is not None):
        # The area is gone since, or it is none of who looks.
        return version.area is None
    if area_code is None:
        return True
    step = areas(version)[code]
    while step.code is not None and step.code != area_code:
        step = areas(version)[step.parent]
    return step.code == area_code
