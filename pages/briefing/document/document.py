"""Writes a briefing as a document in the style of Chinese official documents: contents, one section per page,
annexes."""

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

_POINTS_PER_MM = 72 / 25.4
# Column widths of the definitions, in points: title, note, formula, standards, file.
_DEFINITION_WIDTHS = (72.0, 125.0, 75.0, 80.0, 90.2)
# The heights of the block above the contents and of one line of them, in points; the Latin letters that fit in a line.
_ABOVE_CONTENTS, _CONTENTS_LINE, _LETTERS_PER_LINE = 36 * 2 + 29 * 4, 24, 56
_NUMERALS = "一二三四五六七八九十"


def write(briefing: Briefing) -> bytes:
    """Returns the document as DOCX."""
    document = parts.new_document(briefing)
    titles = [section.headline for section in briefing.sections]
    titles += [_("议定事项")] if briefing.nonempty_decisions is not None else []
    headings = [_numbered_heading(number, title) for number, title in enumerate(titles, 1)]
    # Each section fits on one page, so the contents know its page number; tables of any length come last.
    entries = [*headings, _("附件 1：指标口径"), _("附件 2：数据来源")]
    contents_pages = _contents_pages(entries)
    first = 1 + contents_pages[-1]
    decisions = (
        None
        if briefing.nonempty_decisions is None
        else layout.fit_table(tables.frame_table(briefing.nonempty_decisions), WIDTH * _POINTS_PER_MM, (TABLE_SIZE,), 0)
    )
    definitions = layout.fit_table(
        tables.definitions_table(briefing.definitions), WIDTH * _POINTS_PER_MM, (9,), 0, _DEFINITION_WIDTHS
    )
    pages = [first + index for index in range(len(headings) + 1)]
    room = (HEIGHT - 25) * _POINTS_PER_MM
    if decisions:
        pages[-1] = pages[-2] + len(list(layout.split_table(decisions, room)))
    pages.append(pages[-1] + len(list(layout.split_table(definitions, room))))
    _opening(document, briefing)
    parts.add_contents(document, list(zip(entries, pages, contents_pages, strict=True)))
    for number, (heading, section) in enumerate(zip(headings, briefing.sections, strict=False), 1):
        parts.add_heading(document, heading, number)
        _section(document, briefing, section, number)
    if decisions:
        parts.add_heading(document, headings[-1], len(headings))
        _split_over_pages(document, decisions, room)
    parts.add_heading(document, entries[-2], len(entries) - 1)
    _split_over_pages(document, definitions, room)
    parts.add_heading(document, entries[-1], len(entries))
    for remark in briefing.remarks:
        document.add_paragraph(remark, style="Note")
    _table(document, tables.frame_table(briefing.sources), HEIGHT - 40)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _opening(document: Document, briefing: Briefing) -> None:
    document.add_paragraph(briefing.title, style="Title")
    for line in (f"{briefing.area}　{briefing.period}", briefing.data_date, "", _("目录")):
        paragraph = document.add_paragraph(line, style="Heading 2" if line != _("目录") else "Normal")
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _contents_pages(entries: list[str]) -> list[int]:
    """Returns the page of the contents that each entry is on.

    The contents are broken exactly there, so that the page numbers of the sections are right.
    """
    pages: list[int] = []
    used = _ABOVE_CONTENTS
    for entry in entries:
        needed = _CONTENTS_LINE * math.ceil((layout.width_of(entry) + 6) / _LETTERS_PER_LINE)
        is_full = used + needed > HEIGHT * _POINTS_PER_MM
        pages.append((pages[-1] if pages else 1) + is_full)
        used = needed if is_full else used + needed
    return pages


def _numbered_heading(number: int, title: str) -> str:
    """Returns the title numbered as in official documents (一、), in English with 1."""
    if texts.language() != "zh":
        return f"{number}. {title}"
    tens, ones = divmod(number, 10)
    word = ("" if tens < 2 else _NUMERALS[tens - 1]) + ("十" if tens else "") + (_NUMERALS[ones - 1] if ones else "")
    return f"{word}、{title}"


def _section(document: Document, briefing: Briefing, section: Section, number: int) -> None:
    if section.subtitle:
        document.add_paragraph(section.subtitle, style="Note")
    # The heading, the subtitle and the notes take up part of the page.
    room = HEIGHT - 10.2 * math.ceil(layout.width_of(section.headline) / 52) - 6.4 * (4 + len(section.notes))
    if section.kind == "numbers":
        _table(document, tables.readings_table(section, briefing.previous_values), room)
    elif spec := charts.chart_spec(section):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        chart.add(document, paragraph, spec, WIDTH, _chart_height(spec), number, section.headline)
        if tables.is_by_area(section) and (sides := tables.best_and_worst(section, briefing.previous_values)):
            document.add_paragraph("　".join(side.title for side in sides), style="Note")
            _table(document, _side_by_side(sides), room - _chart_height(spec))
    else:
        _table(document, tables.rows_table(section), room)
    for note in section.notes:
        document.add_paragraph(note, style="Note")


def _chart_height(spec: ChartSpec) -> int:
    return 80 if spec.kind == "line" else min(105, 25 + 7 * len(spec.categories) * max(1, len(spec.series)))


def _side_by_side(sides: list[Table]) -> Table:
    """Joins the tables of the best and the worst areas side by side."""
    first, second = sides
    empty = [""] * len(second.header)
    lines = [
        line + (second.lines[index] if index < len(second.lines) else empty) for index, line in enumerate(first.lines)
    ]
    width = len(first.header)
    return Table(
        "",
        first.header + second.header,
        lines,
        first.number_columns | {width + column for column in second.number_columns},
    )


def _table(document: Document, table: Table, height: float) -> None:
    """Adds a table that fits on the page; if rows are cut off, its title says how many."""
    fitted = layout.cut_table(
        layout.fit_table(table, WIDTH * _POINTS_PER_MM, (12, TABLE_SIZE, 9), height * _POINTS_PER_MM),
        height * _POINTS_PER_MM,
    )
    if fitted.table.title:
        document.add_paragraph(fitted.table.title, style="Note")
    parts.add_table(document, fitted)


def _split_over_pages(document: Document, whole: layout.FittedTable, room: float) -> None:
    for index, part in enumerate(layout.split_table(whole, room)):
        if index:
            document.add_paragraph(style="Note").paragraph_format.page_break_before = True
        parts.add_table(document, part)
