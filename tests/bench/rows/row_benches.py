"""Benchmarks rows: time of builds, cost of metrics over few and many rows, and limits for hostile files."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

import polars as pl

from tests.bench import reporting
from tests.bench.rows import builds, hostile, metrics, national, rebuilds, rows, spark
from tests.bench.rows import small as small_builds
from tests.bench.rows.metrics import MetricTiming
from tests.bench.rows.source import write_source
from tests.helpers.ingest.hostile_source import HEAVY_CASES

ROWS = {"workers": 1_000_000, "requests": 2_000_000}
# A build's time as a multiple of bare DuckDB's.
MAX_TIMES_BARE = 2.0
# Seconds that a user waits at the command line.
MAX_SECONDS = {
    "build, the first": 1.2,
    "build, nothing changed": 0.6,
    "--help": 0.4,
    "metric": 0.8,
    "build, the four demo places": 6.0,
}
# A build after one new file of 1 % of the rows, as a share of a full build.
MAX_SHARE_OF_A_WHOLE_BUILD = 0.25
# Milliseconds of a metric.
MAX_MILLISECONDS = 50.0
# A build from a rows folder: time as a multiple of bare DuckDB's, and MB. Metrics over more events: growth of additive
# ones, milliseconds of others, and of those for the whole country.
MAX_TIMES_BARE_ROWS = 1.5
MAX_MEMORY = 6_000.0
MAX_TIMES_P95 = 2.0
MAX_NOT_ADDITIVE = 1_000.0
MAX_NATIONAL = 100.0


def build_against_bare(table_name: str) -> None:
    """Compares a full build with bare DuckDB."""
    count = ROWS[table_name]
    runs = builds.run_alternately(write_source(reporting.FOLDER, table_name, count), reporting.FOLDER)
    product, bare = (runs[way] for way in builds.WAYS)
    ratios = reporting.table(f"Build of {count:,} {table_name} ÷ bare DuckDB", "what", "ratio", "measured", "target")
    ratios.add_row("seconds", *reporting.ratio(product.seconds, bare.seconds, " s", MAX_TIMES_BARE))
    # Other work on the machine affects elapsed seconds more than CPU seconds.
    cores = reporting.ratio(product.cpu_seconds, bare.cpu_seconds, " s", MAX_TIMES_BARE)
    ratios.add_row("CPU seconds", *cores)
    before = [run.seconds - run.parts["models"] for run in (product, bare)]
    ratios.add_row("seconds without the models", *reporting.ratio(*before, " s"))
    reporting.console.print(ratios)
    steps = ("read", "load", "models")
    table = reporting.table("Seconds of the median run of 3", "way", "all", "process", *steps, "memory")
    for way, run in runs.items():
        step_seconds = (f"{run.parts[step]:.1f}" if step in run.parts else "–" for step in steps)
        whole = (f"{run.seconds:.1f}", f"{run.process_seconds:.1f}")
        table.add_row(way, *whole, *step_seconds, f"{run.memory:,.0f} MB")
    rows = ", ".join(f"{mart} {count:,}" for mart, count in product.rows.items() if count)
    table.caption = f"rows: {rows}; in bare DuckDB read is part of load"
    reporting.console.print(table)


def small_district() -> None:
    """Times a small district's build and other commands as whole processes."""
    timings = small_builds.run_alternately(reporting.FOLDER / "small", 5)
    medians = {name: median(seconds) for name, seconds in timings.items()}
    bare = medians[small_builds.BARE]
    table = reporting.table(
        "Commands as whole processes: seconds of 5 runs in turn",
        "command",
        "median",
        "minimum",
        "maximum",
        "target",
        "÷ bare DuckDB",
        "target",
    )
    for name, seconds in timings.items():
        target = MAX_SECONDS.get(name)
        times = (
            (f"{medians[name] / bare:.2f}", reporting.aim(medians[name] / bare, MAX_TIMES_BARE, ""))
            if name == small_builds.FIRST
            else ("", "")
        )
        table.add_row(
            name,
            *(f"{value:.2f}" for value in (medians[name], min(seconds), max(seconds))),
            "" if target is None else reporting.aim(medians[name], target, " s"),
            *times,
        )
    reporting.console.print(table)


def rebuild() -> None:
    """Compares a build after one new monthly file of requests with a full build."""
    count = ROWS["requests"]
    runs = rebuilds.run_alternately(
        rebuilds.split(write_source(reporting.FOLDER, "requests", count), reporting.FOLDER), reporting.FOLDER
    )
    whole, new = runs["from nothing"], runs["one new file"]
    ratios = reporting.table(
        f"A build after one new file of 1 % of {count:,} requests ÷ a full build", "what", "ratio", "measured", "target"
    )
    ratios.add_row("seconds", *reporting.ratio(new.seconds, whole.seconds, " s", MAX_SHARE_OF_A_WHOLE_BUILD))
    ratios.add_row(
        "CPU seconds", *reporting.ratio(new.cpu_seconds, whole.cpu_seconds, " s", MAX_SHARE_OF_A_WHOLE_BUILD)
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
    """Compares every metric on the demo, with empty caches, with its bare SQL."""
    timings = metrics.time_by_city_month(reporting.demo())
    whole, alone = (pl.concat([getattr(timing, part) for timing in timings]) for part in ("later_calls", "sql_alone"))
    ratios = reporting.table("A metric of a city by month ÷ its SQL", "what", "ratio", "measured", "target")
    ratios.add_row("p50", *reporting.ratio(whole.median(), alone.median(), " ms"))
    p95 = [times.quantile(0.95, "nearest") for times in (whole, alone)]
    ratios.add_row("p95", *reporting.ratio(*p95, " ms")[:2], reporting.aim(p95[0], MAX_MILLISECONDS, " ms"))
    # The medians separate slow metrics from slow moments of a shared machine.
    p95 = [
        pl.Series([getattr(timing, part).median() for timing in timings]).quantile(0.95, "nearest")
        for part in ("later_calls", "sql_alone")
    ]
    aim = reporting.aim(p95[0], MAX_MILLISECONDS, " ms")
    ratios.add_row("p95 of the metrics, each at its median", *reporting.ratio(*p95, " ms")[:2], aim)
    reporting.console.print(ratios)
    measures = ("metrics", "p50", "p95", "first", "SQL p50", "SQL p95", "slowest metric", "p95")
    table = reporting.table("By mart: ms", "mart", *measures)
    for mart, mart_timings in _by_mart(timings).items():
        slowest = max(mart_timings, key=lambda timing: timing.later_calls.quantile(0.95, "nearest"))
        whole, bare = (
            pl.concat([getattr(timing, part) for timing in mart_timings]) for part in ("later_calls", "sql_alone")
        )
        table.add_row(
            mart,
            str(len(mart_timings)),
            *reporting.p50_p95(whole),
            f"{median(timing.first for timing in mart_timings):.0f}",
            *reporting.p50_p95(bare),
            slowest.metric.name,
            reporting.p50_p95(slowest.later_calls)[1],
        )
    reporting.console.print(table)


def many_rows(*scales: int) -> None:
    """Times builds from rows folders and every metric over them; a scale is a multiple of the demo's events."""
    reporting.FOLDER.mkdir(parents=True, exist_ok=True)
    results = {scale: rows.build_and_time(reporting.FOLDER, scale) for scale in scales}
    table = reporting.table(
        "A build from a rows folder ÷ bare DuckDB",
        "events",
        "rows",
        "seconds",
        "target",
        "CPU seconds",
        "rows/s",
        "memory",
        "bare",
        "MB",
    )
    for scale, (_, runs) in results.items():
        product, bare = (runs[way] for way in builds.WAYS)
        count = rows.events(rows.folder(reporting.FOLDER, scale))
        table.add_row(
            f"{scale:,} ×",
            f"{count:,}",
            f"{product.seconds / bare.seconds:.2f} ({product.seconds:.0f} ÷ {bare.seconds:.0f} s)",
            # The demo itself has so few rows that checking and publishing take as long as building.
            reporting.aim(product.seconds / bare.seconds, MAX_TIMES_BARE_ROWS, "") if scale >= 100 else "",
            f"{product.cpu_seconds / bare.cpu_seconds:.2f}",
            f"{count / product.seconds:,.0f}",
            f"{product.memory:,.0f} MB {reporting.aim(product.memory, MAX_MEMORY, '')}",
            f"{bare.memory:,.0f} MB",
            f"{product.size:,.0f}",
        )
    reporting.console.print(table, width=180)
    timings = {scale: rows.time_metrics(version) for scale, (version, _) in results.items()}
    table = reporting.table(
        "Metrics by month, for all areas and for a city: ms",
        "metrics",
        "events",
        "p50",
        "p95",
        "slowest",
        "ms",
        "÷ 1 ×",
        "target",
    )
    for is_additive in (True, False):
        first = None
        for scale, scale_timings in timings.items():
            selection = scale_timings.filter(pl.col("is_additive") == is_additive).sort("milliseconds")
            p95, slowest = selection["milliseconds"].quantile(0.95, "nearest"), selection.row(-1, named=True)
            first = first or p95
            times = p95 / first
            aim = (
                reporting.aim(times, MAX_TIMES_P95, " ×")
                if is_additive
                else reporting.aim(slowest["milliseconds"], MAX_NOT_ADDITIVE, " ms")
            )
            table.add_row(
                "additive" if is_additive else "medians and distinct counts",
                f"{scale:,} ×",
                *reporting.p50_p95(selection["milliseconds"]),
                slowest["metric"],
                f"{slowest['milliseconds']:.0f}",
                f"{times:.2f}",
                aim,
            )
    reporting.console.print(table)


def spark_builds(*scales: int) -> None:
    """Compares builds by Spark on this machine with DuckDB; a scale is a multiple of the demo's events."""
    reporting.FOLDER.mkdir(parents=True, exist_ok=True)
    table = reporting.table(
        f"A build by Spark {spark.MASTER} ÷ by DuckDB", "events", "rows", "seconds", "models only", "rows/s"
    )
    for scale in scales:
        folder = rows.folder(reporting.FOLDER, scale)
        runs, count = spark.build_by_engine(folder, reporting.FOLDER), rows.events(folder)
        by_spark, by_duckdb = (runs[engine] for engine in ("spark", "duckdb"))
        table.add_row(
            f"{scale:,} ×",
            f"{count:,}",
            *(
                f"{spark_seconds / duckdb_seconds:.1f} ({spark_seconds:.0f} ÷ {duckdb_seconds:.0f} s)"
                for spark_seconds, duckdb_seconds in (
                    (by_spark.seconds, by_duckdb.seconds),
                    (by_spark.models, by_duckdb.models),
                )
            ),
            f"{count / by_spark.seconds:,.0f}",
        )
    table.caption = "including Spark's startup; both on the cores of this machine"
    reporting.console.print(table)


def national_metrics() -> None:
    """Times metrics of a month-grain mart as large as the country's."""
    timings = national.time_metrics(national.build_national(reporting.demo(), reporting.FOLDER))
    table = reporting.table(
        f"{national.COMMUNITIES:,} communities × {national.MONTHS} months: ms",
        "metric",
        "by",
        "whole",
        "its SQL",
        "CPU",
        "target",
    )
    for name, by, whole, bare, cores in timings.iter_rows():
        table.add_row(
            name, by, f"{whole:.0f}", f"{bare:.0f}", f"{cores:.0f}", reporting.aim(whole, MAX_NATIONAL, " ms")
        )
    reporting.console.print(table)


def hostile_files() -> None:
    """Compares the ingest of hostile files with the limits for a file."""
    table = reporting.table(
        "Ingest of a hostile file", "case", "MB", "s", "target", "CPU s", "parser MB", "target", "own MB", "outcome"
    )
    with tempfile.TemporaryDirectory() as folder:
        for outcome in hostile.measure_files(Path(folder), list(HEAVY_CASES)):
            table.add_row(
                outcome.case,
                f"{outcome.size / hostile.MB:.1f}",
                f"{outcome.seconds:.1f}",
                reporting.aim(outcome.seconds, hostile.MAX_SECONDS, " s"),
                f"{outcome.cores:.1f}",
                f"{outcome.megabytes:,.0f}",
                reporting.aim(outcome.megabytes, hostile.MAX_MEGABYTES, ""),
                f"{outcome.own_growth:,.0f}",
                outcome.outcome[:60],
            )
    table.caption = "a file beyond the limits is stopped with a reason; own MB is the growth of the calling process"
    reporting.console.print(table, width=220)


def _by_mart(timings: list[MetricTiming]) -> dict[str, list]:
    marts = sorted({timing.metric.mart for timing in timings})
    return {mart: [timing for timing in timings if timing.metric.mart == mart] for mart in marts}
