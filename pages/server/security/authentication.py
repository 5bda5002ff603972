"""Asks who is there before any route answers: where a login is configured, each request brings it.

Pages themselves ask in their own script, and so does nothing else: what the rules do not open is closed.
"""

from __future__ import annotations

from dataclasses import dataclass

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.server.security import downloads, logins, refusals, routes
from pages.server.security.sockets import Socket
from pages.server.sessions import cookies, store
from pages.server.sessions.store import SessionsError
from pages.server.startup import safety
from sql.audit import log
from sql.audit.log import AuditError
from sql.security import access
from sql.security.access import LOCAL_USER, AccessFileError, User

# Where a browser says that a request comes from.
_ELSEWHERE = ("cross-site", "same-site")
_PERSON = "person"


@dataclass(frozen=True)
class Caller:
    """Who a request comes from: the digest of their login, their name, and the person that access.toml has for it."""

    digest: str | None = None
    name: str = refusals.NOBODY
    person: User | None = None


class AccessMiddleware:
    """Middleware: 401 for whom access.toml does not have, 403 where nobody may come, 404 for somebody else's file."""

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
        if path == routes.CALLBACK:
            await logins.begin(self.app, scope, receive, send)
            return
        if (moved := routes.redirect_target(path)) is not None and scope["method"] in ("GET", "HEAD"):
            query = scope["query_string"].decode("latin-1")
            await RedirectResponse(f"{moved}?{query}" if query else moved, 308)(scope, receive, send)
            return
        if path == routes.LOGOUT:
            if Headers(scope=scope).get("sec-fetch-site") in _ELSEWHERE:
                # A link on another site's page is nobody's wish to leave.
                refusals.add("foreign")
                await PlainTextResponse("请从看板退出 / leave from the dashboard itself", 403)(scope, receive, send)
                return
            await logins.end(HTTPConnection(scope))
        answer = None if rule == "anybody" else await self._refusal(scope, rule, path)
        if answer is not None:
            # Whatever else is on its way is not read.
            answer.headers["Connection"] = "close"
        elif path.startswith(routes.MEDIA):
            send = _no_store(send)
        await (answer or self.app)(scope, receive, send)

    async def _refusal(self, scope: Scope, rule: routes.Rule, path: str) -> Response | None:
        """Returns the answer to a request that is refused, which is recorded; None where it may go on."""
        caller = await to_thread.run_sync(_caller, HTTPConnection(scope))
        if rule == "nobody":
            refusals.add("closed_route", caller.name)
            return PlainTextResponse("这里不接收任何内容 / nothing is taken here", 403)
        if caller.person is None:
            refusals.add("not_logged_in", caller.name)
            return PlainTextResponse("请先登录 / log in first", 401)
        if rule == "administrators" and not caller.person.has_permission("see_metrics"):
            refusals.add("not_administrator", caller.name)
            return PlainTextResponse("只给管理员 / for administrators alone", 403)
        if path.startswith(routes.MEDIA):
            if answer := _file_answer(scope, path, caller):
                return answer
            if answer := await to_thread.run_sync(_unrecorded_answer, path, caller):
                return answer
        scope[_PERSON] = caller.person
        return None

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller = await to_thread.run_sync(_caller, HTTPConnection(scope))
        if routes.rule(scope) == "anybody" or caller.person is not None:
            await Socket(scope, receive, send, caller.digest).serve(self.app, scope)
            return
        refusals.add("not_logged_in", caller.name)
        # Closed before it is accepted: the browser is answered 403.
        await receive()
        await send({"type": "websocket.close", "code": 1008})


def require_person(connection: HTTPConnection) -> User:
    """Returns who asks for what a route sends that is for people alone."""
    return connection.scope[_PERSON]


async def find_person(connection: HTTPConnection) -> User | None:
    """Returns who asks for what a route sends to anybody; None where nobody is logged in."""
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
    """Returns the answer to who may not have a file, or only looks whether it is there; None where they take it."""
    # A part of it would be all that is given: the whole is, whatever range is asked for.
    scope["headers"] = [(name, value) for name, value in scope["headers"] if name != b"range"]
    mode = Headers(scope=scope).get("sec-fetch-mode")
    outcome = downloads.claim(path, caller.digest, mode, caller.person) if scope["method"] == "GET" else "refused"
    if outcome == "whole":
        return None
    if outcome == "nothing":
        return Response(status_code=204)
    refusals.add("not_theirs", caller.name)
    return PlainTextResponse("没有这个文件，或已取走；请再点一次下载 / no such file, or taken already", 404)


def _unrecorded_answer(path: str, caller: Caller) -> Response | None:
    """Records that somebody fetches a file; returns the answer where that cannot be recorded: then none is given."""
    try:
        log.record("fetch", caller.name, detail={"file": path.rpartition(".")[2]})
    except AuditError as error:
        return PlainTextResponse(f"{error.zh}\n{error.en}", 503)
    return None


def _no_store(send: Send) -> Send:
    """Returns a `send` after which neither a browser nor a proxy keeps the answer."""

    async def send_no_store(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Cache-Control"] = "no-store"
        await send(message)

    return send_no_store
