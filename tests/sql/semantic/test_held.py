"""Numbers that are held because a district's file was mostly sent back, or lost its rows: worked out by hand.

A city of two districts: one sends the county 621002 (EAST and WEST), the other 621021 (SOUTH).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sql import metric
from sql.semantic.readings import read_metric, with_status
from sql.warehouse import Version
from tests.helpers.warehouse.world import (
    AREAS,
    CITY,
    COUNTY,
    EAST,
    OTHER_COUNTY,
    SOUTH,
    STREET,
    WEST,
    Row,
    population,
    publish,
    scope,
    standard,
    value,
    values,
    worker,
    workers,
    write,
)

NORTH_AREAS = [row for row in AREAS if not str(row["area_code"]).startswith("621021")]
SOUTH_AREAS = [row for row in AREAS if str(row["area_code"]).startswith("621021")]
# A date that no reader can make sense of: the row is sent back.
BROKEN = {"hire_date": "二〇二〇年元月"}


def send(
    folder: Path, north: list[Row], south: list[Row], as_of: str = "2024-06-30", standards: list[Row] | None = None
) -> Version:
    """Builds what two districts send, each with 10,000 residents a community; returns the version."""
    write(
        folder / "source",
        "北县",
        areas=NORTH_AREAS,
        population=[population(code, "2023-12-31", 10_000) for code in (EAST, WEST)],
        workers=north,
        standards=standards or [],
    )
    write(
        folder / "source",
        "南县",
        areas=SOUTH_AREAS,
        population=[population(SOUTH, "2023-12-31", 10_000)],
        workers=south,
    )
    return publish(folder / "source", folder / "warehouse", as_of)[1]


def test_a_file_of_which_more_than_a_twentieth_was_sent_back_is_held(tmp_path):
    # 2 of 40 rows are exactly 5 %: used. 3 of 41 are not.
    south = [*workers(38, SOUTH), worker("B1", SOUTH, **BROKEN), worker("B2", SOUTH, **BROKEN)]
    used = send(tmp_path, workers(40, EAST), south)
    assert value(used, "workers", area_code=OTHER_COUNTY) == 38
    held = send(tmp_path, workers(40, EAST), [*south, worker("B3", SOUTH, **BROKEN)])
    subject = metric("workers", held)
    assert value(held, "workers", area_code=OTHER_COUNTY) is None
    (table,) = subject.held_tables(scope(held, area_code=OTHER_COUNTY))
    assert (table.table, table.district_name, table.reason) == ("workers", f"区划{OTHER_COUNTY}", "rejected")
    assert (table.rows_read, table.rows_rejected, table.is_held) == (41, 3, True)
    # Half of the city's rows are of that file, so the city's number is held as well; the other county's is not.
    assert value(held, "workers", area_code=CITY) is None
    assert values(held, "workers", "county", area_code=CITY) == {COUNTY: 40, OTHER_COUNTY: None}


def test_everything_below_and_every_breakdown_is_held(tmp_path):
    held = send(tmp_path, workers(40, EAST), [*workers(9, SOUTH), worker("B", SOUTH, **BROKEN)])
    for area in (OTHER_COUNTY, SOUTH):
        assert value(held, "workers", area_code=area) is None
        # A count is not 0 either.
        assert value(held, "worker_leavers", area_code=area) is None
    assert set(values(held, "workers", "month", "2024", OTHER_COUNTY).values()) == {None}
    assert set(values(held, "workers", "post", area_code=OTHER_COUNTY).values()) <= {None}
    # What counts no workers is not held.
    assert value(held, "urban_residents", area_code=OTHER_COUNTY) == 10_000
    assert value(held, "staffing_ratio", area_code=OTHER_COUNTY) is None


def test_a_district_of_a_twentieth_is_left_out_above_and_below_the_line(tmp_path):
    # 2 of 42 rows are 4.8 % of the city's: the city is counted without that county, and without its residents.
    held = send(tmp_path, workers(40, EAST), [worker("S", SOUTH), worker("B", SOUTH, **BROKEN)])
    row = metric("staffing_ratio", held).rows(scope(held, area_code=CITY)).row(0, named=True)
    assert (row["value"], row["numerator"], row["denominator"]) == (20, 40, 20_000)
    (table,) = metric("workers", held).held_tables(scope(held, area_code=CITY))
    assert not table.is_held
    assert values(held, "staffing_ratio", "county", area_code=CITY) == {COUNTY: 20, OTHER_COUNTY: None}


def test_held_numbers_have_no_standard_no_status_and_no_comparison(tmp_path):
    held = send(tmp_path, workers(40, EAST), [*workers(9, SOUTH), worker("B", SOUTH, **BROKEN)])
    ratio = metric("staffing_ratio", held)
    reading = read_metric(ratio, scope(held, area_code=OTHER_COUNTY))
    assert (reading.value, reading.standard, reading.status) == (None, None, "held")
    assert (reading.year_change, reading.previous_change) == (None, None)
    rows = with_status(ratio.rows(scope(held, area_code=CITY), by="county"), ratio)
    assert dict(rows.select("county", "status").iter_rows()) == {COUNTY: "on_target", OTHER_COUNTY: "held"}
    # Without held rows there is no such column.
    assert "is_held" not in ratio.rows(scope(held, area_code=COUNTY), by="street").columns


def test_a_file_that_lost_its_rows_is_held_until_they_are_back(tmp_path):
    first = send(tmp_path, workers(40, EAST), workers(10, SOUTH))
    assert value(first, "workers", area_code=OTHER_COUNTY) == 10
    # 8 of 10: a fifth is gone, no more. Used.
    assert value(send(tmp_path, workers(40, EAST), workers(8, SOUTH)), "workers", area_code=OTHER_COUNTY) == 8
    # 6 of 8: more than a fifth.
    fallen = send(tmp_path, workers(40, EAST), workers(6, SOUTH))
    (table,) = metric("workers", fallen).held_tables(scope(fallen, area_code=OTHER_COUNTY))
    assert (table.reason, table.rows_now, table.rows_before) == ("fallen", 6, 8)
    assert value(fallen, "workers", area_code=OTHER_COUNTY) is None
    # Sent once more, it is still compared with the last version in use.
    again = send(tmp_path, workers(40, EAST), workers(6, SOUTH))
    assert value(again, "workers", area_code=OTHER_COUNTY) is None
    assert value(send(tmp_path, workers(40, EAST), workers(7, SOUTH)), "workers", area_code=OTHER_COUNTY) == 7


def test_leavers_explain_a_fall(tmp_path):
    send(tmp_path, workers(40, EAST), workers(10, SOUTH))
    # Five stand; five left in July.
    south = [
        {**row, "leave_date": "2024-07-15"} if number < 5 else row for number, row in enumerate(workers(10, SOUTH))
    ]
    used = send(tmp_path, workers(40, EAST), south, "2024-07-31")
    assert value(used, "workers", area_code=OTHER_COUNTY) == 5
    # Of ten, five left and three are gone without a word: three of ten are more than a fifth.
    other = tmp_path / "other"
    send(other, workers(40, EAST), workers(10, SOUTH))
    assert value(send(other, workers(40, EAST), south[:7], "2024-07-31"), "workers", area_code=OTHER_COUNTY) is None


def test_leavers_entered_late_explain_a_fall_too(tmp_path):
    send(tmp_path, workers(40, EAST), workers(10, SOUTH))
    # Five had left in March, before the version in use; nobody had entered it.
    south = [
        {**row, "leave_date": "2024-03-15"} if number < 5 else row for number, row in enumerate(workers(10, SOUTH))
    ]
    assert value(send(tmp_path, workers(40, EAST), south), "workers", area_code=OTHER_COUNTY) == 5


def test_a_place_sets_its_own_share(tmp_path):
    south = [*workers(9, SOUTH), worker("B", SOUTH, **BROKEN)]
    lenient = [standard(10, None, "2023-01-01", standard="held_share")]
    assert value(send(tmp_path, workers(40, EAST), south, standards=lenient), "workers", area_code=OTHER_COUNTY) == 9


def test_the_last_value_in_use_stands_beside(tmp_path):
    send(tmp_path, workers(40, EAST), workers(10, SOUTH), "2024-05-31")
    held = send(
        tmp_path, workers(40, EAST), [*workers(2, SOUTH), *(worker(f"B{n}", SOUTH, **BROKEN) for n in range(8))]
    )
    reading = read_metric(metric("workers", held), scope(held, area_code=OTHER_COUNTY))
    assert reading.last_good is not None
    assert (reading.last_good.value, str(reading.last_good.data_date)) == (10, "2024-05-31")
    # Where there is no earlier version nothing stands there.
    alone = send(tmp_path / "alone", workers(40, EAST), [*workers(2, SOUTH), worker("B", SOUTH, **BROKEN)])
    assert read_metric(metric("workers", alone), scope(alone, area_code=OTHER_COUNTY)).last_good is None


def test_a_user_of_a_community_sees_that_its_district_is_held(tmp_path):
    held = send(tmp_path, workers(40, EAST), [*workers(9, SOUTH), worker("B", SOUTH, **BROKEN)])
    for area in (SOUTH, OTHER_COUNTY, CITY):
        own = held.restrict_to(area)
        assert value(own, "workers", area_code=area) is None, area
        assert value(own, "workers") is None, area
    assert value(held.restrict_to(STREET), "workers", area_code=STREET) == 40


@pytest.mark.parametrize("missing", ["raw.table_counts", "intermediate.held_areas"])
def test_the_models_are_in_every_version(tmp_path, missing):
    version = send(tmp_path, workers(4, EAST), workers(4, SOUTH))
    schema, name = missing.split(".")
    found = version.rows(
        "select table_name from information_schema.tables where table_schema = $schema and table_name = $name",
        {"schema": schema, "name": name},
    )
    assert found.height == 1
