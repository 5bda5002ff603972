"""Measures maps of many grids: CPU time of the server, bytes sent, and time until the browser has drawn the map."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import sync_playwright

from etl.build.build import build
from tests.bench.processes import cpu_milliseconds, server_pid
from tests.bench.rows.source import AS_OF
from tests.helpers.pages.browser import DESKTOP, launch, serve
from tests.helpers.warehouse.world import AREAS, COUNTY, EAST, grid, write

# Grids are polygons of this width in degrees with a dozen corners, as in a survey.
_DEGREES, _CORNERS = 0.002, 12
# A map is drawn once the browser's main thread has been idle for this time.
_QUIET_MILLISECONDS = 700
_WATCH = """
window.busy = {until: 0}
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) busy.until = Math.max(busy.until, entry.startTime + entry.duration)
}).observe({type: 'longtask', buffered: true})
"""
_IS_DRAWN = (
    # One file for the county's communities, one for its grids.
    "() => performance.getEntriesByType('resource').filter(entry => entry.name.includes('/drawn/')).length > 1"
    f" && document.querySelector('canvas') && performance.now() - Math.max(busy.until, 0) > {_QUIET_MILLISECONDS}"
)


class MapTiming(NamedTuple):
    """Holds the timing of a map: its grids, kB of polygons as sent, milliseconds from opening its page until it is drawn,
    and CPU milliseconds of the server."""

    grids: int
    kilobytes: float
    milliseconds: float
    server: float


def time_maps(folder: Path, counts: tuple[int, ...], times: int) -> Iterator[MapTiming]:
    """Opens maps of these numbers of grids in one county, each that many times with a warm browser cache."""
    for count in counts:
        warehouse = _build(folder / f"grids-{count}", count)
        with serve(warehouse) as address, sync_playwright() as playwright:
            browser = launch(playwright)
            # Playwright evaluates the wait condition as a string, which the page's policy forbids.
            page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, bypass_csp=True)
            page.add_init_script(_WATCH)
            responses = []
            page.on("response", lambda response: responses.append(response) if "/drawn/" in response.url else None)
            url, process = f"{address}/coverage?area={COUNTY}", server_pid(address)
            page.goto(url)
            page.wait_for_function(_IS_DRAWN, timeout=120_000)
            kilobytes = sum(int(response.headers["content-length"]) for response in responses) / 1000
            for _ in range(times):
                before = cpu_milliseconds(process)
                page.goto(url)
                page.wait_for_function(_IS_DRAWN, timeout=120_000)
                yield MapTiming(count, kilobytes, page.evaluate("busy.until"), cpu_milliseconds(process) - before)
            browser.close()


def _build(folder: Path, count: int) -> Path:
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
    """Returns a round polygon at its cell of the raster."""
    turns = [2 * math.pi * corner / _CORNERS for corner in range(_CORNERS)]
    points = [
        [
            round(107.5 + _DEGREES * (column + 0.5 + 0.48 * math.cos(turn)), 6),
            round(35.5 + _DEGREES * (row + 0.5 + 0.48 * math.sin(turn)), 6),
        ]
        for turn in turns
    ]
    return [*points, points[0]]
