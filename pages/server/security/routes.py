"""Decides who may reach which route: a route not named here is open only to users in access.toml.

tests/pages/server/test_door.py checks every route that Streamlit registers, so an upgrade that adds one fails.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import streamlit as st
from starlette.types import Scope

from pages.internals import web_server
from pages.internals.front_end import STATIC
from sql import aliases
from sql.paths import PROJECT

Rule = Literal["anybody", "people", "administrators", "nobody"]

# Routes that a browser needs before login, beside the document and its files.
_BEFORE_LOGIN = {
    "health",
    web_server.HEALTH,
    web_server.HOST_CONFIG,
    web_server.LOGIN,
    web_server.LOGOUT,
    web_server.CALLBACK,
}
# No page accepts uploads. A page that does must open their route here, for its own sessions.
_CLOSED = (web_server.UPLOADS, web_server.AGENTS)
_METHODS = ("GET", "HEAD", "OPTIONS")


def rule(scope: Scope) -> Rule:
    """Returns who may reach the route of a request or a socket."""
    name = path(scope)
    if scope["type"] == "websocket":
        # Pages are drawn over this socket: their script checks the user and draws the login page if there is none.
        return "anybody" if name == web_server.STREAM else "people"
    if scope["method"] not in _METHODS or any(_is_below(name, stem) for stem in _CLOSED):
        return "nobody"
    if _is_below(name, web_server.METRICS):
        return "administrators"
    return "anybody" if name in _BEFORE_LOGIN or name in _documents() or name in _files() else "people"


def path(scope: Scope) -> str:
    """Returns the requested path without the prefix of a proxy or of server.baseUrlPath and without the first slash."""
    full_path: str = scope["path"]
    for prefix in (scope.get("root_path", ""), st.get_option("server.baseUrlPath")):
        stem = prefix.strip("/")
        if stem and (full_path == f"/{stem}" or full_path.startswith(f"/{stem}/")):
            full_path = full_path.removeprefix(f"/{stem}")
    return full_path.removeprefix("/")


def redirect_target(name: str) -> str | None:
    """Returns a page's present address, relative to its old address `name`; None for any other address."""
    stem = name.removesuffix("/")
    if stem not in aliases.PAGES:
        return None
    return f"{'../' if name.endswith('/') else ''}{aliases.PAGES[stem]}"


def _is_below(name: str, stem: str) -> bool:
    return f"{name}/".startswith(f"{stem}/")


@lru_cache(maxsize=1)
def _documents() -> frozenset[str]:
    """Returns the addresses of pages, with and without a trailing slash; all are answered with the same document."""
    names = ["", *(page.stem for page in (PROJECT / "pages").glob("*.py"))]
    return frozenset(names) | {f"{name}/" for name in names if name}


@lru_cache(maxsize=1)
def _files() -> frozenset[str]:
    """Returns the files of the front end, which are the same for everybody."""
    return frozenset(file.relative_to(STATIC).as_posix() for file in STATIC.rglob("*") if file.is_file())
