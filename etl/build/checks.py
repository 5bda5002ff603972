"""Runs the checks of sql/checks over a finished build, except those whose outcome cannot have changed."""

from __future__ import annotations

import duckdb

from etl.build.models import FULL_CHANGE, BuildResult, tables_read
from sql.errors import SqlFileError
from sql.files.sql_file import SqlFile, without_header
from sql.semantic.catalog.catalog import duckdb_error


def run_checks(
    connection: duckdb.DuckDBPyConnection, files: dict[str, SqlFile | SqlFileError], known: dict[str, int] | None = None
) -> list[tuple[SqlFile, int]]:
    """Runs every check and returns each with its number of failing rows, 0 where it passed.

    `known` holds outcomes by path; those checks are not run. Raises SqlFileError in terms of the file's lines.
    """
    results, outcomes = [], known or {}
    for path, file in sorted(files.items()):
        if path.startswith("checks/"):
            if isinstance(file, SqlFileError):
                raise file
            if path in outcomes:
                results.append((file, outcomes[path]))
                continue
            statement = without_header(file.text)
            try:
                results.append((file, len(connection.execute(statement).fetchall())))
            except duckdb.Error as error:
                raise duckdb_error(file, statement, error) from error
    return results


def known_outcomes(
    connection: duckdb.DuckDBPyConnection,
    files: dict[str, SqlFile | SqlFileError],
    built_with: dict[str, str],
    result: BuildResult,
) -> dict[str, int]:
    """Returns by path the outcomes of the previous version that still hold: neither the text of the check nor any table
    it reads has changed."""
    outcomes = dict(connection.execute("select name, failing_rows from meta.checks").fetchall()) if built_with else {}
    return {
        path: outcomes[file.name]
        for path, file in files.items()
        if path.startswith("checks/")
        and isinstance(file, SqlFile)
        and built_with.get(path) == file.text
        and file.name in outcomes
        and all(result.table_changes.get(name, FULL_CHANGE) is None for name in tables_read(file))
    }
