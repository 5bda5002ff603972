"""Keeps the models portable: what DuckDB and Spark would compute differently, or Spark not at all, is refused.

Each construct was tried on both. The models of a version are looked at once DuckDB has accepted them, so that the types
of the columns they read are DuckDB's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from sql.errors import SqlFileError
from sql.semantic.files import parse_cache
from sql.semantic.files.sql_file import SqlFile, tables_of

if TYPE_CHECKING:
    from etl.engines.portability.lint import Columns


def check(connection: duckdb.DuckDBPyConnection, models: Iterable[SqlFile]) -> None:
    """Raises SqlFileError for the first of the models in the open database that would not be the same on Spark, with
    its line and the remedy."""
    code = parse_cache.fingerprint(*map(str, sorted(Path(__file__).parent.glob("*.py"))))
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    listed = connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() order by column_index"
    ).fetchall()
    for schema, table, column, kind in listed:
        found.setdefault((schema, table), []).append((column, kind))
    for file in models:
        read = sorted((schema or "main", name) for schema, name in tables_of(file.path, file.text))
        columns = tuple((*name, column, kind) for name in read for column, kind in found.get(name, ()))
        if wrong := parse_cache.get_or_compute(
            code, ("portable", file.text, columns), partial(_first_wrong, file, columns)
        ):
            line, zh, en = wrong
            place = f"sql/{file.path}:{line}"
            raise SqlFileError(f"{place}：{zh}；改正这个文件并保存即可", f"{place}: {en}; correct the file and save it")


def _first_wrong(file: SqlFile, columns: Columns) -> tuple[int, str, str] | None:
    # sqlglot and its optimizer are imported where a text is in no cache yet.
    from etl.engines.portability.lint import first_violation

    return first_violation(file.path, file.text, columns)
