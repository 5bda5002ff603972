"""Builds the briefing of a playlist without a browser, with the same rows and headlines as on the screen."""

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
    """Builds the briefing of a playlist.

    Raises InputError, naming the slide, if its metric or area does not exist, and SqlFileError for a metric whose file
    is broken, before anything is written.
    """
    slides = expand_slides(playlist, version, period, area)
    scope = Scope(version, area, period)
    sections = merge_sections(
        [section for slide, page_scope in slides for section in _sections(slide, page_scope, scope)]
    )
    decision_rows = None
    if any(slide.kind == "decisions" for slide, _scope in slides):
        rows = decisions.rows(playlist.key, version, date.today(), area)
        decision_rows = drawing.display_rows(rows, scope) if not rows.is_empty() else None
    return build_briefing(
        scope, playlist.title, sections, decision_rows, last_meeting.previous_values(scope, sections, playlist.key)
    )


def _sections(slide: Slide, scope: Scope, meeting_scope: Scope) -> Iterator[Section]:
    metrics = [metric(name, scope.version) for name in slide.metrics]
    area = area_name(scope.area) if scope.area_code != meeting_scope.area_code else ""
    if slide.kind == "alerts":
        yield from _alerts(scope)
    elif slide.kind == "numbers" or (slide.kind in ("map", "ranking") and scope.child_level is None):
        yield from build_sections(
            [CapturedPanel("", "", None, scope, readings=tuple(read_metric(each, scope) for each in metrics))],
            _standards_headline(metrics, scope),
            annotations_on,
        )
    elif slide.kind != "decisions":
        build = {"ranking": _ranking, "map": _map, "trend": _trend, "bars": _bars}[slide.kind]
        panel = build(slide, scope, metrics[0])
        for section in build_sections([panel], "", annotations_on):
            yield replace(section, headline=full_headline(panel.title, panel.metric, area))


def _standards_headline(metrics: list[Metric], scope: Scope) -> str:
    """Returns a headline that counts the metrics that miss their standard."""
    states = [read_metric(each, scope).status for each in metrics]
    area, judged_count = area_name(scope.area), sum(state in ("on_target", "below") for state in states)
    if not judged_count:
        return _("{who}的 {count} 个数字").format(who=area, count=len(metrics))
    below_count = states.count("below")
    if not below_count:
        return _("{who}：有标准的 {count} 项全部达标").format(who=area, count=judged_count)
    return _("{who}：有标准的 {count} 项中 {below} 项未达标").format(who=area, count=judged_count, below=below_count)


def _ranking(_slide: Slide, scope: Scope, metric: Metric) -> CapturedPanel:
    level = page_scope.level_below(scope)
    rows = with_chance(with_status(metric.rows(scope, by=level), metric), metric, metric.value(scope))
    return CapturedPanel(
        ranking_headline(level, rows, metric), panels.subtitle(metric, scope), rows, scope, metric, (level,)
    )


def _map(_slide: Slide, scope: Scope, metric: Metric) -> CapturedPanel:
    level = page_scope.level_below(scope)
    rows = with_status(metric.rows(scope, by=level), metric).rename({level: "code", f"{level}_name": "name"})
    return CapturedPanel(maps.headline(rows, metric), panels.subtitle(metric, scope), rows, scope, metric, (level,))


def _trend(_slide: Slide, scope: Scope, metric: Metric) -> CapturedPanel:
    months = scope.with_period(Period(scope.version.first_month, min(scope.period.last, scope.version.data_month)))
    rows = control_limits(metric.rows(months, by="month"), metric)
    return CapturedPanel(
        trend_headline(read_metric(metric, scope), rows),
        panels.subtitle(metric, scope),
        rows,
        months,
        metric,
        ("month",),
    )


def _bars(slide: Slide, scope: Scope, metric: Metric) -> CapturedPanel:
    dimension, by = slide.dimension, (slide.dimension,)
    rows = metric.rows(scope, by=dimension)
    if panels.is_disclosive(metric, dimension, rows):
        rows = rows.clear()
    sorted_rows = sort_rows(Section("", "", rows, chart_kind(rows, by), scope, metric, by))
    return CapturedPanel(
        bars_headline(sorted_rows, metric, dimension),
        panels.subtitle(metric, scope, values.name(dimension)),
        rows,
        scope,
        metric,
        by,
    )


def _alerts(scope: Scope) -> Iterator[Section]:
    """Yields a section of the open alerts in the area and below it, the worst first, if there are any."""
    area_alerts = open_alerts(scope)
    if not area_alerts:
        return
    rows = alerts.to_frame(area_alerts).select("what", "area_name", "message", "remedy")
    headers = {"what": _("事项"), "area_name": _("责任单位"), "message": _("情况"), "remedy": _("处理")}
    subtitle = _("按数据截至 {date}，超出限度最多的在前").format(date=scope.version.data_date)
    yield Section(_("{count} 项预警").format(count=len(area_alerts)), subtitle, rows, "none", scope, headers=headers)
