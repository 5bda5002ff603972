"""Draws the charts of the assessment page: results side by side, tiers beside their rule, the steps of an
appointment."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages.ui.charts import figure
from pages.ui.headlines import assessment as headlines
from pages.ui.i18n import texts, values
from pages.ui.i18n.texts import _
from pages.ui.kit import standards_list
from pages.ui.kit.panels import panels
from pages.ui.shell import selection
from pages.ui.theme import theme
from sql import query
from sql.security.disclosure import MIN_PEOPLE
from sql.semantic.metrics import metric
from sql.semantic.readings import clip_period
from sql.semantic.scope import Scope

_RESULTS = ("excellent", "competent", "basic", "incompetent")


def results(scope: Scope, by: str, key: str) -> None:
    """Draws the four results of every post or year, with share and people. The darker, the larger for that result.

    Groups of fewer than five people are left out.
    """
    workers_assessed = metric("workers_assessed", scope.version)
    rows = workers_assessed.rows(scope, by=(by, "result")).drop_nulls(by)
    shares = (
        rows.with_columns(people=pl.col("value").sum().over(by))
        .filter(pl.col("people") >= MIN_PEOPLE)
        .with_columns(share=100 * pl.col("value") / pl.col("people"))
    )
    title = headlines.results_headline(shares, by)
    note = _("占比和人数；每列各自由浅到深")
    with panels.panel(
        title, panels.subtitle(workers_assessed, scope, note), workers_assessed, scope, rows, (by, "result"), key
    ):
        if shares.is_empty():
            st.info(_("人数过少，不显示构成。") if rows["value"].sum() else _("这个范围没有数据。"))
            return
        figure.draw(_results(shares, by), selection.widget_key(key, scope), title)


def _results(shares: pl.DataFrame, by: str) -> go.Figure:
    colours = theme.palette()
    groups = values.sort_values(by, shares[by].unique().to_list())
    cells = {(row[by], row["result"]): row for row in shares.iter_rows(named=True)}
    # Each column has its own scale: rare results would all be pale beside the common one.
    max_share = {
        result: max(cells[group, result]["share"] for group in groups if (group, result) in cells)
        for result in _RESULTS
        if any((group, result) in cells for group in groups)
    }
    result_names = list(max_share)
    depth = [
        [
            cells[group, result]["share"] / (max_share[result] or 1) if (group, result) in cells else 0
            for result in result_names
        ]
        for group in groups
    ]
    trace = {
        "type": "heatmap",
        "z": depth,
        "x": list(range(len(result_names))),
        "y": list(range(len(groups))),
        "xgap": 2,
        "ygap": 2,
        "zmin": 0,
        "zmax": 2.4,
        "showscale": False,
        "hoverinfo": "skip",
        "name": "results",
        "colorscale": [[0, colours.sequence[0]], [1, colours.sequence[1]]],
        "customdata": [
            [cells.get((group, result), {"share": 0.0})["share"] for result in result_names] for group in groups
        ],
    }
    annotations = [
        figure.label(
            column_index,
            row_index,
            f"<b>{texts.number(cells[group, result]['share'], 1)}%</b><br>"
            f"{texts.number(cells[group, result]['value'])}",
            name="label",
            font={"size": 12},
        )
        for row_index, group in enumerate(groups)
        for column_index, result in enumerate(result_names)
        if (group, result) in cells
    ]
    return figure.figure(
        [trace],
        height=58 + 44 * len(groups),
        top=40,
        bottom=8,
        annotations=annotations,
        xaxis={
            "side": "top",
            "tickvals": list(range(len(result_names))),
            "showgrid": False,
            "tickangle": 0,
            "tickfont": {"size": 11, "color": colours.muted},
            # One English word per line, as a phone has no room for two.
            "ticktext": [figure.escape(values.word("result", result)).replace(" ", "<br>") for result in result_names],
        },
        yaxis={
            "tickvals": list(range(len(groups))),
            "autorange": "reversed",
            "showgrid": False,
            "ticklabelstandoff": 6,
            "ticktext": [figure.escape(headlines.group_label(by, group)) for group in groups],
        },
    )


def tiers(scope: Scope, key: str) -> None:
    """Draws the share of secretaries in each tier beside the share that the area's rule sets, with the allowance."""
    rows = query("secretary_tiers", scope)
    title = headlines.tiers_headline(rows)
    month_text = texts.month(clip_period(scope).last)
    note = _("{when} · 在岗社区正职按最近一年评定的等级；竖线为规定的比例").format(when=month_text)
    with panels.query_panel(title, note, "secretary_tiers", scope, rows, key):
        if rows.is_empty():
            st.info(_("这个范围没有评定书记等级，也没有等级比例和补贴的规定。"))
        elif rows["share"].null_count() == rows.height:
            st.info(_("人数过少，不显示构成。"))
        else:
            figure.draw(_tiers(rows), selection.widget_key(key, scope), title)


def _tiers(rows: pl.DataFrame) -> go.Figure:
    colours = theme.palette()
    positions = list(range(rows.height))
    labels = []
    for row in rows.iter_rows(named=True):
        parts = [
            _("<b>{share}%</b> {count} 人").format(
                share=texts.number(row["share"], 1), count=texts.number(row["secretaries"])
            )
        ]
        if row["target_share"] is not None:
            parts.append(_("规定 {share}%").format(share=texts.number(row["target_share"])))
        if row["allowance"] is not None:
            parts.append(_("每月 {amount} 元").format(amount=texts.number(row["allowance"])))
        labels.append(" · ".join(parts))
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": rows["share"].to_list(),
        "y": positions,
        "width": 0.5,
        "name": "share",
        "marker": {"color": colours.accent},
        "hoverinfo": "skip",
    }
    target_lines = [
        {
            "type": "line",
            "x0": target,
            "x1": target,
            "y0": position - 0.38,
            "y1": position + 0.38,
            "line": {"color": colours.below, "width": 3},
        }
        for position, target in zip(positions, rows["target_share"], strict=True)
        if target is not None
    ]
    annotations = [
        figure.label(1, position, text, xref="paper", xanchor="left", xshift=8, align="left", name="label")
        for position, text in zip(positions, labels, strict=True)
    ]
    longest = max(value for value in [*rows["share"], *rows["target_share"]] if value is not None)
    return figure.figure(
        [bars],
        height=30 + 46 * rows.height,
        right=16 + round(7.0 * max(map(texts.display_width, labels))),
        top=6,
        bottom=8,
        shapes=target_lines,
        annotations=annotations,
        xaxis={"range": [0, longest * 1.03 or 1], "showticklabels": False, "showgrid": False},
        yaxis={
            "range": [rows.height - 0.5, -0.5],
            "tickvals": positions,
            "showgrid": False,
            "ticklabelstandoff": 6,
            "ticktext": [figure.escape(values.word("tier", tier)) for tier in rows["tier"]],
        },
    )


def appointment_path(scope: Scope, key: str) -> None:
    """Draws the steps of an appointment, numbered in order, from the area's own rule."""
    params: dict[str, Any] = {
        "area": scope.area_code,
        "standard": "appointment_step",
        "group": None,
        "month": clip_period(scope).last,
    }
    rows = query("standard_items", scope, **params)
    note = (
        ""
        if rows.is_empty()
        else " · ".join(
            filter(
                None,
                (
                    _("{count} 步").format(count=rows.height),
                    _("依据：{basis}").format(
                        basis=texts.join_words(rows["basis"].unique(maintain_order=True).to_list())
                    ),
                    _("示例：来源只给出步数，各步名称为示例")
                    if rows["clause"].str.starts_with(standards_list.EXAMPLE).any()
                    else "",
                ),
            )
        )
    )
    with panels.query_panel(_("书记任免调整程序"), note, "standard_items", scope, rows, key, has_twin=False, **params):
        if rows.is_empty():
            st.info(
                _("这里没有调整程序的规定：写进该地区的 标准.csv（标准 = appointment_step）。"), icon=":material/inbox:"
            )
            return
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            for number, clause in enumerate(rows["clause"], 1):
                if number > 1:
                    st.markdown(":gray[→]")
                st.badge(f"{number} {texts.escape_markdown(clause.removeprefix(standards_list.EXAMPLE))}", color="blue")
