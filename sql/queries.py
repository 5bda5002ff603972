"""Rows for one table or one special picture, from a file in sql/queries."""
from __future__ import annotations

import duckdb
import polars as pl

from sql import catalog
from sql.compose import Composed, query_sql
from sql.files import SqlFile
from sql.scope import Scope


def composed(name: str, scope: Scope, **params: object) -> tuple[SqlFile, Composed]:
    """The query file of that name as it is used now, and the SQL that gives its rows in the scope."""
    file = catalog.definition("queries", name, scope.version, lambda file: query_sql(file, scope, params))[0]
    return file, query_sql(file, scope, params)


def query(name: str, scope: Scope, **params: object) -> pl.DataFrame:
    """The rows of a query file in the scope, in the file's own order.

    `params` are the values of the `$name` parameters that its header lists. Raises AskError for an unknown name or
    parameter, SqlFileError for a file that is broken now and was not there when the version was built.
    """

    def run(file: SqlFile) -> pl.DataFrame:
        composed = query_sql(file, scope, params)
        try:
            return scope.version.rows(composed.sql, composed.params)
        except duckdb.Error as error:
            # Asked to explain, DuckDB also tells the place, which it keeps to itself in a plain question.
            catalog.explain(scope.version, file, composed)
            raise catalog.duckdb_error(file, composed.sql, error) from error

    return catalog.definition("queries", name, scope.version, run)[1]
