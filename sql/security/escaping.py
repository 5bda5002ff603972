"""Escapes invisible characters in text from outside: names of files and sheets, headers and cells.

An escape sequence can repaint a terminal, a line break can forge a log line, a direction mark can reverse a file
extension, and zero-width characters make two names look alike.
"""

from __future__ import annotations

import json
import unicodedata

# Unicode classes these as letters or marks, but they render as nothing.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")


def escape_invisible(text: str) -> str:
    r"""Returns the text on one line, with invisible characters as escapes such as `\n`, `\x1b` or `\u202e`.

    Spaces are kept, including full-width ones. Visible text is returned unchanged, so the function is idempotent.
    """
    if text.isprintable() and _BLANK.isdisjoint(text):
        return text
    return "".join(
        character if is_visible(character) else character.encode("unicode_escape").decode() for character in text
    )


def escape_invisible_lines(text: str) -> str:
    """Returns the text with invisible characters escaped, except line breaks; for text that the product composes."""
    return "\n".join(map(escape_invisible, text.split("\n")))


def as_json(value: object, indent: int | None = None) -> str:
    """Returns a value as JSON for a terminal or another program, with invisible characters escaped.

    Types that JSON does not support are written as their text.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=str)
    # Outside its strings, JSON contains only line breaks and visible characters.
    return "".join(
        character if character == "\n" or is_visible(character) else json.dumps(character)[1:-1] for character in text
    )


def is_visible(character: str) -> bool:
    """Returns true if a character renders as something; a space of any width counts as visible."""
    return character not in _BLANK and (character.isprintable() or unicodedata.category(character) == "Zs")
