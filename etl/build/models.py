"""Builds the staging, intermediate and mart models that have changed, in the order of their FROM clauses."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import partial
from graphlib import CycleError, TopologicalSorter

import duckdb

from etl.build import parallel
from etl.build.load import Changes
from etl.build.versions import clone_connection
from etl.engines import portability
from sql import aliases
from sql.errors import SqlFileError
from sql.files.sql_file import SqlFile, Text, tables_of
from sql.semantic.catalog.catalog import duckdb_error
from sql.warehouse import fetch_value

# The schema of each folder's models and how they are materialized. Staging only renames, so a view costs nothing.
MATERIALIZATIONS = {
    "staging": ("staging", "view"),
    "intermediate": ("intermediate", "table"),
    "marts": ("main", "table"),
}
TableName = tuple[str, str]
# The size of a row group, the unit in which DuckDB distributes a table among cores.
_ROWS_PER_CORE = 122_880


@dataclass(frozen=True)
class Change:
    """Describes how a table differs from the previous version: in the rows of these months, in the rows of a raw table
    that loading changed, or entirely where both are None."""

    months: frozenset[date] | None = None
    raw_table: str | None = None


FULL_CHANGE = Change()


@dataclass(frozen=True)
class BuildResult:
    """Holds the number of models, the number that were rebuilt, and how each table changed, None where it did not."""

    model_count: int
    built_count: int
    table_changes: dict[TableName, Change | None]


def order_models(files: dict[str, SqlFile | SqlFileError]) -> list[SqlFile]:
    """Returns the models among the files, each after those it reads. Raises SqlFileError for a broken file or cycle."""
    return _ordered(*graph(files))


def _ordered(models: dict[TableName, SqlFile], reads: dict[TableName, set[TableName]]) -> list[SqlFile]:
    try:
        return [models[key] for key in TopologicalSorter(reads).static_order()]
    except CycleError as error:
        cycle = " → ".join(f"{schema}.{name}" for schema, name in error.args[1])
        raise models[error.args[1][0]].error(
            Text(f"模型互相引用：{cycle}", f"these models read each other: {cycle}")
        ) from error


def graph(files: dict[str, SqlFile | SqlFileError]) -> tuple[dict[TableName, SqlFile], dict[TableName, set[TableName]]]:
    """Returns the models by the names of their tables, and which other models each reads.

    Raises SqlFileError for a broken file or a model that does not exist.
    """
    models: dict[TableName, SqlFile] = {}
    for path, file in files.items():
        if path.split("/", 1)[0] in MATERIALIZATIONS:
            if isinstance(file, SqlFileError):
                raise file
            models[MATERIALIZATIONS[file.folder][0], file.name] = file
    reads: dict[TableName, set[TableName]] = {}
    for key, file in models.items():
        names = tables_read(file)
        for schema, name in sorted(names - set(models)):
            if schema != "raw":
                line, column = _position(file, name)
                raise file.error(Text(f"没有模型 {schema}.{name}", f"there is no model {schema}.{name}"), line, column)
        reads[key] = set(names & set(models))
    return models, reads


def tables_read(file: SqlFile) -> frozenset[TableName]:
    """Returns the tables that a file's SQL reads."""
    return frozenset((schema or "main", name) for schema, name in tables_of(file.path, file.text) if name)


def _position(file: SqlFile, name: str) -> tuple[int, int]:
    """Returns the line and column where the SQL first names a table."""
    import sqlglot

    token = next(token for token in sqlglot.tokenize(file.text, read="duckdb") if token.text == name)
    return token.line, file.text.splitlines()[token.line - 1].index(name) + 1


def build_models(
    connection: duckdb.DuckDBPyConnection,
    files: dict[str, SqlFile | SqlFileError],
    built_with: dict[str, str],
    changes: Changes,
    progress: Callable[[int, str], None],
) -> BuildResult:
    """Brings every model in the open database up to date.

    `built_with` holds the texts, by path, of the models that the database already contains. Raises SqlFileError in
    terms of the file's lines, also for SQL that would not return the same on Spark.
    """
    models, reads = graph(files)
    order = _ordered(models, reads)
    prepare(connection, order)
    state: dict[TableName, Change | None] = {}
    built_count = 0

    def start(name: TableName) -> Callable[[], Change | None]:
        nonlocal built_count
        file = models[name]
        is_same = built_with.get(file.path) == file.text
        # The changed rows are in temporary tables, which only this connection can read.
        change = _change(connection, file, state, changes) if is_same else FULL_CHANGE
        if change is None:
            return lambda: None
        progress(len(state), file.path)
        # A view with the same text needs no rebuilding, even if it now reads other rows.
        built_count += file.folder != "staging" or not is_same
        return partial(_build_in_thread, connection, file, change, file.path not in built_with)

    # Updated one by one, so that a model finds the changes of all models it reads.
    state.update(parallel.run(reads, start, _max_parallel(connection)))
    portability.check(connection, [file for file in order if built_with.get(file.path) != file.text])
    return BuildResult(len(models), built_count, state)


def _max_parallel(connection: duckdb.DuckDBPyConnection) -> int:
    """Returns how many models to build at once: one per core if every raw table fits into one row group, else one."""
    largest = connection.execute("select max(estimated_size) from duckdb_tables() where schema_name = 'raw'")
    return 1 if (fetch_value(largest) or 0) > _ROWS_PER_CORE else os.cpu_count() or 1


def prepare(connection: duckdb.DuckDBPyConnection, models: list[SqlFile]) -> None:
    """Creates the models' schemas in the open database and drops models whose files are gone."""
    for schema, _ in MATERIALIZATIONS.values():
        connection.execute(f"create schema if not exists {schema}")
    for schema in aliases.SCHEMAS:
        # Left by an earlier release in the version that this build began from.
        connection.execute(f"drop schema if exists {schema} cascade")
    _drop_others(connection, {(MATERIALIZATIONS[file.folder][0], file.name) for file in models})


def _change(
    connection: duckdb.DuckDBPyConnection, file: SqlFile, state: dict[TableName, Change | None], changes: Changes
) -> Change | None:
    """Returns how a model with unchanged text has to change because of the tables it reads; None where it need not."""
    change_by_table = {
        name: _raw_change(changes, name[1]) if name[0] == "raw" else state[name] for name in tables_read(file)
    }
    changed_tables = {name: change for name, change in change_by_table.items() if change is not None}
    if not changed_tables:
        return None
    if file.folder == "staging":
        # A staging view reads one raw table and changes with it.
        return next(iter(changed_tables.values()))
    if changes.data_date_moved_back:
        return FULL_CHANGE
    months: set[date] = set()
    dates = incremental_on(file)
    for (_, table), change in changed_tables.items():
        if table not in dates or change is FULL_CHANGE:
            return FULL_CHANGE
        for column, is_onward in dates[table]:
            changed_months = _months_of(connection, file, changes, change, column)
            months |= _onward(connection, changed_months) if is_onward and changed_months else changed_months
    if flag_column := file.header.get("refresh_with_data_date"):
        # The names are those of a parsed file and of one of its columns, never text from outside.
        rows = connection.execute(f'select distinct month from main."{file.name}" where "{flag_column}" = 1').fetchall()
        months |= {month for (month,) in rows}
    return Change(frozenset(months))


def _months_of(
    connection: duckdb.DuckDBPyConnection, file: SqlFile, changes: Changes, change: Change, column: str
) -> Set[date]:
    """Returns the months in which a table differs; for a raw table, the months of a date column in the changed rows."""
    if change.raw_table is None:
        return change.months or frozenset()
    try:
        return changes.months_of(connection, change.raw_table, column)
    except duckdb.BinderException as error:
        raise file.error(
            Text(
                f"incremental_on：{change.raw_table} 没有日期列 {column}",
                f"incremental_on: no date column {change.raw_table}.{column}",
            ),
            1,
        ) from error


def incremental_on(file: SqlFile) -> dict[str, list[tuple[str, bool]]]:
    """Parses a header's `incremental_on`, such as `requests.raised_at, points.on_date onward`.

    Returns by table the date columns whose months are the only ones that a changed row affects, each with true where
    all later months are affected as well.
    """
    dates: dict[str, list[tuple[str, bool]]] = {}
    for part in file.header.get("incremental_on", "").split(","):
        if part.strip():
            name, _, onward = part.strip().partition(" ")
            table, _, column = name.partition(".")
            dates.setdefault(table, []).append((column, onward == "onward"))
    return dates


def _onward(connection: duckdb.DuckDBPyConnection, months: Collection[date]) -> set[date]:
    """Returns the months and all months of the calendar after the first of them."""
    rows = connection.execute("select month from raw.months where month >= $first", {"first": min(months)}).fetchall()
    return {*months, *(month for (month,) in rows)}


def _raw_change(changes: Changes, table: str) -> Change | None:
    if table == "months":
        return Change(frozenset(changes.months)) if changes.months else None
    if table in changes.replaced_tables:
        return FULL_CHANGE
    return Change(raw_table=table) if table in changes.changed_tables else None


def _build_in_thread(
    connection: duckdb.DuckDBPyConnection, file: SqlFile, change: Change, is_new: bool
) -> Change | None:
    with clone_connection(connection) as own:
        return _build(own, file, change, is_new)


def _build(connection: duckdb.DuckDBPyConnection, file: SqlFile, change: Change, is_new: bool) -> Change | None:
    """Builds a model, or its rows of some months; returns how its table differs from before."""
    schema, kind = MATERIALIZATIONS[file.folder]
    # The names are file names that parse as SQL identifiers, quoted; a model has no parameters.
    target = f'{schema}."{file.name}"'
    if change.months is not None and kind == "table":
        marks = ", ".join("?" for _ in change.months)
        months = sorted(change.months)
        if months:
            connection.execute(f"delete from {target} where month in ({marks})", months)
            execute(
                connection,
                file,
                f"insert into {target} select * from (\n",
                f"\n) as model where month in ({marks})",
                months,
            )
        return change
    if file.folder == "intermediate" and not is_new:
        return _build_intermediate(connection, file, target)
    execute(connection, file, f"create or replace {kind} {target} as\n")
    return change


def _build_intermediate(connection: duckdb.DuckDBPyConnection, file: SqlFile, target: str) -> Change | None:
    """Builds an intermediate model; returns None where its rows are unchanged, so that no reader is rebuilt."""
    connection.execute(f"create or replace temp table base_before as select * from {target}")
    execute(connection, file, f"create or replace table {target} as\n")
    columns = (
        "select column_name, data_type from duckdb_columns() where table_name = $name and schema_name = $schema "
        "order by column_index"
    )
    previous_columns = connection.execute(columns, {"name": "base_before", "schema": "main"}).fetchall()
    if previous_columns != connection.execute(columns, {"name": file.name, "schema": "intermediate"}).fetchall():
        return FULL_CHANGE
    differs = connection.execute(
        f"select exists (from base_before except all from {target}) "
        f"or exists (from {target} except all from base_before)"
    )
    return FULL_CHANGE if fetch_value(differs) else None


def execute(
    connection: duckdb.DuckDBPyConnection,
    file: SqlFile,
    before: str,
    after: str = "",
    params: Sequence[object] | None = None,
) -> None:
    """Runs the file's SELECT inside a statement. Raises SqlFileError in terms of the file's lines."""
    statement = before + file.text + after
    try:
        connection.execute(statement, params)
    except duckdb.Error as error:
        raise duckdb_error(file, statement, error) from error


def _drop_others(connection: duckdb.DuckDBPyConnection, names: set[TableName]) -> None:
    """Drops the models whose files are gone."""
    schemas = {schema for schema, _ in MATERIALIZATIONS.values()}
    rows = connection.execute(
        "select table_schema, table_name, table_type from information_schema.tables "
        "where table_catalog = current_database()"
    ).fetchall()
    for schema, name, kind in rows:
        if schema in schemas and (schema, name) not in names:
            connection.execute(f'drop {"view" if kind == "VIEW" else "table"} {schema}."{name}"')
