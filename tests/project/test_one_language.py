"""Messages are in one language: Chinese and English stand beside each other in a pair, never in one string."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from sql.paths import PROJECT

# A sentence in the one language, a slash, and a sentence in the other; `a / b` is a division.
_BOTH = re.compile(r"[\u4e00-\u9fff][^\n]*(?<!\b[a-z]) / [A-Za-z]|[A-Za-z][^\n]*(?<!\b[a-z]) / [\u4e00-\u9fff]")
# Answers to requests of which no language is known, what a server prints before it knows its readers, and files that
# are handed to readers of both languages.
BOTH_ON_PURPOSE = {
    "etl/profiling/draft.py",
    "pages/server/security/authentication.py",
    "pages/server/sessions/__main__.py",
    "pages/server/startup/login_setup.py",
    "pages/server/startup/safety.py",
}
MODULES = [path for folder in ("etl", "pages", "sql") for path in sorted((PROJECT / folder).rglob("*.py"))]


def texts(path: Path) -> list[str]:
    """Returns the strings of a module without its docstrings; parts that are computed are an ellipsis."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    parts = {id(value) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for value in node.values}
    return [
        node.value
        if isinstance(node, ast.Constant)
        else "".join(value.value if isinstance(value, ast.Constant) else "…" for value in node.values)
        for node in ast.walk(tree)
        if (isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)))
        and id(node) not in docstrings | parts
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_no_text_holds_both_languages(path):
    found = [text for text in texts(path) if _BOTH.search(text)]
    assert bool(found) == (path.relative_to(PROJECT).as_posix() in BOTH_ON_PURPOSE), found
