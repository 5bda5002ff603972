"""Limits the number of connections and how long a client may keep the server waiting.

uvicorn has no timeout for a request head or body that never ends.
"""

from __future__ import annotations

import asyncio
import resource
import socket
import struct
from asyncio import AbstractEventLoop, Transport
from typing import Any

from pages.internals import http_connections

# Seconds for a request's head and body to arrive; uvicorn itself closes idle connections after five.
REQUEST_SECONDS = 15
# Seconds within which the client must read some of the response.
ANSWER_SECONDS = 60
MAX_CONNECTIONS, MAX_PER_ADDRESS = 1000, 200
# File descriptors for everything else: the warehouse, child processes, files.
_OTHER_FILES = 200
# Behind a proxy on this machine every client has one of these addresses.
_SHARED = ("127.0.0.1", "::1")
_INTERVAL_SECONDS = 1.0


class Limits:
    """Holds the open connections and enforces their limits."""

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._loop = loop
        self._open: dict[Transport, _Connection] = {}
        self._max_count = min(MAX_CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - _OTHER_FILES)

    def admit(self, transport: Transport, protocol: Any) -> None:
        """Watches a new connection, or cuts it at once if there are too many."""
        connection = _Connection(transport, protocol, self._loop.time())
        self._forget()
        others = [other for other in self._open.values() if other.address == connection.address]
        is_one_too_many = connection.address not in _SHARED and len(others) >= MAX_PER_ADDRESS
        if is_one_too_many or len(self._open) >= self._max_count:
            connection.cut()
        else:
            self._open[transport] = connection

    async def watch(self) -> None:
        """Cuts connections whose clients take too long, until it is cancelled."""
        while True:
            await asyncio.sleep(_INTERVAL_SECONDS)
            self._forget()
            for connection in list(self._open.values()):
                if connection.is_overdue(self._loop.time()):
                    connection.cut()

    def _forget(self) -> None:
        """Forgets connections that are gone. A closing connection with data left to send is not gone."""
        for transport in list(self._open):
            if transport.is_closing() and not transport.get_write_buffer_size():
                del self._open[transport]


class _Connection:
    def __init__(self, transport: Transport, protocol: Any, now: float) -> None:
        self.transport, self._protocol = transport, protocol
        self.address = (transport.get_extra_info("peername") or ("",))[0]
        self._state: tuple[object, ...] = ()
        self._state_began_at = now

    def is_overdue(self, now: float) -> bool:
        """Returns whether the client has kept the server waiting for too long; call it at every check."""
        state, seconds = self._waiting()
        if state != self._state:
            # A new connection's first state began with it.
            self._state_began_at, self._state = (now if self._state else self._state_began_at), state
        return seconds is not None and now - self._state_began_at > seconds

    def cut(self) -> None:
        """Ends the connection and discards unsent data, in this process and in the operating system."""
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _waiting(self) -> tuple[tuple[object, ...], float | None]:
        """Returns what the connection is waiting for, and the client's time limit in seconds; None if the client is
        not to act."""
        if size := self.transport.get_write_buffer_size():
            return ("answer", size), ANSWER_SECONDS
        if http_connections.is_socket(self.transport, self._protocol):
            return ("socket",), None
        request, is_arriving = http_connections.current_request(self._protocol)
        return (("request", request), REQUEST_SECONDS) if is_arriving else (("work", request), None)


def limit(loop: AbstractEventLoop) -> Limits:
    """Limits the connections of every server that the loop creates from now on; returns the limits, to be watched."""
    limits = Limits(loop)
    http_connections.intercept(loop, limits.admit)
    return limits
