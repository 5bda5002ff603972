"""Builds and draws figures: the look that all charts share, and what a click on them does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

import streamlit as st

from pages.internals.drawing import Figure
from pages.ui.shell import selection
from pages.ui.theme import theme
from sql.security.escaping import escape_invisible

# Attributes of a figure that are measured in pixels, as far as charts use them.
_PIXEL_ATTRIBUTES = {"size", "height", "l", "r", "t", "b", "xshift", "yshift"}
_CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


def figure(
    traces: list[dict],
    height: int,
    left: int = 8,
    right: int = 8,
    xaxis: dict | None = None,
    yaxis: dict | None = None,
    top: int = 26,
    bottom: int = 28,
    **layout: object,
) -> Figure:
    """Returns a figure with the look that all charts share, from its traces and its own axis and layout settings."""
    colours = theme.palette()
    axis = {
        "zeroline": False,
        "fixedrange": True,
        "automargin": True,
        "gridcolor": colours.grid,
        "tickfont": {"color": colours.muted},
    }
    spec: dict[str, Any] = {
        "data": traces,
        "layout": {
            "height": height,
            "margin": {"l": left, "r": right, "t": top, "b": bottom},
            "showlegend": False,
            "dragmode": False,
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "hovermode": "closest",
            "font": {"family": theme.FONT, "size": 13, "color": colours.text},
            "hoverlabel": {"font": {"family": theme.FONT, "color": colours.text}, "bgcolor": colours.ground},
            "xaxis": axis | (xaxis or {}),
            "yaxis": axis | {"tickfont": {"color": colours.text}} | (yaxis or {}),
        }
        | layout,
    }
    spec = spec if theme.enlargement() == 1 else _enlarge(spec, theme.enlargement())
    return Figure(spec["data"], spec["layout"])


def _enlarge(part: Any, factor: float) -> Any:
    """Returns a part of a figure with its text, markers, margins and height multiplied by `factor`."""
    if isinstance(part, list):
        return [_enlarge(item, factor) for item in part]
    if not isinstance(part, dict):
        return part
    return {
        key: round(factor * value)
        if key in _PIXEL_ATTRIBUTES and isinstance(value, int | float)
        else _enlarge(value, factor)
        for key, value in part.items()
    }


def draw(chart: Figure, key: str, alt: str, on_click: Callable[[Any], None] | None = None) -> None:
    """Draws a figure on the page. `on_click` is called with the customdata of the clicked point or bar."""
    # A chart that is alone on a screen fills it.
    is_alone = theme.enlargement() != 1
    if on_click is None or is_alone:
        height: Literal["content", "stretch"] = "stretch" if is_alone else "content"
        st.plotly_chart(chart, key=key, config=_CONFIG, theme=None, alt=alt, height=height)
        return

    def on_select() -> None:
        if points := selection.points(key):
            data = points[0]
            on_click(data[0] if isinstance(data, list) and len(data) == 1 else data)

    st.plotly_chart(chart, key=key, config=_CONFIG, theme=None, on_select=on_select, selection_mode="points", alt=alt)


def label(x: float | str | date, y: float | str, text: str, **more: object) -> dict:
    """Returns an annotation: a text in the chart without an arrow."""
    return {"x": x, "y": y, "text": text, "showarrow": False, **more}


def escape(text: str) -> str:
    """Returns a text of the data escaped so that Plotly reads no markup in it."""
    return escape_invisible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
