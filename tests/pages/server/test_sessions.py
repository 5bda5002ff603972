"""Logins are stored on the server: a cookie is worth nothing without one, and logins end in these ways."""

from __future__ import annotations

import sqlite3
import stat
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest
import websockets
from websockets.sync.client import connect

from pages.internals import login_cookie
from pages.server.sessions import store
from tests.helpers.pages.browser import serve
from tests.helpers.pages.login import UNVERIFIED_PEOPLE, LoginServer, login_cookies, serve_with_login
from tests.helpers.pages.sockets import Run, Visitor, fetch, open_visitor

LOG_IN = "请用单位的账号登录。"


@pytest.fixture(scope="module")
def door(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoginServer]:
    """Serves a dashboard on the demo with a login."""
    with serve_with_login(demo_folder, tmp_path_factory.mktemp("sessions")) as found:
        yield found


@pytest.fixture
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns a separate file of sessions for the test, which does not exist yet."""
    monkeypatch.setenv("LINLI_SESSIONS", str(tmp_path / "sessions"))
    return tmp_path / "sessions" / store.FILE


def run_text(run: Run) -> str:
    return b"".join(run.raw).decode(errors="replace")


def status(address: str, path: str, cookies: dict[str, str]) -> int:
    """Returns the status of the answer for a path with these cookies."""
    try:
        fetch(f"{address}/{path}", cookies)
    except urllib.error.HTTPError as refused:
        return refused.code
    return 200


def is_refused(door: LoginServer, cookies: dict[str, str]) -> bool:
    """Returns true where the cookies open nothing: no page, no route, no socket."""
    with open_visitor(door.address, cookies) as visitor:
        run = visitor.ask("staffing", {})
        is_out = LOG_IN in run_text(run) and "西峰" not in run_text(run)
    with (
        pytest.raises(websockets.InvalidStatus),
        connect(
            door.address.replace("http", "ws", 1) + "/changes",
            origin=door.address,
            additional_headers={"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())},
        ),
    ):
        pass
    return is_out and status(door.address, "drawn/" + "0" * 64, cookies) == 401


def is_closed(visitor: Visitor) -> bool:
    """Waits until the server closes a visitor's socket."""
    try:
        while True:
            visitor.receive()
    except websockets.ConnectionClosed:
        return True


@pytest.mark.parametrize("sub", UNVERIFIED_PEOPLE)
def test_an_unverified_address_is_nobodys(door, sub):
    cookies = login_cookies(door.address, sub)
    with open_visitor(door.address, cookies) as visitor:
        run = visitor.ask("staffing", {})
    assert "您还没有权限" in run_text(run) and "西峰" not in run_text(run)
    # The message says how to list the person.
    assert f"sub:{sub}" in run_text(run) and "subject = " in run_text(run)
    assert status(door.address, "drawn/" + "0" * 64, cookies) == 401


def test_a_subject_is_let_in_and_gains_nothing_by_looking_like_an_address(door):
    with open_visitor(door.address, login_cookies(door.address, "00u7")) as visitor:
        assert "西峰" in run_text(visitor.ask("staffing", {}))
    with open_visitor(door.address, login_cookies(door.address, "qingyang@example.cn")) as visitor:
        assert "您还没有权限" in run_text(visitor.ask("staffing", {}))
    assert "sub:00u7" in {entry["who"] for entry in door.entries("view")}
    refused = {entry["who"] for entry in door.entries("refused") if entry["detail"]["what"] == "not_let_in"}
    assert "sub:qingyang@example.cn" in refused and "qingyang@example.cn" not in refused


def test_refused_users_leave_one_line_however_often_they_come(door):
    cookies = login_cookies(door.address, "qingyang@example.cn")
    for _visit in range(4):
        with open_visitor(door.address, cookies) as visitor:
            assert "您还没有权限" in run_text(visitor.ask("points", {}))
    lines = [
        one for one in door.entries("refused") if one["who"] == "sub:qingyang@example.cn" and one["page"] == "points"
    ]
    assert len(lines) <= 1


def test_an_invented_value_in_a_link_is_checked_once(door):
    before = len(door.entries("view"))
    with open_visitor(door.address, login_cookies(door.address, "xifeng")) as visitor:
        for number in range(4):
            visitor.ask("requests", {"area": "621002", "kind": f"made_up_{number}"})
    views = [one for one in door.entries("view")[before:] if one["page"] == "requests"]
    assert [one["filters"] for one in views] == [{"kind": "?"}]


def test_a_cookie_copied_before_logging_out_is_worthless_after_it(door):
    copied, other = login_cookies(door.address, "xifeng"), login_cookies(door.address, "xifeng")
    before = len(door.entries("logout"))
    with open_visitor(door.address, copied) as standing:
        assert "西峰" in run_text(standing.ask("staffing", {}))
        # The browser's requests after 退出, without waiting for the provider's own logout.
        status(door.address, "auth/logout", copied)
        assert is_closed(standing)
    assert is_refused(door, copied)
    # The same person is still logged in elsewhere.
    assert status(door.address, "drawn/" + "0" * 64, other) == 404
    assert [entry["who"] for entry in door.entries("logout")][before:] == ["xifeng@example.cn"]
    status(door.address, "auth/logout", copied)
    assert len(door.entries("logout")) == before + 1


def test_an_administrator_ends_logins(door):
    cookies, other = login_cookies(door.address, "zhenyuan"), login_cookies(door.address, "xifeng")
    listed = door.run_command("pages.server.sessions", "list")
    assert listed.returncode == 0 and "zhenyuan@example.cn\t" in listed.stdout
    with open_visitor(door.address, cookies) as standing:
        assert "镇原" in run_text(standing.ask("staffing", {}))
        ended = door.run_command("pages.server.sessions", "end", "Zhenyuan@Example.cn")
        assert (ended.returncode, ended.stdout) == (0, "1 logins ended\n"), ended.stderr
        assert is_closed(standing)
    assert is_refused(door, cookies)
    assert status(door.address, "drawn/" + "0" * 64, other) == 404
    assert "zhenyuan@" not in door.run_command("pages.server.sessions", "list").stdout
    assert {"what": "sessions_ended", "person": "zhenyuan@example.cn", "sessions": 1} in [
        entry["detail"] for entry in door.entries("change") if entry["who"] == "command"
    ]
    again = door.run_command("pages.server.sessions", "end", "zhenyuan@example.cn")
    assert (again.returncode, again.stderr) == (1, "no such login\n")
    again = door.run_command("pages.server.sessions", "--lang", "zh", "end", "zhenyuan@example.cn")
    assert (again.returncode, again.stderr) == (1, "没有这样的登录\n")
    assert door.run_command("pages.server.sessions", "end", "").returncode == 2
    assert door.run_command("pages.server.sessions", "end", "--all").returncode == 0
    assert is_refused(door, other)
    assert door.run_command("pages.server.sessions", "list").stdout == ""


def test_a_restarted_server_knows_the_same_logins(door, demo_folder):
    cookies = login_cookies(door.address, "xifeng")
    options = ("--secrets.files", str(door.access_file.parent / "secrets.toml"))
    with serve(demo_folder, options=options, environment=door.environment) as other:
        assert status(other, "drawn/" + "0" * 64, cookies) == 404
        status(door.address, "auth/logout", cookies)
        assert status(other, "drawn/" + "0" * 64, cookies) == 401


def test_logging_in_again_ends_the_earlier_login_in_the_same_browser(door):
    first = login_cookies(door.address, "xifeng")
    second = login_cookies(door.address, "xifeng", first)
    assert status(door.address, "drawn/" + "0" * 64, second) == 404
    assert is_refused(door, first)


def test_a_login_lasts_for_thirty_days_at_most(door, monkeypatch):
    login_cookies(door.address, "xifeng")
    monkeypatch.setenv("LINLI_SESSIONS", str(door.access_file.parent / "sessions"))
    assert {round(one.ends_at - one.began_at) for one in store.active_sessions().values()} == {30 * 24 * 3600}


def test_the_file_is_readable_by_its_owner_only_and_holds_no_cookie(door):
    cookies = login_cookies(door.address, "xifeng")
    file = door.access_file.parent / "sessions" / store.FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    content = file.read_bytes()
    assert b"xifeng@example.cn" in content
    signed = cookies[login_cookie.NAME]
    assert not [part for part in (signed, *signed.split(".")) if part and part.encode() in content]


def test_a_login_ends_by_itself_and_is_dropped(own_store):
    store.begin("a" * 64, "li@example.cn", 0.2)
    store.begin("b" * 64, "wu@example.cn", 60)
    assert set(store.active_sessions()) == {"a" * 64, "b" * 64}
    while store.find("a" * 64):
        time.sleep(0.01)
    store.begin("c" * 64, "wu@example.cn", 60)
    with sqlite3.connect(own_store) as connection:
        assert {row[0] for row in connection.execute("select digest from sessions")} == {"b" * 64, "c" * 64}


def test_logging_in_again_and_again_fills_no_disk(own_store):
    for index in range(store.MAX_PER_PERSON + 5):
        store.begin(f"{index:064}", "li@example.cn", 60)
    store.begin("b" * 64, "wu@example.cn", 60)
    names = [one.name for one in store.active_sessions().values()]
    assert names.count("li@example.cn") == store.MAX_PER_PERSON and "wu@example.cn" in names
    assert store.find(f"{store.MAX_PER_PERSON + 4:064}") and not store.find(f"{0:064}")


def test_without_the_file_or_with_a_broken_one_nobody_is_logged_in(own_store):
    assert store.active_sessions() == {} and store.end("a" * 64) is None and store.end_all() == []
    assert not own_store.exists()
    own_store.parent.mkdir()
    own_store.write_text("no database")
    with pytest.raises(store.SessionsError) as error:
        store.find("a" * 64)
    assert str(own_store) in error.value.en and "move the file away" in error.value.en


def test_a_login_that_cannot_be_written_does_not_begin(door):
    file = door.access_file.parent / "sessions" / store.FILE
    content = file.read_bytes()
    file.write_bytes(b"no database")
    try:
        with pytest.raises(urllib.error.HTTPError) as refused:
            login_cookies(door.address, "xifeng")
        assert refused.value.code == 503 and "Set-Cookie" not in refused.value.headers
        assert "nobody can log in now" in refused.value.read().decode()
    finally:
        file.write_bytes(content)
    assert login_cookies(door.address, "xifeng")[login_cookie.NAME]
