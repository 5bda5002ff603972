"""The examples of docs/metrics/signals.md, in both languages, are what the demo gives."""

from __future__ import annotations

import re

import pytest

from sql import metric
from sql.paths import PROJECT
from sql.semantic.readings import status_of
from sql.stats.assurance import Signal, assurance, latest_signal
from sql.stats.signals import control_limits
from tests.helpers.warehouse.world import month, scope

PAGES = ["docs/metrics/signals.md", "docs/zh/metrics/signals.md"]
MONTHS = "2022-01..2026-06"


@pytest.mark.parametrize("page", PAGES)
def test_each_assurance_has_an_example(demo, page):
    ratio = metric("staffing_ratio", demo)
    text = (PROJECT / page).read_text(encoding="utf-8")
    examples = re.findall(r"^\| (✓|◐|✗) .*\| \S+ (\d{6})[:：] ?([\d.]+)–([\d.]+)(.*) \|$", text, re.MULTILINE)
    verdicts = []
    for symbol, area, lower, upper, note in examples:
        rows = control_limits(ratio.rows(scope(demo, MONTHS, area), "month"), ratio)
        last = rows.row(-1, named=True)
        assert (f"{last['lower']:.1f}", f"{last['upper']:.1f}") == (lower, upper)
        verdicts.append((symbol, assurance(rows, ratio)))
        if note:
            assert f"{last['value']:.1f}" in note
            assert status_of(last["value"], last["standard"], "higher") == "on_target"
    assert verdicts == [("✓", "reliably"), ("◐", "chance"), ("✗", "not")]


def test_the_two_signals_are_those_of_the_demo(demo):
    visitors, training = metric("participants_per_activity", demo), metric("training_person_times", demo)
    rows = control_limits(visitors.rows(scope(demo, MONTHS, "370705"), "month"), visitors)
    assert latest_signal(rows) == Signal(month("2026-06"), is_above=True, months_in_row=10)
    assert (rows["value"] <= rows["upper"]).tail(10).all()
    rows = control_limits(training.rows(scope(demo, MONTHS, "621000"), "month"), training)
    marked = rows.filter("is_signal").select("month", "value").rows()
    assert marked == [(month("2026-03"), 274), (month("2026-06"), 246)]
    assert f"{rows['upper'][-1]:.0f}" == "196"
    for page in PAGES:
        assert {"274", "246", "196"} <= set(re.findall(r"\d+", (PROJECT / page).read_text(encoding="utf-8")))
