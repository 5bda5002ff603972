"""Says who may run now: few at a time, of each person one, and people in turn."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sql.sql_lab.limits import StatementError

# So often who waits is told how many are before them.
_TELL_SECONDS = 0.5


class FairQueue:
    """A line of which the first few run and the others wait.

    Of each person one runs at a time, so nobody waits for another's second statement while there is room for their
    first. Who has had a turn goes behind the others who wait.
    """

    def __init__(self, at_once: int, max_waiting: int) -> None:
        self._at_once = at_once
        self._max_waiting = max_waiting
        # Both by person; those who wait in the order of their turns.
        self._waiting: dict[str, list[object]] = {}
        self._running: dict[str, object] = {}
        self._moved = threading.Condition()

    @contextmanager
    def slot(self, who: str, told: Callable[[int], None]) -> Iterator[None]:
        """Waits until it is the person's turn, and holds the place until left. While waiting, `told` is called with how
        many are before; what it raises gives up the place. Raises StatementError for who has enough waiting already."""
        mine = object()
        with self._moved:
            if len(self._waiting.get(who, ())) >= self._max_waiting:
                raise StatementError("waiting", str(self._max_waiting))
            self._waiting.setdefault(who, []).append(mine)
            self._begin()
        try:
            while (before := self._before(who, mine)) is not None:
                told(before)
                with self._moved:
                    self._moved.wait_for(lambda: self._running.get(who) is mine, _TELL_SECONDS)
            yield
        finally:
            with self._moved:
                if self._running.get(who) is mine:
                    del self._running[who]
                    self._waiting[who] = self._waiting.pop(who, [])
                else:
                    self._waiting[who].remove(mine)
                self._begin()
                self._moved.notify_all()

    def _begin(self) -> None:
        """Has those run for whom there is room. The lock is held."""
        for who in [who for who, own in self._waiting.items() if not own]:
            del self._waiting[who]
        while len(self._running) < self._at_once:
            first = next((who for who in self._waiting if who not in self._running), None)
            if first is None:
                return
            self._running[first], *others = self._waiting.pop(first)
            if others:
                self._waiting[first] = others

    def _before(self, who: str, mine: object) -> int | None:
        """How many are answered before one that waits; None where it runs."""
        with self._moved:
            if self._running.get(who) is mine:
                return None
            own = self._waiting[who].index(mine)
            # Who runs now has had a turn when the next comes; each of the others has one before anybody has two.
            people = sorted(self._waiting, key=self._running.__contains__)
            turns = {one: own + (place < people.index(who)) for place, one in enumerate(people)}
            return len(self._running) + sum(min(len(self._waiting[one]), most) for one, most in turns.items())
