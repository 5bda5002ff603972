"""Builds the parts of a Chinese official document (GB/T 9704): page, styles, fonts, fields, tables."""

from __future__ import annotations

from docx import Document
from docx.document import Document as Opened
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from lxml import etree

from pages.briefing import fonts, properties
from pages.briefing.fonts import Font
from pages.briefing.layout import FittedTable
from pages.briefing.section import Briefing
from pages.ui.i18n import texts
from pages.ui.theme.theme import LIGHT

# The body in millimetres: A4 with a top margin of 37 and a binding margin of 28 leaves 156 by 225.
WIDTH, HEIGHT = 156, 225
# The sizes 二号, 三号, 四号, 小四 and 五号 in points, and the line height of the body.
TITLE, BODY, FOOT, NOTE, TABLE_SIZE = 22, 16, 14, 12, 10.5
LINE = 28.95
_CONTENTS_LINE = 24


def new_document(briefing: Briefing) -> Opened:
    """Returns an empty document with page size, styles, page numbers and a font table that names the fallbacks."""
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    page.footer_distance = Mm(28)
    _styles(document)
    _name_fonts(document)
    # Page numbers, — 1 —, are on the outer side: right on odd pages, left on even ones.
    document.settings.odd_and_even_pages_header_footer = True
    _footer(page.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _footer(page.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)
    properties.describe(document.core_properties, briefing)
    document.core_properties.language = "zh-CN" if texts.language() == "zh" else "en-GB"
    return document


def _styles(document: Opened) -> None:
    styles = document.styles
    _set(styles["Normal"], fonts.BODY, BODY, line=LINE)
    _set(styles["Title"], fonts.TITLE, TITLE, line=36)
    styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    border = styles["Title"].element.pPr.find(qn("w:pBdr"))
    if border is not None:
        styles["Title"].element.pPr.remove(border)
    _set(styles["Heading 1"], fonts.HEADING, BODY, line=LINE)
    _set(styles["Heading 2"], fonts.SUBHEADING, BODY, line=LINE)
    for name in ("Heading 1", "Heading 2"):
        styles[name].paragraph_format.keep_with_next = True
    _set(styles.add_style("TOC 1", 1), fonts.BODY, FOOT, line=_CONTENTS_LINE)
    styles["TOC 1"].paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    _set(styles.add_style("Note", 1), fonts.SUBHEADING, NOTE, line=18)


def _set(style, font: Font, size: float, line: float) -> None:
    style.font.size, style.font.bold, style.font.italic = Pt(size), False, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    run_fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in [name for name in run_fonts.attrib if name.endswith("Theme")]:
        del run_fonts.attrib[theme]
    for kind in ("ascii", "hAnsi", "cs"):
        run_fonts.set(qn(f"w:{kind}"), fonts.LATIN)
    run_fonts.set(qn("w:eastAsia"), font.name)
    form = style.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)


def _name_fonts(document: Opened) -> None:
    """Adds the fallbacks of each font to the font table and to the theme."""
    table = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    tree = etree.fromstring(table.blob)
    for font in fonts.ALL:
        tree.append(
            parse_xml(
                f'<w:font {nsdecls("w")} w:name="{font.name}"><w:altName w:val="{",".join(font.fallbacks)}"/>'
                '<w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
            )
        )
    table._blob = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    theme = document.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = fonts.apply_fonts(theme.blob)


def _footer(paragraph: Paragraph, align: WD_ALIGN_PARAGRAPH) -> None:
    paragraph.alignment = align
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    for part in ("— ", None, " —"):
        if part is None:
            add_field(paragraph, "PAGE", "1")
        else:
            paragraph.add_run(part)
    for run in paragraph.runs:
        run.font.size = Pt(FOOT)
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), fonts.SONG.name)


def add_field(paragraph: Paragraph, code: str, text: str) -> None:
    """Adds a field with the text that it shows until it is updated."""
    begin_field(paragraph, code)
    paragraph.add_run(text)
    end_field(paragraph)


def begin_field(paragraph: Paragraph, code: str) -> None:
    """Begins a field, whose result follows."""
    _mark(paragraph, "begin")
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {code} "
    paragraph.add_run()._r.append(instruction)
    _mark(paragraph, "separate")


def end_field(paragraph: Paragraph) -> None:
    """Ends the innermost open field."""
    _mark(paragraph, "end")


def _mark(paragraph: Paragraph, kind: str) -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(mark)


def add_heading(document: Opened, text: str, number: int, new_page: bool = True) -> None:
    """Adds a heading, by default on a new page, with a bookmark that the contents link to."""
    paragraph = document.add_heading(level=1)
    paragraph.paragraph_format.page_break_before = new_page
    for name in ("w:bookmarkStart", "w:bookmarkEnd"):
        mark = OxmlElement(name)
        mark.set(qn("w:id"), str(number))
        if name == "w:bookmarkStart":
            mark.set(qn("w:name"), bookmark_name(number))
            paragraph._p.append(mark)
            paragraph.add_run(text)
        else:
            paragraph._p.append(mark)


def bookmark_name(number: int) -> str:
    """Returns the bookmark of the heading with that number, for links."""
    return f"_Toc{number:08d}"


def add_contents(document: Opened, entries: list[tuple[str, int, int]]) -> None:
    """Adds a TOC field with its entries filled in, each a link to its heading.

    An entry is the heading's text, its page, and the page of the contents that the entry itself is on.
    """
    for index, (text, page, contents_page) in enumerate(entries):
        paragraph = document.add_paragraph(style="TOC 1")
        paragraph.paragraph_format.page_break_before = index > 0 and contents_page > entries[index - 1][2]
        if index == 0:
            begin_field(paragraph, 'TOC \\o "1-1" \\h \\z \\u')
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), bookmark_name(index + 1))
        link.set(qn("w:history"), "1")
        linked = Paragraph(link, paragraph._parent)
        for run in (text, "\t"):
            paragraph.add_run(run)
        add_field(paragraph, f"PAGEREF {bookmark_name(index + 1)} \\h", str(page))
        # Only the entry's runs, without those that begin the TOC field.
        runs = paragraph._p.findall(qn("w:r"))
        for run in runs[3 if index == 0 else 0 :]:
            linked._p.append(run)
        paragraph._p.append(link)
        if index == len(entries) - 1:
            end_field(paragraph)


def add_table(document: Opened, fitted: FittedTable) -> None:
    """Adds a native table with a header row that repeats on each page."""
    table = fitted.table
    if not table.header:
        return
    grid = document.add_table(rows=0, cols=len(table.header))
    grid.style, grid.alignment, grid.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in enumerate(fitted.widths):
        grid.columns[column].width = Pt(width)
    for index, line in enumerate([table.header, *table.lines]):
        row = grid.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        if index == 0:
            row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for column, cell in enumerate(row.cells):
            cell.width = Pt(fitted.widths[column])
            _fill(cell, line[column], fitted.font_size, column in table.number_columns, index == 0)
    document.add_paragraph(style="Note")


def _fill(cell, text: str, size: float, is_number: bool, is_head: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1.5)
    if is_head:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        cell._tc.get_or_add_tcPr().append(
            parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="E3EDF6"/>')
        )
    elif is_number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    if is_head:
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), fonts.HEADING.name)
    elif text.startswith("▼"):
        run.font.color.rgb = RGBColor.from_string(LIGHT.below.removeprefix("#").upper())
