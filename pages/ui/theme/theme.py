"""Defines the colours once, for the light and the dark theme. Status is never colour alone: it also has a symbol and a
word."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

FONT = "'Microsoft YaHei', 'PingFang SC', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
# Streamlit's options for the colours of text and borders.
_OPTIONS = {
    "muted": "grayTextColor",
    "on-target": "greenTextColor",
    "below": "orangeTextColor",
    "border": "borderColor",
}


@dataclass(frozen=True)
class Palette:
    """Holds the hex colours of one theme. `sequence` runs from low to high, `diverging` from below a standard to above
    it."""

    text: str
    muted: str
    grid: str
    ground: str
    accent: str
    context: str
    on_target: str
    below: str
    no_data: str
    sequence: tuple[str, str]
    diverging: tuple[str, str, str]
    border: str


LIGHT = Palette(
    text="#1f2937",
    muted="#5b6675",
    grid="#e8ecf0",
    ground="#ffffff",
    accent="#1f4e79",
    context="#b8c2cd",
    on_target="#2b7a57",
    below="#d9812e",
    no_data="#d5dae0",
    sequence=("#e3edf6", "#1f4e79"),
    diverging=("#d9701a", "#f6f4ee", "#2b7a57"),
    border="#ffffff",
)
DARK = Palette(
    text="#e6eaf0",
    muted="#9aa6b5",
    grid="#283241",
    ground="#10151c",
    accent="#7fb2e5",
    context="#4a586a",
    on_target="#4fb286",
    below="#e59a4a",
    no_data="#37414f",
    sequence=("#1d2c3c", "#8cc1f2"),
    diverging=("#e08a35", "#3a3f45", "#3f9f75"),
    border="#10151c",
)


def palette() -> Palette:
    """Returns the colours of the user's theme."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def variables() -> str:
    """Returns the theme's text and border colours as CSS custom properties, for the product's own elements."""
    return ";".join(f"--{name}:{colour(name)}" for name in _OPTIONS)


def colour(name: str) -> str:
    """Returns the text or border colour of that name in the user's theme; as text, `below` is legible, the palette's is
    not."""
    kind = "dark" if palette() is DARK else "light"
    return st.get_option(f"theme.{kind}.{_OPTIONS[name]}")


def is_screen() -> bool:
    """Returns true where the page is drawn for a meeting screen, which nobody clicks on."""
    return st.query_params.get("kiosk") == "1"


def enlargement() -> float:
    """Returns the factor by which charts are enlarged on a meeting screen, which shows one at a time."""
    return 1.5 if is_screen() else 1.0
