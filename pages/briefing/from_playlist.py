"""Builds the briefing of a playlist without a browser, with the same rows and headlines as on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from pages.briefing import last_meeting
from pages.briefing.briefing import annotations_on, build_briefing
from pages.briefing.section import Briefing, Section
from pages.briefing.sections import build_sections, full_headline, merge_sections
from pages.meeting import decision_panel, decisions
from pages.meeting.playlist import Playlist, expand_slides
from pages.meeting.slide_kinds import KINDS
from pages.meeting.slides import Slide
from pages.ui.i18n.names import area_name
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
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
    if any(KINDS[slide.kind].has_decisions for slide, _scope in slides):
        rows = decisions.rows(playlist.key, version, date.today(), area)
        decision_rows = decision_panel.display_rows(rows, scope) if not rows.is_empty() else None
    return build_briefing(
        scope, playlist.title, sections, decision_rows, last_meeting.previous_values(scope, sections, playlist.key)
    )


def _sections(slide: Slide, scope: Scope, meeting_scope: Scope) -> Iterator[Section]:
    area = area_name(scope.area) if scope.area_code != meeting_scope.area_code else ""
    for panel in KINDS[slide.kind].capture(slide, scope):
        for section in build_sections([panel], "", annotations_on):
            yield replace(section, headline=full_headline(panel.title, panel.metric, area))
