"""Tests that imports between rooms go one way, that the product does not import tests or the demo's generator, and that
only its room of internals leans on the insides of other packages."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

from sql.paths import PROJECT

# Packages whose insides the product leans on, and their modules and names that are public.
_FOREIGN = ("google.protobuf", "plotly", "pydeck", "starlette", "streamlit", "uvicorn")
_PUBLIC = {
    *("plotly.express", "plotly.graph_objects", "pydeck", "streamlit", "streamlit.delta_generator"),
    *("streamlit.testing.v1", "streamlit.testing.v1.AppTest", "streamlit.delta_generator.DeltaGenerator"),
    *(f"starlette.{name}" for name in ("datastructures", "middleware", "requests", "responses", "routing", "types")),
    "starlette.websockets",
}
# Everything in Starlette's modules that has no underscore is documented.
_PUBLIC_NAMES = re.compile(r"starlette\.[a-z]\w*\.[A-Za-z]\w*")
# The way to the XML of python-pptx, python-docx and lxml, which briefings write; no other package has these.
_OFFICE = {"_Element", "_blob", "_chartSpace", "_element", "_p", "_parent", "_r", "_tc", "_tr"}
# Texts that name insides: an address or a cookie of Streamlit's, and a module.
_INSIDE_TEXT = re.compile(
    r".*(?:_stcore|_streamlit_).*|(?:plotly|pydeck|starlette|streamlit|uvicorn)(?:\.\w+)+", re.DOTALL
)


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
        for room in ("etl", "pages/ui", "pages/briefing", "pages/internals", "pages/server", "sql")
        for path in (PROJECT / room).rglob("*.py")
    }
    missing = [room for room in rooms if not (room / "__init__.py").is_file()]
    assert not missing, missing
    assert not [room for room in rooms if not ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8")))]


def foreign_insides(path: Path) -> list[str]:
    """Returns the modules and names that a file imports from the insides of other packages."""
    return sorted(
        name
        for name in imported(path)
        if f"{name}.".startswith(tuple(f"{package}." for package in _FOREIGN))
        and name not in _PUBLIC
        and not _PUBLIC_NAMES.fullmatch(name)
    )


def leanings(path: Path) -> list[str]:
    """Returns what a file of the product uses of the insides of other packages: private modules, attributes, names in
    texts, and methods that it replaces."""
    found = foreign_insides(path)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            is_own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
            is_office = path.is_relative_to(PROJECT / "pages" / "briefing") and node.attr in _OFFICE
            if (re.match("_[^_]", node.attr) and not is_own and not is_office) or (
                ast.unparse(node) in ("st.config", "st.proto", "st.runtime", "st.web", "st.elements")
            ):
                found.append(f"{ast.unparse(node)}, line {node.lineno}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
            found.append(f"setattr, line {node.lineno}")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _INSIDE_TEXT.fullmatch(node.value):
            found.append(f"{node.value!r}, line {node.lineno}")
    return found


def test_only_one_room_leans_on_the_insides_of_other_packages():
    """pages/internals holds each assumption once, and tests/pages/test_internals.py tests it."""
    room = PROJECT / "pages" / "internals"
    files = [path for path in (PROJECT / "pages").rglob("*.py") if not path.is_relative_to(room)]
    found = {path.relative_to(PROJECT).as_posix(): leanings(path) for path in [PROJECT / "app.py", *files]}
    assert {path: names for path, names in found.items() if names} == {}
    # The room itself is found out by the same rules.
    assert all(
        leanings(room / f"{name}.py") for name in ("login_cookie", "messages", "script_runs", "http_connections")
    )


def test_tests_lean_on_the_insides_of_other_packages_in_two_files():
    allowed = {"tests/helpers/pages/internals.py", "tests/pages/test_internals.py"}
    found = {path.relative_to(PROJECT).as_posix(): foreign_insides(path) for path in (PROJECT / "tests").rglob("*.py")}
    assert {path: names for path, names in found.items() if names and path not in allowed} == {}
