"""What each command of `python -m etl` does, a module for what belongs together. Every `run` returns the exit code.

A module is imported when its command is run: nobody waits for what another command needs.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from rich.console import Console
from rich.text import Text

from sql.errors import LinliError
from sql.security.escaping import escape_invisible, escape_invisible_lines

EXIT_OK, EXIT_REFUSED, EXIT_USAGE, EXIT_FILES_FAILED = 0, 1, 2, 3
# Lines that cron or a CI job keeps have no edge at which a file's name would be cut.
_WIDE = 1000


def _width() -> int | None:
    """The width of what is printed; None where the terminal, or COLUMNS, says it."""
    return None if sys.stdout.isatty() or "COLUMNS" in os.environ else _WIDE


class _Visible(Console):
    """Prints texts on one line each, with what cannot be seen in them escaped: file names and cells come from people.

    It leans on Rich passing every plain text that it is given, cells and titles of tables too, through `render_str`.
    What has several lines is given as several texts.
    """

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(escape_invisible(text), **options)


# A [ in them is no markup.
console = _Visible(highlight=False, markup=False, width=_width())


def print_error(error: object) -> None:
    """Prints what went wrong to stderr; standard output may be read by another program."""
    if isinstance(error, LinliError) and not error.is_multiline:
        lines = [escape_invisible(error.zh), escape_invisible(error.en)]
    else:
        lines = [escape_invisible_lines(str(error))]
    print(*lines, sep="\n", file=sys.stderr, flush=True)
