"""Requests pages over the socket without a browser: collects every message of the server and every downloaded file."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from websockets.sync.client import ClientConnection, connect

from pages.internals import web_server
from tests.helpers.pages.internals import XSRF_COOKIE, BackMsg, DownloadButton, ForwardMsg, WidgetState, events_id

_MAP_ADDRESS = re.compile(rb"drawn/[0-9a-f]{64}")


def _type(name: str, value: str) -> WidgetState:
    return WidgetState(id=name, string_value=value)


def _pick(name: str, value: str) -> WidgetState:
    state = WidgetState(id=name)
    state.string_array_value.data.append(value)
    return state


def _choose(name: str, value: str) -> WidgetState:
    state = WidgetState(id=name)
    state.string_trigger_value.data = value
    return state


def _click(name: str, value: str) -> WidgetState:
    """Returns a click on a point of a chart and on an area of a map at once; each widget reads its own part."""
    point = {"customdata": [value], "x": value, "y": value, "point_index": 0}
    return _type(
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


def _component(name: str, value: str) -> WidgetState:
    view = {"column": value, "descending": value, "page": value}
    return WidgetState(id=name, json_value=json.dumps({"asked": value, "width": value, "view": view}))


def view_state(component: str, view: object) -> WidgetState:
    """Returns the state a browser sends to change the view of a table; `component` is the table's id."""
    return WidgetState(id=component, json_value=json.dumps({"view": view}))


def row_click(component: str, row: object) -> WidgetState:
    """Returns the state a browser sends when a row of a table is clicked."""
    events = json.dumps([{"event": "chosen", "value": row}])
    return WidgetState(id=events_id(component), json_trigger_value=events)


_STATES: dict[str, Callable[[str, str], WidgetState]] = {
    "text_input": _type,
    "text_area": _type,
    "selectbox": _type,
    "button_group": _pick,
    "menu_button": _choose,
    "plotly_chart": _click,
    "deck_gl_json_chart": _click,
    "bidi_component": _component,
}


@dataclass
class Run:
    """Holds one run of a page: its raw messages, those of components also with unescaped text, and the parsed ones."""

    raw: list[bytes] = field(default_factory=list)
    messages: list[ForwardMsg] = field(default_factory=list)

    def elements(self, kind: str) -> list:
        """Returns the elements of that kind, in order."""
        deltas = [message.delta.new_element for message in self.messages if message.WhichOneof("type") == "delta"]
        return [getattr(element, kind) for element in deltas if element.WhichOneof("type") == kind]

    def fragment(self, kind: str) -> str:
        """Returns the fragment of the first element of that kind."""
        deltas = [message.delta for message in self.messages if message.WhichOneof("type") == "delta"]
        return next(delta.fragment_id for delta in deltas if delta.new_element.WhichOneof("type") == kind)

    def menu(self, key: str) -> WidgetState:
        """Returns the state a browser sends when it opens the menu with that key."""
        blocks = [
            message.delta.add_block.popover.id for message in self.messages if message.WhichOneof("type") == "delta"
        ]
        return WidgetState(id=next(name for name in blocks if name.endswith(f"-{key}")), bool_value=True)

    def widget_answers(self, value: str) -> list[WidgetState]:
        """Returns the states a browser may send with that value for every widget that takes more than a click."""
        deltas = [message.delta.new_element for message in self.messages if message.WhichOneof("type") == "delta"]
        kinds = [(element.WhichOneof("type"), element) for element in deltas]
        states = [
            _STATES[kind](getattr(element, kind).id, value)
            for kind, element in kinds
            if kind in _STATES and getattr(element, kind).id
        ]
        return states + [
            row_click(component.id, 0)
            for component in self.elements("bidi_component")
            if component.component_name == "data_table"
        ]

    @property
    def map_addresses(self) -> set[str]:
        """Returns the addresses of the features that its maps draw, relative to the server's."""
        return {address.decode() for message in self.raw for address in _MAP_ADDRESS.findall(message)}


class Visitor:
    """Requests pages and their files over one socket."""

    def __init__(self, socket: ClientConnection, address: str, cookies: Mapping[str, str]) -> None:
        self._socket, self._address, self._cookies = socket, address, cookies
        self.session = self._page = ""
        self._sent: dict[str, ForwardMsg] = {}

    def ask(self, page: str, query: Mapping[str, str], states: Iterable[WidgetState] = (), fragment: str = "") -> Run:
        """Runs the page, or only a fragment of the page drawn last, with its widgets in these states; returns everything
        the server sends until it is done."""
        request = BackMsg()
        request.rerun_script.widget_states.widgets.extend(states)
        if fragment:
            request.rerun_script.fragment_id, request.rerun_script.page_script_hash = fragment, self._page
        else:
            request.rerun_script.page_name = "" if page == "overview" else page
        request.rerun_script.query_string = urlencode(query)
        self._socket.send(request.SerializeToString())
        run = Run()
        # A run that was interrupted for a rerun is not the end.
        while (
            not run.messages
            or not run.messages[-1].HasField("script_finished")
            or run.messages[-1].script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
        ):
            run.raw.append(self._socket.recv(timeout=60))
            message = ForwardMsg.FromString(run.raw[-1])
            if data := message.delta.new_element.bidi_component.json:
                run.raw.append(json.dumps(json.loads(data), ensure_ascii=False).encode())
            if message.WhichOneof("type") == "new_session":
                self.session, self._page = (
                    message.new_session.initialize.session_id,
                    message.new_session.page_script_hash,
                )
            # The server sends only the hash of a message that a browser already has.
            run.messages.append(self._sent[message.ref_hash] if message.WhichOneof("type") == "ref_hash" else message)
            self._sent[message.hash] = message
            if run.messages[-1].WhichOneof("type") == "navigation":
                # Only the script knows which page it is.
                self._page = run.messages[-1].navigation.page_script_hash
        return run

    def receive(self) -> ForwardMsg:
        """Returns the server's next message. Raises websockets.ConnectionClosed if it closes the socket instead."""
        return ForwardMsg.FromString(self._socket.recv(timeout=60))

    def files(self, run: Run) -> Iterator[tuple[str, bytes]]:
        """Yields the files of a run's download buttons with the button's id."""
        for button in run.elements("download_button"):
            yield button.id, fetch(f"{self._address}/{self.request_file(button)}", self._cookies)

    def request_file(self, button: DownloadButton) -> str:
        """Requests the file of a button, as a click does; returns its address, relative to the server's."""
        request = BackMsg()
        request.backend_operation_request.request_id = button.id
        request.backend_operation_request.session_id = self.session
        request.backend_operation_request.deferred_file.file_id = button.deferred_file_id
        self.send(request)
        message = ForwardMsg()
        while message.WhichOneof("type") != "backend_operation_response":
            message = self.receive()
        response = message.backend_operation_response
        assert not response.error_msg, f"{button.id}: {response.error_msg}"
        return response.deferred_file.url.lstrip("/")

    def send(self, message: BackMsg) -> None:
        """Sends a message as a browser does."""
        self._socket.send(message.SerializeToString())


@contextmanager
def open_visitor(address: str, cookies: Mapping[str, str] = {}) -> Iterator[Visitor]:
    """Opens a visitor's socket to the dashboard at an address, with their login cookies."""
    url = address.replace("http", "ws", 1) + f"/{web_server.STREAM}"
    protocols = ("streamlit", cookies.get(XSRF_COOKIE, "none"), "none")
    with connect(
        url, subprotocols=protocols, max_size=None, origin=address, additional_headers=cookie_header(cookies)
    ) as socket:
        yield Visitor(socket, address, cookies)


def fetch(url: str, cookies: Mapping[str, str] = {}) -> bytes:
    """Returns the body at an address. Raises urllib.error.HTTPError if it is refused."""
    with urllib.request.urlopen(urllib.request.Request(url, headers=cookie_header(cookies)), timeout=60) as response:
        return response.read()


def cookie_header(cookies: Mapping[str, str]) -> dict[str, str]:
    """Returns the header with which a browser sends cookies; empty if there are none."""
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
