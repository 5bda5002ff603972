"""SECURITY.md against the tests: each of its sentences is held by one that there is, or claims nothing of the product."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import pytest

from etl.build.versions import MAX_VERSIONS
from pages.server.security import connections
from pages.server.sessions import cookies, store
from sql.paths import PROJECT
from sql.security import disclosure
from tests.project.security_claims import CLAIMS, OTHERS

ENGLISH, CHINESE = re.split(r"(?m)^(?=# 安全$)", (PROJECT / "SECURITY.md").read_text(encoding="utf-8"))
_ITEM = re.compile(r"(?:-|\d+\.) ")
# Of the tables at the end one column names the tests.
_COLUMNS = 4


def table_lines(text: str) -> list[str]:
    """Returns the rows of the tables as they stand, without headers."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    heads = {before for before, line in pairwise(lines) if line.startswith("| ---")}
    return [line for line in lines if line not in heads and not line.startswith("| ---")]


def cells(line: str) -> list[str]:
    """Returns the cells of a row."""
    return [cell.strip() for cell in line.strip("|").split("|")]


def mapped(text: str) -> list[list[str]]:
    """Returns the rows of the tables at the end, of which one column names tests."""
    return [row for row in map(cells, table_lines(text)) if len(row) == _COLUMNS]


def prose(text: str) -> str:
    """Returns the text without its blocks of code."""
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
    """Returns the names of the functions of a file of tests; none where there is no such file."""
    path = PROJECT / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


TESTS = {path.stem for path in (PROJECT / "tests").rglob("test_*.py")}


def test_every_sentence_is_held_by_a_test_or_claims_nothing():
    openings = [*CLAIMS, *OTHERS]
    found = [(sentence, [one for one in openings if sentence.startswith(one)]) for sentence in sentences(ENGLISH)]
    unknown = [sentence for sentence, known in found if not known]
    assert unknown == [], "name the tests of these in tests/project/security_claims.py, or list them among OTHERS"
    once = [one for _, known in found for one in known]
    assert sorted(once) == sorted(openings), (
        "an opening of tests/project/security_claims.py stands in no sentence, or in two"
    )
    for listed in (CLAIMS, OTHERS):
        assert [one for one in once if one in listed] == list(listed), (
            "tests/project/security_claims.py goes by the document"
        )


def test_the_tests_that_hold_a_claim_are_there():
    named = {test for tests in CLAIMS.values() for test in tests}
    missing = sorted(test for test in named if test.partition("::")[2] not in functions(test.partition("::")[0]))
    assert missing == [], "write these tests, or take the claims out of SECURITY.md"
    assert [claim for claim, tests in CLAIMS.items() if not tests] == [], "a claim is held by a test"


@pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["English", "Chinese"])
def test_the_tables_at_the_end_name_tests_for_all_that_the_product_does(text):
    assert len(mapped(text)) > 20
    for item, product, tested, _operator in mapped(text):
        files = [] if tested == "–" else re.split("[,、] ?", tested)
        assert [name for name in files if name not in TESTS] == [], f"{item}: there are no such tests"
        assert bool(files) == (product != "–"), f"{item}: what the product does is tested, and nothing else is"


def test_both_languages_have_the_same_parts():
    shapes = [[len(cells(line)) for line in table_lines(text)] for text in (ENGLISH, CHINESE)]
    assert shapes[0] == shapes[1], "a row is in one language alone"
    headings = [re.findall(r"(?m)^#+(?= )", text) for text in (ENGLISH, CHINESE)]
    assert headings[0] == headings[1], "a heading is in one language alone"
    tested = [[row[2].replace("、", ", ") for row in mapped(text)] for text in (ENGLISH, CHINESE)]
    assert tested[0] == tested[1], "a row names other tests in the other language"
    named = [set(re.findall(r"`([\w./@-]+)`", prose(text), re.ASCII)) for text in (ENGLISH, CHINESE)]
    assert named[0] ^ named[1] == set(), "a file, a setting or a header stands in one language alone"


def test_its_numbers_are_those_of_the_code():
    days = cookies.MAX_AGE_SECONDS / (24 * 3600)
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
