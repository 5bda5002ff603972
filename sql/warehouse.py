"""Reads versions of the warehouse. A version is a DuckDB file that never changes once it is named by the pointer."""
from __future__ import annotations

import json
import os
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import duckdb
import polars as pl

from sql.errors import WarehouseError
from sql.files import Text

PROJECT = Path(__file__).parent.parent
POINTER = "current"
VERSIONS = "versions"
# What `etl watch` tells of its last build.
OUTCOME = "last_build.json"
# Sessions in the middle of a run may still read the version before; older ones are closed.
_OPEN_VERSIONS = 4

_connections: OrderedDict[Path, duckdb.DuckDBPyConnection] = OrderedDict()
_connections_lock = threading.Lock()


def folder() -> Path:
    """Where the warehouse lies: LINLI_WAREHOUSE in the environment, else data/warehouse."""
    return Path(os.environ.get("LINLI_WAREHOUSE") or PROJECT / "data" / "warehouse")


@dataclass(frozen=True)
class Version:
    """One published build: its name `<time>-<hash>` and its file."""

    name: str
    path: Path

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


def current(warehouse: Path | None = None) -> Version:
    """The version that the pointer names now. Raises WarehouseError with the remedy where there is none."""
    warehouse = warehouse or folder()
    pointer = warehouse / POINTER
    try:
        name = pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise WarehouseError(
            f"{warehouse} 里还没有数据；请先运行 python -m etl build",
            f"there is no data in {warehouse} yet; run python -m etl build first",
        ) from None
    version = Version(name, warehouse / VERSIONS / f"{name}.duckdb")
    if not version.path.is_file():
        raise WarehouseError(
            f"{pointer} 指向的版本 {name} 不存在；请运行 python -m etl versions，再 python -m etl rollback 版本；"
            "一个版本也没有时，运行 python -m etl build",
            f"{pointer} names version {name}, which is missing; see python -m etl versions, "
            "then python -m etl rollback VERSION, or python -m etl build where none is left",
        )
    return version


def build_failure(warehouse: Path | None = None) -> Text | None:
    """Why the last rebuild after an edit was not published; None where it was, or where a build has come since."""
    warehouse = warehouse or folder()
    try:
        outcome = json.loads((warehouse / OUTCOME).read_text(encoding="utf-8"))
        if (warehouse / POINTER).stat().st_mtime_ns > (warehouse / OUTCOME).stat().st_mtime_ns:
            return None
    except FileNotFoundError:
        return None
    return None if outcome["ok"] else Text(outcome["zh"], outcome["en"])


def connect(version: Version) -> duckdb.DuckDBPyConnection:
    """A cursor of this process's one connection to the version, for one thread. Close it after use."""
    with _connections_lock:
        connection = _connections.pop(version.path, None)
        if connection is None:
            connection = duckdb.connect(str(version.path), read_only=True)
        _connections[version.path] = connection
        while len(_connections) > _OPEN_VERSIONS:
            # Cursors that others still hold keep the database open until they are done.
            _connections.popitem(last=False)[1].close()
        return connection.cursor()


@lru_cache(maxsize=8192)
def _rows(version: Version, sql: str, params: tuple[tuple[str, object], ...]) -> pl.DataFrame:
    with connect(version) as cursor:
        bound = {name: list(value) if isinstance(value, tuple) else value for name, value in params}
        return cursor.sql(sql, params=bound or None).pl()
