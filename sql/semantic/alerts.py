"""Finds the open alerts of an area by the files of sql/alerts, the worst first, with a message in both languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import polars as pl
import polars.selectors as cs

from sql.errors import SqlFileError
from sql.security import disclosure
from sql.semantic.files import catalog
from sql.semantic.files.sql_file import SqlFile, Text
from sql.semantic.metrics import Metric, metric
from sql.semantic.periods import Period
from sql.semantic.queries import run_file
from sql.semantic.scope import Area, Scope
from sql.warehouse import Version

# What the rows of every file give; all further columns are for its words.
COLUMNS = ("area_code", "value", "limit_value", "since")
_BLANK = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Alert:
    """One area that needs attention.

    `name` is the file's; `message` says what is wrong there, `remedy` what to do about it. `value` went beyond `limit`,
    both in `unit`, by `beyond_percent` of the limit (None of a limit of 0), since the day or month `since`. `metric`
    and `page` say where to look, where the file says so.
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
        """How far the value lies beyond the limit, in percent of the limit."""
        if self.value is None or not self.limit:
            return None
        return 100 * abs(self.value - self.limit) / abs(self.limit)


def open_alerts(scope: Scope) -> list[Alert]:
    """What is open at the data date in the scope's own area and in those one step below, the worst first.

    Alerts are of now and of everything: the scope's period and filters do not narrow them. A file that is broken, and
    was not there when the version was built, is left out: `catalog.broken` tells of it.
    """
    asked = Scope(scope.version, scope.area_code, Period(None, scope.version.data_month))
    inside = {area.code: area for area in (scope.area, *asked.children()) if area.code is not None}
    found = []
    for name in catalog.names("alerts"):
        try:
            file, rows, _ = catalog.definition("alerts", name, scope.version, partial(_rows, scope=asked))
        except SqlFileError:
            continue
        found += [
            _alert(file, row, inside[row["area_code"]])
            for row in rows.iter_rows(named=True)
            if row["area_code"] in inside
        ]
    return sorted(found, key=_worst_first)


def open_alerts_everywhere(version: Version) -> list[Alert]:
    """What is open in every place and one step below it, the worst first."""
    everywhere = Scope(version, None, Period(None, version.data_month))
    found = [alert for place in everywhere.children() for alert in open_alerts(everywhere.with_area(place.code))]
    return sorted(found, key=_worst_first)


def _worst_first(alert: Alert) -> tuple[bool, float, str, str]:
    beyond = alert.beyond_percent
    return (beyond is None, -(beyond or 0.0), alert.area.code or "", alert.name)


def _rows(file: SqlFile, scope: Scope) -> pl.DataFrame:
    """What a file finds in the scope. Raises SqlFileError where DuckDB refuses it, or its rows or words lack a
    column."""
    # A literal such as 100.0 makes DuckDB count in decimals.
    rows = run_file(file.path, file.text, scope).with_columns(cs.decimal().cast(pl.Float64))
    if scope.version.is_rounded and "metric" in file.header:
        rows = _with_rounded_values(rows, metric(file.header["metric"], scope.version), scope)
    missing = [name for name in COLUMNS if name not in rows.columns]
    if missing:
        raise file.error(f"an alert gives {', '.join(COLUMNS)}; missing / 预警缺少列：{', '.join(missing)}")
    for spoken, words in Text.of(file.header["message"])._asdict().items():
        unknown = [name for name in _BLANK.findall(words) if not {name, f"{name}_{spoken}"} & set(rows.columns)]
        if unknown:
            raise file.error(f"message: no such column / 没有这一列：{', '.join(unknown)}")
    return rows


def _with_rounded_values(rows: pl.DataFrame, asked: Metric, scope: Scope) -> pl.DataFrame:
    """Returns the rows with the metric's own values where it counts people; empty where these may lie on either side of
    the limit."""
    if not disclosure.people_columns(asked.file):
        return rows
    rounded = [asked.rows(scope.with_area(code)).row(0, named=True) for code in rows["area_code"]]
    values = [row["value"] if row["standard"] is not None else None for row in rounded]
    return rows.with_columns(value=pl.Series(values, dtype=pl.Float64))


def _alert(file: SqlFile, row: dict[str, Any], area: Area) -> Alert:
    decimals = int(file.header["decimals"])
    words = Text.of(file.header["message"])
    message = Text(_filled(words.zh, row, decimals, "zh"), _filled(words.en, row, decimals, "en"))
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


def _filled(words: str, row: dict[str, Any], decimals: int, spoken: str) -> str:
    """The words with the row's values in place of the names in them."""
    return _BLANK.sub(lambda blank: _word(blank[1], row, decimals, spoken), words)


def _word(name: str, row: dict[str, Any], decimals: int, spoken: str) -> str:
    """A column as the words have it: `how` stands in how_zh and how_en where there is no column of that name."""
    value = row[name] if name in row else row[f"{name}_{spoken}"]
    if name == "table_name":
        staged = catalog.current_files().get(f"staging/{value}.sql")
        return getattr(staged.title, spoken) if isinstance(staged, SqlFile) else str(value)
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.{decimals}f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
