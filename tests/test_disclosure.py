"""Small counts of people in what leaves the product: no reader works one out, tried with every table there can be."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages.briefing import assembled, document, slides, workbook
from pages.briefing.outside import outside
from pages.briefing.section import Section
from pages.ui import texts
from sql import queries, query, told
from sql.disclosure import FEWEST, SMALL, WITHHELD, protected
from sql.metrics import metric
from sql.readings import reading
from tests.login import PEOPLE, Guarded, cookies, guarded
from tests.screens import scope
from tests.sockets import visiting

COUNTS = {"value": ()}


def published(values: list[int], **by: list[str]) -> list[str]:
    """What is told of counts by one or two dimensions, as text."""
    rows = protected(pl.DataFrame({**by, "value": values}), COUNTS, list(by))
    return rows["value"].cast(pl.String).to_list()


def possible(told: str, true: int) -> range:
    """What a reader holds possible of a count that is told so. Of one withheld it may be anything: a few around the truth
    are enough, for each table found is one that agrees with all that is told."""
    return (
        range(1, FEWEST)
        if told == SMALL
        else range(max(0, true - 2), true + 3)
        if told == WITHHELD
        else range(true, true + 1)
    )


def found(truth: list[int], cells: list[str], rows: list[str], columns: list[str], total: str) -> list[set[int]]:
    """Every value that each cell has in some whole table that agrees with all that is told, by trying them.

    `cells` are told row by row, `rows` and `columns` their totals; each is as it is told.
    """
    width = len(columns)
    by_row = [sum(truth[place * width : (place + 1) * width]) for place in range(len(rows))]
    by_column = [sum(truth[place::width]) for place in range(width)]
    lines = [
        [
            line
            for line in itertools.product(
                *(possible(cells[place], truth[place]) for place in range(row * width, (row + 1) * width))
            )
            if sum(line) in possible(rows[row], by_row[row])
        ]
        for row in range(len(rows))
    ]
    # From the last row back: the sums of the columns from which the totals can still be reached.
    goals = [
        {
            sums
            for sums in itertools.product(
                *(possible(told, true) for told, true in zip(columns, by_column, strict=True))
            )
            if sum(sums) in possible(total, sum(truth))
        }
    ]
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
    for cell, true, able in zip(cells, truth, values, strict=True):
        assert true in able
        if 0 < true < FEWEST:
            assert cell in (SMALL, WITHHELD) and len(able) >= 2, (cells, truth, values)
        elif true == 0 and cell != "0":
            assert cell == WITHHELD


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
    by_area = [sum(truth[row * width : (row + 1) * width]) for row in range(height)]
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
    assert published([3, 6, 20, 10, 11, 30], area=areas, kind=kinds) == [
        SMALL,
        WITHHELD,
        "20",
        WITHHELD,
        WITHHELD,
        "30",
    ]


def test_along_time_a_level_does_not_add_up():
    months = pl.DataFrame({"month": ["1", "2", "3"], "value": [3, 7, 8]})
    assert protected(months, COUNTS, ["month"], [])["value"].to_list() == [SMALL, "7", "8"]
    assert protected(months, COUNTS, ["month"])["value"].to_list() == [SMALL, WITHHELD, "8"]


def test_what_would_give_a_count_away_goes_with_it():
    rows = pl.DataFrame(
        {
            "area": [*"ABC"],
            "value": [60.0, 50.0, 40.0],
            "numerator": [3.0, 10.0, 40.0],
            "denominator": [5.0, 20.0, 100.0],
        }
    )
    told = protected(rows, {"numerator": ("value",), "denominator": ("value", "numerator")}, ["area"])
    assert told["value"].to_list() == [WITHHELD, WITHHELD, "40"]
    assert told["numerator"].to_list() == [SMALL, WITHHELD, "40"]
    # Those below the line are five and more: they stay as they are, and numbers.
    assert told["denominator"].to_list() == [5.0, 20.0, 100.0]


def test_counts_that_are_not_known_stay_empty():
    rows = pl.DataFrame({"area": [*"ABC"], "value": [None, 4, 9]})
    assert protected(rows, COUNTS, ["area"])["value"].to_list() == [None, SMALL, WITHHELD]


STREET = "621002001"


def test_a_table_of_areas_tells_no_small_count_and_no_rate_of_one(demo):
    at, names = scope(demo, STREET), ("staffing_ratio", "secretaries", "worker_leavers", "urban_residents")
    rows = metric("staffing_ratio", demo).rows(at, by="community").select("community")
    for name in names:
        one = metric(name, demo).rows(at, by="community").select("community", pl.col("value").alias(name))
        rows = rows.join(one, on="community", maintain_order="left")
    shown = told.of_areas(rows, names, at, "community")
    # 7 secretaries of 7 communities, all of them few, could only be one each: not even that is said.
    assert rows["secretaries"].to_list() == [1] * 7 and set(shown["secretaries"]) == {WITHHELD}
    left = rows["worker_leavers"].to_list()
    assert [cell == SMALL for cell in shown["worker_leavers"]] == [0 < count < FEWEST for count in left] and any(left)
    # Residents are no small number, and the ratio is of enough workers everywhere here.
    assert shown["urban_residents"].to_list() == rows["urban_residents"].to_list()
    assert shown["staffing_ratio"].to_list() == rows["staffing_ratio"].to_list()


def test_a_query_and_a_number_alone_tell_none(demo):
    rows = query("grids_at_month_end", scope(demo, STREET))
    members = told.of_file(rows, queries.composed("grids_at_month_end", scope(demo, STREET))[0])["members"]
    exact = rows["members"].to_list()
    assert [0 < count < FEWEST for count in exact] == [cell == SMALL for cell in members] and SMALL in members
    community = scope(demo, f"{STREET}001")
    alone = told.of_reading(reading(metric("secretaries", demo), community))
    assert (alone.value, alone.mark) == (None, SMALL)
    assert told.of_reading(reading(metric("requests_raised", demo), community)).mark == ""


def test_sentences_tell_none():
    assert told.in_words("22 人中 3 人未参训，另有 14 名、0 人") == "22 人中 <5 人未参训，另有 14 名、0 人"
    assert told.in_words("3 workers short, 13 people, 3.4 people") == "<5 workers short, 13 people, 3.4 people"
    assert told.in_words("3 个社区，2026年3月，每万人 4.2 人") == "3 个社区，2026年3月，每万人 4.2 人"


def test_no_part_of_a_briefing_tells_one(demo):
    at, asked, community = scope(demo, STREET), metric("worker_leavers", demo), scope(demo, f"{STREET}001")
    rows = asked.rows(at, by="community")
    assert 0 < min(filter(None, rows["value"])) < FEWEST
    sections = [
        Section("3 人离职", "", rows, "bars", at, asked, ("community",)),
        Section(
            "", "", pl.DataFrame(), "numbers", community, readings=(reading(metric("secretaries", demo), community),)
        ),
        Section("表", "", rows, "none", at, asked, ("community",)),
    ]
    with texts.spoken("zh"):
        made = outside(assembled.briefing(at, "离职", sections))
        files = {"pptx": slides.write(made), "docx": document.write(made), "xlsx": workbook.write(made)}
    assert made.sections[0].finding == "<5 人离职"
    # What a picture draws is in a workbook of its own inside the file: there as well nothing is left of a small count.
    assert not [value for value in made.sections[0].rows["value"] if value is not None and 0 < value < FEWEST]
    for kind, content in files.items():
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            words = b"".join(parts.read(name) for name in parts.namelist() if name.endswith(".xml")).decode()
        assert "&lt;5" in words, kind


@pytest.fixture(scope="module")
def door(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A dashboard with a login, where one of two people is of the office."""
    with guarded(demo_folder, tmp_path_factory.mktemp("office")) as opened:
        opened.access.write_text(
            "".join(
                f'[[people]]\nwho = "{PEOPLE[sub]["email"]}"\nroles = ["viewer"]\narea = "621000"\noffice = {office}\n'
                for sub, office in (("qingyang", "true"), ("xifeng", "false"))
            ),
            encoding="utf-8",
        )
        yield opened


def test_the_office_has_exact_files_and_nobody_else(door, demo):
    found = {}
    for sub in ("qingyang", "xifeng"):
        kept = cookies(door.address, sub)
        with visiting(door.address, kept) as visitor:
            run = visitor.ask("workforce", {"area": STREET, "period": "2026", "view": "movement"})
            files = {name.rpartition("-")[2]: content for name, content in visitor.files(run)}
            found[sub] = pl.read_csv(io.BytesIO(files["movement_table_csv"]), infer_schema=False)
    exact = metric("worker_leavers", demo).rows(scope(demo, STREET), by="community")["value"].to_list()
    assert sorted(float(cell) for cell in found["qingyang"]["worker_leavers"]) == sorted(exact)
    assert found["xifeng"]["worker_leavers"].to_list().count(SMALL) == sum(0 < count < FEWEST for count in exact) > 0
    counts = [name for name in found["xifeng"].columns if name.startswith("worker")]
    assert not [cell for name in counts for cell in found["xifeng"][name] if re.fullmatch(r"-?[1-4](\.0)?", cell or "")]
