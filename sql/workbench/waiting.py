"""Who may run now: few at a time, in the order they came."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# So often who waits is told how many are before them.
_TELL_SECONDS = 0.5


class Line:
    """A line of which the first few run and the others wait."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._places: list[object] = []
        self._moved = threading.Condition()

    @contextmanager
    def turn(self, told: Callable[[int], None]) -> Iterator[None]:
        """Waits until there is room, and holds the place until left. While waiting, `told` is called with how many are
        before; what it raises gives up the place."""
        mine = object()
        with self._moved:
            self._places.append(mine)
        try:
            while (before := self._before(mine)) >= self._at_once:
                told(before)
                with self._moved:
                    self._moved.wait(_TELL_SECONDS)
            yield
        finally:
            with self._moved:
                self._places.remove(mine)
                self._moved.notify_all()

    def _before(self, mine: object) -> int:
        with self._moved:
            return self._places.index(mine)
