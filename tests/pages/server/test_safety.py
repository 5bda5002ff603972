"""Starts and refused starts, the hosts and origins that are answered, and the headers that restrict a browser."""

from __future__ import annotations

import http.client
import os
import re
import secrets
import shutil
import socket
import stat
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from pages.internals.front_end import STATIC
from pages.server.startup import login_setup, safety
from sql import language
from sql.paths import PROJECT
from tests.helpers.pages.browser import WAIT_UNTIL_DRAWN, free_port, serve, wait_for
from tests.helpers.pages.sockets import open_visitor

FOREIGN = "evil.example"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SCRIPT = "static/js/" + next((STATIC / "static" / "js").glob("index.*.js")).name
PATHS = (
    "/",
    "/staffing",
    f"/{SCRIPT}",
    "/health",
    "/drawn/x",
    "/_stcore/host-config",
    "/_stcore/health",
    "/media/x.csv",
    "/changes",
    "/nowhere",
)


@pytest.fixture(scope="module")
def warehouse(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a copy of the demo's warehouse, for a test that removes it."""
    return shutil.copytree(demo_folder, tmp_path_factory.mktemp("safety") / "warehouse", copy_function=os.link)


@pytest.fixture(scope="module")
def address(warehouse: Path) -> Iterator[str]:
    with serve(warehouse) as at:
        yield at


def test_the_pages_started_without_the_app_show_nothing_to_others(warehouse):
    """As with `streamlit run pages/main.py`, which has neither login nor door."""
    port = free_port()
    others = ("--server.address", "0.0.0.0", "--server.allowedHosts", "*")
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "pages/main.py", "--server.port", str(port), *others],
        cwd=PROJECT,
        env={**os.environ, "LINLI_WAREHOUSE": str(warehouse)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://localhost:{port}/_stcore/health", server)
        with open_visitor(f"http://localhost:{port}") as visitor:
            run = visitor.ask("overview", {})
        assert not run.elements("heading") and "streamlit run app.py" in run.elements("alert")[0].body
    finally:
        server.kill()
        server.wait()


def run_refused_start(
    folder: Path, options: Sequence[str], environment: Mapping[str, str] = {}
) -> tuple[int, str, list[int]]:
    """Runs a server that refuses to start: returns exit code, stderr, and the status codes of any answers meanwhile."""
    port, answered = free_port(), []
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), *options],
        cwd=PROJECT,
        env={**os.environ, "LINLI_WAREHOUSE": str(folder / "warehouse"), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )

    def ask() -> None:
        while server.poll() is None:
            try:
                answered.append(get(f"http://127.0.0.1:{port}", "/health")[0])
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        stderr = server.communicate(timeout=60)[1]
    finally:
        server.kill()
        asking.join()
    return server.returncode, stderr, answered


def get(address: str, path: str, **headers: str) -> tuple[int, dict[str, str]]:
    """Returns status and headers, in lower case, of the answer; connects to this machine only."""
    port = int(address.rsplit(":", 1)[1])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
    for name, value in {
        "Host": f"localhost:{port}",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}


def handshake(address: str, path: str, host: str, origin: str | None) -> tuple[int, Mapping[str, str]]:
    """Returns status and headers of a socket's handshake under a host's name, from a page of an origin."""
    port = int(address.rsplit(":", 1)[1])
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    try:
        with connect(f"ws://{host}:{port}{path}", sock=connection, origin=origin, proxy=None) as opened:
            return opened.response.status_code, opened.response.headers
    except InvalidStatus as refused:
        return refused.response.status_code, refused.response.headers


@pytest.mark.parametrize(
    ("options", "environment"),
    [
        (("--server.address", "0.0.0.0"), {}),
        (("--server.address", ""), {}),
        ((), {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}),
        # Behind a proxy the address is still this machine's: the host names give it away.
        ((), {"STREAMLIT_SERVER_ALLOWED_HOSTS": "localhost linli.example.cn"}),
    ],
)
def test_for_others_it_does_not_start_without_a_login(tmp_path, options, environment):
    code, stderr, answered = run_refused_start(tmp_path, options, environment)
    assert code == 2 and answered == []
    assert "Refused to start: others can connect through" in stderr and "streamlit run app.py … -- --insecure" in stderr
    assert not CHINESE.search(stderr)
    assert not (tmp_path / "warehouse").exists()


def test_a_refusal_is_in_the_language_of_the_locale(tmp_path):
    exposed = ("--server.address", "0.0.0.0", "--server.enableCORS", "false")
    code, stderr, _answered = run_refused_start(tmp_path, exposed, {"LC_ALL": "zh_CN.UTF-8"})
    assert code == 2 and "Refused" not in stderr
    refused = [line for line in stderr.splitlines() if line.startswith("拒绝启动：")]
    assert "没有配置登录。运行 make login" in refused[0] and "enableCORS 已关闭" in refused[1]


@pytest.mark.parametrize(
    ("locale", "warning", "others"),
    [
        ("zh_CN.UTF-8", "警告：--insecure，没有登录。能连上 0.0.0.0 的人都能看到全部数据", r"WARNING|Host names"),
        ("C.UTF-8", "WARNING: --insecure, no login. Anybody who can reach 0.0.0.0 sees all data", CHINESE),
    ],
)
def test_with_insecure_it_starts_and_warns_of_the_consequences(warehouse, tmp_path, locale, warning, others):
    port, stderr_file = free_port(), tmp_path / "said"
    with stderr_file.open("w") as to:
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "streamlit",
                "run",
                "app.py",
                "--server.port",
                str(port),
                "--server.address",
                "0.0.0.0",
                "--",
                "--insecure",
            ],
            cwd=PROJECT,
            env={**os.environ, "LINLI_WAREHOUSE": str(warehouse), "LC_ALL": locale},
            stdout=subprocess.DEVNULL,
            stderr=to,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/health", server)
        # It still answers by its own names alone.
        assert get(f"http://127.0.0.1:{port}", "/", Host=f"{FOREIGN}:{port}")[0] == 403
    finally:
        server.terminate()
        server.wait(20)
    message = stderr_file.read_text(encoding="utf-8")
    assert warning in message and not re.search(others, message)


def test_a_weak_login_and_disabled_protections_are_reported_at_once(tmp_path):
    secrets_file = tmp_path / "secrets.toml"
    secrets_file.write_text(
        '[auth]\nredirect_uri = "http://linli.example.cn/login"\ncookie_secret = "changeme-changeme-changeme-changeme-changeme"\n'
        'client_id = "linli"\nserver_metadata_url = "http://127.0.0.1:9/.well-known/openid-configuration"\n'
        '[auth.client_kwargs]\nscope = "openid email"\n[auth.other]\nclient_id = "linli"\n'
    )
    code, stderr, answered = run_refused_start(
        tmp_path,
        (
            "--secrets.files",
            str(secrets_file),
            "--server.address",
            "0.0.0.0",
            "--server.allowedHosts",
            "*",
            "--server.enableCORS",
            "false",
            "--server.enableXsrfProtection",
            "false",
        ),
    )
    assert code == 2 and answered == []
    refused = [line for line in stderr.splitlines() if line.startswith("Refused to start: ")]
    wrong = (
        "other: is another provider",
        "client_secret: is missing",
        "cookie_secret: is too short",
        "redirect_uri: must begin with https",
        "redirect_uri: must end with",
        "enableXsrfProtection is off",
        "enableCORS is off",
        "server.allowedHosts is [*]",
    )
    assert len(refused) == len(wrong) and not CHINESE.search(stderr)
    for reason, line in zip(wrong, refused, strict=True):
        assert reason in line


def test_unreadable_secrets_are_no_missing_login(tmp_path):
    (tmp_path / "secrets.toml").write_text("[auth\n")
    code, message, answered = run_refused_start(tmp_path, ("--secrets.files", str(tmp_path / "secrets.toml")))
    assert code == 2 and answered == [] and f"cannot parse {tmp_path / 'secrets.toml'}; correct its TOML" in message


def test_breaking_secrets_at_run_time_opens_nothing(warehouse, tmp_path):
    told_of = tmp_path / "secrets.toml"
    told_of.write_text(
        f'[auth]\nredirect_uri = "http://localhost/oauth2callback"\ncookie_secret = "{secrets.token_hex(32)}"\nclient_id = "linli"\n'
        'client_secret = "given by the provider"\nserver_metadata_url = "http://localhost:9/.well-known/openid-configuration"\n'
    )
    with serve(warehouse, options=("--secrets.files", str(told_of))) as at:
        assert get(at, "/drawn/x")[0] == 401
        told_of.write_text("[auth\n")
        # Streamlit reloads the file every few tenths of a second, and then knows of no login any more.
        for _ in range(15):
            time.sleep(0.2)
            assert get(at, "/drawn/x")[0] == 401


@pytest.mark.parametrize(
    "secret", [secrets.token_hex(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48)], ids=range(3)
)
def test_random_secrets_are_strong(secret):
    assert safety.is_strong(secret)


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "xxx",
        secrets.token_hex(16),
        "changeme" * 8,
        "0123456789abcdef" * 4,
        "a" * 64,
        "qwertyuiop" * 6,
        "my-cookie-secret-" + secrets.token_hex(24),
    ],
    ids=range(8),
)
def test_short_regular_and_placeholder_secrets_are_weak(secret):
    assert not safety.is_strong(secret)


def test_setup_writes_a_secret_for_its_owner_alone(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(language, "_language", "en")
    file = tmp_path / "secrets.toml"
    assert login_setup.main(file) == 0
    assert capsys.readouterr().out.endswith("readable only by its owner; fill in the rest\n")
    auth = tomllib.loads(file.read_text(encoding="utf-8"))["auth"]
    assert safety.is_strong(auth.pop("cookie_secret"))
    assert auth == {"redirect_uri": "", "client_id": "", "client_secret": "", "server_metadata_url": ""}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    for lang, end in (("zh", "要重来请先移走它\n"), ("en", "move it away to start over\n")):
        monkeypatch.setattr(language, "_language", lang)
        assert login_setup.main(file) == 1 and file.read_bytes() == before
        error = capsys.readouterr().err
        assert error.endswith(end) and error.count("\n") == 1


def test_on_this_machine_alone_nothing_may_arrive_from_elsewhere():
    # Another server program may have bound more addresses than config.toml names.
    assert safety.may_arrive_at("127.0.0.1") and safety.may_arrive_at("::1")
    assert not safety.may_arrive_at("192.0.2.7") and not safety.may_arrive_at("2001:db8::7")


@pytest.mark.parametrize("path", PATHS)
def test_a_foreign_host_or_origin_is_refused_everywhere(address, path):
    port = address.rsplit(":", 1)[1]
    for host in (
        FOREIGN,
        f"{FOREIGN}:{port}",
        f"localhost.{FOREIGN}:{port}",
        f"localhost:{port}@{FOREIGN}",
        "192.0.2.7",
        "",
    ):
        assert get(address, path, Host=host)[0] == 403, host
    for origin in (
        f"http://{FOREIGN}",
        "http://localhost:1",
        "null",
        "http://[",
        f"https://localhost:{port}.{FOREIGN}",
    ):
        assert get(address, path, Origin=origin)[0] == 403, origin
    for host in (f"localhost:{port}", f"LOCALHOST:{port}", f"127.0.0.1:{port}", f"[::1]:{port}"):
        assert get(address, path, Host=host, Origin=f"http://{host}")[0] in (200, 404), host


@pytest.mark.parametrize("path", ["/_stcore/stream", "/changes"])
def test_a_socket_is_opened_for_its_own_pages_alone(address, path):
    port = address.rsplit(":", 1)[1]
    assert handshake(address, path, "localhost", f"http://localhost:{port}")[0] == 101
    assert handshake(address, path, "localhost", f"http://{FOREIGN}")[0] == 403
    assert handshake(address, path, "localhost", "http://localhost:1")[0] == 403
    status, headers = handshake(address, path, FOREIGN, f"http://{FOREIGN}:{port}")
    assert status == 403 and headers["X-Content-Type-Options"] == "nosniff"


def test_every_answer_carries_its_headers(address, warehouse):
    def checked(path: str, status: int, **headers: str) -> dict[str, str]:
        seen, answer_headers = get(address, path, **headers)
        assert seen == status, path
        assert (
            answer_headers["x-content-type-options"] == "nosniff" and answer_headers["referrer-policy"] == "same-origin"
        )
        assert (
            answer_headers["cross-origin-resource-policy"] == "same-origin"
            and "frame-ancestors 'none'" in answer_headers["content-security-policy"]
        )
        return answer_headers

    for path, status in zip(PATHS, (200, 200, 200, 200, 404, 200, 200, 404, 200, 200), strict=True):
        answer_headers = checked(path, status)
        is_page = answer_headers.get("content-type", "").startswith("text/html")
        assert (
            ("script-src 'self'" in answer_headers["content-security-policy"])
            == is_page
            == ("x-frame-options" in answer_headers)
        )
        assert is_page or answer_headers["content-security-policy"].startswith("default-src 'none'")
    page = checked("/staffing", 200, Accept_Encoding="gzip")
    assert page["content-encoding"] == "gzip" and "'unsafe-eval'" not in page["content-security-policy"]
    script_src = next(part for part in page["content-security-policy"].split("; ") if part.startswith("script-src"))
    assert "'unsafe-inline'" not in script_src
    checked("/", 403, Host=FOREIGN)
    checked("/health/", 301)
    assert "strict-transport-security" not in page and "cross-origin-opener-policy" not in page
    by_tls = checked("/", 200, X_Forwarded_Proto="https")
    assert (
        by_tls["strict-transport-security"] == "max-age=31536000"
        and by_tls["cross-origin-opener-policy"] == "same-origin"
    )
    assert "; Secure" in checked("/_stcore/health", 200, X_Forwarded_Proto="https")["set-cookie"]
    # A failing route: there is no version any more.
    warehouse.joinpath("versions").rename(warehouse / "gone")
    try:
        checked("/health", 500)
    finally:
        warehouse.joinpath("gone").rename(warehouse / "versions")


def test_the_proxy_passes_on_the_headers_that_the_server_relies_on():
    config = (PROJECT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    passed = dict(re.findall(r"^\s*proxy_set_header (\S+) +(\S+);$", config, re.MULTILINE))
    assert (passed["Host"], passed["X-Forwarded-Proto"]) == ("$http_host", "$scheme")


def test_no_other_page_can_put_it_into_a_frame(context, address, tmp_path):
    (tmp_path / "index.html").write_text(f'<iframe src="{address}/"></iframe>')
    other = HTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path))
    threading.Thread(target=other.serve_forever, daemon=True).start()
    page = context.new_page()
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.goto(f"http://127.0.0.1:{other.server_port}/", wait_until="networkidle")
    assert any("frame-ancestors" in text for text in messages), messages
    assert page.frames[1].evaluate("document.body.innerText.includes('邻里')") is False
    page.close()
    other.shutdown()


def test_an_injected_script_is_not_run(context, address):
    page = context.new_page()
    page.goto(address)
    page.evaluate("""() => {
        const script = document.createElement('script')
        script.textContent = 'window.slipped = true'
        document.head.append(script)
        document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="window.slipped = true">')
        const other = document.createElement('script')
        other.src = 'data:text/javascript,window.slipped = true'
        document.head.append(other)
    }""")
    page.evaluate(WAIT_UNTIL_DRAWN)
    assert page.evaluate("window.slipped") is None
    page.close()
