"""A leader's use of the dashboard, in real Chromium."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import expect

from sql.semantic.metrics import metric
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from tests.helpers.pages.browser import Visit, serve


def test_deep_link_on_a_cold_server_goes_through_the_frame(context, demo_folder):
    with serve(demo_folder) as cold:
        tab = Visit(context.new_page(), cold)
        tab.open("/staffing?area=621022&lang=en")
        assert tab.title.startswith("Huanxian has 9.4 community workers per 10,000 urban residents")
        expect(tab.page.get_by_test_id("stSidebar").get_by_text("Coverage map")).to_be_attached()
        expect(tab.page.locator(".st-key-header")).to_contain_text("Qingyang City")
        assert tab.errors == [] and tab.external_requests == []
        tab.page.close()


def test_bar_click_opens_the_area(visit):
    tab = visit()
    tab.open("/staffing?area=621000")
    bar = tab.page.locator(".st-key-panel_staffing_ranking .bars .point path").first
    tab.press(bar)
    tab.page.wait_for_url("**area=621022**")
    expect(tab.page.locator("h1").first).to_contain_text("环县每万人 9.4 名社区工作者")


def test_breadcrumb_leads_back_up_and_keeps_the_period(visit):
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
    tab.wait_until_settled()
    assert "area=621022" in tab.page.url and "period=2025-12" in tab.page.url and "lang=en" in tab.page.url
    expect(tab.page.locator("h1").first).to_contain_text("Huanxian: staffing below standard")


def test_language_switch_stays_in_the_url(visit):
    tab = visit()
    tab.open("/staffing?area=621000")
    tab.page.get_by_role("button", name="English").click()
    expect(tab.page.locator("h1").first).to_contain_text("below the standard of 18; 481 workers short")
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


def test_explanation_and_download_have_exactly_the_same_rows(visit, demo):
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
    # The local user is not in the office: counts of people are rounded.
    expected = metric("staffing_ratio", demo).rows(
        Scope(demo, "621000", Period.parse("2026", demo.data_month)).with_rounding, "county"
    )
    assert rows["county_name"].to_list() == expected["county_name"].to_list()
    assert rows["value"].to_list() == pytest.approx(expected["value"].to_list())
