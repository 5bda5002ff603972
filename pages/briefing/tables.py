"""Sections as tables in words, as documents and slides hold them: numbers, areas in order, any rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from pages.briefing.section import AREAS_PER_END, Definition, PreviousValue, Section, plain, printable
from pages.ui.i18n import texts, values
from pages.ui.i18n.names import short_name
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, panels, status
from sql.semantic.files import catalog
from sql.semantic.files.dimensions import AREA_DIMENSIONS
from sql.semantic.metrics import Metric, metric
from sql.semantic.readings import with_status

# More columns than these have no room on a page.
_MAX_COLUMNS = 8
# No page has room for more lines; all of them are in the workbook.
_MAX_LINES = 40
# A longer text is cut in a cell; the workbook has it whole.
_MAX_LENGTH = 120


@dataclass(frozen=True)
class Table:
    """A title, a header, lines of texts, which columns are numbers, and how many more lines there are."""

    title: str
    header: list[str]
    lines: list[list[str]]
    number_columns: frozenset[int] = frozenset()
    lines_left_out: int = 0


def is_by_area(section: Section) -> bool:
    """Whether the rows are areas side by side."""
    return section.kind == "bars" and len(section.by) == 1 and section.by[0] in AREA_DIMENSIONS


def labels(rows: pl.DataFrame, by: str) -> list[str]:
    """What the rows' values of a dimension are called."""
    if named := next((name for name in (f"{by}_name", "name") if name in rows.columns), None):
        return [printable(short_name(name or "–")) for name in rows[named]]
    if by == "month":
        return [f"{value:%Y-%m}" for value in rows[by]]
    return [printable(values.word(by, value)) for value in rows[by]]


def sort_rows(section: Section) -> pl.DataFrame:
    """The rows that have a value: areas from worst to best, a dimension as it runs by nature, else the most first."""
    by, asked = section.by[0], section.metric
    rows = section.rows
    if "value" not in rows.columns or asked is None:
        return rows
    rows = rows if "status" in rows.columns else with_status(rows, asked)
    known = rows.filter(pl.col("value").is_not_null())
    if by in AREA_DIMENSIONS:
        return known.sort("value", descending=asked.direction != "higher", maintain_order=True)
    known = known.filter(pl.lit(asked.is_rate or by in values.ORDERED_DIMENSIONS) | (pl.col("value") != 0))
    if by in values.ORDERED_DIMENSIONS:
        places = {value: place for place, value in enumerate(values.sort_values(by, known[by].to_list()))}
        return known[sorted(range(known.height), key=lambda row: places[known[by][row]])]
    return known.sort("value", descending=True, maintain_order=True)


def best_and_worst(section: Section, earlier: Mapping[tuple[str, str | None], PreviousValue]) -> list[Table]:
    """The five best and the five worst areas, no area in both; of a number that neither way is bad the most and
    fewest."""
    ordered = sort_rows(section)
    if ordered.height < 2:
        return []
    judged = section.chart_metric.direction != "none"
    worst, best = (_("较差"), _("较好")) if judged else (_("最多"), _("最少"))
    first = min(AREAS_PER_END, (ordered.height + 1) // 2)
    last = min(AREAS_PER_END, ordered.height - first)
    codes = section.rows["code" if "code" in section.rows.columns else section.by[0]]
    before = {code: earlier.get((section.chart_metric.name, code)) for code in codes}
    tables = [
        _areas(worst, section, ordered.head(first), before),
        _areas(best, section, ordered.tail(last).reverse(), before),
    ]
    return tables[::-1] if judged else tables


def _areas(title: str, section: Section, rows: pl.DataFrame, before: Mapping[str, PreviousValue | None]) -> Table:
    asked, by = section.chart_metric, section.by[0]
    columns = {values.name(by) if by != "place" else _("地区"): labels(rows, by)}
    columns[panels.header("value", asked)] = [texts.number(value, asked.decimals) for value in rows["value"]]
    if rows["status"].is_in(["on_target", "below"]).any():
        columns[_("是否达标")] = [status.label(state) for state in rows["status"]]
    if any(before.values()):
        then = [before[code] for code in rows["code" if "code" in rows.columns else by]]
        columns[_changed(before.values())] = [
            texts.change(value - met.value, asked) if met else "–"
            for value, met in zip(rows["value"], then, strict=True)
        ]
    told = _("{which} {count} 个").format(which=title, count=rows.height)
    return _table(told, columns, {place for place, name in enumerate(columns) if place and name != _("是否达标")})


def readings_table(section: Section, earlier: Mapping[tuple[str, str | None], PreviousValue]) -> Table:
    """One number a line with its standard, how it stands, and what it is compared with."""
    asked = section.readings
    columns = {
        _("指标"): [texts.of(read.metric.short_title) for read in asked],
        _("数值"): [cards.format_reading(read) for read in asked],
    }
    if any(read.standard is not None for read in asked):
        columns[_("标准")] = [texts.number(read.standard, _decimals(read.standard)) for read in asked]
        columns[_("是否达标")] = [status.label(read.status) or "–" for read in asked]
    columns[_("同比")] = [texts.change(read.year_change, read.metric) for read in asked]
    columns[_("环比")] = [texts.change(read.month_change, read.metric) for read in asked]
    before = [earlier.get((read.metric.name, read.scope.area_code)) for read in asked]
    if any(before):
        columns[_changed(before)] = [
            texts.change(read.value - then.value, read.metric) if then and read.value is not None else "–"
            for read, then in zip(asked, before, strict=True)
        ]
    return _table("", columns, {place for place, name in enumerate(columns) if name not in (_("指标"), _("是否达标"))})


def rows_table(section: Section) -> Table:
    """The rows as the page's own table has them; columns that have no room are in the workbook."""
    if crossed := _crossed(section):
        return crossed
    rows, more = section.rows.head(_MAX_LINES), max(0, section.rows.height - _MAX_LINES)
    if section.headers:
        # Where no standard applies, nothing is said of it.
        rows = rows.select(
            name for name in rows.columns if name in section.headers and set(rows[name].unique()) - {None, "none"}
        )
        columns = {
            section.headers[name]: [_cell(section, name, value) for value in rows[name]] for name in rows.columns
        }
        numeric = {place for place, name in enumerate(rows.columns) if rows[name].dtype.is_numeric()}
    else:
        worded = panels.in_words(rows, section.metric)
        columns = {name: [plain(cell) for cell in worded[name]] for name in worded.columns}
        numeric = set()
    return replace(_table("", dict(list(columns.items())[:_MAX_COLUMNS]), numeric), lines_left_out=more)


def _crossed(section: Section) -> Table | None:
    """Rows by two dimensions as one down and one across; None where that has no room."""
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
    found = {(row[by[0]], row[by[1]]): row["value"] for row in rows.iter_rows(named=True)}
    named = {name: dict(zip(rows[name], labels(rows, name), strict=True)) for name in by}
    columns = {values.name(by[0]): [named[by[0]][value] for value in down]}
    for value in across:
        columns[named[by[1]][value]] = [_number(found.get((one, value)), section.chart_metric) for one in down]
    return _table("", columns, set(range(1, 1 + len(across))))


def frame_table(rows: pl.DataFrame) -> Table:
    """Rows whose columns are named for readers already."""
    columns = {name: [_told(cell) for cell in rows[name]] for name in rows.columns}
    return _table("", columns, {place for place, name in enumerate(rows.columns) if rows[name].dtype.is_numeric()})


def definitions_table(listed: tuple[Definition, ...]) -> Table:
    """What each metric means here."""
    columns = {
        _("指标"): [one.title for one in listed],
        _("口径"): [one.note or "–" for one in listed],
        _("公式"): [one.formula or "–" for one in listed],
        _("标准"): ["；".join(one.standards) or "–" for one in listed],
        _("文件"): [one.file for one in listed],
    }
    return Table("", list(columns), [list(map(printable, line)) for line in zip(*columns.values(), strict=True)])


def metric_of(section: Section, name: str) -> Metric | None:
    """The metric whose values a column of the section's rows holds, if its name is a metric's."""
    if name == "value":
        return section.metric
    return metric(name, section.scope.version) if name in catalog.names("metrics") else None


def _told(cell: object) -> str:
    return "–" if cell is None else texts.number(cell) if isinstance(cell, int) else str(cell)


def _changed(before: Iterable[PreviousValue | None]) -> str:
    day = max(then.day for then in before if then)
    return _("比 {date}").format(date=day)


def _decimals(value: float | None) -> int:
    return 0 if value is None or float(value).is_integer() else 1


def _cell(section: Section, name: str, value: Any) -> str:
    if value is None:
        return "–"
    if name == "status" and status.is_known(value):
        return status.label(value)
    if name == "standard":
        return texts.number(value, _decimals(value))
    asked = metric_of(section, name)
    return _number(value, asked) if asked else plain(panels.cell(name, value))


def _number(value: str | float | None, asked: Metric) -> str:
    """A number with its decimals; what is told in its place as it is."""
    return value if isinstance(value, str) else texts.number(value, asked.decimals)


def _table(title: str, columns: dict[str, list[str]], numeric: set[int]) -> Table:
    lines = [[_short(cell) for cell in line] for line in zip(*columns.values(), strict=True)]
    return Table(title, [printable(name) for name in columns], lines, frozenset(numeric))


def _short(text: str) -> str:
    told = printable(text)
    return told if len(told) <= _MAX_LENGTH else told[: _MAX_LENGTH - 1] + "…"
