"""The threshold of five people stands once in Python; every file of sql/ that writes it as a number agrees with it.

SQL files are plain SQL, so they write the number. Where it changes, these tests name every line that has to follow.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from sqlglot import exp

from sql.files import sql_file
from sql.files.sql_file import SqlFile
from sql.paths import PROJECT
from sql.security import dominance
from sql.security.disclosure import MIN_PEOPLE
from sql.semantic.catalog import catalog

# Thresholds below which something about people is hidden: attributes and results, and what they earn.
THRESHOLDS = {MIN_PEOPLE, dominance._MIN_PEOPLE}
# Checks and alerts compare months, requests and rows with limits of their own; what they find hides nothing.
FOLDERS = ("staging", "intermediate", "marts", "metrics", "queries")
# Columns that count no people and are compared with numbers; a new one belongs here.
OTHERS = {"age", "satisfaction", "claimed_at", "months_to_standard"}
ORDERS = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)
TEXTS = PROJECT / "pages" / "ui" / "i18n" / "locale" / "en" / "LC_MESSAGES" / "messages.po"
FEWER = re.compile(r"(?:不足|少于|满|至少) ?(\d+) ?人")
MODELS = [file for file in catalog.current_files().values() if isinstance(file, SqlFile) and file.folder in FOLDERS]


def number(node: exp.Expression | None) -> float | None:
    """Returns the value of a numeric literal, None for anything else."""
    return float(node.this) if isinstance(node, exp.Literal) and not node.is_string else None


def wrong_thresholds(file: SqlFile) -> list[str]:
    """Returns the comparisons with a number that neither are `>=` or `<` a threshold nor measure something else.

    0 and 1 ask whether there is anybody, or more than one.
    """
    wrong = []
    for node in sql_file.parse(file.path, file.text).find_all(*ORDERS):
        sides = [*node.args.values()]
        numbers = {value for side in sides if (value := number(side)) is not None}
        if not numbers - {0, 1} or {column.name for column in node.find_all(exp.Column)} & OTHERS:
            continue
        is_right = isinstance(node, exp.GTE | exp.LT) and number(node.expression) in THRESHOLDS
        if not is_right:
            wrong.append(node.sql(dialect="duckdb", comments=False))
    return wrong


@pytest.mark.parametrize("file", MODELS, ids=[file.path for file in MODELS])
def test_every_count_of_people_is_compared_with_a_threshold(file):
    """A threshold is written `>= 5` or `< 5`, so that it is found by its number. A comparison of something else than
    people is told by its column: see OTHERS."""
    assert wrong_thresholds(file) == []


@pytest.mark.parametrize(
    "condition",
    [
        "workers >= 4",
        "workers > 4",
        "workers < 6",
        "workers <= 5",
        "5 <= workers",
        "workers between 1 and 4",
        "count(*) > 5",
    ],
)
def test_another_threshold_is_found(condition):
    text = f"-- title: 试 | Tried\nselect case when {condition} then failed end as failed from tried group by failed"
    assert len(wrong_thresholds(sql_file.read("queries/tried.sql", text))) == 1


def test_the_thresholds_are_where_they_were_looked_for():
    counts = {MIN_PEOPLE: 0, dominance._MIN_PEOPLE: 0}
    for file in MODELS:
        for node in sql_file.parse(file.path, file.text).find_all(*ORDERS):
            if (value := number(node.expression)) in counts and not {
                column.name for column in node.find_all(exp.Column)
            } & OTHERS:
                counts[value] += 1
    assert counts[MIN_PEOPLE] > 50 and counts[dominance._MIN_PEOPLE] == 1


def test_no_metric_shows_fewer_people():
    declared = {file.path: int(file.header["min_people"]) for file in MODELS if "min_people" in file.header}
    assert len(declared) > 25
    too_few = [path for path, count in declared.items() if count < MIN_PEOPLE]
    assert too_few == [], f"their min_people is below {MIN_PEOPLE}"


def test_notes_and_texts_name_the_threshold():
    texts = {file.path: file.text.split("\nselect")[0] for file in MODELS} | {"messages.po": TEXTS.read_text("utf-8")}
    named = [(name, int(count)) for name, text in texts.items() for count in FEWER.findall(text)]
    assert len(named) > 12 and [one for one in named if one[1] not in THRESHOLDS] == []


def compared(text: str) -> list[str]:
    """Returns the comparisons in Python with the number itself."""
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Compare)
        and any(isinstance(side, ast.Constant) and side.value == MIN_PEOPLE for side in [node.left, *node.comparators])
    ]


def test_python_takes_it_from_the_constant():
    modules = [path for room in ("etl", "pages", "sql") for path in (PROJECT / room).rglob("*.py")]
    assert len(modules) > 150
    assert {str(path): found for path in modules if (found := compared(Path(path).read_text("utf-8")))} == {}
    assert compared('rows["average_on_post"][0] < 5') == ["rows['average_on_post'][0] < 5"]


def test_it_is_imported_from_where_it_is_declared():
    """A module that hands the constant on would be a second place to look for it."""
    source = re.compile(r"from (\S+) import [^\n]*\bMIN_PEOPLE\b")
    modules = [path for room in ("etl", "pages", "sql") for path in (PROJECT / room).rglob("*.py")]
    sources = {match for path in modules for match in source.findall(path.read_text("utf-8"))}
    assert sources == {"sql.security.disclosure"}
