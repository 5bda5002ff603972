"""Chooses the one language in which the command line speaks: `--lang`, else the locale."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from sql.files.sql_file import Text

LANGUAGES = ("zh", "en")
# In the order in which POSIX lets one override the next.
_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
# None until `choose` is called: the server prints its first build without having arguments to choose by.
_language: str | None = None


def choose(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Sets the language from `--lang` before the command, else from the locale.

    The arguments are searched before they are parsed, because help and usage errors are printed while they are parsed.
    """
    global _language
    _language = _option(arguments) or _from_locale(environment)


def pick(zh: str, en: str) -> str:
    """Returns the text of the chosen language."""
    return zh if (_language or _from_locale(os.environ)) == "zh" else en


def pick_from(both: str) -> str:
    """Returns the text of the chosen language out of `中文 | English`."""
    return pick(*Text.of(both))


def _option(arguments: Sequence[str]) -> str | None:
    """Returns the last valid `--lang` before the command; the parser refuses an invalid one."""
    found = None
    for index, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--lang":
            value = value if equals else "".join(arguments[index + 1 : index + 2])
            found = value if value in LANGUAGES else found
        elif not argument.startswith("-") and arguments[index - 1 : index] != ["--lang"]:
            break
    return found


def _from_locale(environment: Mapping[str, str]) -> str:
    """Returns zh for a Chinese locale, else en."""
    locale = next(filter(None, map(environment.get, _LOCALE_VARIABLES)), "")
    return "zh" if locale.lower().startswith("zh") else "en"
