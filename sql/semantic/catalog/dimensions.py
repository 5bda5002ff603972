"""Finds the dimensions and filters of a mart, including those of marts that hold the same data in more detail."""

from __future__ import annotations

from functools import lru_cache

from sql.files.columns import AREA_DIMENSIONS, IDENTIFIERS, MEASURES, TIME_DIMENSIONS
from sql.files.sql_file import SqlFile, columns, read
from sql.semantic.scope import Scope
from sql.warehouse import Version


@lru_cache(maxsize=256)
def mart_columns(version: Version, mart: str) -> dict[str, str]:
    """Returns the columns of a mart with their DuckDB types; empty if there is no such mart."""
    rows = version.rows(
        "select column_name, data_type from information_schema.columns "
        "where table_catalog = current_database() and table_schema = 'main' and table_name = $mart "
        "order by ordinal_position",
        {"mart": mart},
    )
    return dict(rows.iter_rows())


def columns_hash(version: Version) -> str:
    """Returns a hash of everything in a version that a file of sql/ can name: tables and columns with DuckDB types."""
    return version.rows(
        "select sha256(string_agg(concat_ws(' ', schema_name, table_name, column_name, data_type), chr(10) "
        "order by schema_name, table_name, column_index)) from duckdb_columns() where not internal"
    ).item()


@lru_cache(maxsize=256)
def detail_marts(version: Version, mart: str) -> tuple[str, ...]:
    """Returns a mart followed by the marts that its header names in `rollup_of`, fewest rows first.

    Aggregating a detail mart returns the same numbers as the mart itself. It is read when a query names a dimension
    that only the detail mart has.
    """
    path = f"marts/{mart}.sql"
    details = rollup_of(read(path, version.sql_file(path) or "", ()))
    if not details:
        return (mart,)
    rows = version.rows(
        "select table_name from duckdb_tables() where schema_name = 'main' and list_contains($details, table_name) "
        "order by estimated_size, table_name",
        {"details": tuple(details)},
    )
    return (mart, *rows["table_name"])


def rollup_of(file: SqlFile) -> list[str]:
    """Returns the marts that the file's header names in `rollup_of`: the same columns in more detail."""
    return [name.strip() for name in file.header.get("rollup_of", "").split(",") if name.strip()]


def dimensions(version: Version, mart: str) -> list[str]:
    """Returns what a mart can be grouped and filtered by: area levels, time, its own text and boolean columns, and
    those of its detail marts.

    Identifiers (`…_id`) are counted, not grouped by. A column with a measure's name would shadow that measure, so it
    is excluded.
    """
    areas = [name for name in AREA_DIMENSIONS if name in mart_columns(version, mart)]
    own = dict.fromkeys(name for detail in detail_marts(version, mart) for name in _own_dimensions(version, detail))
    return [*areas, *TIME_DIMENSIONS, *own]


def _own_dimensions(version: Version, mart: str) -> list[str]:
    return [
        name
        for name, kind in mart_columns(version, mart).items()
        if (kind in ("VARCHAR", "BOOLEAN") or kind.startswith("ENUM"))
        and not name.endswith("_id")
        and name not in (*AREA_DIMENSIONS, *MEASURES)
    ]


def filters(version: Version, mart: str) -> list[str]:
    """Returns what a mart can be filtered by: its dimensions except time, and identifiers that are not a person's."""
    columns_of_all = {name for detail in detail_marts(version, mart) for name in mart_columns(version, detail)}
    identifiers = [name for name in IDENTIFIERS if name in columns_of_all]
    return [name for name in dimensions(version, mart) if name not in TIME_DIMENSIONS] + identifiers


def choose_mart(scope: Scope, file: SqlFile, mart: str, by: tuple[str, ...]) -> str:
    """Returns the mart to read for a query: the mart itself or, failing that, the detail mart with the fewest rows that
    has every column named by the query and by the file's own SELECT."""
    details = detail_marts(scope.version, mart)
    needed = {name for name in (*by, *(name for name, _ in scope.where)) if name not in TIME_DIMENSIONS}
    needed |= columns(file.path, file.text) & set(mart_columns(scope.version, mart))
    return next((detail for detail in details if needed <= set(mart_columns(scope.version, detail))), mart)
