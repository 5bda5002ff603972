"""Copies the tables of a version that the SQL lab may query, with counts of people rounded, for exports.

It is impossible to tell which numbers in a statement's result count people, or whether a text was computed from one. So
the counts are rounded in the tables, and everything that a statement computes is based on rounded counts.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import duckdb

from sql.files.sql_file import SqlFile
from sql.security import disclosure, row_filter
from sql.sql_lab import tables
from sql.warehouse import Version

_WHOLE = "whole"


def copy_rounded(version: Version) -> Path:
    """Returns a file beside the version with the tables that the SQL lab may query, limited to the version's area, with
    counts of people rounded; created on first use."""
    exact = version.path if version.area is None else row_filter.copy_area(version.path, version.area)
    target = version.path.with_name(f"{version.path.stem}.within-{version.area or 'all'}.rounded.part")
    if not target.is_file():
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f"{target.name}.") as folder:
            copy = Path(folder) / "copy"
            with duckdb.connect(str(copy)) as connection:
                connection.execute(f"attach '{row_filter.escape_path(exact)}' as {_WHOLE} (read_only)")
                for file in tables.models(version):
                    _copy(connection, file, version.rounding_key)
                connection.execute(f"detach {_WHOLE}")
            os.replace(copy, target)
    return target


def _copy(connection: duckdb.DuckDBPyConnection, file: SqlFile, key: str) -> None:
    schema = tables.schema_of(file)
    rows = f'select * from {_WHOLE}.{schema}."{file.name}"'  # noqa: S608  names of our own files
    # The same people appear month after month, so dates are not part of a row's identity.
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
