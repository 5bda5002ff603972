"""What each command of `python -m etl` does, a module for what belongs together. Every `run` returns the exit code.

A module is imported when its command is run: nobody waits for what another command needs.
"""

from __future__ import annotations

import os
import sys

from rich.console import Console

PUBLISHED, REFUSED, USAGE, PUBLISHED_WITH_FAILURES = 0, 1, 2, 3
# Lines that cron or a CI job keeps have no edge at which a file's name would be cut.
_WIDE = 1000


def _width() -> int | None:
    """The width of what is printed; None where the terminal, or COLUMNS, says it."""
    return None if sys.stdout.isatty() or "COLUMNS" in os.environ else _WIDE


# File names and cells come from people: a [ in them is no markup.
console = Console(highlight=False, markup=False, width=_width())
