"""A real browser on a real server: started once, watched for errors and for requests that leave the machine."""

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
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from sql.paths import PROJECT

# Far more than anything takes on a quiet machine: a state is waited for, however busy the cores are.
TIMEOUT = 120_000
# Seconds that a server may take to answer, and to stop.
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
    # Without a graphics card only maps need one: pages are put together faster without its imitation.
    "--disable-gpu-compositing",
    # Tabs share what the first has compiled.
    "--process-per-site",
]
# The browser has drawn what there is: two frames let it notice another size, and it is idle only once it has worked
# through all that has arrived. With nothing to paint it now and then owes the frame: then what stands there decides.
WAIT_UNTIL_DRAWN = """Promise.race([
    new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => requestIdleCallback(done)))),
    new Promise(done => setTimeout(done, 2000)),
])"""
# And nothing runs, nothing is waited for.
_SETTLED = f"""async () => {{
    await {WAIT_UNTIL_DRAWN}
    return document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
        && document.querySelector('h1') !== null && document.querySelector('[data-testid=stSkeleton]') === null
}}"""
_LOOKS_EVERY_MILLISECONDS = 30
# Where the front end asks for pages, and is sent them.
_STREAM = "/_stcore/stream"
# On a deep link Streamlit's own front end first asks below the page's path where its server is; the 404 is its answer.
_PROBES = ("/_stcore/health", "/_stcore/host-config")


def find_browser(playwright: Playwright) -> str:
    """Returns Debian's Chromium where it is installed, else the one Playwright brings, which may not be there."""
    found = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)
    return found or playwright.chromium.executable_path


def launch(playwright: Playwright) -> Browser:
    """Starts the browser that there is."""
    return playwright.chromium.launch(executable_path=find_browser(playwright), args=FLAGS, timeout=TIMEOUT)


def free_port() -> int:
    """A port that nothing listens on."""
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
    """Starts a dashboard as the README says, on a warehouse of its own; gives its address.

    `options` are Streamlit's, `interpreter` Python's; what the server prints goes to the file `output`.
    """
    port = port or free_port()
    with ExitStack() as stack:
        printed = stack.enter_context(output.open("w+b") if output else tempfile.TemporaryFile())  # noqa: SIM115  the stack closes it
        server = subprocess.Popen(
            [
                *(sys.executable, *interpreter, "-m", "streamlit", "run", "app.py"),
                *("--server.port", str(port), *options),
            ],
            cwd=project,
            env={**os.environ, "LINLI_WAREHOUSE": str(warehouse), **environment},
            # Not into a pipe: nobody empties it, and a full one would stop the server.
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
        address = f"http://localhost:{port}"
        try:
            wait_for(f"{address}/health", server, printed)
            yield address
        finally:
            server.terminate()
            server.wait(STOP_SECONDS)


def wait_for(url: str, server: subprocess.Popen, printed: BinaryIO | None = None) -> None:
    """Waits until the server answers. Raises AssertionError with what it printed where it stops, or takes minutes."""
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert server.poll() is None, _words(printed)
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer within {START_SECONDS} s: {_words(printed)}")


def _words(printed: BinaryIO | None) -> str:
    if printed is None:
        return "the server stopped"
    printed.seek(0)
    return printed.read().decode(errors="replace")


def _is_end(frame: str | bytes) -> bool:
    """Returns whether a frame of Streamlit's socket ends the run of a whole page."""
    # Only small ones can be that.
    if isinstance(frame, str) or len(frame) > 1000:
        return False
    message = ForwardMsg.FromString(frame)
    return message.HasField("script_finished") and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY


@dataclass
class Visit:
    """One visitor's tab, with everything that went wrong in it."""

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
        """Goes to a path and waits until the page has been drawn."""
        self.page.goto(self.address + path)
        self.wait_until_settled()

    def navigate(self, path: str) -> None:
        """Goes to a path within the dashboard, as the browser's own buttons do, and waits until it has been drawn.

        The front end stays as it is, which is most of what it costs to open a page. The first one is opened.
        """
        if not self.page.url.startswith(self.address):
            self.open(path)
            return
        self.navigate_unchecked(path)
        self.wait_until_settled()

    def navigate_unchecked(self, path: str) -> None:
        """Goes to a path within the dashboard, also one that is refused, and waits until its run has ended."""
        self._is_redrawn = False
        self.page.evaluate(
            "path => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate', {state: {}})) }",
            path,
        )
        self.wait_until(lambda: self._is_redrawn)

    def dismiss(self) -> None:
        """Closes the dialog that stands open by its key, and waits until the page has been drawn without it.

        The front end tells the server a moment later, and names the page that the dialog stood on: whoever has gone to
        another by then, faster than any hand, would be taken back.
        """
        self._is_redrawn = False
        self.page.keyboard.press("Escape")
        self.wait_until(lambda: self._is_redrawn)
        self.page.get_by_role("dialog").wait_for(state="hidden")

    def wait_until_settled(self) -> None:
        """Waits until the script has run, everything it sent is drawn, and its headline is there."""
        self.wait_until(lambda: self.page.evaluate(_SETTLED))

    def wait_until(self, is_so: Callable[[], bool], seconds: float = TIMEOUT / 1000) -> None:
        """Waits for a state. Raises AssertionError where it does not come.

        Playwright's own way has the page run a text as code again and again, which the product's policy forbids.
        """
        ends = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < ends, f"not within {seconds:.0f} s on {self.page.url}"
            # Meanwhile what the browser tells is heard.
            self.page.wait_for_timeout(_LOOKS_EVERY_MILLISECONDS)

    def resize(self, size: tuple[int, int], dark: bool = False) -> None:
        """Gives the tab another size and theme, and has the page drawn for them."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.emulate_media(color_scheme="dark" if dark else "light")
        # Maps ask for what their new width needs.
        self.wait_until_settled()
        self.redraw()

    def redraw(self) -> None:
        """Has the page drawn anew in the same session, as a change of what it shows does, once it listens for that.

        Where a part of the page asks for something at the same moment, Streamlit's front end sends both as asked for by
        that part, and has it alone drawn: then the page is told once more.
        """
        self.wait_until(lambda: self.page.evaluate("Boolean(globalThis.linliLive?.tell)"))
        self._is_redrawn = False
        while not self._is_redrawn:
            self.page.evaluate("linliLive.tell()")
            self.wait_until_settled()

    def notify_on_request(self, kind: str) -> None:
        """From the next page opened on, tells the page of a change of that kind whenever it asks for anything but that."""
        routes: list[WebSocketRoute] = []

        def told(socket: WebSocketRoute) -> None:
            socket.connect_to_server()
            routes.append(socket)

        def sent(frame: str | bytes) -> None:
            if routes and b'"changed"' not in frame:
                routes[-1].send(kind)

        def watched(socket: WebSocket) -> None:
            if socket.url.endswith(_STREAM):
                socket.on("framesent", sent)

        self.page.route_web_socket(re.compile("/changes$"), told)
        self.page.on("websocket", watched)

    def press(self, target: Locator) -> None:
        """Clicks on the middle of something in a picture, once it lies still; the picture's own layers lie over it."""
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
        probe = message.location.get("url", "").endswith(_PROBES)
        if message.type == "error" and not probe:
            self.errors.append(f"{message.text} {message.location.get('url')}")

    def _websocket(self, socket: WebSocket) -> None:
        if socket.url.endswith(_STREAM):
            socket.on("framereceived", self._received)

    def _received(self, frame: str | bytes) -> None:
        self._is_redrawn |= _is_end(frame)

    def _request(self, request) -> None:
        if urlparse(request.url).hostname not in ("localhost", "127.0.0.1", None):
            self.external_requests.append(request.url)


# Whatever in a page might give a file of it: by what it is called, by its kind, or by where it leads. A toolbar, where
# there is one, stands in the page whether it is seen or not; an explanation has buttons of the product's own inside.
_GIVEN_AWAY = """(() => {
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
    """What a page offers a file by, other than the product's own buttons."""
    return tab.page.evaluate(_GIVEN_AWAY)
