"""Tests that docstrings begin with a verb in the third person."""

from __future__ import annotations

import ast
from pathlib import Path

from sql.paths import PROJECT

ROOMS = ("etl", "pages", "sql", "data/generator", "tests")
# Words with which no docstring may begin.
REFUSED = {"What", "Whether", "Has", "Of"}
# In the product a docstring begins with a verb, so neither with an article nor with a question word.
REFUSED_IN_THE_PRODUCT = REFUSED | {"The", "A", "An", "One", "Where", "How", "Who", "Which", "Why", "When"}


def openings() -> list[tuple[str, str]]:
    """Returns the location and the first word of every docstring."""
    first_words = []
    for path in [PROJECT / "app.py", *(path for room in ROOMS for path in sorted((PROJECT / room).rglob("*.py")))]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                text = ast.get_docstring(node)
                if text:
                    first_words.append((f"{path.relative_to(PROJECT)}:{getattr(node, 'lineno', 1)}", text.split()[0]))
    return first_words


def is_test(location: str) -> bool:
    """Returns whether a docstring is in the tests, where it may be any sentence."""
    return location.startswith("tests/")


def is_page_script(location: str) -> bool:
    """Returns whether a docstring is that of a page's script, which is the question that the page answers."""
    return Path(location.split(":")[0]).parent == Path("pages")


def test_docstrings_begin_with_a_verb():
    first_words = openings()
    assert len(first_words) > 2500
    violations = [
        f"{location}: {word}"
        for location, word in first_words
        if word in (REFUSED if is_test(location) else REFUSED_IN_THE_PRODUCT) and not is_page_script(location)
    ]
    assert violations == []
