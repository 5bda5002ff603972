"""What a fault put in on purpose is: one small edit, and the tests that have to fail with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class StaleError(Exception):
    """A fault that can't be put in, because the code it changes is another by now."""


@dataclass(frozen=True)
class Fault:
    """A mistake somebody might make: in `path` it puts `new` in place of `old`, which stands there exactly once.

    `caught_by` are the tests, by file and function, of which at least one has to fail. `full` says that they are in the
    full tier alone.
    """

    name: str
    path: str
    old: str
    new: str
    caught_by: tuple[str, ...]
    full: bool = False

    def put_into(self, root: Path) -> str:
        """Returns the text of the file with the fault. Raises StaleError where the place of it is not to be found."""
        try:
            text = (root / self.path).read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise StaleError(f"{self.name}: there is no {self.path} any more") from error
        count = text.count(self.old)
        if count != 1:
            raise StaleError(
                f"{self.name}: {self.path} has {count} times, and not once: {self.old!r}; "
                "put the fault into the code as it is now"
            )
        return text.replace(self.old, self.new)
