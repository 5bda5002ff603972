"""A dashboard with a login: a real OpenID provider beside it, people in access.toml, and how they log in."""

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
from streamlit.proto.WidgetStates_pb2 import WidgetState

from sql.paths import PROJECT
from tests.helpers.browser import free_port, serve, wait_for
from tests.helpers.sockets import open_visitor

# By their number at the provider; what the provider says of them.
PEOPLE = {
    "xifeng": {"email": "xifeng@example.cn", "email_verified": True},
    "zhenyuan": {"email": "zhenyuan@example.cn", "email_verified": True},
    "qingyang": {"email": "qingyang@example.cn", "email_verified": True},
    "stranger": {"email": "stranger@example.cn", "email_verified": True},
    # What a provider may say of an address that it has not verified; it is the administrator's.
    "textfalse": {"email": "qingyang@example.cn", "email_verified": "false"},
    "texttrue": {"email": "qingyang@example.cn", "email_verified": "true"},
    "number": {"email": "qingyang@example.cn", "email_verified": 1},
    "unsaid": {"email": "qingyang@example.cn"},
    "unverified": {"email": "qingyang@example.cn", "email_verified": False},
    # Known by their number alone, which for one looks like somebody's address.
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

# As files of before `subject` have it: nobody's address.
[[people]]
who = "texttrue"
roles = ["administrator"]
area = "all"
"""


@dataclass
class LoginServer:
    """Where the dashboard is, where its access.toml lies, and how another process is started on the same files."""

    address: str
    access_file: Path
    environment: Mapping[str, str]

    def entries(self, kind: str) -> list[dict]:
        """The entries of a kind in its audit log."""
        files = sorted((self.access_file.parent / "audit").glob("*.jsonl"))
        entries = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
        return [entry for entry in entries if entry["kind"] == kind]

    def run_command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What a command of the product says and ends with, run beside the dashboard."""
        command = [sys.executable, "-m", *arguments]
        environment = {**os.environ, **self.environment}
        return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, encoding="utf-8")


@contextmanager
def provider() -> Iterator[str]:
    """The address of an OpenID provider that knows PEOPLE."""
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
    """A dashboard that people log in to; its files lie in the folder, its code in the project, `options` are
    Streamlit's."""
    access, told, port = folder / "access.toml", folder / "secrets.toml", free_port()
    access.write_text(ACCESS, encoding="utf-8")
    with provider() as at:
        told.write_text(
            f'[auth]\nredirect_uri = "http://localhost:{port}/oauth2callback"\ncookie_secret = "{secrets.token_urlsafe(48)}"\n'
            f'client_id = "linli"\nclient_secret = "{secrets.token_urlsafe(24)}"\n'
            f'server_metadata_url = "{at}/.well-known/openid-configuration"\n',
            encoding="utf-8",
        )
        environment = {
            "LINLI_ACCESS": str(access),
            "LINLI_AUDIT": str(folder / "audit"),
            "LINLI_MEETINGS": str(folder / "meetings"),
            "LINLI_SESSIONS": str(folder / "sessions"),
        }
        options = ("--secrets.files", str(told), *options)
        with serve(warehouse, project, port=port, options=options, environment=environment) as address:
            yield LoginServer(address, access, environment)


def log_in(page: Page, address: str, sub: str, path: str = "/") -> None:
    """Goes through the door as that person does: the button, the provider's form, and back.

    Whoever logged in with the same browser before is out.
    """
    page.context.clear_cookies()
    page.goto(address + path)
    page.get_by_role("button", name="登录").click()
    page.locator("input[name=sub]").fill(sub)
    page.get_by_role("button", name="Authorize", exact=True).click()
    page.wait_for_url(f"{address}/**")


def login_cookies(address: str, sub: str, before: Mapping[str, str] = {}) -> dict[str, str]:
    """What a browser keeps once that person has logged in, by the same requests without one; `before` is what it kept
    before."""
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
    ask = opener.open
    # Streamlit's token against requests of other pages comes with what its front end looks for first.
    ask(f"{address}/_stcore/health").close()
    with open_visitor(address) as visitor:
        (button,) = [one for one in visitor.ask("overview", {}).elements("button") if one.label == "登录"]
        clicked = visitor.ask("overview", {}, [WidgetState(id=button.id, trigger_value=True)])
    (door,) = [told.auth_redirect.url for told in clicked.messages if told.WhichOneof("type") == "auth_redirect"]
    with ask(address + door) as form, ask(form.url, urlencode({"sub": sub}).encode()) as back:
        assert back.url.startswith(address), back.url
    return {kept.name: kept.value for kept in jar}
