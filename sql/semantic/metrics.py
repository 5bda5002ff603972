"""One number: its definition read from sql/metrics, asked by area, period and dimensions.

The card, the trend, the map, the ranking, the export, the command line and the tests all call `Metric.rows`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial, reduce

import duckdb
import polars as pl

from sql.errors import SqlFileError
from sql.security import disclosure, dominance
from sql.security.dominance import LARGEST_SHARE
from sql.semantic.compose import ComposedQuery, metric_mart, metric_sql
from sql.semantic.extremes import min_date
from sql.semantic.files import catalog, parse_cache, sql_file
from sql.semantic.files.dimensions import (
    AREA_CODE,
    AREA_DIMENSIONS,
    MEASURES,
    TIME_DIMENSIONS,
    columns_hash,
    dimensions,
    mart_columns,
)
from sql.semantic.files.sql_file import SqlFile, Text
from sql.semantic.periods import Period, add_months
from sql.semantic.scope import Scope
from sql.warehouse import Version

_MEASURED = dict.fromkeys(MEASURES, pl.Float64) | {"is_present": pl.Boolean}


@dataclass(frozen=True)
class Metric:
    """A file of sql/metrics as one version can run it.

    `broken` holds the reason where the file as it stands now cannot be used and the last good text is used instead.
    """

    file: SqlFile
    version: Version
    file_error: SqlFileError | None = None

    def __hash__(self) -> int:
        return hash((self.file.path, self.file.text, self.version))

    @property
    def name(self) -> str:
        return self.file.name

    @property
    def title(self) -> Text:
        return self.file.title

    @property
    def short_title(self) -> Text:
        """The title for narrow places: cards, columns, bars."""
        return Text.of(self.file.header["short"]) if "short" in self.file.header else self.title

    @property
    def note(self) -> Text:
        """The definition in words; empty where the title says all."""
        return Text.of(self.file.header.get("note", ""))

    @property
    def unit(self) -> str:
        return self.file.header["unit"]

    @property
    def decimals(self) -> int:
        return int(self.file.header["decimals"])

    @property
    def direction(self) -> str:
        """higher, lower or none: which way is good."""
        return self.file.header["direction"]

    @property
    def aggregation(self) -> str:
        """latest, sum or ratio: how months come together in a period."""
        return self.file.header["aggregation"]

    @property
    def min_people(self) -> int:
        """Of fewer people than this (the denominator) it is not told: value and numerator are empty. 0: of any
        number."""
        return int(self.file.header.get("min_people", 0))

    @property
    def largest_share(self) -> float | None:
        """Nor is it told where one of the people has more than so many percent of the sum; None: whoever has how
        much."""
        return float(self.file.header[LARGEST_SHARE]) if LARGEST_SHARE in self.file.header else None

    @property
    def mart(self) -> str:
        return metric_mart(self.file)

    @property
    def is_rate(self) -> bool:
        """Whether it is a ratio or a median: then a group of nothing is empty, else it is 0."""
        if self.aggregation == "ratio":
            return True
        return "denominator" in sql_file.projections(self.file.path, self.file.text)

    @property
    def dimensions(self) -> list[str]:
        """What it can be grouped and filtered by: the dimensions of its mart, and of those in more detail."""
        return dimensions(self.version, self.mart)

    def sql(self, scope: Scope, by: tuple[str, ...] = ()) -> ComposedQuery:
        """The SQL that gives the number shown, with its bound parameters."""
        return metric_sql(self.file, scope, by)

    def rows(self, scope: Scope, by: str | tuple[str, ...] = ()) -> pl.DataFrame:
        """The dimensions (an area level with `<level>_name`), value, numerator, denominator, standard; ordered.

        There is a row for every area in the scope and every month of the period: a group without rows is 0 for a
        count, and empty for a rate or where its district has not reported. A measure that the metric does not give is
        an empty column. Raises AskError for a dimension that its mart does not offer.
        """
        return _rows(self, scope, (by,) if isinstance(by, str) else tuple(by))

    def round_rows(self, rows: pl.DataFrame, scope: Scope, by: tuple[str, ...] = ()) -> pl.DataFrame:
        """Returns the rows of a page as the metric tells them outside the office, with counts of people rounded.

        `rows` are the metric's by these dimensions, whose areas' codes a map calls `code`. What a page has put beside
        them is left out: it was made of exact numbers.
        """
        if not disclosure.people_columns(self.file):
            return rows
        own = self.rows(scope.with_rounding, by)
        if not by:
            return own
        keys = {name: name if name in rows.columns else "code" for name in by}
        return rows.select(keys.values()).join(
            own.rename(keys), on=list(keys.values()), how="left", nulls_equal=True, maintain_order="left"
        )

    def value(self, scope: Scope) -> float | None:
        """The one number for the scope, or None where there is none."""
        return self.rows(scope)["value"].item()


def metric(name: str, version: Version) -> Metric:
    """The metric of that name, as the version can run it.

    Raises AskError for an unknown name, SqlFileError for a file that neither is usable now nor was when built.
    """
    file, _, broken = catalog.definition("metrics", name, version, partial(_bind, version))
    return Metric(file, version, broken)


def _bind(version: Version, file: SqlFile) -> None:
    # A file is asked for by each card and picture of each run; its text is bound once.
    _bound(version, file.path, file.text)


@lru_cache(maxsize=2048)
def _bound(version: Version, path: str, text: str) -> None:
    file = sql_file.read(path, text)
    composed = metric_sql(file, Scope(version, None, Period(None, version.data_month)))

    def binds() -> bool:
        catalog.explain(version, file, composed)
        return True

    # What DuckDB has bound to these columns it binds again; to ask it for all metrics takes a second, in each process.
    parse_cache.get_or_compute(duckdb.__version__, ("bound", columns_hash(version), composed.sql), binds)


@lru_cache(maxsize=8192)
def _rows(metric: Metric, scope: Scope, by: tuple[str, ...]) -> pl.DataFrame:
    composed = metric.sql(scope, by)
    found = scope.version.rows(composed.sql, composed.params)
    if not by:
        return _one(metric, scope, found)
    missing = [pl.lit(None, pl.Float64).alias(name) for name in MEASURES if name not in found.columns]
    found = found.with_columns(pl.col(name).cast(pl.Float64) for name in MEASURES if name in found.columns)
    found = found.with_columns(*missing, is_present=pl.lit(True))
    levels = [name for name in by if name in AREA_DIMENSIONS]
    rows = _every_group(metric, scope, by, found)
    if not metric.is_rate and _is_kept(metric, scope, levels):
        reported = _reported(metric, scope)
        reports = pl.col(levels[-1]).is_in(reported) if levels else pl.lit(scope.area_code in reported)
        is_nothing = pl.col("is_present").is_null() & reports & _is_told(metric, scope, by)
        rows = rows.with_columns(value=pl.when(is_nothing).then(0.0).otherwise(pl.col("value")))
    for level in levels:
        rows = rows.join(scope.members(level), on=level, how="left")
    if metric.min_people:
        shown = _told(metric, scope, by, rows)
        rows = rows.with_columns(pl.when(shown).then(pl.col(name)).alias(name) for name in ("value", "numerator"))
    rows = disclosure.use_rounded_measures(rows)
    columns = [column for name in by for column in ((name, f"{name}_name") if name in levels else (name,))]
    return rows.select(*columns, *MEASURES).sort(*by)


def _one(metric: Metric, scope: Scope, found: pl.DataFrame) -> pl.DataFrame:
    """The one row of a question without groups, which a page asks dozens of: put together without a query of its
    own."""
    row = found.row(0, named=True) if found.height else {}
    told = {name: None if row.get(name) is None else float(row[name]) for name in MEASURES}
    is_counted = not metric.is_rate and _is_kept(metric, scope, []) and scope.area_code in _reported(metric, scope)
    if not row and is_counted and _has_counted(metric, scope):
        told["value"] = 0.0
    if metric.min_people and row and not _told(metric, scope, (), found).item():
        told |= {"value": None, "numerator": None}
    # Rounded measures come where the version is rounded.
    beside = {name: value for name, value in row.items() if name.startswith(disclosure.ROUNDED_PREFIX)}
    one = pl.DataFrame([told | {"is_present": bool(row) or None} | beside], schema_overrides=_MEASURED)
    return disclosure.use_rounded_measures(one).select(MEASURES)


def _told(metric: Metric, scope: Scope, by: tuple[str, ...], rows: pl.DataFrame) -> pl.Series:
    """Of which rows the value may be told: of enough people and, of pay, where no reader works out a group that is
    not."""
    told = dominance.safe_cells(rows, metric.min_people, metric.largest_share)
    if metric.largest_share is None:
        return told
    times = [name for name in by if name in TIME_DIMENSIONS]
    told = dominance.suppress_secondary(rows, told, by, [name for name in by if name not in times], metric.min_people)
    area = scope.area
    if area.code in (None, scope.version.area):
        return told
    # Beside its like the area may be withheld: then neither is it told alone, nor what adds up to it.
    beside = metric.rows(scope.with_area(area.parent), by=(area.level, *times)).filter(pl.col(area.level) == area.code)
    known = beside.filter(pl.col("value").is_not_null())
    if not times:
        return told & pl.Series([not known.is_empty()] * rows.height, dtype=pl.Boolean)
    return told & rows.join(known.select(*times, is_known=True), on=times, how="left", maintain_order="left")[
        "is_known"
    ].fill_null(False)


def _reported(metric: Metric, scope: Scope) -> frozenset[str | None]:
    """The areas that have reported what the metric counts."""
    return reporting_areas(scope.version, _counted_table(scope.version, metric.mart))


def _every_group(metric: Metric, scope: Scope, by: tuple[str, ...], found: pl.DataFrame) -> pl.DataFrame:
    """The rows found, and one more, with empty measures, for each area, month and value that has none."""
    groups: list[pl.DataFrame] = []
    for name in by:
        if name in AREA_DIMENSIONS:
            values = scope.members(name).select(name)
        elif name == "month":
            values = pl.DataFrame({name: _months(metric, scope, found)}, schema={name: pl.Date})
        else:
            values = found.select(name).unique()
        groups.append(values)
    every = reduce(lambda left, right: left.join(right, how="cross"), groups)
    return every.join(found, on=list(by), how="left", nulls_equal=True)


def _is_kept(metric: Metric, scope: Scope, levels: list[str]) -> bool:
    """Whether the mart has the areas asked about: lists in force are kept for every area above the communities,
    so of a community, and of all places together, they tell nothing, which is no 0."""
    level = levels[-1] if levels else scope.area.level
    return AREA_CODE not in mart_columns(scope.version, metric.mart) or level not in ("root", "community")


def _is_told(metric: Metric, scope: Scope, by: tuple[str, ...]) -> pl.Expr:
    """Whether the version tells of a group's months: after the data date, and for a level before the calendar, nobody
    has counted, and nothing is no 0."""
    if metric.aggregation == "latest" and "month" in by:
        return pl.col("month") >= scope.version.first_month
    return pl.lit(_has_counted(metric, scope))


def _has_counted(metric: Metric, scope: Scope) -> bool:
    """Whether the version tells of the period."""
    version, period = scope.version, scope.period
    has_begun = period.first is None or period.first <= version.data_month
    return has_begun and (metric.aggregation != "latest" or period.last >= version.first_month)


def _months(metric: Metric, scope: Scope, found: pl.DataFrame) -> list[date]:
    last = min(scope.period.last, scope.version.data_month)
    # A level is told of every month of the calendar; moves go back to the first one known.
    begins = scope.version.first_month if metric.aggregation == "latest" else min_date(found["month"])
    first = scope.period.first or begins or last
    months = Period(first, last).months or 0
    return [add_months(first, step) for step in range(max(months, 0))]


@lru_cache(maxsize=256)
def _counted_table(version: Version, mart: str) -> str:
    """The source table whose rows a mart counts: only where it was reported is nothing a 0."""
    return sql_file.read(f"marts/{mart}.sql", version.sql_file(f"marts/{mart}.sql") or "").header["source_table"]


@lru_cache(maxsize=256)
def reporting_areas(version: Version, table: str) -> frozenset[str | None]:
    """The codes of all areas with some district below them that has reported the table; None, the root, among them."""
    rows = version.rows(
        "select distinct ancestors.ancestor_code from intermediate.area_ancestors as ancestors "
        "inner join staging.areas as areas on ancestors.area_code = areas.area_code "
        "inner join intermediate.reports as reports on areas.district = reports.district "
        "where reports.table_name = $table",
        {"table": table},
    )
    codes = frozenset(rows["ancestor_code"].to_list())
    return codes | {None} if codes else codes
