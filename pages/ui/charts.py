"""Pictures of a metric's rows. Each takes rows and the metric, and makes its own finding for a title."""
from __future__ import annotations

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages.ui import findings, scope, status, texts, theme
from pages.ui.names import shortened
from pages.ui.panels import panel, subtitle
from pages.ui.texts import _
from sql.metrics import Metric
from sql.readings import reading, with_status
from sql.scope import Scope
from sql.signals import against_chance, limits
from sql.signals import funnel as funnel_limits

# A ranking shows this many areas, the worst first; the table beneath it has them all.
MOST_BARS = 20
_CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


def ranking(at: Scope, metric: Metric, key: str, beside: Metric | None = None) -> None:
    """Areas one step down as bars, the worst first, with the standard as a line. A click goes down.

    `beside` is a second metric whose number stands behind the value.
    """
    level = at.child_level
    rows = against_chance(with_status(metric.rows(at, by=level), metric), metric, metric.value(at))
    known = rows.filter(pl.col("value").is_not_null()).sort("value", descending=metric.better == "lower")
    title = findings.ranking(at, rows, metric)
    notes = [_("点击进入下级")]
    if known.height > MOST_BARS:
        notes.insert(0, _("最差的 {count} 个").format(count=MOST_BARS))
    if metric.is_rate and known["is_within_chance"].any():
        notes.append(_("≈ 与整体的差别在机会范围之内"))
    with panel(title, subtitle(metric, at, "；".join(notes)), metric, at, rows, (level,), key):
        if known.is_empty():
            st.info(_("这个范围没有数据。"))
            return
        shown = known.head(MOST_BARS)
        others = dict(beside.rows(at, by=level).select(level, "value").iter_rows()) if beside else {}
        labels = [_bar_label(row, level, metric, beside, others) for row in shown.iter_rows(named=True)]
        _clickable(_ranking_figure(shown, level, metric, labels), f"{key}_{at.area_code}", title)


def _bar_label(
    row: dict[str, object], level: str, metric: Metric, beside: Metric | None, others: dict[str, float | None]
) -> str:
    """9.4 ▼ 缺口 95 人, 18.3 ● 达标; ≈ where the difference from the whole may be chance."""
    word = status.marked(row["status"])
    if beside and row["status"] == "below":
        word = f"{status.SYMBOLS['below']} {texts.of(beside.short)} {texts.amount(others[row[level]], beside)}"
    parts = [f"<b>{texts.number(row['value'], metric.decimals)}</b>", word, "≈" if row["is_within_chance"] else ""]
    return " ".join(filter(None, parts))


def _ranking_figure(rows: pl.DataFrame, level: str, metric: Metric, labels: list[str]) -> go.Figure:
    colours = theme.palette()
    fill = {"on_target": colours.on_target, "below": colours.below, "none": colours.accent}
    places = list(range(rows.height))
    names = [shortened(name) for name in rows[f"{level}_name"]]
    figure = go.Figure(
        go.Bar(
            x=rows["value"].to_list(), y=places, orientation="h", customdata=rows[level].to_list(),
            marker_color=[fill[state] for state in rows["status"]], hovertext=rows[f"{level}_name"].to_list(),
            hovertemplate="%{hovertext} <b>%{x:,.1f}</b><extra></extra>", width=0.62,
            selected_marker_opacity=1, unselected_marker_opacity=1,
        )
    )
    standards = rows["standard"].drop_nulls().unique()
    longest = max([*rows["value"], *standards]) or 1
    # The labels stand in a margin of their own, clear of the standard's line and as wide on every screen.
    for place, label in zip(places, labels, strict=True):
        figure.add_annotation(
            x=1, xref="paper", y=place, text=label, showarrow=False, xanchor="left", xshift=6, align="left",
            name="label",
        )
    figure.update_yaxes(
        range=[rows.height - 0.5, -0.5], tickvals=places, ticktext=names, showgrid=False, ticklabelstandoff=6
    )
    figure.update_xaxes(range=[min(0, *rows["value"]), longest * 1.02], showticklabels=False, showgrid=False)
    if len(standards) == 1 and standards[0] > 0:
        _standard_line(figure, standards[0])
    return _styled(figure, height=60 + 29 * rows.height, right=16 + round(7.2 * max(map(_width, labels))))


def trend(at: Scope, metric: Metric, key: str, note: str = "") -> None:
    """Every month of the calendar with control limits, the standard and the latest value named beside its point."""
    version = at.version
    period = at.period.ending(1)
    whole = type(period)(version.first_month, min(period.last, version.data_month))
    rows = limits(metric.rows(at.during(whole), by="month"), metric)
    title = findings.trend(reading(metric, at), rows)
    if rows["centre"].null_count() < rows.height:
        note = " · ".join(filter(None, (note, _("浅色带为通常的起伏（XmR 控制限），◇ 为信号"))))
    with panel(title, subtitle(metric, at, note), metric, at.during(whole), rows, ("month",), key):
        if rows["value"].null_count() == rows.height:
            st.info(_("这个范围没有数据。"))
            return
        st.plotly_chart(
            _trend_figure(rows, metric), key=f"{key}_{at.area_code}", config=_CONFIG, theme=None, alt=title
        )


def _trend_figure(rows: pl.DataFrame, metric: Metric) -> go.Figure:
    colours = theme.palette()
    months = rows["month"].to_list()
    figure = go.Figure()
    if rows["centre"].null_count() < rows.height:
        figure.add_scatter(x=months, y=rows["upper"].to_list(), mode="lines", line_width=0, hoverinfo="skip")
        figure.add_scatter(
            x=months, y=rows["lower"].to_list(), mode="lines", line_width=0, fill="tonexty",
            fillcolor=_faint(colours.context), hoverinfo="skip",
        )
    shown = [f"{texts.month(row['month'])} <b>{texts.amount(row['value'], metric)}</b>" for row in rows.iter_rows(named=True)]
    figure.add_scatter(
        x=months, y=rows["value"].to_list(), mode="lines", line={"color": colours.accent, "width": 2.4},
        hovertext=shown, hovertemplate="%{hovertext}<extra></extra>", name="value",
    )
    signals = rows.filter(pl.col("is_signal"))
    if not signals.is_empty():
        figure.add_scatter(
            x=signals["month"].to_list(), y=signals["value"].to_list(), mode="markers", hoverinfo="skip",
            marker={"symbol": "diamond-open", "size": 8, "color": colours.below, "line_width": 2}, name="signal",
        )
    last = rows.filter(pl.col("value").is_not_null()).row(-1, named=True)
    figure.add_scatter(
        x=[last["month"]], y=[last["value"]], mode="markers+text", text=[f"<b>{texts.number(last['value'], metric.decimals)}</b>"],
        textposition="middle right", textfont={"color": colours.accent, "size": 14}, cliponaxis=False,
        marker={"size": 8, "color": colours.accent}, hoverinfo="skip",
    )
    standards = rows["standard"].drop_nulls()
    if len(standards) and standards[-1]:
        figure.add_scatter(
            x=months, y=rows["standard"].to_list(), mode="lines", hoverinfo="skip", name="standard",
            line={"color": colours.muted, "width": 1.4, "dash": "dash"},
        )
        figure.add_annotation(
            x=months[-1], y=standards[-1], text=_("标准 {value}").format(value=texts.number(standards[-1], 0)),
            showarrow=False, xanchor="left", xshift=8, font={"color": colours.muted, "size": 13},
        )
    figure.update_xaxes(
        showgrid=False, tickformat="%Y", dtick="M12", tick0=f"{months[0].year}-01-01", range=[months[0], months[-1]]
    )
    figure.update_yaxes(gridcolor=colours.grid, nticks=5, tickformat=f",.{metric.decimals}f" if metric.decimals else ",")
    return _styled(figure, height=270, right=74, left=52)


def funnel(at: Scope, metric: Metric, key: str) -> None:
    """Rates against the size of their base: small areas vary more, and only those outside the funnel stand out."""
    level = at.child_level
    overall = metric.value(at)
    rows = against_chance(with_status(metric.rows(at, by=level), metric), metric, overall)
    known = rows.filter(pl.col("value").is_not_null() & (pl.col("denominator") > 0))
    if known.height < 3 or overall is None:
        return
    note = _("横轴为基数，虚线内的差别可能只是机会；点击进入下级")
    title = findings.funnel(known)
    with panel(title, subtitle(metric, at, note), metric, at, rows, (level,), key):
        _clickable(_funnel_figure(known, level, metric, overall), f"{key}_{at.area_code}", title)


def _funnel_figure(rows: pl.DataFrame, level: str, metric: Metric, overall: float) -> go.Figure:
    colours = theme.palette()
    curve = funnel_limits(metric, overall, rows["denominator"].min() * 0.8, rows["denominator"].max() * 1.25)
    figure = go.Figure()
    for name, dash in (("95", "dot"), ("998", "dash")):
        for side in ("lower", "upper"):
            figure.add_scatter(
                x=curve["denominator"].to_list(), y=curve[f"{side}_{name}"].to_list(), mode="lines", hoverinfo="skip",
                line={"color": colours.context, "width": 1.2, "dash": dash},
            )
    figure.add_hline(y=overall, line={"color": colours.muted, "width": 1})
    figure.add_annotation(
        x=1, xref="paper", y=overall, text=_("整体 {value}").format(value=texts.number(overall, metric.decimals)),
        showarrow=False, xanchor="right", yshift=9, font={"color": colours.muted, "size": 12},
    )
    within = rows["is_within_chance"].to_list()
    labels = [
        f"{row[f'{level}_name']} <b>{texts.amount(row['value'], metric)}</b>" for row in rows.iter_rows(named=True)
    ]
    # Names only where they are the news: outside the funnel.
    figure.add_scatter(
        x=rows["denominator"].to_list(), y=rows["value"].to_list(), mode="markers+text",
        text=["" if inside else shortened(name) for inside, name in zip(within, rows[f"{level}_name"], strict=True)],
        textposition="top center", textfont={"size": 12, "color": colours.text}, customdata=rows[level].to_list(),
        marker={
            "size": 9, "color": [colours.context if inside else colours.accent for inside in within],
            "symbol": ["circle-open" if inside else "circle" for inside in within], "line_width": 2,
        },
        hovertext=labels, hovertemplate="%{hovertext}<extra></extra>", cliponaxis=False, name="areas",
        selected_marker_opacity=1, unselected_marker_opacity=1,
    )
    ticks = [step * 10**power for power in range(2, 9) for step in (1, 2, 5)]
    figure.update_xaxes(type="log", gridcolor=colours.grid, tickvals=ticks, ticktext=[_round(tick) for tick in ticks])
    figure.update_yaxes(gridcolor=colours.grid, nticks=5)
    return _styled(figure, height=300, left=44, right=24)


def _clickable(figure: go.Figure, key: str, alt: str) -> None:
    """Draws a figure of which a click on a point or bar goes down to the area in its customdata."""

    def go_down() -> None:
        points = st.session_state[key].selection.points
        if points:
            code = points[0]["customdata"]
            scope.go_to_area(code[0] if isinstance(code, list) else code)

    st.plotly_chart(
        figure, key=key, config=_CONFIG, theme=None, on_select=go_down, selection_mode="points", alt=alt
    )


def _standard_line(figure: go.Figure, value: float) -> None:
    colours = theme.palette()
    figure.add_vline(x=value, line={"color": colours.muted, "width": 1.4, "dash": "dash"})
    figure.add_annotation(
        x=value, y=1, yref="paper", yanchor="bottom", showarrow=False, font={"color": colours.muted, "size": 13},
        text=_("标准 {value}").format(value=texts.number(value, 0)),
    )


def _styled(figure: go.Figure, height: int, left: int = 8, right: int = 8) -> go.Figure:
    """The one look of all charts."""
    colours = theme.palette()
    figure.update_layout(
        height=height, margin={"l": left, "r": right, "t": 26, "b": 28}, showlegend=False, dragmode=False,
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)", hovermode="closest",
        font={"family": theme.FONT, "size": 13, "color": colours.text},
        hoverlabel={"font_family": theme.FONT, "bgcolor": colours.ground, "font_color": colours.text},
    )
    figure.update_xaxes(zeroline=False, fixedrange=True, automargin=True, tickfont_color=colours.muted)
    figure.update_yaxes(zeroline=False, fixedrange=True, automargin=True)
    return figure


def _round(value: int) -> str:
    """A round number on an axis: 5千, 20万; 5k, 200k."""
    if texts.language() == "zh":
        return f"{value // 10_000}万" if value >= 10_000 else f"{value:,}"
    return f"{value // 1000}k" if value >= 1000 else str(value)


def _width(label: str) -> float:
    """About how many Latin letters wide a label is, without its markup."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in label.replace("<b>", "").replace("</b>", ""))


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[start:start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.22)"
