"""How long a metric takes to answer, with nothing remembered, against its bare SQL on the same version."""
from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sql import catalog, compose, files, metric, metrics, scope, warehouse
from sql.periods import Period
from sql.scope import Scope
from sql.warehouse import Version

CITY = "621000"


@dataclass(frozen=True)
class Answer:
    """Milliseconds of one metric: its first call, those after it, and its SQL alone, never with rows kept."""

    name: str
    first: float
    whole: pl.Series
    bare: pl.Series


def at_city_by_month(warehouse_folder: Path, repeats: int = 25) -> list[Answer]:
    """Every metric of sql/ for the city by month over all months, in the version that is current."""
    version = warehouse.current(warehouse_folder)
    # Opening the file is the process's first question's, not the first metric's.
    warehouse.connect(version).close()
    return [_answer(name, version, repeats) for name in catalog.names("metrics")]


def _answer(name: str, version: Version, repeats: int) -> Answer:
    _forget_everything()
    first = _milliseconds(lambda: _rows(name, version))
    whole, bare = [], []
    # In turn, so that what else the machine does meets both alike.
    for _ in range(repeats):
        _forget_rows()
        whole.append(_milliseconds(lambda: _rows(name, version)))
        composed = metric(name, version).sql(_everything(version), ("month",))
        _forget_rows()
        bare.append(_milliseconds(lambda: version.rows(composed.sql, composed.params)))
    return Answer(name, first, pl.Series(whole), pl.Series(bare))


def _rows(name: str, version: Version) -> pl.DataFrame:
    return metric(name, version).rows(_everything(version), by="month")


def _everything(version: Version) -> Scope:
    return Scope(version, CITY, Period(None, version.data_month))


def _milliseconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - started)


def _forget_rows() -> None:
    """Empties what keeps rows; parsed and composed SQL stays, as it does when a new version is published."""
    warehouse._rows.cache_clear()
    metrics._rows.cache_clear()


def _forget_everything() -> None:
    """As in a process that has answered nothing yet, but for the open connection and the files' texts."""
    _forget_rows()
    for cache in (compose.mart_columns, compose._first_token, files.parse, scope.areas):
        cache.cache_clear()
    for cache in (metrics._counted_table, metrics._reporting):
        cache.cache_clear()
    catalog.forget()
