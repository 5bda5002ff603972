"""Finds the source tables whose rows a metric counts."""

from __future__ import annotations

import re
from functools import lru_cache

from sql.files import sql_file
from sql.files.columns import AREA_CODE
from sql.files.sql_file import SqlFile
from sql.semantic.catalog.dimensions import mart_columns
from sql.warehouse import Version

# Area divisions exist everywhere, and a district without standards of its own inherits those above it.
_NEVER_MISSED = frozenset({"areas", "standards"})


def source_tables(version: Version, file: SqlFile, mart: str) -> tuple[frozenset[str], frozenset[str]]:
    """Returns the source tables behind a metric: the table that its mart counts, and those of the columns it sums.

    A mart declares columns from another table in its header: `-- column_sources: table (column, …), …`.
    """
    return _source_tables(version, file.path, file.text, mart)


@lru_cache(maxsize=4096)
def _source_tables(version: Version, path: str, text: str, mart: str) -> tuple[frozenset[str], frozenset[str]]:
    if AREA_CODE in mart_columns(version, mart):
        # Lists in force are read at the area itself, not summed over its districts.
        return frozenset(), frozenset()
    mart_path = f"marts/{mart}.sql"
    mart_text = version.sql_file(mart_path)
    if mart_text is None:
        # DuckDB's error names the mart that is not there.
        return frozenset(), frozenset()
    header = sql_file.read(mart_path, mart_text).header
    metric_columns = sql_file.columns(path, text)
    others = {table for table, columns in column_sources(header).items() if metric_columns & columns}
    return frozenset({header["source_table"]} - _NEVER_MISSED), frozenset(others)


def column_sources(header: dict[str, str]) -> dict[str, set[str]]:
    """Returns the mart's columns that come from another table than the one it counts, by that table."""
    return {
        table: {column.strip() for column in columns.split(",")}
        for table, columns in re.findall(r"(\w+) \(([^)]*)\)", header.get("column_sources", ""))
    }
