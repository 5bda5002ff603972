"""The server's output before a page runs: the document and the front end's files, compressed where accepted."""

from __future__ import annotations

import gzip
import json
import re
import urllib.request

import plotly.graph_objects as go
import pytest
from playwright.sync_api import expect

from pages.internals.front_end import STATIC
from pages.server.delivery import document
from tests.helpers.pages.screens import PAGES, figures
from tests.helpers.pages.sockets import open_visitor


def fetched(url: str, **headers: str) -> tuple[bytes, dict[str, str]]:
    """Returns the body as transferred, and the headers in lower case."""
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
        return answer.read(), {name.lower(): value for name, value in answer.headers.items()}


def test_the_document_preloads_the_files_that_pages_need(address):
    body, headers = fetched(f"{address}/requests", **{"Accept-Encoding": "gzip, deflate"})
    text = gzip.decompress(body).decode()
    assert headers["cache-control"] == "no-cache" and headers["content-encoding"] == "gzip"
    preloaded = re.findall(r'<link rel="modulepreload"[^>]*href="\./static/js/([^"]+)"', text)
    assert {"Html", "PageLink", "DataFrame", "PlotlyChart"} <= {name.split(".")[0] for name in preloaded}
    assert len(preloaded) == len(set(preloaded))
    # The charts' library must not delay the numbers.
    assert re.search(r'fetchpriority="low"[^>]*PlotlyChart', text) and text.count("fetchpriority") == 1
    for name in document.files():
        assert (STATIC / name).is_file(), name


def test_scripts_travel_compressed_and_once(address):
    name = next(name for name in document.files() if "PlotlyChart" in name)
    plain = (STATIC / name).read_bytes()
    body, headers = fetched(f"{address}/{name}", **{"Accept-Encoding": "gzip"})
    assert gzip.decompress(body) == plain and len(body) < len(plain) / 3
    assert headers["cache-control"] == "public, max-age=31536000, immutable" and headers["vary"] == "Accept-Encoding"
    assert fetched(f"{address}/{name}")[0] == plain


def test_other_answers_are_unchanged(address):
    body, headers = fetched(f"{address}/health", **{"Accept-Encoding": "gzip"})
    assert "version" in json.loads(body if "content-encoding" not in headers else gzip.decompress(body))
    assert b"<!DOCTYPE html>" in fetched(f"{address}/")[0]


def test_a_first_visit_is_short_and_goes_straight_to_its_server(visit):
    tab = visit()
    session = tab.page.context.new_cdp_session(tab.page)
    session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda done: received.append(done["encodedDataLength"]))
    tab.open("/requests?area=370785")
    tab.page.locator(".bars .point").first.wait_for()
    assert sum(received) <= 3_000_000
    # On a deep link the front end would first look for its server below the page.
    paths = tab.page.evaluate("performance.getEntriesByType('resource').map(entry => new URL(entry.name).pathname)")
    assert "/_stcore/health" in paths and not [path for path in paths if path.startswith("/requests/")]


def test_a_card_draws_its_last_months(visit):
    tab = visit()
    tab.open("/staffing?area=621000")
    line = tab.page.locator(".piece-card[data-name=staffing_ratio] img")
    expect(line).to_have_attribute("alt", re.compile("^24 个月：从 "))
    assert line.evaluate("image => image.complete && image.naturalWidth > 0") and line.bounding_box()["width"] > 100


@pytest.mark.parametrize("page", PAGES)
def test_figures_have_only_attributes_known_to_plotly(app, page):
    for spec in figures(app(page, area="370785")):
        # Raises ValueError for an attribute or a value that Plotly does not know.
        go.Figure(spec)


def test_selecting_a_value_that_has_gone_in_the_meantime_selects_nothing(address):
    with open_visitor(address) as visitor:
        for page in PAGES:
            before = visitor.ask(page, {"area": "621000"})
            visitor.ask(page, {"area": "621000", "kind": "x", "compare": "peers"})
            # A second click on the first drawing, sent before the browser had the next.
            after = visitor.ask(page, {"area": "621000"}, before.widget_answers("621022"))
            assert not after.elements("exception"), page
            assert after.elements("heading"), page
