"""Reads cards, tables and figures off a page for tests, and builds the scope of a page."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

import polars as pl
from streamlit.testing.v1 import AppTest

from pages.ui.shell import page_list
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.warehouse import Version
from tests.helpers.pages.internals import remember_components

remember_components()

PAGES = tuple(page.name for page in page_list.pages() if page.is_report)


def scope(demo: Version, area: str | None = "621000", period: str = "2026", **where: str) -> Scope:
    """Returns the scope of a URL with this area (empty: all areas), period and filters."""
    return Scope(demo, area or None, Period.parse(period, demo.data_month), tuple(where.items()))


def figures(test: AppTest) -> list[dict]:
    """Returns the Plotly figures of a page, in order."""
    return [json.loads(chart.proto.spec) for chart in test.get("plotly_chart")]


def trace(figure: dict, name: str) -> dict:
    """Returns the first trace of a figure with that name."""
    return next(trace for trace in figure["data"] if trace.get("name") == name)


def tables(test: AppTest) -> list[pl.DataFrame]:
    """Returns the tables of a page in order, as sent to the browser: numbers as rounded, other cells as text; of a
    longer table only the part that is shown."""
    return [_frame(data) for data in table_data(test)]


def table_data(test: AppTest) -> list[dict]:
    """Returns the data of each table of a page as sent to the browser."""
    return [
        json.loads(component.proto.json)
        for component in test.get("bidi_component")
        if component.proto.component_name == "data_table"
    ]


def table(test: AppTest, *columns: str) -> pl.DataFrame:
    """Returns the only table of a page that has all these columns."""
    matches = [frame for frame in tables(test) if set(columns) <= set(frame.columns)]
    assert len(matches) == 1, [frame.columns for frame in tables(test)]
    return matches[0]


def row_count(test: AppTest, *columns: str) -> int:
    """Returns the total number of rows of the only table of a page that has all these columns."""
    name_sets = [{column["name"] for column in data["columns"]} for data in table_data(test)]
    (data,) = (data for data, names in zip(table_data(test), name_sets, strict=True) if set(columns) <= names)
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
    """Returns the text of a cell; for a link, its address."""
    return next((part for part in reversed(cell) if isinstance(part, str)), None) if isinstance(cell, list) else cell


def _numbers(texts: list[str | None]) -> list[float | None] | list[str | None]:
    """Converts the texts of a column to numbers; returns the texts unchanged if any is not a number."""
    plain = [text and text.replace(",", "").replace("−", "-").removesuffix("%") for text in texts]
    try:
        numbers = [None if text is None else float(text) for text in plain]
    except ValueError:
        return texts
    is_whole = not any("." in text for text in plain if text)
    return [None if number is None else int(number) for number in numbers] if is_whole else numbers


@dataclass(frozen=True)
class NumberCard:
    """Describes a number on a page: the metric's name, the title, the displayed value, and all lines of its card."""

    name: str
    title: str
    value: str
    lines: list[str]


def cards(test: AppTest) -> list[NumberCard]:
    """Returns the cards of a page, in order."""
    return _number_cards(test, "piece-card", "piece-value")


def facts(test: AppTest) -> list[NumberCard]:
    """Returns the numbers of a page that are listed one per line, in order."""
    return _number_cards(test, "piece-fact", "piece-amount")


def symbols(test: AppTest) -> list[str]:
    """Returns the targets of the symbols on a page."""
    return [button.get("data-opens") for button in _elements(test) if button.get("data-opens")]


def open_symbol(test: AppTest, symbol: str) -> AppTest:
    """Clicks a symbol and returns the page afterwards."""
    test.session_state["pieces_asked"] = symbol
    return test.run()


def _number_cards(test: AppTest, kind: str, value: str) -> list[NumberCard]:
    return [
        NumberCard(
            element.get("data-name"),
            _text_of(element, "piece-title"),
            _text_of(element, value),
            ["".join(line.itertext()) for line in element],
        )
        for element in _elements(test)
        if element.get("class") == kind
    ]


def _text_of(element: Element, name: str) -> str:
    return next("".join(part.itertext()) for part in element.iter() if name in part.get("class", "").split())


def _elements(test: AppTest) -> list[Element]:
    elements = []
    for html in test.get("html"):
        parser = _Tree()
        parser.feed(f"<div>{html.proto.body}</div>")
        elements += parser.builder.close().iter()
    return elements


class _Tree(HTMLParser):
    """Parses HTML into a tree."""

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
