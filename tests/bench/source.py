"""A source folder with one long table: one district of the demo, that table's rows sampled again and again.

The files use the English words of the data dictionary, so that bare DuckDB can load them as they are.
"""

from __future__ import annotations

import os
import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from data.generator import PARENT_AREAS, identities
from etl.build.build import NATIONAL_STANDARDS
from etl.contracts import all_tables
from etl.ingest.pipeline import ingest_folder
from sql.paths import PROJECT

DISTRICT = "庆阳市"
AS_OF = date(2026, 6, 30)
SEED = 2026


def write_source(folder: Path, table: str, count: int) -> Path:
    """The source folder below `folder` in which `table` (workers or requests) has so many rows and the
    district's other tables have their own; written once, the same for the same arguments."""
    source = folder / f"{table}-{count}"
    if source.is_dir():
        return source
    folder.mkdir(parents=True, exist_ok=True)
    # A run that is interrupted must not leave half a source to be measured by the next.
    aside = Path(tempfile.mkdtemp(dir=folder))
    (aside / DISTRICT).mkdir()
    for name, rows in _tables(table, count).items():
        rows.write_csv(aside / DISTRICT / f"{name}.csv", datetime_format="%Y-%m-%d %H:%M:%S")
    aside.chmod(0o755)
    os.replace(aside, source)
    return source


def _tables(long: str, count: int) -> dict[str, pl.DataFrame]:
    accepted = ingest_folder(PROJECT / "data" / "demo", NATIONAL_STANDARDS).tables
    tables = {}
    for name, table in all_tables().items():
        # The district's city hangs below a province that another folder of the demo holds.
        ours = [DISTRICT, PARENT_AREAS] if name == "areas" else [DISTRICT]
        rows = accepted[name].filter(pl.col("source_district").is_in(ours))
        if name == "workers":
            rows = _roster(rows, count if name == long else rows.height)
        elif name == long:
            rows = _requests(rows, count)
        # Boundaries come in a file of another kind.
        if rows.height and name != "shapes":
            tables[name] = rows.select(list(table.columns))
    return tables


def _roster(people: pl.DataFrame, count: int) -> pl.DataFrame:
    """The people first, then others drawn from them, born and hired up to two years earlier, all with valid
    identity numbers that can belong to nobody (their region is 999xxx)."""
    rng = np.random.default_rng(SEED)
    drawn = np.concatenate([np.arange(people.height), rng.integers(0, people.height, count - people.height)])
    is_new = pl.Series(np.arange(count) >= people.height)

    # Born and hired earlier by as much, so that nobody is hired too young.
    days = pl.when(is_new).then(pl.Series(rng.integers(-700, 1, count))).otherwise(0)
    earlier = pl.duration(days=days)
    worker_id = pl.lit("N") + pl.Series(np.arange(count)).cast(pl.String).str.zfill(8)
    return (
        people[drawn]
        .with_columns(
            pl.when(is_new).then(worker_id).otherwise("worker_id").alias("worker_id"),
            pl.col("name").str.replace("*", "晓明", literal=True),
            pl.col("birth_date", "hire_date", "leave_date") + earlier,
            phone=pl.lit("100") + pl.Series(rng.integers(0, 10**8, count)).cast(pl.String).str.zfill(8),
        )
        .with_columns(id_number=_id_number(rng, count))
    )


def _requests(requests: pl.DataFrame, count: int) -> pl.DataFrame:
    """Requests drawn from those given, with all their times up to two years earlier."""
    rng = np.random.default_rng(SEED)
    earlier = pl.duration(seconds=pl.Series(rng.integers(-700 * 86_400, 1, count)))
    request_id = pl.lit("R") + pl.Series(np.arange(count)).cast(pl.String).str.zfill(8)
    return requests[rng.integers(0, requests.height, count)].with_columns(
        pl.col(pl.Datetime) + earlier, request_id=request_id
    )


def _id_number(rng: np.random.Generator, count: int) -> pl.Expr:
    """As data.generator.identities writes them, a million at a time."""
    region = pl.Series(rng.integers(999_000, 1_000_000, count)).cast(pl.String)
    order = 2 * pl.Series(rng.integers(0, 500, count)) + (pl.col("gender") == "male").cast(pl.Int64)
    body = region + pl.col("birth_date").dt.to_string("%Y%m%d") + order.cast(pl.String).str.zfill(3)
    weighted = pl.sum_horizontal(
        body.str.slice(place, 1).cast(pl.Int64) * weight for place, weight in enumerate(identities.WEIGHTS)
    )
    return body + (weighted % 11).replace_strict(range(11), list(identities.CHECK_DIGITS))
