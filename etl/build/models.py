"""Builds staging, intermediate models and marts in the order of their FROM clauses, as far as they have changed."""

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
from sql.errors import SqlFileError
from sql.semantic.files.catalog import duckdb_error
from sql.semantic.files.sql_file import SqlFile, tables_of
from sql.warehouse import fetch_value

# Which schema a folder's objects live in, and as what. Staging only renames, so it costs nothing as a view.
MATERIALIZATIONS = {
    "staging": ("staging", "view"),
    "intermediate": ("intermediate", "table"),
    "marts": ("main", "table"),
}
TableName = tuple[str, str]
# A row group: DuckDB shares a table among cores by these.
_ROWS_A_CORE = 122_880


@dataclass(frozen=True)
class Change:
    """How a table differs from that of the version before: in the rows of these months, in those of a raw table that
    loading found, or altogether where both are None."""

    months: frozenset[date] | None = None
    raw_table: str | None = None


FULL_CHANGE = Change()


@dataclass(frozen=True)
class BuildResult:
    """How many models there are, how many of them had to be built, and how each table now differs, None where not."""

    model_count: int
    built_count: int
    table_changes: dict[TableName, Change | None]


def order_models(files: dict[str, SqlFile | SqlFileError]) -> list[SqlFile]:
    """The models among the files, each after those it reads. Raises SqlFileError for a broken file or a circle."""
    return _ordered(*graph(files))


def _ordered(models: dict[TableName, SqlFile], reads: dict[TableName, set[TableName]]) -> list[SqlFile]:
    try:
        return [models[key] for key in TopologicalSorter(reads).static_order()]
    except CycleError as error:
        circle = " → ".join(f"{schema}.{name}" for schema, name in error.args[1])
        raise models[error.args[1][0]].error(f"these models read each other / 模型互相引用：{circle}") from error


def graph(files: dict[str, SqlFile | SqlFileError]) -> tuple[dict[TableName, SqlFile], dict[TableName, set[TableName]]]:
    """The models by the names of their tables, and which of the others each reads. Raises SqlFileError for a broken
    file."""
    models: dict[TableName, SqlFile] = {}
    for path, file in files.items():
        if path.split("/", 1)[0] in MATERIALIZATIONS:
            if isinstance(file, SqlFileError):
                raise file
            models[MATERIALIZATIONS[file.folder][0], file.name] = file
    reads: dict[TableName, set[TableName]] = {}
    for key, file in models.items():
        named = tables_read(file)
        for schema, name in sorted(named - set(models)):
            if schema != "raw":
                line, column = _place(file, name)
                raise file.error(f"there is no model {schema}.{name} / 没有模型 {schema}.{name}", line, column)
        reads[key] = set(named & set(models))
    return models, reads


def tables_read(file: SqlFile) -> frozenset[TableName]:
    """Returns the tables that a file's SQL reads."""
    return frozenset((schema or "main", name) for schema, name in tables_of(file.path, file.text) if name)


def _place(file: SqlFile, name: str) -> tuple[int, int]:
    """The line and column where the SQL first names a table."""
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

    `built_with` has the texts, by path, of the models that are in the database already. Raises SqlFileError in terms of
    the file's lines, also for what would not be the same on Spark.
    """
    models, reads = graph(files)
    order = _ordered(models, reads)
    prepare(connection, order)
    state: dict[TableName, Change | None] = {}
    built = 0

    def begun(name: TableName) -> Callable[[], Change | None]:
        nonlocal built
        file = models[name]
        is_same = built_with.get(file.path) == file.text
        # What loading found lies in tables of this connection alone.
        change = _change(connection, file, state, changes) if is_same else FULL_CHANGE
        if change is None:
            return lambda: None
        progress(len(state), file.path)
        # A view whose text is the same was built: that it looks at other rows now is no building.
        built += file.folder != "staging" or not is_same
        return partial(_built_beside, connection, file, change, file.path not in built_with)

    # One after another: each stands there before what reads it begins.
    state.update(parallel.run(reads, begun, _at_a_time(connection)))
    portability.check(connection, [file for file in order if built_with.get(file.path) != file.text])
    return BuildResult(len(models), built, state)


def _at_a_time(connection: duckdb.DuckDBPyConnection) -> int:
    """How many models to build at once: of tables of no more rows than DuckDB gives one core at a time, one a core."""
    largest = connection.execute("select max(estimated_size) from duckdb_tables() where schema_name = 'raw'")
    return 1 if (fetch_value(largest) or 0) > _ROWS_A_CORE else os.cpu_count() or 1


def prepare(connection: duckdb.DuckDBPyConnection, models: list[SqlFile]) -> None:
    """Has the open database hold the models' schemas, and no model that there is no file for any more."""
    for schema, _ in MATERIALIZATIONS.values():
        connection.execute(f"create schema if not exists {schema}")
    _drop_others(connection, {(MATERIALIZATIONS[file.folder][0], file.name) for file in models})


def _change(
    connection: duckdb.DuckDBPyConnection, file: SqlFile, state: dict[TableName, Change | None], changes: Changes
) -> Change | None:
    """How a model whose text is the same has to change because of what it reads; None where it does not."""
    read = {name: _of_raw(changes, name[1]) if name[0] == "raw" else state[name] for name in tables_read(file)}
    found = {name: change for name, change in read.items() if change is not None}
    if not found:
        return None
    if file.folder == "staging":
        # A view of one raw table: it differs as that does.
        return next(iter(found.values()))
    if changes.data_date_moved_back:
        return FULL_CHANGE
    months: set[date] = set()
    dates = incremental_on(file)
    for (_, table), change in found.items():
        if table not in dates or change is FULL_CHANGE:
            return FULL_CHANGE
        for column, is_onward in dates[table]:
            touched = _months_of(connection, file, changes, change, column)
            months |= _onward(connection, touched) if is_onward and touched else touched
    if pending := file.header.get("refresh_with_data_date"):
        # The names are those of a file that was read and of a column it gives.
        rows = connection.execute(f'select distinct month from main."{file.name}" where "{pending}" = 1').fetchall()
        months |= {month for (month,) in rows}
    return Change(frozenset(months))


def _months_of(
    connection: duckdb.DuckDBPyConnection, file: SqlFile, changes: Changes, change: Change, column: str
) -> Set[date]:
    """The months in which a table differs, by a column where it is a raw one."""
    if change.raw_table is None:
        return change.months or frozenset()
    try:
        return changes.months_of(connection, change.raw_table, column)
    except duckdb.BinderException as error:
        raise file.error(
            f"incremental_on: there is no date {change.raw_table}.{column} / {change.raw_table} 没有日期 {column}", 1
        ) from error


def incremental_on(file: SqlFile) -> dict[str, list[tuple[str, bool]]]:
    """Returns what the header's `incremental_on` says, as `requests.raised_at, points.on_date onward`: by table the
    dates whose months are all that a changed row changes, and whether the months after them change as well."""
    dates: dict[str, list[tuple[str, bool]]] = {}
    for part in file.header.get("incremental_on", "").split(","):
        if part.strip():
            name, _, onward = part.strip().partition(" ")
            table, _, column = name.partition(".")
            dates.setdefault(table, []).append((column, onward == "onward"))
    return dates


def _onward(connection: duckdb.DuckDBPyConnection, months: Collection[date]) -> set[date]:
    """The months, and all months of the calendar that come after the first of them."""
    later = connection.execute("select month from raw.months where month >= $first", {"first": min(months)}).fetchall()
    return {*months, *(month for (month,) in later)}


def _of_raw(changes: Changes, table: str) -> Change | None:
    if table == "months":
        return Change(frozenset(changes.months)) if changes.months else None
    if table in changes.replaced_tables:
        return FULL_CHANGE
    return Change(raw_table=table) if table in changes.changed_tables else None


def _built_beside(connection: duckdb.DuckDBPyConnection, file: SqlFile, change: Change, is_new: bool) -> Change | None:
    with clone_connection(connection) as own:
        return _build(own, file, change, is_new)


def _build(connection: duckdb.DuckDBPyConnection, file: SqlFile, change: Change, is_new: bool) -> Change | None:
    """Builds a model, or its rows of some months; returns how it then differs from before."""
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
        return _built_base(connection, file, target)
    execute(connection, file, f"create or replace {kind} {target} as\n")
    return change


def _built_base(connection: duckdb.DuckDBPyConnection, file: SqlFile, target: str) -> Change | None:
    """Builds a base; where it says the same as before, what stands on it stays as it is."""
    connection.execute(f"create or replace temp table base_before as select * from {target}")
    execute(connection, file, f"create or replace table {target} as\n")
    columns = (
        "select column_name, data_type from duckdb_columns() where table_name = $name and schema_name = $schema "
        "order by column_index"
    )
    was = connection.execute(columns, {"name": "base_before", "schema": "main"}).fetchall()
    if was != connection.execute(columns, {"name": file.name, "schema": "intermediate"}).fetchall():
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
    """Runs the file's SELECT within a statement. Raises SqlFileError in terms of the file's lines."""
    statement = before + file.text + after
    try:
        connection.execute(statement, params)
    except duckdb.Error as error:
        raise duckdb_error(file, statement, error) from error


def _drop_others(connection: duckdb.DuckDBPyConnection, names: set[TableName]) -> None:
    """Drops the models that there are no files for any more."""
    schemas = {schema for schema, _ in MATERIALIZATIONS.values()}
    found = connection.execute(
        "select table_schema, table_name, table_type from information_schema.tables "
        "where table_catalog = current_database()"
    ).fetchall()
    for schema, name, kind in found:
        if schema in schemas and (schema, name) not in names:
            connection.execute(f'drop {"view" if kind == "VIEW" else "table"} {schema}."{name}"')
