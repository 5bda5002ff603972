"""Looks through the tree of a model for what is not portable, its columns followed to their tables."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from etl.engines.portability.rules import RULES, Rule
from etl.engines.portability.typed_rules import TYPED_RULES
from sql.semantic.files.sql_file import parse

Rules = dict[type[exp.Expr], list[Rule]]
# The columns that a file reads, as (schema, table, column, type).
Columns = tuple[tuple[str, str, str, str], ...]


def first_violation(path: str, text: str, columns: Columns) -> tuple[int, str, str] | None:
    """The line and the words of the first construct of a file that is not portable."""
    tree = parse(path, text)
    found = [*_found(tree, RULES), *_found(_typed(tree, columns), TYPED_RULES)]
    return min(found, key=lambda wrong: wrong[0], default=None)


def _found(tree: exp.Expr, rules: Rules) -> Iterator[tuple[int, str, str]]:
    of_class: dict[type[exp.Expr], list[Rule]] = {}
    for node in tree.walk():
        kind = type(node)
        if kind not in of_class:
            of_class[kind] = [rule for base in kind.__mro__ for rule in rules.get(base, ())]
        for rule in of_class[kind]:
            if words := rule(node):
                yield _line(node), *words


def _line(node: exp.Expr) -> int:
    """The line a construct begins in. Operators have no place of their own, but what they stand between has."""
    if isinstance(node, exp.SetOperation):
        # What comes before it may be a whole list of CTEs.
        return _line(node.expression)
    lines = [part.meta["line"] for part in node.walk() if "line" in part.meta]
    return min(lines) if lines else _line(node.parent) if node.parent else 1


def _typed(tree: exp.Expr, columns: Columns) -> exp.Expr:
    """A copy of the tree in which every column is followed to its table, and expressions have types."""
    tables: dict[str, dict[str, dict[str, str]]] = {}
    for place, table, column, kind in columns:
        tables.setdefault(place, {}).setdefault(table, {})[column] = kind
    schema: dict[str, object] = {**tables}
    known = MappingSchema(schema, dialect="duckdb")
    try:
        followed = qualify(
            tree.copy(),
            schema=known,
            dialect="duckdb",
            db="main",
            validate_qualify_columns=False,
            quote_identifiers=False,
            identify=False,
        )
    except SqlglotError:
        # What can't be followed has no types; the other rules still hold.
        return exp.Null()
    return annotate_types(followed, schema=known, dialect="duckdb")
