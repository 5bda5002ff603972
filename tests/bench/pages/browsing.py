"""Times a page of the product in a real browser against a plain Streamlit page with the same charts.

Both are opened, reloaded and filtered in turn, so that a busy moment of the machine affects both.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import duckdb
import polars as pl
from playwright.sync_api import Browser, Page, sync_playwright

from sql.paths import PROJECT
from tests.bench.processes import cpu_milliseconds, server_pid
from tests.helpers.pages.browser import DESKTOP, free_port, launch, serve, wait_for

WAYS, STEPS = ("product", "plain"), ("cold", "reload", "filter", "back")
NAIVE = PROJECT / "tests" / "bench" / "naive" / "app.py"
# A page is settled once nothing has been drawn for this time.
_QUIET_MILLISECONDS = 1000
# Records from the start when the numbers appeared and when anything was last drawn.
_PROBE = """
(() => {
  const numbers = () => [...document.querySelectorAll('[data-testid="stMetricValue"], .piece-value')].map(node => node.innerText).join(' ')
  const seen = window.seen = {began: 0, before: '', numbers: null, last: 0}
  window.begin = () => Object.assign(seen, {began: performance.now(), before: numbers(), numbers: null, last: 0})
  new MutationObserver(changes => {
    if (changes.every(({target}) => target.closest?.('[data-testid="stStatusWidget"]'))) return
    seen.last = performance.now()
    if (seen.numbers === null) {
      const now = numbers()
      if (now && now !== seen.before) seen.numbers = seen.last
    }
  }).observe(document, {subtree: true, childList: true, attributes: true, characterData: true})
})()
"""
_IS_QUIET = (
    f"() => window.seen.numbers !== null && performance.now() - window.seen.last > {_QUIET_MILLISECONDS}"
    " && document.querySelector('[data-testid=\"stApp\"]')?.dataset.testScriptState === 'notRunning'"
)


class Way(NamedTuple):
    """Describes one of the two pages: its address, the server's process, and how to select a county and deselect it."""

    address: str
    process: int
    narrow: Callable[[Page], None]
    widen: Callable[[Page], None]


def measure(warehouse: Path, requests: Path, folder: Path, times: int = 5) -> pl.DataFrame:
    """Returns one row per measurement: way (product or plain), step, milliseconds to the numbers and until settled, kB
    received, CPU milliseconds of the server.

    `warehouse` serves the product, `requests` is the CSV of the same requests for the plain page.
    """
    measurements = []
    with serve(warehouse) as address, _naive(requests, folder) as plain, sync_playwright() as playwright:
        both = (
            Way(f"{address}/requests?area=621000", server_pid(address), *_counties()),
            Way(plain, server_pid(plain), *_selections()),
        )
        ways = dict(zip(WAYS, both, strict=True))
        browser = launch(playwright)
        for way in ways.values():
            # The first visitor fills the caches.
            _visit(browser, way)
        for _ in range(times):
            for name, way in ways.items():
                measurements += [{"way": name, **measurement} for measurement in _visit(browser, way)]
        browser.close()
    return pl.DataFrame(measurements)


def _visit(browser: Browser, way: Way) -> Iterator[dict[str, object]]:
    """Measures a new visitor: an empty browser cache, then a reload, then another county and back."""
    # Playwright evaluates the wait condition as a string, which the page's policy forbids.
    context = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, bypass_csp=True)
    page = context.new_page()
    page.add_init_script(_PROBE)
    received = {"bytes": 0}
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: _count(received, len(data))))
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda done: _count(received, int(done["encodedDataLength"])))
    steps: tuple[Callable[[], object], ...] = (
        lambda: page.goto(way.address),
        page.reload,
        lambda: way.narrow(page),
        lambda: way.widen(page),
    )
    for what, step in zip(STEPS, steps, strict=True):
        received["bytes"] = 0
        before = cpu_milliseconds(way.process)
        step()
        page.wait_for_function(_IS_QUIET)
        seen = page.evaluate("window.seen")
        yield {
            "what": what,
            "numbers": seen["numbers"] - seen["began"],
            "settled": seen["last"] - seen["began"],
            "kilobytes": received["bytes"] / 1000,
            "server": cpu_milliseconds(way.process) - before,
        }
    context.close()


def _counties() -> tuple[Callable[[Page], None], Callable[[Page], None]]:
    def narrow(page: Page) -> None:
        page.locator(".st-key-header").get_by_role("button", name="下级").click()
        county = page.get_by_role("menuitem", name="西峰区").or_(page.get_by_role("option", name="西峰区"))
        county.wait_for()
        page.wait_for_timeout(500)
        page.evaluate("window.begin()")
        county.click()

    def widen(page: Page) -> None:
        page.evaluate("window.begin()")
        page.locator(".st-key-go_to_621000 button").click()

    return narrow, widen


def _selections() -> tuple[Callable[[Page], None], Callable[[Page], None]]:
    def selector(county: str) -> Callable[[Page], None]:
        def select(page: Page) -> None:
            page.get_by_role("combobox").click()
            option = page.get_by_role("option", name=county, exact=True)
            option.wait_for()
            page.wait_for_timeout(500)
            page.evaluate("window.begin()")
            option.click()

        return select

    return selector("621002"), selector("all")


@contextmanager
def _naive(requests: Path, folder: Path) -> Iterator[str]:
    """Serves the plain page on its own database; yields its address."""
    database = folder / "naive.duckdb"
    if not database.is_file():
        with duckdb.connect(str(database)) as connection:
            connection.execute(
                "create table requests as select left(area_code, 6) as county, area_code as community, "
                "* exclude (area_code) from read_csv($path, types = {'area_code': 'varchar'})",
                {"path": str(requests)},
            )
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(NAIVE), "--server.port", str(port)],
        env={**os.environ, "NAIVE_DATABASE": str(database)},
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    )
    address = f"http://localhost:{port}"
    try:
        wait_for(f"{address}/_stcore/health", server)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _count(received: dict[str, int], size: int) -> None:
    received["bytes"] += size
