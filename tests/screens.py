"""What the tests of pages read off a page, and the scope it stands for."""
from __future__ import annotations

import json

import pandas as pd
from streamlit.testing.v1 import AppTest

from sql.periods import Period
from sql.scope import Scope
from sql.warehouse import Version

PAGES = (
    "overview", "coverage", "staffing", "workforce", "training", "assessment", "partners", "requests", "alliances",
    "organisation", "activities", "points", "quality", "definitions",
)


def scope(demo: Version, area: str | None = "621000", period: str = "2026", **where: str) -> Scope:
    """The scope of a URL with this area (empty: all places), period and filters."""
    return Scope(demo, area or None, Period.parse(period, demo.data_month), tuple(where.items()))


def figures(test: AppTest) -> list[dict]:
    """The Plotly figures of a page, in order."""
    return [json.loads(chart.proto.spec) for chart in test.get("plotly_chart")]


def trace(drawn: dict, name: str) -> dict:
    """The first trace of a figure that is called so."""
    return next(one for one in drawn["data"] if one.get("name") == name)


def table(test: AppTest, *columns: str) -> pd.DataFrame:
    """The one table of a page that has all these columns."""
    found = [frame.value for frame in test.dataframe if set(columns) <= set(frame.value.columns)]
    assert len(found) == 1, [list(frame.value.columns) for frame in test.dataframe]
    return found[0]
