"""What the page that is open shows, kept as it is drawn, so that a briefing holds exactly that.

Drawing a page costs nothing for it: what is kept are the rows that the pictures have anyway; they are put into words
when a file is asked for.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl
import streamlit as st

from pages.ui.kit.tables.columns import Columns
from sql.semantic.metrics import Metric
from sql.semantic.readings import Reading
from sql.semantic.scope import Scope

_COLLECTED, _SENTENCE = "briefing_collected", "briefing_sentence"


class CapturedPanel(NamedTuple):
    """A picture, a table or a row of numbers as the page was given it; texts are Streamlit's markdown."""

    title: str
    subtitle: str
    rows: pl.DataFrame | None
    scope: Scope
    metric: Metric | None = None
    by: tuple[str, ...] = ()
    columns: Columns | None = None
    readings: tuple[Reading, ...] = ()


def reset() -> None:
    """Before a page runs, it shows nothing."""
    st.session_state[_COLLECTED], st.session_state[_SENTENCE] = {}, ""


def set_headline(finding: str) -> None:
    """Keeps the page's own finding."""
    st.session_state[_SENTENCE] = finding


def add_rows(
    key: str,
    title: str,
    subtitle: str,
    shown: pl.DataFrame,
    scope: Scope,
    metric: Metric | None = None,
    by: tuple[str, ...] = (),
    columns: Columns | None = None,
) -> None:
    """Keeps a picture's or a table's rows. `columns` are headers, or how they are written, by column, as tables have
    them. What is kept again under the same key stands in for the first."""
    _kept()[key] = CapturedPanel(title, subtitle, shown, scope, metric, by, columns)


def add_numbers(key: str, title: str, read: list[Reading]) -> None:
    """Keeps numbers that stand together; without a title they are the page's own."""
    if read:
        _kept()[f"numbers_{key}"] = CapturedPanel(title, "", None, read[0].scope, readings=tuple(read))


def panels() -> list[CapturedPanel]:
    """Everything the page has shown so far, in its order."""
    return list(_kept().values())


def headline() -> str:
    """The page's own finding, as Streamlit's markdown; empty where it has none."""
    return st.session_state[_SENTENCE]


def _kept() -> dict[str, CapturedPanel]:
    return st.session_state.setdefault(_COLLECTED, {})
