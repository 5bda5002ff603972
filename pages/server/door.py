"""Asks who is there before anything is sent that a page showed: where a login is configured, each such request brings
it.

Pages themselves ask in their own script; what they point a browser to comes past here.
"""

from __future__ import annotations

import json

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from pages.ui import visitor
from sql import access
from sql.access import LOCAL, AccessError, Person

# Maps' polygons, word of changes, and downloads.
_ASKED_AT = ("/drawn/", "/changes", "/media/")
_PERSON = "person"


class Door:
    """Middleware: 401 for whom access.toml does not have, before the routes that send what pages show."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        if scope["type"] not in ("http", "websocket") or not path.startswith(_ASKED_AT):
            await self.app(scope, receive, send)
            return
        looks = _person(HTTPConnection(scope))
        if looks is not None:
            scope[_PERSON] = looks
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            # Closed before it is accepted: the browser is answered 403.
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse("请先登录 / log in first", 401)(scope, receive, send)


def person(connection: HTTPConnection) -> Person:
    """Who asks for what a route sends."""
    return connection.scope[_PERSON]


def _person(connection: HTTPConnection) -> Person | None:
    """Who the cookie of the login says is there, as access.toml has them now."""
    if not visitor.is_login_configured():
        return LOCAL
    # What Streamlit signs at the login; its own script reads it in the same way and offers routes no other.
    told = _get_signed_cookie_with_chunks(connection.cookies, USER_COOKIE_NAME)
    claims = json.loads(told) if told else {}
    if not claims.get("is_logged_in"):
        return None
    try:
        return access.person(access.name_of(claims))
    except AccessError:
        return None
