"""Docstrings are plain technical English: they begin with what a function does, not with what it is about."""

from __future__ import annotations

import ast
from pathlib import Path

from sql.paths import PROJECT

ROOMS = ("etl", "pages", "sql", "data/generator", "tests")
# A docstring that begins so answers a question that nobody has asked.
REFUSED = {"What", "Whether", "Has", "Of"}
# In the product it begins with a verb, so neither with an article nor with a question.
REFUSED_IN_THE_PRODUCT = REFUSED | {"The", "A", "An", "One", "Where", "How", "Who", "Which", "Why", "When"}


def openings() -> list[tuple[str, str]]:
    """Returns the place and the first word of every docstring."""
    found = []
    for path in [PROJECT / "app.py", *(path for room in ROOMS for path in sorted((PROJECT / room).rglob("*.py")))]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                text = ast.get_docstring(node)
                if text:
                    found.append((f"{path.relative_to(PROJECT)}:{getattr(node, 'lineno', 1)}", text.split()[0]))
    return found


def is_test(place: str) -> bool:
    """Tells whether a docstring says what a test is about, which may be any sentence."""
    return place.startswith("tests/")


def is_page_script(place: str) -> bool:
    """Tells whether it is that of a page's script: the question that the page answers."""
    return Path(place.split(":")[0]).parent == Path("pages")


def test_docstrings_begin_with_a_verb():
    found = openings()
    assert len(found) > 2500
    wrong = [
        f"{place}: {word}"
        for place, word in found
        if word in (REFUSED if is_test(place) else REFUSED_IN_THE_PRODUCT) and not is_page_script(place)
    ]
    assert wrong == []
