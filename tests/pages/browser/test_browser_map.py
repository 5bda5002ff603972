"""Clicks on the maps, in real Chromium: a polygon or a dot opens its area, and the browser's back button returns."""

from __future__ import annotations

from itertools import cycle

import pytest
from playwright.sync_api import TimeoutError as NotInTime
from playwright.sync_api import expect

from pages.ui.maps import geometry, labels
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.warehouse import Version
from tests.helpers.pages.browser import PHONE, Visit
from tests.helpers.pages.internals import BackMsg

# High enough for the whole map.
DESKTOP = (1366, 1000)
# Milliseconds that picking the object under the mouse usually takes without a graphics card.
FINDING = 1_500
# A press counts as a click for up to a quarter of a second, and picking may take longer than that: after this many
# seconds, a page that has sent no request did not notice the click.
STANDING_STILL = 3.0


def click_on(tab: Visit, demo: Version, area: str | None, child: str, aside: int = 0) -> None:
    """Clicks where the map of an area draws one of its children, until the child's page opens."""
    at = Scope(demo, area, Period(None, demo.data_month))
    shapes = geometry.shapes(at, [known.code for known in at.children()])
    canvas = tab.page.locator(".st-key-panel_coverage_map canvas").first
    canvas.wait_for()
    tab.wait_until_settled()
    box = canvas.bounding_box()
    view = geometry.fit([shape.bounds for shape in shapes.values()], int(box["width"] // 40 * 40), aside)
    assert box["height"] == pytest.approx(view.height, abs=2), "the picture is fitted to the width it has"
    x, y = view.pixels(*shapes[child].point)
    # The middle of the view is the middle of the canvas, whatever its width.
    place = {"x": box["width"] / 2 + x - view.width / 2, "y": y}
    tooltip = tab.page.locator(".deck-tooltip").filter(has_text=at.with_area(child).area.name)
    nudges = cycle((0, 1))

    def is_found() -> bool:
        # Picking needs a moving mouse, and does not start before the first drawing nor while another is under way.
        canvas.hover(position={"x": place["x"] + next(nudges), "y": y}, force=True)
        try:
            tooltip.wait_for(timeout=FINDING)
        except NotInTime:
            return False
        return True

    tab.wait_until(is_found)
    # A busy browser takes a click for a long press, which sends nothing: then the page stays as it was.
    while f"area={child}" not in tab.page.url:
        canvas.click(position=place, force=True)
        try:
            tab.wait_until(lambda: f"area={child}" in tab.page.url or is_asked_for(tab), STANDING_STILL)
        except AssertionError:
            continue
        tab.wait_until(lambda: f"area={child}" in tab.page.url)


def is_asked_for(tab: Visit) -> bool:
    """Returns true while the page waits for the server's answer to a request."""
    return tab.page.locator('[data-testid=stApp][data-test-script-state="notRunning"]').count() == 0


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_polygon_click_opens_the_area_and_back_returns(visit, demo, size):
    tab = visit(size)
    tab.open("/coverage?area=621000&metric=staffing_ratio")
    click_on(tab, demo, "621000", "621022")
    assert "metric=staffing_ratio" in tab.page.url
    expect(tab.page.locator("h1").first).to_contain_text("环县的 83 个网格")
    tab.page.go_back()
    expect(tab.page.locator("h1").first).to_contain_text("庆阳市的 690 个网格")
    # The earlier click does not lead down again.
    tab.wait_until_settled()
    assert "area=621000" in tab.page.url


def test_dot_click_opens_a_small_place(visit, demo):
    tab = visit(DESKTOP)
    tab.open("/coverage")
    click_on(tab, demo, None, "370705", aside=2 * labels.BESIDE_WIDTH)
    expect(tab.page.locator("h1").first).to_contain_text("奎文区的 800 个网格")


def test_a_map_is_fitted_to_its_width_without_redrawing_the_page(visit):
    tab = visit(DESKTOP)
    # Requests to the server, by the fragment to draw; none means the whole page.
    requests: list[str] = []
    tab.page.on(
        "websocket",
        lambda socket: socket.on(
            "framesent",
            lambda frame: (
                requests.append(BackMsg.FromString(frame).rerun_script.fragment_id)
                if socket.url.endswith("/stream")
                else None
            ),
        ),
    )
    tab.open("/coverage?area=621000")
    canvas = tab.page.locator(".st-key-panel_coverage_map canvas").first
    canvas.wait_for()
    tab.wait_until(lambda: len(requests) >= 2)
    tab.wait_until_settled()
    assert len(requests) == 2 and requests[0] == "" and requests[1], "wider than usual: the map alone, once"
    del requests[:]
    tab.open("/?area=621000")
    tab.page.locator("canvas").first.wait_for()
    tab.wait_until_settled()
    assert requests == [""], "as wide as usual"
