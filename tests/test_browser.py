"""What a leader does with the dashboard, in real Chromium."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import expect

from sql.metrics import metric
from sql.paths import PROJECT
from sql.periods import Period
from sql.scope import Scope
from tests.browser import Visit, serving


def test_deep_link_on_a_cold_server_goes_through_the_frame(browser, demo_folder):
    with serving(demo_folder) as cold:
        tab = Visit(browser.new_page(), cold)
        tab.open("/staffing?area=621022&lang=en")
        assert tab.title.startswith("环县 has 9.4 community workers per 10,000 urban residents")
        expect(tab.page.get_by_test_id("stSidebar").get_by_text("Coverage map")).to_be_attached()
        expect(tab.page.locator(".st-key-header")).to_contain_text("庆阳市")
        assert tab.errors == [] and tab.outside == []
        tab.page.close()


def test_bar_click_goes_down(visit):
    tab = visit()
    tab.open("/staffing?area=621000")
    bar = tab.page.locator(".st-key-panel_staffing_ranking .bars .point path").first
    tab.press(bar)
    tab.page.wait_for_url("**area=621022**")
    expect(tab.page.locator("h1").first).to_contain_text("环县每万人 9.4 名社区工作者")


def test_breadcrumb_goes_up_and_keeps_the_period(visit):
    tab = visit()
    tab.open("/staffing?area=621022&period=2025-12")
    tab.page.locator(".st-key-header").get_by_role("button", name="庆阳市").click()
    tab.page.wait_for_url("**area=621000**")
    assert "period=2025-12" in tab.page.url


def test_navigation_keeps_area_period_and_language(visit):
    tab = visit()
    tab.open("/staffing?area=621022&period=2025-12&lang=en")
    tab.page.get_by_test_id("stSidebar").get_by_role("link", name="Overview").click()
    tab.page.wait_for_url(lambda url: "/staffing" not in url)
    tab.settled()
    assert "area=621022" in tab.page.url and "period=2025-12" in tab.page.url and "lang=en" in tab.page.url
    expect(tab.page.locator("h1").first).to_contain_text("环县: staffing below target")


def test_language_switch_stays_in_the_url(visit):
    tab = visit()
    tab.open("/staffing?area=621000")
    tab.page.get_by_role("button", name="English").click()
    expect(tab.page.locator("h1").first).to_contain_text("below the standard of 18, 481 short")
    assert "lang=en" in tab.page.url and "area=621000" in tab.page.url
    tab.page.get_by_role("button", name="中文").click()
    expect(tab.page.locator("h1").first).to_contain_text("低于标准 18 名")
    assert "lang=" not in tab.page.url


def test_period_is_chosen_and_stays_in_the_url(visit, demo):
    tab = visit()
    tab.open("/staffing?area=621000")
    tab.page.locator(".st-key-header").get_by_role("combobox").click()
    tab.page.get_by_role("option", name="2024年1–12月").click()
    tab.page.wait_for_url("**period=2024**")
    value = metric("staffing_ratio", demo).value(Scope(demo, "621000", Period.parse("2024", demo.data_month)))
    expect(tab.page.locator("h1").first).to_contain_text(f"每万人 {value:.1f} 名")


def test_explanation_and_download_of_exactly_the_rows(visit, demo):
    tab = visit()
    tab.open("/staffing?area=621000")
    tab.page.locator("[data-opens=explain_staffing_ranking]").click()
    explanation = tab.page.get_by_role("dialog")
    expect(explanation).to_contain_text("10000 × 1163 ÷ 913075 = 12.7")
    with tab.page.expect_download() as download:
        explanation.get_by_role("button", name="CSV").click()
    saved = Path(download.value.path()).read_bytes()
    assert saved.startswith(b"\xef\xbb\xbf")
    rows = pl.read_csv(io.BytesIO(saved), schema_overrides={"county": pl.String})
    expected = metric("staffing_ratio", demo).rows(
        Scope(demo, "621000", Period.parse("2026", demo.data_month)), "county"
    )
    assert rows["county_name"].to_list() == expected["county_name"].to_list()
    assert rows["value"].to_list() == pytest.approx(expected["value"].to_list())


def edited(path: Path, before: str, after: str) -> str:
    """Saves a file with one place changed; returns what it was."""
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return text


def reopened_until(tab: Visit, is_there: Callable[[], bool]) -> None:
    """Opens the staffing page again until a rebuild shows in it, half a minute at most."""
    for _attempt in range(30):
        tab.open("/staffing?area=621000")
        if is_there():
            return
    raise AssertionError(f"still {tab.title!r}")


def test_an_edited_metric_shows_on_the_next_run_and_a_broken_one_is_marked(browser, tmp_path):
    project = tmp_path / "project"
    shutil.copytree(
        PROJECT, project, ignore=shutil.ignore_patterns(".venv", ".git", "warehouse", "build", "__pycache__")
    )
    definition = project / "sql/metrics/staffing/staffing_ratio.sql"
    mart = project / "sql/marts/community_months.sql"
    with serving(tmp_path / "warehouse", project) as address:
        tab = Visit(browser.new_page(), address)
        tab.open("/staffing?area=621000")
        assert "每万人 12.7 名" in tab.title

        good = edited(definition, "10000.0 *", "20000.0 *")
        tab.open("/staffing?area=621000")
        assert "每万人 25.5 名" in tab.title

        definition.write_text(good, encoding="utf-8")
        edited(definition, "sum(urban_residents) filter", "sum(urban_resident) filter")
        tab.open("/staffing?area=621000")
        notice = tab.page.get_by_test_id("stAlert").first
        expect(notice).to_contain_text("sql/metrics/staffing/staffing_ratio.sql:")
        expect(notice).to_contain_text("urban_resident")
        assert "每万人 12.7 名" in tab.title, "the last good definition"

        definition.write_text(good, encoding="utf-8")
        edited(mart, "    standards.staffing_standard,", "    12 as staffing_standard,")
        reopened_until(tab, lambda: "达到标准 12 名" in tab.title)

        edited(mart, "left join reported", "left join reports_of_yesterday")
        reopened_until(tab, lambda: tab.page.get_by_test_id("stAlert").count() > 0)
        expect(notice).to_contain_text("sql/marts/community_months.sql:")
        expect(notice).to_contain_text("reports_of_yesterday")
        assert "达到标准 12 名" in tab.title, "the last good version"
        tab.page.close()
