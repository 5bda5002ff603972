"""Writes English nouns in the singular behind a 1: texts hold the plural, as most numbers ask for it."""

from __future__ import annotations

import re
from typing import Any

_IRREGULAR = {"branches": "branch", "cities": "city", "communities": "community", "companies": "company"}
_IRREGULAR |= {"counties": "county", "queries": "query", "universities": "university", "activities": "activity"}
_REGULAR = """
accounts alerts areas checks columns days decisions districts estates fails figures files grids groups hours
households issues items kinds leavers metrics months partners projects provinces requests rows services sessions
shops shortfalls slides steps tables tests towns wishes workers zones
"""
_SINGULAR = _IRREGULAR | {word: word.removesuffix("s") for word in _REGULAR.split()}
# What may stand between the number and the noun; 11, 0.1 and 1–1 are no ones.
_ONE = re.compile(
    r"(?<![\d.,–−])1 ((?:(?:community|fail|focal|joint|other|property|published|shop|social|unusual) )*)"
    rf"({'|'.join(_SINGULAR)})\b"
)


class PluralText(str):
    """Makes the nouns of an English text singular where the number put before them is 1."""

    __slots__ = ()

    def format(self, *args: Any, **values: Any) -> str:
        """Puts the values in, then the nouns behind a 1 into the singular."""
        return _ONE.sub(lambda found: f"1 {found[1]}{_SINGULAR[found[2]]}", super().format(*args, **values))
