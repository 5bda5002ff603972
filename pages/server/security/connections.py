"""Bounds what clients may hold of the server: how many connections, and for how long without doing their part.

`streamlit run` starts uvicorn and hands on none of its settings, and uvicorn has no time-out for a head or a body that
never ends. This relies on three things, which tests/pages/server/test_connections.py checks: uvicorn asks the running
loop to `create_server` after the lifespan has begun; its protocol for HTTP has the request at hand as `cycle`, with
`response_complete` and `more_body`; and a WebSocket takes the protocol's place at its transport.
"""

from __future__ import annotations

import asyncio
import resource
import socket
import struct
from asyncio import AbstractEventLoop, BaseProtocol, Transport
from collections.abc import Callable, Coroutine
from typing import Any

# Seconds that a head and a body may take to arrive; idle connections uvicorn itself closes after five.
REQUEST_SECONDS = 15
# Seconds in which some of what was sent has to be taken.
ANSWER_SECONDS = 60
MAX_CONNECTIONS, MAX_PER_ADDRESS = 1000, 200
# What else the server opens: the warehouse, its children, files.
_OTHER_FILES = 200
# A proxy on this machine brings everybody from here.
_SHARED = ("127.0.0.1", "::1")
_LOOKS_EVERY_SECONDS = 1.0


class Limits:
    """The connections that stand, and how many there may be."""

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._loop = loop
        self._open: dict[Transport, _Connection] = {}
        self._most = min(MAX_CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - _OTHER_FILES)

    def admit(self, protocol: Any) -> BaseProtocol:
        """Returns the protocol of a new connection, which is cut at once where there are too many."""
        begin = protocol.connection_made

        def connection_made(transport: Transport) -> None:
            begin(transport)
            connection = _Connection(transport, protocol, self._loop.time())
            self._forget()
            others = [one for one in self._open.values() if one.address == connection.address]
            is_one_too_many = connection.address not in _SHARED and len(others) >= MAX_PER_ADDRESS
            if is_one_too_many or len(self._open) >= self._most:
                connection.cut()
            else:
                self._open[transport] = connection

        protocol.connection_made = connection_made
        return protocol

    async def watch(self) -> None:
        """Cuts the connections whose clients take too long, until it is cancelled."""
        while True:
            await asyncio.sleep(_LOOKS_EVERY_SECONDS)
            self._forget()
            for connection in list(self._open.values()):
                if connection.is_overdue(self._loop.time()):
                    connection.cut()

    def _forget(self) -> None:
        """Forgets the connections that are gone. One that is closing while something is still to be sent is not."""
        for transport in [one for one in self._open if one.is_closing() and not one.get_write_buffer_size()]:
            del self._open[transport]


class _Connection:
    def __init__(self, transport: Transport, protocol: Any, now: float) -> None:
        self.transport, self._protocol = transport, protocol
        self.address = (transport.get_extra_info("peername") or ("",))[0]
        self._state: tuple[object, ...] = ()
        self._since = now

    def is_overdue(self, now: float) -> bool:
        """Returns whether the client's part has stood still for too long: to be asked whenever the server looks."""
        state, seconds = self._waiting()
        if state != self._state:
            # A new connection's first state began with it.
            self._since, self._state = (now if self._state else self._since), state
        return seconds is not None and now - self._since > seconds

    def cut(self) -> None:
        """Ends the connection; what was not taken is kept no longer, by this process or by the system."""
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _waiting(self) -> tuple[tuple[object, ...], float | None]:
        """Returns what is waited for, and the seconds that it may take; None where it is not the client's part."""
        if size := self.transport.get_write_buffer_size():
            return ("answer", size), ANSWER_SECONDS
        if self.transport.get_protocol() != self._protocol:
            return ("socket",), None
        cycle = self._protocol.cycle
        if cycle is None or cycle.response_complete or cycle.more_body:
            return ("request", cycle), REQUEST_SECONDS
        return ("work", cycle), None


def limit(loop: AbstractEventLoop) -> Limits:
    """Has every server that the loop creates from now on bound its connections; returns the bounds, to be watched."""
    limits = Limits(loop)
    create: Callable[..., Coroutine[Any, Any, Any]] = loop.create_server

    def create_server(factory: Callable[[], BaseProtocol], *args: Any, **options: Any) -> Coroutine[Any, Any, Any]:
        return create(lambda: limits.admit(factory()), *args, **options)

    setattr(loop, "create_server", create_server)  # noqa: B010  its type is a method
    return limits
