"""Draws parts of a page as one element each: a row of cards, a list of facts, a panel's buttons.

Every Streamlit element costs the browser time, and a page has dozens of numbers. So a row of cards is one element, and
a dialog is built only when it is opened. All words are set as the text of an element tree, whose serializer escapes
them: no data is read as markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import streamlit as st

from pages.ui.i18n.texts import _
from pages.ui.kit import sparkline
from pages.ui.kit.sparkline import Sparkline
from pages.ui.shell import watermark
from pages.ui.theme import theme
from sql.semantic.readings import Status

_DIALOGS, _REQUESTED, _PAGE = "pieces_offered", "pieces_asked", "pieces_page"


@dataclass(frozen=True)
class DialogButton:
    """Describes a button that opens a dialog: its kind, `explain` (ⓘ) or `table` (▦), a name, and the callback."""

    kind: str
    name: str
    on_click: Callable[[], None]

    @property
    def key(self) -> str:
        """Returns the button's key, unique on its page."""
        return f"{self.kind}_{self.name}"


@dataclass(frozen=True)
class KeyFigure:
    """Holds a number ready to draw: short title, value with unit, button of its explanation, and status.

    A card has more lines: changes, variation and assurance, held files, missing districts, a line of the last months.
    """

    name: str
    title: str
    value: str
    button: DialogButton | None = None
    status_text: str = ""
    status: Status = "none"
    reference: str = ""
    changes: str = ""
    variation: str = ""
    held_note: str = ""
    completeness_note: str = ""
    sparkline: Sparkline | None = None


def begin_page(page: str) -> None:
    """Resets the registered dialogs before a page runs. A dialog that another page opened is closed."""
    st.session_state[_DIALOGS] = {}
    if st.session_state.get(_PAGE) != page:
        close_dialog()
    st.session_state[_PAGE] = page


def request_dialog(name: object) -> None:
    """Opens the named dialog on the next run. Call from a widget callback.

    A browser may send anything: a value that is not a registered name opens nothing.
    """
    if isinstance(name, str):
        st.session_state[_REQUESTED] = name


def open_requested() -> None:
    """Opens the requested dialog after the page is drawn. It stays open across page runs until it is closed."""
    requested, dialogs = st.session_state.get(_REQUESTED), st.session_state.pop(_DIALOGS)
    if requested in dialogs:
        dialogs[requested]()


def dialog(title: str, draw_content: Callable[[], None]) -> None:
    """Opens a dialog with that title whose content `draw_content` draws."""

    def draw_dialog() -> None:
        watermark.draw("watermark_dialog")
        draw_content()

    st.dialog(title, width="large", on_dismiss=close_dialog)(draw_dialog)()


def close_dialog() -> None:
    """Closes the open dialog on the next run."""
    st.session_state.pop(_REQUESTED, None)


def cards(figures: Iterable[KeyFigure]) -> None:
    """Draws a row of cards, side by side where there is room."""
    row = Element("div", {"class": "piece-cards"})
    for figure in figures:
        card = SubElement(row, "div", {"class": "piece-card", "data-name": figure.name})
        head = SubElement(card, "div", {"class": "piece-head"})
        _text(head, "piece-small piece-title", figure.title)
        _button(head, figure.button)
        _text(card, "piece-value", figure.value)
        reference = _text(card, "piece-small", "" if figure.status_text else figure.reference)
        if figure.status_text:
            mark = SubElement(reference, "strong", {"class": f"piece-{figure.status}"})
            mark.text, mark.tail = figure.status_text, f" · {figure.reference}" if figure.reference else ""
        if figure.changes:
            _text(card, "piece-small", figure.changes)
        if figure.variation:
            _text(card, "piece-small", figure.variation)
        if figure.held_note:
            _text(card, "piece-small", figure.held_note)
        if figure.completeness_note:
            _text(card, "piece-small piece-below", figure.completeness_note)
        if figure.sparkline:
            sparkline.draw(card, figure.sparkline)
    _draw(row)


def facts(figures: Iterable[KeyFigure]) -> None:
    """Draws numbers compactly, one per line."""
    container = Element("div")
    for figure in figures:
        fact = SubElement(container, "div", {"class": "piece-fact", "data-name": figure.name})
        _text(fact, "piece-small piece-title", figure.title)
        if figure.status_text:
            _text(fact, f"piece-small piece-{figure.status}", figure.status_text)
        _text(fact, "piece-amount", figure.value)
        _button(fact, figure.button)
    _draw(container)


def dialog_buttons(buttons: Iterable[DialogButton]) -> None:
    """Draws dialog buttons side by side."""
    row = Element("div", {"class": "piece-symbols"})
    for button in buttons:
        _button(row, button)
    _draw(row, width="content")


def _text(parent: Element, name: str, text: str) -> Element:
    element = SubElement(parent, "div", {"class": name})
    element.text = text
    return element


def _button(parent: Element, button: DialogButton | None) -> None:
    if button is None:
        return
    st.session_state[_DIALOGS][button.key] = button.on_click
    label = {"explain": _("口径、公式、来源与下载"), "table": _("这张图的数据表")}[button.kind]
    SubElement(
        parent,
        "button",
        {
            "type": "button",
            "class": f"piece-symbol piece-{button.kind}",
            "title": label,
            "aria-label": label,
            "data-opens": button.key,
        },
    )


def _draw(element: Element, width: Literal["stretch", "content"] = "stretch") -> None:
    element.set("style", theme.variables())
    st.html(ElementTree.tostring(element, encoding="unicode", method="html"), width=width)
