"""The meaning of every number: plain SQL files, and the few modules that read and run them."""

from sql.metrics import Metric, metric
from sql.queries import query
from sql.scope import Scope

__all__ = ["Metric", "Scope", "metric", "query"]
