"""Defines every number in plain SQL files, with the few modules that read and run them."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sql.semantic.metrics import Metric, metric
    from sql.semantic.queries import query
    from sql.semantic.scope import Scope

__all__ = ["Metric", "Scope", "metric", "query"]
_MODULES = {
    "Metric": "sql.semantic.metrics",
    "metric": "sql.semantic.metrics",
    "query": "sql.semantic.queries",
    "Scope": "sql.semantic.scope",
}


def __getattr__(name: str) -> object:
    """Imports a public name on first use, because a build needs none of them."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
