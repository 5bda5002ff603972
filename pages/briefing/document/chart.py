"""Adds native charts to a Word document. python-docx has none, so python-pptx builds them and they are copied over."""

from __future__ import annotations

import io

from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Mm
from docx.text.paragraph import Paragraph
from lxml import etree
from pptx import Presentation
from pptx.util import Inches

from pages.briefing import charts
from pages.briefing.charts import ChartSpec

_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_INLINE = """
<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
    xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
    xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
  <wp:inline distT="0" distB="0" distL="0" distR="0">
    <wp:extent/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:docPr/><wp:cNvGraphicFramePr/>
    <a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">
      <c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"/>
    </a:graphicData></a:graphic>
  </wp:inline>
</w:drawing>"""


def add(
    document: Document, paragraph: Paragraph, spec: ChartSpec, width: int, height: int, number: int, alt: str
) -> None:
    """Adds a chart to a paragraph, with width and height in millimetres; `number` must be unique among the charts."""
    chart, workbook = _build(spec)
    package = document.part.package
    sheet = Part(PackURI(f"/word/embeddings/Microsoft_Excel_Sheet{number}.xlsx"), _SHEET, workbook, package)
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), CONTENT_TYPE.DML_CHART, b"", package)
    # The workbook that opens when somebody edits the chart's data.
    chart.find(f"{{{_CHART}}}externalData").set(
        "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
        part.relate_to(sheet, RELATIONSHIP_TYPE.PACKAGE),
    )
    part._blob = etree.tostring(chart, xml_declaration=True, encoding="UTF-8", standalone=True)
    drawing = parse_xml(_INLINE)
    extent, _effect, properties, _frame, graphic = drawing[0]
    extent.set("cx", str(Mm(width)))
    extent.set("cy", str(Mm(height)))
    for name, value in (("id", str(number)), ("name", f"Chart {number}"), ("descr", alt)):
        properties.set(name, value)
    graphic[0][0].set(
        "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
        document.part.relate_to(part, RELATIONSHIP_TYPE.CHART),
    )
    paragraph.add_run()._r.append(drawing)


def _build(spec: ChartSpec) -> tuple[etree._Element, bytes]:
    """Returns the chart's XML and its workbook."""
    kind, data = charts.data(spec)
    deck = Presentation()
    frame = deck.slides.add_slide(deck.slide_layouts[6]).shapes.add_chart(kind, 0, 0, Inches(6), Inches(4), data)
    charts.style(frame.chart, spec, 10)
    part = frame.chart.part
    return etree.parse(io.BytesIO(part.blob)).getroot(), part.chart_workbook.xlsx_part.blob
