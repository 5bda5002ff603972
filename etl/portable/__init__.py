"""Keeps the models portable: what DuckDB and Spark would compute differently, or Spark not at all, is refused.

Each construct was tried on both. The models of a version are looked at once DuckDB has accepted them, so that the types
of the columns they read are DuckDB's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import duckdb
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from etl.portable.rules import RULES, Rule
from etl.portable.typed import TYPED_RULES
from sql.errors import SqlFileError
from sql.files import SqlFile, parse, tables_of

Rules = dict[type[exp.Expr], list[Rule]]
# The columns that a file reads, as (schema, table, column, type).
Columns = tuple[tuple[str, str, str, str], ...]


def check(connection: duckdb.DuckDBPyConnection, models: Iterable[SqlFile]) -> None:
    """Raises SqlFileError for the first of the models in the open database that would not be the same on Spark, with
    its line and the remedy."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    listed = connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() order by column_index"
    ).fetchall()
    for schema, table, column, kind in listed:
        found.setdefault((schema, table), []).append((column, kind))
    for file in models:
        read = sorted((schema or "main", name) for schema, name in tables_of(file.path, file.text))
        columns = tuple((*name, column, kind) for name in read for column, kind in found.get(name, ()))
        if wrong := _first_wrong(file.path, file.text, columns):
            line, zh, en = wrong
            place = f"sql/{file.path}:{line}"
            raise SqlFileError(f"{place}：{zh}；改正这个文件并保存即可", f"{place}: {en}; correct the file and save it")


@lru_cache(maxsize=2048)
def _first_wrong(path: str, text: str, columns: Columns) -> tuple[int, str, str] | None:
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
