"""A page asked for as a browser asks, without one: every message the server sends, and every file its buttons give."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.DownloadButton_pb2 import DownloadButton
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

_DRAWN = re.compile(rb"drawn/[0-9a-f]{64}")


def _typed(name: str, value: str) -> WidgetState:
    return WidgetState(id=name, string_value=value)


def _picked(name: str, value: str) -> WidgetState:
    state = WidgetState(id=name)
    state.string_array_value.data.append(value)
    return state


def _chosen(name: str, value: str) -> WidgetState:
    state = WidgetState(id=name)
    state.string_trigger_value.data = value
    return state


def _clicked(name: str, value: str) -> WidgetState:
    """A point of a picture and an area of a map at once: each widget takes its own."""
    point = {"customdata": [value], "x": value, "y": value, "point_index": 0}
    return _typed(
        name,
        json.dumps(
            {
                "selection": {
                    "points": [point],
                    "point_indices": [0],
                    "box": [],
                    "lasso": [],
                    "indices": {"areas": [0]},
                    "objects": {"areas": [{"code": value}]},
                }
            }
        ),
    )


def _asked(name: str, value: str) -> WidgetState:
    view = {"column": value, "descending": value, "page": value}
    return WidgetState(id=name, json_value=json.dumps({"asked": value, "width": value, "view": view}))


def view_state(component: str, view: object) -> WidgetState:
    """What a browser sends when it wants a table to show its rows otherwise; `component` is the table's id."""
    return WidgetState(id=component, json_value=json.dumps({"view": view}))


def row_click(component: str, row: object) -> WidgetState:
    """What a browser sends when a row of a table is clicked on."""
    events = json.dumps([{"event": "chosen", "value": row}])
    return WidgetState(id=_make_trigger_id(component, "events"), json_trigger_value=events)


_ANSWERS: dict[str, Callable[[str, str], WidgetState]] = {
    "text_input": _typed,
    "text_area": _typed,
    "selectbox": _typed,
    "button_group": _picked,
    "menu_button": _chosen,
    "plotly_chart": _clicked,
    "deck_gl_json_chart": _clicked,
    "bidi_component": _asked,
}


@dataclass
class Run:
    """One run of a page: its messages as they travel, those of components also with their letters as people write them,
    and what its elements are."""

    raw: list[bytes] = field(default_factory=list)
    messages: list[ForwardMsg] = field(default_factory=list)

    def elements(self, kind: str) -> list:
        """The elements of a kind that were drawn, in order."""
        deltas = [message.delta.new_element for message in self.messages if message.WhichOneof("type") == "delta"]
        return [getattr(element, kind) for element in deltas if element.WhichOneof("type") == kind]

    def fragment(self, kind: str) -> str:
        """The fragment that the first element of a kind was drawn in."""
        deltas = [message.delta for message in self.messages if message.WhichOneof("type") == "delta"]
        return next(delta.fragment_id for delta in deltas if delta.new_element.WhichOneof("type") == kind)

    def menu(self, key: str) -> WidgetState:
        """What a browser sends when it opens the menu with a key."""
        blocks = [
            message.delta.add_block.popover.id for message in self.messages if message.WhichOneof("type") == "delta"
        ]
        return WidgetState(id=next(name for name in blocks if name.endswith(f"-{key}")), bool_value=True)

    def widget_answers(self, value: str) -> list[WidgetState]:
        """What a browser may send as said in every widget that takes more than a click."""
        deltas = [message.delta.new_element for message in self.messages if message.WhichOneof("type") == "delta"]
        kinds = [(element.WhichOneof("type"), element) for element in deltas]
        said = [
            _ANSWERS[kind](getattr(element, kind).id, value)
            for kind, element in kinds
            if kind in _ANSWERS and getattr(element, kind).id
        ]
        return said + [
            row_click(one.id, 0) for one in self.elements("bidi_component") if one.component_name == "data_table"
        ]

    @property
    def map_addresses(self) -> set[str]:
        """The addresses, below the server's, of what its maps draw."""
        return {found.decode() for message in self.raw for found in _DRAWN.findall(message)}


class Visitor:
    """A socket that asks for pages and for their files."""

    def __init__(self, socket: ClientConnection, address: str, cookies: Mapping[str, str]) -> None:
        self._socket, self._address, self._cookies = socket, address, cookies
        self.session = self._page = ""
        self._sent: dict[str, ForwardMsg] = {}

    def ask(self, page: str, query: Mapping[str, str], states: Iterable[WidgetState] = (), fragment: str = "") -> Run:
        """Everything the server sends until the page has been drawn, or of the page drawn last a fragment alone, with its
        widgets in these states."""
        asked = BackMsg()
        asked.rerun_script.widget_states.widgets.extend(states)
        if fragment:
            asked.rerun_script.fragment_id, asked.rerun_script.page_script_hash = fragment, self._page
        else:
            asked.rerun_script.page_name = "" if page == "overview" else page
        asked.rerun_script.query_string = urlencode(query)
        self._socket.send(asked.SerializeToString())
        run = Run()
        # Whoever has it drawn again meanwhile is not done with what was broken off.
        while (
            not run.messages
            or not run.messages[-1].HasField("script_finished")
            or run.messages[-1].script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
        ):
            run.raw.append(self._socket.recv(timeout=60))
            message = ForwardMsg.FromString(run.raw[-1])
            if told := message.delta.new_element.bidi_component.json:
                run.raw.append(json.dumps(json.loads(told), ensure_ascii=False).encode())
            if message.WhichOneof("type") == "new_session":
                self.session, self._page = (
                    message.new_session.initialize.session_id,
                    message.new_session.page_script_hash,
                )
            # What a browser holds already is sent by its name alone.
            run.messages.append(self._sent[message.ref_hash] if message.WhichOneof("type") == "ref_hash" else message)
            self._sent[message.hash] = message
            if run.messages[-1].WhichOneof("type") == "navigation":
                # Only the script says which page it is.
                self._page = run.messages[-1].navigation.page_script_hash
        return run

    def receive(self) -> ForwardMsg:
        """What the server sends next. Raises websockets.ConnectionClosed where it closes the socket instead."""
        return ForwardMsg.FromString(self._socket.recv(timeout=60))

    def files(self, run: Run) -> Iterator[tuple[str, bytes]]:
        """The files that the buttons of a run give when they are clicked, by the button's key."""
        for button in run.elements("download_button"):
            yield button.id, fetch(f"{self._address}/{self.request_file(button)}", self._cookies)

    def request_file(self, button: DownloadButton) -> str:
        """Has the file of a button made, as a click does; the address, below the server's, to fetch it from."""
        asked = BackMsg()
        asked.backend_operation_request.request_id = button.id
        asked.backend_operation_request.session_id = self.session
        asked.backend_operation_request.deferred_file.file_id = button.deferred_file_id
        self.send(asked)
        answer = ForwardMsg()
        while answer.WhichOneof("type") != "backend_operation_response":
            answer = self.receive()
        told = answer.backend_operation_response
        assert not told.error_msg, f"{button.id}: {told.error_msg}"
        return told.deferred_file.url.lstrip("/")

    def send(self, message: BackMsg) -> None:
        """Sends what a browser may send."""
        self._socket.send(message.SerializeToString())


@contextmanager
def open_visitor(address: str, cookies: Mapping[str, str] = {}) -> Iterator[Visitor]:
    """A visitor of the dashboard at an address, with what their browser keeps of a login."""
    url = address.replace("http", "ws", 1) + "/_stcore/stream"
    protocols = ("streamlit", cookies.get("_streamlit_xsrf", "none"), "none")
    with connect(
        url, subprotocols=protocols, max_size=None, origin=address, additional_headers=cookie_header(cookies)
    ) as socket:
        yield Visitor(socket, address, cookies)


def fetch(url: str, cookies: Mapping[str, str] = {}) -> bytes:
    """The body at an address. Raises urllib.error.HTTPError where it is refused."""
    with urllib.request.urlopen(urllib.request.Request(url, headers=cookie_header(cookies)), timeout=60) as answer:
        return answer.read()


def cookie_header(cookies: Mapping[str, str]) -> dict[str, str]:
    """The header by which a browser sends cookies; none where there are none."""
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
