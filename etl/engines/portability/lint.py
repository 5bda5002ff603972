"""Finds constructs that are not portable in the syntax tree of a model, with its columns traced to their tables."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from etl.engines.portability.rules import RULES, Rule
from etl.engines.portability.typed_rules import TYPED_RULES
from sql.files.sql_file import parse

Rules = dict[type[exp.Expr], list[Rule]]
# The columns that a file reads, as (schema, table, column, type).
Columns = tuple[tuple[str, str, str, str], ...]


def first_violation(path: str, text: str, columns: Columns) -> tuple[int, str, str] | None:
    """Returns the line and message (Chinese, English) of the first construct of a file that is not portable."""
    tree = parse(path, text)
    violations = [*_violations(tree, RULES), *_violations(with_types(tree, columns), TYPED_RULES)]
    return min(violations, key=lambda violation: violation[0], default=None)


def _violations(tree: exp.Expr, rules: Rules) -> Iterator[tuple[int, str, str]]:
    rules_by_class: dict[type[exp.Expr], list[Rule]] = {}
    for node in tree.walk():
        kind = type(node)
        if kind not in rules_by_class:
            rules_by_class[kind] = [rule for base in kind.__mro__ for rule in rules.get(base, ())]
        for rule in rules_by_class[kind]:
            if message := rule(node):
                yield _line(node), *message


def _line(node: exp.Expr) -> int:
    """Returns the line a construct begins in. Operators have no position of their own, but their operands do."""
    if isinstance(node, exp.SetOperation):
        # The left side may begin with a long list of CTEs.
        return _line(node.expression)
    lines = [part.meta["line"] for part in node.walk() if "line" in part.meta]
    return min(lines) if lines else _line(node.parent) if node.parent else 1


def with_types(tree: exp.Expr, columns: Columns) -> exp.Expr:
    """Returns a copy of the tree in which every column is traced to its table and expressions have types."""
    tables: dict[str, dict[str, dict[str, str]]] = {}
    for schema_name, table, column, kind in columns:
        tables.setdefault(schema_name, {}).setdefault(table, {})[column] = kind
    mapping: dict[str, object] = {**tables}
    schema = MappingSchema(mapping, dialect="duckdb")
    try:
        qualified = qualify(
            tree.copy(),
            schema=schema,
            dialect="duckdb",
            db="main",
            validate_qualify_columns=False,
            quote_identifiers=False,
            identify=False,
        )
    except SqlglotError:
        # Columns that cannot be traced have no types; the untyped rules still apply.
        return exp.Null()
    return annotate_types(qualified, schema=schema, dialect="duckdb")
