"""Keeps the models portable by rejecting SQL that Spark would compute differently from DuckDB, or not at all.

Each construct was tried on both engines. The check runs after DuckDB has accepted the models, so that the types of the
columns they read come from DuckDB itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from sql.errors import SqlFileError
from sql.files import parse_cache
from sql.files.sql_file import SqlFile, tables_of

if TYPE_CHECKING:
    from etl.engines.portability.lint import Columns


def check(connection: duckdb.DuckDBPyConnection, models: Iterable[SqlFile]) -> None:
    """Raises SqlFileError for the first model in the open database that Spark would compute differently, with the line
    and the remedy."""
    code = parse_cache.fingerprint(*map(str, sorted(Path(__file__).parent.glob("*.py"))))
    columns_by_table: dict[tuple[str, str], list[tuple[str, str]]] = {}
    rows = connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() order by column_index"
    ).fetchall()
    for schema, table, column, kind in rows:
        columns_by_table.setdefault((schema, table), []).append((column, kind))
    for file in models:
        read = sorted((schema or "main", name) for schema, name in tables_of(file.path, file.text))
        columns = tuple((*name, column, kind) for name in read for column, kind in columns_by_table.get(name, ()))
        if violation := parse_cache.get_or_compute(
            code, ("portable", file.text, columns), partial(_first_violation, file, columns)
        ):
            line, zh, en = violation
            location = f"sql/{file.path}:{line}"
            raise SqlFileError(
                f"{location}：{zh}；改正这个文件并保存即可", f"{location}: {en}; correct the file and save it"
            )


def _first_violation(file: SqlFile, columns: Columns) -> tuple[int, str, str] | None:
    # Imports sqlglot and its optimizer only for a text that is not in the cache.
    from etl.engines.portability.lint import first_violation

    return first_violation(file.path, file.text, columns)
