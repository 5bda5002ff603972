"""Describes a slide of a playlist: what it shows, of which area, and for how long."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_SECONDS, MIN_SECONDS = 20, 3


@dataclass(frozen=True)
class Slide:
    """Describes a slide: its kind, its metrics, for `bars` the dimension, and its area (None: the meeting's area).

    `each` repeats the slide for each area below, the worst first. `note` is for the speaker and appears on the remote
    control.
    """

    kind: str
    metrics: tuple[str, ...] = ()
    by: str | None = None
    area: str | None = None
    each: bool = False
    seconds: int = DEFAULT_SECONDS
    note: str = ""

    @property
    def dimension(self) -> str:
        """Returns the dimension of the bars. Raises LookupError for a slide of another kind."""
        if self.by is None:
            raise LookupError(f"a slide of kind {self.kind!r} has no dimension")
        return self.by
