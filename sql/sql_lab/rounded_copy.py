"""Makes the copy of a version that statements are answered from for files: what can be asked, with counts of people
rounded.

Nobody can tell which numbers of a statement count people, nor whether a text was one. So each count is rounded where it
stands, and whatever a statement makes of the tables is made of rounded counts.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import duckdb

from sql.security import disclosure, row_filter
from sql.semantic.files.sql_file import SqlFile
from sql.sql_lab import tables
from sql.warehouse import Version

_WHOLE = "whole"


def copy_rounded(version: Version) -> Path:
    """Returns a file beside the version that holds the tables that can be asked, of the version's area, with counts of
    people rounded; made once."""
    exact = version.path if version.area is None else row_filter.copy_area(version.path, version.area)
    into = version.path.with_name(f"{version.path.stem}.within-{version.area or 'all'}.rounded.part")
    if not into.is_file():
        with tempfile.TemporaryDirectory(dir=into.parent, prefix=f"{into.name}.") as aside:
            made = Path(aside) / "copy"
            with duckdb.connect(str(made)) as connection:
                connection.execute(f"attach '{row_filter.escape_path(exact)}' as {_WHOLE} (read_only)")
                for file in tables.models(version):
                    _copy(connection, file, version.rounding_key)
                connection.execute(f"detach {_WHOLE}")
            os.replace(made, into)
    return into


def _copy(connection: duckdb.DuckDBPyConnection, file: SqlFile, key: str) -> None:
    schema = tables.schema_of(file)
    rows = f'select * from {_WHOLE}.{schema}."{file.name}"'  # noqa: S608  names of our own files
    # The same people month after month: what says which row it is holds no date.
    columns = {
        name: not is_number and not kind.startswith(("DATE", "TIMESTAMP"))
        for name, kind, is_number in connection.execute(
            "select column_name, data_type, numeric_precision is not null or data_type like '%[]' "
            "or data_type like 'STRUCT%' from duckdb_columns() where database_name = $whole and schema_name = $schema "
            "and table_name = $table order by column_index",
            {"whole": _WHOLE, "schema": schema, "table": file.name},
        ).fetchall()
    }
    sql = disclosure.rounded_query_sql(file, rows, columns, None)
    connection.execute(f"create schema if not exists {schema}")
    connection.execute(
        f'create table {schema}."{file.name}" as {sql}',
        {disclosure.KEY_PARAMETER: key} if disclosure.KEY_PARAMETER in sql else None,
    )
