"""Times an edit to the screen: from saving a file until a page open in a browser shows the new number."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from playwright.sync_api import Locator, expect, sync_playwright

from etl.build.build import build
from sql.paths import PROJECT
from tests.helpers.pages.browser import Visit, launch, serve

# The expression for a community's urban residents in the mart.
_PART = "residents_at_month_end.urban_residents"
_CARD = ".piece-card[data-name=staffing_ratio] .piece-value"


def time_edits(folder: Path, times: int = 5) -> dict[str, list[float]]:
    """Returns the seconds from saving a metric, and a model, to the new number on screen, on a copy of the product with
    the demo."""
    for name in ("app.py", "pages", "etl", "sql", ".streamlit", "data/demo", "data/standards.csv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copyfile
        copy(PROJECT / name, folder / name)
    build(folder / "data" / "demo", folder / "data" / "warehouse")
    metric = folder / "sql" / "metrics" / "staffing" / "staffing_ratio.sql"
    model = folder / "sql" / "marts" / "community_months.sql"
    seconds: dict[str, list[float]] = {"a metric": [], "a mart": []}
    with serve(folder / "data" / "warehouse", folder) as address, sync_playwright() as playwright:
        # Playwright evaluates the wait condition as a string, which the page's policy forbids.
        visit = Visit(launch(playwright).new_page(bypass_csp=True), address)
        visit.open("/staffing?area=621000")
        # The watcher starts a moment after the server.
        time.sleep(10)
        number = visit.page.locator(_CARD)
        for _ in range(times):
            seconds["a metric"].append(_until_painted(number, metric, "10000.0", "20000.0"))
            seconds["a mart"].append(_until_painted(number, model, _PART, f"2 * {_PART}"))
    return seconds


def _until_painted(number: Locator, file: Path, old: str, new: str) -> float:
    """Saves an edited file, waits for another number and restores the file; returns the seconds."""
    original = file.read_text(encoding="utf-8")
    assert old in original
    first = number.inner_text()
    began = time.monotonic()
    file.write_text(original.replace(old, new), encoding="utf-8")
    number.page.wait_for_function(
        "([place, shown]) => document.querySelector(place).innerText !== shown",
        arg=[_CARD, first],
        polling=20,
        timeout=60_000,
    )
    seconds = time.monotonic() - began
    file.write_text(original, encoding="utf-8")
    expect(number).to_have_text(first, timeout=60_000)
    return seconds
