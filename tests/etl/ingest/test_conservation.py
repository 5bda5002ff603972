"""Every row of a file is loaded, rejected or a repeat, and no personal value is shown."""

import tempfile
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.ingest.pipeline import ingest_folder
from tests.helpers.depth import examples
from tests.helpers.ingest.ingest_source import AREAS, MAN_1990, RURAL, URBAN, WOMAN_1949, WORKER_HEADER, write

ANYTHING = st.sampled_from(["", "-", "无", " ", "大本", "2020-01-01", "1e5", "١٢", "#REF!", "0", "{x}", "'", "\t", "é"])


def cell(*right: str):
    """Draws a cell: usually valid, sometimes anything."""
    return st.one_of(*[st.sampled_from(right)] * 4, ANYTHING)


LINES = st.lists(
    st.tuples(
        cell("W1", "W2", "W3", "W4", "W5"),
        cell("张三丰", "李四"),
        cell("", MAN_1990, WOMAN_1949),
        cell("13812345678"),
        cell("男", "女"),
        cell("1990-03-05", "1949-12-31"),
        cell("大专", "college"),
        cell(URBAN, RURAL, "621002"),
        cell("书记", "副职"),
        cell("2010-01-01", "20150101"),
        cell("", "2020/1/1"),
    ),
    max_size=12,
)
EXTRA = st.sampled_from(["", "", ",,", ",多", "\n", "\n,,,,,,,,,,"])


REQUEST_LINES = st.lists(
    st.tuples(
        cell("R1", "R2", "R3", "R4", "R5"),
        cell("民生问题", "hazard"),
        cell("养老", "宠物", ""),
        cell(URBAN, RURAL, "621002"),
        cell("2024-03-05 14:30", "2024/3/5 14:30", "2024年3月5日14时30分", "45356.5"),
        cell("", "2024-03-05 14:00", "2024-03-06T08:00:00Z", "2024-03-07"),
        cell("", "5"),
        cell("", "W1"),
    ),
    max_size=12,
)
REQUEST_HEADER = "工单编号,事项类型,服务类别,社区代码,上报时间,办结时间,满意度,承办社工编号\n"
at_random = settings(max_examples=examples(20, 60), deadline=None, suppress_health_check=[HealthCheck.too_slow])


def files_of(lines):
    return st.lists(st.lists(st.tuples(lines, EXTRA), max_size=2), min_size=1, max_size=3)


def ingest_parts(title, header, files):
    """Ingests files of three districts, each in parts: lines of cells and the ending of every line."""
    with tempfile.TemporaryDirectory() as folder:
        source = write(Path(folder), {"甲县/行政区划.csv": AREAS})
        for number, parts in enumerate(files):
            text = "".join(",".join(line) + extra + "\n" for lines, extra in parts for line in lines)
            write(source, {f"{'甲乙丙'[number]}县/{title}{number}.csv": header + text})
        return ingest_folder(source, None)


def check_every_row(intake, table, key):
    read, loaded, rejected, duplicate = (
        intake.files.select("rows_read", "rows_loaded", "rows_rejected", "rows_duplicate").sum().row(0)
    )
    assert read == loaded + rejected + duplicate
    assert loaded == sum(frame.height for frame in intake.tables.values())
    rows = intake.tables[table]
    assert not rows.select(key).is_duplicated().any()
    of_table = intake.rejects.filter(pl.col("table_name") == table)
    refused = of_table.select("district", "file", "row_number").unique()
    assert refused.height == rejected
    # The rejection list that goes back to the clerk has each of them exactly once.
    returned = intake.rejected_rows.select("district", "file", "row_number")
    assert returned.sort(pl.all()).equals(refused.sort(pl.all()))
    places = ["source_district", "source_file", "source_row"]
    assert rows.join(refused, left_on=places, right_on=refused.columns, how="semi").is_empty()


@at_random
@given(files=files_of(LINES))
def test_every_row_of_a_roster_is_accounted_for(files):
    intake = ingest_parts("社区工作者", WORKER_HEADER, files)
    check_every_row(intake, "workers", ["worker_id", "as_of"])
    output = intake.rejects.write_csv() + intake.files.write_json() + intake.tables["workers"].write_csv()
    assert not [secret for secret in (MAN_1990, WOMAN_1949, "13812345678", "三丰") if secret in output]


@at_random
@given(files=files_of(REQUEST_LINES))
def test_every_request_is_accounted_for(files):
    check_every_row(ingest_parts("工单", REQUEST_HEADER, files), "requests", ["request_id"])
