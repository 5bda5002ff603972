"""Finds what styles, scripts and tests select in the page, of what others draw."""

from __future__ import annotations

import ast
import re
from functools import cache

from sql.paths import PROJECT

# The product's own classes begin so, and these are its own attributes.
_OWN = ("data-", "map-picture", "piece-", "stage", "watermark")
_OWN_ATTRIBUTES = {"data-name", "data-opens", "data-order"}
# The list, its tests and the faults put in on purpose name some of it without selecting anything.
_NOT_SEARCHED = (
    "pages/internals/selectors.py",
    "tests/pages/test_internals.py",
    "tests/helpers/pages/selected.py",
    "tests/mutants/",
)
_IN_SCRIPT = re.compile(r"""(?:querySelector|querySelectorAll|closest|matches)\(\s*(["'`])(.*?)\1\s*\)""")


@cache
def _sources() -> dict[str, str]:
    """Returns the text of each file of the product and the tests, by path; of styles, without comments and
    addresses."""
    files = {
        path.relative_to(PROJECT).as_posix(): path.read_text("utf-8")
        for room in ("pages", "tests")
        for path in (PROJECT / room).rglob("*.*")
        if path.suffix in (".css", ".js", ".py")
    }
    return {
        name: re.sub(r"/\*.*?\*/|url\([^)]*\)", "", text, flags=re.DOTALL) if name.endswith(".css") else text
        for name, text in files.items()
        if not name.startswith(_NOT_SEARCHED)
    }


def _matches(pattern: str) -> dict[str, str]:
    """Returns the words that the pattern's group finds, with a file for each."""
    return {
        word: name for name, text in _sources().items() for found in re.findall(pattern, text) for word in found.split()
    }


def test_ids() -> dict[str, str]:
    """Returns the values of `data-testid` that are selected, with a file for each."""
    return _matches(r"""(?:data-testid=\\?["']?|get_by_test_id\(["'])(\w+)""") | _matches(r"""["'](st[A-Z]\w+)["']""")


def attributes() -> dict[str, str]:
    """Returns the other attributes of Streamlit's that are selected or read, with a file for each."""
    read = {
        "data-" + re.sub("([A-Z])", r"-\1", word).lower(): file
        for word, file in _matches(r"\b(test[A-Z]\w+State)\b").items()
    }
    selected = {
        name: file
        for file, text in _sources().items()
        for selector in _selectors(file, text)
        for name in re.findall(r"\[(data-[\w-]+)", selector)
        if name not in {"data-testid", *_OWN_ATTRIBUTES}
    }
    return selected | read


def script_states() -> dict[str, str]:
    """Returns the values of `data-test-script-state` that are compared, with a file for each."""
    listed = _matches(r"\[([^\]]*)\]\.includes\(testScriptState\)")
    listed = {word.strip("',"): file for word, file in listed.items()}
    return listed | _matches(r"""(?:testScriptState === |test-script-state=\\?)["'](\w+)""")


def variables() -> dict[str, str]:
    """Returns the variables of Streamlit's theme that are used, with a file for each."""
    return _matches(r"var\((--st-[\w-]+)")


def classes() -> dict[str, str]:
    """Returns the classes that are selected and are not the product's own, with a file for each; of those made from
    keys, what they begin with."""
    found = {
        name: file
        for file, text in _sources().items()
        for selector in _selectors(file, text)
        for name in re.findall(r"(?:\.|class\*=\\?[\"']?)([a-zA-Z][\w-]*)", selector)
        if not name.startswith(_OWN)
    }
    return {"st-key-" if name.startswith("st-key-") else name: file for name, file in found.items()}


def _selectors(file: str, text: str) -> list[str]:
    """Returns the CSS selectors in a file: those of a style, of JavaScript, and of a test's locators."""
    if file.endswith(".css"):
        return re.findall(r"([^{}]+)\{", text)
    found = [match[2] for match in _IN_SCRIPT.finditer(text)]
    if file.startswith("tests/"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "locator":
                found += map(ast.unparse, node.args)
    return found
