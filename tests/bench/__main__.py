"""Runs benchmarks and prints the results: ratios first, each measured within this run, with the target beside it.

`python -m tests.bench` runs every part; with names of parts, only those: small, workers, requests, rebuild, metrics,
rows, national, spark, pages, browsing, polygons, viewers, sql_lab, edits, hostile. Two more parts run only by name:
`rows-1000` builds a thousand times the demo's events, which takes half an hour, and `hours` shows a meeting for two hours.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from tests.bench.pages import page_benches
from tests.bench.reporting import console
from tests.bench.rows import row_benches

TIMES = 100


def main() -> None:
    """Runs the parts named in the arguments, or all; prints the tables of each part when it is done."""
    parts: dict[str, Callable[[], None]] = {
        "small": row_benches.small_district,
        "workers": lambda: row_benches.build_against_bare("workers"),
        "requests": lambda: row_benches.build_against_bare("requests"),
        "rebuild": row_benches.rebuild,
        "metrics": row_benches.every_metric,
        "rows": lambda: row_benches.many_rows(1, TIMES),
        "national": row_benches.national_metrics,
        "spark": lambda: row_benches.spark_builds(1, TIMES),
        "pages": page_benches.page_scripts,
        "browsing": page_benches.browser_waits,
        "polygons": page_benches.many_polygons,
        "viewers": page_benches.many_viewers,
        "sql_lab": page_benches.viewers_beside_bombs,
        "edits": page_benches.edits_to_screen,
        "hostile": row_benches.hostile_files,
    }
    selected = sys.argv[1:] or list(parts)
    parts["hours"] = page_benches.long_meeting
    parts["rows-1000"] = lambda: row_benches.many_rows(1, 1000)
    if unknown := sorted(set(selected) - set(parts)):
        sys.exit(f"unknown part: {', '.join(unknown)}; available: {', '.join(parts)}")
    for part in selected:
        parts[part]()
        one, five, fifteen = os.getloadavg()
        console.print(f"{os.cpu_count()} cores, load {one:.1f} (1 min) {five:.1f} (5) {fifteen:.1f} (15)\n")


if __name__ == "__main__":
    main()
