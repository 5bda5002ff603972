"""A briefing as a workbook: every table whole on a sheet of its own, numbers as numbers, definitions and sources
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
from pages.ui.kit import cards, panels, status
from sql.security.spreadsheet import TEXT_FORMAT, is_formula
from sql.semantic.metrics import Metric

# What a sheet and a cell of a workbook can hold.
_MAX_ROWS, _MAX_TEXT, _MAX_NAME = 1_048_576, 32_767, 31
_WIDEST, _MEASURED = 60, 200


@dataclass(frozen=True)
class Column:
    """A header, the cells beneath it, and how many decimals numbers have; None: as many as they need."""

    header: str
    cells: Sequence[object]
    decimals: Sequence[int | None]
    date_format: str = "yyyy-mm-dd"


def write(briefing: Briefing) -> bytes:
    """The workbook as an XLSX: contents, a sheet a table, decisions, definitions, sources."""
    buffer = io.BytesIO()
    # A text is never a formula, a number or a link, whatever it begins with.
    plainly = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(buffer, plainly) as book:
        stamped = briefing.stamp.properties if briefing.stamp else {}
        book.set_properties({"title": briefing.title, "subject": f"{briefing.area} {briefing.period}", **stamped})
        writer = _Writer(book)
        names: set[str] = set()
        contents = book.add_worksheet(_named(_("目录"), names))
        listed = []
        for section in briefing.sections:
            name = _named(_called(section), names)
            writer.fill(book.add_worksheet(name), _columns(section, briefing))
            listed.append((name, section.headline, section.subtitle, "\n".join(section.notes)))
        if (decisions := briefing.nonempty_decisions) is not None:
            writer.fill(book.add_worksheet(_named(_("议定事项"), names)), _plainly(decisions))
        writer.fill(book.add_worksheet(_named(_("指标口径"), names)), _definitions(briefing))
        writer.fill(
            book.add_worksheet(_named(_("数据来源"), names)),
            [*_plainly(briefing.sources), Column(_("说明"), list(briefing.remarks), [None] * len(briefing.remarks))],
        )
        headers = (_("工作表"), _("发现"), _("内容"), _("说明"))
        writer.fill(
            contents,
            [
                Column(header, [line[place] for line in listed], [None] * len(listed))
                for place, header in enumerate(headers)
            ],
        )
        for row, (name, *_told) in enumerate(listed, 1):
            contents.write_url(row, 0, f"internal:'{name.replace(chr(39), chr(39) * 2)}'!A1", string=name)
    return buffer.getvalue()


def _called(section: Section) -> str:
    """What a section's sheet is called: its metric and dimensions; its finding where it has none."""
    if section.metric is None:
        return section.headline if section.kind != "numbers" or len(section.headline) <= _MAX_NAME else _("指标")
    words = [values.name(by) if by != "place" else _("地区") for by in section.by]
    return " ".join([texts.of(section.metric.short_title), *words])


def _columns(section: Section, briefing: Briefing) -> list[Column]:
    return _numbers(section, briefing) if section.kind == "numbers" else list(_rows(section))


def _numbers(section: Section, briefing: Briefing) -> list[Column]:
    asked = section.readings
    decimals = [read.metric.decimals for read in asked]
    none = [None] * len(asked)
    before = [briefing.previous_values.get((read.metric.name, read.scope.area_code)) for read in asked]
    met = [
        Column(_("上次会议"), [then and then.value for then in before], decimals),
        Column(_("上次会议日期"), [then and then.day for then in before], none),
    ]
    return [
        Column(_("指标"), [texts.of(read.metric.title) for read in asked], none),
        Column(
            _("数值"), [cards.format_reading(read) if read.is_suppressed else read.value for read in asked], decimals
        ),
        Column(_("单位"), [texts.unit(read.metric) for read in asked], none),
        Column(_("标准"), [read.standard for read in asked], decimals),
        Column(_("是否达标"), [status.label(read.status) for read in asked], none),
        Column(_("同比"), [read.year_change for read in asked], decimals),
        Column(_("环比"), [read.month_change for read in asked], decimals),
        Column(_("分子"), [read.numerator for read in asked], none),
        Column(_("分母"), [read.denominator for read in asked], none),
        *(met if any(before) else ()),
    ]


def _rows(section: Section) -> Iterator[Column]:
    """All rows and columns that tell something, codes of areas among them."""
    for name, cells in section.rows.to_dict().items():
        if cells.null_count() == len(cells) or (section.headers and name not in section.headers):
            continue
        asked = tables.metric_of(section, name)
        header = section.headers.get(name) or _header(section, name, asked)
        decimals = (
            asked.decimals if asked else section.metric.decimals if name in _MEASURED_ALIKE and section.metric else None
        )
        numbers = section.rows[name]
        yield Column(
            header,
            [_cell(name, cell if number is None else number) for cell, number in zip(cells, numbers, strict=True)],
            [decimals] * len(cells),
            "yyyy-mm" if name == "month" else "yyyy-mm-dd",
        )


# These are in the metric's own unit.
_MEASURED_ALIKE = {"standard", "centre", "lower", "upper"}


def _header(section: Section, name: str, asked: Metric | None) -> str:
    if asked:
        return panels.header("value", asked)
    # The names of areas stand beside their codes.
    if f"{name}_name" in section.rows.columns or name == "code":
        return _("代码")
    return panels.header(name)


def _cell(name: str, value: object) -> object:
    """Numbers and dates as they are, else as readers say it."""
    if value is None or (isinstance(value, (int, float, date)) and not isinstance(value, bool)):
        return value
    return status.label(value) if name == "status" and status.is_known(value) else values.word(name, value)


def _plainly(rows: pl.DataFrame) -> list[Column]:
    return [Column(name, rows[name].to_list(), [None] * rows.height) for name in rows.columns]


def _definitions(briefing: Briefing) -> list[Column]:
    whole = tables.definitions_table(briefing.definitions)
    return [
        Column(header, [line[place] for line in whole.lines], [None] * len(whole.lines))
        for place, header in enumerate(whole.header)
    ]


class _Writer:
    """Writes columns to sheets of one workbook, each number format made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._head = book.add_format(
            {"bold": True, "bottom": 1, "bg_color": "#E3EDF6", "valign": "vcenter"} | TEXT_FORMAT
        )
        self._quoted = book.add_format(TEXT_FORMAT)
        self._formats: dict[str, Format] = {}

    def fill(self, page: Worksheet, columns: list[Column]) -> None:
        """A header that stays in sight, and the cells; each column as wide as its texts."""
        page.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            page.write_string(0, place, _fit(column.header), self._head)
            longest = [_width(column.header)]
            for row, (cell, decimals) in enumerate(zip(column.cells, column.decimals, strict=True), 1):
                if row >= _MAX_ROWS:
                    break
                self._write(page, row, place, cell, decimals, column.date_format)
                if row <= _MEASURED:
                    longest.append(_width(str(cell) if not isinstance(cell, float) else f"{cell:,.{decimals or 0}f}"))
            page.set_column(place, place, min(_WIDEST, 2 + max(longest)))
        if columns and columns[0].cells:
            page.autofilter(0, 0, len(columns[0].cells), len(columns) - 1)

    def _write(self, page: Worksheet, row: int, place: int, cell: object, decimals: int | None, dates: str) -> None:
        if cell is None:
            return
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            shown = decimals if decimals is not None else 0 if float(cell).is_integer() else 1
            page.write_number(row, place, cell, self._format("#,##0" + ("." + "0" * shown if shown else "")))
        elif isinstance(cell, (date, datetime)):
            page.write_datetime(row, place, cell, self._format(dates))
        else:
            text = _fit(str(cell))
            page.write_string(row, place, text, self._quoted if is_formula(text) else None)

    def _format(self, number: str) -> Format:
        if number not in self._formats:
            self._formats[number] = self._book.add_format({"num_format": number})
        return self._formats[number]


def _fit(text: str) -> str:
    """Longer than a cell can be it would be left out whole."""
    told = printable(text)
    return told if len(told) <= _MAX_TEXT else told[: _MAX_TEXT - 1] + "…"


def _width(text: str) -> int:
    return max((sum(2 if ord(letter) > 0x2E80 else 1 for letter in line) for line in text.split("\n")), default=0)


def _named(name: str, taken: set[str]) -> str:
    """A name that a sheet may have and no other sheet has, upper and lower case alike."""
    legal = re.sub(r"[\[\]:*?/\\\n]", "_", plain(name)).strip("' ")[:_MAX_NAME] or "–"
    # Excel keeps this one for itself.
    tried = legal = "History_" if legal.lower() == "history" else legal
    number = 2
    while tried.lower() in taken:
        ending = f" ({number})"
        tried, number = legal[: _MAX_NAME - len(ending)] + ending, number + 1
    taken.add(tried.lower())
    return tried
