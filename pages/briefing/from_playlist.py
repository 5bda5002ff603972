"""A playlist's slides as sections, without a browser: the same rows and findings as on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from pages.briefing import last_meeting
from pages.briefing.briefing import annotations_on, build_briefing
from pages.briefing.section import Briefing, Section
from pages.briefing.sections import build_sections, chart_kind, full_headline, merge_sections
from pages.briefing.tables import sort_rows
from pages.meeting import decisions, drawing
from pages.meeting.playlist import Playlist, Slide, expand_slides
from pages.ui.charts.bars import headline as bars_headline
from pages.ui.charts.ranking import headline as ranking_headline
from pages.ui.charts.trend import headline as trend_headline
from pages.ui.i18n import values
from pages.ui.i18n.names import area_name
from pages.ui.i18n.texts import _
from pages.ui.kit import panels
from pages.ui.kit.captured_panels import CapturedPanel
from pages.ui.maps import maps
from pages.ui.overview import alerts
from pages.ui.shell import page_scope
from sql.semantic.alerts import open_alerts
from sql.semantic.metrics import Metric, metric
from sql.semantic.periods import Period
from sql.semantic.readings import read_metric, with_status
from sql.semantic.scope import Scope
from sql.stats.signals import control_limits, with_chance
from sql.warehouse import Version


def build_playlist_briefing(playlist: Playlist, version: Version, period: Period, area: str | None) -> Briefing:
    """The briefing of a meeting. Raises AskError that names the slide whose metric or area is not there, and
    SqlFileError for a metric whose file is broken, before anything is written."""
    slides = expand_slides(playlist, version, period, area)
    scope = Scope(version, area, period)
    sections = merge_sections(
        [section for slide, page_scope in slides for section in _sections(slide, page_scope, scope)]
    )
    decided = None
    if any(slide.kind == "decisions" for slide, _scope in slides):
        rows = decisions.rows(playlist.key, version, date.today(), area)
        decided = drawing.display_rows(rows, scope) if not rows.is_empty() else None
    return build_briefing(
        scope, playlist.title, sections, decided, last_meeting.previous_values(scope, sections, playlist.key)
    )


def _sections(slide: Slide, scope: Scope, whole: Scope) -> Iterator[Section]:
    asked = [metric(name, scope.version) for name in slide.metrics]
    area = area_name(scope.area) if scope.area_code != whole.area_code else ""
    if slide.kind == "alerts":
        yield from _alerts(scope)
    elif slide.kind == "numbers" or (slide.kind in ("map", "ranking") and scope.child_level is None):
        yield from build_sections(
            [CapturedPanel("", "", None, scope, readings=tuple(read_metric(one, scope) for one in asked))],
            _stands(asked, scope),
            annotations_on,
        )
    elif slide.kind != "decisions":
        made = {"ranking": _ranking, "map": _map, "trend": _trend, "bars": _bars}[slide.kind](slide, scope, asked[0])
        for section in build_sections([made], "", annotations_on):
            yield replace(section, headline=full_headline(made.title, made.metric, area))


def _stands(asked: list[Metric], scope: Scope) -> str:
    """How many of the numbers miss their standard."""
    states = [read_metric(one, scope).status for one in asked]
    who, judged = area_name(scope.area), sum(state in ("on_target", "below") for state in states)
    if not judged:
        return _("{who}的 {count} 个数字").format(who=who, count=len(asked))
    below = states.count("below")
    if not below:
        return _("{who}：有标准的 {count} 项全部达标").format(who=who, count=judged)
    return _("{who}：有标准的 {count} 项中 {below} 项未达标").format(who=who, count=judged, below=below)


def _ranking(_slide: Slide, scope: Scope, asked: Metric) -> CapturedPanel:
    level = page_scope.level_below(scope)
    rows = with_chance(with_status(asked.rows(scope, by=level), asked), asked, asked.value(scope))
    return CapturedPanel(
        ranking_headline(level, rows, asked), panels.subtitle(asked, scope), rows, scope, asked, (level,)
    )


def _map(_slide: Slide, scope: Scope, asked: Metric) -> CapturedPanel:
    level = page_scope.level_below(scope)
    rows = with_status(asked.rows(scope, by=level), asked).rename({level: "code", f"{level}_name": "name"})
    return CapturedPanel(maps.headline(rows, asked), panels.subtitle(asked, scope), rows, scope, asked, (level,))


def _trend(_slide: Slide, scope: Scope, asked: Metric) -> CapturedPanel:
    months = scope.with_period(Period(scope.version.first_month, min(scope.period.last, scope.version.data_month)))
    rows = control_limits(asked.rows(months, by="month"), asked)
    return CapturedPanel(
        trend_headline(read_metric(asked, scope), rows), panels.subtitle(asked, scope), rows, months, asked, ("month",)
    )


def _bars(slide: Slide, scope: Scope, asked: Metric) -> CapturedPanel:
    divided, by = slide.dimension, (slide.dimension,)
    rows = asked.rows(scope, by=divided)
    if panels.is_disclosive(asked, divided, rows):
        rows = rows.clear()
    known = sort_rows(Section("", "", rows, chart_kind(rows, by), scope, asked, by))
    return CapturedPanel(
        bars_headline(known, asked, divided),
        panels.subtitle(asked, scope, values.name(divided)),
        rows,
        scope,
        asked,
        by,
    )


def _alerts(scope: Scope) -> Iterator[Section]:
    """What is open in the area and below it, the worst first."""
    found = open_alerts(scope)
    if not found:
        return
    rows = alerts.to_frame(found).select("what", "area_name", "message", "remedy")
    headers = {"what": _("事项"), "area_name": _("责任单位"), "message": _("情况"), "remedy": _("处理")}
    told = _("按数据截至 {date}，超出限度最多的在前").format(date=scope.version.data_date)
    yield Section(_("{count} 项预警").format(count=len(found)), told, rows, "none", scope, headers=headers)
