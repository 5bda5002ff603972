"""What stands behind every number: what it means, today's numbers in the formula, the standard, SQL and sources."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.kit import annotations as annotation_panel
from pages.ui.kit import completeness, html_widgets
from pages.ui.kit.html_widgets import DialogButton
from pages.ui.kit.tables import exports
from sql import query
from sql.security import disclosure
from sql.semantic import queries
from sql.semantic.compose import ComposedQuery
from sql.semantic.files.sql_file import SqlFile, Text
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope

# What a unit multiplies the ratio with.
FACTORS = {"percent": 100, "per_10k": 10_000}


def metric(
    asked: Metric, scope: Scope, rows: pl.DataFrame | None = None, by: tuple[str, ...] = (), key: str = ""
) -> DialogButton:
    """An ⓘ that opens the explanation of a metric, with a download of exactly the rows given, else of its own."""

    def told() -> None:
        if note := texts.of(asked.note):
            st.markdown(note)
        if shown := formula(asked, scope):
            st.markdown(_("**公式** {formula}").format(formula=shown))
        for standard in standards(asked, scope):
            st.markdown(standard)
        if incomplete := completeness.gap_lines(scope, asked):
            st.markdown(_("**▲ 基数不完整** {list}").format(list=texts.escape_markdown(_("；").join(incomplete))))
        annotation_panel.draw(asked, scope, key)
        own = asked.rows(scope) if rows is None else rows
        _origin(scope, own, asked.file, asked.sql(scope, by), key, lambda: asked.round_rows(own, scope, by))

    return DialogButton("explain", key, lambda: html_widgets.dialog(texts.of(asked.title), told))


def query_file(name: str, scope: Scope, rows: pl.DataFrame, key: str, **params: object) -> DialogButton:
    """An ⓘ that opens what a query file tells, its SQL and sources, with a download of exactly the rows given."""

    def opened() -> None:
        file, composed = queries.compose_query(name, scope, **params)
        html_widgets.dialog(texts.of(file.title), lambda: told(file, composed))

    def outside() -> pl.DataFrame:
        return query(name, scope.with_rounding, **params)

    def told(file: SqlFile, composed: ComposedQuery) -> None:
        if note := texts.of(Text.of(file.header.get("note", ""))):
            st.markdown(note)
        _origin(scope, rows, file, composed, key, None if disclosure.has_rows_of_people(file) else outside)

    return DialogButton("explain", key, opened)


def _origin(
    scope: Scope,
    rows: pl.DataFrame,
    file: SqlFile,
    composed: ComposedQuery,
    key: str,
    outside: Callable[[], pl.DataFrame] | None,
) -> None:
    """Where numbers come from: sources, the rows to download, the SQL that gave them."""
    st.markdown(sources(scope))
    exports.download_buttons(rows, f"{file.name}_{scope.area_code or 'all'}_{scope.period}", key, outside)
    st.caption(f"sql/{file.path}")
    st.code(composed.literal_sql, language="sql", wrap_lines=True)


def formula(metric: Metric, scope: Scope) -> str:
    """The formula with the numbers of the scope in it: 10000 × 1163 ÷ 913075 = 12.7; empty for plain counts."""
    row = metric.rows(scope).row(0, named=True)
    if row["value"] is None or row["numerator"] is None or not row["denominator"]:
        return ""
    factor = FACTORS.get(metric.unit)
    above = f"{factor} × {row['numerator']:.0f}" if factor else f"{row['numerator']:.0f}"
    return f"{above} ÷ {row['denominator']:.0f} = {texts.amount(row['value'], metric)}"


def standards(metric: Metric, scope: Scope) -> list[str]:
    """The standards in force for the scope at the period's end, each with its clause and source."""
    found = query(
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
        for row in found.iter_rows(named=True)
    ]


def sources(scope: Scope) -> str:
    """When the tables were loaded that the scope's numbers come from, and how the checks went."""
    loaded = query("sources", scope.with_filters(), area=scope.area_code)
    names = _("；").join(
        f"{texts.table(row['table_name'])} {row['loaded_at']:%Y-%m-%d %H:%M}" for row in loaded.iter_rows(named=True)
    )
    checks = scope.version.checks
    passed = checks.filter(pl.col("failing_rows") == 0).height
    return _("**来源** {names}。{passed}/{all} 项检查通过。").format(
        names=names or "–", passed=passed, all=checks.height
    )
