"""Of rows: how long builds take, what metrics cost over few and many rows, what hostile files may take."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

import polars as pl

from tests.bench import builds, hostile, metrics, national, rebuilds, reporting, rows, spark
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
    runs = builds.run_alternately(write_source(reporting.FOLDER, long, count), reporting.FOLDER)
    product, bare = (runs[way] for way in builds.WAYS)
    ratios = reporting.table(f"Build of {count:,} {long} ÷ bare DuckDB", "what", "ratio", "measured", "aim")
    ratios.add_row("seconds", *reporting.ratio(product.seconds, bare.seconds, " s", MAX_TIMES_BARE))
    # Other work on the machine lengthens the clock's seconds more than those of its cores.
    cores = reporting.ratio(product.cpu_seconds, bare.cpu_seconds, " s", MAX_TIMES_BARE)
    ratios.add_row("seconds of all cores", *cores)
    before = [run.seconds - run.parts["models"] for run in (product, bare)]
    ratios.add_row("seconds without the models", *reporting.ratio(*before, " s"))
    reporting.console.print(ratios)
    steps = ("read", "load", "models")
    table = reporting.table("Seconds of the median run of 3", "way", "all", "process", *steps, "memory")
    for way, run in runs.items():
        taken = (f"{run.parts[step]:.1f}" if step in run.parts else "–" for step in steps)
        whole = (f"{run.seconds:.1f}", f"{run.process_seconds:.1f}")
        table.add_row(way, *whole, *taken, f"{run.memory:,.0f} MB")
    rows = ", ".join(f"{mart} {count:,}" for mart, count in product.rows.items() if count)
    table.caption = f"rows: {rows}; in bare DuckDB read is part of load"
    reporting.console.print(table)


def small_district() -> None:
    """A small district's build and other commands as whole processes."""
    taken = small_builds.run_alternately(reporting.FOLDER / "small", 5)
    middle = {name: median(seconds) for name, seconds in taken.items()}
    bare = middle[small_builds.BARE]
    table = reporting.table(
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
            (f"{middle[name] / bare:.2f}", reporting.aim(middle[name] / bare, MAX_TIMES_BARE, ""))
            if name == small_builds.FIRST
            else ("", "")
        )
        table.add_row(
            name,
            *(f"{value:.2f}" for value in (middle[name], min(seconds), max(seconds))),
            "" if most is None else reporting.aim(middle[name], most, " s"),
            *times,
        )
    reporting.console.print(table)


def rebuild() -> None:
    """A build after one new monthly file of requests against a build of everything."""
    count = ROWS["requests"]
    runs = rebuilds.run_alternately(
        rebuilds.split(write_source(reporting.FOLDER, "requests", count), reporting.FOLDER), reporting.FOLDER
    )
    whole, new = runs["from nothing"], runs["one new file"]
    ratios = reporting.table(
        f"A build after one new file of 1 % of {count:,} requests ÷ of everything", "what", "ratio", "measured", "aim"
    )
    ratios.add_row("seconds", *reporting.ratio(new.seconds, whole.seconds, " s", MAX_SHARE_OF_A_WHOLE_BUILD))
    ratios.add_row(
        "seconds of all cores", *reporting.ratio(new.cpu_seconds, whole.cpu_seconds, " s", MAX_SHARE_OF_A_WHOLE_BUILD)
    )
    reporting.console.print(ratios)
    steps = ("read", "load", "models")
    table = reporting.table("Seconds of the median run of 3", "build", "all", *steps, "models built", "requests")
    for way, run in runs.items():
        table.add_row(
            way,
            f"{run.seconds:.1f}",
            *(f"{run.parts[step]:.1f}" for step in steps),
            str(run.models_built),
            f"{run.rows:,}",
        )
    reporting.console.print(table)


def every_metric() -> None:
    """Every metric on the demo, with nothing remembered, against its bare SQL."""
    answers = metrics.time_by_city_month(reporting.demo())
    whole, alone = (pl.concat([getattr(answer, part) for answer in answers]) for part in ("later_calls", "sql_alone"))
    ratios = reporting.table("A metric of a city by month ÷ its SQL", "what", "ratio", "measured", "aim")
    ratios.add_row("p50", *reporting.ratio(whole.median(), alone.median(), " ms"))
    p95 = [taken.quantile(0.95, "nearest") for taken in (whole, alone)]
    ratios.add_row("p95", *reporting.ratio(*p95, " ms")[:2], reporting.aim(p95[0], MAX_MILLISECONDS, " ms"))
    # Slow metrics apart from slow moments of a machine that others use too.
    p95 = [
        pl.Series([getattr(answer, part).median() for answer in answers]).quantile(0.95, "nearest")
        for part in ("later_calls", "sql_alone")
    ]
    aim = reporting.aim(p95[0], MAX_MILLISECONDS, " ms")
    ratios.add_row("p95 of the metrics, each at its median", *reporting.ratio(*p95, " ms")[:2], aim)
    reporting.console.print(ratios)
    measures = ("metrics", "p50", "p95", "first", "SQL p50", "SQL p95", "slowest metric", "p95")
    table = reporting.table("By mart: ms", "mart", *measures)
    for mart, ours in _by_mart(answers).items():
        slowest = max(ours, key=lambda answer: answer.later_calls.quantile(0.95, "nearest"))
        of_mart, bare = (pl.concat([getattr(answer, part) for answer in ours]) for part in ("later_calls", "sql_alone"))
        table.add_row(
            mart,
            str(len(ours)),
            *reporting.p50_p95(of_mart),
            f"{median(answer.first for answer in ours):.0f}",
            *reporting.p50_p95(bare),
            slowest.metric.name,
            reporting.p50_p95(slowest.later_calls)[1],
        )
    reporting.console.print(table)


def many_rows(*scales: int) -> None:
    """Builds from rows folders and every metric over them, by how many times the demo's events they hold."""
    reporting.FOLDER.mkdir(parents=True, exist_ok=True)
    found = {scale: rows.build_and_time(reporting.FOLDER, scale) for scale in scales}
    table = reporting.table(
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
        count = rows.events(rows.folder(reporting.FOLDER, scale))
        table.add_row(
            f"{scale:,} ×",
            f"{count:,}",
            f"{product.seconds / bare.seconds:.2f} ({product.seconds:.0f} ÷ {bare.seconds:.0f} s)",
            # The demo's own rows are so few that checking and publishing them takes as long as building.
            reporting.aim(product.seconds / bare.seconds, MAX_TIMES_BARE_ROWS, "") if scale >= 100 else "",
            f"{product.cpu_seconds / bare.cpu_seconds:.2f}",
            f"{count / product.seconds:,.0f}",
            f"{product.memory:,.0f} MB {reporting.aim(product.memory, MAX_MEMORY, '')}",
            f"{bare.memory:,.0f} MB",
            f"{product.size:,.0f}",
        )
    reporting.console.print(table, width=180)
    answers = {scale: rows.time_metrics(version) for scale, (version, _) in found.items()}
    table = reporting.table(
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
                reporting.aim(times, MAX_TIMES_P95, " ×")
                if is_additive
                else reporting.aim(slowest["milliseconds"], MAX_NOT_ADDITIVE, " ms")
            )
            table.add_row(
                "that add up" if is_additive else "medians and distinct counts",
                f"{scale:,} ×",
                *reporting.p50_p95(ours["milliseconds"]),
                slowest["metric"],
                f"{slowest['milliseconds']:.0f}",
                f"{times:.2f}",
                aim,
            )
    reporting.console.print(table)


def spark_builds(*scales: int) -> None:
    """Builds by Spark on this machine against DuckDB, by how many times the demo's events there are."""
    reporting.FOLDER.mkdir(parents=True, exist_ok=True)
    table = reporting.table(
        f"A build by Spark {spark.MASTER} ÷ by DuckDB", "events", "rows", "seconds", "models alone", "rows/s"
    )
    for scale in scales:
        given = rows.folder(reporting.FOLDER, scale)
        runs, count = spark.build_by_engine(given, reporting.FOLDER), rows.events(given)
        by_spark, by_duckdb = (runs[engine] for engine in ("spark", "duckdb"))
        table.add_row(
            f"{scale:,} ×",
            f"{count:,}",
            *(
                f"{ours / theirs:.1f} ({ours:.0f} ÷ {theirs:.0f} s)"
                for ours, theirs in (
                    (by_spark.seconds, by_duckdb.seconds),
                    (by_spark.model_count, by_duckdb.model_count),
                )
            ),
            f"{count / by_spark.seconds:,.0f}",
        )
    table.caption = "with Spark's own start; both on the cores of this machine"
    reporting.console.print(table)


def national_metrics() -> None:
    """Metrics of a month-grain mart as large as the country's."""
    found = national.time_metrics(national.build_national(reporting.demo(), reporting.FOLDER))
    table = reporting.table(
        f"{national.COMMUNITIES:,} communities × {national.MONTHS} months: ms",
        "metric",
        "by",
        "whole",
        "its SQL",
        "of all cores",
        "aim",
    )
    for name, by, whole, bare, cores in found.iter_rows():
        table.add_row(
            name, by, f"{whole:.0f}", f"{bare:.0f}", f"{cores:.0f}", reporting.aim(whole, MAX_NATIONAL, " ms")
        )
    reporting.console.print(table)


def hostile_files() -> None:
    """Files made to do harm, against what a file may take."""
    table = reporting.table(
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
                reporting.aim(taken.seconds, hostile.MAX_SECONDS, " s"),
                f"{taken.cores:.1f}",
                f"{taken.megabytes:,.0f}",
                reporting.aim(taken.megabytes, hostile.MAX_MEGABYTES, ""),
                f"{taken.own_growth:,.0f}",
                taken.outcome[:60],
            )
    table.caption = (
        "a file that would take more is stopped and has a reason; ours is the growth of the process that asks"
    )
    reporting.console.print(table, width=220)


def _by_mart(found: list[MetricTiming]) -> dict[str, list]:
    marts = sorted({one.metric.mart for one in found})
    return {mart: [one for one in found if one.metric.mart == mart] for mart in marts}
