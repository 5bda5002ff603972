"""Closes every open socket once the login that it was opened with has ended.

Streamlit reads the cookie when a socket opens and never again.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from contextvars import ContextVar

from anyio import to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.internals import messages, web_server
from pages.server.security import downloads, routes
from pages.server.sessions import store
from pages.server.sessions.store import SessionsError
from sql.security import access
from sql.security.access import LOCAL_USER, AccessFileError, User

# The digest of the login of the socket being served. Streamlit handles a message in a task created while it receives
# the message, so the task inherits this value.
login_digest: ContextVar[str | None] = ContextVar("asking", default=None)
_POLICY = 1008
_SECONDS = 1.0

_open: set[Socket] = set()


class Socket:
    """Relays one socket between a browser and its route."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, digest: str | None) -> None:
        self.digest, self._receive, self._send = digest, receive, send
        self._is_stream = routes.path(scope) == web_server.STREAM
        self._is_closed = False

    async def serve(self, app: ASGIApp, scope: Scope) -> None:
        """Runs the route on the socket until either ends."""
        login_digest.set(self.digest)
        _open.add(self)
        try:
            await app(scope, self._receive_while_active, self._send_and_grant)
        finally:
            _open.discard(self)

    def is_login_active(self) -> bool:
        """Returns whether the login that the socket was opened with is still active."""
        if self.digest is None:
            return True
        try:
            session = store.find(self.digest)
            # A page informs a user who is not in access.toml; any other socket closes.
            return session is not None and (self._is_stream or access.find_user(session.name) is not None)
        except (SessionsError, AccessFileError):
            return False

    def _person(self) -> User | None:
        """Returns the user behind the socket now; None if they have no access."""
        if self.digest is None:
            return LOCAL_USER
        try:
            session = store.find(self.digest)
            return None if session is None else access.find_user(session.name)
        except (SessionsError, AccessFileError):
            return None

    async def close(self) -> None:
        """Closes the socket for the browser and for the route; nothing is sent afterwards."""
        if not self._is_closed:
            self._is_closed = True
            # The browser may already be gone.
            with suppress(OSError, RuntimeError):
                await self._send({"type": "websocket.close", "code": _POLICY})

    async def _receive_while_active(self) -> Message:
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            if not self.is_login_active():
                await self.close()
                return {"type": "websocket.disconnect", "code": _POLICY}
            if not self._is_stream or messages.is_from_page(message.get("bytes") or b""):
                return message

    async def _send_and_grant(self, message: Message) -> None:
        if self._is_closed:
            return
        self._is_closed = message["type"] == "websocket.close"
        if self._is_stream and message.get("bytes"):
            downloads.grant(message["bytes"], self.digest, self._person)
        await self._send(message)


async def watch() -> None:
    """Closes the sockets of logins that have ended, within about a second, until it is cancelled."""
    while True:
        await asyncio.sleep(_SECONDS)
        if closing := [asyncio.create_task(socket.close()) for socket in await to_thread.run_sync(_without_login)]:
            # A browser that does not read must not delay closing the others.
            await asyncio.wait(closing, timeout=_SECONDS)


def _without_login() -> list[Socket]:
    return [socket for socket in list(_open) if not socket.is_login_active()]
