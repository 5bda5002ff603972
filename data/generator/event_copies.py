"""Writes the demo with many times the events as a rows folder, as large as the data of a province or a country.

Areas and people stay unchanged; their requests, activities, points and training sessions with attendance are
multiplied. SQL makes the copies and writes them straight to Parquet, so they take no memory, however many there are.
"""

from __future__ import annotations

import tempfile
from datetime import datetime, time
from pathlib import Path

import duckdb

from etl.build import rows_folder
from etl.build.load import load
from etl.ingest.pipeline import ingest_folder
from sql.paths import PROJECT
from sql.warehouse import fetch_value

NATIONAL_STANDARDS = PROJECT / "data" / "standards.csv"
# The columns of each table that get new values in a copy. An account belongs to one community and stays there.
EVENTS = {
    "requests": ("request_id",),
    "activities": ("activity_id",),
    "points": ("entry_id", "account_id"),
    "training_sessions": ("session_id",),
    "training_attendance": ("session_id",),
}
# A copy happened up to this many weeks earlier, on the same weekday at about the same hour: up to this many minutes
# earlier.
_MAX_WEEKS, _MAX_MINUTES = 9, 60


def write(source: Path, out: Path, scale: int) -> None:
    """Writes the demo's source folder as a rows folder with `scale` times its events.

    The same arguments give the same rows. Raises ValueError where `scale` is below 1 or the source has no events.
    """
    if scale < 1:
        raise ValueError(f"scale {scale} is less than 1")
    ingest_result = ingest_folder(source, NATIONAL_STANDARDS)
    data_date = ingest_result.latest_event
    if data_date is None:
        raise ValueError(f"{source} contains no events")
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(str(Path(folder) / "demo.duckdb")) as connection:
        # Preserving insertion order would keep rows in memory until their turn.
        connection.execute("set preserve_insertion_order = false")
        # A fixed loading time makes the output independent of when it is written.
        load(connection, ingest_result, data_date, datetime.combine(data_date, time()))
        connection.execute(_ATTENDEES)
        for table in rows_folder.raw_columns():
            rows_folder.write_table(connection, out, table, _select(connection, table, scale))
    rows_folder.write_manifest(out, "demo", data_date, ingest_result.declared_day, scale)


# The attendees of copied sessions: as many from the same district, workers for workers and partners for partners.
_ATTENDEES = """
create temp table attendees as
select
    source_district,
    attendee_id,
    is_worker,
    row_number() over (partition by source_district, is_worker order by attendee_id) - 1 as number,
    count(*) over (partition by source_district, is_worker) as of_them,
from (
    select distinct
        source_district,
        attendee_id,
        exists (from raw.workers where worker_id = attendee_id) as is_worker,
    from raw.training_attendance
)
"""
# Each attendee is replaced by the one a few positions later in the list, so different attendees stay different.
_ATTENDANCE_COPIED = """
select copied.* replace (others.attendee_id as attendee_id)
from copied
inner join temp.attendees as attendees
    on copied.source_district = attendees.source_district
    and copied.attendee_id = attendees.attendee_id
inner join temp.attendees as others
    on attendees.source_district = others.source_district
    and attendees.is_worker = others.is_worker
    and (attendees.number + copied.copy) % attendees.of_them = others.number
"""


def _select(connection: duckdb.DuckDBPyConnection, table: str, scale: int) -> str:
    """Returns the SELECT for the rows of a raw table, `scale` times over where the table holds events."""
    if table == "files":
        events = ", ".join(f"'{name}'" for name in EVENTS)
        replacements = ", ".join(
            f"case when table_name in ({events}) then {name} * {scale} else {name} end as {name}"
            for name in ("rows_read", "rows_loaded", "rows_rejected", "rows_duplicate")
        )
        return f"select * replace ({replacements}) from raw.files"
    if table not in EVENTS or scale == 1:
        return f'select * from raw."{table}"'
    key = EVENTS[table][0]
    dates = [
        name
        for name, kind in rows_folder.raw_columns()[table].items()
        if kind in ("DATE", "TIMESTAMP") and name != "loaded_at"
    ]
    first = fetch_value(connection.execute("select min(month) from raw.months"))
    # No event is moved to before the calendar, where it would be in no reported month.
    earliest = f"least({', '.join(dates)})" if dates else "null::date"
    expressions = {name: f"({name} - earlier)::{rows_folder.raw_columns()[table][name]}" for name in dates} | {
        name: f"{name} || '-' || copy" for name in EVENTS[table]
    }
    replacements = ", ".join(f"{expression} as {name}" for name, expression in expressions.items())
    minutes = (
        f"((draw // {_MAX_WEEKS}) % {_MAX_MINUTES})"
        if "TIMESTAMP" in rows_folder.raw_columns()[table].values()
        else "0"
    )
    return f"""
with
drawn as (
    select *, hash({key}, copy) as draw
    from raw."{table}"
    cross join range(1, {scale}) as copies(copy)
),
placed as (
    select
        *,
        (draw % {_MAX_WEEKS}) * interval 7 days + {minutes} * interval 1 minute as back,
        {earliest} as earliest,
    from drawn
),
moved as (
    select *, case when earliest - back >= date '{first}' then back else interval 0 days end as earlier
    from placed
),
copied as (
    select * exclude (draw, back, earliest, earlier) replace ({replacements})
    from moved
)
select *
from raw."{table}"
union all by name
select * exclude (copy)
from ({_ATTENDANCE_COPIED if table == "training_attendance" else "select * from copied"}) as events
"""
