"""Builds a briefing from the panels of a page, or from the sections of a playlist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

import polars as pl

from pages.briefing import last_meeting
from pages.briefing.section import Briefing, Definition, PreviousValue, Section, plain
from pages.briefing.sections import build_sections
from pages.ui.i18n import data_date, texts
from pages.ui.i18n.names import area_name, whole_name
from pages.ui.i18n.texts import _
from pages.ui.kit.panels import explanations
from pages.ui.kit.panels.captured_panels import CapturedPanel
from sql import query
from sql.audit.log import Stamp
from sql.semantic.annotations import find_annotations
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope


def build_page_briefing(scope: Scope, title: str, headline: str, captured_panels: Iterable[CapturedPanel]) -> Briefing:
    """Builds the briefing of a page from its panels, with its title; `headline` is the page's own."""
    sections = build_sections(captured_panels, headline, annotations_on)
    return build_briefing(scope, title, sections, previous_values=last_meeting.previous_values(scope, sections))


def build_briefing(
    scope: Scope,
    title: str,
    sections: Iterable[Section],
    decisions: pl.DataFrame | None = None,
    previous_values: Mapping[tuple[str, str | None], PreviousValue] | None = None,
) -> Briefing:
    """Builds a briefing from sections and adds the definition of each metric, the sources and their data date."""
    sections = tuple(sections)
    version = scope.version
    remarks = [data_date.full_line(version), *data_date.remarks(version), _("版本 {name}").format(name=version.name)]
    if version.is_rounded:
        remarks.append(_("人数取整到 5 的倍数，比例由取整后的人数算出；离标准不到 5 人的不判断是否达标"))
    if version.is_demo:
        remarks.append(_("演示数据：人员、网格和区县以下边界为虚构，区县边界仅作示意"))
    if approvals := scope.map_approvals():
        remarks.append(_("审图号 {numbers}").format(numbers=texts.join_words(approvals)))
    return Briefing(
        plain(title),
        plain(whole_name(scope)),
        texts.period(scope.period),
        version.name,
        data_date.full_line(version),
        sections,
        tuple(_definition(metric, scope) for metric in metrics(sections)),
        _sources(scope),
        tuple(map(plain, remarks)),
        decisions,
        previous_values or {},
    )


def add_stamp(briefing: Briefing, stamp: Stamp) -> Briefing:
    """Returns the briefing with the stamp of its export, which also appears among the remarks."""
    return replace(briefing, stamp=stamp, remarks=(*briefing.remarks, plain(texts.of(stamp.caption))))


def metrics(sections: Iterable[Section]) -> list[Metric]:
    """Returns every metric in the sections once, in their order."""
    by_name: dict[str, Metric] = {}
    for section in sections:
        for metric in (*((section.metric,) if section.metric else ()), *(read.metric for read in section.readings)):
            by_name.setdefault(metric.name, metric)
    return list(by_name.values())


def annotations_on(name: str, scope: Scope) -> list[tuple[date, str]]:
    """Returns analysts' annotations of a metric in the area and the areas above it; those from above name their
    area."""
    return [
        (
            annotation.date,
            texts.of(annotation.text)
            if annotation.area.code == scope.area_code
            else f"{area_name(annotation.area)}：{texts.of(annotation.text)}",
        )
        for annotation in find_annotations(name, scope)
    ]


def _definition(metric: Metric, scope: Scope) -> Definition:
    standards = tuple(plain(standard) for standard in explanations.standards(metric, scope))
    return Definition(
        plain(texts.of(metric.title)),
        plain(texts.of(metric.note)),
        plain(explanations.formula(metric, scope)),
        standards,
        f"sql/{metric.file.path}",
    )


def _sources(scope: Scope) -> pl.DataFrame:
    """Returns the tables that the area's districts have sent: the number of districts, and whether any reuses an
    earlier submission."""
    rows = query("sources", scope.with_filters(), area=scope.area_code)
    return pl.DataFrame(
        {
            _("表"): [texts.table(name) for name in rows["table_name"]],
            _("地区数"): rows["districts"].cast(pl.Int64),
            _("沿用上次"): [_("是") if stale else _("否") for stale in rows["is_stale"]],
        },
        schema={_("表"): pl.String, _("地区数"): pl.Int64, _("沿用上次"): pl.String},
    )
