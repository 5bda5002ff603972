"""Which tables the workbench lets people ask, with their columns: the marts, what they stand on, and the tables as they
were sent, but for those that tell of single people or hold cells that nobody has looked at."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from sql import catalog
from sql.files import SqlFile, Text
from sql.warehouse import Version

# In the order they are shown.
SCHEMAS = ("main", "bases", "staging")
_FOLDERS = {"main": "marts", "bases": "bases", "staging": "staging"}
# A table with one of these has a row for each person by name, birth or pay.
_PERSONAL = ("worker_name", "birth_date", "monthly_pay", "person_number", "name", "phone", "id_number")
# Cells as they stand in districts' files, and the keys of rows.
_AS_SENT = ("rejects", "rejected_rows", "claims")


@lru_cache(maxsize=32)
def columns(version: Version) -> pl.DataFrame:
    """A row for each column that can be asked: schema, table, column, type; in the order of the tables."""
    return version.rows(
        """
        with known as (
            select
                schema_name as schema, table_name as table, column_name as column, lower(data_type) as type,
                column_index
            from duckdb_columns()
            where database_name = current_database() and list_contains($schemas, schema_name) and not internal
        )
        select schema, "table", "column", type
        from known
        where not list_contains($as_sent, "table")
            and (schema, "table") not in (select (schema, "table") from known where list_contains($personal, "column"))
        order by list_position($schemas, schema), "table", column_index
        """,
        {"schemas": SCHEMAS, "as_sent": _AS_SENT, "personal": _PERSONAL},
    )


def tables(version: Version) -> list[tuple[str, str]]:
    """The tables that can be asked, each its schema and name, in the order they are shown."""
    return columns(version).select("schema", "table").unique(maintain_order=True).rows()


def title(schema: str, table: str) -> Text:
    """What a table is called: the title of its file."""
    file = catalog.current().get(f"{_FOLDERS[schema]}/{table}.sql")
    return file.title if isinstance(file, SqlFile) else Text(table, table)
