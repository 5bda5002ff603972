"""The frame of a picture: its finding as the title, what it shows beneath, its table twin, and its explanation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import polars as pl
import streamlit as st

from pages.ui.i18n import texts, values
from pages.ui.i18n.names import AREA_NAMES, full_name
from pages.ui.i18n.texts import _
from pages.ui.kit import captured_panels, completeness, explanations, html_widgets
from pages.ui.kit.html_widgets import DialogButton
from pages.ui.theme import theme
from sql.security.disclosure import MIN_PEOPLE
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope

# A rate of fewer than this is drawn, but is not what a title tells.
MIN_HEADLINE_BASE = 10


def draw_headline(finding: str) -> None:
    """The page's own finding, which is its title."""
    captured_panels.set_headline(finding)
    st.title(texts.headline_markdown(finding), anchor=False)


@contextmanager
def panel(
    title: str, subtitle: str, metric: Metric, scope: Scope, rows: pl.DataFrame, by: tuple[str, ...], key: str
) -> Iterator[None]:
    """A bordered panel to draw in. Its ▦ opens the rows as a table, for those who cannot see the picture; its ⓘ
    explains the metric by the dimensions and downloads exactly the rows. What the metric is without stands beneath."""
    symbols = (_twin(title, rows, key, metric), explanations.metric(metric, scope, rows, by, key=key))
    captured_panels.add_rows(key, title, subtitle, rows, scope, metric, by)
    with _framed(title, subtitle, completeness.small_note(scope, metric), symbols, key):
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
    """The same for the rows of a query file: its ⓘ explains the query. What is a table itself needs no twin; where the
    rows are a metric's own, what that is without stands beneath."""
    twin = (_twin(title, rows, key),) if has_twin else ()
    captured_panels.add_rows(key, title, subtitle, rows, scope, metric)
    symbols = (*twin, explanations.query_file(source, scope, rows, key, **params))
    with _framed(title, subtitle, completeness.small_note(scope, metric) if metric else "", symbols, key):
        yield


@contextmanager
def _framed(title: str, subtitle: str, incomplete: str, symbols: tuple[DialogButton, ...], key: str) -> Iterator[None]:
    if theme.is_screen():
        subtitle = remove_parts(subtitle, click_hints())
    with st.container(border=True, gap="xsmall", key=f"panel_{key}", height="stretch"):
        with st.container(horizontal=True, vertical_alignment="top", gap=None):
            st.markdown(
                texts.paragraphs(f"## {texts.headline_markdown(title)}", texts.headline_markdown(subtitle), incomplete),
                width="stretch",
            )
            html_widgets.dialog_buttons(symbols)
        yield


def subtitle(metric: Metric, scope: Scope, more: str = "") -> str:
    """The metric's name, its unit, its time, and what else is to be said."""
    unit = texts.unit(metric)
    when = texts.month(min(scope.period.last, scope.version.data_month))
    if metric.aggregation != "latest":
        when = texts.period(scope.period)
    name = f"{texts.of(metric.title)}（{unit}）" if unit and texts.language() == "zh" else texts.of(metric.title)
    return " · ".join(part for part in (name, when, more) if part)


def click_hints() -> set[str]:
    """What subtitles say of clicking."""
    return {_("点击进入下级"), _("点击进入"), _("点击筛选")}


def remove_parts(subtitle: str, left_out: set[str]) -> str:
    """A subtitle without some of what it says."""
    parts = (
        _("；").join(part for part in told.split(_("；")) if part not in left_out) for told in subtitle.split(" · ")
    )
    return " · ".join(part for part in parts if part)


def is_blank(rows: pl.DataFrame) -> bool:
    """Whether there is nothing to draw: no rows, or none with a value other than 0."""
    return rows.is_empty() or not (rows["value"] != 0).any()


def can_draw(rows: pl.DataFrame, is_hidden: bool = False) -> bool:
    """Whether there is something to draw that may be told; where not, says why."""
    if is_hidden:
        st.info(_("人数过少，不显示构成。"))
    elif is_blank(rows):
        st.info(_("这个范围没有数据。"))
    return not is_hidden and not is_blank(rows)


def headline_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that a title may name: a rate of a handful is no news. All of them, where all are of a handful."""
    enough = rows.filter(pl.col("denominator").is_null() | (pl.col("denominator") >= MIN_HEADLINE_BASE))
    return rows if enough.is_empty() else enough


def is_disclosive(metric: Metric, by: str, rows: pl.DataFrame) -> bool:
    """Whether the rows would tell an attribute of a handful of people."""
    return by in values.PERSONAL_DIMENSIONS and metric.unit == "people" and 0 < (rows["value"].sum() or 0) < MIN_PEOPLE


def _twin(title: str, rows: pl.DataFrame, key: str, metric: Metric | None = None) -> DialogButton:
    """A ▦ that opens the rows as a table, for those who cannot see the picture."""

    def told() -> None:
        st.markdown(f"**{texts.headline_markdown(title)}**")
        # A table of its own elements: what is drawn on a canvas cannot be read out.
        st.table(in_words(rows, metric), hide_index=True, height="content" if rows.height <= 12 else 420)

    return DialogButton("table", key, lambda: html_widgets.dialog(_("数据表"), told))


def in_words(rows: pl.DataFrame, metric: Metric | None = None) -> pl.DataFrame:
    """Rows with their values in words and their columns named for readers; codes and empty columns are left out."""
    named = {f"{name}_name" for name in rows.columns if f"{name}_name" in rows.columns}
    columns = {}
    for name in rows.columns:
        series = rows[name]
        if f"{name}_name" in named or series.null_count() == rows.height > 0:
            continue
        known = "area_name" if name == "place_name" and "place" in rows.columns else name
        columns[header(name, metric)] = [cell(known, value, metric) for value in series]
    return pl.DataFrame(columns)


def cell(name: str, value: object, metric: Metric | None = None) -> str:
    """A value as the pictures write it, whatever it holds shown as it stands."""
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
    """What a column of rows is called for readers; the metric's own name and unit for its value."""
    words = {
        "numerator": _("分子"),
        "denominator": _("分母"),
        "standard": _("标准"),
        "status": _("是否达标"),
        "is_within_chance": _("机会范围内"),
        "centre": _("通常值"),
        "lower": _("下限"),
        "upper": _("上限"),
        "is_signal": _("信号"),
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
        short = texts.of(metric.short_title)
        return f"{short}（{unit}）" if unit and texts.language() == "zh" else short
    return words.get(name) or values.name(name.removesuffix("_name"))
