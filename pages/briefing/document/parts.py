"""What a Chinese official document is made of (GB/T 9704): page, styles, fonts, fields, tables."""

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

# The page, in millimetres: A4 with 37 above, 28 at the binding, a body of 156 by 225.
WIDTH, HEIGHT = 156, 225
# 二号, 三号, 四号, 小四, 五号 in points; a line of the body.
TITLE, BODY, FOOT, NOTE, TABLE_SIZE = 22, 16, 14, 12, 10.5
LINE = 28.95
_CONTENTS_LINE = 24


def new_document(briefing: Briefing) -> Opened:
    """An empty document with the page, the styles and the page numbers, whose fonts are named with what stands in."""
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    page.footer_distance = Mm(28)
    _styles(document)
    _name_fonts(document)
    # — 1 — outside: at the right of odd pages, at the left of even ones.
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
    named = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in [name for name in named.attrib if name.endswith("Theme")]:
        del named.attrib[theme]
    for kind in ("ascii", "hAnsi", "cs"):
        named.set(qn(f"w:{kind}"), fonts.LATIN)
    named.set(qn("w:eastAsia"), font.name)
    form = style.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)


def _name_fonts(document: Opened) -> None:
    """What stands in for a font that a machine lacks, as the table of fonts says it; the theme names the same."""
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


def add_field(paragraph: Paragraph, code: str, shown: str) -> None:
    """A field with what it shows until it is updated."""
    begin_field(paragraph, code)
    paragraph.add_run(shown)
    end_field(paragraph)


def begin_field(paragraph: Paragraph, code: str) -> None:
    """The beginning of a field, whose result follows."""
    _mark(paragraph, "begin")
    told = OxmlElement("w:instrText")
    told.set(qn("xml:space"), "preserve")
    told.text = f" {code} "
    paragraph.add_run()._r.append(told)
    _mark(paragraph, "separate")


def end_field(paragraph: Paragraph) -> None:
    """The end of the innermost field begun."""
    _mark(paragraph, "end")


def _mark(paragraph: Paragraph, kind: str) -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(mark)


def add_heading(document: Opened, text: str, number: int, new_page: bool = True) -> None:
    """A heading on a page of its own, which the contents refer to."""
    paragraph = document.add_heading(level=1)
    paragraph.paragraph_format.page_break_before = new_page
    for name, place in (("w:bookmarkStart", 0), ("w:bookmarkEnd", None)):
        mark = OxmlElement(name)
        mark.set(qn("w:id"), str(number))
        if place == 0:
            mark.set(qn("w:name"), bookmark_name(number))
            paragraph._p.append(mark)
            paragraph.add_run(text)
        else:
            paragraph._p.append(mark)


def bookmark_name(number: int) -> str:
    """What a heading is called in links."""
    return f"_Toc{number:08d}"


def add_contents(document: Opened, entries: list[tuple[str, int, int]]) -> None:
    """A TOC field with its entries filled in: each a heading's text and its page, a link to it; and the page of the
    contents that the entry itself stands on."""
    for place, (text, page, sheet) in enumerate(entries):
        paragraph = document.add_paragraph(style="TOC 1")
        paragraph.paragraph_format.page_break_before = place > 0 and sheet > entries[place - 1][2]
        if place == 0:
            begin_field(paragraph, 'TOC \\o "1-1" \\h \\z \\u')
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), bookmark_name(place + 1))
        link.set(qn("w:history"), "1")
        inside = Paragraph(link, paragraph._parent)
        for run in (text, "\t"):
            paragraph.add_run(run)
        add_field(paragraph, f"PAGEREF {bookmark_name(place + 1)} \\h", str(page))
        # The runs of the entry, not those that begin the whole field.
        runs = paragraph._p.findall(qn("w:r"))
        for run in runs[3 if place == 0 else 0 :]:
            inside._p.append(run)
        paragraph._p.append(link)
        if place == len(entries) - 1:
            end_field(paragraph)


def add_table(document: Opened, fitted: FittedTable) -> None:
    """A native table with a heading row that comes again on each page."""
    shown = fitted.table
    if not shown.header:
        return
    grid = document.add_table(rows=0, cols=len(shown.header))
    grid.style, grid.alignment, grid.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in enumerate(fitted.widths):
        grid.columns[column].width = Pt(width)
    for place, line in enumerate([shown.header, *shown.lines]):
        row = grid.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        if place == 0:
            row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for column, cell in enumerate(row.cells):
            cell.width = Pt(fitted.widths[column])
            _fill(cell, line[column], fitted.font_size, column in shown.number_columns, place == 0)
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
