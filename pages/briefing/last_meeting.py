"""Reads the values at the last meeting: from the version it was shown, or from its decisions if that is gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from pages.briefing.section import PreviousValue, Section
from pages.meeting import decisions, shows, store
from sql import warehouse
from sql.errors import LinliError
from sql.files.columns import AREA_DIMENSIONS
from sql.security import disclosure
from sql.semantic.metrics import metric
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.warehouse import Version

# A metric's name and an area's code.
_MetricArea = tuple[str, str | None]


def previous_values(
    scope: Scope, sections: Iterable[Section], playlist: str | None = None
) -> dict[_MetricArea, PreviousValue]:
    """Returns the value at the last meeting before today, by metric and area, for all numbers in the sections.

    The meeting is the last of that playlist, or of any if it is None. Omits numbers without a value then; empty if
    there was no meeting.
    """
    if not store.path().is_file():
        return {}
    pairs = {pair for section in sections for pair in _metric_areas(section)}
    previous = {
        pair: PreviousValue(*value_and_day)
        for pair, value_and_day in decisions.values_before(date.today(), playlist).items()
        if not (scope.version.is_rounded and _counts_people(pair, scope.version))
    }
    # The meeting of an unrelated area does not count.
    show = shows.last_before(date.today(), {None, *(area.code for area in scope.path)}, playlist)
    if show and (version := _version(scope.version, show.began_in)):
        period = Period.parse(show.period, version.data_month)
        previous |= {
            pair: PreviousValue(value, show.started_at.date())
            for pair in pairs
            if (value := _value(pair, version, period)) is not None
        }
    return {pair: value for pair, value in previous.items() if pair in pairs}


def _metric_areas(section: Section) -> list[_MetricArea]:
    if section.readings:
        return [(read.metric.name, read.scope.area_code) for read in section.readings if not read.scope.where]
    if section.metric is None or section.scope.where or section.kind != "bars" or section.by[0] not in AREA_DIMENSIONS:
        return []
    codes = section.rows["code" if "code" in section.rows.columns else section.by[0]]
    return [(section.metric.name, code) for code in codes]


def _version(current: Version, name: str | None) -> Version | None:
    """Returns the version of that name with the restrictions and rounding of the current one; None if it is gone."""
    path = current.path.with_name(f"{name}.duckdb")
    return replace(current, name=path.stem, path=path, is_frozen=False) if name and warehouse.is_intact(path) else None


def _counts_people(metric_area: _MetricArea, version: Version) -> bool:
    """Returns whether the exact value saved with a decision counts people; True if that is unknown."""
    try:
        return bool(disclosure.people_columns(metric(metric_area[0], version).file))
    except LinliError:
        return True


def _value(metric_area: _MetricArea, version: Version, period: Period) -> float | None:
    name, code = metric_area
    try:
        return metric(name, version).value(Scope(version, code, period))
    except LinliError:
        # The metric or the area did not exist at that meeting.
        return None
