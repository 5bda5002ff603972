"""Sets how many examples tests try: few of every kind in `make test`, many in `make test-all`."""

from __future__ import annotations

import ast
import os
from functools import lru_cache
from pathlib import Path

SETTING = "LINLI_EXAMPLES"


def examples(quick: int, full: int) -> int:
    """Returns how many examples a test tries: `quick`, or `full` with LINLI_EXAMPLES=full.

    Raises ValueError if LINLI_EXAMPLES is neither "quick" nor "full".
    """
    tier = os.environ.get(SETTING, "quick")
    if tier not in ("quick", "full"):
        raise ValueError(f"{SETTING} is {tier!r}; set it to quick (the default) or full")
    return full if tier == "full" else quick


@lru_cache
def deep_names(file: Path) -> frozenset[str]:
    """Returns the names in a test file whose definitions use `examples`, directly or through each other."""
    uses: dict[str, set[str]] = {}
    for statement in ast.parse(file.read_text(encoding="utf-8")).body:
        names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        # A test requests a fixture through an argument of that name.
        names |= {node.arg for node in ast.walk(statement) if isinstance(node, ast.arg)}
        for name in _defined_names(statement):
            uses.setdefault(name, set()).update(names - {name})
    deep = {"examples"}
    while more := {name for name, used_names in uses.items() if used_names & deep} - deep:
        deep |= more
    return frozenset(deep - {"examples"})


def _defined_names(statement: ast.stmt) -> list[str]:
    """Returns the names that a module-level statement defines or whose attributes it sets."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
    return []
