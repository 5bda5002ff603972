"""What all pictures share: one look, how they are drawn, and what a click on them does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

import plotly.graph_objects as go
import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.shell import selection
from pages.ui.theme import theme
from sql.security.escaping import escape_invisible

# What of a figure is measured in pixels, as far as pictures use it.
_MEASURED = {"size", "height", "l", "r", "t", "b", "xshift", "yshift"}
_CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


class Figure(go.Figure):
    """A figure that is sent as it was written.

    Checking and copying each attribute takes ten times as long as drawing up the rest, on every run of a page; that
    what the pages write is valid is proved by the tests, once.
    """

    def __init__(self, traces: list[dict], layout: dict) -> None:
        self._spec = {"data": traces, "layout": layout}

    def to_dict(self) -> dict:
        return self._spec


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
    """A figure in the one look of all pictures, from traces and what is particular to its axes and layout."""
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
    spec = spec if theme.enlargement() == 1 else _enlarged(spec, theme.enlargement())
    return Figure(spec["data"], spec["layout"])


def _enlarged(part: Any, times: float) -> Any:
    """A part of a figure with its letters, marks, margins and height so many times as large."""
    if isinstance(part, list):
        return [_enlarged(each, times) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        key: round(times * value) if key in _MEASURED and isinstance(value, int | float) else _enlarged(value, times)
        for key, value in part.items()
    }


def draw(drawn: Figure, key: str, alt: str, on_click: Callable[[Any], None] | None = None) -> None:
    """Puts a figure on the page. `on_click` is called with the customdata of the point or bar that was clicked."""
    # Where there is one picture at a time it has all the room there is.
    is_alone = theme.enlargement() != 1
    if on_click is None or is_alone:
        height: Literal["content", "stretch"] = "stretch" if is_alone else "content"
        st.plotly_chart(drawn, key=key, config=_CONFIG, theme=None, alt=alt, height=height)
        return

    def clicked() -> None:
        if points := selection.points(key):
            data = points[0]
            on_click(data[0] if isinstance(data, list) and len(data) == 1 else data)

    st.plotly_chart(drawn, key=key, config=_CONFIG, theme=None, on_select=clicked, selection_mode="points", alt=alt)


def standard_text(value: float) -> str:
    """标准 18, or 标准 0.5 where a target is no whole number."""
    return _("标准 {value}").format(value=texts.number(value, 0 if float(value).is_integer() else 1))


def standard_line(value: float) -> tuple[dict, dict]:
    """The standard as a dashed line downwards, and its name above: a shape and an annotation."""
    colours = theme.palette()
    return (
        {
            "type": "line",
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "x0": value,
            "x1": value,
            "line": {"color": colours.muted, "width": 1.4, "dash": "dash"},
        },
        label(
            value, 1, standard_text(value), yref="paper", yanchor="bottom", font={"color": colours.muted, "size": 13}
        ),
    )


def label(x: float | str | date, y: float | str, text: str, **more: object) -> dict:
    """A text in the picture, with no arrow."""
    return {"x": x, "y": y, "text": text, "showarrow": False, **more}


def escape(text: str) -> str:
    """A text of the data that Plotly shall not read as markup."""
    return escape_invisible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
