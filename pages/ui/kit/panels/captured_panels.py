"""Captures what the open page draws, so that a briefing contains exactly that.

Drawing a page gets no slower: only the rows that the charts hold anyway are kept. They are formatted when a file is
requested.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl
import streamlit as st

from pages.ui.kit.tables.columns import Columns
from sql.semantic.metrics import Metric
from sql.semantic.readings import Reading
from sql.semantic.scope import Scope

_PANELS, _HEADLINE = "briefing_collected", "briefing_sentence"


class CapturedPanel(NamedTuple):
    """Describes a chart, a table or a row of numbers as the page drew it. Texts are Streamlit markdown."""

    title: str
    subtitle: str
    rows: pl.DataFrame | None
    scope: Scope
    metric: Metric | None = None
    by: tuple[str, ...] = ()
    columns: Columns | None = None
    readings: tuple[Reading, ...] = ()


def reset() -> None:
    """Clears the captured panels and the headline before a page runs."""
    st.session_state[_PANELS], st.session_state[_HEADLINE] = {}, ""


def set_headline(headline: str) -> None:
    """Captures the page's headline."""
    st.session_state[_HEADLINE] = headline


def add_rows(
    key: str,
    title: str,
    subtitle: str,
    rows: pl.DataFrame,
    scope: Scope,
    metric: Metric | None = None,
    by: tuple[str, ...] = (),
    columns: Columns | None = None,
) -> None:
    """Captures the rows of a chart or a table.

    `columns` are headers or `Column` definitions by column name, as tables take them. A second call with the same key
    replaces the first.
    """
    _captured()[key] = CapturedPanel(title, subtitle, rows, scope, metric, by, columns)


def add(key: str, panel: CapturedPanel) -> None:
    """Captures a panel; a second one with the same key replaces the first."""
    _captured()[key] = panel


def add_numbers(key: str, title: str, readings: list[Reading]) -> None:
    """Captures numbers that are shown together. Without a title they are the page's own."""
    if readings:
        _captured()[f"numbers_{key}"] = CapturedPanel(title, "", None, readings[0].scope, readings=tuple(readings))


def panels() -> list[CapturedPanel]:
    """Returns everything the page has drawn so far, in page order."""
    return list(_captured().values())


def headline() -> str:
    """Returns the page's headline as Streamlit markdown; empty where it has none."""
    return st.session_state[_HEADLINE]


def _captured() -> dict[str, CapturedPanel]:
    return st.session_state.setdefault(_PANELS, {})
