"""Stores the show of a meeting: the current slide and other state that its screens and remote controls share."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from pages.meeting import playlist, store
from pages.meeting.playlist import Playlist, Slide
from pages.ui.shell import current_user
from sql import warehouse
from sql.errors import InputError
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.warehouse import Version

_SELECT = "select rowid as number, * from shows"
# Letters and digits that are not confused when read off a wall.
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_LENGTH = 8


@dataclass(frozen=True)
class Show:
    """Describes the present state of a show of the playlist with that key.

    `version` None means live: the numbers follow the published version, which was `began_in` at the start, if that was
    recorded. `turn` counts the changes. `number` identifies the show in the audit log, where its code would let readers
    control it.
    """

    number: int
    code: str
    playlist: str
    area_code: str | None
    period: str
    version: str | None
    began_in: str | None
    position: int
    turn: int
    is_paused: bool
    started_at: datetime


def start(
    key: str, area_code: str | None, period: str, record: Callable[[int], object], frozen: Version | None = None
) -> str:
    """Starts a show of a playlist and calls `record` with its number in the same transaction; returns its code, with
    which users of its area control it.

    `frozen` pins the show to one version and to the SQL that the version was built with. If `record` raises, no show
    starts.
    """
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    with store.transaction() as connection:
        started = connection.execute(
            "insert into shows (code, playlist, area_code, period, version, began_in, started_at) "
            "values (?, ?, ?, ?, ?, ?, ?) returning rowid",
            (
                code,
                key,
                area_code,
                period,
                frozen.name if frozen else None,
                (frozen or warehouse.current_version()).name,
                f"{datetime.now():%Y-%m-%d %H:%M:%S}",
            ),
        ).fetchone()
        record(started["rowid"])
        if frozen:
            warehouse.pin(frozen)
    return code


def find(code: str) -> Show:
    """Returns the show with that code. Raises InputError if there is none that the user may see."""
    with store.transaction() as connection:
        row = connection.execute(f"{_SELECT} where code = ?", (code,)).fetchone()
    # Nor does the error disclose that another area has such a show.
    if row is None or not current_user.can_see(row["area_code"]):
        raise InputError(
            f"没有代码为 {code!r} 的放映；请从会议页重新开始",
            f"no show has the code {code!r}; start it from the meeting page",
        )
    return _show(row)


def last_before(day: date, areas: Collection[str | None], key: str | None = None) -> Show | None:
    """Returns the last show in one of the areas, of one playlist or of any, that began before a day; None if there was
    none."""
    with store.transaction() as connection:
        rows = connection.execute(
            f"{_SELECT} where ($playlist is null or playlist = $playlist) and started_at < $day "
            "order by started_at desc",
            {"playlist": key, "day": day.isoformat()},
        )
        row = next((row for row in rows if row["area_code"] in areas), None)
    return _show(row) if row else None


def _show(row: sqlite3.Row) -> Show:
    return Show(
        **dict(row) | {"is_paused": bool(row["is_paused"]), "started_at": datetime.fromisoformat(row["started_at"])}
    )


def step(code: str, by: int, turn: int, record: Callable[[], object]) -> None:
    """Moves the show forward or back by that many slides and calls `record` in the same transaction.

    Ignores a step meant for an earlier turn, so two screens count as one and leave one entry. Raises InputError as
    `find` does, and whatever `record` raises; then nothing changes.
    """
    find(code)
    with store.transaction() as connection:
        update = connection.execute(
            "update shows set position = position + ?, turn = turn + 1 where code = ? and turn = ?", (by, code, turn)
        )
        if update.rowcount:
            record()


def pause(code: str, is_paused: bool, record: Callable[[], object]) -> None:
    """Pauses or resumes the show and calls `record` in the same transaction.

    Raises InputError as `find` does, and whatever `record` raises; then nothing changes.
    """
    find(code)
    with store.transaction() as connection:
        connection.execute("update shows set is_paused = ?, turn = turn + 1 where code = ?", (is_paused, code))
        record()


def version(show: Show) -> Version:
    """Returns the version that a show is frozen to, else the current one, restricted to what the user may see."""
    return current_user.restrict(warehouse.open_frozen(show.version) if show.version else warehouse.current_version())


def slides(show: Show) -> tuple[Playlist, list[tuple[Slide, Scope]]]:
    """Returns a show's playlist and its slides with their scopes. Raises InputError if the playlist is invalid."""
    meeting = playlist.load(show.playlist)
    return meeting, _expand(meeting, version(show), show.period, show.area_code)


@lru_cache(maxsize=16)
def _expand(meeting: Playlist, version: Version, period: str, area_code: str | None) -> list[tuple[Slide, Scope]]:
    slides = playlist.expand_slides(meeting, version, Period.parse(period, version.data_month), area_code)
    if not slides:
        raise InputError(
            f"会议 {meeting.key} 在这个区域没有可放的幻灯片",
            f"the meeting {meeting.key} has no slide to show for this area",
        )
    return slides


def slide_index(show: Show, slides: list[tuple[Slide, Scope]]) -> int:
    """Returns the index of a show's current slide; the first slide follows the last."""
    return show.position % len(slides)
