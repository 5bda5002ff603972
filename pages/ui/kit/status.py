"""Describes status as a symbol, a word and a colour, the same everywhere."""

from __future__ import annotations

from typing import TypeGuard

from pages.ui.i18n.texts import _
from sql.semantic.readings import Status

SYMBOLS: dict[str, str] = {"on_target": "●", "below": "▼", "no_data": "○", "held": "▨", "none": ""}
# Streamlit's names for text colours; the theme gives them their shade.
COLOURS = {"on_target": "green", "below": "orange", "no_data": "gray", "held": "gray", "none": "gray"}


def is_known(value: object) -> TypeGuard[Status]:
    """Returns whether a value of a column is a status."""
    return value in SYMBOLS


def word(status: Status) -> str:
    """Returns 达标, 未达标, 无数据 or 未采用; empty where no standard applies."""
    return {"on_target": _("达标"), "below": _("未达标"), "no_data": _("无数据"), "held": _("未采用"), "none": ""}[
        status
    ]


def label(status: Status) -> str:
    """Returns the symbol and the word, such as ▼ 未达标."""
    return f"{SYMBOLS[status]} {word(status)}".strip()


def colour_text(text: str, status: Status) -> str:
    """Returns the text in the status's colour, as Streamlit markdown."""
    return f":{COLOURS[status]}[{text}]" if text else ""
