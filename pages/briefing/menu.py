"""The page's menu 简报: what the page shows as slides, a document or a workbook, made when one of them is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from pages.briefing.section import plain
from pages.ui.i18n.texts import _
from pages.ui.kit import captured_panels
from pages.ui.kit.tables import exports
from pages.ui.shell import page_scope
from sql.audit.log import Stamp
from sql.semantic.scope import Scope

if TYPE_CHECKING:
    from streamlit.elements.lib.mutable_popover_container import PopoverContainer


def popover() -> PopoverContainer:
    """The closed menu, for the header: what it offers is known when the page has been drawn."""
    return st.popover(_("简报"), type="tertiary", key=page_scope.BRIEFING, on_change="rerun")


def fill(opened: PopoverContainer, scope: Scope, title: str) -> None:
    """Three downloads of what the page shows; nothing while the menu is closed."""
    if not opened.open:
        return
    pieces, sentence = captured_panels.panels(), captured_panels.headline()
    labels = {"pptx": _("幻灯片 PPTX"), "docx": _("文档 DOCX"), "xlsx": _("整页数据 XLSX")}
    name = f"{plain(title)}_{plain(scope.area.name) or _('全部')}_{scope.period}"
    with opened:
        for kind, label in labels.items():
            make = _made(kind, scope, title, sentence, pieces)
            exports.download_button(label, "briefing", kind, make, name, f"briefing_{kind}", width="stretch")
        if page_scope.is_for_export():
            st.caption(_("带走的人数取整到 5 的倍数，比例由取整后的人数算出；菜单开着时本页也这样显示。"))
        st.caption(_("要 PDF，用浏览器打印本页（Ctrl+P）。"))


def _made(
    kind: str, scope: Scope, title: str, sentence: str, pieces: list[captured_panels.CapturedPanel]
) -> Callable[[Callable[[int], Stamp]], bytes]:
    """Makes the file when it is asked for, which is after the run of the page and in a thread that knows nothing of
    it."""

    def make(stamp: Callable[[int], Stamp]) -> bytes:
        # What writes the files is a burden to load that most visits do not need.
        from pages.briefing import briefing, workbook
        from pages.briefing.document import document
        from pages.briefing.slides import slides

        write = {"pptx": slides.write, "docx": document.write, "xlsx": workbook.write}[kind]
        made = briefing.build_page_briefing(scope, title, sentence, pieces)
        return write(briefing.add_stamp(made, stamp(made.row_count)))

    return make
