"""Simulates many concurrent viewers: raw sockets that request a page as a browser does, wait, and request the next."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import websockets

from sql import warehouse
from sql.semantic.scope import areas
from sql.warehouse import Version
from tests.bench.pages.pages import PAGES
from tests.bench.processes import cpu_milliseconds, megabytes, server_pid
from tests.helpers.pages.browser import serve
from tests.helpers.pages.internals import BackMsg, ForwardMsg

THINK_SECONDS = 2.0
# The subprotocols that a browser sends when it opens the socket.
_PROTOCOLS = ("streamlit", "none", "none")


@dataclass
class Crowd:
    """Holds the results of concurrent viewers: milliseconds from the request of a page to its last element, error
    messages, the server's CPU milliseconds per run, and its growth in MB per session."""

    viewers: int
    milliseconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    server: float = 0.0
    megabytes: float = 0.0


def crowds(warehouse_folder: Path, servers: int, sizes: Sequence[int], seconds: float) -> Iterator[Crowd]:
    """Runs crowds of these sizes, one after the other, on that many servers of one warehouse."""
    with ExitStack() as stack:
        addresses = [stack.enter_context(serve(warehouse_folder)) for _ in range(servers)]
        processes = [server_pid(address) for address in addresses]
        for viewers in sizes:
            yield crowd(addresses, processes, warehouse.current_version(warehouse_folder), viewers, seconds)


def crowd(addresses: Sequence[str], processes: Sequence[int], version: Version, viewers: int, seconds: float) -> Crowd:
    """Runs that many viewers for that many seconds, each on one server, on random pages, areas and periods."""
    result = Crowd(viewers)
    memory_before, cpu_before = sum(map(megabytes, processes)), sum(map(cpu_milliseconds, processes))
    asyncio.run(_run_viewers(result, addresses, version, seconds))
    result.server = (sum(map(cpu_milliseconds, processes)) - cpu_before) / max(1, len(result.milliseconds))
    result.megabytes = (sum(map(megabytes, processes)) - memory_before) / viewers
    return result


async def _run_viewers(result: Crowd, addresses: Sequence[str], version: Version, seconds: float) -> None:
    ends = time.monotonic() + seconds
    codes = [code for code in areas(version) if code is not None]
    await asyncio.gather(
        *(
            _viewer(result, addresses[number % len(addresses)], random.Random(number), codes, version, ends)
            for number in range(result.viewers)
        )
    )


async def _viewer(
    result: Crowd, address: str, random_source: random.Random, codes: list[str], version: Version, ends: float
) -> None:
    """Simulates one viewer, from opening the dashboard to leaving it."""
    # Spreads the viewers' arrivals.
    await asyncio.sleep(random_source.uniform(0, THINK_SECONDS))
    url = address.replace("http", "ws", 1) + "/_stcore/stream"
    try:
        async with websockets.connect(url, subprotocols=_PROTOCOLS, max_size=None, origin=address) as socket:
            while time.monotonic() < ends:
                began = time.monotonic()
                await socket.send(_request(random_source, codes, version))
                if error := await _wait_for_end(socket):
                    result.errors.append(error)
                result.milliseconds.append(1000 * (time.monotonic() - began))
                await asyncio.sleep(THINK_SECONDS)
    except (OSError, TimeoutError, websockets.WebSocketException) as error:
        result.errors.append(f"{type(error).__name__}: {error}")


def _request(random_source: random.Random, codes: list[str], version: Version) -> bytes:
    """Returns the request of a random page for a random area and year."""
    message = BackMsg()
    page = random_source.choice(PAGES)
    message.rerun_script.page_name = "" if page == "overview" else page
    year = random_source.choice((version.data_month.year, version.data_month.year - 1))
    message.rerun_script.query_string = urlencode({"area": random_source.choice(codes), "period": year})
    return message.SerializeToString()


async def _wait_for_end(socket: websockets.ClientConnection) -> str:
    """Waits for the end of a run; returns its error message, or an empty text."""
    error = ""
    async with asyncio.timeout(60):
        while True:
            message = ForwardMsg()
            message.ParseFromString(await socket.recv())
            kind = message.WhichOneof("type")
            if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
                error = message.delta.new_element.exception.message
            if kind == "script_finished":
                return error
