"""Dates with a time of day as clerks and systems write them."""

from datetime import date, datetime

import polars as pl
import pytest
import xlsxwriter

from tests.helpers.ingest.ingest_rows import VALID_ROWS, csv_text, headers
from tests.helpers.ingest.ingest_source import ingest_files, problem_cells

ACTIVITY = {"activity_id": "C1", "area_code": "621002001", "kind": "服务活动"}

HALF_PAST_TWO = datetime(2024, 3, 5, 14, 30)


def activities(tmp_path, *written):
    rows = [ACTIVITY | {"activity_id": f"C{at}", "started_at": when} for at, when in enumerate(written)]
    return ingest_files(tmp_path, {"活动.csv": csv_text("activities", rows)})


def started(intake):
    return intake.tables["activities"]["started_at"].to_list()


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-05 14:30",
        "2024-03-05 14:30:00",
        "2024/3/5 14:30:00",
        "2024/03/05 14:30",
        "2024.3.5 14:30",
        "2024年3月5日 14:30",
        "2024年3月5日14:30",
        "2024年3月5日14时30分",
        "2024年03月05日14时30分00秒",
        "2024-03-05T14:30:00",
        "2024-03-05T14:30",
        "2024-03-05 14:30:00.000",
        "45356.604166666664",
        "45356.60416667",
        "２０２４－０３－０５　１４：３０",
        " 2024-3-5 14:30 ",
    ],
)
def test_moments(tmp_path, written):
    assert started(activities(tmp_path, written)) == [HALF_PAST_TWO]


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-05T06:30:00Z",
        "2024-03-05 14:30:00+08:00",
        "2024-03-05T14:30+0800",
        "2024-03-05T01:30:00.000-05:00",
        "2024-03-05 12:00:00 +05:30",
        "2024-03-04T22:45:00-07:45",
    ],
)
def test_a_zone_is_converted_to_shanghai(tmp_path, written):
    assert started(activities(tmp_path, written)) == [HALF_PAST_TWO]


@pytest.mark.parametrize("written", ["2024-03-05", "2024/3/5", "20240305", "2024年3月5日", "45356", "45356.0"])
def test_a_date_alone_is_its_midnight(tmp_path, written):
    assert started(activities(tmp_path, written)) == [datetime(2024, 3, 5)]


def test_mixed_formats_in_one_column(tmp_path):
    times = ["2024/3/5 14:30"] * 3 + ["2024-03-05", "2024-03-05T06:30:00Z", "45356.25", "2024年3月5日8时"]
    assert started(activities(tmp_path, *times)) == [
        *[HALF_PAST_TWO] * 3,
        datetime(2024, 3, 5),
        HALF_PAST_TWO,
        datetime(2024, 3, 5, 6),
        datetime(2024, 3, 5, 8),
    ]


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-05 25:00",
        "2024-03-05 14:60",
        "2024-02-30 10:00",
        "昨天下午",
        "14:30",
        "1024-03-05 14:30",
        "2150-01-01 00:00",
        "99999.5",
        "3/5/2024 14:30",
        "2024-03-05 14:30 CST",
    ],
)
def test_an_invalid_moment(tmp_path, written):
    intake = activities(tmp_path, written)
    assert intake.tables["activities"].is_empty()
    assert intake.rejects.select("column_name", "reason_zh", "reason_en").rows() == [
        (
            "started_at",
            f"开始时间 '{written}' 不是日期和时间；请写成 2024-03-05 14:30 的样子",
            f"started_at '{written}' is not a date and time; write it as 2024-03-05 14:30",
        )
    ]


def test_an_empty_moment(tmp_path):
    intake = activities(tmp_path, "2024-03-05 14:30", "-")
    assert problem_cells(intake) == [(3, "started_at", None)]


def test_cells_of_a_workbook(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        sheet = book.add_worksheet()
        names = headers("activities")
        sheet.write_row(0, 0, [names[column] for column in (*ACTIVITY, "started_at")])
        as_time = book.add_format({"num_format": "yyyy/m/d h:mm"})
        cells = [
            (HALF_PAST_TWO, as_time),
            (datetime(2024, 3, 5, 14, 30, 27), as_time),
            (datetime(2024, 3, 5), book.add_format({"num_format": "yyyy-mm-dd"})),
            (45356.604166666664, None),
            ("2024年3月5日 14:30", None),
        ]
        for at, (value, form) in enumerate(cells, 1):
            sheet.write_row(at, 0, (ACTIVITY | {"activity_id": f"C{at}"}).values())
            sheet.write(at, 3, value, form)
    intake = ingest_files(tmp_path / "source", {"活动.xlsx": (tmp_path / "book.xlsx").read_bytes()})
    assert started(intake) == [
        HALF_PAST_TWO,
        datetime(2024, 3, 5, 14, 30, 27),
        datetime(2024, 3, 5),
        HALF_PAST_TWO,
        HALF_PAST_TWO,
    ]


@pytest.mark.parametrize("zone", [None, "Asia/Shanghai", "UTC"])
def test_times_of_parquet(tmp_path, zone):
    at = pl.Series("started_at", [HALF_PAST_TWO]).dt.replace_time_zone("Asia/Shanghai")
    at = at.dt.replace_time_zone(None) if zone is None else at.dt.convert_time_zone(zone)
    file = tmp_path / "activities.parquet"
    pl.DataFrame({**{column: [cell] for column, cell in ACTIVITY.items()}, "started_at": at}).write_parquet(file)
    intake = ingest_files(tmp_path / "source", {file.name: file.read_bytes()})
    assert started(intake) == [HALF_PAST_TWO]


def test_the_latest_event_is_a_day_and_no_time_limit(tmp_path):
    request = VALID_ROWS["requests"] | dict.fromkeys(
        ("estate_id", "zone_id", "grid_code", "worker_id", "partner_id"), ""
    )
    late = request | {"due_at": "2025-12-31 00:00", "request_id": "R2"}
    intake = ingest_files(tmp_path, {"工单.csv": csv_text("requests", [request, late])})
    assert intake.tables["requests"].height == 2
    assert intake.latest_event == date(2024, 3, 8)
