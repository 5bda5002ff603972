"""Texts that people type and that reach tables, files and headers: one line each, of letters that can be seen."""

from __future__ import annotations

import unicodedata

from sql.errors import InputError
from sql.semantic.files.sql_file import Text

# Control characters, signs that only steer or hide others, halves of letters, separators of lines and paragraphs.
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def find_invisible(text: str) -> str | None:
    """Returns the first letter of a text that nobody sees, as U+2028; None where there is none."""
    return next((f"U+{ord(letter):04X}" for letter in text if unicodedata.category(letter) in _UNSEEN), None)


def require(name: Text, text: str) -> None:
    """Raises AskError, which calls the text by that name, where it holds a letter that nobody sees."""
    if letter := find_invisible(text):
        raise InputError(
            f"{name.zh}里有看不见的字符（{letter}），如换行或控制符；请删掉它再输入",
            f"{name.en} holds a character that cannot be seen ({letter}), as a line break or a control character; "
            "take it out and type it anew",
        )
