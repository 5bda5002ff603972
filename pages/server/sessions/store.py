"""Stores the active logins in one SQLite file, beside the other data that users create, shared by all servers.

It holds only a digest of each cookie, so reading the file does not allow logging in.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sql.errors import LinliError
from sql.paths import PROJECT

FILE = "sessions.sqlite"
# Each person keeps only the newest logins, so repeated logins cannot fill the disk.
MAX_PER_PERSON = 50
_TABLE = """
create table if not exists sessions (
    digest text primary key,
    name text not null,
    began_at real not null,
    ends_at real not null
) strict
"""


class SessionsError(LinliError):
    """Reports that the sessions file cannot be read or written; then nobody is logged in."""


@dataclass(frozen=True)
class Session:
    """Describes one login: the digest of its cookie, the user's name, its begin and its expiry as Unix times."""

    digest: str
    name: str
    began_at: float
    ends_at: float


def folder() -> Path:
    """Returns the folder of the file: LINLI_SESSIONS in the environment, else data/sessions."""
    return Path(os.environ.get("LINLI_SESSIONS") or PROJECT / "data" / "sessions")


def begin(digest: str, name: str, seconds: float) -> None:
    """Begins a login that expires after that many seconds. Raises SessionsError."""
    now = time.time()
    with _transaction() as connection:
        connection.execute("insert or replace into sessions values (?, ?, ?, ?)", (digest, name, now, now + seconds))
        connection.execute(
            "delete from sessions where ends_at <= ? or name = ? and digest not in "
            "(select digest from sessions where name = ? order by began_at desc, digest limit ?)",
            (now, name, name, MAX_PER_PERSON),
        )


def end(digest: str) -> str | None:
    """Ends the login with that digest; returns its user's name, None if it was not active. Raises SessionsError."""
    if find(digest) is None:
        return None
    with _transaction() as connection:
        row = connection.execute("delete from sessions where digest = ? returning name", (digest,)).fetchone()
    return row and str(row[0])


def end_all(name: str | None = None) -> list[Session]:
    """Ends all logins, or all of one person, and returns them. Raises SessionsError."""
    if not active_sessions():
        return []
    with _transaction() as connection:
        rows = connection.execute("delete from sessions where name = ?1 or ?1 is null returning *", (name,)).fetchall()
    return [Session(*row) for row in rows]


def active_sessions() -> dict[str, Session]:
    """Returns the logins that have not ended, by digest. Raises SessionsError."""
    now = time.time()
    return {digest: session for digest, session in _sessions().items() if session.ends_at > now}


def find(digest: str | None) -> Session | None:
    """Returns the login with that digest; None if it has ended or never began. Raises SessionsError."""
    session = _sessions().get(digest) if digest else None
    return session if session and session.ends_at > time.time() else None


def _sessions() -> Mapping[str, Session]:
    path = folder() / FILE
    try:
        with path.open("rb") as file:
            # The header counts the changes of the file, whichever process makes them (SQLite's file format, 1.3.9).
            changes, inode = file.read(28)[24:], os.fstat(file.fileno()).st_ino
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _error(path, error.strerror or str(error)) from error
    return _read(path, inode, changes)


@lru_cache(maxsize=2)
def _read(path: Path, _inode: int, _changes: bytes) -> dict[str, Session]:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=10)) as connection:
            return {row[0]: Session(*row) for row in connection.execute("select * from sessions")}
    except sqlite3.Error as error:
        raise _error(path, str(error)) from error


@contextmanager
def _transaction() -> Iterator[sqlite3.Connection]:
    """Yields a connection; commits its changes when the block ends, and none if it fails."""
    path = folder() / FILE
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Readable only by the server's user from the start; SQLite's journal beside it inherits the mode.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        with closing(sqlite3.connect(path, timeout=10)) as connection, connection:
            # Overwrites ended sessions on disk as well.
            connection.execute("pragma secure_delete = on")
            connection.execute(_TABLE)
            yield connection
    except (OSError, sqlite3.Error) as error:
        raise _error(path, str(error)) from error


def _error(path: Path, reason: str) -> SessionsError:
    return SessionsError(
        f"登录记录 {path} 不能读写（{reason}）：现在谁也不能登录；请检查磁盘空间和权限，或移走它，大家重新登录",
        f"the sessions in {path} cannot be read or written ({reason}): nobody can log in now; check the disk space and "
        "the permissions, or move the file away, after which everybody has to log in again",
    )
