"""What can be wrong with a source as a whole or with one file of it."""

from collections.abc import Iterable
from difflib import get_close_matches

from etl.ingest.values.masking import hide_numbers
from sql.errors import LinliError
from sql.security.escaping import escape_invisible


class SourceError(LinliError):
    """Nothing can be read from this source. Each message is one line, whatever the names in it hold."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(escape_invisible(zh), escape_invisible(en))


class FileError(LinliError):
    """One file, or one sheet of it, can't be read. What it quotes of the file has no number of a person in it, and each
    message is one line."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(escape_invisible(hide_numbers(zh)), escape_invisible(hide_numbers(en)))


class NoHeader(FileError):
    """No header row was found."""


def suggest(name: str, among: Iterable[str]) -> tuple[str, str]:
    """What to add to a message about an unknown name, in both languages: the closest of those there are, or them."""
    choices = sorted({choice for choice in among if choice})
    close = get_close_matches(name, choices, n=1, cutoff=0.5)
    if close:
        return f"最接近的是“{close[0]}”", f"closest is {close[0]}"
    return f"可以写：{'、'.join(choices)}", f"there are: {', '.join(choices)}"
