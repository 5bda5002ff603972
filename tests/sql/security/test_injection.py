"""A hostile text that somebody typed is shown as text: on pages, on maps, in files, in addresses."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import partial
from itertools import cycle, product
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import TimeoutError as NotInTime
from streamlit.testing.v1 import AppTest

from pages.ui.i18n import texts
from pages.ui.kit import metric_pages
from sql import warehouse
from sql.paths import PROJECT
from sql.security.escaping import escape_invisible
from tests.helpers.depth import examples
from tests.helpers.ingest import hostile_texts
from tests.helpers.ingest.hostile_texts import PAYLOADS
from tests.helpers.pages.browser import DESKTOP, WAIT_UNTIL_DRAWN, Visit, serve
from tests.helpers.pages.screens import PAGES
from tests.helpers.pages.sockets import Run, open_visitor

AREA = "370785"
VIEWS = [(page, view) for page in (*PAGES, "meeting") for view in metric_pages.views(page) or [None]]
# Parts of a map, from its middle on.
PLACES = (0.5, 0.4, 0.6, 0.3, 0.7)
# Traces in a page: code that would have run, requests, or markup.
CAUGHT = """() => ({
    ran: "hit" in window,
    made: [...document.querySelectorAll(
        'img[src="x"], img[src*="evil"], a[href*="evil"]:not([href^="#"]), a[href^="javascript"], .katex, [onerror], [onload], form[action*="evil"]'
    )].map(element => element.outerHTML.slice(0, 200)),
    scripts: [...document.scripts].filter(script => script.text.includes("window.hit")).length,
})"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a warehouse built of hostile texts."""
    base = tmp_path_factory.mktemp("hostile")
    carried = hostile_texts.write_source(base / "source")
    assert carried == {name for table in hostile_texts.columns().values() for name in table.values()}
    ran = subprocess.run(
        [sys.executable, "-m", "etl", "build", "--source", base / "source", "--warehouse", base / "warehouse"],
        cwd=PROJECT,
        capture_output=True,
    )
    assert ran.returncode == 0, ran.stdout.decode()[-2000:]
    return base / "warehouse"


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """Serves a dashboard on that warehouse."""
    with serve(folder) as at:
        yield at


def test_every_row_with_them_is_loaded_as_it_was_typed(folder):
    version = warehouse.current_version(folder)
    assert version.rows("select count(*) as rows from staging.rejects").item() == 0
    names = version.rows("select distinct partner_name from staging.partners")["partner_name"].to_list()
    assert {payload for payload in PAYLOADS if any(name.startswith(payload) for name in names)} == set(PAYLOADS)


def watched(context: BrowserContext, address: str) -> tuple[Visit, list[str]]:
    """Returns a tab, and the texts of the dialogs that opened in it."""
    tab, dialogs = Visit(context.new_page(), address), []
    tab.page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})

    def dismissed(dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    tab.page.on("dialog", dismissed)
    return tab, dialogs


def nothing_ran(page: Page) -> None:
    caught = page.evaluate(CAUGHT)
    assert caught == {"ran": False, "made": [], "scripts": 0}, page.url


def visible_text(tab: Visit) -> str:
    """Returns the words on the page, after asserting that none of them ran."""
    tab.wait_until_settled()
    nothing_ran(tab.page)
    return tab.page.locator("body").inner_text() + "".join(tab.page.locator("svg text").all_text_contents())


# The pages in batches, for workers to share.
@pytest.mark.parametrize("part", range(5))
def test_nothing_of_them_runs_on_any_page(context, address, part):
    tab, dialogs = watched(context, address)
    words = ""
    for place, page in enumerate((*PAGES, "meeting")[part::5]):
        tab.navigate(f"/{'' if page == 'overview' else page}?area={AREA}&period=all")
        words += visible_text(tab)
        # The dialog behind a picture has the rows as a table of the browser's own elements, and their sources; then
        # there are the other views. In the quick tier the dialog opens on the first page of each batch, and the last
        # view on the second; the server's output for every view is checked below.
        kinds, others = ["table", "explain"], list(range(1, len(metric_pages.views(page))))
        if examples(1, 0):
            kinds, others = kinds[part % 2 :][: place == 0], others[-1:] if place == 1 else []
        for kind in kinds:
            symbol = tab.page.locator(f".piece-{kind}").first
            if symbol.count():
                symbol.click()
                tab.page.get_by_role("dialog").wait_for()
                words += visible_text(tab)
                tab.dismiss()
        choices = tab.page.get_by_test_id("stButtonGroup").first.get_by_role("radio")
        for number in others:
            choices.nth(number).click()
            tab.page.wait_for_url(re.compile("view="))
            tab.wait_until_settled()
            words += visible_text(tab)
    assert dialogs == [] and tab.external_requests == []
    assert [error for error in tab.errors if "hit" in error or "evil" in error] == []
    # They can be read, except those in tables, which are drawn on a canvas.
    assert len([payload for payload in PAYLOADS if payload[:8] in words]) >= 5
    tab.page.close()


def has_tooltip(tab: Visit, box: dict[str, float], places: Iterator[tuple[float, float]]) -> bool:
    """Returns true where the tooltip at the next place of a map names it."""
    down, right = next(places)
    tab.page.mouse.move(box["x"] + box["width"] * right, box["y"] + box["height"] * down)
    try:
        tab.page.locator(".deck-tooltip:visible").first.wait_for(timeout=1_500)
    except NotInTime:
        return False
    return True


def test_a_map_and_its_tooltip_have_them_as_text(context, address):
    tab, dialogs = watched(context, address)
    for path in (f"/coverage?area={AREA}", f"/coverage?area={AREA}003017", f"/organisation?area={AREA}"):
        tab.open(path)
        nothing_ran(tab.page)
        picture = tab.page.get_by_test_id("stDeckGlJsonChart").locator("canvas").first
        if picture.count():
            tab.wait_until(partial(has_tooltip, tab, picture.bounding_box(), cycle(product(PLACES, PLACES))))
            nothing_ran(tab.page)
    assert dialogs == [] and tab.external_requests == []
    tab.page.close()


# Texts that markdown would show differently from how they were typed.
SIGNS = [payload for payload in PAYLOADS if texts.escape_markdown(payload) != payload]
# Elements that read no markdown.
PLAIN = {"Html", "Text", "TextElement", "Code", "PlotlyChart", "DeckGlJsonChart", "Dataframe", "Arrow", "BidiComponent"}


def markdown(message) -> Iterator[str]:
    """Yields every text of a server message, except those of elements that read no markdown."""
    if message.DESCRIPTOR.name in PLAIN:
        return
    for field, value in message.ListFields():
        values = value if field.is_repeated else [value]
        if field.type == field.TYPE_STRING:
            yield from values
        elif field.type == field.TYPE_MESSAGE and not field.message_type.GetOptions().map_entry:
            for one in values:
                yield from markdown(one)


def test_no_markdown_has_one_of_them_as_it_was_typed(address):
    found = {}
    below = ((f"{AREA}003", "en"), (f"{AREA}003017", "zh"))
    with open_visitor(address) as visitor:
        for number, (page, view) in enumerate(VIEWS):
            # Every view of the county, and alternate views of a street and a community, or every view of both in depth.
            for area, lang in ((AREA, "zh"), *(below * 2)[number // 2 % 2 :][: examples(number % 2, 2)]):
                run = visitor.ask(
                    page, {"area": area, "period": "all", "lang": lang, **({"view": view} if view else {})}
                )
                texts_of_messages = [
                    text
                    for message in run.messages
                    if message.WhichOneof("type") == "delta"
                    for text in markdown(message.delta)
                ]
                assert len(texts_of_messages) > 20
                found |= {
                    text: (page, view, area) for text in texts_of_messages if any(payload in text for payload in SIGNS)
                }
    assert found == {}


def test_no_file_has_a_formula_a_link_or_a_field(address):
    checked, seen = {"csv": 0, "xlsx": 0, "pptx": 0, "docx": 0}, set()
    with open_visitor(address) as visitor:
        for page, view in VIEWS:
            # The first and the last view of each page, and each in depth.
            if view in metric_pages.views(page)[1:-1] and examples(1, 0):
                continue
            query = {"area": AREA, "period": "all", **({"view": view} if view else {})}
            run = visitor.ask(page, query)
            seen |= {payload for payload in PAYLOADS if any(shown_as(payload) in message for message in run.raw)}
            files = dict(visitor.files(run))
            if view in (None, *metric_pages.views(page)[:1]) and page not in ("meeting",):
                files |= dict(visitor.files(visitor.ask(page, query, [run.menu("briefing")])))
            for name, content in files.items():
                kind = next((kind for kind in checked if name.endswith(f"_{kind}")), "xlsx")
                {"csv": _no_formula_in_csv, "xlsx": _no_formula_in_workbook}.get(kind, _no_link_in_office)(
                    content, name
                )
                checked[kind] += 1
    assert min(checked.values()) > 5, checked
    # Each appears somewhere as it was typed.
    assert seen == set(PAYLOADS)


def shown_as(payload: str) -> bytes:
    """Returns a payload as a table's JSON has it, with its invisible characters escaped."""
    return json.dumps(escape_invisible(payload), ensure_ascii=False)[1:-1].encode()


def _no_formula_in_csv(content: bytes, name: str) -> None:
    for line in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
        for cell in line:
            # A number may be negative.
            assert not re.match(r"[=+@\t\r\n＝＋＠]", cell) and not (cell.startswith("-") and not _is_number(cell)), (
                name,
                cell,
            )


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-\d+(\.\d+)?(e-?\d+)?", text) is not None


def _no_formula_in_workbook(content: bytes, name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for part in parts.namelist():
            text = parts.read(part)
            if part.startswith("xl/worksheets/sheet"):
                assert not re.search(rb"<f[ >]", text), (name, part)
                # The contents link to the sheets of the same book.
                assert not re.search(rb"<hyperlink [^>]*r:id", text), (name, part)
            assert "externalLink" not in part and not (part.endswith(".rels") and b"External" in text), (name, part)


def _no_link_in_office(content: bytes, name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for part in parts.namelist():
            if part.endswith(".rels"):
                assert b"evil" not in parts.read(part) and b"javascript" not in parts.read(part), (name, part)
            if part.endswith(".xlsx"):
                _no_formula_in_workbook(parts.read(part), f"{name}/{part}")
            if part.endswith("document.xml"):
                fields = re.findall(rb"<w:instrText[^>]*>([^<]*)<", parts.read(part))
                # The pages of the contents are the only fields.
                assert all(re.match(rb"\s*(PAGE|PAGEREF|NUMPAGES|TOC|SEQ)\b", field) for field in fields), (
                    name,
                    fields,
                )


# Each of the parameters that pages read is given each of these values.
PARAMETERS = (
    "area",
    "period",
    "view",
    "lang",
    "metric",
    "places",
    "compare",
    "kind",
    "category",
    "source",
    "partner_id",
    "zone_id",
    "estate_id",
    "month",
    "weekday",
    "hour",
    "show",
    "control",
    "playlist",
    "kiosk",
    "sector",
    "post",
    "grade",
)


def values() -> list[str]:
    """Returns 200 values that somebody may put into an address."""
    odd = [
        *PAYLOADS,
        "",
        " ",
        "0",
        "-1",
        "1e999",
        "NaN",
        "null",
        "None",
        "true",
        "../../etc/passwd",
        "..%2f..%2f",
        "%00",
        "\x00",
        "\x7f",
        "'",
        "''",
        '"',
        "';drop table workers;--",
        "' or '1'='1",
        "1;select 1",
        "$area",
        "$1",
        "{{7*7}}",
        "${7*7}",
        "#{7*7}",
        "<![CDATA[x]]>",
        "<!--",
        "]]>",
        "</script>",
        "\\",
        "\\u0000",
        "\ud7ff",
        "\ufeff",
        "\u200b",
        "\u202e",
        "𠮷",
        "é" * 50,
        "长" * 300,
        "a" * 3000,
        "370785",
        "370785'",
        "370785 ",
        "３７０７８５",
        "62",
        "99",
        "2026",
        "2026-13",
        "2026-02-30",
        "2026Q5",
        "all",
        "..",
        "2026..2025",
        "0001-01",
        "9999-12",
        "99999-01",
        "2026-01..9999-12",
        "all..all",
        "zh",
        "en",
        "EN",
        "staffing_ratio",
        "STAFFING_RATIO",
        "value",
        "staffing_ratio,workers",
        "peers",
        "period",
        "community",
        "[]",
        "{}",
        "[1]",
        "a=b&c=d",
        "a,b,c",
        "\n",
        "\r\nSet-Cookie: x=1",
        "javascript:window.hit=1",
        "data:text/html,<script>window.hit=1</script>",
        "//evil.test",
        "http://evil.test/",
        "file:///etc/passwd",
    ]
    return [*odd, *(f"{PAYLOADS[place % len(PAYLOADS)]}{place}" for place in range(200 - len(odd)))]


# Each payload in every tier; a sample of the others.
@pytest.mark.parametrize("part", range(4))
def test_no_value_in_an_address_or_a_widget_is_an_error_or_markup(address, part):
    payloads = values()
    assert len(payloads) == 200 and len(set(payloads)) == 200
    payloads = payloads[: len(PAYLOADS)] + payloads[len(PAYLOADS) :: examples(3, 1)]
    payloads = payloads[part::4]
    plain: dict[tuple[str, ...], Run] = {}
    with open_visitor(address) as visitor:
        for place, value in enumerate(payloads):
            page, view = VIEWS[place % len(VIEWS)]
            view = {"view": view} if view and place % 2 else {}
            # A small area, which is drawn quickly.
            query = {"area": f"{AREA}003017", **view}
            # Each page and view once before any widget is answered.
            asking = (page, *view.values())
            if asking not in plain:
                plain[asking] = visitor.ask(page, query)
            runs = [visitor.ask(page, dict.fromkeys(PARAMETERS, value) | query)]
            runs += [
                visitor.ask(page, query, plain[asking].widget_answers(value)),
                visitor.ask("definitions", {"area": value}),
            ]
            for which, run in enumerate(runs):
                assert not run.elements("exception"), (page, view, value, which)
                for element in run.elements("markdown"):
                    assert not element.allow_html, (page, view, value, which)
                    assert not (value in SIGNS and value in element.body), (page, view, value, which)
                for element in run.elements("html"):
                    markup = re.search(r"<(img|svg|script|a)[^>]*(onerror|onload|window\.hit|evil)", element.body)
                    assert not markup, (page, view, value, which)


def test_an_address_runs_nothing_in_a_browser(context, address):
    tab, dialogs = watched(context, address)
    for place, payload in enumerate(PAYLOADS):
        page, _view = VIEWS[place * 3 % len(VIEWS)]
        path = f"/{'' if page == 'overview' else page}?{urlencode(dict.fromkeys(PARAMETERS, payload))}"
        # The first is opened, the others are reached from there; in depth each is opened.
        if place and examples(1, 0):
            tab.navigate_unchecked(path)
        else:
            tab.page.goto(address + path)
            # Before its first run the page is not running either.
            tab.page.wait_for_selector('[data-testid="stElementContainer"]', state="attached")
        tab.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
        # A refused address shows its message without a page's headline.
        tab.page.evaluate(WAIT_UNTIL_DRAWN)
        nothing_ran(tab.page)
    assert dialogs == [] and tab.external_requests == []
    tab.page.close()


SOURCES = [path for folder in ("pages", "sql", "etl") for path in (PROJECT / folder).rglob("*.py")] + [
    PROJECT / "app.py"
]
# Functions that return HTML made only of their own words, numbers and colours, or write it with an element tree.
WRITERS = {"tostring", "legend", "image", "pattern"}


def test_no_markdown_is_taken_as_html():
    assert [path for path in SOURCES if "unsafe_allow" in path.read_text(encoding="utf-8")] == []


def test_html_is_written_by_an_element_tree_or_a_constant():
    found = []
    for path in SOURCES:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != "html":
                continue
            argument = call.args[0]
            is_constant = isinstance(argument, ast.Constant) or (
                isinstance(argument, ast.Name) and argument.id.isupper()
            )
            called = argument.func if isinstance(argument, ast.Call) else None
            is_written = getattr(called, "attr", getattr(called, "id", "")) in WRITERS
            if not is_constant and not is_written:
                found.append(path.relative_to(PROJECT).as_posix())
    # The rule for print margins is CSS, whose words are written character by character.
    assert found == ["pages/ui/frame/print_header.py"]


def test_numbers_in_one_piece_have_their_words_as_text():
    def page():
        from pages.ui.kit import html_widgets

        html_widgets.begin_page("any")
        words = "<b onclick=alert(1)>&amp;"
        number = html_widgets.KeyFigure(
            "any", words, words, status_text=words, reference=words, changes=words, completeness_note=words
        )
        html_widgets.cards([number])
        html_widgets.facts([number])

    bodies = [found.proto.body for found in AppTest.from_function(page, default_timeout=60).run().get("html")]
    assert [body.count("&lt;b onclick=alert(1)&gt;&amp;amp;") for body in bodies] == [6, 3]
    assert not [body for body in bodies if "<b" in body]


def test_every_sign_of_markdown_in_a_text_is_escaped():
    assert texts.escape_markdown("**a** [b](c) _d_ <e> $f$ ~g~ `h` #i |j|") == (
        r"\*\*a\*\* \[b\](c) \_d\_ \<e\> \$f\$ \~g\~ \`h\` \#i \|j\|"
    )
    assert texts.escape_markdown(":red[a] :material/home: 12:30 - b") == r"\:red\[a\] \:material/home: 12:30 \- b"
