"""Reads and writes rows folders: validated rows as Parquet, from which a version is built without ingesting files.

    rows.toml            format = 1, source, data_date, scale; today, where the source declares its day
    <table>/*.parquet    one folder for each raw table, with the columns of the warehouse

Read only folders that this program wrote, and only when the user names them: crafted Parquet may crash the engine.
"""

from __future__ import annotations

import functools
import json
import tempfile
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from etl.build.load import calendar
from etl.engines.arrow import as_table, read_frame
from etl.ingest.pipeline import ingest_folder
from sql.errors import LinliError
from sql.warehouse import fetch_value

FORMAT_VERSION = 1
MANIFEST = "rows.toml"
# DuckDB's types for those of Polars.
_TYPES = {
    "String": "VARCHAR",
    "Int64": "BIGINT",
    "UInt32": "UINTEGER",
    "Float64": "DOUBLE",
    "Boolean": "BOOLEAN",
    "Date": "DATE",
    "Datetime(time_unit='us', time_zone=None)": "TIMESTAMP",
    "List(String)": "VARCHAR[]",
}
# The origin of a row; without any row Polars leaves their type open.
_FROM = ["source_district", "source_file", "source_sheet"]
# The names of a table's columns with their types, in order.
Columns = dict[str, str]


class RowsError(LinliError):
    """Signals a rows folder that cannot be read."""


@dataclass(frozen=True)
class RowsFolder:
    """Describes a rows folder: its source, data date, the day it declares as today (None: the calendar decides) and
    scale (how many copies), and each table's files."""

    folder: Path
    source: str
    data_date: date
    declared_day: date | None
    scale: int
    files: dict[str, list[Path]]


def open_rows(folder: Path) -> RowsFolder:
    """Returns the rows folder after checking every table's files and columns. Raises RowsError with the remedy."""
    manifest = _read_manifest(folder)
    files = {}
    with duckdb.connect() as connection:
        for table, columns in raw_columns().items():
            files[table] = sorted((folder / table).glob("*.parquet"))
            if not files[table]:
                raise RowsError(
                    f"{folder} 里没有 {table}/*.parquet；文件夹不完整，"
                    "请用 python -m etl demo --format parquet 重新生成",
                    f"{folder} has no {table}/*.parquet; the folder is incomplete, create it again with "
                    "python -m etl demo --format parquet",
                )
            _compare(connection, folder / table, files[table], columns)
    return RowsFolder(
        folder, manifest["source"], manifest["data_date"], manifest.get("today"), manifest["scale"], files
    )


def write_manifest(folder: Path, source: str, data_date: date, declared_day: date | None, scale: int) -> None:
    """Writes rows.toml. Call it last: a folder without it cannot be read."""
    quoted = json.dumps(source, ensure_ascii=False)
    today = f"today = {declared_day}\n" if declared_day else ""
    (folder / MANIFEST).write_text(
        f"format = {FORMAT_VERSION}\nsource = {quoted}\ndata_date = {data_date}\nscale = {scale}\n{today}",
        encoding="utf-8",
    )


def write_rows(
    connection: duckdb.DuckDBPyConnection, folder: Path, source: str, data_date: date, declared_day: date | None
) -> None:
    """Writes the raw tables of an open version as a rows folder."""
    for table in raw_columns():
        write_table(connection, folder, table, f'select * from raw."{table}"')
    write_manifest(folder, source, data_date, declared_day, scale=1)


def write_table(connection: duckdb.DuckDBPyConnection, folder: Path, table: str, select: str) -> None:
    """Writes the rows of a SELECT as the file of one table; until `write_manifest` the folder cannot be read."""
    (folder / MANIFEST).unlink(missing_ok=True)
    (folder / table).mkdir(parents=True, exist_ok=True)
    for old in (folder / table).glob("*.parquet"):
        old.unlink()
    into = str(folder / table / "rows.parquet")
    connection.execute(f"copy (\n{select}\n) to $into (format parquet, compression zstd)", {"into": into})


def load_rows(connection: duckdb.DuckDBPyConnection, rows: RowsFolder) -> dict[str, int]:
    """Creates the raw tables from the folder; returns the row counts that the files' metadata declare, by table.

    Raises RowsError where a file is damaged.
    """
    connection.execute("create schema raw")
    counts = {}
    for table, columns in raw_columns().items():
        names = ", ".join(f'"{name}"' for name in columns)
        files = {"files": [str(file) for file in rows.files[table]]}
        try:
            counts[table] = fetch_value(connection.execute("select count(*) from read_parquet($files)", files))
            connection.execute(f'create table raw."{table}" as select {names} from read_parquet($files)', files)
        except duckdb.Error as error:
            raise _damaged(rows.folder / table, error) from error
    return counts


def rebuild_calendar(connection: duckdb.DuckDBPyConnection, data_date: date) -> None:
    """Replaces the calendar with one up to another data date than the folder's."""
    months = calendar(read_frame(connection, "select as_of from raw.population"), data_date)
    with as_table(connection, "accepted", months):
        connection.execute("create or replace table raw.months as select * from accepted")


@functools.cache
def raw_columns() -> dict[str, Columns]:
    """Returns the columns of every raw table in a warehouse, derived by ingesting an empty source."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "-").mkdir()
        empty = ingest_folder(Path(folder), None)
    tables = {name: frame.with_columns(pl.col(_FROM).cast(pl.String)) for name, frame in empty.tables.items()}
    lists = {
        "files": empty.files.drop("modified_on"),
        "rejects": empty.rejects,
        "rejected_rows": empty.rejected_rows,
        **empty.derived_tables,
    }
    months = calendar(empty.tables["population"], date.min)
    columns = {name: _duckdb_columns(frame.schema) for name, frame in {**tables, **lists, "months": months}.items()}
    for name in (*tables, "files"):
        columns[name]["loaded_at"] = "TIMESTAMP"
    columns["files"]["received_on"] = "DATE"
    return columns


def _duckdb_columns(schema: pl.Schema) -> Columns:
    return {name: _TYPES[str(kind)] for name, kind in schema.items()}


def _read_manifest(folder: Path) -> dict:
    """Reads rows.toml. Raises RowsError where it is missing or invalid."""
    path = folder / MANIFEST
    try:
        manifest = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RowsError(
            f"{folder} 不是行数据文件夹：缺少 {MANIFEST}；请指定用 python -m etl demo --format parquet 生成的文件夹",
            f"{folder} is not a rows folder: it has no {MANIFEST}; "
            "name one created with python -m etl demo --format parquet",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, NotADirectoryError) as error:
        raise RowsError(
            f"{path} 读不出来：{error}；请重新生成这个文件夹", f"cannot read {path}: {error}; create the folder again"
        ) from error
    if manifest.get("format") != FORMAT_VERSION:
        raise RowsError(
            f"{path}：format 应为 {FORMAT_VERSION}，得到 {manifest.get('format')!r}；请用这个版本的程序重新生成",
            f"{path}: format should be {FORMAT_VERSION}, got {manifest.get('format')!r}; "
            "create the folder again with this program",
        )
    for key, kind in {"source": str, "data_date": date, "scale": int, "today": date}.items():
        if not isinstance(manifest.get(key), kind) and (key in manifest or key != "today"):
            raise RowsError(
                f"{path}：缺少 {key}，或它不是 {kind.__name__}；请重新生成这个文件夹",
                f"{path}: {key} is missing or not a {kind.__name__}; create the folder again",
            )
    return manifest


def _compare(connection: duckdb.DuckDBPyConnection, folder: Path, files: list[Path], columns: Columns) -> None:
    """Raises RowsError where a file of a table is not Parquet or has other columns than the table."""
    for file in files:
        try:
            rows = connection.execute("describe select * from read_parquet($file)", {"file": str(file)}).fetchall()
        except duckdb.Error as error:
            raise _damaged(folder, error) from error
        differing = dict(row[:2] for row in rows).items() ^ columns.items()
        if differing:
            names = ", ".join(sorted({name for name, _ in differing}))
            raise RowsError(
                f"{file} 的列与表 {folder.name} 不同：{names}；请用这个版本的程序重新生成",
                f"{file} differs from the table {folder.name} in columns: {names}; "
                "create the folder again with this program",
            )


def _damaged(folder: Path, error: duckdb.Error) -> RowsError:
    reason = str(error).splitlines()[0]
    return RowsError(
        f"{folder} 里的文件读不进来，可能已损坏：{reason}；请检查磁盘，或重新生成这个文件夹",
        f"cannot load a file in {folder}, it may be damaged: {reason}; check the disk, or create the folder again",
    )
