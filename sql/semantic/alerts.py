"""Finds the open alerts of an area from the files in sql/alerts, worst first, with a message in both languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Any

import polars as pl
import polars.selectors as cs

from sql.errors import SqlFileError
from sql.files import sql_file
from sql.files.sql_file import SqlFile, Text
from sql.security import disclosure
from sql.semantic import signal_alerts
from sql.semantic.catalog import catalog
from sql.semantic.metrics import Metric, metric
from sql.semantic.periods import Period
from sql.semantic.queries import run_file
from sql.semantic.scope import Area, Scope
from sql.source_tables import SOURCE_TABLES
from sql.warehouse import Version

# Columns that every alert returns; any further ones fill the placeholders of its message.
COLUMNS = ("area_code", "value", "limit_value", "since")
_PLACEHOLDER = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Alert:
    """Describes one area that needs attention.

    `name` is the alert file's name, `message` says what is wrong and `remedy` what to do. `value` has been beyond
    `limit`, both in `unit`, since the day or month `since`, by `beyond_percent` of the limit (None if the limit is 0).
    `metric` and `page` say where to look, if the file names them.
    """

    name: str
    title: Text
    short_title: Text
    message: Text
    remedy: Text
    area: Area
    value: float | None
    limit: float | None
    since: date | None
    unit: str
    decimals: int
    metric: str | None
    page: str | None

    @property
    def beyond_percent(self) -> float | None:
        """Returns how far the value is beyond the limit, in percent of the limit."""
        if self.value is None or not self.limit:
            return None
        return 100 * abs(self.value - self.limit) / abs(self.limit)


def open_alerts(scope: Scope) -> list[Alert]:
    """Returns the alerts open at the data date in the scope's area and in those one step below, worst first.

    The scope's period and filters are ignored: alerts cover everything up to now. A broken file that the version was
    not built with is skipped: `catalog.broken_files` reports it.
    """
    current = Scope(scope.version, scope.area_code, Period(None, scope.version.data_month))
    inside = {area.code: area for area in _areas(current)}
    alerts = []
    for name in catalog.names("alerts"):
        try:
            file, rows, _ = catalog.definition("alerts", name, scope.version, partial(_rows, scope=current))
        except SqlFileError:
            continue
        alerts += [
            _alert(file, row, inside[row["area_code"]])
            for row in rows.iter_rows(named=True)
            if row["area_code"] in inside and not _is_held(file, current.with_area(row["area_code"]))
        ]
    return sorted(alerts, key=_worst_first)


def open_alerts_everywhere(version: Version) -> list[Alert]:
    """Returns the alerts open in every pilot area and one step below it, worst first."""
    everywhere = Scope(version, None, Period(None, version.data_month))
    alerts = [alert for area in everywhere.children() for alert in open_alerts(everywhere.with_area(area.code))]
    return sorted(alerts, key=_worst_first)


def _is_held(file: SqlFile, scope: Scope) -> bool:
    """Returns true if the number that an alert is about is held for the area."""
    return "metric" in file.header and metric(file.header["metric"], scope.version).is_held(scope)


def _worst_first(alert: Alert) -> tuple[bool, float, str, str]:
    beyond = alert.beyond_percent
    return (beyond is None, -(beyond or 0.0), alert.area.code or "", alert.name)


def _rows(file: SqlFile, scope: Scope) -> pl.DataFrame:
    """Returns the rows of an alert file in the scope. Raises SqlFileError if DuckDB rejects the file, or if a column
    that is required or named in its message is missing."""
    rows = _open_rows(file.path, file.text, scope)
    if scope.version.is_rounded and "metric" in file.header:
        rows = _with_rounded_values(rows, metric(file.header["metric"], scope.version), scope)
    _require(file, rows, COLUMNS)
    for language, template in Text.of(file.header["message"])._asdict().items():
        names = _PLACEHOLDER.findall(template)
        unknown = [name for name in names if not {name, f"{name}_{language}"} & set(rows.columns)]
        if unknown:
            raise file.error(
                Text(f"message：没有这一列：{'、'.join(unknown)}", f"message: no such column: {', '.join(unknown)}")
            )
    return rows


@lru_cache(maxsize=1024)
def _open_rows(path: str, text: str, scope: Scope) -> pl.DataFrame:
    """Returns the rows that a file finds. A file that opens on a signal gives months, the last of which is judged."""
    file = sql_file.read(path, text)
    # A literal such as 100.0 makes DuckDB return decimals.
    rows = run_file(path, text, scope).with_columns(cs.decimal().cast(pl.Float64))
    if file.header.get("opens_on") != "signal":
        return rows
    sql_file.require(file, ("metric",))
    _require(file, rows, signal_alerts.COLUMNS)
    codes = [area.code for area in _areas(scope)]
    months = rows.filter(pl.col("area_code").is_in(codes))
    return signal_alerts.last_month_signals(months, metric(file.header["metric"], scope.version))


def _areas(scope: Scope) -> list[Area]:
    """Returns the scope's area and those one step below it; the root, above all pilot areas, has no alerts."""
    return [area for area in (scope.area, *scope.children()) if area.code is not None]


def _require(file: SqlFile, rows: pl.DataFrame, columns: tuple[str, ...]) -> None:
    """Raises SqlFileError if the file's rows lack any of these columns."""
    if missing := [name for name in columns if name not in rows.columns]:
        raise file.error(
            Text(
                f"预警要给出 {'、'.join(columns)}；缺少 {'、'.join(missing)}",
                f"an alert must return {', '.join(columns)}; missing: {', '.join(missing)}",
            )
        )


def _with_rounded_values(rows: pl.DataFrame, rounded_metric: Metric, scope: Scope) -> pl.DataFrame:
    """Returns the rows with the rounded metric's values if it counts people; null where the exact value may be on
    either side of the limit."""
    if not disclosure.people_columns(rounded_metric.file):
        return rows
    rounded = [rounded_metric.rows(scope.with_area(code)).row(0, named=True) for code in rows["area_code"]]
    values = [row["value"] if row["standard"] is not None else None for row in rounded]
    return rows.with_columns(value=pl.Series(values, dtype=pl.Float64))


def _alert(file: SqlFile, row: dict[str, Any], area: Area) -> Alert:
    decimals = int(file.header["decimals"])
    template = Text.of(file.header["message"])
    message = Text(_fill(template.zh, row, decimals, "zh"), _fill(template.en, row, decimals, "en"))
    return Alert(
        file.name,
        file.title,
        Text.of(file.header.get("short", file.header["title"])),
        message,
        Text.of(file.header["remedy"]),
        area,
        row["value"],
        row["limit_value"],
        row["since"],
        file.header["unit"],
        decimals,
        file.header.get("metric"),
        file.header.get("page"),
    )


def _fill(template: str, row: dict[str, Any], decimals: int, language: str) -> str:
    """Returns the template with each placeholder replaced by the row's value."""
    return _PLACEHOLDER.sub(lambda name: _format(name[1], row, decimals, language), template)


def _format(name: str, row: dict[str, Any], decimals: int, language: str) -> str:
    """Returns a column's value as text: `how` is read from how_zh or how_en if there is no column of that name."""
    value = row[name] if name in row else row[f"{name}_{language}"]
    if name == "table_name" and value in SOURCE_TABLES:
        return getattr(SOURCE_TABLES[value], language)
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.{decimals}f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
