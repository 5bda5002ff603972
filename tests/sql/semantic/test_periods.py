"""Periods as people write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sql.errors import InputError
from sql.semantic.periods import Period, add_months
from tests.helpers.warehouse.world import month

DATA_MONTH = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025", "2025-01", "2025-12"),
        ("2025Q1", "2025-01", "2025-03"),
        ("2025Q4", "2025-10", "2025-12"),
        ("2025-06", "2025-06", "2025-06"),
        (" 2025-06 ", "2025-06", "2025-06"),
        ("2023-01..2025-06", "2023-01", "2025-06"),
        ("2023..2024", "2023-01", "2024-12"),
        ("2023Q3..2024-02", "2023-07", "2024-02"),
        # Nothing is known after the data's own month.
        ("2026", "2026-01", "2026-06"),
        ("2026Q2", "2026-04", "2026-06"),
        ("2023-01..2030-12", "2023-01", "2026-06"),
        # A future period stays as requested, and is empty.
        ("2027", "2027-01", "2027-12"),
        ("2026-07", "2026-07", "2026-07"),
    ],
)
def test_read(text, first, last):
    assert Period.parse(text, DATA_MONTH) == Period(month(first), month(last))


@pytest.mark.parametrize(
    ("text", "last"), [("all", "2026-06"), ("..2024-03", "2024-03"), ("..2024", "2024-12"), ("..2040", "2026-06")]
)
def test_without_a_beginning(text, last):
    period = Period.parse(text, DATA_MONTH)
    assert period == Period(None, month(last))
    assert period.months is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "..",
        "2025..",
        "x",
        "25",
        "2025-13",
        "2025-00",
        "2025-6",
        "2025Q0",
        "2025Q5",
        "2025q1",
        "2025-06-01",
        "2026-06..2025-01",
        "0000",
        "0000-05",
        "0001",
        "9999",
        "2025;drop table",
        "2025' or '1'='1",
        "-2025",
        "２０２５",
        "all..2025",
        "2025..all",
        "2025...2026",
        "2025\n2026",
        "20250601",
    ],
)
def test_a_wrong_period_is_refused_with_the_right_form(text):
    with pytest.raises(InputError) as error:
        Period.parse(text, DATA_MONTH)
    assert "2023-01..2026-06" in error.value.zh and "2023-01..2026-06" in error.value.en


@pytest.mark.parametrize(
    ("start", "step", "result"),
    [
        ("2024-12", 1, "2025-01"),
        ("2024-01", -1, "2023-12"),
        ("2024-01", -13, "2022-12"),
        ("2024-02", 24, "2026-02"),
        ("2024-05", 0, "2024-05"),
    ],
)
def test_add_months(start, step, result):
    assert add_months(month(start), step) == month(result)


def test_spans():
    period = Period.parse("2024-11..2025-02", DATA_MONTH)
    assert period.months == 4
    assert period.shift(-12) == Period(month("2023-11"), month("2024-02"))
    assert period.shift(-1) == Period(month("2024-10"), month("2025-01"))
    assert period.last_months(24) == Period(month("2023-03"), month("2025-02"))
    assert Period(None, month("2025-02")).shift(-12) == Period(None, month("2024-02"))
    assert period.last_month_of_each("year") == [month("2024-12"), month("2025-02")]
    assert Period.parse("2024-02..2024-08", DATA_MONTH).last_month_of_each("quarter") == [
        month("2024-03"),
        month("2024-06"),
        month("2024-08"),
    ]


months = st.dates(date(2000, 1, 1), date(2026, 6, 1)).map(lambda day: day.replace(day=1))


@given(first=st.none() | months, last=months)
def test_the_label_of_a_period_reads_back_as_the_same_period(first, last):
    if first is not None and first > last:
        first, last = last, first
    assert Period.parse(str(Period(first, last)), DATA_MONTH) == Period(first, last)
