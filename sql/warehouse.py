"""Reads versions of the warehouse. A version is a DuckDB file that never changes once it is named by the pointer."""

from __future__ import annotations

import hashlib
import json
import threading
import warnings
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from sql.errors import WarehouseError
from sql.paths import folder
from sql.security import key_file, row_filter
from sql.semantic.files.sql_file import Text

POINTER = "current"
VERSIONS = "versions"
# What `etl watch` tells of its last build.
LAST_BUILD = "last_build.json"
# The secret by which the warehouse rounds counts of people.
ROUNDING_KEY = "rounding.key"
# Beside a version that something is frozen to.
PIN_SUFFIX = ".pinned"
# Sessions in the middle of a run may still read the version before, and people of several areas the one of now; those
# asked longest ago are closed.
_OPEN_VERSIONS = 16
# What is asked for is small, and its copy takes less than the second binding that DuckDB recommends instead.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result makes an extra copy", UserWarning)

_connections: OrderedDict[tuple[Path, str | None], duckdb.DuckDBPyConnection] = OrderedDict()
_connections_lock = threading.Lock()


@dataclass(frozen=True)
class Version:
    """One published build: its name `<time>-<hash>` and its file."""

    name: str
    path: Path
    # Whether the sql/ it was built with is used, whatever lies in sql/ now.
    is_frozen: bool = False
    # The area whose rows, and those below it, are all that is seen of it; None: everything is.
    area: str | None = None
    # Whether counts of people are told in multiples of five, as outside the office.
    is_rounded: bool = False

    def restrict_to(self, area: str | None) -> Version:
        """The same version as somebody of that area may see it; None: all of it."""
        return replace(self, area=area)

    @property
    def with_rounding(self) -> Version:
        """The same version with counts of people rounded, as what leaves the office tells them."""
        return replace(self, is_rounded=True)

    @property
    def rounding_key(self) -> str:
        """The secret by which counts of people are rounded, of this warehouse's own. Raises WarehouseError where it
        can't be read or made."""
        return _rounding_key(self.path.parent.parent / ROUNDING_KEY)

    def rows(self, sql: str, params: dict[str, object] | None = None) -> pl.DataFrame:
        """What one SELECT returns, as a Polars frame. Raises duckdb.Error where DuckDB refuses it.

        The same question of the same version is answered once: a version never changes.
        """
        return _rows(self, sql, tuple(sorted((params or {}).items())))

    @property
    def data_date(self) -> date:
        """数据截至: the date up to which the files of this version tell."""
        return self.rows("select data_date from meta.build").item()

    @property
    def data_month(self) -> date:
        """The first day of the data date's month."""
        return self.data_date.replace(day=1)

    @property
    def first_month(self) -> date:
        """The first month of the version's calendar."""
        return self.rows("select min(month) from staging.months").item()

    @property
    def is_demo(self) -> bool:
        """Whether its rows are the demo's: then every page says so."""
        return self.rows("select source from meta.build").item() == "demo"

    @property
    def checks(self) -> pl.DataFrame:
        """The checks run before it was published: name, severity, failing_rows."""
        return self.rows("select * from meta.checks order by name")

    def sql_file(self, path: str) -> str | None:
        """The text that a file of sql/ had when this version was built, or None."""
        found = self.rows("select text from meta.sql_files where path = $path", {"path": path})
        return None if found.is_empty() else found.item()


def current_version(warehouse: Path | None = None) -> Version:
    """The version that the pointer names now; where that is missing or damaged, the newest whole one.

    Raises WarehouseError with the remedy where there is none.
    """
    warehouse = warehouse or folder()
    named, there = read_pointer(warehouse), version_names(warehouse)
    newest_first = there[::-1]
    for name in sorted(newest_first, key=lambda name: name != named):
        version = Version(name, warehouse / VERSIONS / f"{name}.duckdb")
        if is_intact(version.path):
            return version
    if named is None and not there:
        raise WarehouseError(
            f"{warehouse} 里还没有数据；请先运行 python -m etl build",
            f"there is no data in {warehouse} yet; run python -m etl build first",
        )
    raise WarehouseError(
        f"{warehouse} 里没有完整的版本（指针指向 {named}）；请运行 python -m etl build 重新构建",
        f"no version in {warehouse} is whole (the pointer names {named}); run python -m etl build",
    )


def open_frozen(name: str, warehouse: Path | None = None) -> Version:
    """The version of that name with the sql/ it was built with. Raises WarehouseError where it is not there or not
    whole."""
    warehouse = warehouse or folder()
    version = Version(name, warehouse / VERSIONS / f"{name}.duckdb", is_frozen=True)
    if name not in version_names(warehouse) or not is_intact(version.path):
        raise WarehouseError(
            f"没有版本 {name}，或它已损坏；请用实时数据重新开始",
            f"there is no version {name}, or it is damaged; start again with live numbers",
        )
    return version


def pin(version: Version) -> None:
    """Has builds of the next day leave a version where it is."""
    version.path.with_suffix(PIN_SUFFIX).touch()


def read_pointer(warehouse: Path) -> str | None:
    """The name that the pointer holds, or None."""
    try:
        return (warehouse / POINTER).read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None


def version_names(warehouse: Path) -> list[str]:
    """The versions that are there, oldest first."""
    return sorted(path.stem for path in (warehouse / VERSIONS).glob("*.duckdb"))


def checksum_file(path: Path) -> Path:
    """Where the checksum of a version's file lies."""
    return path.with_suffix(".sha256")


def is_intact(path: Path) -> bool:
    """Whether the file of a version is there and, to the byte, what was published."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return False
    try:
        expected = checksum_file(path).read_bytes().strip()
    except FileNotFoundError:
        # It was put there by hand.
        return True
    return _checksum(path, stat.st_mtime_ns, stat.st_size).encode() == expected


@lru_cache(maxsize=64)
def _checksum(path: Path, _changed_at: int, _size: int) -> str:
    """Read once as long as nothing changes the file: some tenths of a second for a gigabyte."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def fallback_notice(warehouse: Path | None = None) -> Text | None:
    """What to say where another version is served than the pointer names; None where all is well."""
    warehouse = warehouse or folder()
    named, served = read_pointer(warehouse), current_version(warehouse).name
    if named == served:
        return None
    return Text(
        f"指针指向的版本 {named or '（无）'} 缺失或已损坏，现在使用 {served}；请运行 python -m etl build 重新构建",
        f"version {named or '(none)'}, which the pointer names, is missing or damaged; {served} is served; "
        "run python -m etl build",
    )


def build_failure(warehouse: Path | None = None) -> Text | None:
    """Why the last rebuild after an edit was not published; None where it was, or where a build has come since."""
    warehouse = warehouse or folder()
    try:
        outcome = json.loads((warehouse / LAST_BUILD).read_text(encoding="utf-8"))
        if (warehouse / POINTER).stat().st_mtime_ns > (warehouse / LAST_BUILD).stat().st_mtime_ns:
            return None
    except FileNotFoundError:
        return None
    return None if outcome["ok"] else Text(outcome["zh"], outcome["en"])


def connect(version: Version) -> duckdb.DuckDBPyConnection:
    """A cursor of this process's one connection to the version, for one thread. Close it after use."""
    with _connections_lock:
        seen = (version.path, version.area)
        connection = _connections.pop(seen, None)
        if connection is None:
            connection = _opened(version)
        _connections[seen] = connection
        while len(_connections) > _OPEN_VERSIONS:
            # Cursors that others still hold keep the database open until they are done.
            _connections.popitem(last=False)[1].close()
        return connection.cursor()


def fetch_value(found: duckdb.DuckDBPyConnection) -> Any:
    """The first value of the row that a statement which was run gives. Raises LookupError where it gives no row."""
    row = found.fetchone()
    if row is None:
        raise LookupError("the statement gives no row")
    return row[0]


@lru_cache(maxsize=4)
def _rounding_key(path: Path) -> str:
    try:
        return key_file.load_key(path).hex()
    except OSError as error:
        raise WarehouseError(
            f"{path} 读不到也建不了（{error.strerror}），人数无法取整，现在不能导出；请检查权限和磁盘空间",
            f"{path} can be neither read nor made ({error.strerror}): counts of people cannot be rounded and nothing "
            "exported; check its permissions and the space on the disk",
        ) from error


def _opened(version: Version) -> duckdb.DuckDBPyConnection:
    if version.area is not None:
        return row_filter.connect_area(version.path, version.area)
    return duckdb.connect(str(version.path), read_only=True)


@lru_cache(maxsize=8192)
def _rows(version: Version, sql: str, params: tuple[tuple[str, object], ...]) -> pl.DataFrame:
    with connect(version) as cursor:
        bound = {name: list(value) if isinstance(value, tuple) else value for name, value in params}
        # A relation, `cursor.sql`, is bound to be described and again to be run: for most questions that is half the
        # time.
        return pl.DataFrame(pl.from_arrow(cursor.execute(sql, bound).to_arrow_table(), rechunk=False))
