"""A source folder with a roster of any length: one district of the demo, its roster sampled again and again.

The files use the English words of the data dictionary, so that bare DuckDB can load them as they are.
"""
from __future__ import annotations

import os
import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from etl.build import NATIONAL_STANDARDS
from etl.contracts import registered
from etl.demo import identities
from etl.intake import take_in
from sql.warehouse import PROJECT

DISTRICT = "庆阳市"
TABLES = ("areas", "population", "grids", "workers", "grid_duties", "standards")
AS_OF = date(2026, 6, 30)
SEED = 2026


def written(folder: Path, workers: int) -> Path:
    """The source folder with so many workers below `folder`; written once, the same for the same number."""
    source = folder / f"source-{workers}"
    if source.is_dir():
        return source
    folder.mkdir(parents=True, exist_ok=True)
    # A run that is interrupted must not leave half a source to be measured by the next.
    aside = Path(tempfile.mkdtemp(dir=folder))
    (aside / DISTRICT).mkdir()
    for name, rows in _tables(workers).items():
        rows.write_csv(aside / DISTRICT / f"{name}.csv")
    aside.chmod(0o755)
    os.replace(aside, source)
    return source


def _tables(workers: int) -> dict[str, pl.DataFrame]:
    accepted = take_in(PROJECT / "data" / "demo", NATIONAL_STANDARDS).tables
    tables = {}
    for name in TABLES:
        # The district's city hangs below a province that another folder of the demo holds.
        is_ours = pl.col("source_district") == DISTRICT
        if name == "areas":
            is_ours |= pl.col("area_code") == "620000"
        rows = accepted[name].filter(is_ours)
        if name == "workers":
            rows = _roster(rows, workers)
        tables[name] = rows.select(list(registered()[name].columns))
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


def _id_number(rng: np.random.Generator, count: int) -> pl.Expr:
    """As etl.demo.identities writes them, a million at a time."""
    region = pl.Series(rng.integers(999_000, 1_000_000, count)).cast(pl.String)
    order = 2 * pl.Series(rng.integers(0, 500, count)) + (pl.col("gender") == "male").cast(pl.Int64)
    body = region + pl.col("birth_date").dt.to_string("%Y%m%d") + order.cast(pl.String).str.zfill(3)
    weighted = pl.sum_horizontal(
        body.str.slice(place, 1).cast(pl.Int64) * weight for place, weight in enumerate(identities.WEIGHTS)
    )
    return body + (weighted % 11).replace_strict(range(11), list(identities.CHECKS))
