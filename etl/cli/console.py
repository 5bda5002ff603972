"""Prints the tables, lines and progress of commands, with everything invisible in them escaped."""

from __future__ import annotations

import os
import sys
from typing import Any

from rich.console import Console
from rich.text import Text

from sql.security.escaping import escape_invisible

# Without a terminal, lines are wide enough that no file name is cut: cron and CI jobs keep them.
_WIDE = 1000


def _width() -> int | None:
    """Returns the width of the output; None where the terminal, or COLUMNS, sets it."""
    return None if sys.stdout.isatty() or "COLUMNS" in os.environ else _WIDE


class _Visible(Console):
    """Prints each text on one line, with its invisible characters escaped: file names and cells come from people.

    It relies on Rich passing every plain text that it prints, cells and titles of tables too, through `render_str`.
    A text of several lines is passed as several texts.
    """

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(escape_invisible(text), **options)


# A [ in a text is no markup.
console = _Visible(highlight=False, markup=False, width=_width())
