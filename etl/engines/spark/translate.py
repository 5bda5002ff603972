"""Translates a model's SQL into Spark's dialect."""

from __future__ import annotations

from sqlglot import exp

from sql.files.sql_file import SqlFile, parse, tables

# Spark's types for those that models may have. Only DuckDB widens a sum of integers.
TYPES = {
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "INTEGER": "int",
    "BIGINT": "bigint",
    "HUGEINT": "bigint",
    "UINTEGER": "bigint",
    "DOUBLE": "double",
    "DATE": "date",
    "TIMESTAMP": "timestamp_ntz",
    "VARCHAR[]": "array<string>",
    "BIGINT[]": "array<bigint>",
    "DOUBLE[]": "array<double>",
}


def view_name(schema: str, table: str) -> str:
    """Returns the name of a warehouse table's view in a Spark session, which lacks the warehouse's schemas."""
    return f"{schema}__{table}"


def spark_sql(file: SqlFile) -> str:
    """Returns the file's SELECT in Spark's dialect, with every warehouse table replaced by a view of the session."""
    tree = parse(file.path, file.text).copy()
    for table in tables(tree):
        own_name = table.alias or table.name
        table.replace(exp.alias_(exp.to_table(view_name(table.db or "main", table.name)), own_name, table=True))
    return tree.sql(dialect="spark", comments=False)
