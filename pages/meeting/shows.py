"""The show of a meeting: which slide its screens are at, kept where screens and remote controls both find it."""

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
# Letters and digits that are not taken for one another when read off a wall.
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_LENGTH = 8


@dataclass(frozen=True)
class Show:
    """A show as it is now, of the playlist with that key. `version` None is live: numbers follow what is published,
    which was `began_in` when it began, where that was kept. `turn` counts the steps taken. `number` stands for it in
    the audit log, where its code would let readers control it."""

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
    """Starts a show of a playlist, and calls `record` with its number right before; returns its code, by which those
    of its area control it.

    `frozen` pins it to one version and to the SQL that the version was built with. Where `record` raises nothing is
    started.
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
    """Returns the show of that code. Raises AskError where there is none in the area of who looks."""
    with store.transaction() as connection:
        row = connection.execute(f"{_SELECT} where code = ?", (code,)).fetchone()
    # Of one of another area it is not even said that it is there.
    if row is None or not current_user.can_see(row["area_code"]):
        raise InputError(
            f"没有代码为 {code!r} 的放映；请从会议页重新开始",
            f"there is no show with the code {code!r}; start it from the meeting page",
        )
    return _show(row)


def last_before(day: date, areas: Collection[str | None], key: str | None = None) -> Show | None:
    """Returns the last show in one of the areas, of a playlist or of any, that began before a day; None where there
    was none."""
    with store.transaction() as connection:
        rows = connection.execute(
            f"{_SELECT} where ($playlist is null or playlist = $playlist) and started_at < $day "
            "order by started_at desc",
            {"playlist": key, "day": day.isoformat()},
        )
        row = next((row for row in rows if row["area_code"] in areas), None)
    return _show(row) if row else None


def _show(row: sqlite3.Row) -> Show:
    kept = dict(row)
    return Show(**kept | {"is_paused": bool(row["is_paused"]), "started_at": datetime.fromisoformat(row["started_at"])})


def step(code: str, by: int, turn: int, record: Callable[[], object]) -> None:
    """Goes so many slides on, or back, and calls `record` right before. What was meant for an earlier turn is passed
    over: two screens count as one, and leave one entry.

    Raises AskError as `find` does, and what `record` raises; then nothing moves.
    """
    find(code)
    with store.transaction() as connection:
        moved = connection.execute(
            "update shows set position = position + ?, turn = turn + 1 where code = ? and turn = ?", (by, code, turn)
        )
        if moved.rowcount:
            record()


def pause(code: str, is_paused: bool, record: Callable[[], object]) -> None:
    """Stops the slides where they are, or has them go on, and calls `record` right before.

    Raises AskError as `find` does, and what `record` raises; then nothing changes.
    """
    find(code)
    with store.transaction() as connection:
        connection.execute("update shows set is_paused = ?, turn = turn + 1 where code = ?", (is_paused, code))
        record()


def version(show: Show) -> Version:
    """The version that a show is of, the one it is frozen to, else the current one, as who looks may see it."""
    return current_user.restrict(warehouse.open_frozen(show.version) if show.version else warehouse.current_version())


def slides(show: Show) -> tuple[Playlist, list[tuple[Slide, Scope]]]:
    """The playlist of a show and its slides, each with its scope. Raises AskError where the playlist is wrong."""
    played = playlist.load(show.playlist)
    return played, _shown(played, version(show), show.period, show.area_code)


@lru_cache(maxsize=16)
def _shown(played: Playlist, served: Version, period: str, area_code: str | None) -> list[tuple[Slide, Scope]]:
    found = playlist.expand_slides(played, served, Period.parse(period, served.data_month), area_code)
    if not found:
        raise InputError(
            f"会议 {played.key} 在这个区域没有可放的幻灯片",
            f"the meeting {played.key} has no slide to show for this area",
        )
    return found


def slide_index(show: Show, shown: list[tuple[Slide, Scope]]) -> int:
    """The place in the list of slides that a show is at: after the last comes the first."""
    return show.position % len(shown)
