"""Turns sections into tables of text for documents and slides: numbers, areas in order, any rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from pages.briefing.section import AREAS_PER_END, Definition, PreviousValue, Section, plain, printable
from pages.ui.charts.bars import sort_bars
from pages.ui.i18n import texts, values
from pages.ui.i18n.names import short_name
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, status
from pages.ui.kit.panels import panels
from pages.ui.kit.targets import Targets
from sql.files.columns import AREA_DIMENSIONS, TARGETS
from sql.semantic.catalog import catalog
from sql.semantic.metrics import Metric, metric
from sql.semantic.readings import with_status

# A page has no room for more columns.
_MAX_COLUMNS = 8
# A page has no room for more lines; the workbook has them all.
_MAX_LINES = 40
# Longer texts are cut; the workbook has them in full.
_MAX_LENGTH = 120


@dataclass(frozen=True)
class Table:
    """Holds a title, a header, lines of text, the indexes of number columns and the number of omitted lines."""

    title: str
    header: list[str]
    lines: list[list[str]]
    number_columns: frozenset[int] = frozenset()
    lines_left_out: int = 0


def is_by_area(section: Section) -> bool:
    """Returns whether the rows compare areas."""
    return section.kind == "bars" and len(section.by) == 1 and section.by[0] in AREA_DIMENSIONS


def labels(rows: pl.DataFrame, by: str) -> list[str]:
    """Returns the labels of the rows' values of a dimension."""
    if name_column := next((name for name in (f"{by}_name", "name") if name in rows.columns), None):
        return [printable(short_name(name or "–")) for name in rows[name_column]]
    if by == "month":
        return [f"{value:%Y-%m}" for value in rows[by]]
    return [printable(values.word(by, value)) for value in rows[by]]


def sort_rows(section: Section) -> pl.DataFrame:
    """Returns the rows that have a value: areas from worst to best, ordered dimensions in their order, others from the
    largest value."""
    by, metric = section.by[0], section.metric
    rows = section.rows
    if "value" not in rows.columns or metric is None:
        return rows
    rows = rows if "status" in rows.columns else with_status(rows, metric)
    rows = rows.filter(pl.col("value").is_not_null())
    if by in AREA_DIMENSIONS:
        return rows.sort("value", descending=metric.direction != "higher", maintain_order=True)
    return sort_bars(rows, metric, by)


def best_and_worst(section: Section, previous_values: Mapping[tuple[str, str | None], PreviousValue]) -> list[Table]:
    """Returns the five best and the five worst areas, no area in both; the five highest and lowest if the metric has no
    preferred direction."""
    ordered = sort_rows(section)
    if ordered.height < 2:
        return []
    has_direction = section.chart_metric.direction != "none"
    worst, best = (_("较差"), _("较好")) if has_direction else (_("最多"), _("最少"))
    first = min(AREAS_PER_END, (ordered.height + 1) // 2)
    last = min(AREAS_PER_END, ordered.height - first)
    codes = section.rows["code" if "code" in section.rows.columns else section.by[0]]
    previous = {code: previous_values.get((section.chart_metric.name, code)) for code in codes}
    tables = [
        _areas(worst, section, ordered.head(first), previous),
        _areas(best, section, ordered.tail(last).reverse(), previous),
    ]
    return tables[::-1] if has_direction else tables


def _areas(title: str, section: Section, rows: pl.DataFrame, previous: Mapping[str, PreviousValue | None]) -> Table:
    metric, by = section.chart_metric, section.by[0]
    columns = {values.name(by) if by != "place" else _("地区"): labels(rows, by)}
    columns[panels.header("value", metric)] = [texts.number(value, metric.decimals) for value in rows["value"]]
    if rows["status"].is_in(["on_target", "below"]).any():
        columns[_("是否达标")] = [status.label(state) for state in rows["status"]]
    if any(previous.values()):
        row_previous = [previous[code] for code in rows["code" if "code" in rows.columns else by]]
        columns[_change_header(previous.values())] = [
            texts.change(value - earlier.value, metric) if earlier else "–"
            for value, earlier in zip(rows["value"], row_previous, strict=True)
        ]
    full_title = _("{which} {count} 个").format(which=title, count=rows.height)
    number_columns = {index for index, name in enumerate(columns) if index and name != _("是否达标")}
    return _table(full_title, columns, number_columns)


def readings_table(section: Section, previous_values: Mapping[tuple[str, str | None], PreviousValue]) -> Table:
    """Returns one line per number with its standard, its status and its changes."""
    readings = section.readings
    columns = {
        _("指标"): [texts.of(reading.metric.short_title) for reading in readings],
        _("数值"): [cards.format_reading(reading) for reading in readings],
    }
    if any(reading.standard is not None or reading.recommended is not None for reading in readings):
        columns[_("标准")] = [Targets.of_reading(reading).cell() or "–" for reading in readings]
        columns[_("是否达标")] = [status.label(reading.status) or "–" for reading in readings]
    columns[_("同比")] = [texts.change(reading.year_change, reading.metric) for reading in readings]
    columns[_("环比")] = [texts.change(reading.previous_change, reading.metric) for reading in readings]
    previous = [previous_values.get((reading.metric.name, reading.scope.area_code)) for reading in readings]
    if any(previous):
        columns[_change_header(previous)] = [
            texts.change(reading.value - earlier.value, reading.metric)
            if earlier and reading.value is not None
            else "–"
            for reading, earlier in zip(readings, previous, strict=True)
        ]
    number_columns = {index for index, name in enumerate(columns) if name not in (_("指标"), _("是否达标"))}
    return _table("", columns, number_columns)


def rows_table(section: Section) -> Table:
    """Returns the rows as in the page's own table; columns without room are only in the workbook."""
    if cross_table := _cross_table(section):
        return cross_table
    rows, left_out = section.rows.head(_MAX_LINES), max(0, section.rows.height - _MAX_LINES)
    if section.headers:
        # Omit columns that are empty or say everywhere that no standard applies.
        rows = rows.select(
            name for name in rows.columns if name in section.headers and set(rows[name].unique()) - {None, "none"}
        )
        columns = {
            section.headers[name]: [_cell(section, name, value) for value in rows[name]] for name in rows.columns
        }
        numeric = {index for index, name in enumerate(rows.columns) if rows[name].dtype.is_numeric()}
    else:
        text_rows = panels.in_words(rows, section.metric)
        columns = {name: [plain(cell) for cell in text_rows[name]] for name in text_rows.columns}
        numeric = set()
    return replace(_table("", dict(list(columns.items())[:_MAX_COLUMNS]), numeric), lines_left_out=left_out)


def _cross_table(section: Section) -> Table | None:
    """Returns rows by two dimensions as a cross table; None if it has no room."""
    rows, by = section.rows, section.by
    if len(by) != 2 or not {*by, "value"} <= {*rows.columns} or rows[by[1]].n_unique() > _MAX_COLUMNS - 1:
        if (
            len(by) != 2
            or rows.is_empty()
            or not {*by, "value"} <= {*rows.columns}
            or rows[by[0]].n_unique() > _MAX_COLUMNS - 1
        ):
            return None
        by = by[::-1]
    if rows[by[0]].n_unique() > _MAX_LINES:
        return None
    down, across = (values.sort_values(name, rows[name].unique().to_list()) for name in by)
    cells = {(row[by[0]], row[by[1]]): row["value"] for row in rows.iter_rows(named=True)}
    names = {name: dict(zip(rows[name], labels(rows, name), strict=True)) for name in by}
    columns = {values.name(by[0]): [names[by[0]][value] for value in down]}
    for value in across:
        columns[names[by[1]][value]] = [_number(cells.get((row, value)), section.chart_metric) for row in down]
    return _table("", columns, set(range(1, 1 + len(across))))


def frame_table(rows: pl.DataFrame) -> Table:
    """Returns the table of rows whose columns already have display names."""
    columns = {name: [_cell_text(cell) for cell in rows[name]] for name in rows.columns}
    return _table("", columns, {index for index, name in enumerate(rows.columns) if rows[name].dtype.is_numeric()})


def definitions_table(definitions: tuple[Definition, ...]) -> Table:
    """Returns one line per metric with its definition."""
    columns = {
        _("指标"): [definition.title for definition in definitions],
        _("口径"): [definition.note or "–" for definition in definitions],
        _("公式"): [definition.formula or "–" for definition in definitions],
        _("标准"): ["；".join(definition.standards) or "–" for definition in definitions],
        _("文件"): [definition.file for definition in definitions],
    }
    return Table("", list(columns), [list(map(printable, line)) for line in zip(*columns.values(), strict=True)])


def metric_of(section: Section, name: str) -> Metric | None:
    """Returns the metric whose values a column of the section's rows holds; None if it holds no metric's."""
    if name == "value":
        return section.metric
    return metric(name, section.scope.version) if name in catalog.names("metrics") else None


def _cell_text(cell: object) -> str:
    return "–" if cell is None else texts.number(cell) if isinstance(cell, int) else str(cell)


def _change_header(previous: Iterable[PreviousValue | None]) -> str:
    day = max(earlier.day for earlier in previous if earlier)
    return _("比 {date}").format(date=day)


def _decimals(value: float | None) -> int:
    return 0 if value is None or float(value).is_integer() else 1


def _cell(section: Section, name: str, value: Any) -> str:
    if value is None:
        return "–"
    if name == "status" and status.is_known(value):
        return status.label(value)
    if name in TARGETS:
        return texts.number(value, _decimals(value))
    metric = metric_of(section, name)
    return _number(value, metric) if metric else plain(panels.cell(name, value))


def _number(value: str | float | None, metric: Metric) -> str:
    """Returns a number with its metric's decimals; returns a text in its place unchanged."""
    return value if isinstance(value, str) else texts.number(value, metric.decimals)


def _table(title: str, columns: dict[str, list[str]], numeric: set[int]) -> Table:
    lines = [[_short(cell) for cell in line] for line in zip(*columns.values(), strict=True)]
    return Table(title, [printable(name) for name in columns], lines, frozenset(numeric))


def _short(text: str) -> str:
    text = printable(text)
    return text if len(text) <= _MAX_LENGTH else text[: _MAX_LENGTH - 1] + "…"
