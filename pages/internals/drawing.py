"""Sends charts and maps faster than Plotly and pydeck do by themselves."""

from __future__ import annotations

import json

import plotly.graph_objects as go
import pydeck as pdk


class Figure(go.Figure):
    """Holds a figure that is sent as written.

    Plotly's checking and copying of each attribute takes ten times as long as building the rest, on every page run. The
    tests prove once that what the pages write is valid.

    Of a figure Streamlit and Plotly use only the type and `to_dict` before it is sent, so the base class need not be
    initialized; Plotly lets names with an underscore be set.
    """

    def __init__(self, traces: list[dict], layout: dict) -> None:
        self._spec = {"data": traces, "layout": layout}

    def to_dict(self) -> dict:
        """Returns the figure as it was given."""
        return self._spec


class Deck(pdk.Deck):
    """Serializes a deck as JSON without indents and escapes, which would make it half as long again.

    Streamlit sends what `to_json` returns.
    """

    def to_json(self) -> str:
        """Returns the deck as JSON on one line."""
        return json.dumps(json.loads(super().to_json()), separators=(",", ":"), ensure_ascii=False)
