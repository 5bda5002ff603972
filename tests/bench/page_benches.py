"""Of pages: how long their scripts run, what a browser waits for, how many viewers there may be, how soon an edit shows."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl

from etl.build.build import build
from tests.bench import browsing, edits, hours, polygons, reporting, sql_lab, viewers
from tests.bench import pages as scripts
from tests.bench.source import AS_OF, DISTRICT, write_source

# A page's script, and what it sends once the front end is there.
MAX_SCRIPT_MILLISECONDS = 300.0
MAX_KILOBYTES = 300.0
REQUESTS = 2_000_000
# The best rival against the same plain page: until the numbers and until all is drawn, by what is done.
PLAIN_PAGE_RATIOS = {"cold": (None, 1.7 / 3.8), "reload": (None, 0.7 / 1.5), "filter": (0.23 / 0.68, 0.74 / 2.0)}
MAX_COLD_KILOBYTES, MAX_CORES = 3_000.0, 100.0
CROWDS, CROWD_SECONDS, MAX_WAIT = (10, 30, 60), 60.0, 1_000.0
SQL_LAB_VIEWERS, SQL_LAB_SECONDS, SQL_LAB_TIMES, MAX_WITH_BOMBS = 3, 15.0, 12, 1.2
MEETING_MINUTES, MAX_GROWTH = 120.0, 1.1
GRIDS = (700, 5_000, 20_000)
MAX_SECONDS = {"a metric": 0.6, "a mart": 3.0}


def page_scripts() -> None:
    """The script of every page, view and level, and the bytes that each page sends."""
    folder = reporting.FOLDER / "demo"
    reporting.demo()
    runs = scripts.script_runs(folder)
    table = reporting.table(
        "A page's script, warm: ms", "page", "views", "p50", "p95", "slowest view", "at", "its median"
    )
    for (page,), taken in runs.group_by("page", maintain_order=True):
        by_view = taken.group_by("view", "level").agg(pl.col("milliseconds").median()).sort("milliseconds")
        view, level, slowest = by_view.row(-1)
        table.add_row(
            page,
            str(taken["view"].n_unique()),
            *reporting.p50_p95(taken["milliseconds"]),
            view,
            level,
            f"{slowest:.0f}",
        )
    whole = runs["milliseconds"]
    table.add_row(
        "all",
        str(runs.select("page", "view").n_unique()),
        *reporting.p50_p95(whole),
        "aim of p95",
        "",
        reporting.aim(whole.quantile(0.95, "nearest"), MAX_SCRIPT_MILLISECONDS, " ms"),
    )
    reporting.console.print(table)
    table = reporting.table("A page reached by its link: kB", "page", "socket", "HTTP", "together", "aim")
    for page, (socket, http) in scripts.bytes_down(folder).items():
        together = (socket + http) / 1000
        table.add_row(
            page,
            f"{socket / 1000:.0f}",
            f"{http / 1000:.0f}",
            f"{together:.0f}",
            reporting.aim(together, MAX_KILOBYTES, " kB"),
        )
    reporting.console.print(table)


def browser_waits() -> None:
    """A page in a real browser against a plain Streamlit page of the same requests."""
    source, folder = write_source(reporting.FOLDER, "requests", REQUESTS), reporting.FOLDER / "requests-warehouse"
    build(source, folder, AS_OF)
    found = browsing.measure(folder, source / DISTRICT / "requests.csv", reporting.FOLDER)
    measures = ("numbers", "settled", "kilobytes", "server")
    medians = found.group_by("what", "way", maintain_order=True).agg(pl.col(measures).median())
    ratios = reporting.table(
        "A page of requests ÷ a plain Streamlit page", "what", "until", "ratio", "measured", "the best rival"
    )
    for what in browsing.STEPS:
        product, plain = (
            medians.row(by_predicate=(pl.col("what") == what) & (pl.col("way") == way), named=True)
            for way in browsing.WAYS
        )
        for measure, most in zip(measures, PLAIN_PAGE_RATIOS.get(what, (None, None)), strict=False):
            ratios.add_row(what, measure, *reporting.ratio(product[measure], plain[measure], " ms", most))
    reporting.console.print(ratios)
    table = reporting.table("Received and worked, medians of 5", "what", "way", "kB", "aim", "cores ms", "aim")
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
    """Maps of more and more grids, against the one of a county of today."""
    found = pl.DataFrame(polygons.time_maps(reporting.FOLDER, GRIDS, times=3), orient="row")
    medians = found.group_by("grids", maintain_order=True).agg(pl.all().median())
    table = reporting.table(
        "A map of grids, opened again by a browser that has been there",
        "grids",
        "kB",
        "÷ first",
        "drawn ms",
        "server ms",
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
    """Many at once, on one server and on two, the caches cold and warm."""
    reporting.demo()
    table = reporting.table(
        f"Viewers at once, {CROWD_SECONDS:g} s, thinking 2 s: ms until a page is whole",
        "viewers",
        "servers",
        "runs",
        "p50",
        "p95",
        "aim at 30",
        "errors",
        "cores ms a run",
        "MB each",
    )
    for servers in (1, 2):
        for met in viewers.crowds(reporting.FOLDER / "demo", servers, CROWDS, CROWD_SECONDS):
            taken = pl.Series(met.milliseconds)
            aim = reporting.aim(taken.quantile(0.95, "nearest"), MAX_WAIT, " ms") if met.viewers == 30 else ""
            table.add_row(
                str(met.viewers),
                str(servers),
                f"{len(taken):,}",
                *reporting.p50_p95(taken),
                aim,
                str(len(met.errors)),
                f"{met.server:.0f}",
                f"{met.megabytes:.1f}",
            )
    reporting.console.print(table)


def viewers_beside_bombs() -> None:
    """Pages while two statements that never end run at the workbench, against the same pages without them."""
    reporting.demo()
    found: dict[str, list[float]] = {}
    cores, errors = [], []
    for bombs, met in sql_lab.run_alternately(
        reporting.FOLDER / "demo", SQL_LAB_VIEWERS, SQL_LAB_SECONDS, SQL_LAB_TIMES
    ):
        found.setdefault(bombs, []).extend(met.milliseconds)
        cores.append((bombs, met.server))
        errors += met.errors
    without, beside = (pl.Series(found[bombs]) for bombs in ("none", "two"))
    ratios = reporting.table(
        f"Pages of {SQL_LAB_VIEWERS} viewers beside two statements that never end ÷ without",
        "what",
        "ratio",
        "measured",
        "aim",
    )
    ratios.add_row("p50", *reporting.ratio(beside.median(), without.median(), " ms"))
    p95 = [taken.quantile(0.95, "nearest") for taken in (beside, without)]
    ratios.add_row("p95", *reporting.ratio(*p95, " ms", MAX_WITH_BOMBS))
    worked = [pl.Series([took for bombs, took in cores if bombs == which]).mean() for which in ("two", "none")]
    ratios.add_row("cores of a run", *reporting.ratio(*worked, " ms"))
    ratios.caption = f"{len(without):,} and {len(beside):,} runs by turns, {len(errors)} errors {sorted(set(errors))}"
    reporting.console.print(ratios)


def long_meeting() -> None:
    """A show of two hours: what its page and its server hold, against what they held when it had gone round once."""
    reporting.demo()
    table = reporting.table(
        "A meeting of two hours, five seconds a slide",
        "minutes",
        "slides",
        "page MB",
        "÷ first",
        "server MB",
        "÷ first",
        "errors",
    )
    first = None
    for held in hours.sample_show(reporting.FOLDER / "demo", MEETING_MINUTES):
        first = first or held
        page, server = (
            f"{grown:.2f} {reporting.aim(grown, MAX_GROWTH, '')}"
            for grown in (held.page / first.page, held.server / first.server)
        )
        table.add_row(
            f"{held.minutes:.0f}",
            str(held.slides),
            f"{held.page:.1f}",
            page,
            f"{held.server:.0f}",
            server,
            str(held.errors),
        )
    reporting.console.print(table)


def edits_to_screen() -> None:
    """From the save of a file of sql/ to the number on a page that stands open."""
    with tempfile.TemporaryDirectory() as folder:
        taken = edits.time_edits(Path(folder))
    table = reporting.table("From the save to the screen: s", "what", "p50", "slowest of 5", "aim of p50")
    for what, seconds in taken.items():
        half = pl.Series(seconds).median()
        table.add_row(what, f"{half:.2f}", f"{max(seconds):.2f}", reporting.aim(half, MAX_SECONDS[what], " s"))
    reporting.console.print(table)
