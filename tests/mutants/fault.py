"""Defines a deliberate fault: one small edit, and the tests that must fail with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class StaleError(Exception):
    """Reports a fault that cannot be applied because the code it edits has changed."""


@dataclass(frozen=True)
class Fault:
    """Describes a mistake somebody might make: replaces `old`, which occurs exactly once in `path`, by `new`.

    `caught_by` are the tests, by file and function, of which at least one must fail. `full` means that they are only in
    the full tier.
    """

    name: str
    path: str
    old: str
    new: str
    caught_by: tuple[str, ...]
    full: bool = False

    def put_into(self, root: Path) -> str:
        """Returns the text of the file with the fault. Raises StaleError if `old` is not in the file exactly once."""
        try:
            text = (root / self.path).read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise StaleError(f"{self.name}: {self.path} no longer exists") from error
        count = text.count(self.old)
        if count != 1:
            raise StaleError(
                f"{self.name}: {self.path} has {self.old!r} {count} times, expected once; "
                "adapt the fault to the present code"
            )
        return text.replace(self.old, self.new)
