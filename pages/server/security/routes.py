"""Who may come to which route: whatever is not named here is for people of access.toml alone.

tests/pages/server/test_door.py looks at every route that Streamlit registers: an upgrade that adds one fails.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from starlette.types import Scope
from streamlit import config

from pages.server.delivery.document import STATIC
from sql import aliases
from sql.paths import PROJECT

Rule = Literal["anybody", "people", "administrators", "nobody"]

CALLBACK, LOGOUT, MEDIA, STREAM = "oauth2callback", "auth/logout", "media/", "_stcore/stream"
# What a browser asks for before anybody has logged in, beside the document and its files.
_BEFORE_LOGIN = {"health", "_stcore/health", "_stcore/host-config", "auth/login", LOGOUT, CALLBACK}
# No page takes files. One that does opens this for its own sessions, here.
_UPLOADS = "_stcore/upload_file"
_AGENTS = "_stcore/agent"
_METRICS = "_stcore/metrics"
_METHODS = ("GET", "HEAD", "OPTIONS")


def rule(scope: Scope) -> Rule:
    """Returns who may come to what a request or a socket asks for."""
    name = path(scope)
    if scope["type"] == "websocket":
        # On this one pages are drawn: their script asks who looks, and draws the way in where nobody is.
        return "anybody" if name == STREAM else "people"
    if scope["method"] not in _METHODS or _is_below(name, _UPLOADS) or _is_below(name, _AGENTS):
        return "nobody"
    if _is_below(name, _METRICS):
        return "administrators"
    return "anybody" if name in _BEFORE_LOGIN or name in _documents() or name in _files() else "people"


def path(scope: Scope) -> str:
    """Returns what is asked for below a prefix, which is a proxy's or server.baseUrlPath, without the first slash."""
    asked: str = scope["path"]
    for prefix in (scope.get("root_path", ""), config.get_option("server.baseUrlPath")):
        stem = prefix.strip("/")
        if stem and (asked == f"/{stem}" or asked.startswith(f"/{stem}/")):
            asked = asked.removeprefix(f"/{stem}")
    return asked.removeprefix("/")


def redirect_target(name: str) -> str | None:
    """Returns where a page lies now, relative to its old address that was asked for; None for any other address."""
    stem = name.removesuffix("/")
    if stem not in aliases.PAGES:
        return None
    return f"{'../' if name.endswith('/') else ''}{aliases.PAGES[stem]}"


def _is_below(name: str, stem: str) -> bool:
    return f"{name}/".startswith(f"{stem}/")


@lru_cache(maxsize=1)
def _documents() -> frozenset[str]:
    """Returns the addresses of pages; each is answered with the one document, also with a slash behind it."""
    names = ["", *(page.stem for page in (PROJECT / "pages").glob("*.py"))]
    return frozenset(names) | {f"{name}/" for name in names if name}


@lru_cache(maxsize=1)
def _files() -> frozenset[str]:
    """Returns the files of the front end, the same for everybody."""
    return frozenset(file.relative_to(STATIC).as_posix() for file in STATIC.rglob("*") if file.is_file())
