"""Draws the months of a metric with control limits, which show normal variation and the months that are signals."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages.ui.charts import figure, target_lines, trend_annotations
from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.kit import compare, status, variation
from pages.ui.kit.panels.panels import no_rows, panel, subtitle
from pages.ui.shell import selection
from pages.ui.theme import theme
from pages.ui.theme.colours import with_opacity
from sql.semantic import annotations as sql_annotations
from sql.semantic.cohort import ripe_days
from sql.semantic.metrics import Metric
from sql.semantic.readings import Reading, read_metric
from sql.semantic.scope import Scope
from sql.stats.assurance import latest_signal, side

# Width in pixels of a Latin letter of the standard's label.
_LETTER = 6.9


def trend(scope: Scope, metric: Metric, key: str, note: str = "") -> None:
    """Draws every calendar month with control limits, the standard, and the latest value beside its point.

    Compared areas are thin lines. Annotations are drawn at their months.
    """
    months = variation.monthly_scope(scope)
    month_annotations = trend_annotations.by_month(sql_annotations.find_annotations(metric.name, months), scope)
    rows = trend_annotations.add_column(variation.monthly_limits(scope, metric), month_annotations)
    title = headline(read_metric(metric, scope), rows)
    note = " · ".join(filter(None, (note, _limits_note(rows), _unripe_note(scope, rows))))
    with panel(title, subtitle(metric, scope, note), metric, months, rows, ("month",), key):
        if ripe_months(rows)["value"].is_null().all():
            no_rows(metric, scope)
            return
        others = {
            other.name: metric.rows(other.scope.with_period(months.period), by="month")
            for other in compare.comparisons(scope)
            if other.scope.area_code != scope.area_code
        }
        labels, top_space, remaining_annotations = trend_annotations.place_texts(month_annotations, rows)
        figure.draw(_figure(rows, metric, others, labels, top_space), selection.widget_key(key, scope), title)
        if remaining_annotations:
            st.caption(trend_annotations.to_markdown(remaining_annotations))


def headline(reading: Reading, rows: pl.DataFrame) -> str:
    """Returns the change in a year, and the latest signal of the last twelve months if there is one."""
    if reading.status == "held":
        return status.word("held")
    if reading.year_change is None:
        change = _("不足一年，尚不能比较")
    elif round(reading.year_change, reading.metric.decimals) == 0:
        change = _("一年来没有变化")
    else:
        change = _("一年来 {change}").format(change=texts.change_in_words(reading.year_change, reading.metric))
    signal = latest_signal(rows)
    if signal is None:
        return change
    return _("{change}，{signal}").format(change=change, signal=variation.signal_in_words(signal, reading.metric))


def _limits_note(rows: pl.DataFrame) -> str:
    """Returns what the band and the marks mean, and since when the limits are what they are."""
    judged = rows.drop_nulls("centre")
    if judged.is_empty():
        return ""
    latest = judged.filter(pl.col("phase") == pl.col("phase").last())
    if latest.height < judged.height:
        note = _("浅色带为通常的起伏（XmR 控制限，自{month}起重算）").format(month=texts.month(latest["month"][0]))
    else:
        note = _("浅色带为通常的起伏（XmR 控制限）")
    return note + _("，◇ 为信号") if rows["is_signal"].any() else note


def _unripe_note(scope: Scope, rows: pl.DataFrame) -> str:
    """Returns what the hollow points are; empty where there are none."""
    return "" if unripe_months(rows).is_empty() else _("空心为未满 {days} 天的月份").format(days=ripe_days(scope))


def traces(rows: pl.DataFrame, metric: Metric, axes: dict | None = None) -> list[dict]:
    """Returns the band of normal variation, the line, the signals and the last point, on the given axes.

    Unripe months are hollow points.
    """
    colours, axes = theme.palette(), axes or {}
    result = []
    for phase in rows.drop_nulls("centre").partition_by("phase", maintain_order=True):
        band = {
            "type": "scatter",
            "x": phase["month"].to_list(),
            "mode": "lines",
            "line": {"width": 0},
            "hoverinfo": "skip",
        } | axes
        result.append(band | {"y": phase["upper"].to_list()})
        result.append(
            band | {"y": phase["lower"].to_list(), "fill": "tonexty", "fillcolor": with_opacity(colours.context)}
        )
    ripe_rows, unripe_rows = ripe_months(rows), unripe_months(rows)
    result.append(_line(ripe_rows, metric) | {"line": {"color": colours.accent, "width": 2.4}} | axes)
    if not unripe_rows.is_empty():
        # No line leads there: it would look like a fall.
        result.append(
            _line(unripe_rows, metric)
            | {
                "mode": "markers",
                "name": "unripe",
                "cliponaxis": False,
                "marker": {"symbol": "circle-open", "size": 8, "color": colours.muted, "line": {"width": 1.6}},
            }
            | axes
        )
    signals = rows.filter(pl.col("is_signal"))
    if not signals.is_empty():
        result.append(
            {
                "type": "scatter",
                "x": signals["month"].to_list(),
                "y": signals["value"].to_list(),
                "mode": "markers",
                "hoverinfo": "skip",
                "name": "signal",
                "marker": {
                    "symbol": "diamond-open",
                    "size": 8,
                    "color": _signal_colours(signals, metric),
                    "line": {"width": 2},
                },
            }
            | axes
        )
    last = ripe_rows.filter(pl.col("value").is_not_null()).row(-1, named=True)
    result.append(
        {
            "type": "scatter",
            "x": [last["month"]],
            "y": [last["value"]],
            "mode": "markers+text",
            "cliponaxis": False,
            "text": [f"<b>{texts.number(last['value'], metric.decimals)}</b>"],
            "textposition": "middle right",
            "textfont": {"color": colours.accent, "size": 14},
            "marker": {"size": 8, "color": colours.accent},
            "hoverinfo": "skip",
        }
        | axes
    )
    return result


def ripe_months(rows: pl.DataFrame) -> pl.DataFrame:
    """Returns the monthly rows that are old enough to be judged: all rows of a metric without a cohort."""
    return rows.filter(pl.col("is_ripe")) if "is_ripe" in rows.columns else rows


def unripe_months(rows: pl.DataFrame) -> pl.DataFrame:
    """Returns the monthly rows that are too young to be judged."""
    return rows.filter(~pl.col("is_ripe")) if "is_ripe" in rows.columns else rows.clear()


def _line(rows: pl.DataFrame, metric: Metric) -> dict:
    """Returns the trace of the rows' values."""
    young = set(unripe_months(rows)["month"])
    hover_texts = [
        f"{texts.month(month)} <b>{texts.amount(value, metric)}</b>" + (" " + _("未满期") if month in young else "")
        for month, value in rows.select("month", "value").iter_rows()
    ]
    return {
        "type": "scatter",
        "x": rows["month"].to_list(),
        "y": rows["value"].to_list(),
        "mode": "lines",
        "name": "value",
        "hovertext": hover_texts,
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _signal_colours(signals: pl.DataFrame, metric: Metric) -> list[str]:
    """Returns a colour for each signal: that of a standard met where it is better than usual, missed where worse."""
    colours = theme.palette()
    colour_of = {"better": colours.on_target, "worse": colours.below, "higher": colours.muted, "lower": colours.muted}
    return [colour_of[side(signal, metric)] for signal in signals.iter_rows(named=True)]


def _lines_of(names: list[dict]) -> list[str]:
    """Returns the lines of text at the right end of the targets' lines."""
    return ["", *(line for name in names for line in name["text"].split("<br>"))]


def _figure(
    rows: pl.DataFrame, metric: Metric, others: dict[str, pl.DataFrame], annotation_labels: list[dict], top_space: int
) -> go.Figure:
    """Returns the figure. `annotation_labels` are drawn above it in `top_space` pixels."""
    colours = theme.palette()
    months = rows["month"].to_list()
    chart_traces, labels = [], [*annotation_labels]
    for name, other in others.items():
        chart_traces.append(
            {
                "type": "scatter",
                "x": other["month"].to_list(),
                "y": other["value"].to_list(),
                "mode": "lines",
                "line": {"color": colours.muted, "width": 1.4},
                "name": figure.escape(name),
                "hovertemplate": "%{fullData.name} %{x|%Y-%m} <b>%{y:,.1f}</b><extra></extra>",
            }
        )
    chart_traces += traces(rows, metric)
    target_traces, target_names = target_lines.along_months(rows, metric, variation.assurance_label(rows, metric))
    chart_traces += target_traces
    labels += target_names
    for name, other in others.items():
        # The name is on the line near its left end, away from the labels of the last point and the standard.
        known_rows = other.drop_nulls("value")
        if not known_rows.is_empty():
            month, value = known_rows.select("month", "value").row(min(3, known_rows.height - 1))
            labels.append(
                figure.label(
                    month,
                    value,
                    figure.escape(name),
                    xanchor="left",
                    bgcolor=colours.ground,
                    font={"color": colours.muted, "size": 12},
                )
            )
    return figure.figure(
        chart_traces,
        height=270 + top_space,
        top=26 + top_space,
        right=max(74, *(round(14 + _LETTER * texts.display_width(line)) for line in _lines_of(target_names))),
        left=52,
        annotations=labels,
        xaxis={
            "showgrid": False,
            "tickformat": "%Y",
            "dtick": "M12",
            "tick0": f"{months[0].year}-01-01",
            "range": [months[0], months[-1]],
        },
        # For values that are all 0, Plotly would start the axis at −1.
        yaxis={
            "nticks": 5,
            "tickformat": f",.{metric.decimals}f" if metric.decimals else ",",
            **({} if (rows["value"] != 0).any() else {"range": [0, 1]}),
        },
    )
