"""Manages the versions of the warehouse on disk: built aside, published by moving a pointer, never overwritten."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

import duckdb

from sql.errors import WarehouseError
from sql.warehouse import PIN_SUFFIX, POINTER, VERSIONS, checksum_file, is_intact, read_pointer, version_names

MAX_VERSIONS = 14
_PINNED_SECONDS = 24 * 3600
_STAMP = "%Y%m%dT%H%M%S%f"
_NAME = re.compile(r"\d{8}T\d{9}-[0-9a-f]{8}")


@contextmanager
def open_build(warehouse: Path) -> Iterator[Path]:
    """Yields the path to build at while holding the warehouse's build lock.

    Removes what a killed build left behind. Raises WarehouseError, naming the other process, where one is building.
    """
    (warehouse / VERSIONS).mkdir(parents=True, exist_ok=True)
    lock = _acquire_lock(warehouse)
    path = warehouse / "building.duckdb"
    try:
        remove(path)
        yield path
    finally:
        remove(path)
        lock.close()


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """Returns a connection to the file of a build, creating the file if necessary.

    There is no write-ahead log: a build that ends early is discarded, so its two hundred statements need not wait for
    the disk one by one. The data are on disk once the connection is closed.
    """
    connection = duckdb.connect(config={"temp_directory": f"{path}.tmp"})
    file = str(path).replace("'", "''")
    connection.execute(f"attach '{file}' as building (recovery_mode 'no_wal_writes')")
    connection.execute("use building")
    return connection


def clone_connection(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Returns another connection to the open file of a build, for use in another thread."""
    clone = connection.cursor()
    # A cursor does not inherit the database in use.
    clone.execute("use building")
    return clone


def _acquire_lock(warehouse: Path) -> TextIO:
    """Returns the lock of a warehouse, held until closed; the system releases it when a process is killed."""
    lock = (warehouse / "building.lock").open("a+", encoding="utf-8", errors="replace")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        holder = lock.read().strip() or "?"
        lock.close()
        raise WarehouseError(
            f"{warehouse} 正由另一个进程构建（PID {holder}），请等它结束",
            f"another process is building in {warehouse} (PID {holder}); wait until it finishes",
        ) from error
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def version_name(warehouse: Path, now: datetime, content: str) -> str:
    """Returns the name of a version built now: its time and a hash of the SQL it was built with.

    Names stay in ascending order even where the clock has been set back.
    """
    stamps = [
        datetime.strptime(name.split("-")[0], _STAMP) for name in version_names(warehouse) if _NAME.fullmatch(name)
    ]
    stamp = max([now, *(earlier + timedelta(milliseconds=1) for earlier in stamps)])
    return f"{stamp:%Y%m%dT%H%M%S}{stamp.microsecond // 1000:03d}-{content[:8]}"


def publish(warehouse: Path, built: Path, name: str) -> None:
    """Stores the built file as version `name`, points to it and removes the oldest versions."""
    target = warehouse / VERSIONS / f"{name}.duckdb"
    with built.open("rb") as content:
        checksum = hashlib.file_digest(content, "sha256").hexdigest()
    _flush(built)
    _write(checksum_file(target), checksum)
    os.replace(built, target)
    _flush(target.parent)
    set_pointer(warehouse, name)
    for old in version_names(warehouse)[:-MAX_VERSIONS]:
        if old != name and not _is_pinned(warehouse / VERSIONS / f"{old}.duckdb"):
            remove(warehouse / VERSIONS / f"{old}.duckdb")
    for pattern in ("*.sha256", f"*{PIN_SUFFIX}"):
        for sidecar in (warehouse / VERSIONS).glob(pattern):
            if not sidecar.with_suffix(".duckdb").exists():
                sidecar.unlink()
    # Copies of versions for users of one area, and leftovers of making them.
    for copy in (warehouse / VERSIONS).glob("*.within-*"):
        if not copy.with_name(copy.name.partition(".within-")[0] + ".duckdb").exists():
            if copy.is_dir():
                shutil.rmtree(copy, ignore_errors=True)
            else:
                copy.unlink(missing_ok=True)


def _is_pinned(path: Path) -> bool:
    """Returns true where the version was pinned within the last day."""
    try:
        return time.time() - path.with_suffix(PIN_SUFFIX).stat().st_mtime < _PINNED_SECONDS
    except FileNotFoundError:
        return False


def set_pointer(warehouse: Path, name: str) -> None:
    """Moves the pointer to a version atomically: a reader sees the old name or the new one.

    Raises WarehouseError where there is no such version.
    """
    if name not in version_names(warehouse) or not is_intact(warehouse / VERSIONS / f"{name}.duckdb"):
        existing = ", ".join(version_names(warehouse)) or "–"
        raise WarehouseError(
            f"没有版本 {name}，或它已损坏；现有：{existing}",
            f"version {name} does not exist or is damaged; existing versions: {existing}",
        )
    _write(warehouse / POINTER, name)


def rollback(warehouse: Path, name: str | None) -> str:
    """Moves the pointer to the named version, or to the one before the current version; returns its name."""
    if name is None:
        earlier = [version for version in version_names(warehouse) if version < (read_pointer(warehouse) or "")]
        if not earlier:
            raise WarehouseError("没有更早的版本可以退回", "there is no earlier version to roll back to")
        name = earlier[-1]
    set_pointer(warehouse, name)
    return name


def remove(path: Path) -> None:
    """Removes the file of a build or a version, with the files that DuckDB writes beside it."""
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)
    # DuckDB spills here while building and clears it unless the process is killed.
    shutil.rmtree(path.with_name(path.name + ".tmp"), ignore_errors=True)


def _write(path: Path, text: str) -> None:
    """Replaces the text of a small file atomically."""
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(text + "\n", encoding="utf-8")
    _flush(temporary)
    os.replace(temporary, path)
    _flush(path.parent)


def _flush(path: Path) -> None:
    """Flushes a file or folder to disk, so that a power cut cannot reorder the writes."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
