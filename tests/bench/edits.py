"""How long an edit takes to the screen: a file is saved, and a page that stands open in a browser paints the new number."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from playwright.sync_api import Locator, expect, sync_playwright

from etl.build.build import build
from sql.paths import PROJECT
from tests.helpers.browser import Visit, launch, serve

# What the mart takes for a community's urban residents.
_PART = "residents_at_month_end.urban_residents"
_CARD = ".piece-card[data-name=staffing_ratio] .piece-value"


def time_edits(folder: Path, times: int = 5) -> dict[str, list[float]]:
    """From the save of a metric, and of a model, to the number painted: seconds of each time, on a copy of the product
    with the demo in it."""
    for name in ("app.py", "pages", "etl", "sql", ".streamlit", "data/demo", "data/standards.csv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copyfile
        copy(PROJECT / name, folder / name)
    build(folder / "data" / "demo", folder / "data" / "warehouse")
    metric = folder / "sql" / "metrics" / "staffing" / "staffing_ratio.sql"
    model = folder / "sql" / "marts" / "community_months.sql"
    taken: dict[str, list[float]] = {"a metric": [], "a mart": []}
    with serve(folder / "data" / "warehouse", folder) as address, sync_playwright() as playwright:
        # What it waits for is told to the browser as a text, which the page's policy forbids to run.
        visit = Visit(launch(playwright).new_page(bypass_csp=True), address)
        visit.open("/staffing?area=621000")
        # What watches for edits begins a moment after the server.
        time.sleep(10)
        number = visit.page.locator(_CARD)
        for _ in range(times):
            taken["a metric"].append(_until_painted(number, metric, "10000.0", "20000.0"))
            taken["a mart"].append(_until_painted(number, model, _PART, f"2 * {_PART}"))
    return taken


def _until_painted(number: Locator, file: Path, old: str, new: str) -> float:
    """Saves the file with something else in it, waits for another number, and puts it back as it was."""
    good = file.read_text(encoding="utf-8")
    assert old in good
    first = number.inner_text()
    began = time.monotonic()
    file.write_text(good.replace(old, new), encoding="utf-8")
    number.page.wait_for_function(
        "([place, shown]) => document.querySelector(place).innerText !== shown",
        arg=[_CARD, first],
        polling=20,
        timeout=60_000,
    )
    took = time.monotonic() - began
    file.write_text(good, encoding="utf-8")
    expect(number).to_have_text(first, timeout=60_000)
    return took
