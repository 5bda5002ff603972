"""Draws the frame of a chart: the headline as its title, a subtitle, its data table, and its explanation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import polars as pl
import streamlit as st

from pages.ui.i18n import phrases, texts, values
from pages.ui.i18n.names import AREA_NAMES, full_name
from pages.ui.i18n.texts import _
from pages.ui.kit import completeness, html_widgets
from pages.ui.kit.html_widgets import DialogButton
from pages.ui.kit.panels import captured_panels, explanations
from pages.ui.theme import theme
from sql.security.disclosure import MIN_PEOPLE
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope

# A rate with a smaller base is drawn, but no headline names it.
MIN_HEADLINE_BASE = 10


def draw_headline(headline: str) -> None:
    """Draws the page's headline as its title."""
    captured_panels.set_headline(headline)
    st.title(texts.headline_markdown(headline), anchor=False)


@contextmanager
def panel(
    title: str, subtitle: str, metric: Metric, scope: Scope, rows: pl.DataFrame, by: tuple[str, ...], key: str
) -> Iterator[None]:
    """Draws a bordered panel around the block. Its ▦ opens the rows as a table, for those who cannot see the chart; its
    ⓘ explains the metric by the dimensions and downloads exactly the rows. Missing districts are noted below the
    subtitle."""
    buttons = (_table_button(title, rows, key, metric), explanations.metric(metric, scope, rows, by, key=key))
    captured_panels.add_rows(key, title, subtitle, rows, scope, metric, by)
    with _frame(title, subtitle, completeness.small_note(scope, metric), buttons, key):
        yield


@contextmanager
def query_panel(
    title: str,
    subtitle: str,
    source: str,
    scope: Scope,
    rows: pl.DataFrame,
    key: str,
    has_twin: bool = True,
    metric: Metric | None = None,
    **params: object,
) -> Iterator[None]:
    """Draws a panel for the rows of a query file; its ⓘ explains the query. A table needs no ▦. Where the rows are a
    metric's, its missing districts are noted below the subtitle."""
    table_buttons = (_table_button(title, rows, key),) if has_twin else ()
    captured_panels.add_rows(key, title, subtitle, rows, scope, metric)
    buttons = (*table_buttons, explanations.query_file(source, scope, rows, key, **params))
    with _frame(title, subtitle, completeness.small_note(scope, metric) if metric else "", buttons, key):
        yield


@contextmanager
def _frame(title: str, subtitle: str, incomplete: str, buttons: tuple[DialogButton, ...], key: str) -> Iterator[None]:
    if theme.is_screen():
        subtitle = remove_parts(subtitle, click_hints())
    with st.container(border=True, gap="xsmall", key=f"panel_{key}", height="stretch"):
        with st.container(horizontal=True, vertical_alignment="top", gap=None):
            st.markdown(
                texts.paragraphs(f"## {texts.headline_markdown(title)}", texts.headline_markdown(subtitle), incomplete),
                width="stretch",
            )
            html_widgets.dialog_buttons(buttons)
        yield


def subtitle(metric: Metric, scope: Scope, more: str = "") -> str:
    """Returns the metric's name, unit and period, followed by `more`."""
    unit = texts.unit(metric)
    name = f"{texts.of(metric.title)}（{unit}）" if unit and texts.language() == "zh" else texts.of(metric.title)
    return " · ".join(part for part in (name, phrases.span(metric, scope), more) if part)


def click_hints() -> set[str]:
    """Returns the parts of subtitles that mention clicking."""
    return {_("点击进入下级"), _("点击进入"), _("点击筛选")}


def remove_parts(subtitle: str, removed: set[str]) -> str:
    """Returns a subtitle without the given parts."""
    parts = (
        _("；").join(part for part in clause.split(_("；")) if part not in removed) for clause in subtitle.split(" · ")
    )
    return " · ".join(part for part in parts if part)


def no_rows(metric: Metric, scope: Scope) -> None:
    """Says on the page why there is nothing to draw: the number is held, or there are no data."""
    if metric.is_held(scope):
        st.info(_("数字未采用，不画图。上方写明是哪份文件；点 ⓘ 看退回的行。"))
    else:
        st.info(_("这个范围没有数据。"))


def is_blank(rows: pl.DataFrame) -> bool:
    """Returns true where there is nothing to draw: no rows, or none with a value other than 0."""
    return rows.is_empty() or not (rows["value"] != 0).any()


def can_draw(rows: pl.DataFrame, is_hidden: bool = False) -> bool:
    """Returns whether there is something to draw that may be shown; if not, says why on the page."""
    if is_hidden:
        st.info(_("人数过少，不显示构成。"))
    elif is_blank(rows):
        st.info(_("这个范围没有数据。"))
    return not is_hidden and not is_blank(rows)


def headline_rows(rows: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Returns the rows that a headline may name: those with a large enough base whose values are filled in."""
    is_filled = [pl.Series([values.is_filled(value) for value in rows[name]], dtype=pl.Boolean) for name in by]
    is_large = rows["denominator"].is_null() | (rows["denominator"] >= MIN_HEADLINE_BASE)
    return rows.filter(is_large, *is_filled)


def is_disclosive(metric: Metric, by: str, rows: pl.DataFrame) -> bool:
    """Returns true where the rows would disclose a personal attribute of fewer than `MIN_PEOPLE` people."""
    return by in values.PERSONAL_DIMENSIONS and metric.unit == "people" and 0 < (rows["value"].sum() or 0) < MIN_PEOPLE


def _table_button(title: str, rows: pl.DataFrame, key: str, metric: Metric | None = None) -> DialogButton:
    """Returns a ▦ button that opens the rows as a table, for those who cannot see the chart."""

    def draw() -> None:
        st.markdown(f"**{texts.headline_markdown(title)}**")
        # An HTML table: a screen reader cannot read a canvas.
        st.table(in_words(rows, metric), hide_index=True, height="content" if rows.height <= 12 else 420)

    return DialogButton("table", key, lambda: html_widgets.dialog(_("数据表"), draw))


def in_words(rows: pl.DataFrame, metric: Metric | None = None) -> pl.DataFrame:
    """Returns the rows with values in words and column headers for readers, without codes and empty columns."""
    name_columns = {f"{name}_name" for name in rows.columns if f"{name}_name" in rows.columns}
    columns = {}
    for name in rows.columns:
        series = rows[name]
        if f"{name}_name" in name_columns or series.null_count() == rows.height > 0:
            continue
        known = "area_name" if name == "place_name" and "place" in rows.columns else name
        columns[header(name, metric)] = [cell(known, value, metric) for value in series]
    return pl.DataFrame(columns)


def cell(name: str, value: object, metric: Metric | None = None) -> str:
    """Returns a value as charts write it, with its markdown escaped."""
    if name in AREA_NAMES and isinstance(value, str):
        return texts.escape_markdown(full_name(value))
    if isinstance(value, date):
        return f"{value:%Y-%m}" if name == "month" else value.isoformat()
    if isinstance(value, float):
        return texts.number(value, metric.decimals if metric else 1)
    if isinstance(value, int) and not isinstance(value, bool):
        return texts.number(value)
    return texts.escape_markdown(values.word(name, value))


def header(name: str, metric: Metric | None = None) -> str:
    """Returns a column's header for readers; for `value`, the metric's own name and unit."""
    words = {
        "numerator": _("分子"),
        "denominator": _("分母"),
        "standard": _("标准"),
        "recommended": _("推荐值"),
        "year_standard": _("全年标准"),
        "status": _("是否达标"),
        "is_within_chance": _("机会范围内"),
        "centre": _("通常值"),
        "lower": _("下限"),
        "upper": _("上限"),
        "phase": _("阶段"),
        "run": _("同侧连续月数"),
        "is_signal": _("信号"),
        "is_ripe": _("已满期"),
        "is_held": _("未采用"),
        "count": _("数量"),
        "hours": _("小时"),
        "share": _("占比（%）"),
        "at_risk": _("尚在等待"),
        "name": _("名称"),
        "note": _("说明"),
        "id": _("编号"),
        "parent": _("上级"),
    }
    if name == "value" and metric:
        unit = texts.unit(metric)
        short_title = texts.of(metric.short_title)
        return f"{short_title}（{unit}）" if unit and texts.language() == "zh" else short_title
    return words.get(name) or values.name(name.removesuffix("_name"))
