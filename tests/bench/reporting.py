"""Formats results as tables: the ratio first, then the measurements it is made of, and the target."""

from __future__ import annotations

import polars as pl
from rich.console import Console
from rich.table import Table

from etl.build.build import build
from sql import warehouse
from sql.paths import PROJECT
from sql.warehouse import Version

FOLDER = PROJECT / "build" / "bench"
# Wide enough for the names of marts and metrics, even if the output is not a terminal.
console = Console(highlight=False, width=130)


def demo() -> Version:
    """Builds the demo for these benchmarks and returns its version."""
    build(PROJECT / "data" / "demo", FOLDER / "demo")
    return warehouse.current_version(FOLDER / "demo")


def p50_p95(values: pl.Series) -> tuple[str, str]:
    """Returns the median and the 95th percentile."""
    return f"{values.median():.1f}", f"{values.quantile(0.95, 'nearest'):.1f}"


def ratio(value: float, baseline: float, unit: str, target: float | None = None) -> tuple[str, str, str]:
    """Returns the ratio, its two values, and whether it meets the target."""
    times = value / baseline
    comparison = "" if target is None else aim(times, target, "")
    return f"{times:.2f}", f"{value:.1f}{unit} ÷ {baseline:.1f}{unit}", comparison


def aim(value: float, target: float, unit: str) -> str:
    """Returns the target and whether it is met."""
    return f"≤ {target:g}{unit} {'met' if value <= target else 'missed'}"


def table(title: str, *columns: str) -> Table:
    """Returns an empty table: its first column for text, the others for numbers."""
    empty = Table(title=title, title_justify="left", caption_justify="left")
    for number, column in enumerate(columns):
        empty.add_column(column, justify="left" if number == 0 else "right")
    return empty
