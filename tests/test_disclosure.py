"""Small counts of people in what leaves the product: no reader works one out, tried with every table there can be."""
from __future__ import annotations

import itertools

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from sql.disclosure import FEWEST, SMALL, WITHHELD, protected

COUNTS = {"value": ()}


def published(values: list[int], **by: list[str]) -> list[str]:
    """What is told of counts by one or two dimensions, as text."""
    rows = protected(pl.DataFrame({**by, "value": values}), COUNTS, list(by))
    return rows["value"].cast(pl.String).to_list()


def possible(told: str, true: int) -> range:
    """What a reader holds possible of a count that is told so. Of one withheld it may be anything: a few around the truth
    are enough, for each table found is one that agrees with all that is told."""
    return range(1, FEWEST) if told == SMALL else range(max(0, true - 2), true + 3) if told == WITHHELD else range(true, true + 1)


def found(truth: list[int], cells: list[str], rows: list[str], columns: list[str], total: str) -> list[set[int]]:
    """Every value that each cell has in some whole table that agrees with all that is told, by trying them.

    `cells` are told row by row, `rows` and `columns` their totals; each is as it is told.
    """
    width = len(columns)
    by_row = [sum(truth[place * width:(place + 1) * width]) for place in range(len(rows))]
    by_column = [sum(truth[place::width]) for place in range(width)]
    lines = [
        [
            line for line in itertools.product(*(
                possible(cells[place], truth[place]) for place in range(row * width, (row + 1) * width)
            ))
            if sum(line) in possible(rows[row], by_row[row])
        ]
        for row in range(len(rows))
    ]
    # From the last row back: the sums of the columns from which the totals can still be reached.
    goals = [{
        sums for sums in itertools.product(*(possible(told, true) for told, true in zip(columns, by_column, strict=True)))
        if sum(sums) in possible(total, sum(truth))
    }]
    for each in reversed(lines):
        goals.append({_taken(sums, line) for sums in goals[-1] for line in each if min(_taken(sums, line)) >= 0})
    values = [set() for _ in cells]
    begun = {(0,) * width}
    for row, (each, goal) in enumerate(zip(lines, reversed(goals[:-1]), strict=True)):
        reached = {(sums, line): tuple(map(sum, zip(sums, line, strict=True))) for sums in begun for line in each}
        begun = {sums for sums in reached.values() if sums in goal}
        for (_sums, line), sums in reached.items():
            for at, value in enumerate(line if sums in goal else ()):
                values[row * width + at].add(value)
    return values


def _taken(sums: tuple[int, ...], line: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(all_of - one for all_of, one in zip(sums, line, strict=True))


def told_of(total: int) -> str:
    return SMALL if 0 < total < FEWEST else str(total)


def assert_safe(cells: list[str], truth: list[int], values: list[set[int]]) -> None:
    for told, true, able in zip(cells, truth, values, strict=True):
        assert true in able
        if 0 < true < FEWEST:
            assert told in (SMALL, WITHHELD) and len(able) >= 2, (cells, truth, values)
        elif true == 0 and told != "0":
            assert told == WITHHELD


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=5))
def test_no_count_of_one_dimension_is_found_from_the_total(truth):
    cells = published(truth, area=[str(place) for place in range(len(truth))])
    total = told_of(sum(truth))
    # Crossed by nothing: a column for each, whose own total nobody tells.
    assert_safe(cells, truth, found(truth, cells, [total], [WITHHELD] * len(cells), total))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 3), st.integers(2, 3), st.data())
def test_no_count_of_two_dimensions_is_found_from_the_totals_of_both(height, width, data):
    truth = data.draw(st.lists(st.integers(0, 7), min_size=height * width, max_size=height * width))
    areas = [f"a{place // width}" for place in range(len(truth))]
    kinds = [f"k{place % width}" for place in range(len(truth))]
    cells = published(truth, area=areas, kind=kinds)
    by_area = [sum(truth[row * width:(row + 1) * width]) for row in range(height)]
    by_kind = [sum(truth[column::width]) for column in range(width)]
    told = (
        published(by_area, area=[str(place) for place in range(height)]),
        published(by_kind, kind=[str(place) for place in range(width)]),
        told_of(sum(truth)),
    )
    assert_safe(cells, truth, found(truth, cells, *told))


def test_the_smallest_of_the_others_is_withheld_with_a_small_count():
    # 3 of 22: the 7 goes with it, for 22 − 12 − 0 − 7 would be 3. Nobody is no person.
    assert published([3, 7, 12, 0], area=list("ABCD")) == [SMALL, WITHHELD, "12", "0"]
    # Two small ones hide each other: 3 + 2 may be 1 + 4 as well.
    assert published([3, 2, 12], area=list("ABC")) == [SMALL, SMALL, "12"]
    # 1 + 1 = 2 may be nothing else, and neither may 4 + 4 = 8.
    assert published([1, 1, 12, 20], area=list("ABCD")) == [SMALL, SMALL, WITHHELD, "20"]
    assert published([4, 4, 12, 20], area=list("ABCD")) == [SMALL, SMALL, WITHHELD, "20"]
    # Where there is nobody else, neither is said to be small.
    assert published([4, 4], area=list("AB")) == [WITHHELD, WITHHELD]
    # Who knows that only five or more are withheld beside a small one finds the 1 beside a 5 of 6: the 9 goes instead.
    assert published([1, 5, 9], area=list("ABC")) == [SMALL, "5", WITHHELD]


def test_of_two_dimensions_a_rectangle_is_withheld():
    # Rows 3 6 20 | 10 11 30: of the columns the second costs 17, the third 50.
    areas, kinds = [*"AAABBB"], [*"xyzxyz"]
    assert published([3, 6, 20, 10, 11, 30], area=areas, kind=kinds) == [SMALL, WITHHELD, "20", WITHHELD, WITHHELD, "30"]


def test_along_time_a_level_does_not_add_up():
    months = pl.DataFrame({"month": ["1", "2", "3"], "value": [3, 7, 8]})
    assert protected(months, COUNTS, ["month"], [])["value"].to_list() == [SMALL, "7", "8"]
    assert protected(months, COUNTS, ["month"])["value"].to_list() == [SMALL, WITHHELD, "8"]


def test_what_would_give_a_count_away_goes_with_it():
    rows = pl.DataFrame({
        "area": [*"ABC"], "value": [60.0, 50.0, 40.0], "numerator": [3.0, 10.0, 40.0], "denominator": [5.0, 20.0, 100.0],
    })
    told = protected(rows, {"numerator": ("value",), "denominator": ("value", "numerator")}, ["area"])
    assert told["value"].to_list() == [WITHHELD, WITHHELD, "40"]
    assert told["numerator"].to_list() == [SMALL, WITHHELD, "40"]
    # Those below the line are five and more: they stay as they are, and numbers.
    assert told["denominator"].to_list() == [5.0, 20.0, 100.0]


def test_counts_that_are_not_known_stay_empty():
    rows = pl.DataFrame({"area": [*"ABC"], "value": [None, 4, 9]})
    assert protected(rows, COUNTS, ["area"])["value"].to_list() == [None, SMALL, WITHHELD]
