"""Prints what is measured: ratios first, each within this run, with the aim beside it.

`python -m tests.bench` runs every part; with names of parts only those: small, workers, requests, rebuild, metrics, rows,
national, spark, pages, browsing, polygons, viewers, sql_lab, edits, hostile. Beside them `rows-1000` builds a thousand
times the demo's events, which takes half an hour, and `hours` shows a meeting for two.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from tests.bench import page_benches, row_benches
from tests.bench.reporting import console

TIMES = 100


def main() -> None:
    """Runs the parts named in the arguments, or all; each prints its tables when it is done."""
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
    asked = sys.argv[1:] or list(parts)
    parts["hours"] = page_benches.long_meeting
    parts["rows-1000"] = lambda: row_benches.many_rows(1, 1000)
    if unknown := sorted(set(asked) - set(parts)):
        sys.exit(f"no part {', '.join(unknown)}; the parts are {', '.join(parts)}")
    for part in asked:
        parts[part]()
        one, five, fifteen = os.getloadavg()
        console.print(f"{os.cpu_count()} cores, load {one:.1f} (1 min) {five:.1f} (5) {fifteen:.1f} (15)\n")


if __name__ == "__main__":
    main()
