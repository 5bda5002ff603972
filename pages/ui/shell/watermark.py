"""Draws the user's name faintly across the page, so that a photograph of the screen or a print shows whose it was."""

from __future__ import annotations

from base64 import b64encode
from datetime import date
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import streamlit as st

from pages.server.startup import safety
from pages.ui.shell import current_user
from pages.ui.theme import theme

# Spacing in pixels, so that even part of a screen contains one.
_WIDTH, _HEIGHT = 360, 210
_MAX_LENGTH = 40


def draw(key: str = "watermark") -> None:
    """Draws the watermark; nothing where no login is configured, as there is no name. A dialog covers the page's
    watermark and draws its own."""
    if safety.is_login_configured():
        with st.container(key=key):
            st.html(pattern(current_user.name(), date.today(), theme.palette().text))


def pattern(name: str, day: date, colour: str) -> str:
    """Returns the name and the date, repeated, as HTML that ignores clicks and screen readers."""
    picture = b64encode(tile(name, day, colour).encode()).decode()
    return ElementTree.tostring(
        Element(
            "div",
            {
                "class": "watermark",
                "aria-hidden": "true",
                "style": f"background-image: url(data:image/svg+xml;base64,{picture})",
            },
        ),
        encoding="unicode",
        method="html",
    )


def tile(name: str, day: date, colour: str) -> str:
    """Returns the image that is repeated, as SVG."""
    printable_name = "".join(letter for letter in name if letter.isprintable())[:_MAX_LENGTH]
    image = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "width": str(_WIDTH), "height": str(_HEIGHT)})
    text = SubElement(
        image,
        "text",
        {
            "transform": f"translate({_WIDTH / 2} {_HEIGHT / 2}) rotate(-24)",
            "text-anchor": "middle",
            "fill": colour,
            "font-family": theme.FONT,
            "font-size": "15",
        },
    )
    SubElement(text, "tspan", {"x": "0"}).text = printable_name
    SubElement(text, "tspan", {"x": "0", "dy": "20"}).text = day.isoformat()
    return ElementTree.tostring(image, encoding="unicode")
