"""Explains every number: its meaning, its formula with the current numbers, the standard, the SQL and the sources."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.kit import completeness, html_widgets
from pages.ui.kit.html_widgets import DialogButton
from pages.ui.kit.panels import annotations as annotation_panel
from pages.ui.kit.tables import exports
from sql import query
from sql.files.sql_file import SqlFile, Text
from sql.security.release import Frame
from sql.semantic import queries
from sql.semantic.compose import ComposedQuery
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope

# Multiplier of the ratio by unit.
FACTORS = {"percent": 100, "per_10k": 10_000}


def metric(
    metric: Metric, scope: Scope, rows: pl.DataFrame | None = None, by: tuple[str, ...] = (), key: str = ""
) -> DialogButton:
    """Returns the ⓘ button that explains a metric and offers the given rows, else the metric's own, as a download."""

    def draw() -> None:
        if note := texts.of(metric.note):
            st.markdown(note)
        if formula_text := formula(metric, scope):
            st.markdown(_("**公式** {formula}").format(formula=formula_text))
        for standard in standards(metric, scope):
            st.markdown(standard)
        if incomplete := completeness.gap_lines(scope, metric):
            st.markdown(_("**▲ 基数不完整** {list}").format(list=texts.escape_markdown(_("；").join(incomplete))))
        annotation_panel.draw(metric, scope, key)
        metric_rows = metric.rows(scope) if rows is None else rows
        _origin(scope, metric.file, metric.sql(scope, by), key, metric.frame(scope, metric_rows, by))

    return DialogButton("explain", key, lambda: html_widgets.dialog(texts.of(metric.title), draw))


def query_file(name: str, scope: Scope, rows: pl.DataFrame, key: str, **params: object) -> DialogButton:
    """Returns the ⓘ button that explains a query file: note, SQL, sources, and a download of exactly the given rows."""

    def open_dialog() -> None:
        file, composed = queries.compose_query(name, scope, **params)
        html_widgets.dialog(texts.of(file.title), lambda: draw(file, composed))

    def draw(file: SqlFile, composed: ComposedQuery) -> None:
        if note := texts.of(Text.of(file.header.get("note", ""))):
            st.markdown(note)
        _origin(scope, file, composed, key, queries.frame(name, scope, rows, **params))

    return DialogButton("explain", key, open_dialog)


def _origin(scope: Scope, file: SqlFile, composed: ComposedQuery, key: str, frame: Frame) -> None:
    """Draws where numbers come from: the sources, a download of the rows, and the SQL that produced them."""
    st.markdown(sources(scope))
    exports.download_buttons(frame, f"{file.name}_{scope.area_code or 'all'}_{scope.period}", key)
    st.caption(f"sql/{file.path}")
    st.code(composed.literal_sql, language="sql", wrap_lines=True)


def formula(metric: Metric, scope: Scope) -> str:
    """Returns the formula with the scope's numbers, such as 10000 × 1163 ÷ 913075 = 12.7; empty for plain counts."""
    row = metric.rows(scope).row(0, named=True)
    if row["value"] is None or row["numerator"] is None or not row["denominator"]:
        return ""
    factor = FACTORS.get(metric.unit)
    numerator = f"{factor} × {row['numerator']:.0f}" if factor else f"{row['numerator']:.0f}"
    return f"{numerator} ÷ {row['denominator']:.0f} = {texts.amount(row['value'], metric)}"


def standards(metric: Metric, scope: Scope) -> list[str]:
    """Returns the standards in force for the scope at the end of the period, each with its clause and source."""
    rows = query(
        "standards_in_force",
        scope.with_filters(),
        standard=metric.file.header.get("standard", metric.name),
        area=scope.area_code,
    )
    return [
        _("**标准** {value}：{clause}（{basis}，{places} 个社区适用）").format(
            value=texts.number(row["value"], 0),
            clause=texts.escape_markdown(row["clause"] or "–"),
            basis=texts.escape_markdown(row["basis"]),
            places=row["communities"],
        )
        for row in rows.iter_rows(named=True)
    ]


def sources(scope: Scope) -> str:
    """Returns how far the scope's source tables reach and when they were received, by the district that is furthest
    behind, and how many checks passed."""
    rows = query("sources", scope.with_filters(), area=scope.area_code)
    names = _("；").join(
        _("{table}到 {date}（{day} 收到）").format(
            table=texts.table(row["table_name"]), date=row["covers_until"] or "–", day=row["received_on"]
        )
        for row in rows.iter_rows(named=True)
    )
    checks = scope.version.checks
    passed = checks.filter(pl.col("failing_rows") == 0).height
    return _("**来源** {names}。{passed}/{all} 项检查通过。").format(
        names=names or "–", passed=passed, all=checks.height
    )
