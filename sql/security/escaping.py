"""Shows what cannot be seen in a text: names of files, sheets, headers and cells are written by anybody.

An escape sequence repaints a terminal, a line break forges a line of a log, a direction mark turns a file's ending
round, and what has no width makes two names look alike.
"""

from __future__ import annotations

import json
import unicodedata

# Letters to Unicode, and yet nothing is drawn for them.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")


def escape_invisible(text: str) -> str:
    r"""Returns the text on one line, with `\n`, `\x1b` or `\u202e` for each sign that cannot be seen.

    Spaces stay, full-width ones too. What is visible already is returned as it is, so that twice is as good as once.
    """
    if text.isprintable() and _BLANK.isdisjoint(text):
        return text
    return "".join(sign if is_visible(sign) else sign.encode("unicode_escape").decode() for sign in text)


def escape_invisible_lines(text: str) -> str:
    """Returns the same of a text of the product's own, whose line breaks are meant."""
    return "\n".join(map(escape_invisible, text.split("\n")))


def as_json(value: object, indent: int | None = None) -> str:
    """Returns a value as JSON for a terminal or another program: the same value, what cannot be seen escaped.

    What JSON does not know is written as its text.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=str)
    # Outside of its texts JSON has but line breaks and signs that are visible.
    return "".join(sign if sign == "\n" or is_visible(sign) else json.dumps(sign)[1:-1] for sign in text)


def is_visible(sign: str) -> bool:
    """Returns whether something is drawn for a sign; a blank of any width counts."""
    return sign not in _BLANK and (sign.isprintable() or unicodedata.category(sign) == "Zs")
