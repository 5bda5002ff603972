"""Builds the models with Spark from the raw rows of an open version and loads the rows that Spark wrote."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from etl.build.load import Changes
from etl.build.models import MATERIALIZATIONS, BuildResult, TableName, execute, graph, order_models, prepare
from etl.engines import portability
from etl.engines.spark.scratch import Scratch, open_scratch
from etl.engines.spark.session import SparkFailed, first_line, session
from etl.engines.spark.translate import TYPES, spark_sql, view_name
from sql.errors import SqlFileError
from sql.files.sql_file import SqlFile, Text, tables_of
from sql.warehouse import fetch_value

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOCAL_MASTER = "local[*]"
# Models that do not read each other are planned and run in parallel.
_MAX_PARALLEL = 4
# The columns of a table with their types in DuckDB.
Columns = list[tuple[str, str]]


@dataclass(frozen=True)
class Settings:
    """Holds Spark's master and the address through which its machines exchange rows with this one.

    `scratch` is None for a folder beside the version, which is enough where Spark runs on this machine.
    """

    master: str = LOCAL_MASTER
    scratch: str | None = None


def build_models(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    files: dict[str, SqlFile | SqlFileError],
    built_with: dict[str, str],
    changes: Changes,
    progress: Callable[[int, str], None],
) -> BuildResult:
    """Builds all models with Spark; otherwise as etl.build.models.build_models, which builds only the changed ones.

    Raises SparkMissing or SparkFailed besides SqlFileError.
    """
    models = order_models(files)
    prepare(connection, models)
    for file in models:
        _create_empty(connection, file)
    portability.check(connection, models)
    progress(0, f"Spark {settings.master}")
    with session(settings.master) as spark:
        database = Path(fetch_value(connection.execute("select path from duckdb_databases() where not internal")))
        scratch = open_scratch(spark, database.parent / "spark", settings.scratch)
        try:
            columns = _columns(connection)
            for table in sorted(_raw_tables(models)):
                _export_table(connection, spark, scratch, table, columns["raw", table])
            _run_all(spark, scratch, files, columns, progress)
            for number, file in enumerate(models):
                if file.folder != "staging":
                    progress(number, file.path)
                    _load(connection, scratch, file)
        finally:
            scratch.clear()
    return BuildResult(len(models), sum(file.folder != "staging" for file in models), {})


def _create_empty(connection: duckdb.DuckDBPyConnection, file: SqlFile) -> None:
    """Creates the model's table without rows, with DuckDB's column types; for staging, its view."""
    schema, kind = MATERIALIZATIONS[file.folder]
    # The names are file names that parse as SQL identifiers, quoted.
    target = f'create or replace {kind} {schema}."{file.name}" as '
    if kind == "view":
        execute(connection, file, f"{target}\n")
    else:
        execute(connection, file, f"{target}select * from (\n", "\n) as model limit 0")


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[TableName, Columns]:
    rows = connection.execute(
        "select schema_name, table_name, list((column_name, data_type) order by column_index) from duckdb_columns() "
        "where database_name = current_database() group by schema_name, table_name"
    ).fetchall()
    return {(schema, table): columns for schema, table, columns in rows}


def _raw_tables(models: list[SqlFile]) -> set[str]:
    return {name for file in models for schema, name in tables_of(file.path, file.text) if schema == "raw"}


def _export_table(
    connection: duckdb.DuckDBPyConnection, spark: SparkSession, scratch: Scratch, table: str, columns: Columns
) -> None:
    """Writes a raw table as Parquet and registers it with Spark."""
    folder = scratch.folder / "raw" / table
    folder.mkdir(parents=True)
    path = str(folder / "rows.parquet").replace("'", "''")
    connection.execute(f"copy raw.\"{table}\" to '{path}' (format parquet)")
    scratch.upload(f"raw/{table}")
    _register(spark, scratch, "raw", table, columns)


def _register(spark: SparkSession, scratch: Scratch, schema: str, table: str, columns: Columns) -> None:
    # Naming the columns spares Spark opening the files to infer them.
    schema_text = ", ".join(f"`{name}` {TYPES[kind]}" for name, kind in columns)
    spark.read.schema(schema_text).parquet(scratch.address(f"{schema}/{table}")).createOrReplaceTempView(
        view_name(schema, table)
    )


def _run_all(
    spark: SparkSession,
    scratch: Scratch,
    files: dict[str, SqlFile | SqlFileError],
    columns: dict[TableName, Columns],
    progress: Callable[[int, str], None],
) -> None:
    """Builds every model as soon as the models it reads are done."""
    models, reads = graph(files)
    order = TopologicalSorter(reads)
    order.prepare()
    running, done = {}, 0
    with ThreadPoolExecutor(_MAX_PARALLEL) as threads:
        try:
            while order.is_active():
                for name in order.get_ready():
                    running[threads.submit(_run, spark, scratch, models[name], name, columns[name])] = name
                for finished in wait(running, return_when=FIRST_COMPLETED).done:
                    finished.result()
                    name = running.pop(finished)
                    order.done(name)
                    progress(done := done + 1, models[name].path)
        finally:
            threads.shutdown(cancel_futures=True)


def _run(spark: SparkSession, scratch: Scratch, file: SqlFile, name: TableName, columns: Columns) -> None:
    """Builds one model: registers a staging view, or writes the rows."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    if unknown := sorted({kind for _, kind in columns} - set(TYPES)):
        raise file.error(Text(f"Spark 没有类型 {'、'.join(unknown)}", f"Spark has no type {', '.join(unknown)}"))
    try:
        rows = spark.sql(spark_sql(file))
        if file.folder == "staging":
            rows.createOrReplaceTempView(view_name(*name))
            return
        typed = rows.selectExpr(*(f"cast(`{column}` as {TYPES[kind]}) as `{column}`" for column, kind in columns))
        typed.write.parquet(scratch.address("/".join(name)))
        _register(spark, scratch, *name, columns)
    except (PySparkException, Py4JError) as error:
        reason = first_line(error)
        raise SparkFailed(
            f"Spark 没能构建 sql/{file.path}：{reason}；未发布。可改用 --engine duckdb",
            f"Spark could not build sql/{file.path}: {reason}; not published. Try --engine duckdb",
        ) from error


def _load(connection: duckdb.DuckDBPyConnection, scratch: Scratch, file: SqlFile) -> None:
    """Inserts the rows that Spark wrote into the model's table."""
    schema, _ = MATERIALIZATIONS[file.folder]
    folder = scratch.download(f"{schema}/{file.name}")
    connection.execute(
        f'insert into {schema}."{file.name}" by name select * from read_parquet($files)',
        {"files": f"{folder}/*.parquet"},
    )
