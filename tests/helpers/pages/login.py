"""Serves a dashboard with a login: a real OpenID provider, users in access.toml, and their logins."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import Cookie, CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from playwright.sync_api import Page

from pages.internals import web_server
from sql.paths import PROJECT
from tests.helpers.pages.browser import free_port, serve, wait_for
from tests.helpers.pages.internals import WidgetState
from tests.helpers.pages.sockets import open_visitor

# The provider's claims, by the subject of each person.
PEOPLE = {
    "xifeng": {"email": "xifeng@example.cn", "email_verified": True},
    "zhenyuan": {"email": "zhenyuan@example.cn", "email_verified": True},
    "qingyang": {"email": "qingyang@example.cn", "email_verified": True},
    "stranger": {"email": "stranger@example.cn", "email_verified": True},
    # What a provider may claim about an address that it has not verified, here the administrator's.
    "textfalse": {"email": "qingyang@example.cn", "email_verified": "false"},
    "texttrue": {"email": "qingyang@example.cn", "email_verified": "true"},
    "number": {"email": "qingyang@example.cn", "email_verified": 1},
    "unsaid": {"email": "qingyang@example.cn"},
    "unverified": {"email": "qingyang@example.cn", "email_verified": False},
    # Known only by their subject, one of which looks like an address.
    "00u7": {},
    "qingyang@example.cn": {},
}
UNVERIFIED_PEOPLE = ("textfalse", "texttrue", "number", "unsaid", "unverified")
ACCESS = """
[[people]]
who = "xifeng@example.cn"
roles = ["viewer"]
area = "621002"

[[people]]
who = "Zhenyuan@example.cn"
roles = ["analyst", "editor"]
area = "621027"

[[people]]
who = "qingyang@example.cn"
roles = ["administrator"]
area = "621000"

[[people]]
subject = "00u7"
roles = ["viewer"]
area = "621002"

# As in files from before `subject` existed: not an address.
[[people]]
who = "texttrue"
roles = ["administrator"]
area = "all"
"""


@dataclass
class LoginServer:
    """Describes a running dashboard: its address, its access.toml, and the environment of a process on its files."""

    address: str
    access_file: Path
    environment: Mapping[str, str]

    def entries(self, kind: str) -> list[dict]:
        """Returns the entries of that kind in the audit log."""
        files = sorted((self.access_file.parent / "audit").glob("*.jsonl"))
        entries = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
        return [entry for entry in entries if entry["kind"] == kind]

    def run_command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a command of the product beside the dashboard and returns its output and exit code."""
        command = [sys.executable, "-m", *arguments]
        environment = {**os.environ, **self.environment}
        return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, encoding="utf-8")


@contextmanager
def provider() -> Iterator[str]:
    """Starts an OpenID provider that knows PEOPLE; yields its address."""
    port = free_port()
    people = [part for sub, claims in PEOPLE.items() for part in ("--user-claims", json.dumps({"sub": sub, **claims}))]
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *people],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        wait_for(f"http://localhost:{port}/.well-known/openid-configuration", server)
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait(20)


@contextmanager
def serve_with_login(
    warehouse: Path, folder: Path, options: Sequence[str] = (), project: Path = PROJECT
) -> Iterator[LoginServer]:
    """Serves a dashboard with a login; its files are in `folder`, its code in `project`, and `options` are
    Streamlit's."""
    access, secrets_file, port = folder / "access.toml", folder / "secrets.toml", free_port()
    access.write_text(ACCESS, encoding="utf-8")
    with provider() as provider_address:
        secrets_file.write_text(
            f'[auth]\nredirect_uri = "http://localhost:{port}/{web_server.CALLBACK}"\ncookie_secret = "{secrets.token_urlsafe(48)}"\n'
            f'client_id = "linli"\nclient_secret = "{secrets.token_urlsafe(24)}"\n'
            f'server_metadata_url = "{provider_address}/.well-known/openid-configuration"\n',
            encoding="utf-8",
        )
        environment = {
            "LINLI_ACCESS": str(access),
            "LINLI_AUDIT": str(folder / "audit"),
            "LINLI_MEETINGS": str(folder / "meetings"),
            "LINLI_SESSIONS": str(folder / "sessions"),
        }
        options = ("--secrets.files", str(secrets_file), *options)
        with serve(warehouse, project, port=port, options=options, environment=environment) as address:
            yield LoginServer(address, access, environment)


def log_in(page: Page, address: str, sub: str, path: str = "/") -> None:
    """Logs in as that person does: the button, the provider's form, and back.

    Ends a login that the same browser had before.
    """
    page.context.clear_cookies()
    page.goto(address + path)
    page.get_by_role("button", name="登录").click()
    page.locator("input[name=sub]").fill(sub)
    page.get_by_role("button", name="Authorize", exact=True).click()
    page.wait_for_url(f"{address}/**")


def login_cookies(address: str, sub: str, before: Mapping[str, str] = {}) -> dict[str, str]:
    """Logs in with the requests of a browser but without one; returns the cookies it would hold, `before` the earlier
    ones."""
    jar = CookieJar()
    opener = build_opener(HTTPCookieProcessor(jar))
    for name, value in before.items():
        jar.set_cookie(
            Cookie(
                0,
                name,
                value,
                None,
                False,
                "localhost.local",
                False,
                False,
                "/",
                True,
                False,
                None,
                True,
                None,
                None,
                {},
            )
        )
    request = opener.open
    # Streamlit sets its XSRF cookie on the first request of its front end.
    request(f"{address}/{web_server.HEALTH}").close()
    with open_visitor(address) as visitor:
        (button,) = [button for button in visitor.ask("overview", {}).elements("button") if button.label == "登录"]
        run = visitor.ask("overview", {}, [WidgetState(id=button.id, trigger_value=True)])
    (login_url,) = [
        message.auth_redirect.url for message in run.messages if message.WhichOneof("type") == "auth_redirect"
    ]
    with request(address + login_url) as form, request(form.url, urlencode({"sub": sub}).encode()) as page:
        assert page.url.startswith(address), page.url
    return {cookie.name: cookie.value for cookie in jar}
