"""Prints what is measured: ratios first, each within this run, with the aim beside it.

`python -m tests.bench` runs every part; with names of parts only those: workers, requests, rebuild, metrics, rows,
national, spark, pages, browsing, viewers, hostile. `rows-1000` beside them builds a thousand times the demo's events, which takes half an hour.
"""
from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

import polars as pl
from rich.console import Console
from rich.table import Table

from etl.build import build
from sql import warehouse
from sql.warehouse import PROJECT, Version
from tests.bench import browsing, builds, hostile, metrics, national, pages, rebuilds, rows, spark, viewers
from tests.bench.metrics import Answer
from tests.bench.source import AS_OF, DISTRICT, written
from tests.hostile_source import HEAVY

FOLDER = PROJECT / "build" / "bench"
ROWS = {"workers": 1_000_000, "requests": 2_000_000}
TIMES = 100
# A build against bare DuckDB, and a metric's milliseconds.
MOST_TIMES_BARE = 2.0
# A build after one new file of 1 % of the rows against a build of everything from nothing.
MOST_OF_A_WHOLE_BUILD = 0.25
MOST_MILLISECONDS = 50.0
# The same from a rows folder, with its MB; how metrics that add up grow over more events, others' ms, and a country's.
MOST_TIMES_BARE_ROWS = 1.5
MOST_MEMORY = 6_000.0
MOST_TIMES_P95 = 2.0
MOST_NOT_ADDITIVE = 1_000.0
MOST_NATIONAL = 100.0
# A page's script, and what it sends once the front end is there.
MOST_SCRIPT_MILLISECONDS = 300.0
MOST_KILOBYTES = 300.0
# The best rival against the same plain page: until the numbers and until all is drawn, by what is done.
RIVAL = {"cold": (None, 1.7 / 3.8), "reload": (None, 0.7 / 1.5), "filter": (0.23 / 0.68, 0.74 / 2.0)}
MOST_COLD_KILOBYTES, MOST_CORES = 3_000.0, 100.0
CROWDS, CROWD_SECONDS, MOST_WAITED = (10, 30, 60), 60.0, 1_000.0

# Wide enough for the names of marts and metrics also where the output is no terminal.
console = Console(highlight=False, width=130)


def main() -> None:
    """Runs the parts named in the arguments, or all; each prints its tables when it is done."""
    parts: dict[str, Callable[[], None]] = {
        "workers": lambda: _builds("workers"),
        "requests": lambda: _builds("requests"),
        "rebuild": _rebuild,
        "metrics": _metrics,
        "rows": lambda: _rows(1, TIMES),
        "national": _national,
        "spark": lambda: _spark(1, TIMES),
        "pages": _pages,
        "browsing": _browsing,
        "viewers": _viewers,
        "hostile": _hostile,
    }
    asked = sys.argv[1:] or list(parts)
    parts["rows-1000"] = lambda: _rows(1, 1000)
    if unknown := sorted(set(asked) - set(parts)):
        sys.exit(f"no part {', '.join(unknown)}; the parts are {', '.join(parts)}")
    for part in asked:
        parts[part]()
        one, five, fifteen = os.getloadavg()
        console.print(f"{os.cpu_count()} cores, load {one:.1f} (1 min) {five:.1f} (5) {fifteen:.1f} (15)\n")


def _builds(long: str) -> None:
    """A whole build against bare DuckDB."""
    count = ROWS[long]
    runs = builds.alternately(written(FOLDER, long, count), FOLDER)
    product, bare = (runs[way] for way in builds.WAYS)
    ratios = _table(f"Build of {count:,} {long} ÷ bare DuckDB", "what", "ratio", "measured", "aim")
    ratios.add_row("seconds", *_ratio(product.seconds, bare.seconds, " s", MOST_TIMES_BARE))
    # Other work on the machine lengthens the clock's seconds more than those of its cores.
    cores = _ratio(product.cpu_seconds, bare.cpu_seconds, " s", MOST_TIMES_BARE)
    ratios.add_row("seconds of all cores", *cores)
    before = [run.seconds - run.parts["models"] for run in (product, bare)]
    ratios.add_row("seconds without the models", *_ratio(*before, " s"))
    console.print(ratios)
    steps = ("read", "load", "models")
    table = _table("Seconds of the median run of 3", "way", "all", "process", *steps, "memory")
    for way, run in runs.items():
        taken = (f"{run.parts[step]:.1f}" if step in run.parts else "–" for step in steps)
        whole = (f"{run.seconds:.1f}", f"{run.process_seconds:.1f}")
        table.add_row(way, *whole, *taken, f"{run.memory:,.0f} MB")
    rows = ", ".join(f"{mart} {count:,}" for mart, count in product.rows.items() if count)
    table.caption = f"rows: {rows}; in bare DuckDB read is part of load"
    console.print(table)


def _rebuild() -> None:
    """A build after one new monthly file of requests against a build of everything."""
    count = ROWS["requests"]
    runs = rebuilds.alternately(rebuilds.split(written(FOLDER, "requests", count), FOLDER), FOLDER)
    whole, new = runs["from nothing"], runs["one new file"]
    ratios = _table(f"A build after one new file of 1 % of {count:,} requests ÷ of everything", "what", "ratio", "measured", "aim")
    ratios.add_row("seconds", *_ratio(new.seconds, whole.seconds, " s", MOST_OF_A_WHOLE_BUILD))
    ratios.add_row("seconds of all cores", *_ratio(new.cpu_seconds, whole.cpu_seconds, " s", MOST_OF_A_WHOLE_BUILD))
    console.print(ratios)
    steps = ("read", "load", "models")
    table = _table("Seconds of the median run of 3", "build", "all", *steps, "models built", "requests")
    for way, run in runs.items():
        table.add_row(way, f"{run.seconds:.1f}", *(f"{run.parts[step]:.1f}" for step in steps), str(run.built), f"{run.rows:,}")
    console.print(table)


def _metrics() -> None:
    """Every metric on the demo, with nothing remembered, against its bare SQL."""
    answers = metrics.at_city_by_month(_demo())
    whole, alone = (pl.concat([getattr(answer, part) for answer in answers]) for part in ("whole", "bare"))
    ratios = _table("A metric of a city by month ÷ its SQL", "what", "ratio", "measured", "aim")
    ratios.add_row("p50", *_ratio(whole.median(), alone.median(), " ms"))
    p95 = [taken.quantile(0.95, "nearest") for taken in (whole, alone)]
    ratios.add_row("p95", *_ratio(*p95, " ms")[:2], _aim(p95[0], MOST_MILLISECONDS, " ms"))
    # Slow metrics apart from slow moments of a machine that others use too.
    p95 = [
        pl.Series([getattr(answer, part).median() for answer in answers]).quantile(0.95, "nearest")
        for part in ("whole", "bare")
    ]
    aim = _aim(p95[0], MOST_MILLISECONDS, " ms")
    ratios.add_row("p95 of the metrics, each at its median", *_ratio(*p95, " ms")[:2], aim)
    console.print(ratios)
    measures = ("metrics", "p50", "p95", "first", "SQL p50", "SQL p95", "slowest metric", "p95")
    table = _table("By mart: ms", "mart", *measures)
    for mart, ours in _by_mart(answers).items():
        slowest = max(ours, key=lambda answer: answer.whole.quantile(0.95, "nearest"))
        of_mart, bare = (pl.concat([getattr(answer, part) for answer in ours]) for part in ("whole", "bare"))
        table.add_row(
            mart, str(len(ours)), *_p50_p95(of_mart), f"{median(answer.first for answer in ours):.0f}",
            *_p50_p95(bare), slowest.metric.name, _p50_p95(slowest.whole)[1],
        )
    console.print(table)


def _rows(*scales: int) -> None:
    """Builds from rows folders and every metric over them, by how many times the demo's events they hold."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = {scale: rows.built(FOLDER, scale) for scale in scales}
    table = _table(
        "A build from a rows folder ÷ bare DuckDB", "events", "rows", "seconds", "aim", "seconds of all cores", "rows/s", "memory",
        "bare", "MB",
    )
    for scale, (_, runs) in found.items():
        product, bare = (runs[way] for way in builds.WAYS)
        count = rows.events(rows.folder(FOLDER, scale))
        table.add_row(
            f"{scale:,} ×", f"{count:,}", f"{product.seconds / bare.seconds:.2f} ({product.seconds:.0f} ÷ {bare.seconds:.0f} s)",
            # The demo's own rows are so few that checking and publishing them takes as long as building.
            _aim(product.seconds / bare.seconds, MOST_TIMES_BARE_ROWS, "") if scale >= TIMES else "",
            f"{product.cpu_seconds / bare.cpu_seconds:.2f}", f"{count / product.seconds:,.0f}",
            f"{product.memory:,.0f} MB {_aim(product.memory, MOST_MEMORY, '')}", f"{bare.memory:,.0f} MB", f"{product.size:,.0f}",
        )
    console.print(table, width=180)
    answers = {scale: rows.answers(version) for scale, (version, _) in found.items()}
    table = _table("Metrics by month, of everywhere and of a city: ms", "metrics", "events", "p50", "p95", "slowest", "ms", "÷ 1 ×", "aim")
    for is_additive in (True, False):
        first = None
        for scale, of_scale in answers.items():
            ours = of_scale.filter(pl.col("is_additive") == is_additive).sort("milliseconds")
            p95, slowest = ours["milliseconds"].quantile(0.95, "nearest"), ours.row(-1, named=True)
            first = first or p95
            times = p95 / first
            aim = _aim(times, MOST_TIMES_P95, " ×") if is_additive else _aim(slowest["milliseconds"], MOST_NOT_ADDITIVE, " ms")
            table.add_row(
                "that add up" if is_additive else "medians and distinct counts", f"{scale:,} ×", *_p50_p95(ours["milliseconds"]),
                slowest["metric"], f"{slowest['milliseconds']:.0f}", f"{times:.2f}", aim,
            )
    console.print(table)


def _spark(*scales: int) -> None:
    """Builds by Spark on this machine against DuckDB, by how many times the demo's events there are."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    table = _table(f"A build by Spark {spark.MASTER} ÷ by DuckDB", "events", "rows", "seconds", "models alone", "rows/s")
    for scale in scales:
        given = rows.folder(FOLDER, scale)
        runs, count = spark.built(given, FOLDER), rows.events(given)
        by_spark, by_duckdb = (runs[engine] for engine in ("spark", "duckdb"))
        table.add_row(
            f"{scale:,} ×", f"{count:,}",
            *(
                f"{ours / theirs:.1f} ({ours:.0f} ÷ {theirs:.0f} s)"
                for ours, theirs in ((by_spark.seconds, by_duckdb.seconds), (by_spark.models, by_duckdb.models))
            ),
            f"{count / by_spark.seconds:,.0f}",
        )
    table.caption = "with Spark's own start; both on the cores of this machine"
    console.print(table)


def _national() -> None:
    """Metrics of a month-grain mart as large as the country's."""
    found = national.answers(national.version(_demo(), FOLDER))
    table = _table(
        f"{national.COMMUNITIES:,} communities × {national.MONTHS} months: ms", "metric", "by", "whole", "its SQL", "of all cores", "aim"
    )
    for name, by, whole, bare, cores in found.iter_rows():
        table.add_row(name, by, f"{whole:.0f}", f"{bare:.0f}", f"{cores:.0f}", _aim(whole, MOST_NATIONAL, " ms"))
    console.print(table)


def _pages() -> None:
    """The script of every page, view and level, and the bytes that each page sends."""
    folder = FOLDER / "demo"
    _demo()
    runs = pages.script_runs(folder)
    table = _table("A page's script, warm: ms", "page", "views", "p50", "p95", "slowest view", "at", "its median")
    for (page,), taken in runs.group_by("page", maintain_order=True):
        by_view = taken.group_by("view", "level").agg(pl.col("milliseconds").median()).sort("milliseconds")
        view, level, slowest = by_view.row(-1)
        table.add_row(page, str(taken["view"].n_unique()), *_p50_p95(taken["milliseconds"]), view, level, f"{slowest:.0f}")
    whole = runs["milliseconds"]
    table.add_row("all", str(runs.select("page", "view").n_unique()), *_p50_p95(whole), "aim of p95",
                  "", _aim(whole.quantile(0.95, "nearest"), MOST_SCRIPT_MILLISECONDS, " ms"))
    console.print(table)
    table = _table("A page reached by its link: kB", "page", "socket", "HTTP", "together", "aim")
    for page, (socket, http) in pages.bytes_down(folder).items():
        together = (socket + http) / 1000
        table.add_row(page, f"{socket / 1000:.0f}", f"{http / 1000:.0f}", f"{together:.0f}", _aim(together, MOST_KILOBYTES, " kB"))
    console.print(table)


def _browsing() -> None:
    """A page in a real browser against a plain Streamlit page of the same requests."""
    source, folder = written(FOLDER, "requests", ROWS["requests"]), FOLDER / "requests-warehouse"
    build(source, folder, AS_OF)
    found = browsing.rows(folder, source / DISTRICT / "requests.csv", FOLDER)
    measures = ("numbers", "settled", "kilobytes", "server")
    medians = found.group_by("what", "way", maintain_order=True).agg(pl.col(measures).median())
    ratios = _table("A page of requests ÷ a plain Streamlit page", "what", "until", "ratio", "measured", "the best rival")
    for what in browsing.STEPS:
        product, plain = (medians.row(by_predicate=(pl.col("what") == what) & (pl.col("way") == way), named=True)
                          for way in browsing.WAYS)
        for measure, most in zip(measures, RIVAL.get(what, (None, None)), strict=False):
            ratios.add_row(what, measure, *_ratio(product[measure], plain[measure], " ms", most))
    console.print(ratios)
    table = _table("Received and worked, medians of 5", "what", "way", "kB", "aim", "cores ms", "aim")
    for row in medians.iter_rows(named=True):
        is_first = row["what"] == "cold"
        table.add_row(
            row["what"], row["way"], f"{row['kilobytes']:,.0f}", _aim(row["kilobytes"], MOST_COLD_KILOBYTES, " kB") if is_first else "",
            f"{row['server']:.0f}", "" if is_first else _aim(row["server"], MOST_CORES, " ms"),
        )
    console.print(table)


def _viewers() -> None:
    """Many at once, on one server and on two, the caches cold and warm."""
    _demo()
    table = _table(
        f"Viewers at once, {CROWD_SECONDS:g} s, thinking 2 s: ms until a page is whole",
        "viewers", "servers", "runs", "p50", "p95", "aim at 30", "errors", "cores ms a run", "MB each",
    )
    for servers in (1, 2):
        for met in viewers.crowds(FOLDER / "demo", servers, CROWDS, CROWD_SECONDS):
            taken = pl.Series(met.milliseconds)
            aim = _aim(taken.quantile(0.95, "nearest"), MOST_WAITED, " ms") if met.viewers == 30 else ""
            table.add_row(
                str(met.viewers), str(servers), f"{len(taken):,}", *_p50_p95(taken), aim, str(len(met.errors)),
                f"{met.server:.0f}", f"{met.megabytes:.1f}",
            )
    console.print(table)


def _hostile() -> None:
    """Files made to do harm, against what a file may take."""
    table = _table("A hostile file through the intake", "case", "MB", "s", "aim", "cores s", "parser MB", "aim", "ours MB", "outcome")
    with tempfile.TemporaryDirectory() as folder:
        for taken in hostile.takings(Path(folder), list(HEAVY)):
            table.add_row(
                taken.case, f"{taken.size / hostile.MB:.1f}", f"{taken.seconds:.1f}", _aim(taken.seconds, hostile.MOST_SECONDS, " s"),
                f"{taken.cores:.1f}", f"{taken.megabytes:,.0f}", _aim(taken.megabytes, hostile.MOST_MEGABYTES, ""),
                f"{taken.ours:,.0f}", taken.outcome[:60],
            )
    table.caption = "a file that would take more is stopped and has a reason; ours is the growth of the process that asks"
    console.print(table, width=220)


def _demo() -> Version:
    build(PROJECT / "data" / "demo", FOLDER / "demo")
    return warehouse.current(FOLDER / "demo")


def _by_mart(found: list[Answer]) -> dict[str, list]:
    marts = sorted({one.metric.mart for one in found})
    return {mart: [one for one in found if one.metric.mart == mart] for mart in marts}


def _p50_p95(taken: pl.Series) -> tuple[str, str]:
    return f"{taken.median():.1f}", f"{taken.quantile(0.95, 'nearest'):.1f}"


def _ratio(measured: float, against: float, unit: str, most: float | None = None) -> tuple[str, str, str]:
    ratio = measured / against
    aim = "" if most is None else _aim(ratio, most, "")
    return f"{ratio:.2f}", f"{measured:.1f}{unit} ÷ {against:.1f}{unit}", aim


def _aim(measured: float, most: float, unit: str) -> str:
    return f"≤ {most:g}{unit} {'met' if measured <= most else 'missed'}"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", caption_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right")
    return table


if __name__ == "__main__":
    main()
