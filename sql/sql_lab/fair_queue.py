"""Schedules statements fairly: a few run at a time, one per user, and users take turns."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sql.sql_lab.limits import StatementError

# Interval at which a waiting user's position is reported.
_REPORT_SECONDS = 0.5


class FairQueue:
    """Holds statements of which the first few run and the others wait.

    Each user runs one statement at a time, so nobody waits for another's second statement while there is a free slot
    for their first. A user who has had a turn goes behind the other waiting users.
    """

    def __init__(self, max_running: int, max_waiting: int) -> None:
        self._max_running = max_running
        self._max_waiting = max_waiting
        # Both by user; waiting users are in the order of their turns.
        self._waiting: dict[str, list[object]] = {}
        self._running: dict[str, object] = {}
        self._changed = threading.Condition()

    @contextmanager
    def slot(self, user: str, on_progress: Callable[[int], None]) -> Iterator[None]:
        """Waits for the user's turn, and holds a slot until the block exits.

        While waiting, calls `on_progress` with the number of statements ahead; an exception from it leaves the queue.
        Raises StatementError if the user has too many statements waiting.
        """
        ticket = object()
        with self._changed:
            if len(self._waiting.get(user, ())) >= self._max_waiting:
                raise StatementError("waiting", str(self._max_waiting))
            self._waiting.setdefault(user, []).append(ticket)
            self._start_next()
        try:
            while (ahead := self._count_ahead(user, ticket)) is not None:
                on_progress(ahead)
                with self._changed:
                    self._changed.wait_for(lambda: self._running.get(user) is ticket, _REPORT_SECONDS)
            yield
        finally:
            with self._changed:
                if self._running.get(user) is ticket:
                    del self._running[user]
                    self._waiting[user] = self._waiting.pop(user, [])
                else:
                    self._waiting[user].remove(ticket)
                self._start_next()
                self._changed.notify_all()

    def _start_next(self) -> None:
        """Starts waiting statements while there are free slots. The caller holds the lock."""
        for user in [user for user, tickets in self._waiting.items() if not tickets]:
            del self._waiting[user]
        while len(self._running) < self._max_running:
            first = next((user for user in self._waiting if user not in self._running), None)
            if first is None:
                return
            self._running[first], *others = self._waiting.pop(first)
            if others:
                self._waiting[first] = others

    def _count_ahead(self, user: str, ticket: object) -> int | None:
        """Returns the number of statements ahead of a waiting one; None if it is running."""
        with self._changed:
            if self._running.get(user) is ticket:
                return None
            own_ahead = self._waiting[user].index(ticket)
            # Users with a running statement come after the others, and everybody gets one turn before anybody gets two.
            users = sorted(self._waiting, key=self._running.__contains__)
            turns = {other: own_ahead + (index < users.index(user)) for index, other in enumerate(users)}
            return len(self._running) + sum(min(len(self._waiting[other]), most) for other, most in turns.items())
