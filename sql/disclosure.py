"""Counts of people under five in what leaves the product: `<5` in their place, and as many others withheld as it takes.

A count that is withheld can be found by taking the shown ones from their total. The counts of a table and its totals
are a circulation: from a total into its line, through a cell into the line that crosses it, into the other total. A
withheld count is safe where another whole table tells the same: where it can be one more or one less, and the
difference goes round through others that are withheld. Where it can't, the smallest counts of the cheapest way round
are withheld as well (Kelly, Golden and Assad: Cell suppression, Networks 22, 1992; ESSnet Handbook on Statistical
Disclosure Control, 4.2 and 4.4).

Nobody is no person: 0 stays 0. What is withheld beside a small count is taken to be known to be five or more, where
that is possible, so that who knows these rules learns nothing either.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from math import inf

import polars as pl

from sql.dimensions import TIME_DIMENSIONS
from sql.files import SqlFile, projections
from sql.metrics import Metric

FEWEST = 5
SMALL, WITHHELD = f"<{FEWEST}", "*"
# A count of people, and the columns by which it could be worked out.
Counted = Mapping[str, tuple[str, ...]]
_OF_HEADER = re.compile(r"(\w+)\s*(?:\(([^)]*)\))?")


@dataclass
class _Arc:
    """A count on its way from one total to another. `low` and `high` are what a reader knows of it."""

    tail: Hashable
    head: Hashable
    value: float
    low: float
    high: float
    place: int | None = None

    @property
    def is_shown(self) -> bool:
        return self.low == self.high


def counted(file: SqlFile) -> dict[str, tuple[str, ...]]:
    """The columns of a file's rows that count people, each with those that would give it away.

    A query or a check says so in its header: `-- people: workers (share), attended`. Of a metric its value counts
    people where its unit is people or person-times, and its denominator where it is not told of few; `-- people: none`
    says that nothing does.
    """
    if "people" in file.header:
        said = file.header["people"]
        return (
            {}
            if said == "none"
            else {name: tuple(filter(None, re.split(r"[,\s]+", given))) for name, given in _OF_HEADER.findall(said)}
        )
    if file.folder != "metrics":
        return {}
    names = projections(file.path, file.text)
    if file.header["unit"] in ("people", "person_times") and "denominator" not in names:
        return {"value": ()}
    if "fewest_people" not in file.header:
        return {}
    share = {"numerator": ("value",)} if file.header["unit"] == "percent" else {}
    return share | {"denominator": ("value", "numerator")}


def lines_of(metric: Metric, by: Sequence[str]) -> list[str]:
    """Of the dimensions of a metric's rows those along which they add up to what is shown: a level does not, over
    time."""
    return [name for name in by if metric.over_time != "latest" or name not in TIME_DIMENSIONS]


def protected(
    rows: pl.DataFrame, columns: Counted, by: Sequence[str], lines: Sequence[str] | None = None
) -> pl.DataFrame:
    """The rows with `<5` in place of small counts of people, and `*` for what would give them away.

    `columns` are those that rows may have; `by` their dimensions, along which they add up to totals that are shown, or
    along `lines` alone. A column with something withheld comes back as text, another as it is.
    """
    marks: dict[str, list[str | None]] = {}
    by = [name for name in by if name in rows.columns]
    for name, given in columns.items():
        if name not in rows.columns:
            continue
        withheld = _withheld(rows, name, by, by if lines is None else [line for line in lines if line in by])
        for column in (name, *given):
            own = marks.setdefault(column, [None] * rows.height)
            for place, mark in withheld.items():
                # A share of few is no count: that it is withheld is all there is to say.
                own[place] = own[place] or (mark if column == name else WITHHELD)
    return marked(rows, marks)


def marked(rows: pl.DataFrame, marks: Mapping[str, Sequence[str | None]]) -> pl.DataFrame:
    """The rows with marks in place of the values where there are any; such a column is text."""
    told = [
        pl.Series(name, [mark or _text(value) for mark, value in zip(own, rows[name], strict=True)], dtype=pl.String)
        for name, own in marks.items()
        if name in rows.columns and any(own)
    ]
    return rows.with_columns(told)


def withheld_together(rows: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Rows in which no count of people is withheld alone: columns may be parts of one another, or add up to a third."""
    numbers = {name: rows[name].cast(pl.Float64, strict=False).to_list() for name in columns}
    texts = {name: rows[name].cast(pl.String).to_list() for name in columns}
    marks: dict[str, list[str | None]] = {name: [None] * rows.height for name in columns}
    for place in range(rows.height):
        hidden = [name for name in columns if texts[name][place] in (SMALL, WITHHELD)]
        others = [name for name in columns if numbers[name][place]]
        if len(hidden) == 1 and others:
            marks[min(others, key=lambda name: abs(numbers[name][place]))][place] = WITHHELD
    return marked(rows, marks)


def is_small(value: float | None) -> bool:
    """Whether a count of people is too small to be told."""
    return value is not None and 0 < abs(value) < FEWEST


def _withheld(rows: pl.DataFrame, name: str, by: Sequence[str], lines: Sequence[str]) -> dict[int, str]:
    """What stands in place of the counts of a column that are withheld, by row."""
    values = rows[name].cast(pl.Float64).to_list()
    if not any(map(is_small, values)):
        return {}
    # A cell goes from the line of its other dimensions, along which it adds up by the first, to the line that crosses
    # it.
    first, rest = (lines[0], [one for one in by if one != lines[0]]) if lines else (None, list(by))
    tails = rows.select(rest).rows() if rest else [()] * rows.height
    heads = rows[first].to_list() if first and rest else range(rows.height)
    cells = [
        _Arc(("tail", tail), ("head", head), value, *_known(value), place)
        for place, (value, tail, head) in enumerate(zip(values, tails, heads, strict=True))
        if value is not None
    ]
    _make_safe(cells, bool(first), any(one in lines for one in rest))
    return {
        arc.place: SMALL if arc.high - arc.low < FEWEST else WITHHELD
        for arc in cells
        if arc.place is not None and not arc.is_shown
    }


def _make_safe(cells: list[_Arc], tails_are_shown: bool, heads_are_shown: bool) -> None:
    """Withhold of the cells what it takes that no small one is found from the totals at their ends."""
    total = sum(arc.value for arc in cells)
    arcs = [
        *cells,
        *_totals(cells, "tail", tails_are_shown),
        *_totals(cells, "head", heads_are_shown),
        _Arc("heads", "tails", total, *(_known(total) if tails_are_shown or heads_are_shown else (-inf, inf))),
    ]
    safe: set[int] = set()
    for arc in cells:
        if is_small(arc.value) and id(arc) not in safe:
            safe.update(map(id, _made_safe(arc, arcs)))


def _totals(cells: list[_Arc], end: str, are_shown: bool) -> Iterator[_Arc]:
    """The totals of the lines at one end of the cells, which come together in the total of all."""
    sums: dict[Hashable, float] = {}
    for arc in cells:
        sums[getattr(arc, end)] = sums.get(getattr(arc, end), 0.0) + arc.value
    known = [_Arc("tail", place, value, *_known(value), place) for place, value in enumerate(sums.values())]
    if are_shown and len(known) > 1:
        # Totals are a table of one dimension, of which small ones are withheld in the same way.
        _make_safe(known, True, False)
    for (line, value), told in zip(sums.items(), known, strict=True):
        low, high = (told.low, told.high) if are_shown else (-inf, inf)
        yield _Arc("tails", line, value, low, high) if end == "tail" else _Arc(line, "heads", value, low, high)


def _known(value: float) -> tuple[float, float]:
    """What a reader knows of a count that is told, or of one in whose place `<5` stands."""
    if not is_small(value):
        return value, value
    return (1, FEWEST - 1) if value > 0 else (1 - FEWEST, -1)


def _made_safe(arc: _Arc, arcs: list[_Arc]) -> list[_Arc]:
    """Withhold what it takes for a small count to have another possible value; all the counts that may then change."""
    for least, with_zeros in ((FEWEST, False), (0, False), (0, True)):
        ways = [
            way
            for step in (1, -1)
            if arc.low <= arc.value + step <= arc.high and (way := _way(arc, step, arcs, least, with_zeros)) is not None
        ]
        if ways:
            way = min(ways, key=lambda way: sum(map(_cost, way)))
            for other in way:
                if other.is_shown:
                    other.low, other.high = _unknown(other, least)
            return [arc, *way]
    told_small = [
        other for other in arcs if other.place is not None and is_small(other.value) and other.high - other.low < FEWEST
    ]
    # 4 + 4 = 8 can be nothing else: then neither is said to be small.
    for other in told_small:
        other.low, other.high = _unknown(other, 0)
    return _made_safe(arc, arcs) if told_small else [arc]


def _unknown(arc: _Arc, least: float) -> tuple[float, float]:
    """What a reader knows of a count that is withheld beside a small one."""
    least = min(least, abs(arc.value))
    return (least, inf) if arc.value >= 0 else (-inf, -least)


def _cost(arc: _Arc) -> float:
    # Of counts the smallest goes first; whatever is withheld already costs nothing.
    return 1 + abs(arc.value) if arc.is_shown else 0.0


def _way(arc: _Arc, step: int, arcs: list[_Arc], least: float, with_zeros: bool) -> list[_Arc] | None:
    """The cheapest way round by which a count may be one more, or one less: from where it ends to where it begins."""
    start, goal = (arc.head, arc.tail) if step > 0 else (arc.tail, arc.head)
    steps: dict[Hashable, list[tuple[Hashable, float, _Arc]]] = {}
    for other in arcs:
        # Totals stand elsewhere as well: what is shown of them can't be withheld here.
        if other is arc or (other.is_shown and (other.place is None or (other.value == 0 and not with_zeros))):
            continue
        low, high = _unknown(other, least) if other.is_shown else (other.low, other.high)
        if other.value + 1 <= high:
            steps.setdefault(other.tail, []).append((other.head, _cost(other), other))
        if other.value - 1 >= low:
            steps.setdefault(other.head, []).append((other.tail, _cost(other), other))
    best: dict[Hashable, float] = {start: 0.0}
    came: dict[Hashable, tuple[Hashable, _Arc]] = {}
    number = count()
    queue: list[tuple[float, int, Hashable]] = [(0.0, next(number), start)]
    while queue:
        cost, _number, node = heapq.heappop(queue)
        if node == goal:
            break
        for after, more, other in steps.get(node, ()):
            if cost + more < best.get(after, inf):
                best[after], came[after] = cost + more, (node, other)
                heapq.heappush(queue, (cost + more, next(number), after))
    if goal not in best:
        return None
    way = []
    while goal != start:
        goal, other = came[goal]
        way.append(other)
    return way


def _text(value: object) -> str | None:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return None if value is None else str(value)
