"""The meaning of every number: plain SQL files, and the few modules that read and run them."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sql.metrics import Metric, metric
    from sql.queries import query
    from sql.scope import Scope

__all__ = ["Metric", "Scope", "metric", "query"]
_MODULES = {"Metric": "sql.metrics", "metric": "sql.metrics", "query": "sql.queries", "Scope": "sql.scope"}


def __getattr__(name: str) -> object:
    """Imports what is asked for by name: a build needs none of it."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
