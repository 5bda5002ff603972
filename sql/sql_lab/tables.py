"""Lists the tables that users may query in the SQL lab, with their columns: those whose files opt in.

Only the file that the version was built with counts, because the build has verified that its rows describe no single
person (etl/build/anonymity). Later changes to the file have no effect until the next build.
"""

from __future__ import annotations

from functools import lru_cache

import duckdb
import polars as pl

from sql.files import sql_file
from sql.files.sql_file import SqlFile, Text
from sql.semantic.catalog import catalog
from sql.warehouse import Version

# In display order.
SCHEMAS = ("main", "intermediate", "staging")
_FOLDERS = {"main": "marts", "intermediate": "intermediate", "staging": "staging"}
_SCHEMAS = {folder: schema for schema, folder in _FOLDERS.items()}


@lru_cache(maxsize=32)
def columns(version: Version) -> pl.DataFrame:
    """Returns a row for each column that can be queried: schema, table, column, type; in the order of the tables."""
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
    """Returns the files that offer their tables, as the version was built with them."""
    texts = version.rows("select path, text from meta.sql_files order by path")
    files = [sql_file.read(path, text) for path, text in texts.iter_rows() if path.split("/", 1)[0] in _SCHEMAS]
    return [file for file in files if file.header.get(catalog.SQL_LAB) in (catalog.NO_PERSON, catalog.GROUPS)]


def schema_of(file: SqlFile) -> str:
    """Returns the schema of a model's table."""
    return _SCHEMAS[file.folder]


def tables(version: Version) -> list[tuple[str, str]]:
    """Returns the tables that can be queried, each as schema and name, in display order."""
    return columns(version).select("schema", "table").unique(maintain_order=True).rows()


def title(schema: str, table: str) -> Text:
    """Returns a table's title, from its file."""
    file = catalog.current_files().get(f"{_FOLDERS[schema]}/{table}.sql")
    return file.title if isinstance(file, SqlFile) else Text(table, table)


def column_titles(version: Version) -> dict[str, str]:
    """Returns the Chinese titles of the columns that the contracts name, by column; empty for a version that was built
    without them."""
    try:
        return dict(version.rows("select name, title from meta.column_titles").iter_rows())
    except duckdb.CatalogException:
        return {}
