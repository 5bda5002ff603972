"""Builds staging, bases and marts in the order that their own SQL asks for."""
from __future__ import annotations

from collections.abc import Callable
from graphlib import CycleError, TopologicalSorter

import duckdb
import sqlglot

from sql.catalog import duckdb_error
from sql.errors import SqlFileError
from sql.files import SqlFile, parse, tables, without_header

# Which schema a folder's objects live in, and as what. Staging only renames, so it costs nothing as a view.
PLACES = {"staging": ("staging", "view"), "bases": ("bases", "table"), "marts": ("main", "table")}


def ordered(files: dict[str, SqlFile | SqlFileError]) -> list[SqlFile]:
    """The models among the files, each after those it reads. Raises SqlFileError for a broken file or a circle."""
    models: dict[tuple[str, str], SqlFile] = {}
    for path, file in files.items():
        if path.split("/", 1)[0] in PLACES:
            if isinstance(file, SqlFileError):
                raise file
            models[PLACES[file.folder][0], file.name] = file
    reads = {}
    for key, file in models.items():
        named = {(table.db or "main", table.name) for table in tables(parse(file.path, file.text))}
        for schema, name in sorted(named - set(models)):
            if schema != "raw":
                line, column = _place(file, name)
                raise file.error(f"there is no model {schema}.{name} / 没有模型 {schema}.{name}", line, column)
        reads[key] = named & set(models)
    try:
        return [models[key] for key in TopologicalSorter(reads).static_order()]
    except CycleError as error:
        circle = " → ".join(f"{schema}.{name}" for schema, name in error.args[1])
        raise models[error.args[1][0]].error(f"these models read each other / 模型互相引用：{circle}") from error


def _place(file: SqlFile, name: str) -> tuple[int, int]:
    """The line and column where the SQL first names a table."""
    token = next(token for token in sqlglot.tokenize(file.text, read="duckdb") if token.text == name)
    return token.line, file.text.splitlines()[token.line - 1].index(name) + 1


def build_models(
    connection: duckdb.DuckDBPyConnection,
    files: dict[str, SqlFile | SqlFileError],
    progress: Callable[[int, str], None],
) -> int:
    """Creates every model in the open database; returns how many. Raises SqlFileError in terms of the file's lines."""
    models = ordered(files)
    for schema, _ in PLACES.values():
        connection.execute(f"create schema if not exists {schema}")
    for number, file in enumerate(models):
        schema, kind = PLACES[file.folder]
        progress(number, file.path)
        # The names are file names that parse as SQL identifiers, quoted; a model has no parameters.
        statement = f'create {kind} {schema}."{file.name}" as\n{file.text}'
        try:
            connection.execute(statement)
        except duckdb.Error as error:
            raise duckdb_error(file, statement, error) from error
    return len(models)


def run_checks(
    connection: duckdb.DuckDBPyConnection, files: dict[str, SqlFile | SqlFileError]
) -> list[tuple[SqlFile, int]]:
    """Every check with how many rows it finds wrong; 0 means it passed."""
    results = []
    for path, file in sorted(files.items()):
        if path.startswith("checks/"):
            if isinstance(file, SqlFileError):
                raise file
            statement = without_header(file.text)
            try:
                results.append((file, len(connection.execute(statement).fetchall())))
            except duckdb.Error as error:
                raise duckdb_error(file, statement, error) from error
    return results
