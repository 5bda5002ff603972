"""Draws the page's menu 简报, which offers the page as slides, a document or a workbook, written on request."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.briefing import formats
from pages.briefing.section import plain
from pages.internals.element_types import PopoverContainer
from pages.ui.i18n import texts
from pages.ui.i18n.names import spoken_name
from pages.ui.i18n.texts import _
from pages.ui.kit.panels import captured_panels
from pages.ui.kit.tables import exports
from pages.ui.shell import page_scope
from sql.audit.log import FileKind, Stamp
from sql.semantic.scope import Scope


def popover() -> PopoverContainer:
    """Draws the menu in the header, still empty: its contents are known only once the page has been drawn."""
    return st.popover(_("简报"), type="tertiary", key=page_scope.BRIEFING, on_change="rerun")


def fill(menu: PopoverContainer, scope: Scope, title: str) -> None:
    """Draws the three downloads of the page into the menu; nothing while it is closed."""
    if not menu.open:
        return
    panels, headline = captured_panels.panels(), captured_panels.headline()
    name = f"{plain(title)}_{plain(spoken_name(scope.area.name)) or _('全部')}_{scope.period}"
    with menu:
        for kind, label in formats.TITLES.items():
            make = _writer(kind, scope, title, headline, panels)
            exports.download_button(texts.of(label), "briefing", kind, make, name, f"briefing_{kind}", width="stretch")
        if page_scope.is_for_export():
            st.caption(_("带走的人数取整到 5 的倍数，比例由取整后的人数算出；菜单开着时本页也这样显示。"))
        st.caption(_("要 PDF，用浏览器打印本页（Ctrl+P）。"))


def _writer(
    kind: FileKind, scope: Scope, title: str, headline: str, panels: list[captured_panels.CapturedPanel]
) -> Callable[[Callable[[int], Stamp]], bytes]:
    """Returns a function that writes the file on request: after the run of the page, in a thread without its
    context."""

    def make(stamp: Callable[[int], Stamp]) -> bytes:
        # Slow to import, and most visits do not need it.
        from pages.briefing import briefing

        page_briefing = briefing.build_page_briefing(scope, title, headline, panels)
        return formats.write(kind, briefing.add_stamp(page_briefing, stamp(page_briefing.row_count)))

    return make
