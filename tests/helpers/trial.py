"""Tries statements at the workbench: each as the process looks at it, and asked for in earnest."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import duckdb

from sql.paths import PROJECT
from sql.sql_lab import Answer, StatementError, ask, tables
from sql.sql_lab import ask as asking
from sql.sql_lab.limits import USUAL, Limits
from sql.warehouse import Version

# The process knows the modules beside it by their own names.
sys.path.append(str(PROJECT / "sql" / "sql_lab"))
from statement import Refused, check

SECRET = "canary-7f3a91"
# A bomb goes off the same way, sooner.
SHORT = replace(USUAL, seconds=6, cpu_seconds=1)
SLOW = "select count(*) from range(10000000000000) where hash(range) = 1"
# Not run, or not even read.
REFUSED = {"select", "table", "function", "construct", "duckdb", "deep", "empty"}
STOPPED = {"time", "memory", "bytes"}
XIFENG = "621002"


def outcome(version: Version, statement: str, limits: Limits = USUAL) -> Answer | StatementError:
    try:
        # Each thread is a person: of one person one statement runs at a time.
        return ask(version, statement, threading.current_thread().name, limits=limits)
    except StatementError as error:
        return error


@dataclass
class Trial:
    """Tries statements at a version, with a secret in a file and one in the environment."""

    version: Version
    places: dict[str, str]

    def written(self, statement: str) -> str:
        return re.sub(r"\{(secret|version|folder)\}", lambda found: self.places[found[1]], statement)

    def asked(self, statements: Iterable[str], limits: Limits = USUAL) -> dict[str, Answer | StatementError]:
        """What came of each, two at a time as the product does."""
        statements = tuple(statements)
        with ThreadPoolExecutor(asking.AT_ONCE) as pool:
            came = pool.map(lambda one: outcome(self.version, self.written(one), limits), statements)
            return self.quiet(dict(zip(statements, came, strict=True)))

    def refused(self, statements: tuple[str, ...], allowed: set[str]) -> None:
        """Each is refused for one of the reasons: all are looked at as the process does, what that lets through and some of
        the others are asked."""
        known, found = frozenset(tables.tables(self.version)), {}
        with duckdb.connect(str(self.version.path), read_only=True) as connection:
            for statement in statements:
                try:
                    check(connection, self.written(statement), known)
                except Refused as refused:
                    found[statement] = StatementError(
                        refused.why, asking._without_paths(refused.what, self.written(statement))
                    )
                except duckdb.Error as error:
                    found[statement] = StatementError(
                        "duckdb", asking._without_paths(str(error), self.written(statement))
                    )
        looked_at = self.quiet(found)
        asked = self.asked([one for place, one in enumerate(statements) if one not in found or place % 10 == 0])
        assert {one for one in asked if one in found and asked[one].why != looked_at[one].why} == set()
        ended(looked_at | asked, allowed)

    def quiet(self, found: dict[str, Answer | StatementError]) -> dict[str, Answer | StatementError]:
        """The same, where nothing of it holds the secret or a path that the statement does not name."""
        for statement, came in found.items():
            said = str(came.rows.to_dicts()) if isinstance(came, Answer) else f"{came.zh} {came.en}"
            assert SECRET not in said, statement
            for path in re.findall(r"(?:/[\w.-]+){2,}", said):
                assert path in self.written(statement), (statement, path)
        return found


def ended(found: dict[str, Answer | StatementError], allowed: set[str]) -> None:
    """Each was ended for one of the reasons."""
    wrong = {
        statement[:200]: came
        for statement, came in found.items()
        if isinstance(came, Answer) or came.why not in allowed
    }
    assert wrong == {}
