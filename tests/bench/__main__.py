"""Prints what is measured: ratios first, each within this run, with the aim beside it.

`python -m tests.bench` runs every part; with names of parts only those: small, workers, requests, rebuild, metrics, rows,
national, spark, pages, browsing, polygons, viewers, sql_lab, edits, hostile. Beside them `rows-1000` builds a thousand
times the demo's events, which takes half an hour, and `hours` shows a meeting for two.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from tests.bench import of_pages, of_rows
from tests.bench.printed import console

TIMES = 100


def main() -> None:
    """Runs the parts named in the arguments, or all; each prints its tables when it is done."""
    parts: dict[str, Callable[[], None]] = {
        "small": of_rows.small_district,
        "workers": lambda: of_rows.build_against_bare("workers"),
        "requests": lambda: of_rows.build_against_bare("requests"),
        "rebuild": of_rows.rebuild,
        "metrics": of_rows.every_metric,
        "rows": lambda: of_rows.many_rows(1, TIMES),
        "national": of_rows.national_metrics,
        "spark": lambda: of_rows.spark_builds(1, TIMES),
        "pages": of_pages.page_scripts,
        "browsing": of_pages.browser_waits,
        "polygons": of_pages.many_polygons,
        "viewers": of_pages.many_viewers,
        "sql_lab": of_pages.viewers_beside_bombs,
        "edits": of_pages.edits_to_screen,
        "hostile": of_rows.hostile_files,
    }
    asked = sys.argv[1:] or list(parts)
    parts["hours"] = of_pages.long_meeting
    parts["rows-1000"] = lambda: of_rows.many_rows(1, 1000)
    if unknown := sorted(set(asked) - set(parts)):
        sys.exit(f"no part {', '.join(unknown)}; the parts are {', '.join(parts)}")
    for part in asked:
        parts[part]()
        one, five, fifteen = os.getloadavg()
        console.print(f"{os.cpu_count()} cores, load {one:.1f} (1 min) {five:.1f} (5) {fifteen:.1f} (15)\n")


if __name__ == "__main__":
    main()
