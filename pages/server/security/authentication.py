"""Authenticates every request before a route answers it; with a login configured, each request must carry one.

Pages check the user in their own script; nothing else does. A route that no rule opens is closed.
"""

from __future__ import annotations

from dataclasses import dataclass

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.internals import web_server
from pages.server.security import downloads, logins, refusals, routes
from pages.server.security.answers import plain_text
from pages.server.security.sockets import Socket
from pages.server.sessions import cookies, store
from pages.server.sessions.store import SessionsError
from pages.server.startup import safety
from sql.audit import log
from sql.audit.log import AuditError
from sql.files.sql_file import Text
from sql.security import access
from sql.security.access import LOCAL_USER, AccessFileError, User

# Values of Sec-Fetch-Site for requests from other sites.
_ELSEWHERE = ("cross-site", "same-site")
_PERSON = "person"
_FOREIGN_LOGOUT = Text("请从看板退出", "log out from the dashboard itself")
_NO_FILE = Text(
    "没有这个文件，或已取走；请再点一次下载", "no such file, or already downloaded; click the download again"
)


@dataclass(frozen=True)
class Caller:
    """Describes who sent a request: the digest of the login, the name, and the person listed for it in access.toml."""

    digest: str | None = None
    name: str = refusals.NOBODY
    person: User | None = None


class AccessMiddleware:
    """Answers 401 to users not in access.toml, 403 on closed routes, 404 for another user's file; a middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        rule, path = routes.rule(scope), routes.path(scope)
        if path == web_server.CALLBACK:
            await logins.begin(self.app, scope, receive, send)
            return
        if (target := routes.redirect_target(path)) is not None and scope["method"] in ("GET", "HEAD"):
            query = scope["query_string"].decode("latin-1")
            await RedirectResponse(f"{target}?{query}" if query else target, 308)(scope, receive, send)
            return
        if path == web_server.LOGOUT:
            if Headers(scope=scope).get("sec-fetch-site") in _ELSEWHERE:
                # A link on another site's page does not express the user's wish to log out.
                refusals.add("foreign")
                await plain_text(scope, _FOREIGN_LOGOUT, 403)(scope, receive, send)
                return
            await logins.end(HTTPConnection(scope))
        response = None if rule == "anybody" else await self._refusal(scope, rule, path)
        if response is not None:
            # The rest of the request is not read.
            response.headers["Connection"] = "close"
        elif path.startswith(web_server.MEDIA):
            send = _no_store(send)
        await (response or self.app)(scope, receive, send)

    async def _refusal(self, scope: Scope, rule: routes.Rule, path: str) -> Response | None:
        """Records a refused request and returns its response; None if the request is allowed."""
        caller = await to_thread.run_sync(_caller, HTTPConnection(scope))
        if rule == "nobody":
            refusals.add("closed_route", caller.name)
            return plain_text(scope, Text("这里不接收任何内容", "nothing is accepted here"), 403)
        if caller.person is None:
            refusals.add("not_logged_in", caller.name)
            return plain_text(scope, Text("请先登录", "log in first"), 401)
        if rule == "administrators" and not caller.person.has_permission("see_metrics"):
            refusals.add("not_administrator", caller.name)
            return plain_text(scope, Text("只给管理员", "administrators only"), 403)
        if path.startswith(web_server.MEDIA):
            if response := _file_answer(scope, path, caller):
                return response
            if response := await to_thread.run_sync(_unrecorded_answer, scope, path, caller):
                return response
        scope[_PERSON] = caller.person
        return None

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller = await to_thread.run_sync(_caller, HTTPConnection(scope))
        if routes.rule(scope) == "anybody" or caller.person is not None:
            await Socket(scope, receive, send, caller.digest).serve(self.app, scope)
            return
        refusals.add("not_logged_in", caller.name)
        # Closing before accepting makes the browser receive 403.
        await receive()
        await send({"type": "websocket.close", "code": 1008})


def require_person(connection: HTTPConnection) -> User:
    """Returns the user behind a request to a route that only known users may reach."""
    return connection.scope[_PERSON]


async def find_person(connection: HTTPConnection) -> User | None:
    """Returns the user behind a request to a public route; None if nobody is logged in."""
    return (await to_thread.run_sync(_caller, connection)).person


def _caller(connection: HTTPConnection) -> Caller:
    if not safety.is_login_configured():
        return Caller(None, LOCAL_USER.name, LOCAL_USER)
    try:
        session = store.find(cookies.digest(connection.cookies))
        if session is None:
            return Caller()
        return Caller(session.digest, session.name or refusals.NOBODY, access.find_user(session.name))
    except (AccessFileError, SessionsError):
        return Caller()


def _file_answer(scope: Scope, path: str, caller: Caller) -> Response | None:
    """Returns the response if the caller may not have the file or only checks that it exists; None to send the file."""
    # A file is sent once, so it must be sent whole, whatever range is requested.
    scope["headers"] = [(name, value) for name, value in scope["headers"] if name != b"range"]
    mode = Headers(scope=scope).get("sec-fetch-mode")
    outcome = downloads.claim(path, caller.digest, mode, caller.person) if scope["method"] == "GET" else "refused"
    if outcome == "whole":
        return None
    if outcome == "nothing":
        return Response(status_code=204)
    refusals.add("not_theirs", caller.name)
    return plain_text(scope, _NO_FILE, 404)


def _unrecorded_answer(scope: Scope, path: str, caller: Caller) -> Response | None:
    """Records that a file is fetched; returns 503 if that fails, so that no file leaves unrecorded."""
    try:
        log.record("fetch", caller.name, detail={"file": path.rpartition(".")[2]})
    except AuditError as error:
        return plain_text(scope, error, 503)
    return None


def _no_store(send: Send) -> Send:
    """Returns a `send` that forbids browsers and proxies to cache the response."""

    async def send_no_store(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Cache-Control"] = "no-store"
        await send(message)

    return send_no_store
