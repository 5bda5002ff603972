"""Stores the state and the decisions of meetings in one SQLite file beside the playlists, outside the warehouse's
versions.

Several servers, and the screens and phones of a meeting, read and write it concurrently.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pages.meeting import playlist

FILE = "meetings.sqlite"
_TABLES = """
create table if not exists shows (
    code text primary key,
    playlist text not null,
    area_code text,
    period text not null,
    version text,
    began_in text,
    position integer not null default 0,
    turn integer not null default 0,
    is_paused integer not null default 0,
    started_at text not null
) strict;
create table if not exists decisions (
    id integer primary key,
    playlist text not null,
    metric text not null,
    area_code text,
    period text not null,
    value real,
    task text not null,
    owner text not null,
    due_on text not null,
    decided_on text not null,
    done_on text
) strict;
"""


def path() -> Path:
    """Returns the path of the file, which belongs in the backup with the playlists."""
    return playlist.folder() / FILE


def change_count() -> int:
    """Returns the number of changes to the file, as its header counts them (SQLite's file format, 1.3.9); 0 before
    the first."""
    try:
        with path().open("rb") as file:
            return int.from_bytes(file.read(28)[24:], "big")
    except FileNotFoundError:
        return 0


@contextmanager
def transaction() -> Iterator[sqlite3.Connection]:
    """Yields a connection; commits its changes when the block ends, and none if it fails."""
    playlist.folder().mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path(), timeout=10)
    connection.row_factory = sqlite3.Row
    try:
        if not _has_tables(connection):
            connection.executescript(_TABLES)
        if not _has_column(connection, "shows", "began_in"):
            # The file is older than this column.
            connection.execute("alter table shows add column began_in text")
        with connection:
            yield connection
    finally:
        connection.close()


def _has_column(connection: sqlite3.Connection, table: str, column: str) -> bool:
    return (
        connection.execute("select count(*) from pragma_table_info(?) where name = ?", (table, column)).fetchone()[0]
        == 1
    )


def _has_tables(connection: sqlite3.Connection) -> bool:
    return (
        connection.execute("select count(*) from sqlite_schema where name in ('shows', 'decisions')").fetchone()[0] == 2
    )


def change_message(changed: Path) -> str:
    """Returns the message to open pages for a changed meeting file; for shows and decisions it has a running number."""
    return f"meeting {change_count()}" if changed.name == FILE else "meeting"
