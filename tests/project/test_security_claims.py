"""Compares SECURITY.md with the tests: each of its sentences is proven by an existing test or makes no claim."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import pytest

from etl.build.versions import MAX_VERSIONS
from pages.internals import login_cookie
from pages.server.security import connections
from pages.server.sessions import store
from sql.paths import PROJECT
from sql.security import disclosure
from tests.project.security_claims import CLAIMS, OTHERS

ENGLISH, CHINESE = re.split(r"(?m)^(?=# 安全$)", (PROJECT / "SECURITY.md").read_text(encoding="utf-8"))
_ITEM = re.compile(r"(?:-|\d+\.) ")
# The tables at the end have this many columns, one of which names the tests.
_COLUMNS = 4


def table_lines(text: str) -> list[str]:
    """Returns the rows of the tables unchanged, without headers."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    heads = {before for before, line in pairwise(lines) if line.startswith("| ---")}
    return [line for line in lines if line not in heads and not line.startswith("| ---")]


def cells(line: str) -> list[str]:
    """Returns the cells of a row."""
    return [cell.strip() for cell in line.strip("|").split("|")]


def mapping_rows(text: str) -> list[list[str]]:
    """Returns the rows of the tables at the end, in which one column names tests."""
    return [row for row in map(cells, table_lines(text)) if len(row) == _COLUMNS]


def prose(text: str) -> str:
    """Returns the text without code blocks."""
    return re.sub(r"(?ms)^ *```.*?^ *```$", "", text)


def sentences(text: str) -> Iterator[str]:
    """Yields the sentences of paragraphs and lists, and the rows of all other tables."""
    block: list[str] = []
    for line in [*map(str.strip, prose(text).splitlines()), ""]:
        starts = not line or line.startswith(("|", "#", "[")) or _ITEM.match(line)
        if starts and block:
            yield from re.split(r"(?<=\.) +", " ".join(block))
            block = []
        if line and not line.startswith(("|", "#", "[")):
            block.append(_ITEM.sub("", line, count=1) if starts else line)
        elif line in table_lines(text) and len(cells(line)) < _COLUMNS:
            yield line


@lru_cache
def functions(file: str) -> frozenset[str]:
    """Returns the names of the functions in a test file; empty if there is no such file."""
    path = PROJECT / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


TESTS = {path.stem for path in (PROJECT / "tests").rglob("test_*.py")}


def test_every_sentence_is_held_by_a_test_or_claims_nothing():
    openings = [*CLAIMS, *OTHERS]
    matches = [
        (sentence, [opening for opening in openings if sentence.startswith(opening)]) for sentence in sentences(ENGLISH)
    ]
    unknown = [sentence for sentence, matched_openings in matches if not matched_openings]
    assert unknown == [], "name the tests of these in tests/project/security_claims.py, or list them in OTHERS"
    used = [opening for _, matched_openings in matches for opening in matched_openings]
    assert sorted(used) == sorted(openings), (
        "an opening in tests/project/security_claims.py matches no sentence, or more than one"
    )
    for group in (CLAIMS, OTHERS):
        assert [opening for opening in used if opening in group] == list(group), (
            "tests/project/security_claims.py must follow the order of the document"
        )


def test_the_tests_that_hold_a_claim_are_there():
    claimed_tests = {test for tests in CLAIMS.values() for test in tests}
    missing = sorted(
        test for test in claimed_tests if test.partition("::")[2] not in functions(test.partition("::")[0])
    )
    assert missing == [], "write these tests, or remove the claims from SECURITY.md"
    assert [claim for claim, tests in CLAIMS.items() if not tests] == [], "every claim needs a test"


@pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["English", "Chinese"])
def test_the_tables_at_the_end_name_tests_for_all_that_the_product_does(text):
    assert len(mapping_rows(text)) > 20
    for item, product, tested, _operator in mapping_rows(text):
        files = [] if tested == "–" else re.split("[,、] ?", tested)
        assert [name for name in files if name not in TESTS] == [], f"{item}: there are no such tests"
        assert bool(files) == (product != "–"), f"{item}: name tests exactly if the product does something"


def test_both_languages_have_the_same_parts():
    shapes = [[len(cells(line)) for line in table_lines(text)] for text in (ENGLISH, CHINESE)]
    assert shapes[0] == shapes[1], "a row is in one language only"
    headings = [re.findall(r"(?m)^#+(?= )", text) for text in (ENGLISH, CHINESE)]
    assert headings[0] == headings[1], "a heading is in one language only"
    test_columns = [[row[2].replace("、", ", ") for row in mapping_rows(text)] for text in (ENGLISH, CHINESE)]
    assert test_columns[0] == test_columns[1], "a row names other tests in the other language"
    names = [set(re.findall(r"`([\w./@-]+)`", prose(text), re.ASCII)) for text in (ENGLISH, CHINESE)]
    assert names[0] ^ names[1] == set(), "a file, a setting or a header is named in one language only"


def test_its_numbers_are_those_of_the_code():
    days = login_cookie.MAX_AGE_SECONDS / (24 * 3600)
    english = " ".join(ENGLISH.split())
    for words in (
        f"has {connections.REQUEST_SECONDS} s to arrive and an answer {connections.ANSWER_SECONDS} s to be taken",
        f"up to {connections.MAX_CONNECTIONS} connections",
        f"{connections.MAX_PER_ADDRESS} from one address",
        f"at most {days:.0f} days",
        f"the newest {store.MAX_PER_PERSON} do",
        f"the last {MAX_VERSIONS} versions",
        f"multiples of {({5: 'five'})[disclosure.ROUNDING_BASE]}",
        f"groups of fewer than {({5: 'five'})[disclosure.MIN_PEOPLE]} people",
    ):
        assert words in english, words
