"""How long the script of each page runs, at each level, with everything it asks for remembered."""
from __future__ import annotations

import logging
import os
import time
from pathlib import Path

import polars as pl
from streamlit.testing.v1 import AppTest

from pages.ui import frame

# From the city down to one of its communities.
AREAS = {"city": "621000", "county": "621002", "street": "621002001", "community": "621002001001"}


def script_runs(warehouse_folder: Path, repeats: int = 10) -> dict[tuple[str, str], pl.Series]:
    """Milliseconds of the page's script by page and level; the browser's part is not in it.

    Raises RuntimeError where a page does not run through.
    """
    os.environ["LINLI_WAREHOUSE"] = str(warehouse_folder)
    # AppTest reads the page's elements outside of a session, and Streamlit warns of each.
    logging.disable(logging.WARNING)
    pages = sorted(path.stem for path in frame.PAGES.glob("*.py") if path.stem != "main")
    return {(page, level): _runs(page, code, repeats) for page in pages for level, code in AREAS.items()}


def _runs(page: str, area: str, repeats: int) -> pl.Series:
    taken: list[float] = []
    run = frame.run

    def timed() -> None:
        started = time.perf_counter()
        try:
            run()
        finally:
            taken.append(1000 * (time.perf_counter() - started))

    test = AppTest.from_file(str(frame.PAGES / "main.py"), default_timeout=120)
    test.query_params["area"] = area
    if page != "overview":
        test.switch_page(str(frame.PAGES / f"{page}.py"))
    frame.run = timed
    try:
        for _ in range(repeats + 1):
            test.run()
    finally:
        frame.run = run
    if test.exception or test.error:
        raise RuntimeError(f"{page} at {area}: {test.exception or test.error}")
    # The first run fills the caches.
    return pl.Series(taken[1:])
