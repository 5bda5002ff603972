"""The door stands before every route: who may use each, who receives which file, and which requests are never read."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import pytest

from pages.internals.front_end import STATIC
from pages.server.security import routes
from sql import aliases
from sql.audit import chain
from sql.paths import PROJECT
from tests.helpers.pages.browser import Visit
from tests.helpers.pages.internals import XSRF_COOKIE, BackMsg
from tests.helpers.pages.login import PEOPLE, LoginServer, log_in, login_cookies, serve_with_login
from tests.helpers.pages.sockets import Visitor, cookie_header, fetch, open_visitor

PREFIX = "/offices/linli"
# Who may use the routes of Streamlit and the product, as the routes are written. A route that is not listed is new:
# review whom it serves, and pages/server/security/routes.py.
RULES = {
    "/health": "anybody",
    "/drawn/{name}": "people",
    "/changes": "people",
    "/_stcore/health": "anybody",
    "/_stcore/host-config": "anybody",
    "/_stcore/stream": "anybody",
    "/_stcore/metrics": "administrators",
    "/_stcore/upload_file/{session_id}/{file_id}": "nobody",
    "/_stcore/bidi-components/{path:path}": "people",
    "/_stcore/agent/interact": "nobody",
    "/_stcore/agent/openapi.json": "nobody",
    "/_stcore/agent/mcp": "nobody",
    "/component/{path:path}": "people",
    "/media/{file_id:path}": "people",
    "/auth/login": "anybody",
    "/auth/logout": "anybody",
    "/oauth2callback": "anybody",
    # The front end's files and, at any other path, the document.
    "/": "anybody",
}
LISTED = """
import json, app
from starlette.routing import WebSocketRoute
from tests.helpers.pages.internals import routes
print(json.dumps([
    [route.path or "/", isinstance(route, WebSocketRoute), sorted(getattr(route, "methods", None) or [])]
    for route in routes(app.app)
]))
"""
# 401 regardless of the resource behind them.
CLOSED = (
    "drawn/" + "0" * 64,
    "media/x.csv",
    "media/../media/x.csv",
    "//media/x.csv",
    "component/x/y.js",
    "_stcore/bidi-components/x/y.js",
    "_stcore/metrics",
    "_stcore/metrics/",
    "_stcore/script-health-check",
    "app/static/x",
    "nowhere",
    "staffing/_stcore/metrics",
    "health/x",
    "static",
    "%6dedia/x.csv",
)


@pytest.fixture(scope="module", params=["", PREFIX])
def prefix(request: pytest.FixtureRequest) -> str:
    """Returns the prefix of every path: none, or server.baseUrlPath."""
    return request.param


@pytest.fixture(scope="module")
def door(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoginServer]:
    """Serves a dashboard on the demo with a login."""
    with serve_with_login(demo_folder, tmp_path_factory.mktemp("door")) as found:
        yield found


@pytest.fixture(scope="module")
def keys(door: LoginServer) -> Callable[[str], dict[str, str]]:
    """Returns a function from a person to the cookies of their login."""
    return lru_cache(lambda sub: login_cookies(door.address, sub))


def answer(address: str, path: str, cookies: Mapping[str, str] = {}, method: str = "GET", **headers: str):
    """Returns status, headers and body of the answer to a request with these cookies."""
    request = urllib.request.Request(f"{address}/{path}", headers=cookie_header(cookies) | headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, refused.read()


def test_every_route_has_been_reviewed():
    listed = subprocess.run(
        [sys.executable, "-c", LISTED], cwd=PROJECT, capture_output=True, text=True, check=True, encoding="utf-8"
    )
    registered = {path: (is_socket, methods) for path, is_socket, methods in json.loads(listed.stdout.splitlines()[-1])}
    assert set(registered) == set(RULES)
    for path, (is_socket, methods) in registered.items():
        scope = {"type": "websocket" if is_socket else "http", "path": path.replace("{", "").replace("}", "")}
        assert routes.rule(scope | {"method": "GET"}) == RULES[path], path
        # A method that would change something is for nobody, whatever the route.
        assert is_socket or {routes.rule(scope | {"method": one}) for one in ("POST", "PUT", "DELETE")} == {"nobody"}
        assert set(methods) <= {"GET", "HEAD", "OPTIONS"} or RULES[path] == "nobody", path


def test_without_a_login_only_the_document_and_its_files_are_served(demo_folder, tmp_path, prefix):
    options = ("--server.baseUrlPath", prefix) if prefix else ()
    with serve_with_login(demo_folder, tmp_path, options) as at:
        script = "static/js/" + next((STATIC / "static" / "js").glob("index.*.js")).name
        for path in ("", "staffing", "staffing/", script, "_stcore/health", "_stcore/host-config"):
            assert answer(at.address + prefix, path)[0] == 200, path
        for path in CLOSED:
            assert answer(at.address + prefix, path)[0] == 401, path
            assert answer(at.address, f"x{prefix}/{path}")[0] == 401, path
        # A logged-in user needs nothing more.
        if not prefix:
            cookies = login_cookies(at.address, "qingyang")
            assert answer(at.address, "_stcore/bidi-components/x/y.js", cookies)[0] == 404


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_page_is_found_at_its_old_address(door, slash):
    for old, new in aliases.PAGES.items():
        with urllib.request.urlopen(f"{door.address}/{old}{slash}?area=621000&lang=en", timeout=60) as found:
            assert found.status == 200 and found.url == f"{door.address}/{new}?area=621000&lang=en"


def test_monitoring_sees_that_it_runs_and_people_see_the_version(door, keys, demo):
    assert json.loads(answer(door.address, "health")[2]) == {"status": "ok"}
    assert json.loads(answer(door.address, "health", keys("stranger"))[2]) == {"status": "ok"}
    assert json.loads(answer(door.address, "health", keys("xifeng"))[2])["version"] == demo.name
    for path in ("_stcore/health", "_stcore/host-config"):
        body = answer(door.address, path)[2].decode()
        assert not [word for word in ("session", "example.cn", "2026", demo.name) if word in body]


def test_metrics_of_the_server_are_for_administrators(door, keys):
    assert answer(door.address, "_stcore/metrics")[0] == 401
    assert answer(door.address, "_stcore/metrics", keys("xifeng"))[0] == 403
    status, _headers, body = answer(door.address, "_stcore/metrics", keys("qingyang"))
    assert status == 200 and b"active_sessions" in body


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("sub", [None, "qingyang"])
def test_an_upload_is_refused_before_it_is_read(door, keys, method, sub):
    """Sends in chunks, like a program that does not know the length: sixty megabytes, of which one is enough to be
    refused.
    """
    cookies = keys(sub) if sub else {}
    with open_visitor(door.address, cookies) as visitor:
        visitor.ask("overview", {})
        token = cookies.get(XSRF_COOKIE, "")
        piece, sent = b"10000\r\n" + b"x" * 0x10000 + b"\r\n", 0
        port = int(door.address.rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            head = (
                f"{method} /_stcore/upload_file/{visitor.session}/1 HTTP/1.1\r\nHost: localhost:{port}\r\n"
                f"X-Xsrftoken: {token}\r\nCookie: {cookie_header(cookies).get('Cookie', 'none=')}\r\n"
                "Content-Type: multipart/form-data; boundary=x\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            connection.sendall(head.encode())
            connection.sendall(piece)
            assert connection.recv(16).startswith(b"HTTP/1.1 403")
            # Nobody reads the rest: the connection is closed before it has been sent.
            try:
                while sent < 60_000_000:
                    connection.sendall(piece)
                    sent += len(piece)
            except OSError:
                pass
        assert sent < 20_000_000


def click(visitor: Visitor) -> str:
    """Returns the address of a file that a click on the first download of a page has made."""
    run = visitor.ask("staffing", {"area": "621002"})
    return visitor.request_file(run.elements("download_button")[0])


def fetches(door: LoginServer) -> list[tuple[str, dict]]:
    """Returns the fetches in the audit log: the user and the details."""
    lines = [line for file in chain.files(door.access_file.parent / "audit").values() for line in file.open("rb")]
    entries = [entry for line in lines if (entry := chain.parse_entry(line)) and entry["kind"] == "fetch"]
    return [(entry["who"], entry["detail"]) for entry in entries]


def test_a_file_is_served_once_and_only_to_the_login_it_was_made_for(door, keys):
    cookies = keys("xifeng")
    # Logged in beforehand: Streamlit forgets a file that nobody has fetched once other users' pages have been drawn.
    others = ({}, keys("zhenyuan"), keys("qingyang"), login_cookies(door.address, "xifeng"))
    with open_visitor(door.address, cookies) as visitor:
        path, before = click(visitor), len(fetches(door))
        for other in others:
            assert answer(door.address, path, other)[0] == (404 if other else 401)
        # A request for its headers, a probe and a range are no download.
        assert answer(door.address, path, cookies, "HEAD")[0] == 404
        probe = {"Sec-Fetch-Mode": "cors"}
        assert answer(door.address, path, cookies, **probe)[::2] == (204, b"")
        assert answer(door.address, path, others[3], **probe)[0] == 404
        status, headers, body = answer(door.address, path, cookies, Range="bytes=0-3")
        assert status == 200 and len(body) > 100 and headers["Cache-Control"] == "no-store"
        assert answer(door.address, path, cookies)[0] == 404
        # The fetch is in the audit log, once.
        assert fetches(door)[before:] == [(PEOPLE["xifeng"]["email"], {"file": "csv"})]
        # Text on a page that looks like the address grants nothing.
        with open_visitor(door.address, keys("zhenyuan")) as other:
            other.ask("overview", {})
            path = click(visitor)
            run = other.ask("overview", {"area": f"/{path}"})
            assert path.encode() in b"".join(run.raw)
        assert answer(door.address, path, keys("zhenyuan"))[0] == 404


def test_a_file_whose_fetch_cannot_be_recorded_is_not_served(door, keys):
    log, cookies = door.access_file.parent / "audit", keys("xifeng")
    with open_visitor(door.address, cookies) as visitor:
        path, before = click(visitor), len(fetches(door))
        log.rename(log.with_name("aside"))
        log.touch()
        try:
            status, _headers, body = answer(door.address, path, cookies, **{"Accept-Language": "en-GB,zh;q=0.5"})
        finally:
            log.unlink()
            log.with_name("aside").rename(log)
        assert status == 503 and "the audit log" in body.decode() and "审计" not in body.decode()
        assert len(fetches(door)) == before


def test_a_file_is_not_served_to_a_user_whose_access_has_changed_since(door, keys):
    before = door.access_file.read_text(encoding="utf-8")
    try:
        with open_visitor(door.address, keys("xifeng")) as visitor:
            path = click(visitor)
            door.access_file.write_text(before.replace('area = "621002"', 'area = "621027"'), encoding="utf-8")
            assert answer(door.address, path, keys("xifeng"))[0] == 404
    finally:
        door.access_file.write_text(before, encoding="utf-8")


def test_a_link_on_another_site_logs_nobody_out(door):
    cookies = login_cookies(door.address, "xifeng")
    assert answer(door.address, "auth/logout", cookies, **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert answer(door.address, "_stcore/metrics", cookies)[0] == 403


def test_a_refusal_is_in_the_language_that_the_browser_prefers(door, keys):
    cookies = keys("xifeng")
    refused = {
        "请先登录": ("log in first", ("_stcore/metrics",), {}),
        "只给管理员": ("administrators only", ("_stcore/metrics", cookies), {}),
        "这里不接收任何内容": ("nothing is accepted here", ("x", cookies, "POST"), {}),
        "没有这个文件，或已取走；请再点一次下载": (
            "no such file, or already downloaded; click the download again",
            ("media/" + "0" * 32 + ".csv", cookies),
            {},
        ),
        "请从看板退出": (
            "log out from the dashboard itself",
            ("auth/logout", cookies),
            {"Sec-Fetch-Site": "cross-site"},
        ),
    }
    for chinese, (english, request, headers) in refused.items():
        for preferred, text in (("zh-CN,zh;q=0.9,en;q=0.8", chinese), ("en-GB,zh;q=0.5", english), ("", english)):
            body = answer(door.address, *request, **headers, **{"Accept-Language": preferred})[2]
            assert body.decode() == text
    for preferred, begin, other in (("zh", "拒绝：", "Refused: "), ("en", "Refused: ", "拒绝：")):
        body = answer(door.address, "", Host="evil.example", **{"Accept-Language": preferred})[2].decode()
        assert body.startswith(begin) and other not in body


def test_without_a_login_a_file_is_served_once_too(address):
    """A browser without Sec-Fetch headers, as without TLS, gets it twice: it asks twice for one click."""
    with open_visitor(address) as visitor:
        path = visitor.request_file(visitor.ask("staffing", {"area": "621002"}).elements("download_button")[0])
        headers = {"Sec-Fetch-Mode": "navigate"}
        assert [answer(address, path, **headers)[0] for _ in range(2)] == [200, 404]
        path = visitor.request_file(visitor.ask("staffing", {"area": "621027"}).elements("download_button")[0])
        assert [answer(address, path)[0] for _ in range(3)] == [200, 200, 404]
    assert answer(address, "media/" + "0" * 32 + ".csv")[0] == 404


def test_nobody_gets_a_file_made_by_somebody_elses_button(door, keys):
    with open_visitor(door.address, keys("xifeng")) as visitor, open_visitor(door.address, keys("zhenyuan")) as other:
        button = visitor.ask("staffing", {"area": "621002"}).elements("download_button")[0]
        other.ask("staffing", {"area": "621027"})
        with pytest.raises(AssertionError, match="Failed to generate file"):
            other.request_file(button)
        assert visitor.request_file(button)


def test_a_real_click_downloads_the_file(context, door):
    tab = Visit(context.new_page(), door.address)
    log_in(tab.page, door.address, "xifeng")
    tab.wait_until_settled()
    # The provider's own page loads its styles from elsewhere.
    tab.errors.clear()
    tab.open("/staffing")
    statuses: list[int] = []
    tab.page.on("response", lambda response: statuses.append(response.status) if "/media/" in response.url else None)
    tab.page.locator("[data-opens=explain_staffing_ranking]").click()
    for label in ("CSV", "XLSX", "CSV"):
        with tab.page.expect_download() as download:
            tab.page.get_by_role("dialog").get_by_role("button", name=label).click()
        assert download.value.failure() is None
        assert Path(download.value.path()).read_bytes().startswith(b"\xef\xbb\xbf" if label == "CSV" else b"PK")
        with pytest.raises(urllib.error.HTTPError) as refused:
            fetch(download.value.url, {one["name"]: one["value"] for one in context.cookies(door.address)})
        assert refused.value.code == 404
    assert 404 not in statuses and tab.errors == []
    tab.page.close()


def test_requests_that_pages_never_send_are_not_passed_on(door, keys):
    with open_visitor(door.address, keys("qingyang")) as visitor:
        visitor.ask("overview", {})
        message = BackMsg()
        message.file_urls_request.request_id, message.file_urls_request.session_id = "1", visitor.session
        message.file_urls_request.file_names.append("x.csv")
        visitor.send(message)
        # Answers come in turn.
        visitor.send(BackMsg(app_heartbeat=True))
        kinds = [visitor.receive().WhichOneof("type")]
        while kinds[-1] != "heartbeat_ack":
            kinds.append(visitor.receive().WhichOneof("type"))
        assert "file_urls_response" not in kinds
        assert visitor.ask("staffing", {}).elements("heading")


def test_refusals_are_recorded_and_a_flood_of_them_is_a_line(demo_folder, tmp_path):
    with serve_with_login(demo_folder, tmp_path) as at:
        cookies = login_cookies(at.address, "xifeng")
        began = time.monotonic()
        for index in range(400):
            assert answer(at.address, f"media/secret-{index}.csv")[0] == 401
        for path in (f"media/secret-{index}.csv" for index in range(40)):
            assert answer(at.address, path, cookies)[0] == 404
            assert answer(at.address, path, cookies, Host="evil.example")[0] == 403
        assert answer(at.address, "_stcore/metrics", cookies)[0] == 403
        assert answer(at.address, "x", cookies, "POST")[0] == 403
    minutes = (time.monotonic() - began) / 60
    # The rest is written when the server stops.
    entries, times = at.entries("refused"), Counter()
    for entry in entries:
        times[entry["who"], entry["detail"]["what"]] += entry["detail"]["times"]
    assert times == {
        ("?", "not_logged_in"): 400,
        ("xifeng@example.cn", "not_theirs"): 40,
        ("?", "foreign"): 40,
        ("xifeng@example.cn", "not_administrator"): 1,
        ("xifeng@example.cn", "closed_route"): 1,
    }
    # The first at once, then one a minute, and the last.
    assert max(Counter(entry["detail"]["what"] for entry in entries).values()) <= 2 + minutes
    assert "secret" not in json.dumps(entries) and "evil" not in json.dumps(entries)
