"""Reads metric definitions from sql/metrics and computes them by area, period and dimensions.

Cards, trends, maps, rankings, exports, the command line and the tests all call `Metric.rows`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial, reduce

import duckdb
import polars as pl

from sql.errors import SqlFileError
from sql.files import parse_cache, sql_file
from sql.files.columns import AREA_CODE, AREA_DIMENSIONS, MEASURES, TIME_DIMENSIONS
from sql.files.sql_file import SqlFile, Text
from sql.security import disclosure, dominance
from sql.security.dominance import LARGEST_SHARE
from sql.security.release import Frame
from sql.semantic import held
from sql.semantic.catalog import catalog
from sql.semantic.catalog.dimensions import columns_hash, dimensions, mart_columns
from sql.semantic.catalog.sources import source_tables
from sql.semantic.cohort import is_ripe_only, last_ripe_month, ripe_scope
from sql.semantic.compose import ComposedQuery, metric_mart, metric_sql
from sql.semantic.extremes import min_date
from sql.semantic.held import HeldTable
from sql.semantic.periods import Period, add_months
from sql.semantic.scope import Scope
from sql.warehouse import Version

_MEASURE_TYPES = dict.fromkeys(MEASURES, pl.Float64) | {"is_present": pl.Boolean}


@dataclass(frozen=True)
class Metric:
    """Holds a metric's definition as one version can run it.

    `file_error` is set if the current file cannot be used and the text that the version was built with replaces it.
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
        """Returns the title for narrow spaces: cards, columns, bars."""
        return Text.of(self.file.header["short"]) if "short" in self.file.header else self.title

    @property
    def note(self) -> Text:
        """Returns the definition in words; empty if the title needs no explanation."""
        return Text.of(self.file.header.get("note", ""))

    @property
    def unit(self) -> str:
        return self.file.header["unit"]

    @property
    def decimals(self) -> int:
        return int(self.file.header["decimals"])

    @property
    def direction(self) -> str:
        """Returns the direction that is better: higher, lower or none."""
        return self.file.header["direction"]

    @property
    def aggregation(self) -> str:
        """Returns how the months of a period combine: latest, sum or ratio."""
        return self.file.header["aggregation"]

    @property
    def grows_within_period(self) -> bool:
        """Returns true if more months of a period make the number larger: sums, and what is counted since its start."""
        return self.aggregation == "sum" or "period_start" in sql_file.without_header(self.file.text)

    @property
    def min_people(self) -> int:
        """Returns the minimum denominator, below which value and numerator are null; 0: no minimum."""
        return int(self.file.header.get("min_people", 0))

    @property
    def largest_share(self) -> float | None:
        """Returns the largest share of the sum, in percent, that one person may have before value and numerator are
        null; None: no limit."""
        return float(self.file.header[LARGEST_SHARE]) if LARGEST_SHARE in self.file.header else None

    @property
    def needs_standard(self) -> bool:
        """Returns true for a metric that has a number only where a standard applies, such as a gap."""
        return self.file.header.get("needs_standard") == "yes"

    @property
    def mart(self) -> str:
        return metric_mart(self.file)

    @property
    def is_rate(self) -> bool:
        """Returns true for ratios and medians, whose empty groups are null; those of other metrics are 0."""
        if self.aggregation == "ratio":
            return True
        return "denominator" in sql_file.projections(self.file.path, self.file.text)

    @property
    def dimensions(self) -> list[str]:
        """Returns what the metric can be grouped and filtered by: the dimensions of its mart and its detail marts."""
        return dimensions(self.version, self.mart)

    @property
    def source_tables(self) -> tuple[frozenset[str], frozenset[str]]:
        """Returns the source tables behind the metric: the one that its mart counts, and those of further columns."""
        return source_tables(self.version, self.file, self.mart)

    def held_tables(self, scope: Scope) -> tuple[HeldTable, ...]:
        """Returns the held tables of districts in the scope that the metric counts."""
        own, others = self.source_tables
        return held.held_tables(scope.version, own | others, scope.area_code)

    def is_held(self, scope: Scope) -> bool:
        """Returns true if the metric has no value for the scope because a table that it counts is held."""
        return any(table.is_held for table in self.held_tables(scope))

    @property
    def is_ripe_only(self) -> bool:
        """Returns true if the metric counts only months whose cases are old enough to be judged."""
        return is_ripe_only(self.file)

    def cohort(self, scope: Scope) -> Scope:
        """Returns the scope that the metric counts: without the unripe months for a metric with `cohort: ripe`."""
        return ripe_scope(scope) if self.is_ripe_only else scope

    def sql(self, scope: Scope, by: tuple[str, ...] = ()) -> ComposedQuery:
        """Returns the SQL that computes the metric, with its bound parameters."""
        return metric_sql(self.file, self.cohort(scope), by)

    def rows(self, scope: Scope, by: str | tuple[str, ...] = ()) -> pl.DataFrame:
        """Returns the dimensions (an area level with `<level>_name`), value, numerator, denominator, standard; sorted.
        Where numbers are held, they are null and a column `is_held` is true.

        There is a row for every area in the scope and every month of the period. A group without data is 0 for a
        count, and null for a rate or if its district has not reported. A measure that the metric does not define is a
        null column. Raises InputError for a dimension that its mart does not have.
        """
        return _rows(self, self.cohort(scope), (by,) if isinstance(by, str) else tuple(by))

    def trend_rows(self, scope: Scope, by: tuple[str, ...] = ("month",)) -> pl.DataFrame:
        """Returns the metric's rows by month, and further dimensions; for a metric with `cohort: ripe` with its unripe
        months, which `rows` leaves out, and a column `is_ripe` that is false there. Only a trend draws them."""
        if not self.is_ripe_only:
            return self.rows(scope, by)
        return _rows(self, scope, by).with_columns(is_ripe=pl.col("month") <= last_ripe_month(scope))

    def frame(self, scope: Scope, rows: pl.DataFrame, by: tuple[str, ...] = ()) -> Frame:
        """Returns a page's rows of the metric as a frame that may leave the office.

        `rows` are the metric's rows by these dimensions; in rows for a map the area's code is called `code`. Where
        counts are rounded, columns that the page has added are dropped: they were computed from exact numbers.
        """
        return Frame(lambda policy: self._rows_to_export(policy.view(scope), rows, by))

    def _rows_to_export(self, scope: Scope, rows: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
        if not scope.version.is_rounded or not disclosure.people_columns(self.file):
            return rows
        own = self.rows(scope, by)
        if not by:
            return own
        keys = {name: name if name in rows.columns else "code" for name in by}
        return rows.select(keys.values()).join(
            own.rename(keys), on=list(keys.values()), how="left", nulls_equal=True, maintain_order="left"
        )

    def value(self, scope: Scope) -> float | None:
        """Returns the metric's single value for the scope, or None if there is none."""
        return self.rows(scope)["value"].item()


def metric(name: str, version: Version) -> Metric:
    """Returns the named metric, as the version can run it.

    Raises InputError for an unknown name, and SqlFileError if neither the current file nor the text that the version
    was built with is usable.
    """
    file, _, broken = catalog.definition("metrics", name, version, partial(_bind, version))
    return Metric(file, version, broken)


def _bind(version: Version, file: SqlFile) -> None:
    # Every card and chart of every run requests the file; its text is bound once.
    _bound(version, file.path, file.text)


@lru_cache(maxsize=2048)
def _bound(version: Version, path: str, text: str) -> None:
    file = sql_file.read(path, text)
    composed = metric_sql(file, Scope(version, None, Period(None, version.data_month)))

    def binds() -> bool:
        catalog.explain(version, file, composed)
        return True

    # What DuckDB has bound to these columns once will bind again; binding all metrics takes a second in each process.
    parse_cache.get_or_compute(duckdb.__version__, ("bound", columns_hash(version), composed.sql), binds)


@lru_cache(maxsize=8192)
def _rows(metric: Metric, scope: Scope, by: tuple[str, ...]) -> pl.DataFrame:
    composed = metric_sql(metric.file, scope, by)
    result = scope.version.rows(composed.sql, composed.params)
    if not by:
        return _single_row(metric, scope, result)
    missing = [pl.lit(None, pl.Float64).alias(name) for name in MEASURES if name not in result.columns]
    result = result.with_columns(pl.col(name).cast(pl.Float64) for name in MEASURES if name in result.columns)
    result = result.with_columns(*missing, is_present=pl.lit(True))
    levels = [name for name in by if name in AREA_DIMENSIONS]
    rows = _with_all_groups(metric, scope, by, result)
    if not metric.is_rate and _has_mart_rows(metric, scope, levels):
        reporting = _reporting_areas(metric, scope)
        has_reported = pl.col(levels[-1]).is_in(reporting) if levels else pl.lit(scope.area_code in reporting)
        is_zero = pl.col("is_present").is_null() & has_reported & _covers_group(metric, scope, by)
        rows = rows.with_columns(value=pl.when(is_zero).then(0.0).otherwise(pl.col("value")))
    for level in levels:
        rows = rows.join(scope.members(level), on=level, how="left")
    if metric.min_people:
        is_safe = _safe_rows(metric, scope, by, rows)
        rows = rows.with_columns(pl.when(is_safe).then(pl.col(name)).alias(name) for name in ("value", "numerator"))
    rows = disclosure.use_rounded_measures(rows)
    columns = [column for name in by for column in ((name, f"{name}_name") if name in levels else (name,))]
    own, others = metric.source_tables
    codes = held.held_areas(scope.version, own | others)
    is_held = pl.col(levels[-1]).is_in(list(codes)) if levels else pl.lit(metric.is_held(scope))
    return _without_held(rows.sort(*by), columns, is_held) if codes else rows.select(*columns, *MEASURES).sort(*by)


def _without_held(rows: pl.DataFrame, columns: list[str], is_held: pl.Expr) -> pl.DataFrame:
    """Returns the rows with null measures where they are held, and a column `is_held` if any is."""
    measures = [pl.when(is_held).then(None).otherwise(pl.col(name)).alias(name) for name in MEASURES]
    marked = rows.select(*columns, *measures, is_held=is_held)
    return marked if marked["is_held"].any() else marked.drop("is_held")


def _single_row(metric: Metric, scope: Scope, result: pl.DataFrame) -> pl.DataFrame:
    """Returns the single row of a query without groups. A page needs dozens of these, so the row is built in Python
    and not by a query of its own."""
    row = result.row(0, named=True) if result.height else {}
    measures = {name: None if row.get(name) is None else float(row[name]) for name in MEASURES}
    is_counted = (
        not metric.is_rate and _has_mart_rows(metric, scope, []) and scope.area_code in _reporting_areas(metric, scope)
    )
    if not row and is_counted and _covers_period(metric, scope):
        measures["value"] = 0.0
    if metric.min_people and row and not _safe_rows(metric, scope, (), result).item():
        measures |= {"value": None, "numerator": None}
    # Present only if the version is rounded.
    rounded = {name: value for name, value in row.items() if name.startswith(disclosure.ROUNDED_PREFIX)}
    single = pl.DataFrame([measures | {"is_present": bool(row) or None} | rounded], schema_overrides=_MEASURE_TYPES)
    rows = disclosure.use_rounded_measures(single)
    return _without_held(rows, [], pl.lit(True)) if metric.is_held(scope) else rows.select(MEASURES)


def _safe_rows(metric: Metric, scope: Scope, by: tuple[str, ...], rows: pl.DataFrame) -> pl.Series:
    """Returns true for each row whose value may be shown: it covers enough people and, for pay, does not allow a hidden
    group to be derived."""
    is_safe = dominance.safe_cells(rows, metric.min_people, metric.largest_share)
    if metric.largest_share is None:
        return is_safe
    times = [name for name in by if name in TIME_DIMENSIONS]
    lines_by = [name for name in by if name not in times]
    is_safe = dominance.suppress_secondary(rows, is_safe, by, lines_by, metric.min_people)
    area = scope.area
    if area.code in (None, scope.version.area):
        return is_safe
    # The area may be hidden among its siblings. Then neither it nor any breakdown that sums to it may be shown.
    siblings = metric.rows(scope.with_area(area.parent), by=(area.level, *times))
    visible = siblings.filter((pl.col(area.level) == area.code) & pl.col("value").is_not_null())
    if not times:
        return is_safe & pl.Series([not visible.is_empty()] * rows.height, dtype=pl.Boolean)
    return is_safe & rows.join(visible.select(*times, is_visible=True), on=times, how="left", maintain_order="left")[
        "is_visible"
    ].fill_null(False)


def _reporting_areas(metric: Metric, scope: Scope) -> frozenset[str | None]:
    """Returns the areas that have reported what the metric counts."""
    return reporting_areas(scope.version, _source_table(scope.version, metric.mart))


def _with_all_groups(metric: Metric, scope: Scope, by: tuple[str, ...], result: pl.DataFrame) -> pl.DataFrame:
    """Returns the result with a row of null measures added for each missing combination of area, month and value."""
    groups: list[pl.DataFrame] = []
    for name in by:
        if name in AREA_DIMENSIONS:
            values = scope.members(name).select(name)
        elif name == "month":
            values = pl.DataFrame({name: _months(metric, scope, result)}, schema={name: pl.Date})
        else:
            values = result.select(name).unique()
        groups.append(values)
    combinations = reduce(lambda left, right: left.join(right, how="cross"), groups)
    return combinations.join(result, on=list(by), how="left", nulls_equal=True)


def _has_mart_rows(metric: Metric, scope: Scope, levels: list[str]) -> bool:
    """Returns true if the mart holds rows for the requested level. Lists in force are kept for areas above the
    communities only, so for a community or the root the number is unknown, not 0."""
    level = levels[-1] if levels else scope.area.level
    return AREA_CODE not in mart_columns(scope.version, metric.mart) or level not in ("root", "community")


def _covers_group(metric: Metric, scope: Scope, by: tuple[str, ...]) -> pl.Expr:
    """Returns an expression that is true if the version covers a group's months. After the data date, and for a level
    before the calendar starts, nothing was counted, so a missing group is not 0."""
    if metric.aggregation == "latest" and "month" in by:
        return pl.col("month") >= scope.version.first_month
    return pl.lit(_covers_period(metric, scope))


def _covers_period(metric: Metric, scope: Scope) -> bool:
    """Returns true if the version covers the period."""
    version, period = scope.version, scope.period
    has_begun = period.first is None or period.first <= version.data_month
    return has_begun and (metric.aggregation != "latest" or period.last >= version.first_month)


def _months(metric: Metric, scope: Scope, result: pl.DataFrame) -> list[date]:
    last = min(scope.period.last, scope.version.data_month)
    # A level has a value for every month of the calendar; events go back to the first one on record.
    earliest = scope.version.first_month if metric.aggregation == "latest" else min_date(result["month"])
    first = scope.period.first or earliest or last
    months = Period(first, last).months or 0
    return [add_months(first, step) for step in range(max(months, 0))]


@lru_cache(maxsize=256)
def _source_table(version: Version, mart: str) -> str:
    """Returns the source table whose rows a mart counts. A missing count is 0 only if that table was reported."""
    return sql_file.read(f"marts/{mart}.sql", version.sql_file(f"marts/{mart}.sql") or "").header["source_table"]


@lru_cache(maxsize=256)
def reporting_areas(version: Version, table: str) -> frozenset[str | None]:
    """Returns the codes of all areas that contain a district that has reported the table, including None, the root."""
    rows = version.rows(
        "select distinct ancestors.ancestor_code from intermediate.area_ancestors as ancestors "
        "inner join staging.areas as areas on ancestors.area_code = areas.area_code "
        "inner join intermediate.reports as reports on areas.district = reports.district "
        "where reports.table_name = $table",
        {"table": table},
    )
    codes = frozenset(rows["ancestor_code"].to_list())
    return codes | {None} if codes else codes
