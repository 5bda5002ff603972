"""A model's text in Spark's SQL."""

from __future__ import annotations

from sqlglot import exp

from sql.semantic.files.sql_file import SqlFile, parse, tables

# The types that models may have, as Spark has them. A sum of whole numbers is wider in DuckDB alone.
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
}


def view_name(schema: str, table: str) -> str:
    """What a table of the warehouse is called in a Spark session, which has no schemas of ours."""
    return f"{schema}__{table}"


def spark_sql(file: SqlFile) -> str:
    """The file's SELECT as Spark runs it, every table of the warehouse a view of that session."""
    tree = parse(file.path, file.text).copy()
    for table in tables(tree):
        own_name = table.alias or table.name
        table.replace(exp.alias_(exp.to_table(view_name(table.db or "main", table.name)), own_name, table=True))
    return tree.sql(dialect="spark", comments=False)
