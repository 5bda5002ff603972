"""How what was measured is printed: tables with a ratio first, what it is of, and the aim beside it."""

from __future__ import annotations

import polars as pl
from rich.console import Console
from rich.table import Table

from etl.build.build import build
from sql import warehouse
from sql.paths import PROJECT
from sql.warehouse import Version

FOLDER = PROJECT / "build" / "bench"
# Wide enough for the names of marts and metrics also where the output is no terminal.
console = Console(highlight=False, width=130)


def demo() -> Version:
    """The demo, built for these benches."""
    build(PROJECT / "data" / "demo", FOLDER / "demo")
    return warehouse.current_version(FOLDER / "demo")


def p50_p95(taken: pl.Series) -> tuple[str, str]:
    """The median and the 95th percentile."""
    return f"{taken.median():.1f}", f"{taken.quantile(0.95, 'nearest'):.1f}"


def ratio(measured: float, against: float, unit: str, most: float | None = None) -> tuple[str, str, str]:
    """The ratio, what it is of, and whether it is within the aim."""
    times = measured / against
    return f"{times:.2f}", f"{measured:.1f}{unit} ÷ {against:.1f}{unit}", "" if most is None else aim(times, most, "")


def aim(measured: float, most: float, unit: str) -> str:
    """The aim, and whether it is met."""
    return f"≤ {most:g}{unit} {'met' if measured <= most else 'missed'}"


def table(title: str, *columns: str) -> Table:
    """An empty table: its first column words, the others numbers."""
    empty = Table(title=title, title_justify="left", caption_justify="left")
    for number, column in enumerate(columns):
        empty.add_column(column, justify="left" if number == 0 else "right")
    return empty
