"""Intercepts connections of uvicorn's server, and reads what each is waiting for.

`streamlit run` starts uvicorn without passing on its settings, and uvicorn has no hook for connections.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop, BaseProtocol, Transport
from collections.abc import Callable, Coroutine
from typing import Any


def intercept(loop: AbstractEventLoop, on_open: Callable[[Transport, Any], None]) -> None:
    """Calls `on_open` with the transport and the protocol of each new connection of every server that the loop creates
    from now on.

    uvicorn calls `create_server` of the running loop after the lifespan has begun, with a factory of protocols.
    """
    create: Callable[..., Coroutine[Any, Any, Any]] = loop.create_server

    def create_server(factory: Callable[[], BaseProtocol], *args: Any, **options: Any) -> Coroutine[Any, Any, Any]:
        return create(lambda: _watched(factory(), on_open), *args, **options)

    setattr(loop, "create_server", create_server)  # noqa: B010  its type is a method


def _watched(protocol: Any, on_open: Callable[[Transport, Any], None]) -> BaseProtocol:
    begin = protocol.connection_made

    def connection_made(transport: Transport) -> None:
        begin(transport)
        on_open(transport, protocol)

    protocol.connection_made = connection_made
    return protocol


def is_socket(transport: Transport, protocol: Any) -> bool:
    """Returns whether a connection has become a WebSocket: uvicorn then replaces the protocol of its transport."""
    return transport.get_protocol() != protocol


def current_request(protocol: Any) -> tuple[object, bool]:
    """Returns the latest request on a connection, None before the first, and whether the next head or the rest of the
    body is still to arrive.

    uvicorn's HTTP protocol holds the request as `cycle`, with `response_complete` and `more_body`.
    """
    cycle = protocol.cycle
    return cycle, cycle is None or cycle.response_complete or cycle.more_body
