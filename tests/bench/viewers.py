"""Many viewers at once: raw sockets that ask for pages as browsers do, think, and ask for the next."""

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
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from sql import warehouse
from sql.semantic.scope import areas
from sql.warehouse import Version
from tests.bench.pages import PAGES
from tests.bench.processes import cpu_milliseconds, megabytes, server_pid
from tests.helpers.browser import serve

THINK_SECONDS = 2.0
# What a browser says when it opens the socket.
_PROTOCOLS = ("streamlit", "none", "none")


@dataclass
class Crowd:
    """What so many viewers met: milliseconds from asking for a page to its last element, errors by their words, the
    server's milliseconds of cores a run, and MB a session beyond what the server held before."""

    viewers: int
    milliseconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    server: float = 0.0
    megabytes: float = 0.0


def crowds(warehouse_folder: Path, servers: int, sizes: Sequence[int], seconds: float) -> Iterator[Crowd]:
    """Crowds of growing size, one after the other, on so many servers of one warehouse."""
    with ExitStack() as stack:
        addresses = [stack.enter_context(serve(warehouse_folder)) for _ in range(servers)]
        processes = [server_pid(address) for address in addresses]
        for viewers in sizes:
            yield crowd(addresses, processes, warehouse.current_version(warehouse_folder), viewers, seconds)


def crowd(addresses: Sequence[str], processes: Sequence[int], version: Version, viewers: int, seconds: float) -> Crowd:
    """So many viewers for so many seconds, each staying at one of the servers, on random pages, areas and periods."""
    found = Crowd(viewers)
    before, cores = sum(map(megabytes, processes)), sum(map(cpu_milliseconds, processes))
    asyncio.run(_together(found, addresses, version, seconds))
    found.server = (sum(map(cpu_milliseconds, processes)) - cores) / max(1, len(found.milliseconds))
    found.megabytes = (sum(map(megabytes, processes)) - before) / viewers
    return found


async def _together(found: Crowd, addresses: Sequence[str], version: Version, seconds: float) -> None:
    ends = time.monotonic() + seconds
    codes = [code for code in areas(version) if code is not None]
    await asyncio.gather(
        *(
            _viewer(found, addresses[number % len(addresses)], random.Random(number), codes, version, ends)
            for number in range(found.viewers)
        )
    )


async def _viewer(
    found: Crowd, address: str, chance: random.Random, codes: list[str], version: Version, ends: float
) -> None:
    """One viewer, from opening the dashboard to leaving it."""
    # They do not all come in the same moment.
    await asyncio.sleep(chance.uniform(0, THINK_SECONDS))
    url = address.replace("http", "ws", 1) + "/_stcore/stream"
    try:
        async with websockets.connect(url, subprotocols=_PROTOCOLS, max_size=None, origin=address) as socket:
            while time.monotonic() < ends:
                began = time.monotonic()
                await socket.send(_asked(chance, codes, version))
                if wrong := await _finished(socket):
                    found.errors.append(wrong)
                found.milliseconds.append(1000 * (time.monotonic() - began))
                await asyncio.sleep(THINK_SECONDS)
    except (OSError, TimeoutError, websockets.WebSocketException) as error:
        found.errors.append(f"{type(error).__name__}: {error}")


def _asked(chance: random.Random, codes: list[str], version: Version) -> bytes:
    """A random page, of a random area and year."""
    message = BackMsg()
    page = chance.choice(PAGES)
    message.rerun_script.page_name = "" if page == "overview" else page
    year = chance.choice((version.data_month.year, version.data_month.year - 1))
    message.rerun_script.query_string = urlencode({"area": chance.choice(codes), "period": year})
    return message.SerializeToString()


async def _finished(socket: websockets.ClientConnection) -> str:
    """Waits for the end of a run; gives what went wrong in it, or nothing."""
    wrong = ""
    async with asyncio.timeout(60):
        while True:
            message = ForwardMsg()
            message.ParseFromString(await socket.recv())
            kind = message.WhichOneof("type")
            if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
                wrong = message.delta.new_element.exception.message
            if kind == "script_finished":
                return wrong
