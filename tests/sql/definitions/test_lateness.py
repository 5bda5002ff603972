"""Late is late by the calendar: two dates for what a district sent, and a judgement that needs no rebuild."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import polars as pl
import pytest

from etl.build.build import build_rows, rebuild_models
from etl.build.rows_folder import write_rows
from etl.ingest.errors import SourceError
from sql import query
from sql.calendar_day import SHANGHAI, calendar_day
from sql.quality.reporting import find_gaps
from sql.semantic.alerts import open_alerts
from sql.semantic.metrics import metric
from sql.warehouse import Version, connect, current_version, open_frozen
from tests.helpers.warehouse.world import AREAS, CITY, EAST, Row, population, publish, scope, standard, worker, write

DISTRICT = "庆阳市"
SENT = "2024-07-05"


def sent_on(path: Path, day: date | str) -> None:
    """Sets the time at which a file was last written to noon of a day."""
    noon = datetime.combine(date.fromisoformat(str(day)), time(12), SHANGHAI).timestamp()
    os.utime(path, (noon, noon))


def request(number: int, day: date | str) -> Row:
    return {
        "request_id": f"R{number}",
        "kind": "livelihood",
        "area_code": EAST,
        "raised_at": f"{day} 09:00",
        "is_resolved": False,
    }


def dates(version: Version, table: str) -> dict[str, object]:
    """Returns the row of one table in the reporting status as the quality page has it."""
    rows = query("report_status", scope(version), area=None)
    return rows.row(by_predicate=pl.col("table_name") == table, named=True)


def reach(version: Version, table: str) -> tuple[str, str, str, str]:
    """Returns of one table: status, received on, covers until and due on."""
    row = dates(version, table)
    return row["status"], str(row["received_on"]), str(row["covers_until"]), str(row["due_on"])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Returns a folder with areas and a roster whose last hire is of 2019, written on 5 July 2024."""
    folder = write(tmp_path / "source", DISTRICT, areas=AREAS, workers=[worker("W1", EAST, "2019-03-01")])
    sent_on(folder / DISTRICT / "workers.csv", SENT)
    return folder


def test_a_roster_reaches_the_day_it_came_and_not_its_last_hire(source, tmp_path):
    yesterday = calendar_day() - timedelta(days=1)
    sent_on(source / DISTRICT / "workers.csv", yesterday)
    version = publish(source, tmp_path / "warehouse")[1]
    due = yesterday + timedelta(days=120)
    assert reach(version, "workers") == ("reported", str(yesterday), str(yesterday), str(due))
    # The same version, on the day it is due and on the day after.
    assert reach(replace(version, today=due), "workers")[0] == "reported"
    assert reach(replace(version, today=due + timedelta(days=1)), "workers")[0] == "overdue"


@pytest.mark.parametrize(
    ("name", "as_of", "covers_until"),
    [
        ("社区工作者", None, SENT),
        ("社区工作者2024年3月", None, "2024-03-31"),
        ("社区工作者_20240415", None, "2024-04-15"),
        ("社区工作者2024年3月", "2024-02-29", "2024-02-29"),
        # A name cannot date a file after the day on which it is read.
        ("社区工作者2099年3月", None, str(calendar_day())),
    ],
)
def test_a_roster_reaches_the_day_that_it_declares(source, tmp_path, name, as_of, covers_until):
    (source / DISTRICT / "workers.csv").unlink()
    write(source, DISTRICT, **{name: [worker("W1", EAST, "2019-03-01", **({"as_of": as_of} if as_of else {}))]})
    sent_on(source / DISTRICT / f"{name}.csv", SENT)
    version = publish(source, tmp_path / "warehouse")[1]
    assert reach(version, "workers")[1:3] == (SENT, covers_until)


def test_events_reach_their_newest_row_whenever_they_came(source, tmp_path):
    write(source, DISTRICT, requests=[request(1, "2024-06-10"), request(2, "2024-05-01")])
    sent_on(source / DISTRICT / "requests.csv", SENT)
    version = publish(source, tmp_path / "warehouse")[1]
    assert reach(version, "requests")[1:] == (SENT, "2024-06-10", "2024-07-15")


def test_requests_forty_days_back_are_overdue_today_and_were_not_ten_days_ago(source, tmp_path):
    newest = calendar_day() - timedelta(days=40)
    sent_on(source / DISTRICT / "workers.csv", newest)
    write(
        source,
        DISTRICT,
        requests=[request(1, newest)],
        population=[population(EAST, str(newest), 3000)],
        standards=[standard(18, CITY, "2021-01-01")],
    )
    today = publish(source, tmp_path / "warehouse")[1]
    earlier = replace(today, today=calendar_day() - timedelta(days=10))
    alerts = {
        version: [(alert.value, alert.limit) for alert in open_alerts(scope(version)) if alert.name == "tables_overdue"]
        for version in (today, earlier)
    }
    gaps = {version: find_gaps(metric("requests_raised", version), scope(version)) for version in (today, earlier)}
    assert (reach(today, "requests")[0], reach(earlier, "requests")[0]) == ("overdue", "reported")
    assert alerts == {today: [(40, 35)], earlier: []}
    assert [gap.covers_until for gap in gaps[today]] == [newest] and gaps[earlier] == ()
    # Nothing is asked of a table that is sent on change, however old it is.
    assert reach(replace(today, today=date(2999, 1, 1)), "areas")[0] == "reported"


def test_numbers_of_an_earlier_period_go_by_its_end(source, tmp_path):
    write(source, DISTRICT, requests=[request(1, "2024-06-30")], population=[population(EAST, "2024-01-31", 3000)])
    version = replace(publish(source, tmp_path / "warehouse")[1], today=date(2024, 8, 5))
    (gap,) = find_gaps(metric("requests_raised", version), scope(version, "2024"))
    assert (str(gap.covers_until), str(gap.due_on)) == ("2024-06-30", "2024-08-04")
    assert find_gaps(metric("requests_raised", version), scope(version, "2024-05")) == ()


def test_the_same_content_keeps_the_day_it_first_came(source, tmp_path):
    roster = source / DISTRICT / "workers.csv"
    publish(source, tmp_path / "warehouse")
    sent_on(roster, "2024-09-01")
    assert reach(publish(source, tmp_path / "warehouse")[1], "workers")[1] == SENT
    write(source, DISTRICT, workers=[worker("W1", EAST, "2019-03-01"), worker("W2", EAST, "2019-04-01")])
    sent_on(roster, "2024-09-01")
    assert reach(publish(source, tmp_path / "warehouse")[1], "workers")[1:3] == ("2024-09-01", "2024-09-01")


def test_an_unread_roster_reaches_as_far_as_its_last_good_one(source, tmp_path):
    roster = source / DISTRICT / "workers.csv"
    publish(source, tmp_path / "warehouse")
    roster.write_bytes(b"\x00\xff\xfe no text")
    sent_on(roster, "2024-09-01")
    assert reach(publish(source, tmp_path / "warehouse")[1], "workers")[:3] == ("stale", "2024-09-01", SENT)


def test_a_roster_without_a_good_row_reaches_nothing(source, tmp_path):
    write(source, DISTRICT, workers=[worker("W1", "nowhere", "2019-03-01")], requests=[request(1, "2024-06-10")])
    assert reach(publish(source, tmp_path / "warehouse")[1], "workers")[::2] == ("failed", "None")


def test_a_real_folder_goes_by_the_calendar(source, tmp_path):
    version = publish(source, tmp_path / "warehouse")[1]
    assert (version.today, version.declared_day) == (calendar_day(), None)
    assert open_frozen(version.name, tmp_path / "warehouse").today == calendar_day()


def test_a_folder_that_declares_its_day_is_read_on_that_day(source, tmp_path):
    (source / "today.toml").write_text("today = 2024-06-20\n", encoding="utf-8")
    write(source, DISTRICT, requests=[request(1, "2024-06-10"), request(2, "2024-06-25")])
    version = publish(source, tmp_path / "warehouse")[1]
    # What is after that day has not happened, and what was sent came by then.
    assert (str(version.today), str(version.data_date)) == ("2024-06-20", "2024-06-10")
    assert reach(version, "workers")[1:3] == ("2024-06-20", "2024-06-20")
    rebuild_models(tmp_path / "warehouse")
    assert str(current_version(tmp_path / "warehouse").today) == "2024-06-20"
    assert str(open_frozen(version.name, tmp_path / "warehouse").today) == "2024-06-20"
    # --as-of wins over the folder.
    assert str(publish(source, tmp_path / "warehouse", "2024-06-30")[1].today) == "2024-06-30"


def test_a_rows_folder_carries_the_day(source, tmp_path):
    (source / "today.toml").write_text("today = 2024-06-20\n", encoding="utf-8")
    version = publish(source, tmp_path / "warehouse")[1]
    with connect(version) as connection:
        write_rows(connection, tmp_path / "rows", "demo", version.data_date, version.declared_day)
    build_rows(tmp_path / "rows", tmp_path / "copy")
    assert str(current_version(tmp_path / "copy").today) == "2024-06-20"


@pytest.mark.parametrize("text", ["today = 7", 'today = "2024-06-20"', "today = 2024-06-20T10:00:00", "= ", ""])
def test_a_declaration_that_holds_no_date_is_refused(source, tmp_path, text):
    (source / "today.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=r"today\.toml.*delete"):
        publish(source, tmp_path / "warehouse")
