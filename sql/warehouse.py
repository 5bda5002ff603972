"""Reads versions of the warehouse. A version is a DuckDB file that never changes once the pointer names it."""

from __future__ import annotations

import hashlib
import json
import threading
import warnings
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from sql import aliases
from sql.calendar_day import calendar_day
from sql.errors import WarehouseError
from sql.files.sql_file import Text
from sql.paths import folder
from sql.security import key_file, row_filter

POINTER = "current"
VERSIONS = "versions"
# The outcome of the last build by `etl watch`.
LAST_BUILD = "last_build.json"
# The secret key with which the warehouse rounds counts of people.
ROUNDING_KEY = "rounding.key"
# Marks a version that something is frozen to.
PIN_SUFFIX = ".pinned"
# A session in the middle of a run may still read the previous version, and users of several areas the current one. The
# least recently used connections are closed.
_OPEN_VERSIONS = 16
# Results are small: copying one costs less than the second binding that DuckDB recommends instead.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result makes an extra copy", UserWarning)

_connections: OrderedDict[tuple[Path, str | None], duckdb.DuckDBPyConnection] = OrderedDict()
_connections_lock = threading.Lock()


@dataclass(frozen=True)
class Version:
    """Describes one published build: its name `<time>-<hash>` and its file."""

    name: str
    path: Path
    # True: use the sql/ files that it was built with, whatever is in sql/ now.
    is_frozen: bool = False
    # Only rows of this area and of those below it are visible; None: all rows.
    area: str | None = None
    # True: counts of people are rounded to multiples of five, as in everything that leaves the office.
    is_rounded: bool = False
    # The day from which lateness counts. Part of every cache key, so that a day's answers end with the day.
    today: date = field(default_factory=calendar_day)

    def restrict_to(self, area: str | None) -> Version:
        """Returns the version restricted to what a user of that area may see; None: all of it."""
        return replace(self, area=area)

    @property
    def with_rounding(self) -> Version:
        """Returns the version with counts of people rounded, as in everything that leaves the office."""
        return replace(self, is_rounded=True)

    @property
    def rounding_key(self) -> str:
        """Returns this warehouse's secret key for rounding counts of people. Raises WarehouseError if the key can be
        neither read nor created."""
        return _rounding_key(self.path.parent.parent / ROUNDING_KEY)

    def rows(self, sql: str, params: dict[str, object] | None = None) -> pl.DataFrame:
        """Runs one SELECT and returns its rows as a Polars frame. Raises duckdb.Error if DuckDB rejects it.

        Results are cached by version, SQL and parameters, because a version never changes.
        """
        return _rows(self, sql, tuple(sorted((params or {}).items())))

    @property
    def data_date(self) -> date:
        """Returns 数据截至, the date up to which this version's files report."""
        return self.rows("select data_date from meta.build").item()

    @property
    def declared_day(self) -> date | None:
        """Returns the day that --as-of or the source folder set as today for this version; None: the calendar
        decides."""
        # An earlier release recorded no such day.
        return self.rows("select * from meta.build").row(0, named=True).get("today")

    @property
    def data_month(self) -> date:
        """Returns the first day of the data date's month."""
        return self.data_date.replace(day=1)

    @property
    def first_month(self) -> date:
        """Returns the first month of the version's calendar."""
        return self.rows("select min(month) from staging.months").item()

    @property
    def is_demo(self) -> bool:
        """Returns true if the rows are the demo's, which every page then says."""
        return self.rows("select source from meta.build").item() == "demo"

    @property
    def checks(self) -> pl.DataFrame:
        """Returns the results of the checks run before publishing: name, severity, failing_rows."""
        return self.rows("select * from meta.checks order by name")

    def sql_file(self, path: str) -> str | None:
        """Returns the text that a file of sql/ had when this version was built, or None."""
        texts = self.rows("select text from meta.sql_files where path = $path", {"path": path})
        return None if texts.is_empty() else texts.item()


def current_version(warehouse: Path | None = None) -> Version:
    """Returns the version to answer from: the one that the pointer names, or the newest intact one if that is missing
    or damaged.

    Raises WarehouseError with the remedy if there is none, or if an earlier release built it: its tables have names
    that this release does not know.
    """
    version = intact_version(warehouse)
    if not is_of_this_release(version):
        raise WarehouseError(
            f"版本 {version.name} 是旧版程序构建的；请运行 python -m etl build 重新构建",
            f"version {version.name} was built by an earlier release; run python -m etl build",
        )
    return _on_declared_day(version)


def _on_declared_day(version: Version) -> Version:
    """Returns the version as seen on the day that it declares, if it declares one."""
    return replace(version, today=version.declared_day or version.today)


def is_of_this_release(version: Version) -> bool:
    """Returns true unless an earlier release built the version: its schemas have other names, or it recorded no day
    that a folder declares."""
    schemas = version.rows("select schema_name from information_schema.schemata")["schema_name"]
    return set(aliases.SCHEMAS.values()) <= set(schemas) and "today" in version.rows("select * from meta.build").columns


def intact_version(warehouse: Path | None = None) -> Version:
    """Returns the version that the pointer names, or the newest intact one if that is missing or damaged; an earlier
    release may have built it. Raises WarehouseError with the remedy if there is none.
    """
    warehouse = warehouse or folder()
    pointed_to, names = read_pointer(warehouse), version_names(warehouse)
    newest_first = names[::-1]
    for name in sorted(newest_first, key=lambda name: name != pointed_to):
        version = Version(name, warehouse / VERSIONS / f"{name}.duckdb")
        if is_intact(version.path):
            return version
    if pointed_to is None and not names:
        raise WarehouseError(
            f"{warehouse} 里还没有数据；请先运行 python -m etl build",
            f"no data in {warehouse} yet; run python -m etl build first",
        )
    raise WarehouseError(
        f"{warehouse} 里没有完整的版本（指针指向 {pointed_to}）；请运行 python -m etl build 重新构建",
        f"no intact version in {warehouse} (the pointer names {pointed_to}); run python -m etl build",
    )


def open_frozen(name: str, warehouse: Path | None = None) -> Version:
    """Returns the named version, to be used with the sql/ files that it was built with. Raises WarehouseError if it is
    missing or damaged."""
    warehouse = warehouse or folder()
    version = Version(name, warehouse / VERSIONS / f"{name}.duckdb", is_frozen=True)
    if name not in version_names(warehouse) or not is_intact(version.path):
        raise WarehouseError(
            f"没有版本 {name}，或它已损坏；请用实时数据重新开始",
            f"version {name} is missing or damaged; start again with live numbers",
        )
    return _on_declared_day(version)


def pin(version: Version) -> None:
    """Marks a version so that builds of the next day do not delete it."""
    version.path.with_suffix(PIN_SUFFIX).touch()


def read_pointer(warehouse: Path) -> str | None:
    """Returns the version name in the pointer file, or None if there is no such file."""
    try:
        return (warehouse / POINTER).read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None


def version_names(warehouse: Path) -> list[str]:
    """Returns the names of the existing versions, oldest first."""
    return sorted(path.stem for path in (warehouse / VERSIONS).glob("*.duckdb"))


def earlier_versions(version: Version) -> Iterator[Version]:
    """Yields the intact versions before this one, newest first, for the same area and with the same rounding."""
    folder_of_versions = version.path.parent
    for name in version_names(folder_of_versions.parent)[::-1]:
        if name < version.name and is_intact(path := folder_of_versions / f"{name}.duckdb"):
            yield replace(version, name=name, path=path)


def checksum_file(path: Path) -> Path:
    """Returns the path of the checksum of a version's file."""
    return path.with_suffix(".sha256")


def is_intact(path: Path) -> bool:
    """Returns true if a version's file exists and is byte for byte what was published."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return False
    try:
        expected = checksum_file(path).read_bytes().strip()
    except FileNotFoundError:
        # Somebody copied the file there without a checksum.
        return True
    return _checksum(path, stat.st_mtime_ns, stat.st_size).encode() == expected


@lru_cache(maxsize=64)
def _checksum(path: Path, _changed_at: int, _size: int) -> str:
    """Returns the SHA-256 of a file. Cached until the file changes: a gigabyte takes some tenths of a second."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def fallback_notice(warehouse: Path | None = None) -> Text | None:
    """Returns a notice if another version is served than the pointer names, else None."""
    warehouse = warehouse or folder()
    pointed_to, served = read_pointer(warehouse), current_version(warehouse).name
    if pointed_to == served:
        return None
    return Text(
        f"指针指向的版本 {pointed_to or '（无）'} 缺失或已损坏，现在使用 {served}；请运行 python -m etl build 重新构建",
        f"version {pointed_to or '(none)'}, which the pointer names, is missing or damaged; serving {served} instead; "
        "run python -m etl build",
    )


def build_failure(warehouse: Path | None = None) -> Text | None:
    """Returns why the last rebuild after an edit was not published; None if it was, or if a build has succeeded
    since."""
    warehouse = warehouse or folder()
    try:
        outcome = json.loads((warehouse / LAST_BUILD).read_text(encoding="utf-8"))
        if (warehouse / POINTER).stat().st_mtime_ns > (warehouse / LAST_BUILD).stat().st_mtime_ns:
            return None
    except FileNotFoundError:
        return None
    return None if outcome["ok"] else Text(outcome["zh"], outcome["en"])


def connect(version: Version) -> duckdb.DuckDBPyConnection:
    """Returns a cursor for one thread on this process's single connection to the version. Close it after use."""
    with _connections_lock:
        key = (version.path, version.area)
        connection = _connections.pop(key, None)
        if connection is None:
            connection = _open(version)
        _connections[key] = connection
        while len(_connections) > _OPEN_VERSIONS:
            # Cursors still in use elsewhere keep the database open until they are closed.
            _connections.popitem(last=False)[1].close()
        return connection.cursor()


def fetch_value(cursor: duckdb.DuckDBPyConnection) -> Any:
    """Returns the first value of an executed statement's first row. Raises LookupError if there is no row."""
    row = cursor.fetchone()
    if row is None:
        raise LookupError("the statement returned no row")
    return row[0]


@lru_cache(maxsize=4)
def _rounding_key(path: Path) -> str:
    try:
        return key_file.load_key(path).hex()
    except OSError as error:
        raise WarehouseError(
            f"{path} 读不到也建不了（{error.strerror}），人数无法取整，现在不能导出；请检查权限和磁盘空间",
            f"{path} can be neither read nor created ({error.strerror}), so counts of people cannot be rounded and "
            "nothing can be exported; check its permissions and the free disk space",
        ) from error


def _open(version: Version) -> duckdb.DuckDBPyConnection:
    if version.area is not None:
        return row_filter.connect_area(version.path, version.area)
    return duckdb.connect(str(version.path), read_only=True)


@lru_cache(maxsize=8192)
def _rows(version: Version, sql: str, params: tuple[tuple[str, object], ...]) -> pl.DataFrame:
    with connect(version) as cursor:
        bound = {name: list(value) if isinstance(value, tuple) else value for name, value in params}
        # `cursor.sql` would bind the query twice, to describe it and to run it: half the time of most queries.
        return pl.DataFrame(pl.from_arrow(cursor.execute(sql, bound).to_arrow_table(), rechunk=False))
