"""Builds tiny worlds: a few areas, people and grids, written as files and built with the real pipeline."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb

from etl.build.build import Report, build
from sql import Scope, aliases, metric, warehouse
from sql.paths import PROJECT
from sql.semantic.periods import Period
from sql.warehouse import Version

PROVINCE, CITY = "62", "621000"
COUNTY, STREET = "621002", "621002001"
OTHER_COUNTY, OTHER_STREET = "621021", "621021001"
EAST, WEST, VILLAGE = "621002001001", "621002001002", "621002001201"
SOUTH = "621021001001"

Row = dict[str, object]


def area(code: str, level: str, parent: str | None, is_urban: bool | None = None) -> Row:
    """Returns a row of areas, named after its code."""
    return {"area_code": code, "name": f"区划{code}", "level": level, "parent_code": parent, "is_urban": is_urban}


# A city of two counties: 621002 with two urban communities and a rural one, 621021 with one urban community.
AREAS = [
    area(PROVINCE, "province", None),
    area(CITY, "city", PROVINCE),
    area(COUNTY, "county", CITY),
    area(STREET, "street", COUNTY),
    area(EAST, "community", STREET),
    area(WEST, "community", STREET),
    area(VILLAGE, "community", STREET, False),
    area(OTHER_COUNTY, "county", CITY),
    area(OTHER_STREET, "street", OTHER_COUNTY),
    area(SOUTH, "community", OTHER_STREET),
]


def worker(worker_id: str, community: str = EAST, hire_date: str = "2020-01-01", **cells: object) -> Row:
    """Returns a row of a roster, valid unless the test changes cells."""
    return {
        "worker_id": worker_id,
        "name": "张三",
        "gender": "male",
        "birth_date": "1990-01-15",
        "education": "college",
        "community_code": community,
        "post": "worker",
        "hire_date": hire_date,
        **cells,
    }


def workers(count: int, community: str, **cells: object) -> list[Row]:
    """Returns that many workers of one community."""
    return [worker(f"{community}-{number}", community, **cells) for number in range(count)]


def population(community: str, as_of: str, residents: int, **cells: object) -> Row:
    """Returns a population count of a community, with a third as many households as residents."""
    return {"community_code": community, "as_of": as_of, "residents": residents, "households": residents // 3, **cells}


def grid(grid_code: str, community: str = EAST, **cells: object) -> Row:
    """Returns a residential grid of 300 households."""
    return {
        "grid_code": grid_code,
        "community_code": community,
        "grid_name": f"网格{grid_code}",
        "grid_type": "residential",
        "households": 300,
        **cells,
    }


def duty(worker_id: str, grid_code: str, kind: str, since: str, until: str | None = None) -> Row:
    """Returns a duty in a grid."""
    return {"worker_id": worker_id, "grid_code": grid_code, "duty": kind, "since": since, "until": until}


def standard(value: float | None, area_code: str | None, since: str, until: str | None = None, **cells: object) -> Row:
    """Returns a staffing standard of an area."""
    return {
        "standard": "staffing_ratio",
        "area_code": area_code,
        "since": since,
        "until": until,
        "value": value,
        "source": "测试",
        **cells,
    }


def never_held() -> list[Row]:
    """Returns standards by which no table is held, however many of its rows are sent back or gone."""
    return [standard(100, None, "2023-01-01", standard=name) for name in ("held_share", "held_fall")]


def write(source: Path, district: str, **tables: Iterable[Row]) -> Path:
    """Writes one CSV per table into the district's folder; returns the source folder."""
    (source / district).mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        rows = list(rows)
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (source / district / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    return source


def write_empty(source: Path, district: str, name: str, columns: str) -> Path:
    """Writes a table's file with its header and no rows."""
    path = source / district / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(columns + "\n", encoding="utf-8")
    return source


def publish(source: Path, warehouse_folder: Path, as_of: str | None = None) -> tuple[Report, Version]:
    """Builds the source folder; returns the report and the current version."""
    report = build(source, warehouse_folder, date.fromisoformat(as_of) if as_of else None)
    return report, warehouse.current_version(warehouse_folder)


def build_version(folder: Path, as_of: str, **tables: Iterable[Row]) -> Version:
    """Builds a world sent by one district and returns its version. Fails if a row is rejected."""
    source = write(folder / "source", "庆阳市", **({"areas": AREAS} | tables))
    report, version = publish(source, folder / "warehouse", as_of)
    assert report.rejects.is_empty(), report.rejects["reason_en"].to_list()
    return version


def scope(version: Version, period: str = "all", area_code: str | None = None, **where: str) -> Scope:
    """Returns a scope, with the period as users write it."""
    return Scope(version, area_code, Period.parse(period, version.data_month), tuple(where.items()))


def value(version: Version, name: str, period: str = "all", area_code: str | None = None, **where: str) -> float | None:
    """Returns the value of a metric."""
    return metric(name, version).value(scope(version, period, area_code, **where))


def values(
    version: Version,
    name: str,
    by: str | tuple[str, ...],
    period: str = "all",
    area_code: str | None = None,
    measure: str = "value",
    **where: str,
) -> dict[object, float | None]:
    """Returns a column of a metric by group: the key is a single value for one dimension, else a tuple."""
    dims = (by,) if isinstance(by, str) else by
    rows = metric(name, version).rows(scope(version, period, area_code, **where), dims)
    keys = rows.select(dims).rows()
    return dict(zip([key[0] if len(dims) == 1 else key for key in keys], rows[measure].to_list(), strict=True))


def month(text: str) -> date:
    """Returns the first day of a month given as 2024-03."""
    return date.fromisoformat(f"{text}-01")


def copy_project(folder: Path) -> Path:
    """Copies etl/ and sql/ so that a test may edit their files, and builds a world with three workers in EAST."""
    for name in ("etl", "sql"):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "data").mkdir()
    for name in ("standards.csv", "annotations.csv"):
        shutil.copyfile(PROJECT / "data" / name, folder / "data" / name)
    write(
        folder / "data" / "incoming",
        "庆阳市",
        areas=AREAS,
        workers=workers(3, EAST),
        population=[population(EAST, "2024-01-31", 1000)],
    )
    result = run_etl("build", "--as-of", "2024-03-31", cwd=folder)
    assert result.returncode == 0, result.stderr
    return folder


def run_etl(*arguments: object, cwd: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    """Runs `python -m etl …` as a user does, in a wide terminal."""
    return subprocess.run(
        [sys.executable, "-m", "etl", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment(),
    )


def environment() -> dict[str, str]:
    """Returns the environment without the warehouse of another test."""
    variables = {name: text for name, text in os.environ.items() if name != "LINLI_WAREHOUSE"}
    return variables | {"COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": "1"}


def record_nothing(*_entry: object) -> None:
    """Does nothing; replaces the recording of a change in tests of the change itself."""


def make_old(warehouse_folder: Path) -> None:
    """Gives the current version of a warehouse the schemas and raw columns that an earlier release built."""
    version = warehouse.intact_version(warehouse_folder)
    with duckdb.connect(str(version.path)) as connection:
        for old, new in aliases.SCHEMAS.items():
            connection.execute(f"create schema {old}")
            tables = connection.execute(
                "select table_name from duckdb_tables() where schema_name = $schema", {"schema": new}
            ).fetchall()
            for (table,) in tables:
                connection.execute(f"create table {old}.{table} as from {new}.{table}")
            connection.execute(f"drop schema {new} cascade")
            connection.execute(
                f"update meta.sql_files set path = replace(path, '{new}/', '{old}/'), "
                f"text = replace(text, '{new}.', '{old}.')"
            )
        connection.execute("drop table raw.table_counts")
        for table, column in (
            ("standards", "obligation"),
            ("standards", "pace"),
            ("files", "received_on"),
            ("files", "valid_on"),
        ):
            connection.execute(f"alter table raw.{table} drop column {column}")
    warehouse.checksum_file(version.path).unlink()
