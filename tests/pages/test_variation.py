"""Variation and assurance on pages: cards, ⓘ, trends, and titles that name one signal at most and count none."""

from __future__ import annotations

import re

import polars as pl
import pytest

from pages.briefing.charts import chart_spec
from pages.briefing.sections import Section
from pages.ui.charts.trend import headline, traces
from pages.ui.i18n import texts
from pages.ui.kit import metric_pages, variation
from pages.ui.theme.theme import LIGHT
from sql import metric
from sql.semantic.catalog import catalog
from sql.semantic.readings import read_metric
from sql.stats.assurance import Signal
from sql.stats.signals import control_limits
from tests.helpers.pages.screens import PAGES, cards, figures, open_symbol, scope, trace
from tests.helpers.warehouse.world import month
from tests.sql.stats.test_assurance import better
from tests.sql.stats.test_signals import series

PLACES = ("621000", "370785", "370705", "141024")
VIEWS = [(page, view) for page in PAGES for view in metric_pages.views(page) or [None]]
CALM = [9.5, 10.5] * 6
# 48 个月份是信号, 33 unusual months, 5 signals.
COUNTED = re.compile(
    r"\d+ (?:个月份|个信号|(?:unusual )?months? (?:is|are)|unusual months|signals?)|没有信号|no unusual"
)


def in_both_languages(monkeypatch: pytest.MonkeyPatch):
    for language in ("zh", "en"):
        monkeypatch.setattr(texts, "language", lambda language=language: language)
        yield language


def test_a_card_says_how_the_last_month_lies_and_whether_the_standard_will_be_met(app):
    by_name = {card.name: card.lines for card in cards(app("overview", area="621000", period="2026"))}
    assert "≈ 6月如常 · ✗ 难以达标" in by_name["staffing_ratio"]
    # What counts since January has no monthly standard.
    assert "≈ 6月如常" in by_name["training_coverage"]
    # The line stands between the changes and the sparkline.
    assert [line[:2] for line in by_name["partners"]][-3:] == ["同比", "≈ ", ""]
    english = {card.name: card.lines for card in cards(app("overview", area="621000", period="2026", lang="en"))}
    assert "≈ Jun as usual · ✗ out of reach" in english["staffing_ratio"]
    # Residents are there for reference: neither better nor worse.
    residents = next(card for card in cards(app("staffing", area="621000")) if card.name == "urban_residents")
    assert not any("往常" in line for line in residents.lines)


def test_the_explanation_gives_both_judgements_with_their_numbers(app, demo):
    test = open_symbol(app("staffing", area="621000", period="2026"), "explain_card_staffing_ratio")
    words = "\n".join(element.value for element in test.markdown)
    last = variation.monthly_limits(scope(demo), metric("staffing_ratio", demo)).row(-1, named=True)
    assert (
        f"**起伏** ≈ 6月如常：12.7 人，通常的起伏为 {last['lower']:.1f}–{last['upper']:.1f} 人（XmR 控制限）。" in words
    )
    assert "**能否达标** ✗ 难以达标：照目前水平，通常的起伏都达不到标准 18；要有实际改变才能达标。" in words


def test_the_trend_has_the_assurance_beside_its_standard(app):
    trend = next(one for one in figures(app("staffing", area="621000")) if trace_names(one) >= {"value", "standard"})
    assert [note["text"] for note in trend["layout"]["annotations"] if "标准" in note["text"]] == [
        "标准 18<br>✗ 难以达标"
    ]


def trace_names(figure: dict) -> set[str]:
    return {one.get("name", "") for one in figure["data"]}


def test_a_phase_has_its_own_band_and_a_signal_the_colour_of_its_side(demo):
    rows = control_limits(series(*CALM, *[value + 10 for value in CALM[:-1]], 40), better("higher"))
    drawn = traces(rows, better("higher"))
    bands = [one for one in drawn if one.get("fill") == "tonexty"]
    assert [len(band["x"]) for band in bands] == [12, 12]
    colours = [trace({"data": traces(rows, better(way))}, "signal")["marker"]["color"] for way in ("higher", "lower")]
    assert len({*colours[0], *colours[1]}) == 2 and [len(each) for each in colours] == [1, 1]


def test_a_briefing_draws_a_signal_in_the_colour_of_its_side(demo):
    at = scope(demo)
    training, activities = metric("training_person_times", demo), metric("activities_held", demo)
    for charted, marked in (
        # March and June 2026, the 51st and the 54th month, and February 2026, the 50th.
        (training, {50: LIGHT.on_target, 53: LIGHT.on_target}),
        (activities, {49: LIGHT.below}),
    ):
        section = Section("", "", variation.monthly_limits(at, charted), "line", at, charted, ("month",))
        assert chart_spec(section).signals == marked


@pytest.mark.parametrize(
    ("signal", "aggregation", "zh", "en"),
    [
        (Signal(month("2026-06"), True, 0), "sum", "2026年6月高于通常起伏", "above normal variation in Jun 2026"),
        (Signal(month("2026-06"), False, 0), "sum", "2026年6月低于通常起伏", "below normal variation in Jun 2026"),
        (Signal(month("2026-06"), True, 0), "latest", "2026年6月变化高于通常起伏", "change above normal variation in Jun 2026"),
        (Signal(month("2026-06"), False, 9), "sum", "到2026年6月连续 9 个月低于通常水平", "below the usual level for 9 months in a row to Jun 2026"),
    ],
)  # fmt: skip
def test_a_signal_in_words(signal, aggregation, zh, en, monkeypatch):
    words = [variation.signal_in_words(signal, better("higher", aggregation)) for _ in in_both_languages(monkeypatch)]
    assert words == [zh, en]


@pytest.mark.parametrize("area", PLACES)
def test_a_trend_of_any_metric_names_at_most_its_latest_signal(demo, area, monkeypatch):
    place = scope(demo, area)
    reading = read_metric(metric("activities_held", demo), place)
    unchanged = {
        language: headline(reading, pl.DataFrame({"is_signal": [False]})) for language in in_both_languages(monkeypatch)
    }
    named = 0
    for name in catalog.names("metrics"):
        rows = variation.monthly_limits(place, metric(name, demo))
        assert rows.filter("is_signal")["month"].to_list() == [
            each for each in rows.filter("is_signal")["month"].to_list() if each > month("2025-06")
        ]
        for language in in_both_languages(monkeypatch):
            title = headline(reading, rows)
            assert not COUNTED.search(title), (name, title)
            assert len(re.findall(r"20\d\d", title)) <= 1, (name, title)
            assert (title == unchanged[language]) == (not rows["is_signal"].any())
            named += title != unchanged[language]
    # Some have one, and most have none.
    assert 0 < named < len(catalog.names("metrics"))


@pytest.mark.parametrize("number", range(len(VIEWS)))
def test_no_title_counts_signals_or_names_what_nobody_filled_in(app, number):
    page, view = VIEWS[number]
    language = ("zh", "en")[number % 2]
    test = app(page, area=PLACES[number % 4], period="2026", lang=language, **({"view": view} if view else {}))
    titles = [element.value for element in (*test.title, *test.markdown) if element.value.startswith("#")]
    assert not test.exception
    lines = [title.split("\n")[0] for title in titles]
    assert not [line for line in lines if COUNTED.search(line)]
    assert not [line for line in lines if any(words in line for words in ("未填写", "Not given", "Not stated"))]
