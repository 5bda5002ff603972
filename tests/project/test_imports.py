"""Tests that imports between rooms go one way, and that the product does not import tests or the demo's generator."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from sql.paths import PROJECT


def imported(path: Path) -> set[str]:
    """Returns the full names of the modules and objects that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


def test_imports_go_one_way():
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([linter, "--no-logo", "--no-cache"], cwd=PROJECT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_the_generator_of_the_demo_is_imported_by_its_command_alone():
    files = [path for room in ("etl", "pages", "sql") for path in (PROJECT / room).rglob("*.py")]
    users = {
        path.relative_to(PROJECT).as_posix()
        for path in [PROJECT / "app.py", *files]
        if any(name.startswith("data.") for name in imported(path))
    }
    assert users == {"etl/cli/files.py"}


def test_what_is_imported_from_the_tests_is_none_of_the_product():
    files = [path for room in ("etl", "pages", "sql", "data/generator") for path in (PROJECT / room).rglob("*.py")]
    assert not [path for path in files if any(name.split(".")[0] == "tests" for name in imported(path))]


def test_every_room_says_what_it_is_for():
    """Requires a docstring in every package: without `__init__.py` the server's warm-up does not find it either."""
    rooms = {
        path.parent
        for room in ("etl", "pages/ui", "pages/briefing", "pages/server", "sql")
        for path in (PROJECT / room).rglob("*.py")
    }
    missing = [room for room in rooms if not (room / "__init__.py").is_file()]
    assert not missing, missing
    assert not [room for room in rooms if not ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8")))]
