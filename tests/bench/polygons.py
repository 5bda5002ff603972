"""Maps of many grids: what a rerun costs the server, what travels, and when the browser has drawn it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import sync_playwright

from etl.build.build import build
from tests.bench.processes import cpu_milliseconds, server_pid
from tests.bench.source import AS_OF
from tests.helpers.browser import DESKTOP, launch, serve
from tests.helpers.world import AREAS, COUNTY, EAST, grid, write

# A grid of this width stands in the warehouse as the polygon that a survey draws: some dozen corners.
_DEGREES, _CORNERS = 0.002, 12
# The thread that draws has been free for so long.
_QUIET_MILLISECONDS = 700
_WATCH = """
window.busy = {until: 0}
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) busy.until = Math.max(busy.until, entry.startTime + entry.duration)
}).observe({type: 'longtask', buffered: true})
"""
_IS_DRAWN = (
    # The county's communities, and its grids.
    "() => performance.getEntriesByType('resource').filter(entry => entry.name.includes('/drawn/')).length > 1"
    f" && document.querySelector('canvas') && performance.now() - Math.max(busy.until, 0) > {_QUIET_MILLISECONDS}"
)


class MapTiming(NamedTuple):
    """One map: its grids, kB of polygons as they travel, milliseconds from opening its page until it is drawn, and
    milliseconds of the server's cores for it."""

    grids: int
    kilobytes: float
    milliseconds: float
    server: float


def time_maps(folder: Path, counts: tuple[int, ...], times: int) -> Iterator[MapTiming]:
    """Maps of so many grids of one county, each opened so many times in a browser that has been there before."""
    for count in counts:
        warehouse = _built(folder / f"grids-{count}", count)
        with serve(warehouse) as address, sync_playwright() as playwright:
            browser = launch(playwright)
            # What it waits for is told to the browser as a text, which the page's policy forbids to run.
            page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, bypass_csp=True)
            page.add_init_script(_WATCH)
            received = []
            page.on("response", lambda answer: received.append(answer) if "/drawn/" in answer.url else None)
            url, process = f"{address}/coverage?area={COUNTY}", server_pid(address)
            page.goto(url)
            page.wait_for_function(_IS_DRAWN, timeout=120_000)
            travelled = sum(int(answer.headers["content-length"]) for answer in received) / 1000
            for _ in range(times):
                before = cpu_milliseconds(process)
                page.goto(url)
                page.wait_for_function(_IS_DRAWN, timeout=120_000)
                yield MapTiming(count, travelled, page.evaluate("busy.until"), cpu_milliseconds(process) - before)
            browser.close()


def _built(folder: Path, count: int) -> Path:
    warehouse = folder / "warehouse"
    if not warehouse.is_dir():
        columns = math.isqrt(count - 1) + 1
        codes = [f"{EAST}{number:05}" for number in range(count)]
        write(folder / "source", "庆阳市", areas=AREAS, grids=[grid(code) for code in codes])
        features = [
            {
                "type": "Feature",
                "properties": {"grid_code": code},
                "geometry": {"type": "Polygon", "coordinates": [_ring(*divmod(number, columns))]},
            }
            for number, code in enumerate(codes)
        ]
        path = folder / "source" / "庆阳市" / "shapes.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    build(folder / "source", warehouse, AS_OF)
    return warehouse


def _ring(row: int, column: int) -> list[list[float]]:
    """A round polygon in its place in the raster."""
    turns = [2 * math.pi * corner / _CORNERS for corner in range(_CORNERS)]
    points = [
        [
            round(107.5 + _DEGREES * (column + 0.5 + 0.48 * math.cos(turn)), 6),
            round(35.5 + _DEGREES * (row + 0.5 + 0.48 * math.sin(turn)), 6),
        ]
        for turn in turns
    ]
    return [*points, points[0]]
