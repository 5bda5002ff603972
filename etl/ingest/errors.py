"""Defines the errors of a source as a whole and of one of its files."""

from collections.abc import Iterable
from difflib import get_close_matches

from etl.ingest.values.masking import hide_numbers
from sql.errors import LinliError
from sql.security.escaping import escape_invisible


class SourceError(LinliError):
    """Reports that nothing can be read from this source.

    Each message is one line, even if a file name contains a line break.
    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(escape_invisible(zh), escape_invisible(en))


class FileError(LinliError):
    """Reports that one file, or one sheet of it, can't be read.

    Identity and phone numbers in text quoted from the file are masked, and each message is one line.
    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(escape_invisible(hide_numbers(zh)), escape_invisible(hide_numbers(en)))


class NoHeader(FileError):
    """Reports that no header row was found."""


def suggest(name: str, known_names: Iterable[str]) -> tuple[str, str]:
    """Returns a hint for a message about an unknown name, in Chinese and English: the closest known name, else all of
    them."""
    choices = sorted({choice for choice in known_names if choice})
    close = get_close_matches(name, choices, n=1, cutoff=0.5)
    if close:
        return f"最接近的是“{close[0]}”", f"the closest is {close[0]}"
    return f"可以写：{'、'.join(choices)}", f"choose from: {', '.join(choices)}"
