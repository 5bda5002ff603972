"""Words and numbers in the reader's language: Chinese by default, English by `?lang=en`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from pages.ui.i18n.plurals import PluralText
from sql.errors import LinliError
from sql.files.sql_file import Text
from sql.security.escaping import escape_invisible_lines
from sql.semantic.metrics import Metric
from sql.semantic.periods import Period
from sql.source_tables import SOURCE_TABLES

_language: ContextVar[str | None] = ContextVar("language", default=None)
# Characters that markdown would interpret: also a colon before the name of a colour, an icon or a symbol, and the dash
# of a list or an arrow.
_SIGNS = re.compile(r"[\\`*_\[\]<>#$~|]|:(?=[\w+-]+[:\[/])|-(?=[ >-])")
CATALOGUE = Path(__file__).parent / "locale" / "en" / "LC_MESSAGES" / "messages.po"
# English titles say what is counted; in Chinese the measure word follows the number.
UNITS = {
    "people": Text("人", ""),
    "residents": Text("人", ""),
    "per_10k": Text("人", ""),
    "percent": Text("%", "%"),
    "communities": Text("个", ""),
    "grids": Text("个", ""),
    "households": Text("户", ""),
    "years": Text("岁", ""),
    "hours": Text("小时", "h"),
    "score": Text("分", ""),
    "m2": Text("m²", "m²"),
    "person_times": Text("人次", ""),
    "sessions": Text("期", ""),
    "times": Text("次", ""),
    "items": Text("项", ""),
    "requests": Text("件", ""),
    "partners": Text("家", ""),
    "shops": Text("家", ""),
    "places": Text("处", ""),
    "estates": Text("个", ""),
    "committees": Text("个", ""),
    "branches": Text("个", ""),
    "groups": Text("个", ""),
    "zones": Text("个", ""),
    "campaigns": Text("项", ""),
    "projects": Text("项", ""),
    "services": Text("项", ""),
    "courses": Text("类", ""),
    "topics": Text("类", ""),
    "kinds": Text("类", ""),
    "tiers": Text("级", ""),
    "posts": Text("岗", ""),
    "grades": Text("级", ""),
    "points": Text("分", ""),
    "accounts": Text("户", ""),
    "years_count": Text("年", "years"),
    "months_count": Text("个月", "months"),
    "yuan_per_month": Text("元/月", "yuan/month"),
}


def language() -> str:
    """Returns the current language, zh or en, by default the URL's."""
    return _language.get() or _url_language()


def read_language() -> None:
    """Reads the URL's language once per page run: a page looks it up hundreds of times."""
    _language.set(_url_language())


@contextmanager
def use_language(language: str) -> Iterator[None]:
    """Sets the language within the block, whatever the URL says: for files built outside a page run."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def _url_language() -> str:
    return "en" if st.query_params.get("lang") == "en" else "zh"


@lru_cache(maxsize=1)
def english_texts() -> dict[str, str]:
    """Returns the English of the pages' texts by their Chinese."""
    with CATALOGUE.open("rb") as file:
        return {
            # What takes no values stays a plain text.
            message.id: PluralText(message.string) if "{" in message.string else message.string
            for message in read_po(file)
            if isinstance(message.id, str) and isinstance(message.string, str) and message.id and message.string
        }


def _(text: str) -> str:
    """Returns a text of the pages, written in Chinese, in the user's language; Chinese where it has no translation.

    Values are inserted afterwards with `str.format`.
    """
    return text if language() == "zh" else english_texts().get(text, text)


def of(text: Text | LinliError) -> str:
    """Returns a bilingual text of sql/, or an error's message, in the user's language."""
    return text.zh if language() == "zh" else text.en


def table(name: str) -> str:
    """Returns a source table's name for readers."""
    return of(SOURCE_TABLES[name])


def file_name(name: str) -> str:
    """Returns the file name of a source table: its Chinese name, which `etl build` looks for in both languages."""
    return SOURCE_TABLES[name].zh


def unit(metric: Metric) -> str:
    """Returns the unit's word, short enough to follow a number; the unit's name in the metric's file where no word is
    known."""
    known = UNITS.get(metric.unit)
    return of(known) if known else metric.unit


def number(value: float | None, decimals: int = 0, signed: bool = False) -> str:
    """Returns a number as people read it: with thousands separators, in 万 from 100,000 in Chinese; – for None."""
    return "–" if value is None else _number(value, decimals, signed, language())


@lru_cache(maxsize=16384)
def _number(value: float, decimals: int, signed: bool, language_code: str) -> str:
    sign = "+" if signed and round(value, decimals) > 0 else ""
    if language_code == "zh" and abs(value) >= 100_000:
        return f"{sign}{format_decimal(value / 10_000, '#,##0.0', locale='zh')}万"
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    # A rounded 0 has no sign.
    return sign + format_decimal(round(value, decimals) + 0.0, pattern, locale="en").replace("-", "−")


def amount(value: float | None, metric: Metric) -> str:
    """Returns a metric's value with its unit: 12.7 人, 41.3%."""
    formatted = number(value, metric.decimals)
    word = unit(metric)
    return formatted if value is None or not word else f"{formatted}{'' if word == '%' else ' '}{word}"


def change(value: float | None, metric: Metric) -> str:
    """Returns the difference of two values with its sign; – where there is nothing to compare with."""
    return number(value, metric.decimals, signed=True)


def change_on(value: float, metric: Metric, before: str) -> str:
    """Returns a change beside what it is compared with: +0.9, or +0.9 pts on last year in English."""
    if language() == "zh":
        return change(value, metric)
    return f"{change(value, metric)}{_points(metric)} on {before}"


def change_in_words(value: float, metric: Metric) -> str:
    """Returns a change as a sentence begins with it: +82, or Up 82 in English."""
    if language() == "zh":
        return change(value, metric)
    return f"{'Up' if value > 0 else 'Down'} {number(abs(value), metric.decimals)}{_points(metric)}"


def _points(metric: Metric) -> str:
    return " pts" if metric.unit == "percent" else ""


def escape_markdown(text: str) -> str:
    """Returns a text of the data or of a URL escaped so that markdown shows it unchanged."""
    # Markdown links an address even when its characters are escaped; an invisible word joiner prevents that.
    unlinked = re.sub(
        r"(?i)(https?)(?=://)|(www)(?=\.)|(\w)(?=@)", lambda match: match[0] + "\u2060", escape_invisible_lines(text)
    )
    return _SIGNS.sub(r"\\\g<0>", unlinked)


def headline_markdown(text: str) -> str:
    """Returns a headline as markdown: its coloured words keep their colours, and data in it is escaped."""
    parts: list[str] = []
    closing: list[str] = []
    for part in re.split(r"(:(?:green|orange)\[|\[|\])", text):
        if part == "]":
            parts.append(closing.pop() if closing else r"\]")
        elif part.endswith("["):
            is_colour = part != "["
            parts.append(part if is_colour else r"\[")
            closing.append("]" if is_colour else r"\]")
        else:
            parts.append(escape_markdown(part))
    return "".join(parts)


def paragraphs(*parts: str) -> str:
    """Returns the non-empty texts, each as a paragraph of markdown."""
    return "\n\n".join(part for part in parts if part)


def join_words(words: list[str]) -> str:
    """Joins words with 、 in Chinese and a comma in English."""
    return ("、" if language() == "zh" else ", ").join(words)


def option_formatter(words: Mapping[Any, str]) -> Callable[[Any], str]:
    """Returns a function that names a widget's options; a selected option that is no longer available has an empty
    name."""
    return lambda option: words.get(option, "")


def month(value: date) -> str:
    """Returns 2026年6月, or Jun 2026 in English."""
    return f"{value.year}年{value.month}月" if language() == "zh" else f"{month_name(value)} {value.year}"


def month_name(value: date) -> str:
    """Returns 6月, or Jun in English, whatever the machine's own language is."""
    return f"{value.month}月" if language() == "zh" else format_date(value, "MMM", locale="en")


def period(value: Period) -> str:
    """Returns a period in words: 2026年1–6月, 2026年6月, 2023年1月–2026年6月; Jan–Jun 2026 in English."""
    if value.first is None:
        return _("截至{month}").format(month=month(value.last))
    if value.first == value.last:
        return month(value.last)
    if value.first.year == value.last.year:
        if language() == "zh":
            return f"{value.last.year}年{value.first.month}–{value.last.month}月"
        return f"{month_name(value.first)}–{month(value.last)}"
    return f"{month(value.first)} – {month(value.last)}"


def display_width(text: str) -> float:
    """Returns the approximate width of a text in Latin letters, without its markup."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text.replace("<b>", "").replace("</b>", ""))
