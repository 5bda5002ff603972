"""Explains every number: its meaning, its formula with the current numbers, the standard, the SQL and the sources."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.names import spoken_name
from pages.ui.i18n.texts import _
from pages.ui.kit import completeness, html_widgets, metric_pages, targets, variation
from pages.ui.kit.html_widgets import DialogButton
from pages.ui.kit.panels import annotations as annotation_panel
from pages.ui.kit.tables import exports
from pages.ui.kit.targets import Targets
from pages.ui.shell import page_list, page_scope
from sql import query
from sql.files.sql_file import SqlFile, Text
from sql.security.release import Frame
from sql.semantic import queries
from sql.semantic.catalog import lineage
from sql.semantic.compose import ComposedQuery
from sql.semantic.metrics import Metric
from sql.semantic.readings import clip_period
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
        _held(metric, scope)
        for judgement in variation.explanation(variation.monthly_limits(scope, metric), metric):
            st.markdown(judgement)
        if incomplete := completeness.gap_lines(scope, metric):
            st.markdown(_("**▲ 基数不完整** {list}").format(list=texts.escape_markdown(_("；").join(incomplete))))
        annotation_panel.draw(metric, scope, key)
        metric_rows = metric.rows(scope) if rows is None else rows
        _origin(scope, metric.file, metric.sql(scope, by), key, metric.frame(scope, metric_rows, by))

    return DialogButton("explain", key, lambda: html_widgets.dialog(texts.of(metric.title), draw))


def _held(metric: Metric, scope: Scope) -> None:
    """Draws why a number is held, or without which district it is counted, with the way to the rows."""
    tables = metric.held_tables(scope)
    for table in tables:
        st.markdown(f"**{texts.escape_markdown(completeness.held_line(table))}**")
    if tables and "quality" in page_list.titles():
        st.page_link(
            metric_pages.PAGES / "quality.py",
            label=_("看退回的行和原因"),
            query_params=page_scope.params(view="rejected", metric=None),
        )


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
    st.markdown(sources(scope, file))
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
    """Returns the standards in force for the scope at the end of the period, each with its clause, document, area and
    date, and what follows from them here."""
    rows = query(
        "standards_in_force",
        scope.with_filters(),
        standard=metric.file.header.get("standard", metric.name),
        area=scope.area_code,
        month=clip_period(scope).last,
    )
    return [_standard(metric, row) for row in rows.iter_rows(named=True)] + _consequence(metric, scope, rows)


def _standard(metric: Metric, row: dict[str, Any]) -> str:
    template = {
        "required": _("**标准** {value}：{clause}（{basis}；{area}，{since} 起）"),
        "recommended": _("**推荐值** {value}：{clause}（{basis}；{area}，{since} 起；不作为达标依据）"),
    }[row["obligation"]]
    return template.format(
        value=targets.number(row["value"], metric),
        clause=texts.escape_markdown(row["clause"] or "–"),
        basis=texts.escape_markdown(row["basis"]),
        area=texts.escape_markdown(spoken_name(row["set_by"])) if row["set_by"] else _("全国"),
        since=row["since"].isoformat(),
    )


def _consequence(metric: Metric, scope: Scope, rows: pl.DataFrame) -> list[str]:
    """Returns what the standards come to for the number shown: a part of the year's target, an average of several, or
    no verdict where only a part of the area has one."""
    required = rows.filter(pl.col("obligation") == "required")
    here = Targets.of_row(metric, metric.rows(scope).row(0, named=True))
    if required.is_empty() or (here.standard is None and scope.version.is_rounded):
        return []
    if here.standard is None:
        return [_("**不判断** 这些标准只适用于一部分，或各处不同，整体不判断是否达标。")]
    if here.is_paced:
        month = texts.month(clip_period(scope).last)
        return [_("**进度** {target}：{month}末之前应达到的部分。").format(target=here.standard_text(), month=month)]
    if here.standard in required["value"]:
        return []
    return [_("**由此** 这里的要求是 {value}。").format(value=texts.amount(here.standard, metric))]


def sources(scope: Scope, file: SqlFile) -> str:
    """Returns how far the source tables that a file's columns come from reach and when they were received, by the
    district that is furthest behind, and how many checks passed."""
    rows = query("sources", scope.with_filters(), area=scope.area_code)
    rows = rows.filter(pl.col("table_name").is_in(lineage.sources(file)))
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
