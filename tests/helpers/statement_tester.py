"""Tests statements in the SQL lab: checks them as the child process does, and runs them for real."""

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

# The child process imports the modules beside it by their bare names.
sys.path.append(str(PROJECT / "sql" / "sql_lab"))
from statement import RefusalError, check

SECRET = "canary-7f3a91"
# Shorter limits, so that bombs are stopped sooner.
SHORT_LIMITS = replace(DEFAULT_LIMITS, seconds=6, cpu_seconds=1)
SLOW_STATEMENT = "select count(*) from range(10000000000000) where hash(range) = 1"
# Reasons of statements that are refused before they run.
REFUSAL_REASONS = {"select", "table", "function", "construct", "duckdb", "deep", "empty"}
STOP_REASONS = {"time", "memory", "bytes"}
XIFENG = "621002"


def try_statement(version: Version, statement: str, limits: Limits = DEFAULT_LIMITS) -> Answer | StatementError:
    """Runs a statement and returns its answer or its error."""
    try:
        # Each thread is a user of its own, as a user may run only one statement at a time.
        return run_statement(version, statement, threading.current_thread().name, limits=limits)
    except StatementError as error:
        return error


@dataclass
class StatementTester:
    """Runs statements on a version, with a secret in a file and one in the environment."""

    version: Version
    paths: dict[str, str]

    def fill_in(self, statement: str) -> str:
        """Replaces the placeholders of a statement by their paths."""
        return re.sub(r"\{(secret|version|folder)\}", lambda match: self.paths[match[1]], statement)

    def run_all(self, statements: Iterable[str], limits: Limits = DEFAULT_LIMITS) -> dict[str, Answer | StatementError]:
        """Runs the statements, two at a time as the product does; returns their outcomes."""
        statements = tuple(statements)
        with ThreadPoolExecutor(execution.MAX_RUNNING) as pool:
            outcomes = pool.map(
                lambda statement: try_statement(self.version, self.fill_in(statement), limits), statements
            )
            return self.assert_no_leak(dict(zip(statements, outcomes, strict=True)))

    def assert_refused(self, statements: tuple[str, ...], allowed: set[str]) -> None:
        """Asserts that each statement is refused for one of the reasons: checks all as the child process does, and runs
        those that pass the check and some of the others."""
        table_names, refusals = frozenset(tables.tables(self.version)), {}
        with duckdb.connect(str(self.version.path), read_only=True) as connection:
            for statement in statements:
                try:
                    check(connection, self.fill_in(statement), table_names)
                except RefusalError as refusal:
                    refusals[statement] = StatementError(
                        refusal.why, execution._without_paths(refusal.what, self.fill_in(statement))
                    )
                except duckdb.Error as error:
                    refusals[statement] = StatementError(
                        "duckdb", execution._without_paths(str(error), self.fill_in(statement))
                    )
        checked = self.assert_no_leak(refusals)
        run = self.run_all(
            [statement for index, statement in enumerate(statements) if statement not in refusals or index % 10 == 0]
        )
        assert {each for each in run if each in refusals and run[each].why != checked[each].why} == set()
        assert_ended(checked | run, allowed)

    def assert_no_leak(self, outcomes: dict[str, Answer | StatementError]) -> dict[str, Answer | StatementError]:
        """Asserts that no outcome holds the secret or a path that its statement does not name; returns the outcomes."""
        for statement, outcome in outcomes.items():
            text = str(outcome.rows.to_dicts()) if isinstance(outcome, Answer) else f"{outcome.zh} {outcome.en}"
            assert SECRET not in text, statement
            for path in re.findall(r"(?:/[\w.-]+){2,}", text):
                assert path in self.fill_in(statement), (statement, path)
        return outcomes


def assert_ended(outcomes: dict[str, Answer | StatementError], allowed: set[str]) -> None:
    """Asserts that each statement ended for one of the reasons."""
    unexpected = {
        statement[:200]: outcome
        for statement, outcome in outcomes.items()
        if isinstance(outcome, Answer) or outcome.why not in allowed
    }
    assert unexpected == {}
