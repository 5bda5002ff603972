"""The rows folder: validated rows as Parquet, of which a version is built without the intake.

    rows.toml            format = 1, source, data_date, scale
    <table>/*.parquet    one folder for each raw table, its columns as the warehouse has them

Only folders of our own making are read, and only when they are named: Parquet that somebody crafted may crash the
engine.
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
# What DuckDB has for Polars' types.
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
# Where a row came from; of no row at all the type is left open.
_FROM = ["source_district", "source_file", "source_sheet"]
# The names of a table's columns with their types, in order.
Columns = dict[str, str]


class RowsError(LinliError):
    """A rows folder that cannot be read."""


@dataclass(frozen=True)
class RowsFolder:
    """A rows folder: what it was made of, up to which date it tells, how many times over, and each table's files."""

    folder: Path
    source: str
    data_date: date
    scale: int
    files: dict[str, list[Path]]


def open_rows(folder: Path) -> RowsFolder:
    """The rows folder, every table's files found and their columns looked at. Raises RowsError with what is wrong."""
    said = _said(folder)
    files = {}
    with duckdb.connect() as connection:
        for table, columns in raw_columns().items():
            files[table] = sorted((folder / table).glob("*.parquet"))
            if not files[table]:
                raise RowsError(
                    f"{folder} 里没有 {table}/*.parquet；文件夹不完整，"
                    "请用 python -m etl demo --format parquet 重新生成",
                    f"{folder} has no {table}/*.parquet; the folder is not whole, make it again with "
                    "python -m etl demo --format parquet",
                )
            _compare(connection, folder / table, files[table], columns)
    return RowsFolder(folder, said["source"], said["data_date"], said["scale"], files)


def write_manifest(folder: Path, source: str, data_date: date, scale: int) -> None:
    """Writes what the folder's tables are; done last, it makes the folder one that can be read."""
    named = json.dumps(source, ensure_ascii=False)
    (folder / MANIFEST).write_text(
        f"format = {FORMAT_VERSION}\nsource = {named}\ndata_date = {data_date}\nscale = {scale}\n", encoding="utf-8"
    )


def write_rows(connection: duckdb.DuckDBPyConnection, folder: Path, source: str, data_date: date) -> None:
    """Writes the raw tables of an open version as a rows folder."""
    for table in raw_columns():
        write_table(connection, folder, table, f'select * from raw."{table}"')
    write_manifest(folder, source, data_date, scale=1)


def write_table(connection: duckdb.DuckDBPyConnection, folder: Path, table: str, select: str) -> None:
    """Writes what a SELECT gives as the files of one table; until `described`, the folder can't be read."""
    (folder / MANIFEST).unlink(missing_ok=True)
    (folder / table).mkdir(parents=True, exist_ok=True)
    for old in (folder / table).glob("*.parquet"):
        old.unlink()
    into = str(folder / table / "rows.parquet")
    connection.execute(f"copy (\n{select}\n) to $into (format parquet, compression zstd)", {"into": into})


def load_rows(connection: duckdb.DuckDBPyConnection, rows: RowsFolder) -> dict[str, int]:
    """Creates the raw tables from the folder; returns how many rows each file's own record says there are.

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
    """Has the calendar go to another data date than the folder's."""
    months = calendar(read_frame(connection, "select as_of from raw.population"), data_date)
    with as_table(connection, "accepted", months):
        connection.execute("create or replace table raw.months as select * from accepted")


@functools.cache
def raw_columns() -> dict[str, Columns]:
    """Every raw table of a warehouse with the columns that loading gives it: those of a source that holds nothing."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "-").mkdir()
        empty = ingest_folder(Path(folder), None)
    tables = {name: frame.with_columns(pl.col(_FROM).cast(pl.String)) for name, frame in empty.tables.items()}
    lists = {
        "files": empty.files,
        "rejects": empty.rejects,
        "rejected_rows": empty.rejected_rows,
        **empty.derived_tables,
    }
    months = calendar(empty.tables["population"], date.min)
    found = {name: _described(frame.schema) for name, frame in {**tables, **lists, "months": months}.items()}
    for name in (*tables, "files"):
        found[name]["loaded_at"] = "TIMESTAMP"
    return found


def _described(schema: pl.Schema) -> Columns:
    return {name: _TYPES[str(kind)] for name, kind in schema.items()}


def _said(folder: Path) -> dict:
    """What rows.toml says."""
    path = folder / MANIFEST
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RowsError(
            f"{folder} 不是行数据文件夹：缺少 {MANIFEST}；请指定用 python -m etl demo --format parquet 生成的文件夹",
            f"{folder} is no rows folder: there is no {MANIFEST}; "
            "name one made with python -m etl demo --format parquet",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, NotADirectoryError) as error:
        raise RowsError(
            f"{path} 读不出来：{error}；请重新生成这个文件夹", f"{path} can't be read: {error}; make the folder again"
        ) from error
    if said.get("format") != FORMAT_VERSION:
        raise RowsError(
            f"{path}：format 应为 {FORMAT_VERSION}，得到 {said.get('format')!r}；请用这个版本的程序重新生成",
            f"{path}: format should be {FORMAT_VERSION}, got {said.get('format')!r}; make the folder again with this program",
        )
    for key, kind in {"source": str, "data_date": date, "scale": int}.items():
        if not isinstance(said.get(key), kind):
            raise RowsError(
                f"{path}：缺少 {key}，或它不是 {kind.__name__}；请重新生成这个文件夹",
                f"{path}: {key} is missing or no {kind.__name__}; make the folder again",
            )
    return said


def _compare(connection: duckdb.DuckDBPyConnection, place: Path, files: list[Path], columns: Columns) -> None:
    """Raises RowsError where a file of a table is none, or holds other columns than the table."""
    for file in files:
        try:
            found = connection.execute("describe select * from read_parquet($file)", {"file": str(file)}).fetchall()
        except duckdb.Error as error:
            raise _damaged(place, error) from error
        differing = dict(row[:2] for row in found).items() ^ columns.items()
        if differing:
            names = ", ".join(sorted({name for name, _ in differing}))
            raise RowsError(
                f"{file} 的列与表 {place.name} 不同：{names}；请用这个版本的程序重新生成",
                f"{file} has other columns than the table {place.name}: {names}; "
                "make the folder again with this program",
            )


def _damaged(place: Path, error: duckdb.Error) -> RowsError:
    words = str(error).splitlines()[0]
    return RowsError(
        f"{place} 里的文件读不进来，可能已损坏：{words}；请检查磁盘，或重新生成这个文件夹",
        f"a file in {place} can't be taken in, it may be damaged: {words}; check the disk, or make the folder again",
    )
