"""The page on paper: what stands above and below on every sheet, for the browser's print."""

from __future__ import annotations

import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.names import whole_name
from pages.ui.i18n.texts import _
from sql.semantic.scope import Scope


def sheets(scope: Scope, title: str) -> None:
    """A4 with the page's title, area and period above, how far the data reach and the sheet's number below."""
    about = f"{title} · {whole_name(scope)} · {texts.period(scope.period)}"
    reach = _("数据截至 {date}").format(date=scope.version.data_date)
    st.html(
        "<style>@page { size: A4; margin: 17mm 14mm 16mm; "
        f"@top-left {{ content: {_quoted(about)}; font-size: 9pt; white-space: nowrap; }} "
        f"@bottom-left {{ content: {_quoted(reach)}; font-size: 9pt; }} "
        '@bottom-right { content: counter(page) " / " counter(pages); font-size: 9pt; } }</style>'
    )


def _quoted(text: str) -> str:
    """A string of CSS that holds the text and cannot end before it."""
    return (
        '"' + "".join(letter if letter.isalnum() or letter in " ·" else f"\\{ord(letter):x} " for letter in text) + '"'
    )
