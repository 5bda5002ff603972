"""Every page in real Chromium: at three sizes, in both themes, readable for people who cannot see or point."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, expect

from pages.ui.kit import metric_pages
from sql.semantic.metrics import metric
from tests.helpers.depth import examples
from tests.helpers.pages.browser import DESKTOP, PHONE, WAIT_UNTIL_DRAWN, WALL, Visit, other_downloads
from tests.helpers.pages.screens import PAGES, scope

PATHS = {page: "/" if page == "overview" else f"/{page}" for page in PAGES}
# The smallest place of the demo that has every kind of table.
SMALL, SMALL_NAME = "370705", "奎文区"


# Titles of panels that are overlapped by other text of the panel.
COVERED = """(() => [...document.querySelectorAll("[class*=st-key-] h2")].filter(title => {
    const range = document.createRange();
    range.selectNodeContents(title);
    const own = range.getBoundingClientRect();
    return [...title.closest("[class*=st-key-]").querySelectorAll("p")].some(text => {
        const other = text.getBoundingClientRect();
        return other.width > 2 && !title.contains(text) && other.top < own.bottom - 3 && other.bottom > own.top + 3
            && other.left < own.right && other.right > own.left;
    });
}).map(title => title.innerText))()"""


def serious(tab: Visit, *rules: str) -> list[str]:
    """Returns axe-core's serious violations, by the given rules or by all: the rule, the element, and the reason."""
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found = Axe().run(tab.page, options=options).response["violations"]
    return [
        f"{violation['id']}: {node['target']} {node['html'][:160]}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def fits(tab: Visit, size: str) -> None:
    """Asserts that the page is no wider than the screen, and that no text overlaps a title."""
    overflow = tab.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{size}: the page is wider than the screen"
    assert tab.page.evaluate(COVERED) == [], f"{size}: titles with other words over them"


@pytest.fixture(scope="module")
def walker(context: BrowserContext, address: str) -> Iterator[Visit]:
    """Yields a visitor who goes from page to page."""
    tab = Visit(context.new_page(), address)
    yield tab
    tab.page.close()


@pytest.fixture
def tab(visit: Callable[..., Visit], walker: Visit) -> Visit:
    """Returns a visitor on a laptop: the one who goes from page to page, or in depth a new one for each."""
    if examples(0, 1):
        return visit()
    walker.page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    walker.page.emulate_media(color_scheme="light")
    walker.page.evaluate(WAIT_UNTIL_DRAWN)
    # Errors of another page would count as this page's.
    walker.errors.clear()
    walker.external_requests.clear()
    return walker


@pytest.mark.parametrize("page", PAGES)
def test_page_draws_at_every_size_and_is_accessible(tab, page):
    tab.navigate(f"{PATHS[page]}?area={SMALL}")
    # The definitions are everybody's; every other page names the area of its numbers.
    assert SMALL_NAME in tab.title or page == "definitions"
    fits(tab, "laptop")
    assert serious(tab) == []
    assert other_downloads(tab) == []
    # A screen on the wall in the dark theme, for which the server redraws it; nothing else depends on colours and size.
    tab.resize(WALL, dark=True)
    fits(tab, "wall")
    assert serious(tab, "color-contrast", "link-in-text-block", "scrollable-region-focusable") == []
    # A phone, and the laptop again: the drawings are resized.
    for name, (width, height) in {"phone": PHONE, "laptop again": DESKTOP}.items():
        tab.page.set_viewport_size({"width": width, "height": height})
        tab.wait_until_settled()
        fits(tab, name)
    # Its other views, by a click as a reader would: the last, or each in depth.
    choices = tab.page.get_by_test_id("stButtonGroup").first.get_by_role("radio")
    others = range(1, len(metric_pages.views(page)) and choices.count())
    for place in others[examples(-1, 0) :]:
        choices.nth(place).click()
        tab.page.wait_for_url(re.compile("view="))
        tab.wait_until_settled()
        expect(tab.page.get_by_test_id("stAlertContentError")).to_have_count(0)
        assert other_downloads(tab) == []
    assert tab.errors == [] and tab.external_requests == []


def test_a_bar_filters_the_page_and_one_control_clears_it(visit, demo):
    tab = visit()
    tab.open("/requests?area=370785&view=kinds")
    bars = tab.page.locator(".st-key-panel_request_kinds .bars .point path")
    tab.press(bars.nth(1))
    tab.page.wait_for_url("**kind=**")
    rows = metric("requests_raised", demo).rows(scope(demo, "370785"), by="kind").sort("value", descending=True)
    assert f"kind={rows['kind'][1]}" in tab.page.url
    expect(tab.page.locator(".piece-value").first).to_have_text(f"{rows['value'][1]:,.0f} 件")
    tab.page.get_by_role("button", name="清除筛选").click()
    expect(tab.page.locator(".piece-value").first).to_have_text(f"{rows['value'].sum():,.0f} 件")
    assert "kind=" not in tab.page.url


def test_a_cell_of_the_heat_map_filters_by_both_its_dimensions(visit, demo):
    tab = visit()
    tab.open("/requests?area=370785&view=hours")
    rows = metric("requests_raised", demo).rows(scope(demo, "370785"), by=("weekday", "hour")).drop_nulls("value")
    cells = tab.page.locator(".st-key-panel_request_hours_of_week .bars .point path")
    tab.press(cells.first)
    tab.page.wait_for_url("**hour=**")
    first = rows.row(0, named=True)
    assert f"weekday={first['weekday']}" in tab.page.url and f"hour={first['hour']}" in tab.page.url
    expect(tab.page.locator(".piece-value").first).to_have_text(f"{first['value']:,.0f} 件")


def test_a_partner_opens_its_profile_and_clearing_leads_back(visit, demo):
    tab = visit()
    code = demo.rows("select partner_id from staging.partners where left_on is null order by 1")["partner_id"][0]
    tab.open(f"/partners?area=141024&partner_id={code}")
    tab.page.get_by_role("button", name="清除筛选").click()
    tab.page.wait_for_url(lambda url: "partner_id" not in url)


def test_searching_by_initials_opens_the_area(visit):
    tab = visit()
    tab.open("/points?area=370785&period=2025")
    tab.page.get_by_test_id("stSidebar").locator("input").fill("xfq")
    tab.page.get_by_test_id("stSidebar").get_by_role("button", name="西峰区").click()
    tab.page.wait_for_url("**area=621002**")
    assert "/points" in tab.page.url and "period=2025" in tab.page.url
    expect(tab.page.locator("h1").first).to_contain_text("西峰区")


def test_comparing_with_peers_from_the_header(visit):
    tab = visit()
    tab.open("/staffing?area=621022")
    tab.page.locator(".st-key-header").get_by_role("button", name="对比").click()
    tab.page.get_by_role("button", name="与同类").click()
    tab.page.wait_for_url("**compare=peers**")
    expect(tab.page.locator("[class*=st-key-panel_compare_]")).to_contain_text("环县 与")
    tab.page.get_by_role("button", name="结束对比").click()
    expect(tab.page.locator("[class*=st-key-panel_compare_]")).to_have_count(0)


def test_the_keyboard_alone_reaches_view_table_and_explanation(visit):
    tab = visit()
    tab.open("/requests?area=370785")
    # Elements of each kind appear when their code has loaded: of all of them the first that is tabbed to, and the last.
    for name in ("English", "下级"):
        expect(tab.page.get_by_role("button", name=name)).to_be_visible()
    expect(tab.page.get_by_test_id("stSidebar").get_by_role("link", name="指标口径")).to_be_visible()
    expect(tab.page.get_by_role("radio", name="流程")).to_be_visible()
    expect(tab.page.locator("[data-opens=explain_request_steps]")).to_be_visible()
    reached = []
    while not any("explain_request_steps" in place for _text, place, *_look in reached) and len(reached) < 200:
        tab.page.keyboard.press("Tab")
        reached.append(
            tab.page.evaluate(
                "(() => { const el = document.activeElement; const box = el.closest('[class*=st-key-]');"
                " return [el.innerText.trim(), (el.dataset.opens ?? '') + (box ? box.className : '') + ' ' + el.tagName, getComputedStyle(el).outlineStyle,"
                " getComputedStyle(el).boxShadow]; })()"
            )
        )
    places = " ".join(place for _text, place, *_look in reached)
    texts = [text for text, *_rest in reached]
    assert "table_request_steps" in places and "explain_request_steps" in places
    assert "English" in texts and "st-key-view_" in places
    # Keyboard users must see the focus; a field shows it at its border.
    unseen = [
        (text, place)
        for text, place, outline, shadow in reached
        if place.endswith(("BUTTON", " A")) and outline == "none" and shadow == "none"
    ]
    assert unseen == []
    # The views are one stop; the arrows go from one to the next.
    tab.page.get_by_role("radio", name="流程").focus()
    tab.page.keyboard.press("ArrowRight")
    tab.page.keyboard.press("Space")
    tab.page.wait_for_url("**view=times**")


def test_the_twin_of_a_picture_is_its_table(visit, demo):
    tab = visit()
    tab.open("/requests?area=370785&view=kinds")
    tab.page.locator("[data-opens=table_request_kinds]").click()
    table = tab.page.get_by_role("dialog").get_by_role("table")
    rows = metric("requests_raised", demo).rows(scope(demo, "370785"), by="kind")
    expect(table).to_contain_text("安全隐患")
    hazards = rows.filter(rows["kind"] == "hazard")["value"].item()
    expect(table).to_contain_text(f"{hazards:.0f}")


def test_a_symbols_dialog_stays_open_while_its_page_is_redrawn_until_it_is_closed(visit):
    tab = visit()
    # The code that handles clicks arrives later than the elements to click on.
    arrived = []
    tab.page.route("**/BidiComponent*.js", lambda route: arrived.append(route))
    tab.page.goto(f"{tab.address}/requests?area=370785&view=kinds")
    tab.page.locator("[data-opens=table_request_kinds]").click()
    assert arrived
    # Releases the waiting requests as well.
    tab.page.unroute("**/BidiComponent*.js")
    dialog = tab.page.get_by_role("dialog")
    expect(dialog).to_be_visible()

    tab.redraw()
    expect(dialog.get_by_role("table")).to_contain_text("安全隐患")
    tab.dismiss()
    tab.redraw()
    expect(dialog).to_have_count(0)


def test_a_click_on_an_alert_leads_to_the_page_of_its_metric(visit):
    tab = visit()
    tab.open("/?area=621000")
    expect(tab.page.get_by_text("项预警，另有")).to_be_visible()
    # The first row is the worst: 25 of 32 open requests of 正宁县 are past due.
    tab.page.locator(".data-table tbody tr").first.get_by_text("诉求逾期过多").click()
    tab.page.wait_for_url("**/requests?*area=621025&view=waiting")
    expect(tab.page.get_by_role("heading", level=1)).to_contain_text("正宁县")


def test_annotations_in_a_trend_do_not_overlap_on_a_phone(visit):
    tab = visit(PHONE)
    tab.open("/staffing?area=621000")
    notes = tab.page.locator(".st-key-panel_staffing_trend .annotation-text").filter(has_text=re.compile("^[①②]"))
    expect(notes).to_have_count(4)
    boxes = [notes.nth(place).bounding_box() for place in range(4)]
    for box in boxes:
        assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE[0]
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            is_apart = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
            assert is_apart or one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
