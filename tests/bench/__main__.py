"""Prints what is measured: ratios first, each within this run, with the aim beside it."""
from __future__ import annotations

import os

import polars as pl
from rich.console import Console
from rich.table import Table

from etl.build import build
from sql.warehouse import PROJECT
from tests.bench import builds, metrics, pages
from tests.bench.builds import Run
from tests.bench.metrics import Answer
from tests.bench.source import written

FOLDER = PROJECT / "build" / "bench"
WORKERS = 1_000_000
# Of the build against bare DuckDB, and of a metric's answer in milliseconds.
MOST_TIMES_BARE = 2.0
MOST_MILLISECONDS = 50.0

console = Console(highlight=False)


def main() -> None:
    """Runs all benches, the long one first."""
    source = written(FOLDER, WORKERS)
    runs = builds.alternately(source, FOLDER)
    demo = FOLDER / "demo"
    build(PROJECT / "data" / "demo", demo)
    answers = metrics.at_city_by_month(demo)
    scripts = pages.script_runs(demo)
    one, five, fifteen = os.getloadavg()
    console.print(f"{os.cpu_count()} cores, load {one:.1f} (1 min) {five:.1f} (5) {fifteen:.1f} (15)")
    console.print(_summary(runs, answers))
    console.print(_builds(runs))
    console.print(_metrics(answers))
    console.print(_pages(scripts))


def _summary(runs: dict[str, Run], answers: list[Answer]) -> Table:
    product, bare = (runs[way] for way in builds.WAYS)
    whole = pl.concat([answer.whole for answer in answers])
    alone = pl.concat([answer.bare for answer in answers])
    table = _table("Ratios", "what", "ratio", "measured", "aim")
    table.add_row(
        f"build, {WORKERS:,} workers ÷ DuckDB",
        f"{product.seconds / bare.seconds:.2f}",
        f"{product.seconds:.1f} s ÷ {bare.seconds:.1f} s",
        _against(product.seconds / bare.seconds, MOST_TIMES_BARE, ""),
    )
    # Other work on the machine lengthens the clock's seconds more than those of its cores.
    table.add_row(
        "– seconds of all cores",
        f"{product.cpu_seconds / bare.cpu_seconds:.2f}",
        f"{product.cpu_seconds:.1f} s ÷ {bare.cpu_seconds:.1f} s",
        "",
    )
    before = {way: run.seconds - run.parts["models"] for way, run in runs.items()}
    table.add_row(
        "– without the models",
        f"{before['product'] / before['bare']:.2f}",
        f"{before['product']:.1f} s ÷ {before['bare']:.1f} s",
        "",
    )
    table.add_row(
        "metric, city by month, p50 ÷ SQL",
        f"{whole.median() / alone.median():.2f}",
        f"{whole.median():.1f} ms ÷ {alone.median():.1f} ms",
        "",
    )
    p95 = whole.quantile(0.95, "nearest")
    table.add_row(
        "metric, city by month, p95 ÷ SQL",
        f"{p95 / alone.quantile(0.95, 'nearest'):.2f}",
        f"{p95:.1f} ms ÷ {alone.quantile(0.95, 'nearest'):.1f} ms",
        _against(p95, MOST_MILLISECONDS, " ms"),
    )
    return table


def _builds(runs: dict[str, Run]) -> Table:
    steps = ("read", "load", "models")
    table = _table("Build: seconds of the median run of 3", "way", "all", "process", *steps, "memory")
    for way, run in runs.items():
        parts = (f"{run.parts[step]:.1f}" if step in run.parts else "–" for step in steps)
        memory = f"{run.memory:,.0f} MB"
        table.add_row(way, f"{run.seconds:.1f}", f"{run.process_seconds:.1f}", *parts, memory)
    rows = ", ".join(f"{mart} {count:,}" for mart, count in runs["product"].rows.items())
    table.caption = f"rows: {rows}; in bare DuckDB read is part of load"
    return table


def _metrics(answers: list[Answer]) -> Table:
    measures = ("÷ SQL", "p50", "p95", "first", "SQL p50", "SQL p95")
    table = _table("Metrics at the city by month: ms", "metric", *measures)
    for answer in answers:
        table.add_row(
            answer.name, f"{answer.whole.median() / answer.bare.median():.1f}",
            *_p50_p95(answer.whole), f"{answer.first:.0f}", *_p50_p95(answer.bare),
        )
    return table


def _pages(scripts: dict[tuple[str, str], pl.Series]) -> Table:
    table = _table("Script of a page, caches warm: ms", "page", "level", "p50", "p95")
    for (page, level), taken in scripts.items():
        table.add_row(page, level, *_p50_p95(taken))
    return table


def _p50_p95(taken: pl.Series) -> tuple[str, str]:
    return f"{taken.median():.1f}", f"{taken.quantile(0.95, 'nearest'):.1f}"


def _against(measured: float, most: float, unit: str) -> str:
    return f"≤ {most:g}{unit} {'met' if measured <= most else 'missed'}"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", caption_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right")
    return table


if __name__ == "__main__":
    main()
