"""Of rows: how long builds take, what metrics cost over few and many rows, what hostile files may take."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

import polars as pl

from tests.bench import builds, hostile, metrics, national, printed, rebuilds, rows, spark
from tests.bench import small as small_builds
from tests.bench.metrics import MetricTiming
from tests.bench.source import write_source
from tests.helpers.hostile_source import HEAVY_CASES

ROWS = {"workers": 1_000_000, "requests": 2_000_000}
# A build against bare DuckDB, and a metric's milliseconds.
MAX_TIMES_BARE = 2.0
# What somebody waits for at the command line.
MAX_SECONDS = {
    "build, the first": 1.2,
    "build, nothing changed": 0.6,
    "--help": 0.4,
    "metric": 0.8,
    "build, the four demo places": 6.0,
}
# A build after one new file of 1 % of the rows against a build of everything from nothing.
MAX_SHARE_OF_A_WHOLE_BUILD = 0.25
MAX_MILLISECONDS = 50.0
# The same from a rows folder, with its MB; how metrics that add up grow over more events, others' ms, and a country's.
MAX_TIMES_BARE_ROWS = 1.5
MAX_MEMORY = 6_000.0
MAX_TIMES_P95 = 2.0
MAX_NOT_ADDITIVE = 1_000.0
MAX_NATIONAL = 100.0


def build_against_bare(long: str) -> None:
    """A whole build against bare DuckDB."""
    count = ROWS[long]
    runs = builds.run_alternately(write_source(printed.FOLDER, long, count), printed.FOLDER)
    product, bare = (runs[way] for way in builds.WAYS)
    ratios = printed.table(f"Build of {count:,} {long} ÷ bare DuckDB", "what", "ratio", "measured", "aim")
    ratios.add_row("seconds", *printed.ratio(product.seconds, bare.seconds, " s", MAX_TIMES_BARE))
    # Other work on the machine lengthens the clock's seconds more than those of its cores.
    cores = printed.ratio(product.cpu_seconds, bare.cpu_seconds, " s", MAX_TIMES_BARE)
    ratios.add_row("seconds of all cores", *cores)
    before = [run.seconds - run.parts["models"] for run in (product, bare)]
    ratios.add_row("seconds without the models", *printed.ratio(*before, " s"))
    printed.console.print(ratios)
    steps = ("read", "load", "models")
    table = printed.table("Seconds of the median run of 3", "way", "all", "process", *steps, "memory")
    for way, run in runs.items():
        taken = (f"{run.parts[step]:.1f}" if step in run.parts else "–" for step in steps)
        whole = (f"{run.seconds:.1f}", f"{run.process_seconds:.1f}")
        table.add_row(way, *whole, *taken, f"{run.memory:,.0f} MB")
    rows = ", ".join(f"{mart} {count:,}" for mart, count in product.rows.items() if count)
    table.caption = f"rows: {rows}; in bare DuckDB read is part of load"
    printed.console.print(table)


def small_district() -> None:
    """A small district's build and other commands as whole processes."""
    taken = small_builds.run_alternately(printed.FOLDER / "small", 5)
    middle = {name: median(seconds) for name, seconds in taken.items()}
    bare = middle[small_builds.BARE]
    table = printed.table(
        "Commands as whole processes: seconds of 5 runs in turn",
        "command",
        "median",
        "least",
        "most",
        "aim",
        "÷ bare DuckDB",
        "aim",
    )
    for name, seconds in taken.items():
        most = MAX_SECONDS.get(name)
        times = (
            (f"{middle[name] / bare:.2f}", printed.aim(middle[name] / bare, MAX_TIMES_BARE, ""))
            if name == small_builds.FIRST
            else ("", "")
        )
        table.add_row(
            name,
            *(f"{value:.2f}" for value in (middle[name], min(seconds), max(seconds))),
            "" if most is None else printed.aim(middle[name], most, " s"),
            *times,
        )
    printed.console.print(table)


def rebuild() -> None:
    """A build after one new monthly file of requests against a build of everything."""
    count = ROWS["requests"]
    runs = rebuilds.run_alternately(
        rebuilds.split(write_source(printed.FOLDER, "requests", count), printed.FOLDER), printed.FOLDER
    )
    whole, new = runs["from nothing"], runs["one new file"]
    ratios = printed.table(
        f"A build after one new file of 1 % of {count:,} requests ÷ of everything", "what", "ratio", "measured", "aim"
    )
    ratios.add_row("seconds", *printed.ratio(new.seconds, whole.seconds, " s", MAX_SHARE_OF_A_WHOLE_BUILD))
    ratios.add_row(
        "seconds of all cores", *printed.ratio(new.cpu_seconds, whole.cpu_seconds, " s", MAX_SHARE_OF_A_WHOLE_BUILD)
    )
    printed.console.print(ratios)
    steps = ("read", "load", "models")
    table = printed.table("Seconds of the median run of 3", "build", "all", *steps, "models built", "requests")
    for way, run in runs.items():
        table.add_row(
            way,
            f"{run.seconds:.1f}",
            *(f"{run.parts[step]:.1f}" for step in steps),
            str(run.models_built),
            f"{run.rows:,}",
        )
    printed.console.print(table)


def every_metric() -> None:
    """Every metric on the demo, with nothing remembered, against its bare SQL."""
    answers = metrics.time_by_city_month(printed.demo())
    whole, alone = (pl.concat([getattr(answer, part) for answer in answers]) for part in ("whole", "bare"))
    ratios = printed.table("A metric of a city by month ÷ its SQL", "what", "ratio", "measured", "aim")
    ratios.add_row("p50", *printed.ratio(whole.median(), alone.median(), " ms"))
    p95 = [taken.quantile(0.95, "nearest") for taken in (whole, alone)]
    ratios.add_row("p95", *printed.ratio(*p95, " ms")[:2], printed.aim(p95[0], MAX_MILLISECONDS, " ms"))
    # Slow metrics apart from slow moments of a machine that others use too.
    p95 = [
        pl.Series([getattr(answer, part).median() for answer in answers]).quantile(0.95, "nearest")
        for part in ("whole", "bare")
    ]
    aim = printed.aim(p95[0], MAX_MILLISECONDS, " ms")
    ratios.add_row("p95 of the metrics, each at its median", *printed.ratio(*p95, " ms")[:2], aim)
    printed.console.print(ratios)
    measures = ("metrics", "p50", "p95", "first", "SQL p50", "SQL p95", "slowest metric", "p95")
    table = printed.table("By mart: ms", "mart", *measures)
    for mart, ours in _by_mart(answers).items():
        slowest = max(ours, key=lambda answer: answer.whole.quantile(0.95, "nearest"))
        of_mart, bare = (pl.concat([getattr(answer, part) for answer in ours]) for part in ("whole", "bare"))
        table.add_row(
            mart,
            str(len(ours)),
            *printed.p50_p95(of_mart),
            f"{median(answer.first for answer in ours):.0f}",
            *printed.p50_p95(bare),
            slowest.metric.name,
            printed.p50_p95(slowest.whole)[1],
        )
    printed.console.print(table)


def many_rows(*scales: int) -> None:
    """Builds from rows folders and every metric over them, by how many times the demo's events they hold."""
    printed.FOLDER.mkdir(parents=True, exist_ok=True)
    found = {scale: rows.build_and_time(printed.FOLDER, scale) for scale in scales}
    table = printed.table(
        "A build from a rows folder ÷ bare DuckDB",
        "events",
        "rows",
        "seconds",
        "aim",
        "seconds of all cores",
        "rows/s",
        "memory",
        "bare",
        "MB",
    )
    for scale, (_, runs) in found.items():
        product, bare = (runs[way] for way in builds.WAYS)
        count = rows.events(rows.folder(printed.FOLDER, scale))
        table.add_row(
            f"{scale:,} ×",
            f"{count:,}",
            f"{product.seconds / bare.seconds:.2f} ({product.seconds:.0f} ÷ {bare.seconds:.0f} s)",
            # The demo's own rows are so few that checking and publishing them takes as long as building.
            printed.aim(product.seconds / bare.seconds, MAX_TIMES_BARE_ROWS, "") if scale >= 100 else "",
            f"{product.cpu_seconds / bare.cpu_seconds:.2f}",
            f"{count / product.seconds:,.0f}",
            f"{product.memory:,.0f} MB {printed.aim(product.memory, MAX_MEMORY, '')}",
            f"{bare.memory:,.0f} MB",
            f"{product.size:,.0f}",
        )
    printed.console.print(table, width=180)
    answers = {scale: rows.time_metrics(version) for scale, (version, _) in found.items()}
    table = printed.table(
        "Metrics by month, of everywhere and of a city: ms",
        "metrics",
        "events",
        "p50",
        "p95",
        "slowest",
        "ms",
        "÷ 1 ×",
        "aim",
    )
    for is_additive in (True, False):
        first = None
        for scale, of_scale in answers.items():
            ours = of_scale.filter(pl.col("is_additive") == is_additive).sort("milliseconds")
            p95, slowest = ours["milliseconds"].quantile(0.95, "nearest"), ours.row(-1, named=True)
            first = first or p95
            times = p95 / first
            aim = (
                printed.aim(times, MAX_TIMES_P95, " ×")
                if is_additive
                else printed.aim(slowest["milliseconds"], MAX_NOT_ADDITIVE, " ms")
            )
            table.add_row(
                "that add up" if is_additive else "medians and distinct counts",
                f"{scale:,} ×",
                *printed.p50_p95(ours["milliseconds"]),
                slowest["metric"],
                f"{slowest['milliseconds']:.0f}",
                f"{times:.2f}",
                aim,
            )
    printed.console.print(table)


def spark_builds(*scales: int) -> None:
    """Builds by Spark on this machine against DuckDB, by how many times the demo's events there are."""
    printed.FOLDER.mkdir(parents=True, exist_ok=True)
    table = printed.table(
        f"A build by Spark {spark.MASTER} ÷ by DuckDB", "events", "rows", "seconds", "models alone", "rows/s"
    )
    for scale in scales:
        given = rows.folder(printed.FOLDER, scale)
        runs, count = spark.build_by_engine(given, printed.FOLDER), rows.events(given)
        by_spark, by_duckdb = (runs[engine] for engine in ("spark", "duckdb"))
        table.add_row(
            f"{scale:,} ×",
            f"{count:,}",
            *(
                f"{ours / theirs:.1f} ({ours:.0f} ÷ {theirs:.0f} s)"
                for ours, theirs in ((by_spark.seconds, by_duckdb.seconds), (by_spark.models, by_duckdb.models))
            ),
            f"{count / by_spark.seconds:,.0f}",
        )
    table.caption = "with Spark's own start; both on the cores of this machine"
    printed.console.print(table)


def national_metrics() -> None:
    """Metrics of a month-grain mart as large as the country's."""
    found = national.time_metrics(national.build_national(printed.demo(), printed.FOLDER))
    table = printed.table(
        f"{national.COMMUNITIES:,} communities × {national.MONTHS} months: ms",
        "metric",
        "by",
        "whole",
        "its SQL",
        "of all cores",
        "aim",
    )
    for name, by, whole, bare, cores in found.iter_rows():
        table.add_row(name, by, f"{whole:.0f}", f"{bare:.0f}", f"{cores:.0f}", printed.aim(whole, MAX_NATIONAL, " ms"))
    printed.console.print(table)


def hostile_files() -> None:
    """Files made to do harm, against what a file may take."""
    table = printed.table(
        "A hostile file through the intake",
        "case",
        "MB",
        "s",
        "aim",
        "cores s",
        "parser MB",
        "aim",
        "ours MB",
        "outcome",
    )
    with tempfile.TemporaryDirectory() as folder:
        for taken in hostile.measure_files(Path(folder), list(HEAVY_CASES)):
            table.add_row(
                taken.case,
                f"{taken.size / hostile.MB:.1f}",
                f"{taken.seconds:.1f}",
                printed.aim(taken.seconds, hostile.MAX_SECONDS, " s"),
                f"{taken.cores:.1f}",
                f"{taken.megabytes:,.0f}",
                printed.aim(taken.megabytes, hostile.MAX_MEGABYTES, ""),
                f"{taken.own_growth:,.0f}",
                taken.outcome[:60],
            )
    table.caption = (
        "a file that would take more is stopped and has a reason; ours is the growth of the process that asks"
    )
    printed.console.print(table, width=220)


def _by_mart(found: list[MetricTiming]) -> dict[str, list]:
    marts = sorted({one.metric.mart for one in found})
    return {mart: [one for one in found if one.metric.mart == mart] for mart in marts}
