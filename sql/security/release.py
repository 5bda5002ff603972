"""Decides what leaves the office: every file, briefing and message to another system passes through here.

The office may take exact rows. Everybody else receives counts of people rounded (`disclosure`), and no row that is a
person. Rounding depends on who is counted, so rows are not rounded afterwards but read again: a frame says how.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, Self, TypeVar

import polars as pl

from sql.errors import LinliError


class WithheldError(LinliError):
    """Reports rows that must not leave the office."""


class Roundable(Protocol):
    """Describes what numbers are read in: a version of the warehouse, or a scope in one."""

    @property
    def with_rounding(self) -> Self:
        """Returns the same with counts of people rounded."""
        ...


View = TypeVar("View", bound=Roundable)


class Policy(Enum):
    """Says to whom numbers go."""

    OFFICE = "office"
    OUTSIDE = "outside"

    def view(self, origin: View) -> View:
        """Returns the version or scope in which to read numbers that leave under this policy."""
        return origin if self is Policy.OFFICE else origin.with_rounding


@dataclass(frozen=True)
class Frame:
    """Holds rows that may leave the office: how they are read under a policy, and whether each row is a person."""

    read: Callable[[Policy], pl.DataFrame]
    is_of_people: bool = False

    @classmethod
    def public(cls, rows: pl.DataFrame) -> Frame:
        """Returns a frame of rows that say nothing of people, or only what was published."""
        return cls(lambda _policy: rows)

    def is_withheld(self, policy: Policy) -> bool:
        """Returns true if the rows must not leave under this policy."""
        return self.is_of_people and policy is not Policy.OFFICE


def protect(frame: Frame, policy: Policy) -> pl.DataFrame:
    """Returns the rows as they may leave under the policy. Raises WithheldError if they may not leave at all."""
    if frame.is_withheld(policy):
        raise WithheldError("逐人的清单只给经办人员下载", "lists of persons are for the office only")
    return frame.read(policy)
