"""The frame of a picture: its finding as the title, what it shows beneath, and its explanation."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
import streamlit as st

from pages.ui import explain, texts
from sql.metrics import Metric
from sql.scope import Scope


@contextmanager
def panel(
    title: str, subtitle: str, metric: Metric, at: Scope, rows: pl.DataFrame, by: tuple[str, ...], key: str
) -> Iterator[None]:
    """A bordered panel to draw in; its ⓘ explains the metric and downloads exactly the rows."""
    with st.container(border=True, gap="xsmall", key=f"panel_{key}", height="stretch"):
        with st.container(horizontal=True, vertical_alignment="top", gap=None):
            with st.container(gap=None, width="stretch"):
                st.markdown(f"##### {title}")
                st.caption(subtitle)
            explain.popover(metric, at, rows, by, key=key)
        yield


def subtitle(metric: Metric, at: Scope, more: str = "") -> str:
    """The metric's name, its unit, its time, and what else is to be said."""
    unit = texts.unit(metric)
    when = texts.month(min(at.period.last, at.version.data_month))
    if metric.over_time != "latest":
        when = texts.period(at.period)
    name = f"{texts.of(metric.title)}（{unit}）" if unit and texts.language() == "zh" else texts.of(metric.title)
    return " · ".join(part for part in (name, when, more) if part)
