"""Lists the tables that people may ask at the workbench, with their columns: those whose files say so.

What counts is the file that the version was built with: of that the build has proved that it tells of no single person
(etl/build/anonymity), and neither a file that was changed since nor a version of before says more.
"""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from sql.semantic.files import catalog, sql_file
from sql.semantic.files.sql_file import SqlFile, Text
from sql.warehouse import Version

# In the order they are shown.
SCHEMAS = ("main", "intermediate", "staging")
_FOLDERS = {"main": "marts", "intermediate": "intermediate", "staging": "staging"}
_SCHEMAS = {folder: schema for schema, folder in _FOLDERS.items()}


@lru_cache(maxsize=32)
def columns(version: Version) -> pl.DataFrame:
    """Returns a row for each column that can be asked: schema, table, column, type; in the order of the tables."""
    return version.rows(
        """
        select schema_name as schema, table_name as table, column_name as column, lower(data_type) as type
        from duckdb_columns()
        where database_name = current_database() and not internal
            and list_contains($offered, schema_name || '.' || table_name)
        order by list_position($schemas, schema_name), table_name, column_index
        """,
        {"schemas": SCHEMAS, "offered": tuple(f"{schema_of(file)}.{file.name}" for file in models(version))},
    )


def models(version: Version) -> list[SqlFile]:
    """Returns the files, as the version was built with them, that offer their tables."""
    built_with = version.rows("select path, text from meta.sql_files order by path")
    built = [sql_file.read(path, text) for path, text in built_with.iter_rows() if path.split("/", 1)[0] in _SCHEMAS]
    return [file for file in built if file.header.get(catalog.SQL_LAB) in (catalog.NO_PERSON, catalog.GROUPS)]


def schema_of(file: SqlFile) -> str:
    """Returns the schema that a model's table lies in."""
    return _SCHEMAS[file.folder]


def tables(version: Version) -> list[tuple[str, str]]:
    """Returns the tables that can be asked, each its schema and name, in the order they are shown."""
    return columns(version).select("schema", "table").unique(maintain_order=True).rows()


def title(schema: str, table: str) -> Text:
    """Returns what a table is called: the title of its file."""
    file = catalog.current_files().get(f"{_FOLDERS[schema]}/{table}.sql")
    return file.title if isinstance(file, SqlFile) else Text(table, table)
