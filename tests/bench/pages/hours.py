"""Shows a meeting for hours with slides of five seconds in a real browser, and samples the memory of page and server."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import sync_playwright

from pages.meeting import shows
from tests.bench.processes import megabytes, server_pid
from tests.helpers.pages.browser import WALL, Visit, launch, serve

_SECONDS = 5
_PLAYLIST = "\n".join(
    f'[[slides]]\nkind = "{kind}"\nmetrics = [{", ".join(map(repr, metrics))}]\nseconds = {_SECONDS}\n' + options
    for kind, metrics, options in (
        ("numbers", ("staffing_ratio", "grids_staffed", "training_coverage", "resolved_within_30_days"), ""),
        ("map", ("staffing_ratio",), ""),
        ("ranking", ("staffing_ratio",), ""),
        ("trend", ("requests_raised",), "each = true\n"),
        ("bars", ("requests_raised",), 'by = "kind"\n'),
    )
)


class MemorySample(NamedTuple):
    """Describes the state after some minutes and slides: MB of the page's objects, MB of the server, errors so far."""

    minutes: float
    slides: int
    page: float
    server: float
    errors: int


def sample_show(warehouse: Path, minutes: float, every: float = 5.0) -> Iterator[MemorySample]:
    """Runs a show for that many minutes and yields a sample every few minutes."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LINLI_MEETINGS"] = folder
        (Path(folder) / "long.toml").write_text(_PLAYLIST, encoding="utf-8")
        with serve(warehouse) as address, sync_playwright() as playwright:
            browser = launch(playwright)
            screen = Visit(browser.new_page(viewport={"width": WALL[0], "height": WALL[1]}), address)
            code = shows.start("long", "621000", "2026", lambda number: None)
            screen.open(f"/meeting?show={code}&kiosk=1")
            session = screen.page.context.new_cdp_session(screen.page)
            began = time.monotonic()
            while (elapsed := (time.monotonic() - began) / 60) < minutes:
                screen.page.wait_for_timeout(60_000 * min(every, minutes - elapsed))
                for _ in range(3):
                    session.send("HeapProfiler.collectGarbage")
                yield MemorySample(
                    (time.monotonic() - began) / 60,
                    shows.find(code).turn,
                    screen.page.evaluate("performance.memory.usedJSHeapSize") / 1e6,
                    megabytes(server_pid(address)),
                    len(screen.errors),
                )
            browser.close()
