"""Versions of the warehouse on disk: written aside, published by moving a pointer, never overwritten."""

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
    """The path to build at, while no other build runs in this warehouse.

    Raises WarehouseError that names the other process where one does. What a killed build left is removed.
    """
    (warehouse / VERSIONS).mkdir(parents=True, exist_ok=True)
    lock = _locked(warehouse)
    path = warehouse / "building.duckdb"
    try:
        remove(path)
        yield path
    finally:
        remove(path)
        lock.close()


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection to the file of a build, whether it is there yet or not.

    Nothing is written ahead to a log: a build that ends early is thrown away, so its two hundred statements need not
    wait for the disk one by one. What it holds is on the disk once it is closed.
    """
    connection = duckdb.connect(config={"temp_directory": f"{path}.tmp"})
    file = str(path).replace("'", "''")
    connection.execute(f"attach '{file}' as building (recovery_mode 'no_wal_writes')")
    connection.execute("use building")
    return connection


def clone_connection(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Returns another connection to the open file of a build, for a thread of its own."""
    own = connection.cursor()
    # Not taken over from the first.
    own.execute("use building")
    return own


def _locked(warehouse: Path) -> TextIO:
    """The lock of a warehouse, held until closed; a killed process lets go by itself."""
    lock = (warehouse / "building.lock").open("a+", encoding="utf-8", errors="replace")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        holder = lock.read().strip() or "?"
        lock.close()
        raise WarehouseError(
            f"{warehouse} 正由另一个进程构建（PID {holder}），请等它结束",
            f"another process is building in {warehouse} (PID {holder}); wait until it ends",
        ) from error
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def version_name(warehouse: Path, now: datetime, content: str) -> str:
    """The name of a version built now: its time and a hash of what it was built with. Names follow one another even
    where the clock has gone back."""
    stamps = [
        datetime.strptime(name.split("-")[0], _STAMP) for name in version_names(warehouse) if _NAME.fullmatch(name)
    ]
    stamp = max([now, *(before + timedelta(milliseconds=1) for before in stamps)])
    return f"{stamp:%Y%m%dT%H%M%S}{stamp.microsecond // 1000:03d}-{content[:8]}"


def publish(warehouse: Path, built: Path, name: str) -> None:
    """Keeps the built file as version `name`, points to it, and lets the oldest versions go."""
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
    for beside in ("*.sha256", f"*{PIN_SUFFIX}"):
        for left in (warehouse / VERSIONS).glob(beside):
            if not left.with_suffix(".duckdb").exists():
                left.unlink()
    # Copies of versions for people of one area, and what was left of making them.
    for left in (warehouse / VERSIONS).glob("*.within-*"):
        if not left.with_name(left.name.partition(".within-")[0] + ".duckdb").exists():
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


def _is_pinned(path: Path) -> bool:
    """Whether something was frozen to a version within the last day."""
    try:
        return time.time() - path.with_suffix(PIN_SUFFIX).stat().st_mtime < _PINNED_SECONDS
    except FileNotFoundError:
        return False


def set_pointer(warehouse: Path, name: str) -> None:
    """Moves the pointer to a version in one step: a reader sees the old name or the new one.

    Raises WarehouseError where there is no such version.
    """
    if name not in version_names(warehouse) or not is_intact(warehouse / VERSIONS / f"{name}.duckdb"):
        there = ", ".join(version_names(warehouse)) or "–"
        raise WarehouseError(
            f"没有版本 {name}，或它已损坏；现有：{there}",
            f"there is no version {name}, or it is damaged; there are {there}",
        )
    _write(warehouse / POINTER, name)


def rollback(warehouse: Path, name: str | None) -> str:
    """Points to the version named, or to the one before the current one; returns its name."""
    if name is None:
        earlier = [version for version in version_names(warehouse) if version < (read_pointer(warehouse) or "")]
        if not earlier:
            raise WarehouseError("没有更早的版本可以退回", "there is no earlier version to go back to")
        name = earlier[-1]
    set_pointer(warehouse, name)
    return name


def remove(path: Path) -> None:
    """Removes the file of a build or a version, with what DuckDB lays beside it."""
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)
    # What DuckDB lays aside while it builds; it clears it away itself unless it is killed.
    shutil.rmtree(path.with_name(path.name + ".tmp"), ignore_errors=True)


def _write(path: Path, text: str) -> None:
    """Has a small file hold a text, in one step."""
    aside = path.with_name(path.name + ".new")
    aside.write_text(text + "\n", encoding="utf-8")
    _flush(aside)
    os.replace(aside, path)
    _flush(path.parent)


def _flush(path: Path) -> None:
    """Has the operating system write a file or folder to the disk, so that a power cut can't undo the order."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
