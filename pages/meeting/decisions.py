"""Stores and reads the decisions of meetings: a metric's value, the task, the responsible unit, the due date and the
outcome."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl

from pages.meeting import store
from pages.ui.shell import current_user
from sql import metric
from sql.errors import InputError
from sql.files.sql_file import Text
from sql.security import disclosure, plain_text
from sql.semantic.periods import Period
from sql.semantic.readings import judge
from sql.semantic.scope import Scope, areas
from sql.warehouse import Version

_TASK, _OWNER = Text("要做的事", "the task"), Text("责任单位", "the responsible unit")


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
    """Saves a decision for the playlist with that key, with the metric's present value.

    Calls `record` after all checks, in the same transaction. Raises InputError if the task, the unit or the due date is
    missing or the due date has passed, and whatever `record` raises; then nothing is saved.
    """
    if not task.strip() or not owner.strip():
        raise InputError("要写明做什么、由哪个单位", "enter the task and the responsible unit")
    if due_on is None:
        raise InputError("要写明完成期限", "enter the due date")
    if due_on < today:
        raise InputError(f"完成期限 {due_on} 已经过去", f"the due date {due_on} has passed")
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
    """Marks a decision as done on a day, or as open again, and calls `record` in the same transaction.

    Raises InputError if the user's area has no decision of that number, and whatever `record` raises; then nothing
    changes.
    """
    with store.transaction() as connection:
        row = connection.execute("select area_code from decisions where id = ?", (number,)).fetchone()
        if row is None or not current_user.can_see(row["area_code"]):
            raise InputError(
                f"您的区域没有编号为 {number} 的事；请刷新页面",
                f"there is no decision {number} in your area; reload the page",
            )
        connection.execute("update decisions set done_on = ? where id = ?", (on and on.isoformat(), number))
        record()


def rows(playlist: str, version: Version, today: date, area_code: str | None = None) -> pl.DataFrame:
    """Returns the decisions of the playlist with that key for an area and the areas below it, overdue ones first, then
    by due date.

    Adds to each decision: `value_now` and `status_now` of the same metric, area and kind of period in the version,
    `moved` (the change in value), and `state`: overdue, open or done.
    """
    with store.transaction() as connection:
        records = connection.execute("select * from decisions where playlist = ?", (playlist,)).fetchall()
    decisions = [_row(dict(row), version, today) for row in records if _is_in(row["area_code"], area_code, version)]
    order = {"overdue": 0, "open": 1, "done": 2}
    return pl.DataFrame(
        sorted(decisions, key=lambda row: (order[row["state"]], row["due_on"], row["id"])), schema=_SCHEMA
    )


def values_before(day: date, playlist: str | None = None) -> dict[tuple[str, str | None], tuple[float, date]]:
    """Returns, by metric and area, the value saved with the last decision before a day, and that decision's date.

    Covers one playlist, or all.
    """
    with store.transaction() as connection:
        records = connection.execute(
            "select metric, area_code, value, decided_on from decisions where value is not null and decided_on < $day "
            "and ($playlist is null or playlist = $playlist) order by decided_on",
            {"playlist": playlist, "day": day.isoformat()},
        ).fetchall()
    return {(row["metric"], row["area_code"]): (row["value"], date.fromisoformat(row["decided_on"])) for row in records}


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


def _row(decision: dict, version: Version, today: date) -> dict[str, object]:
    due_on, done_on = (
        date.fromisoformat(decision["due_on"]),
        decision["done_on"] and date.fromisoformat(decision["done_on"]),
    )
    try:
        decision_metric = metric(decision["metric"], version)
        scope = Scope(version, decision["area_code"], _now(decision["period"], version))
        now = decision_metric.rows(scope).row(0, named=True)
        value_now, status_now = now["value"], judge(decision_metric, now["value"], now["standard"])
        title, name = decision_metric.title, areas(version)[decision["area_code"]].name
        counts_people = bool(disclosure.people_columns(decision_metric.file))
    except InputError:
        # The metric or the area no longer exists; the decision stays.
        value_now, status_now, title, name, counts_people = None, "no_data", None, decision["area_code"], True
    if version.is_rounded:
        # The saved value is exact, so it must not leave the office.
        value = None if counts_people else decision["value"]
        decision |= {"value": value, "task": disclosure.redact_text(decision["task"])}
    return {
        **{column: decision[column] for column in ("id", "metric", "area_code", "value", "task", "owner")},
        "title_zh": title.zh if title else decision["metric"],
        "title_en": title.en if title else decision["metric"],
        "area_name": name,
        "value_now": value_now,
        "status_now": status_now,
        "moved": None if value_now is None or decision["value"] is None else value_now - decision["value"],
        "due_on": due_on,
        "decided_on": date.fromisoformat(decision["decided_on"]),
        "done_on": done_on,
        "state": "done" if done_on else "overdue" if due_on < today else "open",
    }


def _now(period: str, version: Version) -> Period:
    """Returns the decision's period as of today: the same months, or the current year if it was a year."""
    return Period.parse(str(version.data_month.year) if len(period) == 4 else period, version.data_month)


def _is_in(code: str | None, area_code: str | None, version: Version) -> bool:
    if code not in areas(version) or (code is None and version.area is not None):
        # The area no longer exists, or the user may not see it.
        return version.area is None
    if area_code is None:
        return True
    area = areas(version)[code]
    while area.code is not None and area.code != area_code:
        area = areas(version)[area.parent]
    return area.code == area_code
