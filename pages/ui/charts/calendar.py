"""Draws a year of days, one column per week, so that empty days are as visible as busy ones."""

from __future__ import annotations

from datetime import date, timedelta

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages.ui.charts import figure
from pages.ui.i18n import texts, values
from pages.ui.i18n.texts import _
from pages.ui.kit.panels import panels
from pages.ui.shell import selection
from pages.ui.theme import theme
from sql.semantic.metrics import Metric
from sql.semantic.periods import Period, add_months
from sql.semantic.readings import clip_period
from sql.semantic.scope import Scope


def calendar(scope: Scope, metric: Metric, key: str) -> None:
    """Draws the 12 months that end with the period, day by day. The metric's mart has the dimension `day`."""
    last_month = clip_period(scope).last
    first = add_months(last_month, -11)
    year = scope.with_period(Period(first, last_month))
    rows = metric.rows(year, by="day")
    last = min(add_months(last_month, 1) - timedelta(days=1), scope.version.data_date)
    value_by_day = dict(rows.select(pl.col("day").str.to_date(), "value").iter_rows())
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    title = headline(days, value_by_day, metric)
    with panels.panel(title, panels.subtitle(metric, year, _("一格一天，一列一周")), metric, year, rows, ("day",), key):
        if not value_by_day:
            st.info(_("这个范围没有数据。"))
            return
        figure.draw(_figure(days, value_by_day, metric), selection.widget_key(key, scope), title)


def headline(days: list[date], value_by_day: dict[date, float], metric: Metric) -> str:
    """Returns the busiest day, and the number of days with nothing."""
    if not value_by_day:
        return _("没有数据")
    busiest_day = max(value_by_day, key=lambda day: (value_by_day[day], day))
    amount = texts.amount(value_by_day[busiest_day], metric)
    idle_days = sum(not value_by_day.get(day) for day in days)
    busiest_text = _("{day} 最多，{value}").format(day=busiest_day.isoformat(), value=amount)
    return busiest_text + (_("；{count} 天没有").format(count=idle_days) if idle_days else _("；天天都有"))


def _figure(days: list[date], value_by_day: dict[date, float], metric: Metric) -> go.Figure:
    colours = theme.palette()
    monday = days[0] - timedelta(days=days[0].weekday())
    weeks = (days[-1] - monday).days // 7 + 1
    grid: list[list[float | None]] = [[None] * weeks for _day in range(7)]
    hover_texts = [[""] * weeks for _day in range(7)]
    starts: dict[int, date] = {}
    for day in days:
        week, weekday = (day - monday).days // 7, day.weekday()
        grid[weekday][week] = value_by_day.get(day, 0)
        hover_texts[weekday][week] = f"{day.isoformat()} <b>{texts.amount(value_by_day.get(day, 0), metric)}</b>"
        if day.day == 1:
            starts[week] = day
    busiest = max(value_by_day.values())
    trace = {
        "type": "heatmap",
        "z": grid,
        "x": list(range(weeks)),
        "y": list(range(7)),
        "xgap": 2,
        "ygap": 2,
        "zmin": 0,
        # Empty days have the grid's colour, so that the first shade of the scale means that something happened.
        "colorscale": [
            [0, colours.grid],
            [0.5 / busiest if busiest > 1 else 0.4, colours.grid],
            [0.5 / busiest if busiest > 1 else 0.4, colours.sequence[0]],
            [1, colours.sequence[1]],
        ],
        "showscale": False,
        "text": hover_texts,
        "hovertemplate": "%{text}<extra></extra>",
        "hoverongaps": False,
    }
    return figure.figure(
        [trace],
        height=206,
        top=6,
        bottom=26,
        xaxis={"tickvals": list(starts), "showgrid": False, "ticktext": [_month(day) for day in starts.values()]},
        yaxis={
            "tickvals": [0, 2, 4, 6],
            "autorange": "reversed",
            "showgrid": False,
            "ticktext": [values.word("weekday", str(day)) for day in (1, 3, 5, 7)],
        },
    )


def _month(day: date) -> str:
    """Returns the month's label, such as 6月; January has the year."""
    if texts.language() == "zh":
        return f"{day.year}年1月" if day.month == 1 else f"{day.month}月"
    return f"{day:%b %Y}" if day.month == 1 else f"{day:%b}"
