"""What can be asked of a mart: its dimensions and filters, and those of the marts that hold the same in more detail."""

from __future__ import annotations

from functools import lru_cache

from sql.semantic.files.sql_file import SqlFile, columns, read
from sql.semantic.scope import LEVELS, Scope
from sql.warehouse import Version

AREA_DIMENSIONS = ("place", *LEVELS)
# A mart with this column holds rows of areas at every level: it is read at the area itself, never added up from below.
AREA_CODE = "area_code"
TIME_DIMENSIONS = ("month", "quarter", "year")
# A partner, a zone or an estate may be looked at alone; a worker, a post-holder or an account may not.
IDENTIFIERS = ("partner_id", "zone_id", "estate_id")
PERSON_IDS = ("worker_id", "attendee_id", "holder_id", "recipient_id", "account_id")
MEASURES = ("value", "numerator", "denominator", "standard")


@lru_cache(maxsize=256)
def mart_columns(version: Version, mart: str) -> dict[str, str]:
    """The columns of a mart with their DuckDB types; empty where there is no such mart."""
    rows = version.rows(
        "select column_name, data_type from information_schema.columns "
        "where table_catalog = current_database() and table_schema = 'main' and table_name = $mart "
        "order by ordinal_position",
        {"mart": mart},
    )
    return dict(rows.iter_rows())


def columns_hash(version: Version) -> str:
    """Returns a hash of all that a file of sql/ can name in a version: tables and their columns with DuckDB types."""
    return version.rows(
        "select sha256(string_agg(concat_ws(' ', schema_name, table_name, column_name, data_type), chr(10) "
        "order by schema_name, table_name, column_index)) from duckdb_columns() where not internal"
    ).item()


@lru_cache(maxsize=256)
def detail_marts(version: Version, mart: str) -> tuple[str, ...]:
    """Returns a mart, and after it those that its header says it is the `rollup_of`, the fewest rows first.

    What such a mart adds up gives the same as the mart named: it is read where a question names a dimension that only
    it has.
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
    """Returns the marts that hold the same columns as this one in more detail, as its header says."""
    return [name.strip() for name in file.header.get("rollup_of", "").split(",") if name.strip()]


def dimensions(version: Version, mart: str) -> list[str]:
    """What a mart can be grouped and filtered by: area levels, time, and its own columns of text and booleans, and
    those of the marts in more detail.

    Identifiers (`…_id`) are counted, not grouped by; a column called as a measure would stand in its place.
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
    """What a mart can be filtered by: its dimensions without time, and the identifiers of what is no person."""
    there = {name for detail in detail_marts(version, mart) for name in mart_columns(version, detail)}
    own = [name for name in IDENTIFIERS if name in there]
    return [name for name in dimensions(version, mart) if name not in TIME_DIMENSIONS] + own


def choose_mart(scope: Scope, file: SqlFile, mart: str, by: tuple[str, ...]) -> str:
    """The mart to read for a question: of those in more detail the one with the fewest rows that has all that the
    question and the file's own SELECT name."""
    details = detail_marts(scope.version, mart)
    named = {name for name in (*by, *(name for name, _ in scope.where)) if name not in TIME_DIMENSIONS}
    named |= columns(file.path, file.text) & set(mart_columns(scope.version, mart))
    return next((detail for detail in details if named <= set(mart_columns(scope.version, detail))), mart)
