"""What the tests of pages read off a page, and the scope it stands for."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

import polars as pl
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from pages.ui.shell import page_list
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.warehouse import Version

# Each new AppTest searches all installed packages for components, which takes twice as long as the page it runs. They stay
# the same while tests run, and so does the answer.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)

PAGES = tuple(page.name for page in page_list.pages() if page.is_report)


def scope(demo: Version, area: str | None = "621000", period: str = "2026", **where: str) -> Scope:
    """The scope of a URL with this area (empty: all places), period and filters."""
    return Scope(demo, area or None, Period.parse(period, demo.data_month), tuple(where.items()))


def figures(test: AppTest) -> list[dict]:
    """The Plotly figures of a page, in order."""
    return [json.loads(chart.proto.spec) for chart in test.get("plotly_chart")]


def trace(drawn: dict, name: str) -> dict:
    """The first trace of a figure that is called so."""
    return next(one for one in drawn["data"] if one.get("name") == name)


def tables(test: AppTest) -> list[pl.DataFrame]:
    """The tables of a page, in order, as a browser is sent them, columns by name: numbers as they are rounded, other
    cells as texts; of a longer table the page of it that is shown."""
    return [_frame(data) for data in table_data(test)]


def table_data(test: AppTest) -> list[dict]:
    """What a browser is sent of each table of a page."""
    return [
        json.loads(one.proto.json) for one in test.get("bidi_component") if one.proto.component_name == "data_table"
    ]


def table(test: AppTest, *columns: str) -> pl.DataFrame:
    """The one table of a page that has all these columns."""
    found = [frame for frame in tables(test) if set(columns) <= set(frame.columns)]
    assert len(found) == 1, [frame.columns for frame in tables(test)]
    return found[0]


def row_count(test: AppTest, *columns: str) -> int:
    """How many rows the one table of a page with all these columns has on all its pages."""
    names = [{column["name"] for column in data["columns"]} for data in table_data(test)]
    (data,) = (data for data, named in zip(table_data(test), names, strict=True) if set(columns) <= named)
    if data["pages"] == 1:
        return len(data["rows"])
    return int(re.findall(r"[\d,]+", data["words"]["page"])[-1].replace(",", ""))


def _frame(data: dict) -> pl.DataFrame:
    cells = [list(map(_plain, column)) for column in zip(*data["rows"], strict=True)]
    return pl.DataFrame(
        {
            column["name"]: _numbers(texts) if column["isNumber"] else texts
            for column, texts in zip(data["columns"], cells or [[]] * len(data["columns"]), strict=True)
        }
    )


def _plain(cell: list | str | None) -> str | None:
    """The text of a cell; of a link its address."""
    return next((part for part in reversed(cell) if isinstance(part, str)), None) if isinstance(cell, list) else cell


def _numbers(texts: list[str | None]) -> list[float | None] | list[str | None]:
    """The numbers that the texts of a column are; the texts, where words are among them."""
    plain = [text and text.replace(",", "").replace("−", "-").removesuffix("%") for text in texts]
    try:
        numbers = [None if text is None else float(text) for text in plain]
    except ValueError:
        return texts
    is_whole = not any("." in text for text in plain if text)
    return [None if number is None else int(number) for number in numbers] if is_whole else numbers


@dataclass(frozen=True)
class NumberCard:
    """A number on a page: the metric's name, the title and the value it is shown with, and all lines of its card."""

    name: str
    title: str
    value: str
    lines: list[str]


def cards(test: AppTest) -> list[NumberCard]:
    """The cards of a page, in order."""
    return _shown(test, "piece-card", "piece-value")


def facts(test: AppTest) -> list[NumberCard]:
    """The numbers of a page that stand one a line, in order."""
    return _shown(test, "piece-fact", "piece-amount")


def symbols(test: AppTest) -> list[str]:
    """What the symbols of a page open."""
    return [button.get("data-opens") for button in _elements(test) if button.get("data-opens")]


def open_symbol(test: AppTest, symbol: str) -> AppTest:
    """The page after a symbol was clicked on."""
    test.session_state["pieces_asked"] = symbol
    return test.run()


def _shown(test: AppTest, kind: str, value: str) -> list[NumberCard]:
    return [
        NumberCard(
            element.get("data-name"),
            _of(element, "piece-title"),
            _of(element, value),
            ["".join(line.itertext()) for line in element],
        )
        for element in _elements(test)
        if element.get("class") == kind
    ]


def _of(element: Element, name: str) -> str:
    return next("".join(part.itertext()) for part in element.iter() if name in part.get("class", "").split())


def _elements(test: AppTest) -> list[Element]:
    found = []
    for drawn in test.get("html"):
        parser = _Tree()
        parser.feed(f"<div>{drawn.proto.body}</div>")
        found += parser.builder.close().iter()
    return found


class _Tree(HTMLParser):
    """What is written as HTML, as a tree."""

    def __init__(self) -> None:
        super().__init__()
        self.builder = TreeBuilder()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        if tag == "img":
            self.builder.end(tag)

    def handle_endtag(self, tag: str) -> None:
        self.builder.end(tag)

    def handle_data(self, data: str) -> None:
        self.builder.data(data)
