"""Has Spark build the models over the raw rows of an open version and loads what it wrote."""

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
from sql.semantic.files.sql_file import SqlFile, tables_of
from sql.warehouse import fetch_value

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOCAL_MASTER = "local[*]"
# Models that do not stand on each other are planned and run beside each other.
_AT_A_TIME = 4
# The columns of a table with their types in DuckDB.
Columns = list[tuple[str, str]]


@dataclass(frozen=True)
class Settings:
    """Where Spark runs, and the address that its machines and this one exchange rows at: None for a folder beside the
    version, which is enough where they are one machine."""

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
    """As etl.build.models.build_models, by Spark and always all of them.

    Raises SparkMissing or SparkFailed besides SqlFileError.
    """
    models = order_models(files)
    prepare(connection, models)
    for file in models:
        _create_empty(connection, file)
    portability.check(connection, models)
    progress(0, f"Spark {settings.master}")
    with session(settings.master) as spark:
        beside = Path(fetch_value(connection.execute("select path from duckdb_databases() where not internal")))
        between = open_scratch(spark, beside.parent / "spark", settings.scratch)
        try:
            columns = _columns(connection)
            for table in sorted(_raw_tables(models)):
                _hand_over(connection, spark, between, table, columns["raw", table])
            _run_all(spark, between, files, columns, progress)
            for number, file in enumerate(models):
                if file.folder != "staging":
                    progress(number, file.path)
                    _load(connection, between, file)
        finally:
            between.clear()
    return BuildResult(len(models), sum(file.folder != "staging" for file in models), {})


def _create_empty(connection: duckdb.DuckDBPyConnection, file: SqlFile) -> None:
    """The model's table without rows, its columns as DuckDB has them; of staging the view that it is."""
    schema, kind = MATERIALIZATIONS[file.folder]
    # The names are file names that parse as SQL identifiers, quoted.
    target = f'create or replace {kind} {schema}."{file.name}" as '
    if kind == "view":
        execute(connection, file, f"{target}\n")
    else:
        execute(connection, file, f"{target}select * from (\n", "\n) as model limit 0")


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[TableName, Columns]:
    listed = connection.execute(
        "select schema_name, table_name, list((column_name, data_type) order by column_index) from duckdb_columns() "
        "where database_name = current_database() group by schema_name, table_name"
    ).fetchall()
    return {(schema, table): columns for schema, table, columns in listed}


def _raw_tables(models: list[SqlFile]) -> set[str]:
    return {name for file in models for schema, name in tables_of(file.path, file.text) if schema == "raw"}


def _hand_over(
    connection: duckdb.DuckDBPyConnection, spark: SparkSession, between: Scratch, table: str, columns: Columns
) -> None:
    """Writes a raw table as Parquet and has Spark know it."""
    folder = between.folder / "raw" / table
    folder.mkdir(parents=True)
    into = str(folder / "rows.parquet").replace("'", "''")
    connection.execute(f"copy raw.\"{table}\" to '{into}' (format parquet)")
    between.upload(f"raw/{table}")
    _know(spark, between, "raw", table, columns)


def _know(spark: SparkSession, between: Scratch, schema: str, table: str, columns: Columns) -> None:
    # With the columns named, Spark need not open the files to learn them.
    described = ", ".join(f"`{name}` {TYPES[kind]}" for name, kind in columns)
    spark.read.schema(described).parquet(between.address(f"{schema}/{table}")).createOrReplaceTempView(
        view_name(schema, table)
    )


def _run_all(
    spark: SparkSession,
    between: Scratch,
    files: dict[str, SqlFile | SqlFileError],
    columns: dict[TableName, Columns],
    progress: Callable[[int, str], None],
) -> None:
    """Every model, as soon as those that it reads are done."""
    models, reads = graph(files)
    order = TopologicalSorter(reads)
    order.prepare()
    running, done = {}, 0
    with ThreadPoolExecutor(_AT_A_TIME) as threads:
        try:
            while order.is_active():
                for name in order.get_ready():
                    running[threads.submit(_run, spark, between, models[name], name, columns[name])] = name
                for finished in wait(running, return_when=FIRST_COMPLETED).done:
                    finished.result()
                    name = running.pop(finished)
                    order.done(name)
                    progress(done := done + 1, models[name].path)
        finally:
            threads.shutdown(cancel_futures=True)


def _run(spark: SparkSession, between: Scratch, file: SqlFile, name: TableName, columns: Columns) -> None:
    """One model: a view, or rows that Spark has written."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    if unknown := sorted({kind for _, kind in columns} - set(TYPES)):
        raise file.error(f"Spark has no type / Spark 没有类型 {', '.join(unknown)}")
    try:
        rows = spark.sql(spark_sql(file))
        if file.folder == "staging":
            rows.createOrReplaceTempView(view_name(*name))
            return
        typed = rows.selectExpr(*(f"cast(`{column}` as {TYPES[kind]}) as `{column}`" for column, kind in columns))
        typed.write.parquet(between.address("/".join(name)))
        _know(spark, between, *name, columns)
    except (PySparkException, Py4JError) as error:
        words = first_line(error)
        raise SparkFailed(
            f"Spark 没能构建 sql/{file.path}：{words}；未发布。可改用 --engine duckdb",
            f"Spark could not build sql/{file.path}: {words}; not published. --engine duckdb may do it",
        ) from error


def _load(connection: duckdb.DuckDBPyConnection, between: Scratch, file: SqlFile) -> None:
    """Puts the rows that Spark wrote into the model's table."""
    schema, _ = MATERIALIZATIONS[file.folder]
    written = between.download(f"{schema}/{file.name}")
    connection.execute(
        f'insert into {schema}."{file.name}" by name select * from read_parquet($files)',
        {"files": f"{written}/*.parquet"},
    )
