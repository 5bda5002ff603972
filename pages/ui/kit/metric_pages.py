"""Where a metric is shown: read from the pages' own source, so that it is never out of date."""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from pages.ui.shell import page_list
from sql.semantic.files import catalog

PAGES = page_list.FOLDER
# Their texts name tables, files, filters and widgets, some of which are called like a metric.
_NO_METRICS = {"_", "query", "has_tables", "current", "listing", "with_filters"}
_NO_METRIC_KEYWORDS = {"key", "by", "opens", "note"}
# These write a metric out as a number; all others draw it.
_NUMBERS = {"row", "facts"}


class MetricLocation(NamedTuple):
    """A page by its stem and, where it has views, one of them by its function and its title; None is the page itself.

    `is_number` says that the metric stands there as a card or a fact, and not in pictures and tables alone.
    """

    page: str
    view: str | None = None
    title: str | None = None
    is_number: bool = False


def locations() -> dict[str, list[MetricLocation]]:
    """Every metric that is shown somewhere, by name: where it stands as a number first, then as the pages have it."""
    known = frozenset(catalog.names("metrics"))
    found: dict[str, list[MetricLocation]] = {}
    for path in sorted(PAGES.glob("*.py")):
        for name, place in _read(path, path.stat().st_mtime_ns):
            if name in known:
                found.setdefault(name, []).append(place)
    return {name: _each_once(at) for name, at in found.items()}


def views(page: str) -> list[str]:
    """The names of a page's views, as `?view=` takes them, in the order of the page's source; none where it has
    none."""
    tree = ast.parse((PAGES / f"{page}.py").read_text(encoding="utf-8"))
    return list(_views(tree, {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}))


def _each_once(at: list[MetricLocation]) -> list[MetricLocation]:
    once: dict[tuple[str, str | None], MetricLocation] = {}
    for place in sorted(at, key=lambda place: not place.is_number):
        once.setdefault((place.page, place.view), place)
    return list(once.values())


@lru_cache(maxsize=64)
def _read(path: Path, _changed: int) -> tuple[tuple[str, MetricLocation], ...]:
    """Every text in a page that may name a metric, with the place it stands in."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    named, views = _named(tree), _views(tree, functions)
    reached = {view: _reached(view, functions) for view in views}
    of_views = {name for names in reached.values() for name in names}
    # What stands in no view is on the page itself, and so is a function that only the page calls.
    whole = [node for node in tree.body if getattr(node, "name", None) not in of_views]
    found = [
        (text, MetricLocation(path.stem, None, None, is_number))
        for node in whole
        for text, is_number in _texts(node, named)
    ]
    for view, title in views.items():
        found += [
            (text, MetricLocation(path.stem, view, title, is_number))
            for name in reached[view]
            for text, is_number in _texts(functions[name], named)
        ]
    return tuple(found)


def _named(tree: ast.Module) -> dict[str, str]:
    """The names that the page gives to metrics: `held` for held = metric("activities_held", …)."""
    return {
        name.id: call.args[0].value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for name, call in _pairs(node.targets[0], node.value)
        if isinstance(name, ast.Name) and isinstance(call, ast.Call) and _called(call) == "metric"
        if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }


def _pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return list(zip(target.elts, value.elts, strict=False))
    return [(target, value)]


def _views(tree: ast.Module, functions: dict[str, ast.FunctionDef]) -> dict[str, str]:
    """The views of a page: the functions that stand in a pair with their title, as views.show takes them."""
    pairs = [node.elts for node in ast.walk(tree) if isinstance(node, ast.Tuple) and len(node.elts) == 2]
    return {
        view.id: title.args[0].value
        for title, view in pairs
        if isinstance(view, ast.Name) and view.id in functions
        if isinstance(title, ast.Call) and _called(title) == "_"
        if isinstance(title.args[0], ast.Constant) and isinstance(title.args[0].value, str)
    }


def _reached(view: str, functions: dict[str, ast.FunctionDef]) -> list[str]:
    """A view and the functions of the page that it calls."""
    reached = [view]
    for name in reached:
        for node in ast.walk(functions[name]):
            if isinstance(node, ast.Name) and node.id in functions and node.id not in reached:
                reached.append(node.id)
    return reached


def _texts(node: ast.AST, named: dict[str, str], is_number: bool = False) -> list[tuple[str, bool]]:
    """The texts below a node that may name a metric, and whether they are written out as a number."""
    if isinstance(node, ast.Constant):
        return [(node.value, is_number)] if isinstance(node.value, str) else []
    if isinstance(node, ast.Name):
        return [(named[node.id], is_number)] if node.id in named else []
    if isinstance(node, ast.keyword) and node.arg in _NO_METRIC_KEYWORDS:
        return []
    below = node.values if isinstance(node, ast.Dict) else list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Call):
        is_number = is_number or _called(node) in _NUMBERS
        if _called(node) in _NO_METRICS:
            below = [child for child in below if not isinstance(child, ast.Constant)]
    return [text for child in below for text in _texts(child, named, is_number)]


def _called(call: ast.Call) -> str:
    """The last name of what is called: `row` of cards.row(…)."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
