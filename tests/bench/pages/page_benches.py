"""Benchmarks pages: run time of their scripts, waits in a browser, numbers of viewers, delay until an edit shows."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl

from etl.build.build import build
from tests.bench import reporting
from tests.bench.pages import browsing, edits, hours, polygons, sql_lab, viewers
from tests.bench.pages import pages as scripts
from tests.bench.rows.source import AS_OF, DISTRICT, write_source

# Targets for a page's script, and for the bytes it sends once the front end is loaded.
MAX_SCRIPT_MILLISECONDS = 300.0
MAX_KILOBYTES = 300.0
REQUESTS = 2_000_000
# The best competitor's times divided by the plain page's: to the numbers and until all is drawn, by step.
PLAIN_PAGE_RATIOS = {"cold": (None, 1.7 / 3.8), "reload": (None, 0.7 / 1.5), "filter": (0.23 / 0.68, 0.74 / 2.0)}
MAX_COLD_KILOBYTES, MAX_CORES = 3_000.0, 100.0
CROWDS, CROWD_SECONDS, MAX_WAIT = (10, 30, 60), 60.0, 1_000.0
SQL_LAB_VIEWERS, SQL_LAB_SECONDS, SQL_LAB_TIMES, MAX_WITH_BOMBS = 3, 15.0, 12, 1.2
MEETING_MINUTES, MAX_GROWTH = 120.0, 1.1
GRIDS = (700, 5_000, 20_000)
MAX_SECONDS = {"a metric": 0.6, "a mart": 3.0}


def page_scripts() -> None:
    """Prints the run time of the script of every page, view and level, and the bytes that each page sends."""
    folder = reporting.FOLDER / "demo"
    reporting.demo()
    runs = scripts.script_runs(folder)
    table = reporting.table(
        "A page's script, warm: ms", "page", "views", "p50", "p95", "slowest view", "at", "its median"
    )
    for (page,), page_runs in runs.group_by("page", maintain_order=True):
        by_view = page_runs.group_by("view", "level").agg(pl.col("milliseconds").median()).sort("milliseconds")
        view, level, slowest = by_view.row(-1)
        table.add_row(
            page,
            str(page_runs["view"].n_unique()),
            *reporting.p50_p95(page_runs["milliseconds"]),
            view,
            level,
            f"{slowest:.0f}",
        )
    whole = runs["milliseconds"]
    table.add_row(
        "all",
        str(runs.select("page", "view").n_unique()),
        *reporting.p50_p95(whole),
        "target of p95",
        "",
        reporting.aim(whole.quantile(0.95, "nearest"), MAX_SCRIPT_MILLISECONDS, " ms"),
    )
    reporting.console.print(table)
    table = reporting.table("A page reached by its link: kB", "page", "socket", "HTTP", "total", "target")
    for page, (socket, http) in scripts.bytes_down(folder).items():
        total = (socket + http) / 1000
        table.add_row(
            page,
            f"{socket / 1000:.0f}",
            f"{http / 1000:.0f}",
            f"{total:.0f}",
            reporting.aim(total, MAX_KILOBYTES, " kB"),
        )
    reporting.console.print(table)


def browser_waits() -> None:
    """Compares a page in a real browser with a plain Streamlit page of the same requests."""
    source, folder = write_source(reporting.FOLDER, "requests", REQUESTS), reporting.FOLDER / "requests-warehouse"
    build(source, folder, AS_OF)
    measurements = browsing.measure(folder, source / DISTRICT / "requests.csv", reporting.FOLDER)
    measures = ("numbers", "settled", "kilobytes", "server")
    medians = measurements.group_by("what", "way", maintain_order=True).agg(pl.col(measures).median())
    ratios = reporting.table(
        "A page of requests ÷ a plain Streamlit page", "step", "until", "ratio", "measured", "best competitor"
    )
    for step in browsing.STEPS:
        product, plain = (
            medians.row(by_predicate=(pl.col("what") == step) & (pl.col("way") == way), named=True)
            for way in browsing.WAYS
        )
        for measure, target in zip(measures, PLAIN_PAGE_RATIOS.get(step, (None, None)), strict=False):
            ratios.add_row(step, measure, *reporting.ratio(product[measure], plain[measure], " ms", target))
    reporting.console.print(ratios)
    table = reporting.table(
        "Data received and CPU time, medians of 5", "step", "way", "kB", "target", "CPU ms", "target"
    )
    for row in medians.iter_rows(named=True):
        is_first = row["what"] == "cold"
        table.add_row(
            row["what"],
            row["way"],
            f"{row['kilobytes']:,.0f}",
            reporting.aim(row["kilobytes"], MAX_COLD_KILOBYTES, " kB") if is_first else "",
            f"{row['server']:.0f}",
            "" if is_first else reporting.aim(row["server"], MAX_CORES, " ms"),
        )
    reporting.console.print(table)


def many_polygons() -> None:
    """Compares maps of more and more grids with the map of a present-day county."""
    timings = pl.DataFrame(polygons.time_maps(reporting.FOLDER, GRIDS, times=3), orient="row")
    medians = timings.group_by("grids", maintain_order=True).agg(pl.all().median())
    table = reporting.table(
        "A map of grids, opened again with a warm browser cache", "grids", "kB", "÷ first", "drawn ms", "server ms"
    )
    first = medians["milliseconds"][0]
    for row in medians.iter_rows(named=True):
        table.add_row(
            f"{row['grids']:,}",
            f"{row['kilobytes']:.0f}",
            f"{row['milliseconds'] / first:.2f}",
            f"{row['milliseconds']:.0f}",
            f"{row['server']:.0f}",
        )
    reporting.console.print(table)


def many_viewers() -> None:
    """Measures many concurrent viewers, on one server and on two, with cold and warm caches."""
    reporting.demo()
    table = reporting.table(
        f"Concurrent viewers, {CROWD_SECONDS:g} s, 2 s between pages: ms until a page is complete",
        "viewers",
        "servers",
        "runs",
        "p50",
        "p95",
        "target at 30",
        "errors",
        "CPU ms per run",
        "MB per viewer",
    )
    for servers in (1, 2):
        for crowd in viewers.crowds(reporting.FOLDER / "demo", servers, CROWDS, CROWD_SECONDS):
            milliseconds = pl.Series(crowd.milliseconds)
            is_target = crowd.viewers == 30
            aim = reporting.aim(milliseconds.quantile(0.95, "nearest"), MAX_WAIT, " ms") if is_target else ""
            table.add_row(
                str(crowd.viewers),
                str(servers),
                f"{len(milliseconds):,}",
                *reporting.p50_p95(milliseconds),
                aim,
                str(len(crowd.errors)),
                f"{crowd.server:.0f}",
                f"{crowd.megabytes:.1f}",
            )
    reporting.console.print(table)


def viewers_beside_bombs() -> None:
    """Compares pages while two endless statements run in the SQL lab with the same pages without them."""
    reporting.demo()
    milliseconds: dict[str, list[float]] = {}
    cpu_times, errors = [], []
    for bombs, crowd in sql_lab.run_alternately(
        reporting.FOLDER / "demo", SQL_LAB_VIEWERS, SQL_LAB_SECONDS, SQL_LAB_TIMES
    ):
        milliseconds.setdefault(bombs, []).extend(crowd.milliseconds)
        cpu_times.append((bombs, crowd.server))
        errors += crowd.errors
    without_bombs, with_bombs = (pl.Series(milliseconds[bombs]) for bombs in ("none", "two"))
    ratios = reporting.table(
        f"Pages of {SQL_LAB_VIEWERS} viewers with two endless statements ÷ without",
        "what",
        "ratio",
        "measured",
        "target",
    )
    ratios.add_row("p50", *reporting.ratio(with_bombs.median(), without_bombs.median(), " ms"))
    p95 = [times.quantile(0.95, "nearest") for times in (with_bombs, without_bombs)]
    ratios.add_row("p95", *reporting.ratio(*p95, " ms", MAX_WITH_BOMBS))
    cpu_means = [pl.Series([time for bombs, time in cpu_times if bombs == which]).mean() for which in ("two", "none")]
    ratios.add_row("CPU time of a run", *reporting.ratio(*cpu_means, " ms"))
    counts = f"{len(without_bombs):,} and {len(with_bombs):,} runs in turn"
    ratios.caption = f"{counts}, {len(errors)} errors {sorted(set(errors))}"
    reporting.console.print(ratios)


def long_meeting() -> None:
    """Compares the memory of page and server during a show of two hours with the first sample."""
    reporting.demo()
    table = reporting.table(
        "A meeting of two hours, five seconds per slide",
        "minutes",
        "slides",
        "page MB",
        "÷ first",
        "server MB",
        "÷ first",
        "errors",
    )
    first = None
    for sample in hours.sample_show(reporting.FOLDER / "demo", MEETING_MINUTES):
        first = first or sample
        page, server = (
            f"{growth:.2f} {reporting.aim(growth, MAX_GROWTH, '')}"
            for growth in (sample.page / first.page, sample.server / first.server)
        )
        table.add_row(
            f"{sample.minutes:.0f}",
            str(sample.slides),
            f"{sample.page:.1f}",
            page,
            f"{sample.server:.0f}",
            server,
            str(sample.errors),
        )
    reporting.console.print(table)


def edits_to_screen() -> None:
    """Times from saving a file in sql/ to the new number on an open page."""
    with tempfile.TemporaryDirectory() as folder:
        timings = edits.time_edits(Path(folder))
    table = reporting.table("From saving to the screen: s", "what", "p50", "slowest of 5", "target of p50")
    for what, seconds in timings.items():
        p50 = pl.Series(seconds).median()
        table.add_row(what, f"{p50:.2f}", f"{max(seconds):.2f}", reporting.aim(p50, MAX_SECONDS[what], " s"))
    reporting.console.print(table)
