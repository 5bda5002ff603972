"""Writes a briefing as a workbook: every table in full on its own sheet, numbers as numbers, definitions and sources
last."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pages.briefing import tables
from pages.briefing.section import Briefing, Section, plain, printable
from pages.ui.i18n import texts, values
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, status
from pages.ui.kit.panels import panels
from sql.files.columns import TARGETS
from sql.security.spreadsheet import TEXT_FORMAT, is_formula
from sql.semantic.metrics import Metric
from sql.semantic.readings import Reading

# Excel's limits: rows of a sheet, characters of a cell and of a sheet's name.
_MAX_ROWS, _MAX_TEXT, _MAX_NAME = 1_048_576, 32_767, 31
# The maximum width of a column in letters, and the number of rows measured for it.
_MAX_WIDTH, _MEASURED_ROWS = 60, 200


@dataclass(frozen=True)
class Column:
    """Holds a header, its cells and the decimals of numbers (None: as many as needed)."""

    header: str
    cells: Sequence[object]
    decimals: Sequence[int | None]
    date_format: str = "yyyy-mm-dd"


def write(briefing: Briefing) -> bytes:
    """Returns the workbook as XLSX: contents, one sheet per table, decisions, definitions, sources."""
    buffer = io.BytesIO()
    # A text never becomes a formula, a number or a link, whatever it begins with.
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        stamp_properties = briefing.stamp.properties if briefing.stamp else {}
        book.set_properties(
            {"title": briefing.title, "subject": f"{briefing.area} {briefing.period}", **stamp_properties}
        )
        writer = _Writer(book)
        names: set[str] = set()
        contents = book.add_worksheet(_sheet_name(_("目录"), names))
        contents_lines = []
        for section in briefing.sections:
            name = _sheet_name(_title(section), names)
            writer.fill(book.add_worksheet(name), _columns(section, briefing))
            contents_lines.append((name, section.headline, section.subtitle, "\n".join(section.notes)))
        if (decisions := briefing.nonempty_decisions) is not None:
            writer.fill(book.add_worksheet(_sheet_name(_("议定事项"), names)), _frame_columns(decisions))
        writer.fill(book.add_worksheet(_sheet_name(_("指标口径"), names)), _definitions(briefing))
        writer.fill(
            book.add_worksheet(_sheet_name(_("数据来源"), names)),
            [
                *_frame_columns(briefing.sources),
                Column(_("说明"), list(briefing.remarks), [None] * len(briefing.remarks)),
            ],
        )
        headers = (_("工作表"), _("发现"), _("内容"), _("说明"))
        writer.fill(
            contents,
            [
                Column(header, [line[index] for line in contents_lines], [None] * len(contents_lines))
                for index, header in enumerate(headers)
            ],
        )
        for row, (name, *_texts) in enumerate(contents_lines, 1):
            contents.write_url(row, 0, f"internal:'{name.replace(chr(39), chr(39) * 2)}'!A1", string=name)
    return buffer.getvalue()


def _title(section: Section) -> str:
    """Returns the title of a section's sheet: its metric and dimensions, or its headline if it has no metric."""
    if section.metric is None:
        return section.headline if section.kind != "numbers" or len(section.headline) <= _MAX_NAME else _("指标")
    words = [values.name(by) if by != "place" else _("地区") for by in section.by]
    return " ".join([texts.of(section.metric.short_title), *words])


def _columns(section: Section, briefing: Briefing) -> list[Column]:
    return _numbers(section, briefing) if section.kind == "numbers" else list(_rows(section))


def _numbers(section: Section, briefing: Briefing) -> list[Column]:
    readings = section.readings
    decimals = [reading.metric.decimals for reading in readings]
    none = [None] * len(readings)
    previous = [briefing.previous_values.get((reading.metric.name, reading.scope.area_code)) for reading in readings]
    previous_columns = [
        Column(_("上次会议"), [earlier and earlier.value for earlier in previous], decimals),
        Column(_("上次会议日期"), [earlier and earlier.day for earlier in previous], none),
    ]
    return [
        Column(_("指标"), [texts.of(reading.metric.title) for reading in readings], none),
        Column(
            _("数值"),
            [cards.format_reading(reading) if reading.is_suppressed else reading.value for reading in readings],
            decimals,
        ),
        Column(_("单位"), [texts.unit(reading.metric) for reading in readings], none),
        Column(_("标准"), [reading.standard for reading in readings], decimals),
        *_other_targets(readings, decimals),
        Column(_("是否达标"), [status.label(reading.status) for reading in readings], none),
        Column(_("同比"), [reading.year_change for reading in readings], decimals),
        Column(_("环比"), [reading.previous_change for reading in readings], decimals),
        Column(_("分子"), [reading.numerator for reading in readings], none),
        Column(_("分母"), [reading.denominator for reading in readings], none),
        *(previous_columns if any(previous) else ()),
    ]


def _rows(section: Section) -> Iterator[Column]:
    """Yields the columns of all rows that are not empty, including the codes of areas."""
    for name, cells in section.rows.to_dict().items():
        if cells.null_count() == len(cells) or (section.headers and name not in section.headers):
            continue
        metric = tables.metric_of(section, name)
        header = section.headers.get(name) or _header(section, name, metric)
        decimals = (
            metric.decimals if metric else section.metric.decimals if name in _SAME_UNIT and section.metric else None
        )
        numbers = section.rows[name]
        yield Column(
            header,
            [_cell(name, cell if number is None else number) for cell, number in zip(cells, numbers, strict=True)],
            [decimals] * len(cells),
            "yyyy-mm" if name == "month" else "yyyy-mm-dd",
        )


def _other_targets(readings: Sequence[Reading], decimals: list[int]) -> list[Column]:
    """Returns the columns of whole years' standards and of recommended values, where there are any."""
    columns = [
        Column(_("全年标准"), [reading.year_standard for reading in readings], decimals),
        Column(_("推荐值"), [reading.recommended for reading in readings], decimals),
    ]
    return [column for column in columns if any(cell is not None for cell in column.cells)]


# These columns have the metric's own unit.
_SAME_UNIT = {*TARGETS, "centre", "lower", "upper"}


def _header(section: Section, name: str, metric: Metric | None) -> str:
    if metric:
        return panels.header("value", metric)
    # The names of areas have a column of their own beside their codes.
    if f"{name}_name" in section.rows.columns or name == "code":
        return _("代码")
    return panels.header(name)


def _cell(name: str, value: object) -> object:
    """Returns numbers and dates unchanged, other values as labels."""
    if value is None or (isinstance(value, (int, float, date)) and not isinstance(value, bool)):
        return value
    return status.label(value) if name == "status" and status.is_known(value) else values.word(name, value)


def _frame_columns(rows: pl.DataFrame) -> list[Column]:
    return [Column(name, rows[name].to_list(), [None] * rows.height) for name in rows.columns]


def _definitions(briefing: Briefing) -> list[Column]:
    table = tables.definitions_table(briefing.definitions)
    return [
        Column(header, [line[index] for line in table.lines], [None] * len(table.lines))
        for index, header in enumerate(table.header)
    ]


class _Writer:
    """Writes columns to the sheets of one workbook; creates each number format once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._head = book.add_format(
            {"bold": True, "bottom": 1, "bg_color": "#E3EDF6", "valign": "vcenter"} | TEXT_FORMAT
        )
        self._text_format = book.add_format(TEXT_FORMAT)
        self._formats: dict[str, Format] = {}

    def fill(self, worksheet: Worksheet, columns: list[Column]) -> None:
        """Writes a frozen header and the cells, and fits each column's width to its texts."""
        worksheet.freeze_panes(1, 0)
        for column_index, column in enumerate(columns):
            worksheet.write_string(0, column_index, _fit(column.header), self._head)
            longest = [_width(column.header)]
            for row, (cell, decimals) in enumerate(zip(column.cells, column.decimals, strict=True), 1):
                if row >= _MAX_ROWS:
                    break
                self._write(worksheet, row, column_index, cell, decimals, column.date_format)
                if row <= _MEASURED_ROWS:
                    longest.append(_width(str(cell) if not isinstance(cell, float) else f"{cell:,.{decimals or 0}f}"))
            worksheet.set_column(column_index, column_index, min(_MAX_WIDTH, 2 + max(longest)))
        if columns and columns[0].cells:
            worksheet.autofilter(0, 0, len(columns[0].cells), len(columns) - 1)

    def _write(
        self, worksheet: Worksheet, row: int, column_index: int, cell: object, decimals: int | None, dates: str
    ) -> None:
        if cell is None:
            return
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            digits = decimals if decimals is not None else 0 if float(cell).is_integer() else 1
            worksheet.write_number(
                row, column_index, cell, self._format("#,##0" + ("." + "0" * digits if digits else ""))
            )
        elif isinstance(cell, (date, datetime)):
            worksheet.write_datetime(row, column_index, cell, self._format(dates))
        else:
            text = _fit(str(cell))
            worksheet.write_string(row, column_index, text, self._text_format if is_formula(text) else None)

    def _format(self, number: str) -> Format:
        if number not in self._formats:
            self._formats[number] = self._book.add_format({"num_format": number})
        return self._formats[number]


def _fit(text: str) -> str:
    """Cuts a text to what a cell can hold; Excel would drop a longer one entirely."""
    text = printable(text)
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1] + "…"


def _width(text: str) -> int:
    return max((sum(2 if ord(letter) > 0x2E80 else 1 for letter in line) for line in text.split("\n")), default=0)


def _sheet_name(name: str, taken: set[str]) -> str:
    """Returns a legal name for a sheet that no other sheet has, ignoring case."""
    legal = re.sub(r"[\[\]:*?/\\\n]", "_", plain(name)).strip("' ")[:_MAX_NAME] or "–"
    # Excel reserves this name.
    candidate = legal = "History_" if legal.lower() == "history" else legal
    number = 2
    while candidate.lower() in taken:
        ending = f" ({number})"
        candidate, number = legal[: _MAX_NAME - len(ending)] + ending, number + 1
    taken.add(candidate.lower())
    return candidate
