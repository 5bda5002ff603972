"""The gate before callbacks: a user who was removed, or whose rights have changed, can do nothing through pages drawn
before.

Each widget of drawn pages is clicked as a browser would, on a real server with a real login.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import get_args

import pytest

from sql.security.access import PERMISSIONS, ROLES, Permission
from sql.warehouse import Version
from tests.helpers.depth import examples
from tests.helpers.pages import widgets
from tests.helpers.pages.dashboard import XIFENG, ZHENYUAN, Dashboard, access_entry, serve_copy
from tests.helpers.pages.login import login_cookies
from tests.helpers.pages.scenes import ATTEMPTS, PERMISSION_ATTEMPTS, Scene, click_on, scenes
from tests.helpers.pages.sockets import open_visitor
from tests.pages.server.test_login import only, run_bytes

WRITER = access_entry("analyst", "editor")
# The ways in which a user's access may have changed since their page was drawn.
CHANGES = {
    "removed": access_entry("viewer", who="somebody@example.cn"),
    "role": access_entry("viewer"),
    "area": access_entry("analyst", "editor", area=ZHENYUAN),
}


@pytest.fixture(scope="module")
def house(demo_folder: Path, demo: Version, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    with serve_copy(demo_folder, tmp_path_factory.mktemp("gate")) as found:
        yield found


@pytest.fixture(scope="module")
def keys(house: Dashboard) -> Callable[[str], dict[str, str]]:
    """Returns a function from a person to the cookies of their login."""
    return lru_cache(lambda sub: login_cookies(house.server.address, sub))


@pytest.fixture(scope="module")
def page_scenes(house: Dashboard, demo: Version) -> Iterator[dict[str, Scene]]:
    with scenes(house, demo) as found:
        yield found


# Widgets of every page are clicked on one page only.
_FRAME = ("search_", "go_to_", "children_", "compare", "briefing", "period_", "language")


def test_every_permission_is_tried():
    # No page shows the server's metrics: the door checks that permission, and test_door tests the metrics.
    permissions = set(get_args(Permission))
    assert {*PERMISSION_ATTEMPTS, "see_metrics"} == permissions, "add attempts in tests/helpers/pages/scenes.py"
    assert permissions == PERMISSIONS["administrator"]
    assert all(PERMISSION_ATTEMPTS.values())


def test_a_role_has_its_documented_permissions():
    """The table in docs/operate/access.md is generated from the code; this one is written by hand."""
    editor = {"run_meetings", "write_annotations", "write_decisions", "edit_playlists"}
    assert {role: set(may) for role, may in PERMISSIONS.items()} == {
        "viewer": {"run_meetings"},
        "analyst": {"run_meetings", "ask_sql", "save_queries"},
        "editor": editor,
        "administrator": editor | {"ask_sql", "save_queries", "see_metrics"},
    }


@pytest.mark.parametrize("role", ROLES)
def test_a_role_does_what_it_may_and_nothing_else(house, page_scenes, keys, role):
    house.write_access(access_entry(role))
    with open_visitor(house.server.address, keys("xifeng")) as visitor:
        for permission, name, start, entry in ATTEMPTS:
            scene, place = page_scenes[name], [role, name, start]
            run = scene.draw(visitor)
            before, count = house.snapshot(), len(house.entries())
            for widget in click_on(start)(run):
                answer = scene.click(visitor, run, widget, f"attempt_{role}")
                assert not answer.elements("exception"), place
            assert any(what in entry.split() for what in house.actions(count)) == (permission in PERMISSIONS[role]), (
                place
            )
            is_kept = house.snapshot() != before
            assert is_kept == (permission in PERMISSIONS[role] and permission != "ask_sql"), place


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", ["setup", "screen", "remote", "staffing", "definitions", "sql_lab"])
def test_every_widget_of_an_earlier_page_does_nothing(house, page_scenes, keys, demo, name, change):
    """It shows nothing either: the user gets the page with their current rights."""
    scene = page_scenes[name]
    expected_text = {"removed": "您还没有权限", "role": scene.marker_text, "area": ""}[change]
    house.write_access(WRITER)
    of_before = [word for word in only(demo, XIFENG) if change != "role" and word != XIFENG.encode()]
    tried = []
    with open_visitor(house.server.address, keys("xifeng")) as visitor:
        first_widgets = widgets.clicks(scene.draw(visitor))
        writing = tuple(start for _permission, of, start, _entry in ATTEMPTS if of == name)
        for place in range(len(first_widgets)):
            is_frame = first_widgets[place].key.startswith(_FRAME) and name != "staffing"
            is_quick = not is_frame if change == "removed" else first_widgets[place].key.startswith(writing)
            if not examples(is_quick, True):
                continue
            house.write_access(WRITER)
            run = scene.draw(visitor)
            assert [one.key for one in widgets.clicks(run)] == [one.key for one in first_widgets]
            widget = widgets.clicks(run)[place]
            before, count = house.snapshot(), len(house.entries())
            house.write_access(CHANGES[change])
            answer = scene.click(visitor, run, widget)
            where = (name, widget.key, change)
            assert house.snapshot() == before and house.actions(count) == [], where
            # A message that the browser has cached is sent by its hash alone.
            seen = run_bytes(answer) + b"".join(message.SerializeToString() for message in answer.messages)
            assert expected_text.encode() in seen and [word.decode() for word in of_before if word in seen] == [], where
            assert not answer.elements("exception"), where
            tried.append(widget.key)
    assert {start for start in writing if not any(key.startswith(start) for key in tried)} == set()


def test_a_file_is_not_made_for_a_removed_user(house, page_scenes, keys):
    house.write_access(WRITER)
    with open_visitor(house.server.address, keys("xifeng")) as visitor:
        run = page_scenes["staffing"].draw(visitor)
        assert len(list(visitor.files(run))) >= 2
        house.write_access(CHANGES["removed"])
        count = len(house.entries())
        with pytest.raises(AssertionError, match="csv"):
            next(visitor.files(run))
        assert [entry["kind"] for entry in house.entries()[count:]] == ["refused"]


def test_a_user_removed_and_restored_continues(house, page_scenes, keys):
    with open_visitor(house.server.address, keys("xifeng")) as visitor:
        for _time in range(2):
            house.write_access(WRITER)
            run = page_scenes["remote"].draw(visitor)
            count = len(house.entries())
            page_scenes["remote"].click(visitor, run, widgets.find_widget(run, "remote_next"))
            assert house.actions(count) == ["meeting_step"]
            house.write_access(CHANGES["removed"])
            assert "您还没有权限" in run_bytes(visitor.ask("meeting", page_scenes["remote"].query)).decode(
                errors="replace"
            )


def _waits(path: Path) -> bool:
    """Returns true where a process waits for the lock on a folder."""
    found = f":{path.stat().st_ino} "
    return any("->" in line and found in line for line in Path("/proc/locks").read_text().splitlines())


@pytest.mark.skipif(not Path("/proc/locks").is_file(), reason="needs Linux: only /proc/locks says who waits for a lock")
def test_a_permission_is_checked_again_at_the_time_of_writing(house, page_scenes, keys):
    """A user who passed the gate and then waited for the lock may have lost the permission since."""
    house.write_access(WRITER)
    folder, scene = house.project / "data", page_scenes["staffing"]
    with open_visitor(house.server.address, keys("xifeng")) as visitor:
        run = scene.draw(visitor)
        before, count = house.snapshot(), len(house.entries())
        lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with ThreadPoolExecutor(1) as pool:
                widget = widgets.find_widget(run, "noting_staffing_ranking_add")
                answer = pool.submit(scene.click, visitor, run, widget)
                while not _waits(folder):
                    assert not answer.done()
                    time.sleep(0.01)
                house.write_access(CHANGES["role"])
                fcntl.flock(lock, fcntl.LOCK_UN)
                assert "您没有做这件事的权限".encode() in run_bytes(answer.result())
        finally:
            os.close(lock)
        assert house.snapshot() == before
        assert [entry["kind"] for entry in house.entries()[count:]] == ["refused"]
