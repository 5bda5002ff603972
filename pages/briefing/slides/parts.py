"""Builds the parts of slides in one style: titles, tables, charts, notes, slide numbers."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck
from pptx.shapes.graphfrm import GraphicFrame
from pptx.slide import Slide
from pptx.util import Inches, Length, Pt

from pages.briefing import charts, fonts, layout, properties
from pages.briefing.charts import ChartSpec
from pages.briefing.layout import FittedTable, width_of
from pages.briefing.section import Briefing
from pages.briefing.tables import Table
from pages.ui.i18n import texts
from pages.ui.theme.theme import LIGHT

WIDTH, HEIGHT = 13.333, 7.5
_COVER, _TITLE_ONLY = 0, 5
# Font sizes of tables, in points.
SIZES, SMALL_SIZES = (14, 13, 12, 11, 10), (11, 10, 9)


@dataclass(frozen=True)
class Box:
    """Describes a rectangle on a slide, in inches."""

    left: float
    top: float
    width: float
    height: float


def new_deck(briefing: Briefing) -> Deck:
    """Returns an empty 16:9 deck whose theme names the fonts."""
    deck = Presentation()
    ratio = Inches(WIDTH) / deck.slide_width
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    for master in (deck.slide_master, *deck.slide_layouts):
        for shape in master.placeholders:
            if shape._element.spPr.find(qn("a:xfrm")) is not None:
                shape.left, shape.width = round(shape.left * ratio), round(shape.width * ratio)
    theme = deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = fonts.apply_fonts(theme.blob)
    properties.describe(deck.core_properties, briefing)
    return deck


def add_cover(deck: Deck, briefing: Briefing) -> None:
    """Adds the first slide: title, area, period and data date."""
    slide = deck.slides.add_slide(deck.slide_layouts[_COVER])
    _set_bounds(slide.shapes.title, Box(0.9, 2.2, 11.5, 1.5))
    _write(slide.shapes.title.text_frame, briefing.title, 40, bold=False, align=PP_ALIGN.CENTER)
    below = slide.placeholders[1]
    _set_bounds(below, Box(0.9, 3.9, 11.5, 1.6))
    _write(
        below.text_frame,
        f"{briefing.area}　{briefing.period}\n{briefing.data_date}",
        20,
        colour=LIGHT.muted,
        align=PP_ALIGN.CENTER,
    )


def add_slide(deck: Deck, title: str, subtitle: str = "") -> Slide:
    """Adds a slide with a title of up to three lines and a small subtitle."""
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    head = slide.shapes.title
    _set_bounds(head, Box(0.6, 0.35, 12.13, 0.95))
    size = 26 if width_of(title) <= 84 else 20 if width_of(title) <= 170 else 15
    _write(head.text_frame, title, size, align=PP_ALIGN.LEFT)
    head.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
    if subtitle:
        _text(slide, Box(0.6, 1.3, 12.13, 0.4), subtitle, 13, LIGHT.muted)
    return slide


def add_contents(slide: Slide, entries: list[tuple[str, Slide]], numbers: list[int], box: Box) -> None:
    """Adds the contents: the numbers and titles of slides, each a link to its slide."""
    rows, size = len(entries), 14 if len(entries) <= 10 else 12
    grid = slide.shapes.add_table(rows, 2, *_emu(Box(box.left, box.top, box.width, 0.3 * rows))).table
    grid.first_row = grid.horz_banding = False
    grid.columns[0].width, grid.columns[1].width = Inches(0.9), Inches(box.width - 0.9)
    for row, ((title, target), number) in enumerate(zip(entries, numbers, strict=True)):
        for column, text in enumerate((str(number), _cut(title, 96))):
            cell = grid.cell(row, column)
            _fill(cell, text, size, PP_ALIGN.LEFT if column else PP_ALIGN.RIGHT)
            cell.fill.background()
            link = (
                cell.text_frame.paragraphs[0]
                .runs[0]
                ._r.get_or_add_rPr()
                .add_hlinkClick(slide.part.relate_to(target.part, RELATIONSHIP_TYPE.SLIDE))
            )
            link.set("action", "ppaction://hlinksldjump")


def add_table(slide: Slide, table: Table, box: Box, sizes: tuple[float, ...] = SIZES) -> None:
    """Adds a native table in the largest font size that fits; if rows are cut off, its title says how many."""
    whole = layout.fit_table(table, box.width * 72, sizes, _available_height(table, box))
    place_table(slide, layout.cut_table(whole, _available_height(table, box) - (0 if table.title else 22)), box)


def place_table(slide: Slide, fitted: FittedTable, box: Box) -> None:
    """Adds a fitted table as a native one, with its title, if any, above it."""
    table = fitted.table
    if not table.header:
        return
    top = box.top
    if table.title:
        _text(slide, Box(box.left, top - 0.02, box.width, 0.3), table.title, 12, LIGHT.muted)
        top += 0.3
    rows = [table.header, *table.lines]
    grid = slide.shapes.add_table(
        len(rows), len(table.header), *_emu(Box(box.left, top, box.width, fitted.height / 72))
    ).table
    grid.horz_banding = False
    for column, width in enumerate(fitted.widths):
        grid.columns[column].width = Pt(width)
    # A table with few rows is stretched instead of crowding at the top.
    stretch = min(1.5, max(1.0, (box.height - (top - box.top)) * 72 / fitted.height))
    for row, line in enumerate(rows):
        grid.rows[row].height = Pt(fitted.height_of(line) * stretch)
        for column, text in enumerate(line):
            align = PP_ALIGN.RIGHT if column in table.number_columns else PP_ALIGN.LEFT
            _fill(grid.cell(row, column), text, fitted.font_size, align, is_head=row == 0)


def _cut(text: str, max_width: int) -> str:
    """Returns as much of a text as fits in one line."""
    if width_of(text) <= max_width:
        return text
    end = next(end for end in range(len(text), 0, -1) if width_of(text[:end]) < max_width)
    return text[:end] + "…"


def _available_height(table: Table, box: Box) -> float:
    return (box.height - (0.3 if table.title else 0)) * 72


def add_chart(slide: Slide, spec: ChartSpec, box: Box, alt: str) -> None:
    """Adds a native chart; `alt` is the text for screen readers."""
    kind, data = charts.data(spec)
    # python-pptx's annotation says that this returns the chart; it returns the frame around it.
    frame: GraphicFrame = slide.shapes.add_chart(kind, *_emu(box), data)  # type: ignore[assignment]  # see above
    frame._element.nvGraphicFramePr.cNvPr.set("descr", alt)
    charts.style(frame.chart, spec, 12 if len(spec.categories) <= 12 or spec.kind == "line" else 10)


def add_notes(slide: Slide, lines: tuple[str, ...]) -> None:
    """Adds the first three notes at the bottom: missing data and analysts' annotations."""
    notes = lines[:3]
    if notes:
        _text(
            slide, Box(0.6, 6.55 - 0.3 * len(notes) + 0.05, 12.13, 0.3 * len(notes)), "\n".join(notes), 11, LIGHT.muted
        )


def number_slides(deck: Deck, briefing: Briefing) -> None:
    """Adds title, area, period and data date and the slide's number at the bottom of every slide but the first."""
    footer = " · ".join((briefing.title, briefing.area, briefing.period, briefing.data_date))
    for number, slide in enumerate(deck.slides, 1):
        if number == 1:
            continue
        _text(slide, Box(0.6, 6.95, 11, 0.35), footer, 10, LIGHT.muted)
        box = slide.shapes.add_textbox(*_emu(Box(11.73, 6.95, 1, 0.35)))
        paragraph = box.text_frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.RIGHT
        field = etree.SubElement(
            paragraph._p, qn("a:fld"), id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}", type="slidenum"
        )
        etree.SubElement(field, qn("a:rPr"), lang="en-US", sz="1000")
        etree.SubElement(field, qn("a:t")).text = str(number)


def _fill(cell, text: str, size: float, align: PP_ALIGN, is_head: bool = False) -> None:
    cell.margin_left = cell.margin_right = Inches(0.07)
    cell.margin_top = cell.margin_bottom = Inches(0.02)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.fill.solid()
    cell.fill.fore_color.rgb = _rgb(LIGHT.accent if is_head else "#ffffff")
    colour = "#ffffff" if is_head else LIGHT.below if text.startswith("▼") else LIGHT.text
    _write(cell.text_frame, text, size, bold=is_head, colour=colour, align=align)


def _text(slide: Slide, box: Box, text: str, size: int, colour: str) -> None:
    frame = slide.shapes.add_textbox(*_emu(box)).text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = Inches(0.05)
    _write(frame, text, size, colour=colour)


def _write(
    frame, text: str, size: float, bold: bool = False, colour: str = LIGHT.text, align: PP_ALIGN = PP_ALIGN.LEFT
) -> None:
    frame.word_wrap = True
    for index, line in enumerate(text.split("\n")):
        paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
        paragraph.alignment = align
        run = paragraph.add_run()
        run.text = line
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = _rgb(colour)
        run._r.get_or_add_rPr().set("lang", "zh-CN" if texts.language() == "zh" else "en-GB")


def _set_bounds(shape, box: Box) -> None:
    shape.left, shape.top, shape.width, shape.height = _emu(box)


def _emu(box: Box) -> tuple[Length, Length, Length, Length]:
    return Inches(box.left), Inches(box.top), Inches(box.width), Inches(box.height)


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.removeprefix("#").upper())
