"""Finds the pages that show a metric by reading the pages' source, so the result is never out of date."""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from pages.ui.shell import page_list
from sql.semantic.catalog import catalog

PAGES = page_list.FOLDER
# The string arguments of these calls name tables, files, filters and widgets, some of which share a metric's name.
_NO_METRICS = {"_", "query", "has_tables", "current", "listing", "with_filters"}
_NO_METRIC_KEYWORDS = {"key", "by", "opens", "note"}
# These calls show a metric as a number; all others draw it.
_NUMBERS = {"row", "facts"}


class MetricLocation(NamedTuple):
    """Names a page by its stem and, where it has views, a view by function and title; None is the page itself.

    `is_number` says that the page shows the metric as a card or a fact, not only in charts and tables.
    """

    page: str
    view: str | None = None
    title: str | None = None
    is_number: bool = False


def locations() -> dict[str, list[MetricLocation]]:
    """Returns the locations of every metric that a page shows, by metric name: numbers first, then in page order."""
    known = frozenset(catalog.names("metrics"))
    by_metric: dict[str, list[MetricLocation]] = {}
    for path in sorted(PAGES.glob("*.py")):
        for name, location in _read(path, path.stat().st_mtime_ns):
            if name in known:
                by_metric.setdefault(name, []).append(location)
    return {name: _unique(metric_locations) for name, metric_locations in by_metric.items()}


def views(page: str) -> list[str]:
    """Returns the names of a page's views, as `?view=` takes them, in source order; empty where it has none."""
    tree = ast.parse((PAGES / f"{page}.py").read_text(encoding="utf-8"))
    return list(_views(tree, {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}))


def _unique(locations: list[MetricLocation]) -> list[MetricLocation]:
    by_view: dict[tuple[str, str | None], MetricLocation] = {}
    for location in sorted(locations, key=lambda location: not location.is_number):
        by_view.setdefault((location.page, location.view), location)
    return list(by_view.values())


@lru_cache(maxsize=64)
def _read(path: Path, _changed: int) -> tuple[tuple[str, MetricLocation], ...]:
    """Returns every string in a page that may name a metric, with its location."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    variables, views = _metric_variables(tree), _views(tree, functions)
    reachable = {view: _reachable(view, functions) for view in views}
    view_functions = {name for names in reachable.values() for name in names}
    # Code outside every view belongs to the page itself, and so does a function that only the page calls.
    page_nodes = [node for node in tree.body if getattr(node, "name", None) not in view_functions]
    result = [
        (text, MetricLocation(path.stem, None, None, is_number))
        for node in page_nodes
        for text, is_number in _texts(node, variables)
    ]
    for view, title in views.items():
        result += [
            (text, MetricLocation(path.stem, view, title, is_number))
            for name in reachable[view]
            for text, is_number in _texts(functions[name], variables)
        ]
    return tuple(result)


def _metric_variables(tree: ast.Module) -> dict[str, str]:
    """Returns the metrics by the variables that hold them: `held` for held = metric("activities_held", …)."""
    return {
        name.id: call.args[0].value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for name, call in _pairs(node.targets[0], node.value)
        if isinstance(name, ast.Name) and isinstance(call, ast.Call) and _function_name(call) == "metric"
        if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }


def _pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return list(zip(target.elts, value.elts, strict=False))
    return [(target, value)]


def _views(tree: ast.Module, functions: dict[str, ast.FunctionDef]) -> dict[str, str]:
    """Returns a page's views: functions paired with their title, as `views.show` takes them."""
    pairs = [node.elts for node in ast.walk(tree) if isinstance(node, ast.Tuple) and len(node.elts) == 2]
    return {
        view.id: title.args[0].value
        for title, view in pairs
        if isinstance(view, ast.Name) and view.id in functions
        if isinstance(title, ast.Call) and _function_name(title) == "_"
        if isinstance(title.args[0], ast.Constant) and isinstance(title.args[0].value, str)
    }


def _reachable(view: str, functions: dict[str, ast.FunctionDef]) -> list[str]:
    """Returns a view and the functions of the page that it calls."""
    names = [view]
    for name in names:
        for node in ast.walk(functions[name]):
            if isinstance(node, ast.Name) and node.id in functions and node.id not in names:
                names.append(node.id)
    return names


def _texts(node: ast.AST, variables: dict[str, str], is_number: bool = False) -> list[tuple[str, bool]]:
    """Returns the strings below a node that may name a metric, and whether each is shown as a number."""
    if isinstance(node, ast.Constant):
        return [(node.value, is_number)] if isinstance(node.value, str) else []
    if isinstance(node, ast.Name):
        return [(variables[node.id], is_number)] if node.id in variables else []
    if isinstance(node, ast.keyword) and node.arg in _NO_METRIC_KEYWORDS:
        return []
    children = node.values if isinstance(node, ast.Dict) else list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Call):
        is_number = is_number or _function_name(node) in _NUMBERS
        if _function_name(node) in _NO_METRICS:
            children = [child for child in children if not isinstance(child, ast.Constant)]
    return [text for child in children for text in _texts(child, variables, is_number)]


def _function_name(call: ast.Call) -> str:
    """Returns the last name of the called function: `row` for cards.row(…)."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
