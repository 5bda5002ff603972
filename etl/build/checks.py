"""Runs the checks of sql/checks over what has been built, as far as their outcome is not known already."""

from __future__ import annotations

import duckdb

from etl.build.models import FULL_CHANGE, BuildResult, tables_read
from sql.errors import SqlFileError
from sql.semantic.files.catalog import duckdb_error
from sql.semantic.files.sql_file import SqlFile, without_header


def run_checks(
    connection: duckdb.DuckDBPyConnection, files: dict[str, SqlFile | SqlFileError], known: dict[str, int] | None = None
) -> list[tuple[SqlFile, int]]:
    """Runs every check, but those whose outcome is `known` by path; returns each with how many rows it finds wrong, 0
    where it passed. Raises SqlFileError in terms of the file's lines."""
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
    built: BuildResult,
) -> dict[str, int]:
    """Returns by path the outcome of each check of the version before that is the same now: neither its text nor
    anything it reads differs."""
    outcomes = dict(connection.execute("select name, failing_rows from meta.checks").fetchall()) if built_with else {}
    return {
        path: outcomes[file.name]
        for path, file in files.items()
        if path.startswith("checks/")
        and isinstance(file, SqlFile)
        and built_with.get(path) == file.text
        and file.name in outcomes
        and all(built.table_changes.get(name, FULL_CHANGE) is None for name in tables_read(file))
    }
