"""Begins a login when the provider has identified its user, and ends it at logout.

Both are Streamlit's routes: the first sets the cookie, the second deletes it, and neither keeps any state on the
server.
"""

from __future__ import annotations

from contextlib import suppress

from anyio import to_thread
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.internals import login_cookie
from pages.server.security import refusals
from pages.server.security.answers import plain_text
from pages.server.sessions import cookies, store
from pages.server.sessions.store import SessionsError
from sql.audit import log
from sql.audit.log import AuditError


async def begin(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Runs the route to which the provider sends a browser back.

    The login whose cookie it sets begins, and the browser's previous login ends. If that cannot be written, the
    response is 503 without a cookie.
    """
    messages: list[Message] = []

    async def hold(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, hold)
    new = cookies.parse_set_cookie(messages[0]["headers"])
    digest = cookies.digest(new)
    try:
        if digest is not None:
            await to_thread.run_sync(_end, cookies.digest(HTTPConnection(scope).cookies))
            await to_thread.run_sync(store.begin, digest, cookies.name(new), login_cookie.MAX_AGE_SECONDS)
    except SessionsError as error:
        await plain_text(scope, error, 503)(scope, receive, send)
        return
    for message in messages:
        await send(message)


async def end(connection: HTTPConnection) -> None:
    """Ends the login that a request carries, if it is active, and records that."""
    # If the sessions cannot be read, nobody is logged in.
    with suppress(SessionsError):
        await to_thread.run_sync(_end, cookies.digest(connection.cookies))


def _end(digest: str | None) -> None:
    name = store.end(digest) if digest else None
    if name is not None:
        # A user who logs out is logged out, even if that cannot be recorded.
        with suppress(AuditError):
            log.record("logout", name or refusals.NOBODY)
