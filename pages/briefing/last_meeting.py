"""What numbers were at the last meeting: read in the version that it was shown, and where that is gone, as it
decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from pages.briefing.section import PreviousValue, Section
from pages.meeting import decisions, shows, store
from sql import warehouse
from sql.errors import LinliError
from sql.security import disclosure
from sql.semantic.files.dimensions import AREA_DIMENSIONS
from sql.semantic.metrics import metric
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.warehouse import Version

_Asked = tuple[str, str | None]


def previous_values(
    scope: Scope, sections: Iterable[Section], playlist: str | None = None
) -> dict[_Asked, PreviousValue]:
    """By metric and area, for all that the sections tell, the value at the last meeting before today.

    Of that playlist, else of any. What was not counted then is left out; empty where nobody has met.
    """
    if not store.path().is_file():
        return {}
    asked = {pair for section in sections for pair in _asked(section)}
    found = {
        pair: PreviousValue(*then)
        for pair, then in decisions.values_before(date.today(), playlist).items()
        if not (scope.version.is_rounded and _counts_people(pair, scope.version))
    }
    # One of another area is none of theirs.
    show = shows.last_before(date.today(), {None, *(area.code for area in scope.path)}, playlist)
    if show and (version := _version(scope.version, show.began_in)):
        period = Period.parse(show.period, version.data_month)
        found |= {
            pair: PreviousValue(value, show.started_at.date())
            for pair in asked
            if (value := _value(pair, version, period)) is not None
        }
    return {pair: then for pair, then in found.items() if pair in asked}


def _asked(section: Section) -> list[_Asked]:
    if section.readings:
        return [(read.metric.name, read.scope.area_code) for read in section.readings if not read.scope.where]
    if section.metric is None or section.scope.where or section.kind != "bars" or section.by[0] not in AREA_DIMENSIONS:
        return []
    codes = section.rows["code" if "code" in section.rows.columns else section.by[0]]
    return [(section.metric.name, code) for code in codes]


def _version(now: Version, name: str | None) -> Version | None:
    """Returns the version of that name as the one now is seen, as much of it and as exactly; None where it is gone."""
    path = now.path.with_name(f"{name}.duckdb")
    return replace(now, name=path.stem, path=path, is_frozen=False) if name and warehouse.is_intact(path) else None


def _counts_people(asked: _Asked, version: Version) -> bool:
    """Returns true where a decision has kept an exact number that counts people, or may."""
    try:
        return bool(disclosure.people_columns(metric(asked[0], version).file))
    except LinliError:
        return True


def _value(asked: _Asked, version: Version, period: Period) -> float | None:
    name, code = asked
    try:
        return metric(name, version).value(Scope(version, code, period))
    except LinliError:
        # The metric or the area is younger than that meeting.
        return None
