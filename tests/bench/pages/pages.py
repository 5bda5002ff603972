"""Times the script of each page at each level and in each view, and counts the bytes that a page sends."""

from __future__ import annotations

import logging
import os
import sys
import time
from pathlib import Path

import polars as pl
from playwright.sync_api import sync_playwright
from streamlit.testing.v1 import AppTest

from pages.ui.frame import frame
from pages.ui.kit import metric_pages
from pages.ui.shell import page_list
from tests.helpers.pages.browser import DESKTOP, launch, serve

# From the city down to one of its communities, and a county with partners of every kind.
AREAS = {
    "city": "621000",
    "county": "621002",
    "street": "621002001",
    "community": "621002001001",
    "county 高密": "370785",
}
PAGES = sorted(path.stem for path in page_list.FOLDER.glob("*.py") if path.stem != "main")


def script_runs(warehouse_folder: Path, repeats: int = 8) -> pl.DataFrame:
    """Returns one row per timed run with warm caches: page, view, level, milliseconds of the page's script.

    The browser's share is not included. Raises RuntimeError if a page fails.
    """
    os.environ["LINLI_WAREHOUSE"] = str(warehouse_folder)
    # AppTest reads the page's elements outside a session, and Streamlit warns about each.
    logging.disable(logging.WARNING)
    main = sys.modules["__main__"]
    try:
        rows = [
            {"page": page, "view": view or "–", "level": level, "milliseconds": milliseconds}
            for page in PAGES
            for view in metric_pages.views(page) or [None]
            for level, code in AREAS.items()
            for milliseconds in _runs(page, view, code, repeats)
        ]
    finally:
        # AppTest puts the page in its place, and every process that is spawned later would run the page first.
        sys.modules["__main__"] = main
    return pl.DataFrame(rows)


def _runs(page: str, view: str | None, area: str, repeats: int) -> list[float]:
    milliseconds: list[float] = []
    run = frame.run

    def timed_run(menu: frame.BriefingMenu) -> None:
        started = time.perf_counter()
        try:
            run(menu)
        finally:
            milliseconds.append(1000 * (time.perf_counter() - started))

    test = AppTest.from_file(str(page_list.FOLDER / "main.py"), default_timeout=120)
    test.query_params["area"] = area
    if view:
        test.query_params["view"] = view
    if page != "overview":
        test.switch_page(str(page_list.FOLDER / f"{page}.py"))
    frame.run = timed_run
    try:
        for _ in range(repeats + 1):
            test.run()
    finally:
        frame.run = run
    if test.exception or test.error:
        raise RuntimeError(f"{page} at {area}: {test.exception or test.error}")
    # The first run fills the caches.
    return milliseconds[1:]


def bytes_down(warehouse_folder: Path) -> dict[str, tuple[int, int]]:
    """Returns the bytes that the browser receives over the socket and by HTTP, for each page reached by its sidebar link.

    Excludes the first page, which loads the front end itself; a chart library counts for the first page that uses it.
    """
    received = {"socket": 0, "http": 0}
    with serve(warehouse_folder) as address, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
        page.on("websocket", lambda socket: socket.on("framereceived", lambda data: _count(received, data)))
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on(
            "Network.loadingFinished",
            lambda done: received.update(http=received["http"] + int(done["encodedDataLength"])),
        )
        page.goto(f"{address}/?area={AREAS['city']}")
        _wait_until_settled(page)
        links = page.get_by_test_id("stSidebar").get_by_role("link")
        by_page = {}
        for index in range(links.count()):
            link = links.nth(index)
            name = link.inner_text()
            received.update(socket=0, http=0)
            link.click()
            _wait_until_settled(page)
            by_page[name] = (received["socket"], received["http"])
        browser.close()
    return by_page


def _count(received: dict[str, int], data: str | bytes) -> None:
    received["socket"] += len(data)


def _wait_until_settled(page) -> None:
    page.wait_for_timeout(500)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=60_000)
    page.wait_for_selector("h1")
    page.wait_for_timeout(2500)
