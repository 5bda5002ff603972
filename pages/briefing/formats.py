"""Lists the formats that a briefing is written in."""

from __future__ import annotations

from pages.briefing.section import Briefing
from sql.audit.log import FileKind
from sql.files.sql_file import Text

# By file extension, in menu order.
TITLES: dict[FileKind, Text] = {
    "pptx": Text("幻灯片 PPTX", "Slides, PPTX"),
    "docx": Text("文档 DOCX", "Document, DOCX"),
    "xlsx": Text("整页数据 XLSX", "Whole page, XLSX"),
}


def write(kind: FileKind, briefing: Briefing) -> bytes:
    """Returns the briefing as a file of one of these formats."""
    # These modules are slow to import, and most visits to a page do not need them.
    from pages.briefing import workbook
    from pages.briefing.document import document
    from pages.briefing.slides import slides

    writers = {"pptx": slides.write, "docx": document.write, "xlsx": workbook.write}
    return writers[kind](briefing)
