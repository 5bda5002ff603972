"""Alerts on signals: which areas open, with which limit and in which words, from months written by hand."""

from __future__ import annotations

import polars as pl
import pytest

from sql.semantic.signal_alerts import last_month_signals
from tests.helpers.warehouse.world import month
from tests.sql.stats.test_signals import of, series

# Mean 10, every moving range 1: the limits are 10 ± 2.66.
CALM = [9.5, 10.5] * 6


def months(**values: list[float]) -> pl.DataFrame:
    """Returns the months of areas as an alert file returns them."""
    return pl.concat(series(*each).with_columns(area_code=pl.lit(code)) for code, each in values.items())


def test_only_the_last_month_opens_an_alert():
    values = {"earlier": [*CALM, *CALM[:4], 50.0, *CALM[5:]], "last": [*CALM, *CALM, 50.0], "calm": CALM}
    (alert,) = last_month_signals(months(**values), of()).iter_rows(named=True)
    assert (alert["area_code"], alert["value"], alert["since"]) == ("last", 50.0, month("2026-01"))
    # The mean is 290 ÷ 25 = 11.6, and one range is 39.5 where 23 are 1.
    assert alert["upper"] == alert["limit_value"] == pytest.approx(11.6 + 2.66 * (23 + 39.5) / 24)
    assert (alert["how_zh"], alert["how_en"], alert["since_month"]) == ("高于通常", "above the normal range", "2026-01")


def test_each_side_and_a_run_have_their_words():
    values = {
        "low": [*[value + 90 for value in [*CALM, *CALM]], 1.0],
        "run_above": [*CALM, 10.5, *[11.5, 10.5] * 4],
        "run_below": [*CALM, *[9.5, 8.5] * 4],
    }
    rows = {row["area_code"]: row for row in last_month_signals(months(**values), of()).iter_rows(named=True)}
    assert rows["low"]["how_zh"] == "低于通常" and rows["low"]["limit_value"] == rows["low"]["lower"]
    # The last of the calm months lies above too.
    assert rows["run_above"]["how_zh"] == "连续 10 个月高于通常水平"
    assert rows["run_below"]["how_en"] == "below the usual level for 8 months in a row"
    assert rows["run_below"]["limit_value"] == 10


def test_without_signals_there_are_no_rows_and_all_columns():
    rows = last_month_signals(months(calm=CALM), of())
    assert rows.is_empty() and {"area_code", "value", "limit_value", "since", "how_zh", "upper"} <= set(rows.columns)
