"""Every kind of slide that is declared can be saved, shown, edited and handed out."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.cli import briefing
from pages.briefing.from_playlist import build_playlist_briefing
from pages.briefing.section import plain
from pages.meeting import playlist, shows
from pages.meeting.playlist import Playlist
from pages.meeting.slide_kinds import KINDS
from pages.meeting.slides import Slide
from pages.ui.i18n.collect_texts import collect
from pages.ui.kit.panels import captured_panels
from sql.semantic.periods import Period
from tests.helpers.warehouse.world import record_nothing

CITY = "621000"
# One slide of every kind. A kind that is declared and missing here fails the first test. A briefing has one section for
# each metric and dimension, so a new kind takes a metric or dimension that no slide here has.
SLIDES = {
    "numbers": Slide("numbers", ("workers", "staffing_ratio")),
    "ranking": Slide("ranking", ("staffing_ratio",)),
    "trend": Slide("trend", ("workers",)),
    "map": Slide("map", ("staffing_ratio",)),
    "bars": Slide("bars", ("workers",), by="post"),
    "decisions": Slide("decisions"),
    "alerts": Slide("alerts"),
}


@pytest.fixture(autouse=True)
def meetings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns an empty folder of playlists."""
    monkeypatch.setenv("LINLI_MEETINGS", str(tmp_path / "meetings"))
    return tmp_path / "meetings"


def test_every_kind_is_tried():
    assert list(SLIDES) == list(KINDS), "add a slide of the kind to SLIDES, in the same place"
    assert all(slide.kind == kind for kind, slide in SLIDES.items())


@pytest.mark.parametrize("kind", KINDS)
def test_it_takes_the_metrics_it_says_and_no_others(kind):
    fewest, most = KINDS[kind].metric_counts
    assert fewest <= len(SLIDES[kind].metrics) <= most
    playlist.save(Playlist("tried", "试", (SLIDES[kind],)), record_nothing)
    assert playlist.load("tried").slides == (SLIDES[kind],)


@pytest.mark.parametrize("kind", KINDS)
def test_a_briefing_contains_what_the_screen_shows(kind, app, demo):
    tried = Playlist("tried", "试", (SLIDES[kind],))
    playlist.save(tried, record_nothing)
    screen = app("meeting", show=shows.start("tried", CITY, "2026", record_nothing), kiosk="1")
    assert not screen.exception, screen.exception
    shown = [panel.title for panel in screen.session_state[captured_panels._PANELS].values()]
    written = build_playlist_briefing(tried, demo, Period.parse("2026", demo.data_month), CITY)
    if KINDS[kind].has_decisions:
        # Nothing has been decided yet.
        assert shown == [] and list(written.sections) == []
        return
    (section,) = written.sections
    assert section.readings or section.rows.height > 1
    # Cards have no headline of their own on the screen.
    assert kind == "numbers" or section.headline.endswith(plain(shown[0])), (section.headline, shown)


@pytest.mark.parametrize("ending", ["pptx", "docx", "xlsx"])
def test_a_meeting_of_every_kind_is_written_by_the_command_line(ending, demo_folder, tmp_path):
    playlist.save(Playlist("tried", "试", tuple(SLIDES.values())), record_nothing)
    out = tmp_path / f"tried.{ending}"
    # Decisions are none yet, and map and ranking of one metric are one section.
    assert (
        briefing.write("tried", out, CITY, "2026", "zh", demo_folder) >= len(KINDS) - 2 and out.stat().st_size > 5_000
    )


def test_every_kind_has_a_title_in_both_languages():
    assert {kind.title() for kind in KINDS.values()} <= set(collect())
