"""Drives a real browser against a real server and records errors and requests that leave the machine."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlparse

from playwright.sync_api import Browser, Locator, Page, Playwright, WebSocket, WebSocketRoute, expect

from pages.internals import web_server
from sql.paths import PROJECT
from tests.helpers.pages.internals import ForwardMsg

# Far longer than anything takes on an idle machine, so that tests wait for a state however busy the cores are.
TIMEOUT = 120_000
# Seconds for a server to answer, and to stop.
START_SECONDS, STOP_SECONDS = 300, 60
expect.set_options(timeout=TIMEOUT)
DESKTOP, WALL, PHONE = (1366, 768), (1920, 1080), (390, 844)
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    # Only maps need a graphics card; without one, pages are composited faster without its emulation.
    "--disable-gpu-compositing",
    # Tabs share compiled code.
    "--process-per-site",
]
# Resolves once the browser has drawn everything: two frames let it notice a new size, and it is idle only once it has
# processed all messages. With nothing to paint it sometimes skips the frame; then the timeout resolves.
WAIT_UNTIL_DRAWN = """Promise.race([
    new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => requestIdleCallback(done)))),
    new Promise(done => setTimeout(done, 2000)),
])"""
# Also requires that no script is running and no placeholder is left.
_SETTLED = f"""async () => {{
    await {WAIT_UNTIL_DRAWN}
    return document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
        && document.querySelector('h1') !== null && document.querySelector('[data-testid=stSkeleton]') === null
}}"""
_POLL_MILLISECONDS = 30
# The socket over which the front end requests and receives pages.
_STREAM = f"/{web_server.STREAM}"
# On a deep link Streamlit's own front end first looks for its server below the page's path and receives 404.
_PROBES = (f"/{web_server.HEALTH}", f"/{web_server.HOST_CONFIG}")


def find_browser(playwright: Playwright) -> str:
    """Returns the path of the installed Chromium, else of Playwright's own, which may not exist."""
    installed = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)
    return installed or playwright.chromium.executable_path


def launch(playwright: Playwright) -> Browser:
    """Starts the browser of `find_browser`."""
    return playwright.chromium.launch(executable_path=find_browser(playwright), args=FLAGS, timeout=TIMEOUT)


def free_port() -> int:
    """Returns a port on which nothing listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def serve(
    warehouse: Path,
    project: Path = PROJECT,
    port: int | None = None,
    options: Sequence[str] = (),
    environment: Mapping[str, str] = {},
    interpreter: Sequence[str] = (),
    output: Path | None = None,
) -> Iterator[str]:
    """Starts a dashboard as described in the README on a warehouse; yields its address.

    `options` are Streamlit's, `interpreter` Python's; the server's output goes to the file `output`.
    """
    port = port or free_port()
    with ExitStack() as stack:
        log = stack.enter_context(output.open("w+b") if output else tempfile.TemporaryFile())  # noqa: SIM115  the stack closes it
        server = subprocess.Popen(
            [
                *(sys.executable, *interpreter, "-m", "streamlit", "run", "app.py"),
                *("--server.port", str(port), *options),
            ],
            cwd=project,
            env={**os.environ, "LINLI_WAREHOUSE": str(warehouse), **environment},
            # Not a pipe: nobody reads it, and a full pipe would block the server.
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        address = f"http://localhost:{port}"
        try:
            wait_for(f"{address}/health", server, log)
            yield address
        finally:
            server.terminate()
            server.wait(STOP_SECONDS)


def wait_for(url: str, server: subprocess.Popen, log: BinaryIO | None = None) -> None:
    """Waits until the server answers. Raises AssertionError with its output if it stops or does not answer in time."""
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert server.poll() is None, _output(log)
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer within {START_SECONDS} s: {_output(log)}")


def _output(log: BinaryIO | None) -> str:
    if log is None:
        return "the server stopped"
    log.seek(0)
    return log.read().decode(errors="replace")


def _is_end(frame: str | bytes) -> bool:
    """Returns whether a frame on Streamlit's socket ends the run of a whole page."""
    # Only small frames can; this avoids parsing large ones.
    if isinstance(frame, str) or len(frame) > 1000:
        return False
    message = ForwardMsg.FromString(frame)
    return message.HasField("script_finished") and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY


@dataclass
class Visit:
    """Controls a visitor's tab and records its errors and external requests."""

    page: Page
    address: str
    errors: list[str] = field(default_factory=list)
    external_requests: list[str] = field(default_factory=list)
    _is_redrawn: bool = False

    def __post_init__(self) -> None:
        self.page.set_default_timeout(TIMEOUT)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._console)
        self.page.on("request", self._request)
        self.page.on("websocket", self._websocket)

    def open(self, path: str) -> None:
        """Loads a path and waits until the page has been drawn."""
        self.page.goto(self.address + path)
        self.wait_until_settled()

    def navigate(self, path: str) -> None:
        """Goes to a path within the dashboard, as the browser's own buttons do, and waits until it has been drawn.

        Keeps the loaded front end, which is most of the cost of opening a page. Loads the first page in full.
        """
        if not self.page.url.startswith(self.address):
            self.open(path)
            return
        self.navigate_unchecked(path)
        self.wait_until_settled()

    def navigate_unchecked(self, path: str) -> None:
        """Goes to a path within the dashboard, possibly a refused one, and waits until its run has ended."""
        self._is_redrawn = False
        self.page.evaluate(
            "path => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate', {state: {}})) }",
            path,
        )
        self.wait_until(lambda: self._is_redrawn)

    def dismiss(self) -> None:
        """Closes the open dialog with Escape and waits until the page has been drawn without it.

        The front end notifies the server a moment later and names the page of the dialog: a test that has already gone
        to another page, faster than any person, would be taken back.
        """
        self._is_redrawn = False
        self.page.keyboard.press("Escape")
        self.wait_until(lambda: self._is_redrawn)
        self.page.get_by_role("dialog").wait_for(state="hidden")

    def wait_until_settled(self) -> None:
        """Waits until the script has run, all its output is drawn, and the headline is visible."""
        self.wait_until(lambda: self.page.evaluate(_SETTLED))

    def wait_until(self, is_so: Callable[[], bool], seconds: float = TIMEOUT / 1000) -> None:
        """Waits until the condition holds. Raises AssertionError if it does not in time.

        Playwright's own method evaluates strings as code in the page, which the product's policy forbids.
        """
        ends = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < ends, f"not within {seconds:.0f} s on {self.page.url}"
            # Playwright handles the browser's events during this wait.
            self.page.wait_for_timeout(_POLL_MILLISECONDS)

    def resize(self, size: tuple[int, int], dark: bool = False) -> None:
        """Sets the tab's size and theme and redraws the page for them."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.emulate_media(color_scheme="dark" if dark else "light")
        # Maps request a rerun for their new width.
        self.wait_until_settled()
        self.redraw()

    def redraw(self) -> None:
        """Redraws the page in the same session, as a change of its data does, once it listens for changes.

        If a fragment requests a rerun at the same moment, Streamlit's front end merges the two requests and reruns only
        the fragment; then the page is notified again.
        """
        self.wait_until(lambda: self.page.evaluate("Boolean(globalThis.linliLive?.tell)"))
        self._is_redrawn = False
        while not self._is_redrawn:
            self.page.evaluate("linliLive.tell()")
            self.wait_until_settled()

    def notify_on_request(self, kind: str) -> None:
        """Sends the page a change of that kind on each of its requests, except requests caused by a change.

        Takes effect with the next page that is loaded.
        """
        routes: list[WebSocketRoute] = []

        def keep_route(socket: WebSocketRoute) -> None:
            socket.connect_to_server()
            routes.append(socket)

        def notify(frame: str | bytes) -> None:
            if routes and b'"changed"' not in frame:
                routes[-1].send(kind)

        def watch(socket: WebSocket) -> None:
            if socket.url.endswith(_STREAM):
                socket.on("framesent", notify)

        self.page.route_web_socket(re.compile("/changes$"), keep_route)
        self.page.on("websocket", watch)

    def press(self, target: Locator) -> None:
        """Clicks the centre of an element in a chart or map once it has stopped moving, through the layers above it."""
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        while True:
            self.wait_until_settled()
            before, box = box, target.bounding_box()
            if box and box == before:
                break
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    @property
    def title(self) -> str:
        return self.page.locator("h1").first.inner_text()

    def _console(self, message) -> None:
        is_probe = message.location.get("url", "").endswith(_PROBES)
        if message.type == "error" and not is_probe:
            self.errors.append(f"{message.text} {message.location.get('url')}")

    def _websocket(self, socket: WebSocket) -> None:
        if socket.url.endswith(_STREAM):
            socket.on("framereceived", self._received)

    def _received(self, frame: str | bytes) -> None:
        self._is_redrawn |= _is_end(frame)

    def _request(self, request) -> None:
        if urlparse(request.url).hostname not in ("localhost", "127.0.0.1", None):
            self.external_requests.append(request.url)


# Finds every element that might offer a file: by its name, its type or its target. A toolbar is in the page even while it
# is hidden; an explanation contains the product's own buttons.
_OTHER_DOWNLOADS = """(() => {
    const named = element => [element.innerText, ...['aria-label', 'title', 'data-title', 'data-testid', 'data-attr']
        .map(name => element.getAttribute(name))].join(' ');
    return [...document.querySelectorAll('button, a, [role=button], [role=menuitem], .modebar-btn')]
        .filter(element => !element.closest('[data-testid=stDownloadButton]') && !element.matches('.piece-explain'))
        .filter(element => /download|下载|csv|xlsx|excel|export|导出|as a png|plotly|edit chart/i.test(named(element))
            || element.matches('.modebar-btn, [download]')
            || /^(data|blob):/.test(element.getAttribute('href') ?? ''))
        .map(element => element.outerHTML.slice(0, 200));
})()"""


def other_downloads(tab: Visit) -> list[str]:
    """Returns the HTML of the elements that offer a file, other than the product's own buttons."""
    return tab.page.evaluate(_OTHER_DOWNLOADS)
