"""Defines a briefing independently of its file format: sections with a headline, rows and a kind of chart, and their
definitions and sources."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import polars as pl

from sql.audit.log import Stamp
from sql.semantic.metrics import Metric
from sql.semantic.readings import Reading
from sql.semantic.scope import Scope

Kind = Literal["bars", "line", "numbers", "none"]
# Areas listed at either end of a ranking.
AREAS_PER_END = 5
# Matches the innermost directive: its content has no brackets, except escaped ones.
_DIRECTIVE = re.compile(r":(?:small|green|orange|gray|red|blue|violet|primary)\[((?:\\.|[^\[\]\\])*)\]")
_ESCAPED = re.compile(r"\\([\\`*_\[\]()<>#:$~|!-])")
# Characters that XML cannot hold, that change the writing direction, and the word joiner that keeps an address on a
# page from becoming a link.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2060\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")


def plain(text: str) -> str:
    """Returns a text of a page without Streamlit's markdown (colours, bold, backslashes), fit for XML."""
    result = text.replace("**", "")
    while (stripped := _DIRECTIVE.sub(r"\1", result)) != result:
        result = stripped
    return printable(_ESCAPED.sub(r"\1", result)).strip()


def printable(text: str) -> str:
    """Returns a text of the data without characters that the file formats cannot hold."""
    return _UNPRINTABLE.sub("", text)


@dataclass(frozen=True)
class PreviousValue:
    """Holds a number's value on the day of the last meeting."""

    value: float
    day: date


@dataclass(frozen=True, eq=False)
class Section:
    """Holds a headline with its rows.

    `kind` is the chart of the rows: `bars` by the only dimension in `by`, `line` over time (the last in `by`),
    `numbers` for single numbers, which are in `readings` and have no rows, `none` for a table only. `headers` names the
    columns of rows that are not a metric's own.
    """

    headline: str
    subtitle: str
    rows: pl.DataFrame
    kind: Kind
    scope: Scope
    metric: Metric | None = None
    by: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def chart_metric(self) -> Metric:
        """Returns the metric whose values are drawn or compared. Raises LookupError if the section has no metric."""
        if self.metric is None:
            raise LookupError(f"{self.headline!r} has no metric")
        return self.metric


@dataclass(frozen=True)
class Definition:
    """Describes a metric in this scope: title, note, the formula with current numbers, standards with their clauses,
    and its file."""

    title: str
    note: str
    formula: str
    standards: tuple[str, ...]
    file: str


@dataclass(frozen=True, eq=False)
class Briefing:
    """Holds a title, the area and period it covers, and its sections.

    `previous_values` are the numbers at the last meeting, by metric and area. `decisions` are rows with headers in the
    user's language. `stamp` records who exported the briefing.
    """

    title: str
    area: str
    period: str
    version: str
    data_date: str
    sections: tuple[Section, ...]
    definitions: tuple[Definition, ...]
    sources: pl.DataFrame
    remarks: tuple[str, ...] = ()
    decisions: pl.DataFrame | None = None
    previous_values: Mapping[tuple[str, str | None], PreviousValue] = field(default_factory=dict)
    stamp: Stamp | None = None

    @property
    def nonempty_decisions(self) -> pl.DataFrame | None:
        """Returns the decisions; None if there are none."""
        return None if self.decisions is None or self.decisions.is_empty() else self.decisions

    @property
    def row_count(self) -> int:
        """Returns the number of rows and single numbers that it contains."""
        decision_count = 0 if self.decisions is None else self.decisions.height
        return decision_count + sum(section.rows.height + len(section.readings) for section in self.sections)


# Returns the annotations of a metric in a scope, each with its date.
Annotations = Callable[[str, Scope], list[tuple[date, str]]]
