"""The demo's version with the rows of what is done multiplied: more to add up in the same places and months.

Copying the places would not do: there are codes for 49 copies, and a city would have as few rows as before.
"""
from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from etl import versions
from etl.build import rebuild_models
from etl.contracts import registered
from sql import warehouse
from sql.warehouse import Version

# The version that holds the multiplied rows, before models are built from them.
_ROWS = "multiplied"
FAMILIES = ("activity", "partner", "training")
# What says where a row belongs; a copy takes all of it from one row: its grid lies in its community.
_PLACE = ("area_code", "community_code", "grid_code")
# The people of the roster, the estates and the premises are as many as before.
_KEPT = ("worker_id", "attendee_id", "estate_id", "place_id")


def version(of: Version, folder: Path, times: int) -> Version:
    """The same version with `times` as many rows in the tables of FAMILIES, its models built anew from sql/
    as it is; the rows are multiplied once below `folder`.

    A copy has identifiers of its own, happened up to 60 days earlier, and lies where another row of its table
    and district lies; what else is in a row stays together.
    """
    into = folder / f"multiplied-{times}"
    if not (into / warehouse.POINTER).is_file():
        with versions.building(into) as path:
            shutil.copyfile(of.path, path)
            with duckdb.connect(str(path)) as connection:
                connection.execute("select setseed(0.5)")
                for name, table in registered().items():
                    if table.family in FAMILIES:
                        _multiply(connection, name, times)
            versions.publish(into, path, _ROWS)
    versions.point(into, _ROWS)
    rebuild_models(into)
    built = warehouse.current(into)
    # Each takes gigabytes.
    for name in set(versions.names(into)) - {_ROWS, built.name}:
        (into / warehouse.VERSIONS / f"{name}.duckdb").unlink()
    return built


def _multiply(connection: duckdb.DuckDBPyConnection, table: str, times: int) -> None:
    types = dict(connection.execute(
        "select column_name, data_type from duckdb_columns() "
        "where schema_name = 'raw' and table_name = $table",
        {"table": table},
    ).fetchall())
    changed = {column: f"elsewhere.{column}" for column in _PLACE if column in types}
    for column, kind in types.items():
        if column.endswith("_id") and column not in _KEPT:
            changed[column] = f"copied.{column} || '-' || copied.copy"
        elif kind in ("DATE", "TIMESTAMP") and column != "loaded_at":
            changed[column] = f"(copied.{column} - copied.days * interval 1 day)::{kind}"
    replaced = ", ".join(f"{what} as {column}" for column, what in changed.items())
    connection.execute(
        f"""
        create table raw.multiplied as
        with
        numbered as (
            select
                *,
                row_number() over (partition by source_district) as number,
                count(*) over (partition by source_district) as rows_of_district,
            from raw.{table}
        ),
        copied as (
            select
                numbered.*,
                copy,
                floor(random() * 61)::integer as days,
                1 + floor(random() * rows_of_district)::bigint as other,
            from numbered
            cross join range(1, $times) as copies(copy)
        )
        select * from raw.{table}
        union all by name
        select copied.* exclude (number, rows_of_district, copy, days, other) replace ({replaced})
        from copied
        inner join numbered as elsewhere
            on copied.source_district = elsewhere.source_district
            and copied.other = elsewhere.number
        """,
        {"times": times},
    )
    connection.execute(f"drop table raw.{table}")
    connection.execute(f"alter table raw.multiplied rename to {table}")
