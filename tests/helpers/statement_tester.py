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
from sql.sql_lab import Answer, StatementError, execution, run_statement, tables
from sql.sql_lab.limits import DEFAULT_LIMITS, Limits
from sql.warehouse import Version

# The process knows the modules beside it by their own names.
sys.path.append(str(PROJECT / "sql" / "sql_lab"))
from statement import RefusalError, check

SECRET = "canary-7f3a91"
# A bomb goes off the same way, sooner.
SHORT_LIMITS = replace(DEFAULT_LIMITS, seconds=6, cpu_seconds=1)
SLOW_STATEMENT = "select count(*) from range(10000000000000) where hash(range) = 1"
# Not run, or not even read.
REFUSAL_REASONS = {"select", "table", "function", "construct", "duckdb", "deep", "empty"}
STOP_REASONS = {"time", "memory", "bytes"}
XIFENG = "621002"


def try_statement(version: Version, statement: str, limits: Limits = DEFAULT_LIMITS) -> Answer | StatementError:
    try:
        # Each thread is a person: of one person one statement runs at a time.
        return run_statement(version, statement, threading.current_thread().name, limits=limits)
    except StatementError as error:
        return error


@dataclass
class StatementTester:
    """Tries statements at a version, with a secret in a file and one in the environment."""

    version: Version
    paths: dict[str, str]

    def fill_in(self, statement: str) -> str:
        return re.sub(r"\{(secret|version|folder)\}", lambda found: self.paths[found[1]], statement)

    def run_all(self, statements: Iterable[str], limits: Limits = DEFAULT_LIMITS) -> dict[str, Answer | StatementError]:
        """What came of each, two at a time as the product does."""
        statements = tuple(statements)
        with ThreadPoolExecutor(execution.MAX_RUNNING) as pool:
            came = pool.map(lambda one: try_statement(self.version, self.fill_in(one), limits), statements)
            return self.assert_no_leak(dict(zip(statements, came, strict=True)))

    def assert_refused(self, statements: tuple[str, ...], allowed: set[str]) -> None:
        """Each is refused for one of the reasons: all are looked at as the process does, what that lets through and some of
        the others are asked."""
        known, found = frozenset(tables.tables(self.version)), {}
        with duckdb.connect(str(self.version.path), read_only=True) as connection:
            for statement in statements:
                try:
                    check(connection, self.fill_in(statement), known)
                except RefusalError as refused:
                    found[statement] = StatementError(
                        refused.why, execution._without_paths(refused.what, self.fill_in(statement))
                    )
                except duckdb.Error as error:
                    found[statement] = StatementError(
                        "duckdb", execution._without_paths(str(error), self.fill_in(statement))
                    )
        looked_at = self.assert_no_leak(found)
        asked = self.run_all([one for place, one in enumerate(statements) if one not in found or place % 10 == 0])
        assert {one for one in asked if one in found and asked[one].why != looked_at[one].why} == set()
        assert_ended(looked_at | asked, allowed)

    def assert_no_leak(self, found: dict[str, Answer | StatementError]) -> dict[str, Answer | StatementError]:
        """The same, where nothing of it holds the secret or a path that the statement does not name."""
        for statement, came in found.items():
            said = str(came.rows.to_dicts()) if isinstance(came, Answer) else f"{came.zh} {came.en}"
            assert SECRET not in said, statement
            for path in re.findall(r"(?:/[\w.-]+){2,}", said):
                assert path in self.fill_in(statement), (statement, path)
        return found


def assert_ended(found: dict[str, Answer | StatementError], allowed: set[str]) -> None:
    """Each was ended for one of the reasons."""
    wrong = {
        statement[:200]: came
        for statement, came in found.items()
        if isinstance(came, Answer) or came.why not in allowed
    }
    assert wrong == {}
