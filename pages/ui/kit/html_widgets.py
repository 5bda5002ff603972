"""Pieces of a page drawn in one go: a row of cards, a list of facts, a panel's symbols.

Each element is a burden of its own to the browser, and a page has dozens of numbers: a row of cards is one element, and
what a symbol opens is made when it is asked for. All words are set as text of an element tree, whose writer escapes
them: nothing of the data is read as markup.
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

_OFFERED, _ASKED, _PAGE = "pieces_offered", "pieces_asked", "pieces_page"


@dataclass(frozen=True)
class DialogButton:
    """A button that opens something: `explain` (ⓘ) or `table` (▦), and what it opens, under a name of its own."""

    kind: str
    name: str
    on_click: Callable[[], None]

    @property
    def key(self) -> str:
        """What the button is called on its page."""
        return f"{self.kind}_{self.name}"


@dataclass(frozen=True)
class KeyFigure:
    """A number as it is shown: its short title, its value with the unit, what explains it, and how it stands.

    A card has more lines: what the number is compared with, what its base is without, and its last months.
    """

    name: str
    title: str
    value: str
    button: DialogButton | None = None
    status_text: str = ""
    status: Status = "none"
    reference: str = ""
    changes: str = ""
    completeness_note: str = ""
    sparkline: Sparkline | None = None


def begin_page(page: str) -> None:
    """Before a page runs, nothing can be opened: each piece says what it opens. What another page opened is closed."""
    st.session_state[_OFFERED] = {}
    if st.session_state.get(_PAGE) != page:
        close_dialog()
    st.session_state[_PAGE] = page


def request_dialog(name: object) -> None:
    """Has what is called so stand open from this run on; to be called from a widget's callback. A browser may send
    anything: what is no name opens nothing."""
    if isinstance(name, str):
        st.session_state[_ASKED] = name


def open_requested() -> None:
    """Opens what was asked for, after the page was drawn; it stays open, however often its page is drawn, until
    closed."""
    asked, offered = st.session_state.get(_ASKED), st.session_state.pop(_OFFERED)
    if asked in offered:
        offered[asked]()


def dialog(title: str, told: Callable[[], None]) -> None:
    """Opens what a symbol opens: a dialog with that title, and in it what `told` draws."""

    def whole() -> None:
        watermark.draw("watermark_dialog")
        told()

    st.dialog(title, width="large", on_dismiss=close_dialog)(whole)()


def close_dialog() -> None:
    """Has nothing stand open from the next run on."""
    st.session_state.pop(_ASKED, None)


def cards(shown: Iterable[KeyFigure]) -> None:
    """A row of cards, side by side where there is room."""
    row = Element("div", {"class": "piece-cards"})
    for number in shown:
        card = SubElement(row, "div", {"class": "piece-card", "data-name": number.name})
        head = SubElement(card, "div", {"class": "piece-head"})
        _text(head, "piece-small piece-title", number.title)
        _button(head, number.button)
        _text(card, "piece-value", number.value)
        standing = _text(card, "piece-small", "" if number.status_text else number.reference)
        if number.status_text:
            mark = SubElement(standing, "strong", {"class": f"piece-{number.status}"})
            mark.text, mark.tail = number.status_text, f" · {number.reference}" if number.reference else ""
        if number.changes:
            _text(card, "piece-small", number.changes)
        if number.completeness_note:
            _text(card, "piece-small piece-below", number.completeness_note)
        if number.sparkline:
            sparkline.draw(card, number.sparkline)
    _drawn(row)


def facts(shown: Iterable[KeyFigure]) -> None:
    """Numbers in little room, one a line."""
    listed = Element("div")
    for number in shown:
        fact = SubElement(listed, "div", {"class": "piece-fact", "data-name": number.name})
        _text(fact, "piece-small piece-title", number.title)
        if number.status_text:
            _text(fact, f"piece-small piece-{number.status}", number.status_text)
        _text(fact, "piece-amount", number.value)
        _button(fact, number.button)
    _drawn(listed)


def dialog_buttons(shown: Iterable[DialogButton]) -> None:
    """Symbols side by side."""
    row = Element("div", {"class": "piece-symbols"})
    for symbol in shown:
        _button(row, symbol)
    _drawn(row, width="content")


def _text(parent: Element, name: str, text: str) -> Element:
    made = SubElement(parent, "div", {"class": name})
    made.text = text
    return made


def _button(parent: Element, symbol: DialogButton | None) -> None:
    if symbol is None:
        return
    st.session_state[_OFFERED][symbol.key] = symbol.on_click
    label = {"explain": _("口径、公式、来源与下载"), "table": _("这张图的数据表")}[symbol.kind]
    SubElement(
        parent,
        "button",
        {
            "type": "button",
            "class": f"piece-symbol piece-{symbol.kind}",
            "title": label,
            "aria-label": label,
            "data-opens": symbol.key,
        },
    )


def _drawn(drawn: Element, width: Literal["stretch", "content"] = "stretch") -> None:
    drawn.set("style", theme.variables())
    st.html(ElementTree.tostring(drawn, encoding="unicode", method="html"), width=width)
