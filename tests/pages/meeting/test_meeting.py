"""Playlists, shows and decisions: the contents of their files, refusals, and the later value of a number decided on."""

from __future__ import annotations

import re
import shutil
import sqlite3
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from etl.build import versions
from etl.build.build import build
from pages.meeting import decisions, playlist, shows, store
from pages.meeting.playlist import Playlist
from pages.meeting.slides import Slide
from sql import metric, warehouse
from sql.audit.log import AuditError
from sql.errors import InputError, WarehouseError
from sql.files.sql_file import SQL_FOLDER
from sql.paths import PROJECT
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from tests.helpers.warehouse.world import (
    CITY,
    COUNTY,
    EAST,
    OTHER_COUNTY,
    SOUTH,
    build_version,
    population,
    record_nothing,
    scope,
    workers,
)

MONTHLY = PROJECT / "data" / "meetings" / "monthly.toml"
TODAY = date(2026, 7, 2)


@pytest.fixture(autouse=True)
def meetings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns a separate folder of playlists, with the one that ships with the product."""
    monkeypatch.setenv("LINLI_MEETINGS", str(tmp_path / "meetings"))
    (tmp_path / "meetings").mkdir()
    shutil.copy(MONTHLY, tmp_path / "meetings")
    return tmp_path / "meetings"


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory):
    """Publishes two counties: 30 workers for 10,000 residents in the one, 5 in the other."""
    return build_version(
        tmp_path_factory.mktemp("year"),
        "2026-06-30",
        workers=[*workers(30, EAST), *workers(5, SOUTH)],
        population=[population(EAST, "2026-01-31", 10_000), population(SOUTH, "2026-01-31", 10_000)],
    )


def test_the_playlist_that_ships_with_the_product_is_shown(demo):
    played = playlist.load("monthly")
    slides = playlist.expand_slides(played, demo, Period.parse("2026", demo.data_month), "621000")
    # Nine sections, one of them for each of eight counties, the one with the fewest workers first.
    assert len(slides) == 16 and len(played.slides) == 9
    trends = [at.area.name for slide, at in slides if slide.kind == "trend" and slide.each]
    assert trends[0] == "环县" and trends[-1] == "华池县"


def test_one_slide_per_sub_area_begins_with_the_worst(year):
    at = Period.parse("2026", year.data_month)
    worst = {
        name: [
            at.area_code
            for _slide, at in playlist.expand_slides(
                Playlist("m", "m", (Slide("trend", (name,), each=True),)), year, at, CITY
            )
        ]
        for name in ("staffing_ratio", "staffing_gap", "staffing_workers")
    }
    # 5 in 10,000 miss the standard of 18, 30 meet it; for a gap, larger is worse. Without a standard the value alone
    # decides.
    assert worst == {name: [OTHER_COUNTY, COUNTY] for name in worst}


def test_a_saved_playlist_is_loaded_unchanged(meetings):
    slides = (
        Slide("numbers", ("workers", "grids")),
        Slide("bars", ("workers",), by="post", area=CITY, seconds=7, note="“引号”\n= 1"),
        Slide("map", ("staffing_ratio",), each=True),
        Slide("decisions"),
    )
    playlist.save(Playlist("季度会", "第三季度", slides), record_nothing)
    assert playlist.load("季度会") == Playlist("季度会", "第三季度", slides)
    assert playlist.keys(None) == ["monthly", "季度会"]
    assert sorted(path.name for path in meetings.iterdir()) == ["monthly.toml", "季度会.toml"]


WRONG = {
    'title = "x"': ("slides", 0),
    '[[slides]]\nkind = "pie"': ("kind", 1),
    '[[slides]]\nkind = "trend"': ("metrics", 1),
    '[[slides]]\nkind = "trend"\nmetrics = "workers"': ("metrics", 1),
    '[[slides]]\nkind = "decisions"\n[[slides]]\nkind = "trend"\nmetrics = ["a", "b"]': ("metrics", 2),
    '[[slides]]\nkind = "bars"\nmetrics = ["workers"]': ("by", 1),
    '[[slides]]\nkind = "trend"\nmetrics = ["workers"]\nby = "post"': ("by", 1),
    '[[slides]]\nkind = "decisions"\nseconds = 1': ("seconds", 1),
    '[[slides]]\nkind = "decisions"\nseconds = "10"': ("seconds", 1),
    '[[slides]]\nkind = "decisions"\neach = true': ("each", 1),
    '[[slides]]\nkind = "decisions"\ncolour = "red"': ("colour", 1),
    "slides = [1]": ("slides", 1),
    'area = "621002"\n[[slides]]\nkind = "decisions"': ("area", 0),
    'title = 7\n[[slides]]\nkind = "decisions"': ("title", 0),
    '[[slides]]\nkind = "decisions"\nnote = "\\u202e"': ("note", 1),
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_file_is_reported_with_its_slide_and_key(meetings, text):
    (meetings / "wrong.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        playlist.load("wrong")
    key, place = WRONG[text]
    assert f"wrong.toml, slide {place}, {key}: " in refused.value.en
    assert f"wrong.toml 第 {place} 张幻灯片，{key}：" in refused.value.zh


@pytest.mark.parametrize(
    "slide",
    [
        Slide("trend", ("no_such_metric",)),
        Slide("trend", ("workers",), area="999999"),
        Slide("bars", ("workers",), by="weekday"),
    ],
)
def test_unknown_names_are_reported_before_anything_is_shown(year, slide):
    with pytest.raises(InputError, match=r"slide 2, (metrics|area|by)"):
        playlist.expand_slides(
            Playlist("m", "m", (Slide("decisions"), slide)), year, Period.parse("2026", year.data_month), CITY
        )


def test_a_playlist_of_an_area_has_a_file_of_its_own(meetings):
    slides = (Slide("decisions"),)
    for area in (None, COUNTY, OTHER_COUNTY):
        playlist.save(Playlist("weekly", f"周会 {area}", slides, area), record_nothing)
    found = {key: playlist.load(key) for key in ("weekly", f"weekly@{COUNTY}", f"weekly@{OTHER_COUNTY}")}
    assert [(key, played.key, played.area, played.title) for key, played in found.items()] == [
        (key, key, area, f"周会 {area}") for key, area in zip(found, (None, COUNTY, OTHER_COUNTY), strict=True)
    ]
    assert playlist.keys(None) == ["monthly", "weekly"] and playlist.keys(COUNTY) == [f"weekly@{COUNTY}"]
    # The names of other areas' playlists are not revealed in the error.
    with pytest.raises(InputError) as refused:
        playlist.load(f"nothing@{COUNTY}")
    assert f"weekly@{COUNTY}" in refused.value.zh and OTHER_COUNTY not in refused.value.zh


def test_an_areas_own_playlists_come_first_and_those_above_after(year, meetings):
    for key in (f"b@{COUNTY}", f"a@{COUNTY}", f"c@{CITY}", f"d@{OTHER_COUNTY}"):
        shutil.copy(MONTHLY, meetings / f"{key}.toml")
    assert playlist.choices(scope(year, "2026", COUNTY)) == [f"a@{COUNTY}", f"b@{COUNTY}", f"c@{CITY}", "monthly"]
    own = year.restrict_to(COUNTY)
    assert playlist.choices(Scope(own, COUNTY, Period.parse("2026", own.data_month))) == playlist.choices(
        scope(year, "2026", COUNTY)
    )
    assert playlist.choices(scope(year, "2026")) == ["monthly"]


@pytest.mark.parametrize("title", ["两\n行", "两\u2028行", "\x1b[2J", "\u200b", "\ufeff"])
def test_a_title_is_one_line_of_visible_characters(meetings, title):
    with pytest.raises(InputError, match=r"U\+"):
        playlist.save(Playlist("weekly", title, (Slide("decisions"),)), record_nothing)
    assert [path.name for path in meetings.iterdir()] == ["monthly.toml"]


def test_speaker_notes_may_have_lines(meetings):
    slides = (Slide("decisions", note="一\n二"),)
    playlist.save(Playlist("weekly", "周会", slides), record_nothing)
    assert playlist.load("weekly").slides == slides


def _refused() -> None:
    raise AuditError("审计", "audit")


def test_a_decision_that_cannot_be_recorded_is_not_saved(year, meetings):
    code, before = shows.start("monthly", CITY, "2026", record_nothing), store.change_count()
    decided(year)
    (number,) = decisions.rows("monthly", year, TODAY)["id"]
    (meetings / "own").mkdir()
    files, show = sorted(meetings.iterdir()), shows.find(code)
    for change in (
        lambda: shows.start("monthly", CITY, "2026", lambda _number: _refused(), year),
        lambda: shows.step(code, 1, 0, _refused),
        lambda: shows.pause(code, True, _refused),
        lambda: decisions.set_done_on(number, TODAY, _refused),
        lambda: playlist.save(Playlist("weekly", "周会", (Slide("decisions"),)), _refused),
        lambda: decisions.decide("monthly", "workers", scope(year, "2026", CITY), "做", "局", TODAY, TODAY, _refused),
    ):
        with pytest.raises(AuditError):
            change()
    assert shows.find(code) == show and store.change_count() == before + 1
    assert decisions.rows("monthly", year, TODAY)["state"].to_list() == ["open"]
    assert sorted(meetings.iterdir()) == files
    assert not list(year.path.parent.glob("*.pinned"))


@pytest.mark.parametrize("name", ["../secret", "", "a/b", "a.b", "x" * 65])
def test_a_name_is_no_path(name):
    with pytest.raises(InputError):
        playlist.load(name)
    with pytest.raises(InputError):
        playlist.save(Playlist(name, "t", (Slide("decisions"),)), record_nothing)


def test_screens_of_one_show_step_once(year):
    code = shows.start("monthly", CITY, "2026", record_nothing)
    show = shows.find(code)
    shows.step(code, 1, show.turn, record_nothing)
    # The second screen's timer ran out in the same moment.
    shows.step(code, 1, show.turn, record_nothing)
    assert (shows.find(code).position, shows.find(code).turn) == (1, 1)
    shows.step(code, -1, 1, record_nothing)
    shows.step(code, -1, 2, record_nothing)
    shows.pause(code, True, record_nothing)
    assert (shows.find(code).position, shows.find(code).is_paused) == (-1, True)
    # Before the first comes the last.
    assert shows.slide_index(shows.find(code), [None] * 16) == 15


def test_each_change_of_a_show_has_its_number(year):
    before = store.change_count()
    code = shows.start("monthly", CITY, "2026", record_nothing)
    started = store.change_count()
    assert started > before
    shows.find(code)
    assert store.change_count() == started
    shows.step(code, 1, 0, record_nothing)
    assert store.change_count() == started + 1


def test_an_unknown_code_is_reported():
    with pytest.raises(InputError, match="nosuchcd"):
        shows.find("nosuchcd")


def test_a_show_keeps_the_version_it_began_in_also_in_an_older_file(year, meetings):
    with sqlite3.connect(meetings / store.FILE) as connection:
        connection.executescript(
            "create table shows (code text primary key, playlist text not null, area_code text, period text not null, version text, "
            "position integer not null default 0, turn integer not null default 0, is_paused integer not null default 0, "
            "started_at text not null) strict; insert into shows (code, playlist, period, started_at) values "
            "('oldshow2', 'monthly', '2025', '2026-01-05 09:00:00');"
        )
    assert shows.find("oldshow2").began_in is None
    code = shows.start("monthly", CITY, "2025", record_nothing, year)
    assert (shows.find(code).began_in, shows.find(code).version) == (year.name, year.name)


def test_codes_cannot_be_guessed():
    codes = {shows.start("monthly", None, "2026", record_nothing) for _ in range(50)}
    assert len(codes) == 50 and all(re.fullmatch(r"[2-9a-hjkmnp-z]{8}", code) for code in codes)


def test_a_frozen_show_keeps_its_version_and_its_sql(tmp_path, monkeypatch):
    version = build_version(
        tmp_path, "2026-06-30", workers=workers(3, EAST), population=[population(EAST, "2026-01-31", 1000)]
    )
    frozen = warehouse.open_frozen(version.name, tmp_path / "warehouse")
    at = scope(version, "2026")
    edited = shutil.copytree(SQL_FOLDER, tmp_path / "sql")
    path = edited / "metrics" / "staffing" / "staffing_ratio.sql"
    path.write_text(path.read_text(encoding="utf-8").replace("10000.0 * sum", "20000.0 * sum"), encoding="utf-8")
    monkeypatch.setattr("sql.semantic.catalog.catalog.current_files.__defaults__", (edited,))
    assert metric("staffing_ratio", version).value(at) == 60
    assert metric("staffing_ratio", frozen).value(Scope(frozen, None, at.period)) == 30


def test_a_frozen_version_outlives_builds_of_the_day(tmp_path, monkeypatch):
    monkeypatch.setattr(versions, "MAX_VERSIONS", 1)
    monkeypatch.setenv("LINLI_WAREHOUSE", str(tmp_path / "warehouse"))
    version = build_version(tmp_path, "2026-06-30", workers=workers(3, EAST))
    code = shows.start("monthly", CITY, "2026", record_nothing, version)
    other = warehouse.current_version(tmp_path / "warehouse")
    for count in (4, 5):
        other = build_version(tmp_path, "2026-06-30", workers=workers(count, EAST))
    assert warehouse.version_names(tmp_path / "warehouse") == sorted([version.name, other.name])
    assert shows.version(shows.find(code)).name == version.name and shows.version(shows.find(code)).is_frozen
    # A day later nothing pins it any more.
    monkeypatch.setattr(versions, "_PINNED_SECONDS", 0)
    build(tmp_path / "source", tmp_path / "warehouse", date(2026, 6, 30))
    assert version.name not in warehouse.version_names(tmp_path / "warehouse")
    assert not list((tmp_path / "warehouse" / "versions").glob("*.pinned"))
    with pytest.raises(WarehouseError, match=version.name):
        warehouse.open_frozen(version.name)


def decided(version, name: str = "staffing_ratio", area: str = OTHER_COUNTY, due: str = "2026-08-01") -> None:
    decisions.decide(
        "monthly",
        name,
        scope(version, "2026", area),
        "招聘 20 人",
        "=cmd()",
        date.fromisoformat(due),
        TODAY,
        record_nothing,
    )


def test_the_next_meeting_sees_changes_and_overdue_decisions(year, tmp_path):
    decided(year)
    decided(year, "workers", COUNTY, "2026-07-02")
    decided(year, "workers", EAST, "2026-09-01")
    later = build_version(
        tmp_path,
        "2026-08-31",
        workers=[*workers(30, EAST), *workers(9, SOUTH)],
        population=[population(EAST, "2026-01-31", 10_000), population(SOUTH, "2026-01-31", 10_000)],
    )
    rows = decisions.rows("monthly", later, date(2026, 8, 20), CITY)
    assert rows["state"].to_list() == ["overdue", "overdue", "open"]
    decisions_by_area = {
        row["area_code"]: (row["value"], row["value_now"], row["moved"], row["status_now"])
        for row in rows.iter_rows(named=True)
    }
    assert decisions_by_area == {
        OTHER_COUNTY: (5, 9, 4, "below"),
        COUNTY: (30, 30, 0, "none"),
        EAST: (30, 30, 0, "none"),
    }
    decisions.set_done_on(
        rows.filter(pl.col("area_code") == OTHER_COUNTY)["id"].item(), date(2026, 8, 20), record_nothing
    )
    rows = decisions.rows("monthly", later, date(2026, 8, 20), CITY)
    assert rows.select("area_code", "state").rows() == [(COUNTY, "overdue"), (EAST, "open"), (OTHER_COUNTY, "done")]
    # Another area's meeting, and another meeting, have their own.
    assert decisions.rows("monthly", later, TODAY, OTHER_COUNTY)["area_code"].to_list() == [OTHER_COUNTY]
    assert decisions.rows("weekly", later, TODAY, CITY).is_empty()


def test_a_decision_outlives_its_metric(year, meetings):
    decided(year)
    with store.transaction() as connection:
        connection.execute("update decisions set metric = 'gone_since'")
    row = decisions.rows("monthly", year, TODAY, CITY).row(0, named=True)
    assert (row["title_zh"], row["value"], row["value_now"], row["task"]) == ("gone_since", 5, None, "招聘 20 人")


@pytest.mark.parametrize(
    ("task", "owner", "due"),
    [
        ("做\u2028", "民政局", TODAY),
        ("做", "局\x1b", TODAY),
        (" ", "民政局", TODAY),
        ("做", "", TODAY),
        ("做", "民政局", date(2026, 7, 1)),
    ],
)
def test_a_decision_needs_an_action_a_person_and_a_date(year, task, owner, due):
    with pytest.raises(InputError):
        decisions.decide("monthly", "workers", scope(year, "2026", CITY), task, owner, due, TODAY, record_nothing)
    assert decisions.rows("monthly", year, TODAY, CITY).is_empty()
