"""Limits on clients of the server without a proxy in front: connections, and time."""

from __future__ import annotations

import resource
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from pages.internals.front_end import STATIC
from pages.server.security import connections
from tests.helpers.pages.browser import serve
from tests.helpers.pages.sockets import open_visitor

HEAD = b"GET /_stcore/health HTTP/1.1\r\nHost: localhost\r\n"
# The limit on open files leaves the server this many connections.
FILES = 500
CONNECTIONS = FILES - 200


@pytest.fixture(scope="module")
def address(demo_folder: Path) -> Iterator[str]:
    """Serves a dashboard that may have few connections."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with ExitStack() as stack:
        resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, most[1]))
        try:
            at = stack.enter_context(serve(demo_folder))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, most)
        yield at


def dial(address: str, source: str = "127.0.0.1") -> socket.socket:
    """Opens a connection from an address of this machine."""
    return socket.create_connection(("127.0.0.1", int(address.rsplit(":", 1)[1])), 120, source_address=(source, 0))


def is_cut(connection: socket.socket) -> bool:
    """Waits for the server; returns true where it ends the connection without an answer."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def is_over(connection: socket.socket) -> bool:
    """Returns true where the server has ended a non-blocking connection; skips its earlier answers."""
    try:
        while content := connection.recv(65536):
            assert content.startswith(b"HTTP/1.1 200")
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def is_answered(address: str, source: str = "127.0.0.1") -> bool:
    """Returns true where a new client is answered."""
    with dial(address, source) as connection:
        try:
            connection.sendall(HEAD + b"\r\n")
            return connection.recv(12) == b"HTTP/1.1 200"
        except OSError:
            return False


def test_a_client_that_does_not_finish_is_cut(address):
    begun = {
        "nothing": (b"", b""),
        "half a head": (HEAD, b""),
        "a head by drops": (HEAD, b"x: y\r\n"),
        "a body by drops": (HEAD + b"Content-Length: 1000000\r\n\r\n", b"x"),
        "a second head by drops": (HEAD + b"\r\n" + HEAD, b"x: y\r\n"),
    }
    with ExitStack() as stack:
        waiting = {name: stack.enter_context(dial(address)) for name in begun}
        for name, connection in waiting.items():
            connection.sendall(begun[name][0])
            connection.setblocking(False)
        ends = time.monotonic() + 120
        while waiting and time.monotonic() < ends:
            for name, connection in list(waiting.items()):
                if is_over(connection):
                    del waiting[name]
                elif piece := begun[name][1]:
                    with suppress(OSError):
                        connection.sendall(piece)
            time.sleep(0.5)
    assert list(waiting) == []
    assert is_answered(address)


@pytest.mark.slow
def test_a_client_that_does_not_read_the_answer_is_cut(address):
    name = max((STATIC / "static" / "js").glob("*.js"), key=lambda file: file.stat().st_size).name
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(180)
        connection.connect(("127.0.0.1", int(address.rsplit(":", 1)[1])))
        connection.sendall(f"GET /static/js/{name} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        poll = select.poll()
        poll.register(connection, select.POLLHUP | select.POLLERR)
        # Nothing is read; the server's reset is seen all the same.
        assert poll.poll(180_000)


def test_an_idle_page_is_not_cut(address):
    with open_visitor(address) as visitor, dial(address) as slow:
        visitor.ask("overview", {})
        # Longer than any request may take: until the server has cut one that was begun later.
        slow.sendall(HEAD)
        assert is_cut(slow)
        assert visitor.ask("staffing", {}).elements("heading")


def test_one_address_has_a_share_and_others_are_answered(address):
    with ExitStack() as stack:
        full = [stack.enter_context(dial(address, "127.0.0.5")) for _ in range(connections.MAX_PER_ADDRESS)]
        assert not is_answered(address, "127.0.0.5")
        assert is_answered(address) and is_answered(address, "127.0.0.6")
        for one in full:
            assert is_cut(one)
        assert is_answered(address, "127.0.0.5")


def test_the_total_is_limited_and_there_is_room_again_afterwards(address):
    with ExitStack() as stack:
        full = [stack.enter_context(dial(address, f"127.0.1.{index % 8 + 1}")) for index in range(CONNECTIONS + 20)]
        assert not is_answered(address)
        for one in full:
            assert is_cut(one)
    assert is_answered(address)
