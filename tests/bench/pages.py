"""How long the script of each page runs, at each level and in each view, and how many bytes a page sends."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

import polars as pl
from playwright.sync_api import sync_playwright
from streamlit.testing.v1 import AppTest

from pages.ui.frame import frame
from pages.ui.kit import metric_pages
from pages.ui.shell import page_list
from tests.helpers.browser import DESKTOP, launch, serve

# From the city down to one of its communities; and a county with partners of every kind.
AREAS = {
    "city": "621000",
    "county": "621002",
    "street": "621002001",
    "community": "621002001001",
    "county 高密": "370785",
}
PAGES = sorted(path.stem for path in page_list.FOLDER.glob("*.py") if path.stem != "main")


def script_runs(warehouse_folder: Path, repeats: int = 8) -> pl.DataFrame:
    """Every timed run, with everything it asks for remembered: page, view, level, milliseconds of the page's script.

    The browser's part is not in it. Raises RuntimeError where a page does not run through.
    """
    os.environ["LINLI_WAREHOUSE"] = str(warehouse_folder)
    # AppTest reads the page's elements outside of a session, and Streamlit warns of each.
    logging.disable(logging.WARNING)
    rows = [
        {"page": page, "view": view or "–", "level": level, "milliseconds": taken}
        for page in PAGES
        for view in metric_pages.views(page) or [None]
        for level, code in AREAS.items()
        for taken in _runs(page, view, code, repeats)
    ]
    return pl.DataFrame(rows)


def _runs(page: str, view: str | None, area: str, repeats: int) -> list[float]:
    taken: list[float] = []
    run = frame.run

    def timed(menu: frame.BriefingMenu) -> None:
        started = time.perf_counter()
        try:
            run(menu)
        finally:
            taken.append(1000 * (time.perf_counter() - started))

    test = AppTest.from_file(str(page_list.FOLDER / "main.py"), default_timeout=120)
    test.query_params["area"] = area
    if view:
        test.query_params["view"] = view
    if page != "overview":
        test.switch_page(str(page_list.FOLDER / f"{page}.py"))
    frame.run = timed
    try:
        for _ in range(repeats + 1):
            test.run()
    finally:
        frame.run = run
    if test.exception or test.error:
        raise RuntimeError(f"{page} at {area}: {test.exception or test.error}")
    # The first run fills the caches.
    return taken[1:]


def bytes_down(warehouse_folder: Path) -> dict[str, tuple[int, int]]:
    """For each page, reached by its link in the sidebar: bytes over the websocket, and by HTTP, as the browser got them.

    The first page, which brings the front end itself, is left out; a page's own chart library comes with the first
    page that has one.
    """
    counted = {"socket": 0, "http": 0}
    with serve(warehouse_folder) as address, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame_of: _count(counted, frame_of)))
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on(
            "Network.loadingFinished",
            lambda done: counted.update(http=counted["http"] + int(done["encodedDataLength"])),
        )
        page.goto(f"{address}/?area={AREAS['city']}")
        _settled(page)
        links = page.get_by_test_id("stSidebar").get_by_role("link")
        found = {}
        for place in range(links.count()):
            link = links.nth(place)
            name = link.inner_text()
            counted.update(socket=0, http=0)
            link.click()
            _settled(page)
            found[name] = (counted["socket"], counted["http"])
        browser.close()
    return found


def _count(counted: dict[str, int], received: str | bytes) -> None:
    counted["socket"] += len(received)


def _settled(page) -> None:
    page.wait_for_timeout(500)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=60_000)
    page.wait_for_selector("h1")
    page.wait_for_timeout(2500)
