"""Opens alerts on signals: an alert file gives the months of each area, and the control chart judges the last one."""

from __future__ import annotations

import polars as pl

from sql.semantic.metrics import Metric
from sql.stats.assurance import Signal, latest_signal
from sql.stats.signals import control_limits

# What an alert file with the header line `-- opens_on: signal` returns, sorted by month.
COLUMNS = ("area_code", "month", "value")
SCHEMA = {
    "area_code": pl.String,
    "value": pl.Float64,
    "limit_value": pl.Float64,
    "since": pl.Date,
    "since_month": pl.String,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "how_zh": pl.String,
    "how_en": pl.String,
}


def last_month_signals(months: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """Returns an alert's row for each area whose last month is a signal of the metric's control chart.

    `months` holds the rows of an alert file: area_code, month and value.
    """
    rows = []
    # DuckDB's sums of integers arrive as decimals.
    numbers = months.with_columns(pl.col("value").cast(pl.Float64))
    for area_months in numbers.partition_by("area_code", maintain_order=True):
        limits = control_limits(area_months, metric)
        last, signal = limits.row(-1, named=True), latest_signal(limits)
        if signal and signal.month == last["month"]:
            rows.append(_row(last, signal))
    return pl.DataFrame(rows, schema=SCHEMA)


def _row(last: dict, signal: Signal) -> dict:
    if signal.months_in_row:
        limit = last["centre"]
        side_zh, side_en = ("高于", "above") if signal.is_above else ("低于", "below")
        how_zh = f"连续 {signal.months_in_row} 个月{side_zh}通常水平"
        how_en = f"{side_en} the usual level for {signal.months_in_row} months in a row"
    else:
        limit = last["upper"] if signal.is_above else last["lower"]
        how_zh = "高于通常" if signal.is_above else "低于通常"
        how_en = "above the normal range" if signal.is_above else "below the normal range"
    return {
        "area_code": last["area_code"],
        "value": last["value"],
        "limit_value": limit,
        "since": last["month"],
        "since_month": f"{last['month']:%Y-%m}",
        "lower": last["lower"],
        "upper": last["upper"],
        "how_zh": how_zh,
        "how_en": how_en,
    }
