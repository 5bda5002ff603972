"""Finds the pages that show a metric by reading their source, so the result is never out of date.

That is the script of a page and the functions in pages/ui/<page>/views.py that draw its views. A view in another
module shows no metric of its own.
"""

from __future__ import annotations

import ast
import threading
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from pages.ui.i18n.texts import _
from pages.ui.shell import page_list
from sql.semantic.catalog import catalog

PAGES = page_list.FOLDER
# The string arguments of these calls name tables, files, filters and widgets, some of which share a metric's name.
_NO_METRICS = {"_", "query", "has_tables", "missing_tables", "current", "listing", "with_filters"}
_NO_METRIC_KEYWORDS = {"key", "by", "opens", "note"}
# These calls show a metric as a number; all others draw it.
_NUMBERS = {"row", "facts"}
# CPython 3.11 counts how deep a tree is in one place for all threads and fails where two build one at once
# (python/cpython#106905, mended in 3.11.8).
_PARSING = threading.Lock()


class MetricLocation(NamedTuple):
    """Names a page by its stem and, where it has views, a view by function and title; None is the page itself.

    `is_number` says that the page shows the metric as a card or a fact, not only in charts and tables.
    """

    page: str
    view: str | None = None
    title: str | None = None
    is_number: bool = False


class View(NamedTuple):
    """Names a view by the function that draws it, which is its name in the URL, the module of that, and the title."""

    name: str
    module: str
    title: str


def locations() -> dict[str, list[MetricLocation]]:
    """Returns the locations of every metric that a page shows, by metric name: numbers first, then in page order."""
    known = frozenset(catalog.names("metrics"))
    by_metric: dict[str, list[MetricLocation]] = {}
    for page in sorted(PAGES.glob("*.py")):
        views_file = PAGES / "ui" / page.stem / "views.py"
        changed = [path.stat().st_mtime_ns for path in (page, views_file) if path.exists()]
        for name, location in _read(page, views_file, *changed):
            if name in known:
                by_metric.setdefault(name, []).append(location)
    return {name: _unique(metric_locations) for name, metric_locations in by_metric.items()}


def best_location(
    name: str, locations: dict[str, list[MetricLocation]], titles: dict[str, str]
) -> MetricLocation | None:
    """Returns the best location for a metric: a number before a chart, its theme's page before others, a page before a
    view."""
    theme = next((path.split("/")[1] for path in catalog.current_files() if path.endswith(f"/{name}.sql")), None)
    candidates = [location for location in locations.get(name, []) if location.page in titles]
    return min(
        candidates,
        key=lambda location: (not location.is_number, location.page != theme, location.view is not None),
        default=None,
    )


def location_title(location: MetricLocation, titles: dict[str, str]) -> str:
    """Returns the title of the page and of the view: 诉求 · 流程."""
    return titles[location.page] if location.title is None else f"{titles[location.page]} · {_(location.title)}"


def views(page: str) -> list[str]:
    """Returns the names of a page's views, as `?view=` takes them, in page order; empty where it has none."""
    return [view.name for view in _views(_parse(PAGES / f"{page}.py"))]


def _unique(locations: list[MetricLocation]) -> list[MetricLocation]:
    by_view: dict[tuple[str, str | None], MetricLocation] = {}
    for location in sorted(locations, key=lambda location: not location.is_number):
        by_view.setdefault((location.page, location.view), location)
    return list(by_view.values())


@lru_cache(maxsize=64)
def _read(page: Path, views_file: Path, *_changed: int) -> tuple[tuple[str, MetricLocation], ...]:
    """Returns every string in a page that may name a metric, with its location."""
    script = _parse(page)
    result = [
        (text, MetricLocation(page.stem, None, None, is_number))
        for node in script.body
        for text, is_number in _texts(node)
    ]
    views = [view for view in _views(script) if view.module == "views"]
    if not views:
        return tuple(result)
    functions = {node.name: node for node in _parse(views_file).body if isinstance(node, ast.FunctionDef)}
    for view in views:
        result += [
            (text, MetricLocation(page.stem, view.name, view.title, is_number))
            for name in _reachable(view.name, functions)
            for text, is_number in _texts(functions[name])
        ]
    return tuple(result)


def _parse(path: Path) -> ast.Module:
    source = path.read_text(encoding="utf-8")
    with _PARSING:
        return ast.parse(source)


def _views(script: ast.Module) -> list[View]:
    """Returns a page's views: pairs of a title and a module's function, as `view_choice.draw` takes them."""
    pairs = [node.elts for node in ast.walk(script) if isinstance(node, ast.Tuple) and len(node.elts) == 2]
    return [
        View(view.attr, view.value.id, title.args[0].value)
        for title, view in pairs
        if isinstance(view, ast.Attribute) and isinstance(view.value, ast.Name)
        if isinstance(title, ast.Call) and _function_name(title) == "_"
        if isinstance(title.args[0], ast.Constant) and isinstance(title.args[0].value, str)
    ]


def _reachable(view: str, functions: dict[str, ast.FunctionDef]) -> list[str]:
    """Returns a view and the functions beside it that it calls."""
    names = [view]
    for name in names:
        for node in ast.walk(functions[name]):
            if isinstance(node, ast.Name) and node.id in functions and node.id not in names:
                names.append(node.id)
    return names


def _texts(node: ast.AST, is_number: bool = False) -> list[tuple[str, bool]]:
    """Returns the strings below a node that may name a metric, and whether each is shown as a number."""
    if isinstance(node, ast.Constant):
        return [(node.value, is_number)] if isinstance(node.value, str) else []
    if isinstance(node, ast.keyword) and node.arg in _NO_METRIC_KEYWORDS:
        return []
    children = node.values if isinstance(node, ast.Dict) else list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Call):
        is_number = is_number or _function_name(node) in _NUMBERS
        if _function_name(node) in _NO_METRICS:
            children = [child for child in children if not isinstance(child, ast.Constant)]
    return [text for child in children for text in _texts(child, is_number)]


def _function_name(call: ast.Call) -> str:
    """Returns the last name of the called function: `row` for cards.row(…)."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
