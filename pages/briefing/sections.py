"""From what a page showed, or a playlist names, to sections: which chart shows the rows, and what the finding is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

import polars as pl
import polars.selectors as cs

from pages.briefing.section import Annotations, Kind, Section, plain
from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.kit import completeness, panels
from pages.ui.kit.captured_panels import CapturedPanel
from pages.ui.kit.tables.columns import Columns, as_column
from sql.semantic.files.dimensions import AREA_DIMENSIONS, TIME_DIMENSIONS
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope

# Days on which nothing happened have no row: a line would lead across them.
_NO_CHART = ("day",)


def build_sections(pieces: Iterable[CapturedPanel], sentence: str, annotations: Annotations) -> list[Section]:
    """The sections of a page, in its order; the page's own sentence is the finding of its cards.

    Two pictures of the same rows, as a map and a ranking, are one section with both findings.
    """
    return merge_sections([section for piece in pieces if (section := _section(piece, sentence, annotations))])


def chart_kind(rows: pl.DataFrame, by: tuple[str, ...]) -> Kind:
    """The chart for rows by these dimensions: a line over time, bars of one dimension, else a table alone."""
    if not by or rows.is_empty() or not set(by) <= {*rows.columns} | _areas_renamed(rows):
        return "none"
    if "value" in rows.columns:
        if by[-1] in TIME_DIMENSIONS and len(by) <= 2:
            return "line"
        return "bars" if len(by) == 1 and by[0] not in _NO_CHART else "none"
    return "bars" if len(by) == 1 and len(value_columns(rows, by)) == 2 and by[0] not in TIME_DIMENSIONS else "none"


def full_headline(finding: str, metric: Metric | None, area: str = "") -> str:
    """A finding that is understood by itself: with the metric it tells of, and the area where it is not the
    briefing's."""
    if metric is None:
        return plain(finding)
    what = f"{area} {texts.of(metric.short_title)}".strip()
    return _("{what}：{finding}").format(what=what, finding=plain(finding))


def value_columns(rows: pl.DataFrame, by: tuple[str, ...]) -> list[str]:
    """The columns of rows that set two metrics side by side."""
    return [name for name, dtype in rows.schema.items() if dtype == pl.Float64 and name not in by]


def _areas_renamed(rows: pl.DataFrame) -> set[str]:
    """Maps call the areas' codes `code`, whatever their level is."""
    return {*AREA_DIMENSIONS, "grid"} if "code" in rows.columns else set()


def _section(piece: CapturedPanel, sentence: str, annotations: Annotations) -> Section | None:
    if piece.readings:
        incomplete = [
            f"{texts.of(read.metric.short_title)}：{note}"
            for read in piece.readings
            if (note := completeness.note(read.scope, read.metric))
        ]
        title = plain(piece.title) if piece.title else plain(sentence)
        notes = (
            *map(plain, incomplete),
            *annotation_lines(piece.scope, [read.metric for read in piece.readings], annotations),
        )
        return Section(title, "", pl.DataFrame(), "numbers", piece.scope, readings=piece.readings, notes=notes)
    if piece.rows is None or piece.rows.is_empty():
        return None
    # DuckDB counts literals such as 100.0 in decimals.
    rows = piece.rows.with_columns(cs.decimal().cast(pl.Float64))
    metrics = [piece.metric] if piece.metric else []
    notes = tuple(
        plain(completeness.note(piece.scope, metric)) for metric in metrics if completeness.note(piece.scope, metric)
    )
    return Section(
        full_headline(piece.title, piece.metric),
        _without_hints(plain(piece.subtitle)),
        rows,
        chart_kind(rows, piece.by),
        piece.scope,
        piece.metric,
        piece.by,
        headers=_headers(piece.columns),
        notes=notes + annotation_lines(piece.scope, metrics, annotations),
    )


def _without_hints(subtitle: str) -> str:
    """A picture's subtitle without what only the page has: where to click, and the shade that a native chart lacks."""
    return panels.remove_parts(subtitle, {*panels.click_hints(), _("浅色带为通常的起伏（XmR 控制限），◇ 为信号")})


def annotation_lines(scope: Scope, metrics: list[Metric], annotations: Annotations) -> tuple[str, ...]:
    """What analysts noted on the metrics here: 2026-05-12 …."""
    return tuple(
        dict.fromkeys(
            _("注 {date}：{text}").format(date=day, text=plain(text))
            for metric in metrics
            for day, text in annotations(metric.name, scope)
        )
    )


def _headers(columns: Columns | None) -> dict[str, str]:
    """The headers of a table's columns."""
    return {name: plain(as_column(column).header) for name, column in (columns or {}).items()}


def merge_sections(sections: list[Section]) -> list[Section]:
    """Neighbours or not, sections of the same metric by the same dimension and area become the first of them."""

    def shows(section: Section) -> tuple:
        if section.metric is None or section.kind == "none":
            return (id(section),)
        return (section.metric.name, section.by, section.scope)

    order: dict[tuple, int] = {}
    for place, section in enumerate(sections):
        order.setdefault(shows(section), place)
    ordered = sorted(sections, key=lambda section: order[shows(section)])
    return [_one(list(group)) for _same, group in groupby(ordered, shows)]


def _one(group: list[Section]) -> Section:
    first, *others = group
    # The metric's name stands before the first finding alone.
    begin = full_headline("", first.metric) if first.metric else ""
    findings = dict.fromkeys([first.headline, *(each.headline.removeprefix(begin) for each in others)])
    # Rows with more columns say the same and more.
    widest = max(group, key=lambda section: section.rows.width)
    notes = tuple(dict.fromkeys(note for each in group for note in each.notes))
    return replace(widest, headline=_("；").join(findings), subtitle=first.subtitle, notes=notes)
