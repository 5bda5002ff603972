"""A briefing, whatever file it is written to: sections with a finding, rows and a kind of chart, and what explains
them."""

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
# Areas named at either end of a ranking.
AREAS_PER_END = 5
# The innermost first: what is in it has no bracket of its own, unless behind a backslash.
_COLOURED = re.compile(r":(?:small|green|orange|gray|red|blue|violet|primary)\[((?:\\.|[^\[\]\\])*)\]")
_ESCAPED = re.compile(r"\\([\\`*_\[\]()<>#:$~|!-])")
# What XML can't hold, what turns the direction of writing, and the joiner that keeps an address of a page from being a
# link.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2060\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")


def plain(text: str) -> str:
    """A text of the pages without Streamlit's markdown: colours, bold, backslashes before signs; fit for XML."""
    found = text.replace("**", "")
    while (bare := _COLOURED.sub(r"\1", found)) != found:
        found = bare
    return printable(_ESCAPED.sub(r"\1", found)).strip()


def printable(text: str) -> str:
    """A text of the data without what no file format can hold."""
    return _UNPRINTABLE.sub("", text)


@dataclass(frozen=True)
class PreviousValue:
    """What a number was on the day of the last meeting."""

    value: float
    day: date


@dataclass(frozen=True, eq=False)
class Section:
    """One finding with its rows.

    `kind` is the chart that shows them: `bars` by the one dimension of `by`, `line` by month or so (the last of `by`),
    `numbers` for single numbers, which are `readings` and have no rows, `none` for a table alone. `headers` name the
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
        """Gives the metric whose values are drawn or compared. Raises LookupError where the rows are no metric's."""
        if self.metric is None:
            raise LookupError(f"{self.headline!r} has no metric")
        return self.metric


@dataclass(frozen=True)
class Definition:
    """What a metric means here: its words, the formula with today's numbers, the standards with their clauses, its
    file."""

    title: str
    note: str
    formula: str
    standards: tuple[str, ...]
    file: str


@dataclass(frozen=True, eq=False)
class Briefing:
    """A title, what it is about, and its sections; `earlier` has what numbers were at the last meeting, by metric and
    area; `decisions` are rows with their headers in the reader's language; `stamp` tells who took it away."""

    title: str
    area: str
    period: str
    version: str
    data_date: date
    sections: tuple[Section, ...]
    definitions: tuple[Definition, ...]
    sources: pl.DataFrame
    remarks: tuple[str, ...] = ()
    decisions: pl.DataFrame | None = None
    previous_values: Mapping[tuple[str, str | None], PreviousValue] = field(default_factory=dict)
    stamp: Stamp | None = None

    @property
    def nonempty_decisions(self) -> pl.DataFrame | None:
        """Gives the decisions where there are any."""
        return None if self.decisions is None or self.decisions.is_empty() else self.decisions

    @property
    def row_count(self) -> int:
        """How many rows and single numbers it tells."""
        decided = 0 if self.decisions is None else self.decisions.height
        return decided + sum(section.rows.height + len(section.readings) for section in self.sections)


# An analyst's notes on a metric and a scope, each with its day.
Annotations = Callable[[str, Scope], list[tuple[date, str]]]
