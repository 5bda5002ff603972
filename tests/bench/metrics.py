"""How long a metric takes to answer, with nothing remembered: against its bare SQL, and over more rows."""
from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
from sqlglot import exp

from sql import catalog, compose, files, metric, metrics, scope, warehouse
from sql.metrics import Metric
from sql.periods import Period
from sql.scope import Scope
from sql.warehouse import Version


@dataclass(frozen=True)
class Answer:
    """Milliseconds of one metric: its first call, those after it, and its SQL alone, never with rows kept."""

    metric: Metric
    first: float
    whole: pl.Series
    bare: pl.Series


@dataclass(frozen=True)
class Growth:
    """Milliseconds of one metric over a version's rows and over those of another with more."""

    metric: Metric
    few: pl.Series
    many: pl.Series

    @property
    def times(self) -> float:
        """How many times as long the more rows take, at the median."""
        return self.many.median() / self.few.median()

    @property
    def is_additive(self) -> bool:
        """Whether it only counts and adds up: neither distinct things nor an order among rows."""
        tree = files.parse(self.metric.file.path, self.metric.file.text)
        return not any(tree.find(kind) for kind in (exp.Distinct, exp.Median, exp.Min, exp.Max))


def at_city_by_month(version: Version, repeats: int = 15) -> list[Answer]:
    """Every metric of sql/ for a city by month over all months; of the cities the one with the most rows."""
    # Opening the file is the process's first question's, not the first metric's.
    warehouse.connect(version).close()
    return [_answer(name, version, repeats) for name in catalog.names("metrics")]


def growth(few: Version, many: Version, repeats: int = 3) -> list[Growth]:
    """Every metric of sql/ asked as above of both versions in turn."""
    found = []
    for name in catalog.names("metrics"):
        city = _city(metric(name, few))
        asked = [_asked(name, version, city) for version in (few, many)]
        taken: list[list[float]] = [[], []]
        for ask in asked:
            # The first question reads the file's blocks and composes the SQL.
            ask()
        for _ in range(repeats):
            for ask, into in zip(asked, taken, strict=True):
                _forget_rows()
                into.append(_milliseconds(ask))
        found.append(Growth(metric(name, few), *(pl.Series(times) for times in taken)))
    return found


def _answer(name: str, version: Version, repeats: int) -> Answer:
    known = metric(name, version)
    city = _city(known)
    ask = _asked(name, version, city)
    _forget_everything()
    first = _milliseconds(ask)
    whole, bare = [], []
    # In turn, so that what else the machine does meets both alike.
    for _ in range(repeats):
        _forget_rows()
        whole.append(_milliseconds(ask))
        composed = known.sql(_all_months(version, city), ("month",))
        _forget_rows()
        bare.append(_milliseconds(lambda: version.rows(composed.sql, composed.params)))
    return Answer(known, first, pl.Series(whole), pl.Series(bare))


def _asked(name: str, version: Version, city: str) -> Callable[[], pl.DataFrame]:
    return lambda: metric(name, version).rows(_all_months(version, city), by="month")


def _all_months(version: Version, city: str) -> Scope:
    return Scope(version, city, Period(None, version.data_month))


def _city(known: Metric) -> str:
    """Of the cities the one with the most rows in the metric's mart, whose name is a file's."""
    return known.version.rows(
        f"select city from main.{known.mart} where city is not null "
        "group by city order by count(*) desc, city limit 1"
    ).item()


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
