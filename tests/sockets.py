"""A page asked for as a browser asks, without one: every message the server sends, and every file its buttons give."""
from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

_DRAWN = re.compile(rb"drawn/[0-9a-f]{64}")


@dataclass
class Run:
    """One run of a page: its messages as they travel, and what its elements are."""

    raw: list[bytes] = field(default_factory=list)
    messages: list[ForwardMsg] = field(default_factory=list)

    def elements(self, kind: str) -> list:
        """The elements of a kind that were drawn, in order."""
        deltas = [message.delta.new_element for message in self.messages if message.WhichOneof("type") == "delta"]
        return [getattr(element, kind) for element in deltas if element.WhichOneof("type") == kind]

    def menu(self, key: str) -> str:
        """The id of the menu with a key."""
        blocks = [message.delta.add_block.popover.id for message in self.messages if message.WhichOneof("type") == "delta"]
        return next(name for name in blocks if name.endswith(f"-{key}"))

    @property
    def drawn(self) -> set[str]:
        """The addresses, below the server's, of what its maps draw."""
        return {found.decode() for message in self.raw for found in _DRAWN.findall(message)}


class Visitor:
    """A socket that asks for pages and for their files."""

    def __init__(self, socket: ClientConnection, address: str, cookies: Mapping[str, str]) -> None:
        self._socket, self._address, self._cookies = socket, address, cookies
        self._session = ""
        self._sent: dict[str, ForwardMsg] = {}

    def ask(self, page: str, query: Mapping[str, str], opened: str = "") -> Run:
        """Everything the server sends until the page has been drawn; `opened` is the id of a menu that is clicked open."""
        asked = BackMsg()
        if opened:
            asked.rerun_script.widget_states.widgets.add(id=opened, bool_value=True)
        asked.rerun_script.page_name = "" if page == "overview" else page
        asked.rerun_script.query_string = urlencode(query)
        self._socket.send(asked.SerializeToString())
        run = Run()
        while not run.messages or run.messages[-1].WhichOneof("type") != "script_finished":
            run.raw.append(self._socket.recv(timeout=60))
            message = ForwardMsg.FromString(run.raw[-1])
            if message.WhichOneof("type") == "new_session":
                self._session = message.new_session.initialize.session_id
            # What a browser holds already is sent by its name alone.
            run.messages.append(self._sent[message.ref_hash] if message.WhichOneof("type") == "ref_hash" else message)
            self._sent[message.hash] = message
        return run

    def files(self, run: Run) -> Iterator[tuple[str, bytes]]:
        """The files that the buttons of a run give when they are clicked, by the button's key."""
        for button in run.elements("download_button"):
            asked = BackMsg()
            asked.backend_operation_request.request_id, asked.backend_operation_request.session_id = button.id, self._session
            asked.backend_operation_request.deferred_file.file_id = button.deferred_file_id
            self._socket.send(asked.SerializeToString())
            answer = ForwardMsg()
            while answer.WhichOneof("type") != "backend_operation_response":
                answer = ForwardMsg.FromString(self._socket.recv(timeout=60))
            told = answer.backend_operation_response
            assert not told.error_msg, f"{button.id}: {told.error_msg}"
            yield button.id, fetched(f"{self._address}/{told.deferred_file.url.lstrip('/')}", self._cookies)


@contextmanager
def visiting(address: str, cookies: Mapping[str, str] = {}) -> Iterator[Visitor]:
    """A visitor of the dashboard at an address, with what their browser keeps of a login."""
    url = address.replace("http", "ws", 1) + "/_stcore/stream"
    protocols = ("streamlit", cookies.get("_streamlit_xsrf", "none"), "none")
    with connect(url, subprotocols=protocols, max_size=None, origin=address, additional_headers=_sent(cookies)) as socket:
        yield Visitor(socket, address, cookies)


def fetched(url: str, cookies: Mapping[str, str] = {}) -> bytes:
    """The body at an address. Raises urllib.error.HTTPError where it is refused."""
    with urllib.request.urlopen(urllib.request.Request(url, headers=_sent(cookies)), timeout=60) as answer:
        return answer.read()


def _sent(cookies: Mapping[str, str]) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
