"""The door, with a real OpenID provider: who is let in, what each user sees on every page, and who is out again."""

from __future__ import annotations

import json
import urllib.error
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest
import websockets
from playwright.sync_api import expect
from websockets.sync.client import connect

from pages.ui.kit import metric_pages
from sql.warehouse import Version
from tests.helpers.depth import examples
from tests.helpers.pages.browser import DESKTOP, Visit
from tests.helpers.pages.login import ACCESS, LoginServer, log_in, login_cookies, serve_with_login
from tests.helpers.pages.screens import PAGES
from tests.helpers.pages.sockets import Run, fetch, open_visitor

XIFENG, ZHENYUAN = "621002", "621027"
VIEWS = [(page, view) for page in (*PAGES, "meeting") for view in metric_pages.views(page) or [None]]


@pytest.fixture(scope="module")
def door(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoginServer]:
    """Serves a dashboard on the demo with a login."""
    with serve_with_login(demo_folder, tmp_path_factory.mktemp("door")) as found:
        yield found


@pytest.fixture(scope="module")
def keys(door: LoginServer) -> Callable[[str], dict[str, str]]:
    """Returns a function from a person to the cookies of their login."""
    return lru_cache(lambda sub: login_cookies(door.address, sub))


def only(demo: Version, area: str) -> list[bytes]:
    """Returns the names of streets, communities and grids, and the codes, that only that county has."""
    named = demo.rows(
        "with named as ("
        "select county, area_name as name, area_code as code from intermediate.area_paths where level in ('county', 'street', 'community') "
        "union all select county, grid_name, grid_code from raw.grids inner join intermediate.area_paths on community_code = area_code) "
        "select name, code from named where county = $area and name not in (select name from named where county is distinct from $area)",
        {"area": area},
    )
    assert named.height > 20
    return [text.encode() for row in named.iter_rows() for text in row]


def run_bytes(run: Run) -> bytes:
    return b"".join(run.raw)


def test_nobody_sees_anything_before_they_log_in(door, demo):
    with open_visitor(door.address) as visitor:
        for page, view in VIEWS:
            run = visitor.ask(page, {"area": XIFENG, **({"view": view} if view else {})})
            assert "请用单位的账号登录。" in run_bytes(run).decode(errors="replace")
            assert not [word for word in only(demo, XIFENG) if word in run_bytes(run)]
        assert len(run_bytes(visitor.ask("overview", {"kiosk": "1"}))) < 20_000
    for path in ("drawn/" + "0" * 64, "media/x.csv"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            fetch(f"{door.address}/{path}")
        assert refused.value.code == 401
    with (
        pytest.raises(websockets.InvalidStatus) as closed,
        connect(door.address.replace("http", "ws", 1) + "/changes", origin=door.address),
    ):
        pass
    assert closed.value.response.status_code == 403


def test_users_see_their_own_area_on_every_page_whoever_came_before(door, keys, demo):
    """Cold and warm: the second of two users requests the pages that the first has just had computed."""
    words = {"xifeng": only(demo, ZHENYUAN), "zhenyuan": only(demo, XIFENG)}
    own = {"xifeng": words["zhenyuan"], "zhenyuan": words["xifeng"]}
    own_words_seen = dict.fromkeys(words, 0)
    map_addresses: dict[str, set[str]] = {sub: set() for sub in words}
    requests = (
        ("xifeng", XIFENG),
        ("zhenyuan", ZHENYUAN),
        ("zhenyuan", XIFENG),
        ("xifeng", "621000"),
        ("xifeng", ZHENYUAN),
    )
    # Each user's requests on every view; the others on one view of each page, or all.
    every = {("xifeng", XIFENG), ("zhenyuan", XIFENG), ("xifeng", "621000")}
    with open_visitor(door.address, keys("xifeng")) as first, open_visitor(door.address, keys("zhenyuan")) as second:
        visitors = {"xifeng": first, "zhenyuan": second}
        for page, view in VIEWS:
            # The first and the last view of each page, or each in depth.
            if view in metric_pages.views(page)[1:-1] and examples(1, 0):
                continue
            is_whole = view in (None, *metric_pages.views(page)[-1:]) or examples(0, 1)
            for sub, area in requests:
                if not is_whole and (sub, area) not in every:
                    continue
                run = visitors[sub].ask(page, {"area": area, **({"view": view} if view else {})})
                seen = run_bytes(run)
                # Only the text of the URL itself may name the other area.
                found = [word.decode() for word in words[sub] if word in seen and word != area.encode()]
                assert found == [], (page, view, sub, area)
                assert not run.elements("exception"), (page, view, sub, area)
                own_words_seen[sub] += sum(word in seen for word in own[sub])
                map_addresses[sub] |= run.map_addresses
    assert min(own_words_seen.values()) > 500
    assert map_addresses["xifeng"] and map_addresses["zhenyuan"]
    assert not map_addresses["xifeng"] & map_addresses["zhenyuan"]
    for sub, other in (("xifeng", "zhenyuan"), ("zhenyuan", "xifeng")):
        for path in map_addresses[sub]:
            assert fetch(f"{door.address}/{path}", keys(sub))
            with pytest.raises(urllib.error.HTTPError):
                fetch(f"{door.address}/{path}", keys(other))


def test_a_map_redrawn_by_itself_checks_the_user(door, keys, demo):
    other_words, query = only(demo, ZHENYUAN), {"area": ZHENYUAN}
    with open_visitor(door.address, keys("zhenyuan")) as visitor:
        fragment = visitor.ask("coverage", query).fragment("deck_gl_json_chart")
        again = visitor.ask("coverage", query, fragment=fragment)
        assert len(again.elements("deck_gl_json_chart")) == 1 and not again.elements("heading"), "the map alone"
        assert [word for word in other_words if word in run_bytes(again)]
        try:
            door.access_file.write_text(ACCESS.replace(ZHENYUAN, XIFENG), encoding="utf-8")
            moved = visitor.ask("coverage", query, fragment=fragment)
            assert moved.elements("heading") and not [
                word for word in other_words if word in run_bytes(moved) and word != ZHENYUAN.encode()
            ]
        finally:
            door.access_file.write_text(ACCESS, encoding="utf-8")


def test_downloads_and_briefings_are_of_the_users_own_area(door, keys, demo):
    words = only(demo, ZHENYUAN)
    with open_visitor(door.address, keys("xifeng")) as visitor:
        file_count = 0
        for page in ("overview", "staffing", "coverage"):
            run = visitor.ask(page, {"area": XIFENG})
            opened = visitor.ask(page, {"area": XIFENG}, [run.menu("briefing")])
            for key, body in visitor.files(opened):
                file_count += 1
                assert not [word for word in words if word in body], (page, key)
        assert file_count >= 9


def test_a_user_of_the_city_sees_both_counties(door, keys, demo):
    with open_visitor(door.address, keys("qingyang")) as visitor:
        seen = run_bytes(visitor.ask("staffing", {"area": "621000"}))
        assert "西峰区".encode() in seen and "镇原县".encode() in seen


def test_roles_control_the_changing_actions(door, keys):
    with open_visitor(door.address, keys("xifeng")) as viewer, open_visitor(door.address, keys("zhenyuan")) as editor:
        assert "标题".encode() not in run_bytes(viewer.ask("meeting", {}))
        assert "标题".encode() in run_bytes(editor.ask("meeting", {}))
        assert not viewer.ask("sql_lab", {}).elements("text_area")
        assert editor.ask("sql_lab", {}).elements("text_area")


def test_in_and_out_again_in_a_browser(context, door):
    tab = Visit(context.new_page(), door.address)
    tab.page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    log_in(tab.page, door.address, "xifeng", "/staffing")
    tab.wait_until_settled()
    expect(tab.page.get_by_text("xifeng@example.cn").first).to_be_visible()
    tab.open("/staffing?area=621027")
    expect(tab.page.get_by_text("不在您的范围内")).to_be_visible()
    expect(tab.page.get_by_text("镇原县")).to_have_count(0)

    door.access_file.write_text(ACCESS.replace("xifeng@example.cn", "gone@example.cn"), encoding="utf-8")
    try:
        # Their next action redraws the page in the same session.
        tab.redraw()
        expect(tab.page.get_by_role("heading", name="您还没有权限")).to_be_visible()
        expect(tab.page.get_by_text("西峰区")).to_have_count(0)
        with pytest.raises(urllib.error.HTTPError):
            fetch(
                f"{door.address}/media/x.csv",
                {cookie["name"]: cookie["value"] for cookie in context.cookies(door.address)},
            )
        door.access_file.write_text("[[people]]\nwho = 7\n", encoding="utf-8")
        tab.page.reload()
        expect(tab.page.get_by_text("who 应为邮箱地址")).to_be_visible()
    finally:
        door.access_file.write_text(ACCESS, encoding="utf-8")
    tab.page.reload()
    tab.wait_until_settled()
    tab.page.get_by_role("button", name="退出").click()
    # The provider's own logout page.
    tab.page.get_by_role("button", name="End session").click()
    expect(tab.page.get_by_role("button", name="登录")).to_be_visible()
    tab.page.close()


def test_users_in_no_list_see_a_message(context, door):
    tab = Visit(context.new_page(), door.address)
    log_in(tab.page, door.address, "stranger")
    expect(tab.page.get_by_role("heading", name="您还没有权限")).to_be_visible()
    assert "西峰" not in tab.page.content()
    tab.page.close()
    entries = [
        json.loads(line)
        for file in (door.access_file.parent / "audit").glob("*.jsonl")
        for line in file.read_text("utf-8").splitlines()
    ]
    refused = [
        entry["detail"] for entry in entries if entry["kind"] == "refused" and entry["who"] == "stranger@example.cn"
    ]
    assert {"what": "not_let_in"} in refused
