"""Builds sections from the panels of a page or a playlist: chooses the chart for the rows and words the headline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

import polars as pl
import polars.selectors as cs

from pages.briefing.section import Annotations, Kind, Section, plain
from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.kit import completeness
from pages.ui.kit.panels import panels
from pages.ui.kit.panels.captured_panels import CapturedPanel
from pages.ui.kit.tables.columns import Columns, as_column
from sql.files.columns import AREA_DIMENSIONS, TIME_DIMENSIONS
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope

# Days without events have no row, so a line would wrongly connect across them.
_NO_CHART = ("day",)


def build_sections(captured: Iterable[CapturedPanel], headline: str, annotations: Annotations) -> list[Section]:
    """Builds the sections of a page in its order; the page's headline becomes the headline of its cards.

    Two panels of the same rows, such as a map and a ranking, become one section with both headlines.
    """
    return merge_sections([section for panel in captured if (section := _section(panel, headline, annotations))])


def chart_kind(rows: pl.DataFrame, by: tuple[str, ...]) -> Kind:
    """Returns the chart for rows by these dimensions: a line over time, bars of one dimension, else only a table."""
    if not by or rows.is_empty() or not set(by) <= {*rows.columns} | _areas_renamed(rows):
        return "none"
    if "value" in rows.columns:
        if by[-1] in TIME_DIMENSIONS and len(by) <= 2:
            return "line"
        return "bars" if len(by) == 1 and by[0] not in _NO_CHART else "none"
    return "bars" if len(by) == 1 and len(value_columns(rows, by)) == 2 and by[0] not in TIME_DIMENSIONS else "none"


def full_headline(finding: str, metric: Metric | None, area: str = "") -> str:
    """Returns a headline that stands alone: the finding with its metric, and with the area if it is not the
    briefing's."""
    if metric is None:
        return plain(finding)
    subject = f"{area} {texts.of(metric.short_title)}".strip()
    return _("{what}：{finding}").format(what=subject, finding=plain(finding))


def value_columns(rows: pl.DataFrame, by: tuple[str, ...]) -> list[str]:
    """Returns the value columns of rows that compare two metrics."""
    return [name for name, dtype in rows.schema.items() if dtype == pl.Float64 and name not in by]


def _areas_renamed(rows: pl.DataFrame) -> set[str]:
    """Returns the area dimensions that a map's column `code` may stand for; empty without that column."""
    return {*AREA_DIMENSIONS, "grid"} if "code" in rows.columns else set()


def _section(panel: CapturedPanel, headline: str, annotations: Annotations) -> Section | None:
    if panel.readings:
        incomplete = [
            f"{texts.of(read.metric.short_title)}：{note}"
            for read in panel.readings
            if (note := completeness.full_note(read.scope, read.metric))
        ]
        title = plain(panel.title) if panel.title else plain(headline)
        notes = (
            *map(plain, incomplete),
            *annotation_lines(panel.scope, [read.metric for read in panel.readings], annotations),
        )
        return Section(title, "", pl.DataFrame(), "numbers", panel.scope, readings=panel.readings, notes=notes)
    if panel.rows is None or panel.rows.is_empty():
        return None
    # DuckDB types literals such as 100.0 as decimals.
    rows = panel.rows.with_columns(cs.decimal().cast(pl.Float64))
    metrics = [panel.metric] if panel.metric else []
    notes = tuple(plain(note) for metric in metrics if (note := completeness.full_note(panel.scope, metric)))
    return Section(
        full_headline(panel.title, panel.metric),
        _without_hints(plain(panel.subtitle)),
        rows,
        chart_kind(rows, panel.by),
        panel.scope,
        panel.metric,
        panel.by,
        headers=_headers(panel.columns),
        notes=notes + annotation_lines(panel.scope, metrics, annotations),
    )


def _without_hints(subtitle: str) -> str:
    """Removes from a subtitle what only the page has: click hints, and the shaded band that a native chart lacks."""
    return panels.remove_parts(subtitle, {*panels.click_hints(), _("浅色带为通常的起伏（XmR 控制限），◇ 为信号")})


def annotation_lines(scope: Scope, metrics: list[Metric], annotations: Annotations) -> tuple[str, ...]:
    """Returns the analysts' annotations of the metrics as lines that begin with their date."""
    return tuple(
        dict.fromkeys(
            _("注 {date}：{text}").format(date=day, text=plain(text))
            for metric in metrics
            for day, text in annotations(metric.name, scope)
        )
    )


def _headers(columns: Columns | None) -> dict[str, str]:
    """Returns the headers of a table's columns, by column."""
    return {name: plain(as_column(column).header) for name, column in (columns or {}).items()}


def merge_sections(sections: list[Section]) -> list[Section]:
    """Merges sections of the same metric, dimension and area, adjacent or not, at the position of the first."""

    def subject(section: Section) -> tuple:
        if section.metric is None or section.kind == "none":
            return (id(section),)
        return (section.metric.name, section.by, section.scope)

    order: dict[tuple, int] = {}
    for index, section in enumerate(sections):
        order.setdefault(subject(section), index)
    ordered = sorted(sections, key=lambda section: order[subject(section)])
    return [_merge(list(group)) for _subject, group in groupby(ordered, subject)]


def _merge(group: list[Section]) -> Section:
    first, *others = group
    # The metric's name precedes only the first finding.
    prefix = full_headline("", first.metric) if first.metric else ""
    findings = dict.fromkeys([first.headline, *(section.headline.removeprefix(prefix) for section in others)])
    # The rows with the most columns include those of the others.
    widest = max(group, key=lambda section: section.rows.width)
    notes = tuple(dict.fromkeys(note for section in group for note in section.notes))
    return replace(widest, headline=_("；").join(findings), subtitle=first.subtitle, notes=notes)
