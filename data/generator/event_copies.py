"""The demo with many times the events, as a rows folder: what districts of a province or a country would send.

Places and people stay as they are; what is done there is multiplied: requests, activities, points and training sessions
with their attendance. Copies are made in SQL and go straight into Parquet, so however many there are they take no
memory.
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
# By table the columns that a copy has of its own. An account is of one community, and stays there.
EVENTS = {
    "requests": ("request_id",),
    "activities": ("activity_id",),
    "points": ("entry_id", "account_id"),
    "training_sessions": ("session_id",),
    "training_attendance": ("session_id",),
}
# A copy happened up to so many weeks earlier, at the same hour of the same day of the week; up to so many minutes
# earlier.
_WEEKS, _MINUTES = 9, 60


def write(source: Path, out: Path, scale: int) -> None:
    """Writes the demo's source folder as a rows folder with `scale` times its events; the same rows for the same
    arguments.

    Raises ValueError when `scale` is below 1.
    """
    if scale < 1:
        raise ValueError(f"scale {scale} is not 1 or more")
    intake = ingest_folder(source, NATIONAL_STANDARDS)
    data_date = intake.latest_event
    if data_date is None:
        raise ValueError(f"{source} holds nothing that has happened")
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(str(Path(folder) / "demo.duckdb")) as connection:
        # Rows in the order they come would have to be held until their turn.
        connection.execute("set preserve_insertion_order = false")
        # Whenever it is written, it says the same.
        load(connection, intake, data_date, datetime.combine(data_date, time()))
        connection.execute(_ATTENDEES)
        for table in rows_folder.raw_columns():
            rows_folder.write_table(connection, out, table, _select(connection, table, scale))
    rows_folder.write_manifest(out, "demo", data_date, scale)


# Who comes to the copies of a session: as many of the same district, workers for workers and partners for partners.
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
# Everyone a few places on in the list: whoever was different stays different.
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
    """The rows of a raw table `scale` times over; of one that holds no events as they are."""
    if table == "files":
        events = ", ".join(f"'{name}'" for name in EVENTS)
        counted = ", ".join(
            f"case when table_name in ({events}) then {name} * {scale} else {name} end as {name}"
            for name in ("rows_read", "rows_loaded", "rows_rejected", "rows_duplicate")
        )
        return f"select * replace ({counted}) from raw.files"
    if table not in EVENTS or scale == 1:
        return f'select * from raw."{table}"'
    key = EVENTS[table][0]
    dates = [
        name
        for name, kind in rows_folder.raw_columns()[table].items()
        if kind in ("DATE", "TIMESTAMP") and name != "loaded_at"
    ]
    first = fetch_value(connection.execute("select min(month) from raw.months"))
    # Nothing is moved to before the calendar, where it would be in no month that is told of.
    earliest = f"least({', '.join(dates)})" if dates else "null::date"
    moved = {name: f"({name} - earlier)::{rows_folder.raw_columns()[table][name]}" for name in dates} | {
        name: f"{name} || '-' || copy" for name in EVENTS[table]
    }
    replaced = ", ".join(f"{what} as {name}" for name, what in moved.items())
    minutes = f"((draw // {_WEEKS}) % {_MINUTES})" if "TIMESTAMP" in rows_folder.raw_columns()[table].values() else "0"
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
        (draw % {_WEEKS}) * interval 7 days + {minutes} * interval 1 minute as back,
        {earliest} as earliest,
    from drawn
),
moved as (
    select *, case when earliest - back >= date '{first}' then back else interval 0 days end as earlier
    from placed
),
copied as (
    select * exclude (draw, back, earliest, earlier) replace ({replaced})
    from moved
)
select *
from raw."{table}"
union all by name
select * exclude (copy)
from ({_ATTENDANCE_COPIED if table == "training_attendance" else "select * from copied"}) as events
"""
