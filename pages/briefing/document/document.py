"""A briefing as a document in the style of Chinese official documents: contents, a finding a page, annexes."""

from __future__ import annotations

import io
import math

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING

from pages.briefing import charts, layout, tables
from pages.briefing.charts import ChartSpec
from pages.briefing.document import chart, parts
from pages.briefing.document.parts import HEIGHT, TABLE_SIZE, WIDTH
from pages.briefing.section import Briefing, Section
from pages.briefing.tables import Table
from pages.ui.i18n import texts
from pages.ui.i18n.texts import _

_POINTS = 72 / 25.4
# Of a definition: its name, words, formula, standards and file, in points.
_DEFINITIONS = (72.0, 125.0, 75.0, 80.0, 90.2)
# What the contents begin with, in points, and one of their lines; so many Latin letters stand in one.
_ABOVE, _CONTENTS_LINE, _LETTERS = 36 * 2 + 29 * 4, 24, 56
_NUMERALS = "一二三四五六七八九十"


def write(briefing: Briefing) -> bytes:
    """The document as a DOCX."""
    document = parts.new_document(briefing)
    titles = [section.headline for section in briefing.sections]
    titles += [_("议定事项")] if briefing.nonempty_decisions is not None else []
    headings = [_numbered(place, title) for place, title in enumerate(titles, 1)]
    # Sections keep to a page each, so that the contents know theirs; what may run on comes last.
    entries = [*headings, _("附件 1：指标口径"), _("附件 2：数据来源")]
    sheets = _sheets_of_contents(entries)
    first = 1 + sheets[-1]
    decisions = (
        None
        if briefing.nonempty_decisions is None
        else layout.fit_table(tables.frame_table(briefing.nonempty_decisions), WIDTH * _POINTS, (TABLE_SIZE,), 0)
    )
    definitions = layout.fit_table(
        tables.definitions_table(briefing.definitions), WIDTH * _POINTS, (9,), 0, _DEFINITIONS
    )
    pages = [first + place for place in range(len(headings) + 1)]
    room = (HEIGHT - 25) * _POINTS
    if decisions:
        pages[-1] = pages[-2] + len(list(layout.split_table(decisions, room)))
    pages.append(pages[-1] + len(list(layout.split_table(definitions, room))))
    _opening(document, briefing)
    parts.add_contents(document, list(zip(entries, pages, sheets, strict=True)))
    for place, (heading, section) in enumerate(zip(headings, briefing.sections, strict=False), 1):
        parts.add_heading(document, heading, place)
        _section(document, briefing, section, place)
    if decisions:
        parts.add_heading(document, headings[-1], len(headings))
        _over_pages(document, decisions, room)
    parts.add_heading(document, entries[-2], len(entries) - 1)
    _over_pages(document, definitions, room)
    parts.add_heading(document, entries[-1], len(entries))
    for remark in briefing.remarks:
        document.add_paragraph(remark, style="Note")
    _table(document, tables.frame_table(briefing.sources), HEIGHT - 40)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _opening(document: Document, briefing: Briefing) -> None:
    document.add_paragraph(briefing.title, style="Title")
    reach = _("数据截至 {date}").format(date=briefing.data_date)
    for line in (f"{briefing.area}　{briefing.period}", reach, "", _("目录")):
        paragraph = document.add_paragraph(line, style="Heading 2" if line != _("目录") else "Normal")
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _sheets_of_contents(entries: list[str]) -> list[int]:
    """On which page of the contents each entry stands: broken where we count, so that what follows is where we say."""
    sheets: list[int] = []
    used = _ABOVE
    for entry in entries:
        needed = _CONTENTS_LINE * math.ceil((layout.width_of(entry) + 6) / _LETTERS)
        is_full = used + needed > HEIGHT * _POINTS
        sheets.append((sheets[-1] if sheets else 1) + is_full)
        used = needed if is_full else used + needed
    return sheets


def _numbered(place: int, title: str) -> str:
    """一、 as official documents count, 1. in English."""
    if texts.language() != "zh":
        return f"{place}. {title}"
    tens, ones = divmod(place, 10)
    word = ("" if tens < 2 else _NUMERALS[tens - 1]) + ("十" if tens else "") + (_NUMERALS[ones - 1] if ones else "")
    return f"{word}、{title}"


def _section(document: Document, briefing: Briefing, section: Section, number: int) -> None:
    if section.subtitle:
        document.add_paragraph(section.subtitle, style="Note")
    # The heading, the subtitle and the notes take their lines of the page.
    room = HEIGHT - 10.2 * math.ceil(layout.width_of(section.headline) / 52) - 6.4 * (4 + len(section.notes))
    if section.kind == "numbers":
        _table(document, tables.readings_table(section, briefing.previous_values), room)
    elif shown := charts.chart_spec(section):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        chart.add(document, paragraph, shown, WIDTH, _height(shown), number, section.headline)
        if tables.is_by_area(section) and (sides := tables.best_and_worst(section, briefing.previous_values)):
            document.add_paragraph("　".join(side.title for side in sides), style="Note")
            _table(document, _beside(sides), room - _height(shown))
    else:
        _table(document, tables.rows_table(section), room)
    for note in section.notes:
        document.add_paragraph(note, style="Note")


def _height(shown: ChartSpec) -> int:
    return 80 if shown.kind == "line" else min(105, 25 + 7 * len(shown.categories) * max(1, len(shown.series)))


def _beside(sides: list[Table]) -> Table:
    """The best and the worst areas side by side."""
    first, second = sides
    empty = [""] * len(second.header)
    lines = [
        line + (second.lines[place] if place < len(second.lines) else empty) for place, line in enumerate(first.lines)
    ]
    width = len(first.header)
    return Table(
        "",
        first.header + second.header,
        lines,
        first.number_columns | {width + place for place in second.number_columns},
    )


def _table(document: Document, shown: Table, height: float) -> None:
    """A table that keeps to the page; what it has no room for is told."""
    fitted = layout.cut_table(
        layout.fit_table(shown, WIDTH * _POINTS, (12, TABLE_SIZE, 9), height * _POINTS), height * _POINTS
    )
    if fitted.table.title:
        document.add_paragraph(fitted.table.title, style="Note")
    parts.add_table(document, fitted)


def _over_pages(document: Document, whole: layout.FittedTable, room: float) -> None:
    for place, part in enumerate(layout.split_table(whole, room)):
        if place:
            document.add_paragraph(style="Note").paragraph_format.page_break_before = True
        parts.add_table(document, part)
