"""Chooses the one language of what is said outside the pages: `--lang`, else the locale; to a browser, the one that it
names first."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from sql.errors import LinliError
from sql.files.sql_file import Text

LANGUAGES = ("zh", "en")
# In the order in which POSIX lets one override the next.
_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
# None until `choose` is called: the server has no arguments to choose by.
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


def pick_for(accept_language: str, text: Text | LinliError) -> str:
    """Returns the text in the language that a request's header Accept-Language names first: Chinese, else English."""
    return text.zh if _is_chinese(accept_language.lstrip()) else text.en


def _option(arguments: Sequence[str]) -> str | None:
    """Returns the last valid `--lang` before the command; the parser refuses an invalid one."""
    language = None
    for index, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--lang":
            value = value if equals else "".join(arguments[index + 1 : index + 2])
            language = value if value in LANGUAGES else language
        elif not argument.startswith("-") and arguments[index - 1 : index] != ["--lang"]:
            break
    return language


def _from_locale(environment: Mapping[str, str]) -> str:
    """Returns zh for a Chinese locale, else en."""
    locale = next(filter(None, map(environment.get, _LOCALE_VARIABLES)), "")
    return "zh" if _is_chinese(locale) else "en"


def _is_chinese(name: str) -> bool:
    """Returns whether the name of a locale, or a list of language tags, begins with Chinese."""
    return name.lower().startswith("zh")
