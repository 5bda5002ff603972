"""Who looks, faintly over everything they look at: a photograph of the screen or a print says whose it was."""
from __future__ import annotations

from datetime import date
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import streamlit as st

from pages.ui import visitor

# So far apart that a part of a screen holds one.
_WIDTH, _HEIGHT = 340, 190
_LONGEST = 40


def draw() -> None:
    """Draws the watermark; nothing where there is no login, and so no name."""
    if visitor.is_login_configured():
        with st.container(key="watermark"):
            st.html(pattern(visitor.name(), date.today()))


def pattern(name: str, day: date) -> str:
    """The name and the day again and again, as HTML that nobody can click on and no screen reader reads."""
    shown = "".join(letter for letter in name if letter.isprintable())[:_LONGEST]
    ground = Element("div", {"class": "watermark", "aria-hidden": "true"})
    drawn = SubElement(ground, "svg", {"width": "100%", "height": "100%", "focusable": "false"})
    tile = SubElement(SubElement(drawn, "defs"), "pattern", {
        "id": "watermark", "width": str(_WIDTH), "height": str(_HEIGHT), "patternUnits": "userSpaceOnUse",
        "patternTransform": "rotate(-24)",
    })
    for place, line in enumerate((shown, day.isoformat())):
        SubElement(tile, "text", {"x": "10", "y": str(60 + 20 * place), "font-size": "15", "fill": "currentColor"}).text = line
    SubElement(drawn, "rect", {"width": "100%", "height": "100%", "fill": "url(#watermark)"})
    return ElementTree.tostring(ground, encoding="unicode", method="html")
