"""Prints a header and a footer on every sheet of the page, through the browser's print."""

from __future__ import annotations

import streamlit as st

from pages.ui.i18n import data_date, texts
from pages.ui.i18n.names import whole_name
from sql.semantic.scope import Scope


def sheets(scope: Scope, title: str) -> None:
    """Sets A4 with the page's title, area and period at the top, and the data date and sheet number at the bottom."""
    header_text = f"{title} · {whole_name(scope)} · {texts.period(scope.period)}"
    st.html(
        "<style>@page { size: A4; margin: 17mm 14mm 16mm; "
        f"@top-left {{ content: {_quote_css(header_text)}; font-size: 9pt; white-space: nowrap; }} "
        f"@bottom-left {{ content: {_quote_css(data_date.full_line(scope.version))}; font-size: 9pt; }} "
        '@bottom-right { content: counter(page) " / " counter(pages); font-size: 9pt; } }</style>'
    )


def _quote_css(text: str) -> str:
    """Returns the text as a CSS string; no character in it can end the string."""
    return (
        '"' + "".join(letter if letter.isalnum() or letter in " ·" else f"\\{ord(letter):x} " for letter in text) + '"'
    )
