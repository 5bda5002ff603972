"""Writes a source folder with one long table: a district of the demo with that table's rows sampled repeatedly.

The files use the English headers of the data dictionary, so that bare DuckDB can load them unchanged.
"""

from __future__ import annotations

import os
import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from data.generator import PARENT_AREAS
from data.generator.base import identities
from etl.build.build import NATIONAL_STANDARDS
from etl.contracts import all_tables
from etl.ingest.pipeline import ingest_folder
from sql.paths import PROJECT

DISTRICT = "庆阳市"
AS_OF = date(2026, 6, 30)
SEED = 2026


def write_source(folder: Path, table: str, count: int) -> Path:
    """Returns a source folder in `folder` in which `table` (workers or requests) has `count` rows and the district's
    other tables are unchanged; writes it once, identical for the same arguments."""
    source = folder / f"{table}-{count}"
    if source.is_dir():
        return source
    folder.mkdir(parents=True, exist_ok=True)
    # An interrupted run must not leave an incomplete source for the next.
    scratch = Path(tempfile.mkdtemp(dir=folder))
    (scratch / DISTRICT).mkdir()
    for name, rows in _tables(table, count).items():
        rows.write_csv(scratch / DISTRICT / f"{name}.csv", datetime_format="%Y-%m-%d %H:%M:%S")
    scratch.chmod(0o755)
    os.replace(scratch, source)
    return source


def _tables(long_table: str, count: int) -> dict[str, pl.DataFrame]:
    accepted = ingest_folder(PROJECT / "data" / "demo", NATIONAL_STANDARDS).tables
    tables = {}
    for name, table in all_tables().items():
        # The district's city belongs to a province that is in another folder of the demo.
        districts = [DISTRICT, PARENT_AREAS] if name == "areas" else [DISTRICT]
        rows = accepted[name].filter(pl.col("source_district").is_in(districts))
        if name == "workers":
            rows = _roster(rows, count if name == long_table else rows.height)
        elif name == long_table:
            rows = _requests(rows, count)
        # Boundaries are in a file of another format.
        if rows.height and name != "shapes":
            tables[name] = rows.select(list(table.columns))
    return tables


def _roster(people: pl.DataFrame, count: int) -> pl.DataFrame:
    """Returns the people, then others sampled from them, born and hired up to two years earlier, all with valid identity
    numbers that nobody can have (their region is 999xxx)."""
    rng = np.random.default_rng(SEED)
    indexes = np.concatenate([np.arange(people.height), rng.integers(0, people.height, count - people.height)])
    is_new = pl.Series(np.arange(count) >= people.height)

    # Both dates shift by the same amount, so that nobody is hired too young.
    days = pl.when(is_new).then(pl.Series(rng.integers(-700, 1, count))).otherwise(0)
    earlier = pl.duration(days=days)
    worker_id = pl.lit("N") + pl.Series(np.arange(count)).cast(pl.String).str.zfill(8)
    return (
        people[indexes]
        .with_columns(
            pl.when(is_new).then(worker_id).otherwise("worker_id").alias("worker_id"),
            pl.col("name").str.replace("*", "晓明", literal=True),
            pl.col("birth_date", "hire_date", "leave_date") + earlier,
            phone=pl.lit("100") + pl.Series(rng.integers(0, 10**8, count)).cast(pl.String).str.zfill(8),
        )
        .with_columns(id_number=_id_number(rng, count))
    )


def _requests(requests: pl.DataFrame, count: int) -> pl.DataFrame:
    """Returns requests sampled from those given, with all times up to two years earlier."""
    rng = np.random.default_rng(SEED)
    earlier = pl.duration(seconds=pl.Series(rng.integers(-700 * 86_400, 1, count)))
    request_id = pl.lit("R") + pl.Series(np.arange(count)).cast(pl.String).str.zfill(8)
    return requests[rng.integers(0, requests.height, count)].with_columns(
        pl.col(pl.Datetime) + earlier, request_id=request_id
    )


def _id_number(rng: np.random.Generator, count: int) -> pl.Expr:
    """Returns identity numbers as in data.generator.base.identities, but for a whole column at once."""
    region = pl.Series(rng.integers(999_000, 1_000_000, count)).cast(pl.String)
    order = 2 * pl.Series(rng.integers(0, 500, count)) + (pl.col("gender") == "male").cast(pl.Int64)
    body = region + pl.col("birth_date").dt.to_string("%Y%m%d") + order.cast(pl.String).str.zfill(3)
    weighted = pl.sum_horizontal(
        body.str.slice(index, 1).cast(pl.Int64) * weight for index, weight in enumerate(identities.WEIGHTS)
    )
    return body + (weighted % 11).replace_strict(range(11), list(identities.CHECK_DIGITS))
