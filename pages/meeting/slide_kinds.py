"""Declares the kinds of slides: what each takes, how it is drawn, and what a briefing contains of it.

A new kind is one entry in `KINDS`: the editor, the check of playlists, the screen and the briefing follow from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pages.meeting.decision_panel import draw_decisions
from pages.meeting.slides import Slide
from pages.ui import charts
from pages.ui.charts.bars import headline as bars_headline
from pages.ui.charts.bars import sort_bars
from pages.ui.charts.ranking import headline as ranking_headline
from pages.ui.charts.trend import headline as trend_headline
from pages.ui.i18n import values
from pages.ui.i18n.names import area_name
from pages.ui.i18n.texts import _
from pages.ui.kit import cards, variation
from pages.ui.kit.panels import panels
from pages.ui.kit.panels.captured_panels import CapturedPanel
from pages.ui.maps import maps
from pages.ui.overview import alerts
from pages.ui.shell import page_scope
from sql import metric
from sql.semantic.metrics import Metric
from sql.semantic.readings import read_metric, with_status
from sql.semantic.scope import Scope
from sql.stats.signals import with_chance


@dataclass(frozen=True)
class SlideKind:
    """Declares a kind of slide.

    title: its name in the user's language. metric_counts: the minimum and maximum number of metrics. draw: draws a
    slide of this kind for the playlist with that key. capture: returns the panels that a briefing contains of it.
    has_dimension: its metric is divided by a dimension. has_decisions: it shows what the last meetings decided, which a
    briefing contains once.
    """

    title: Callable[[], str]
    metric_counts: tuple[int, int]
    draw: Callable[[Slide, Scope, str], None]
    capture: Callable[[Slide, Scope], list[CapturedPanel]]
    has_dimension: bool = False
    has_decisions: bool = False


def _metrics(slide: Slide, scope: Scope) -> list[Metric]:
    return [metric(name, scope.version) for name in slide.metrics]


def _draw_numbers(slide: Slide, scope: Scope, _playlist: str) -> None:
    cards.row(scope, *slide.metrics)


def _capture_numbers(slide: Slide, scope: Scope) -> list[CapturedPanel]:
    readings = tuple(read_metric(each, scope) for each in _metrics(slide, scope))
    states = [reading.status for reading in readings]
    area, judged_count = area_name(scope.area), sum(state in ("on_target", "below") for state in states)
    below_count = states.count("below")
    if not judged_count:
        title = _("{who}的 {count} 个数字").format(who=area, count=len(readings))
    elif not below_count:
        title = _("{who}：有标准的 {count} 项全部达标").format(who=area, count=judged_count)
    else:
        title = _("{who}：有标准的 {count} 项中 {below} 项未达标").format(
            who=area, count=judged_count, below=below_count
        )
    return [CapturedPanel(title, "", None, scope, readings=readings)]


def _draw_ranking(slide: Slide, scope: Scope, _playlist: str) -> None:
    charts.ranking(scope, _metrics(slide, scope)[0], key="slide")


def _capture_ranking(slide: Slide, scope: Scope) -> list[CapturedPanel]:
    if scope.child_level is None:
        return _capture_numbers(slide, scope)
    level, (ranked,) = page_scope.level_below(scope), _metrics(slide, scope)
    rows = with_chance(with_status(ranked.rows(scope, by=level), ranked), ranked, ranked.value(scope))
    title = ranking_headline(level, rows, ranked)
    return [CapturedPanel(title, panels.subtitle(ranked, scope), rows, scope, ranked, (level,))]


def _draw_map(slide: Slide, scope: Scope, _playlist: str) -> None:
    maps.by_area(scope, _metrics(slide, scope)[0], key="slide")


def _capture_map(slide: Slide, scope: Scope) -> list[CapturedPanel]:
    if scope.child_level is None:
        return _capture_numbers(slide, scope)
    level, (mapped,) = page_scope.level_below(scope), _metrics(slide, scope)
    rows = with_status(mapped.rows(scope, by=level), mapped).rename({level: "code", f"{level}_name": "name"})
    title = maps.headline(rows, mapped)
    return [CapturedPanel(title, panels.subtitle(mapped, scope), rows, scope, mapped, (level,))]


def _draw_trend(slide: Slide, scope: Scope, _playlist: str) -> None:
    charts.trend(scope, _metrics(slide, scope)[0], key="slide")


def _capture_trend(slide: Slide, scope: Scope) -> list[CapturedPanel]:
    (charted,) = _metrics(slide, scope)
    rows = variation.monthly_limits(scope, charted)
    title = trend_headline(read_metric(charted, scope), rows)
    months = variation.monthly_scope(scope)
    return [CapturedPanel(title, panels.subtitle(charted, scope), rows, months, charted, ("month",))]


def _draw_bars(slide: Slide, scope: Scope, _playlist: str) -> None:
    charts.bars(scope, _metrics(slide, scope)[0], by=slide.dimension, key="slide")


def _capture_bars(slide: Slide, scope: Scope) -> list[CapturedPanel]:
    (divided,), by = _metrics(slide, scope), slide.dimension
    rows = divided.rows(scope, by=by)
    if panels.is_disclosive(divided, by, rows):
        rows = rows.clear()
    title = bars_headline(sort_bars(rows, divided, by), divided, by, divided.value(scope))
    return [CapturedPanel(title, panels.subtitle(divided, scope, values.name(by)), rows, scope, divided, (by,))]


def _draw_decisions(_slide: Slide, scope: Scope, playlist: str) -> None:
    draw_decisions(scope, playlist)


def _draw_alerts(_slide: Slide, scope: Scope, _playlist: str) -> None:
    alerts.panel(scope, key="slide")


def _capture_alerts(_slide: Slide, scope: Scope) -> list[CapturedPanel]:
    return [alerts.capture(scope)]


KINDS = {
    "numbers": SlideKind(lambda: _("指标卡"), (1, 6), _draw_numbers, _capture_numbers),
    "ranking": SlideKind(lambda: _("排名"), (1, 1), _draw_ranking, _capture_ranking),
    "trend": SlideKind(lambda: _("趋势"), (1, 1), _draw_trend, _capture_trend),
    "map": SlideKind(lambda: _("地图"), (1, 1), _draw_map, _capture_map),
    "bars": SlideKind(lambda: _("构成"), (1, 1), _draw_bars, _capture_bars, has_dimension=True),
    "decisions": SlideKind(
        lambda: _("上次定的事"), (0, 0), _draw_decisions, lambda _slide, _scope: [], has_decisions=True
    ),
    "alerts": SlideKind(lambda: _("需要关注"), (0, 0), _draw_alerts, _capture_alerts),
}
