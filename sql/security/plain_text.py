"""Checks text that users type into tables, files and headers: it must be one line of visible characters."""

from __future__ import annotations

import unicodedata

from sql.errors import InputError
from sql.files.sql_file import Text

# Control and format characters, surrogates, and separators of lines and paragraphs.
_INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")


def find_invisible(text: str) -> str | None:
    """Returns the first invisible character of a text in the form U+2028; None if there is none."""
    return next((f"U+{ord(letter):04X}" for letter in text if unicodedata.category(letter) in _INVISIBLE), None)


def require(name: Text, text: str) -> None:
    """Raises InputError, with `name` as the name of the text, if the text holds an invisible character."""
    if letter := find_invisible(text):
        raise InputError(
            f"{name.zh}里有看不见的字符（{letter}），如换行或控制符；请删掉它再输入",
            f"{name.en} contains an invisible character ({letter}), such as a line break or a control character; "
            "remove it and try again",
        )
