"""What a reader waits for in a real browser: the product's page beside a plain Streamlit page of the same pictures.

Both are opened, opened again and filtered in turn, so that a busy moment of the machine strikes both.
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
from tests.helpers.browser import DESKTOP, free_port, launch, serve, wait_for

WAYS, STEPS = ("product", "plain"), ("cold", "reload", "filter", "back")
NAIVE = PROJECT / "tests" / "bench" / "naive" / "app.py"
# So long nothing is drawn any more once everything is.
_QUIET_MILLISECONDS = 1000
# Watches from the first moment what is painted: when the numbers came, and when anything was last drawn.
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
    """One of the two pages: where it is, the server's process, how its county is changed and changed back."""

    address: str
    process: int
    narrow: Callable[[Page], None]
    widen: Callable[[Page], None]


def measure(warehouse: Path, requests: Path, folder: Path, times: int = 5) -> pl.DataFrame:
    """Every measurement: way (product or plain), what, milliseconds to the numbers and until settled, kB received,
    milliseconds of the server's cores.

    `warehouse` serves the product, `requests` is the CSV of the same requests for the plain page.
    """
    found = []
    with serve(warehouse) as address, _naive(requests, folder) as plain, sync_playwright() as playwright:
        both = (
            Way(f"{address}/requests?area=621000", server_pid(address), *_counties()),
            Way(plain, server_pid(plain), *_selections()),
        )
        ways = dict(zip(WAYS, both, strict=True))
        browser = launch(playwright)
        for way in ways.values():
            # The first visitor of all fills the caches.
            _visit(browser, way)
        for _ in range(times):
            for name, way in ways.items():
                found += [{"way": name, **measured} for measured in _visit(browser, way)]
        browser.close()
    return pl.DataFrame(found)


def _visit(browser: Browser, way: Way) -> Iterator[dict[str, object]]:
    """A new visitor: nothing in the browser's cache, then the same page again, then another county and back."""
    # What it waits for is told to the browser as a text, which the page's policy forbids to run.
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
    def pick(county: str) -> Callable[[Page], None]:
        def picked(page: Page) -> None:
            page.get_by_role("combobox").click()
            option = page.get_by_role("option", name=county, exact=True)
            option.wait_for()
            page.wait_for_timeout(500)
            page.evaluate("window.begin()")
            option.click()

        return picked

    return pick("621002"), pick("all")


@contextmanager
def _naive(requests: Path, folder: Path) -> Iterator[str]:
    """The address of the plain page on a database of its own."""
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


def _count(received: dict[str, int], more: int) -> None:
    received["bytes"] += more
