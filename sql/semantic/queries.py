"""Runs the files in sql/queries, each of which returns the rows of one table or chart."""

from __future__ import annotations

from functools import lru_cache

import duckdb
import polars as pl

from sql.files import sql_file
from sql.files.sql_file import SqlFile
from sql.security import disclosure
from sql.security.release import Frame, Policy
from sql.semantic.catalog import catalog
from sql.semantic.compose import ComposedQuery, query_sql
from sql.semantic.scope import Scope


def compose_query(name: str, scope: Scope, **params: object) -> tuple[SqlFile, ComposedQuery]:
    """Returns the usable definition of the named query, and the SQL that returns its rows in the scope."""
    file = catalog.definition("queries", name, scope.version, lambda file: query_sql(file, scope, params))[0]
    return file, query_sql(file, scope, params)


def query(name: str, scope: Scope, **params: object) -> pl.DataFrame:
    """Returns the rows of a query file in the scope, in the file's own order.

    `params` are the values of the `$name` parameters that its header lists. Raises InputError for an unknown name or
    parameter, SqlFileError for a broken file that the version was not built with.
    """

    def run(file: SqlFile) -> pl.DataFrame:
        return run_file(file.path, file.text, scope, tuple(sorted(params.items())))

    return catalog.definition("queries", name, scope.version, run)[1]


def frame(name: str, scope: Scope, rows: pl.DataFrame, **params: object) -> Frame:
    """Returns the rows of a query file, as a page has read them in the scope, as a frame that may leave the office."""

    def read(policy: Policy) -> pl.DataFrame:
        return rows if policy is Policy.OFFICE else query(name, policy.view(scope), **params)

    return Frame(read, is_of_people(name, scope, **params))


def is_of_people(name: str, scope: Scope, **params: object) -> bool:
    """Returns true if each row of a query file is a person."""
    return disclosure.has_rows_of_people(compose_query(name, scope, **params)[0])


@lru_cache(maxsize=4096)
def run_file(path: str, text: str, scope: Scope, params: tuple[tuple[str, object], ...] = ()) -> pl.DataFrame:
    """Returns the rows of a file, given by path and text, in the scope. Raises SqlFileError with line and column if
    DuckDB rejects it."""
    file = sql_file.read(path, text)
    composed = query_sql(file, scope, dict(params))
    try:
        rows = scope.version.rows(composed.sql, composed.params)
        return round_counts(file, rows, composed, scope) if scope.version.is_rounded else rows
    except duckdb.Error as error:
        # For EXPLAIN, DuckDB reports the error's position, which it omits for the query itself.
        catalog.explain(scope.version, file, composed)
        raise catalog.duckdb_error(file, composed.sql, error) from error


def round_counts(file: SqlFile, rows: pl.DataFrame, composed: ComposedQuery, scope: Scope) -> pl.DataFrame:
    """Returns a file's rows with counts of people rounded, or no rows if each row is a person."""
    if disclosure.has_rows_of_people(file):
        return rows.clear()
    columns = {name: not kind.is_numeric() and not kind.is_nested() for name, kind in rows.schema.items()}
    sql = disclosure.rounded_query_sql(file, composed.sql, columns, scope.area_code)
    if sql == composed.sql:
        return rows
    return scope.version.rows(sql, composed.params | {disclosure.KEY_PARAMETER: scope.version.rounding_key})
