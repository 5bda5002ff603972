"""The smallest group of which anything is said: one constant, and every file of sql/ that repeats it agrees with it."""

from __future__ import annotations

import ast
from collections import defaultdict

import pytest
import sqlglot
from sqlglot import exp

from sql.files.sql_file import SqlFile
from sql.paths import PROJECT
from sql.security.disclosure import MIN_PEOPLE
from sql.semantic.catalog import catalog

# Analysts read plain SQL, so the number stands in it. What is pay has twice the threshold.
PEOPLE = {
    "all_failed",
    "all_secretaries",
    "assessed",
    "count(distinct attendee_id) filter (where scored > 0)",
    "count(distinct worker_id) filter (where not followed_by is null)",
    "count(distinct worker_id)",
    "fewest",
    "graded",
    "people",
    "sum of those left out",
    "together",
    "told",
    "workers",
}
OTHER_NUMBERS = {
    "age",
    "avg(value)",
    "count(*)",
    "date_diff",
    "hour(known.claimed_at)",
    "months_back",
    "satisfaction",
    "still_open",
}
PAY = {"sql/queries/secretary_tiers.sql": 2 * MIN_PEOPLE}
# Larger literals are amounts and years, smaller ones say that there is something at all.
LITERALS = range(2, 31)


def compared(node: exp.Expression) -> str:
    """Returns the name under which the lists above have what a number is compared with."""
    if isinstance(node, exp.Column):
        return node.name
    text = node.sql(dialect="duckdb", comments=False).lower().replace("filter(", "filter (")
    if text.startswith("sum(case when is_left_out"):
        return "sum of those left out"
    return "date_diff" if text.startswith("date_diff") else text


def thresholds() -> dict[str, set[tuple[str, int]]]:
    """Returns what is compared with a small number: the files and the numbers, by the compared expression."""
    found = defaultdict(set)
    for path, file in catalog.current_files().items():
        assert isinstance(file, SqlFile), file
        for tree in sqlglot.parse(file.text, read="duckdb"):
            for node in tree.find_all(exp.GTE, exp.GT, exp.LT, exp.LTE) if path.split("/")[0] != "checks" else ():
                for side, other in ((node.this, node.expression), (node.expression, node.this)):
                    if isinstance(other, exp.Literal) and other.is_int and int(other.this) in LITERALS:
                        found[compared(side)].add((f"sql/{path}", int(other.this)))
    return found


def test_every_comparison_with_a_small_number_is_known():
    """A new one has to be put on one of the two lists: does it hide groups of few people?"""
    assert set(thresholds()) - OTHER_NUMBERS == PEOPLE
    assert set(thresholds()) > OTHER_NUMBERS


@pytest.mark.parametrize("name", sorted(PEOPLE))
def test_every_threshold_of_people_is_the_constant(name):
    found = thresholds()[name]
    assert found
    assert {(path, number) for path, number in found if number not in (MIN_PEOPLE, PAY.get(path))} == set()


def test_every_metric_that_hides_few_people_hides_at_least_that_many():
    minimums = {
        path: int(file.header["min_people"])
        for path, file in catalog.current_files().items()
        if isinstance(file, SqlFile) and "min_people" in file.header
    }
    assert len(minimums) > 20 and MIN_PEOPLE in minimums.values()
    assert {path: minimum for path, minimum in minimums.items() if minimum < MIN_PEOPLE} == {}


def test_no_page_has_a_threshold_of_its_own():
    compared_with = [
        f"{path.relative_to(PROJECT)}:{node.lineno}"
        for folder in ("pages", "sql")
        for path in sorted((PROJECT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare)
        and any(isinstance(each, ast.Constant) and each.value == MIN_PEOPLE for each in node.comparators)
    ]
    assert compared_with == []
