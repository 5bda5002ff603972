"""A briefing put together: from a page as it stands, or from a playlist without a browser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

import polars as pl

from pages.briefing import last_meeting
from pages.briefing.section import Briefing, Definition, PreviousValue, Section, plain
from pages.briefing.sections import build_sections
from pages.ui.i18n import texts
from pages.ui.i18n.names import area_name, whole_name
from pages.ui.i18n.texts import _
from pages.ui.kit import explanations
from pages.ui.kit.captured_panels import CapturedPanel
from sql import query
from sql.audit.log import Stamp
from sql.semantic.annotations import find_annotations
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope


def build_page_briefing(scope: Scope, title: str, sentence: str, pieces: Iterable[CapturedPanel]) -> Briefing:
    """What a page shows, under its title; `sentence` is its own finding."""
    sections = build_sections(pieces, sentence, annotations_on)
    return build_briefing(scope, title, sections, earlier=last_meeting.previous_values(scope, sections))


def build_briefing(
    scope: Scope,
    title: str,
    sections: Iterable[Section],
    decisions: pl.DataFrame | None = None,
    earlier: Mapping[tuple[str, str | None], PreviousValue] | None = None,
) -> Briefing:
    """Sections with what explains them: a definition of each metric, the sources and how far they reach."""
    sections = tuple(sections)
    version = scope.version
    remarks = [_("数据截至 {date}").format(date=version.data_date), _("版本 {name}").format(name=version.name)]
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
        version.data_date,
        sections,
        tuple(_definition(one, scope) for one in metrics(sections)),
        _sources(scope),
        tuple(map(plain, remarks)),
        decisions,
        earlier or {},
    )


def add_stamp(made: Briefing, stamp: Stamp) -> Briefing:
    """The briefing as somebody takes it away, which it says beside its data date."""
    return replace(made, stamp=stamp, remarks=(*made.remarks, plain(texts.of(stamp.caption))))


def metrics(sections: Iterable[Section]) -> list[Metric]:
    """Every metric that the sections tell, each once, in their order."""
    found: dict[str, Metric] = {}
    for section in sections:
        for one in (*((section.metric,) if section.metric else ()), *(read.metric for read in section.readings)):
            found.setdefault(one.name, one)
    return list(found.values())


def annotations_on(name: str, scope: Scope) -> list[tuple[date, str]]:
    """What analysts noted on a metric, in the area and in those above it, with the name where it is another's."""
    return [
        (
            note.date,
            texts.of(note.text)
            if note.area.code == scope.area_code
            else f"{area_name(note.area)}：{texts.of(note.text)}",
        )
        for note in find_annotations(name, scope)
    ]


def _definition(one: Metric, scope: Scope) -> Definition:
    standards = tuple(plain(standard) for standard in explanations.standards(one, scope))
    return Definition(
        plain(texts.of(one.title)),
        plain(texts.of(one.note)),
        plain(explanations.formula(one, scope)),
        standards,
        f"sql/{one.file.path}",
    )


def _sources(scope: Scope) -> pl.DataFrame:
    """The tables that the area's districts have sent: by how many, when the last was loaded, whether one is an old
    one."""
    rows = query("sources", scope.with_filters(), area=scope.area_code)
    return pl.DataFrame(
        {
            _("表"): [texts.table(name) for name in rows["table_name"]],
            _("地区数"): rows["districts"].cast(pl.Int64),
            _("沿用上次"): [_("是") if stale else _("否") for stale in rows["is_stale"]],
        },
        schema={_("表"): pl.String, _("地区数"): pl.Int64, _("沿用上次"): pl.String},
    )
