"""Lists the formats that a briefing is written in."""

from __future__ import annotations

from pages.briefing.section import Briefing
from pages.ui.i18n.texts import _
from sql.audit.log import FileKind


def titles() -> dict[FileKind, str]:
    """Returns the formats' titles by file extension, in menu order."""
    return {"pptx": _("幻灯片 PPTX"), "docx": _("文档 DOCX"), "xlsx": _("整页数据 XLSX")}


def write(kind: FileKind, briefing: Briefing) -> bytes:
    """Returns the briefing as a file of one of these formats."""
    # These modules are slow to import, and most visits to a page do not need them.
    from pages.briefing import workbook
    from pages.briefing.document import document
    from pages.briefing.slides import slides

    writers = {"pptx": slides.write, "docx": document.write, "xlsx": workbook.write}
    return writers[kind](briefing)
