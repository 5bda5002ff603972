"""How deep the tests go: few examples of every kind of fault in `make test`, many in `make test-all`."""

from __future__ import annotations

import ast
import os
from functools import lru_cache
from pathlib import Path

SETTING = "LINLI_EXAMPLES"


def examples(quick: int, full: int) -> int:
    """Returns how many examples a test tries: `quick`, or `full` where LINLI_EXAMPLES=full.

    Raises ValueError where LINLI_EXAMPLES is neither "quick" nor "full".
    """
    chosen = os.environ.get(SETTING, "quick")
    if chosen not in ("quick", "full"):
        raise ValueError(f"{SETTING} is {chosen!r}; set it to quick or full, or leave it out, which is quick")
    return full if chosen == "full" else quick


@lru_cache
def deep_names(file: Path) -> frozenset[str]:
    """Returns the names of a test file whose definitions use `examples`, directly or by way of each other."""
    uses: dict[str, set[str]] = {}
    for statement in ast.parse(file.read_text(encoding="utf-8")).body:
        named = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        # A test asks for a fixture by the name of an argument.
        named |= {node.arg for node in ast.walk(statement) if isinstance(node, ast.arg)}
        for name in _defined(statement):
            uses.setdefault(name, set()).update(named - {name})
    deep = {"examples"}
    while more := {name for name, named in uses.items() if named & deep} - deep:
        deep |= more
    return frozenset(deep - {"examples"})


def _defined(statement: ast.stmt) -> list[str]:
    """The names that a statement of a module defines, or changes an attribute of."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
    return []
