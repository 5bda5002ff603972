"""Changes made on pages are recorded once they are certain: no entry for a refusal, nothing done without an entry."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pages.meeting import shows
from sql.audit.verification import verify
from sql.warehouse import Version
from tests.helpers.pages import widgets
from tests.helpers.pages.dashboard import XIFENG, Dashboard, access_entry, serve_copy
from tests.helpers.pages.internals import WidgetState
from tests.helpers.pages.login import login_cookies
from tests.helpers.pages.scenes import ATTEMPTS, Scene, click_on, scenes
from tests.helpers.pages.sockets import Run, Visitor, open_visitor

WRITER = access_entry("analyst", "editor")
# Each form: its scene, the widget that submits it, a refused text, and the message.
REFUSED = {
    "decision without an owner": ("remote", "FormSubmitter:decide", " ", "要写明做什么"),
    "decision with a line of its own": ("remote", "FormSubmitter:decide", "做\u2028到", "U+2028"),
    "decision with a sign that turns": ("screen", "FormSubmitter:decide", "做\u202e到", "U+202E"),
    "note that says nothing": ("staffing", "noting_staffing_ranking_add", " ", "没有写批注"),
    "note with a phone": ("staffing", "noting_staffing_ranking_add", "电话 13900001111", "像电话"),
    "note with a control character": ("staffing", "noting_staffing_ranking_add", "到岗\x1b[2J", "U+001B"),
    "note with a line of its own": ("staffing", "noting_staffing_ranking_add", "到岗\u2029", "U+2029"),
    "playlist with a title of two lines": ("setup", "save_playlist", "会\n议", "U+000A"),
    "query without a title": ("sql_lab", "sql_lab_keep_save", "123", "请写中文标题"),
}


@pytest.fixture(scope="module")
def house(demo_folder: Path, demo: Version, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    with serve_copy(demo_folder, tmp_path_factory.mktemp("changes")) as found:
        found.write_access(WRITER)
        yield found


@pytest.fixture(scope="module")
def page_scenes(house: Dashboard, demo: Version) -> Iterator[dict[str, Scene]]:
    with scenes(house, demo) as found:
        yield found


@pytest.fixture(scope="module")
def visitor(house: Dashboard) -> Iterator[Visitor]:
    with open_visitor(house.server.address, login_cookies(house.server.address, "xifeng")) as found:
        yield found


def typed(scene: Scene, visitor: Visitor, run: Run, start: str, text: str) -> Run:
    """Submits a form with all its texts, except a file's name, set to one text; returns the answer."""
    (clicked,) = click_on(start)(run)
    states = [
        WidgetState(id=state.id, string_value=text)
        if state.WhichOneof("value") == "string_value" and state.string_value == widgets.TEXT
        else state
        for state in widgets.click_states(run, clicked)
    ]
    return visitor.ask(scene.page, scene.query, states, clicked.fragment)


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_text_leaves_no_entry_and_changes_nothing(house, page_scenes, visitor, case):
    name, start, text, words = REFUSED[case]
    run = page_scenes[name].draw(visitor)
    before, count = house.snapshot(), len(house.entries())
    answer = typed(page_scenes[name], visitor, run, start, text)
    assert any(words in alert.body.replace("\\", "") for alert in answer.elements("alert")), case
    assert house.snapshot() == before and house.actions(count) == []


def test_a_name_that_is_taken_or_wrong_leaves_no_entry(house, page_scenes, visitor):
    queries = house.project / "data" / "queries"
    queries.mkdir(exist_ok=True)
    # A name that a query of their own area has already.
    query_file = house.project / "sql" / "queries" / "activity_titles.sql"
    (queries / f"taken_{XIFENG}.sql").write_bytes(query_file.read_bytes())
    for name, start, called in (("setup", "save_playlist", "../outside"), ("sql_lab", "sql_lab_keep_save", "taken")):
        run = page_scenes[name].draw(visitor)
        before, count = house.snapshot(), len(house.entries())
        page_scenes[name].click(visitor, run, click_on(start)(run)[0], name=called)
        assert house.snapshot() == before and house.actions(count) == [], name


def test_a_click_for_a_past_turn_leaves_no_entry(house, page_scenes, visitor):
    scene = page_scenes["remote"]
    run = scene.draw(visitor)
    (step,) = click_on("remote_next")(run)
    count = len(house.entries())
    with open_visitor(house.server.address, login_cookies(house.server.address, "xifeng")) as other:
        other_run = scene.draw(other)
        scene.click(other, other_run, click_on("remote_next")(other_run)[0])
        # The first phone has not been updated yet.
        scene.click(visitor, run, step)
    assert house.actions(count) == ["meeting_step"]


def test_entries_of_a_meeting_say_which_and_where_and_nothing_that_was_typed(house, page_scenes, visitor):
    count, code = len(house.entries()), page_scenes["remote"].query["control"]
    for name, start in (("setup", "show_live"), ("setup", "show_frozen"), ("remote", "remote_next")):
        run = page_scenes[name].draw(visitor)
        page_scenes[name].click(visitor, run, click_on(start)(run)[0])
    changes = [entry for entry in house.entries()[count:] if entry["kind"] == "change"]
    assert [entry["detail"]["what"] for entry in changes] == ["meeting_start", "meeting_freeze", "meeting_step"]
    assert {(entry["who"], entry["page"], entry["area"]) for entry in changes} == {
        ("xifeng@example.cn", "meeting", XIFENG)
    }
    numbers = [entry["detail"]["show"] for entry in changes]
    assert numbers[1] == numbers[0] + 1 and numbers[2] == shows.find(code).number
    # The log does not let its readers control the show.
    assert all(code not in str(entry) for entry in house.entries())
    assert verify(house.server.access_file.parent / "audit").fault is None


def test_a_change_that_cannot_be_recorded_is_not_made(house, page_scenes, visitor):
    log = house.server.access_file.parent / "audit"
    for permission, name, start, _entry in ATTEMPTS:
        if permission == "ask_sql":
            continue
        run = page_scenes[name].draw(visitor)
        before = house.snapshot()
        away = shutil.move(log, log.with_name("away"))
        log.touch()
        try:
            (clicked,) = click_on(start)(run)
            answer = page_scenes[name].click(visitor, run, clicked)
            assert any("审计记录写不进" in alert.body for alert in answer.elements("alert")), (name, start)
            assert house.snapshot() == before, (name, start)
        finally:
            log.unlink()
            shutil.move(away, log)
    assert not [path for path in house.meetings.iterdir() if path.name.startswith(".")]
    assert not list((house.project / "data").glob("annotations.csv.*"))
