"""Whatever a file holds, each of its rows is loaded, rejected or a repeat, and nothing personal is shown."""
import tempfile
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.intake import take_in
from tests.intake_source import AREAS, MAN_1990, RURAL, URBAN, WOMAN_1949, WORKER_HEADER, write

ANYTHING = st.sampled_from(
    ["", "-", "无", " ", "大本", "2020-01-01", "1e5", "١٢", "#REF!", "0", "{x}", "'", "\t", "é"]
)


def cell(*right: str):
    """Mostly a right cell, sometimes anything."""
    return st.one_of(*[st.sampled_from(right)] * 4, ANYTHING)


LINES = st.lists(
    st.tuples(
        cell("W1", "W2", "W3", "W4", "W5"), cell("张三丰", "李四"), cell("", MAN_1990, WOMAN_1949),
        cell("13812345678"), cell("男", "女"), cell("1990-03-05", "1949-12-31"), cell("大专", "college"),
        cell(URBAN, RURAL, "621002"), cell("书记", "副职"), cell("2010-01-01", "20150101"), cell("", "2020/1/1"),
    ),
    max_size=12,
)
EXTRA = st.sampled_from(["", "", ",,", ",多", "\n", "\n,,,,,,,,,,"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(files=st.lists(st.lists(st.tuples(LINES, EXTRA), max_size=2), min_size=1, max_size=3))
def test_every_row_is_accounted_for(files):
    with tempfile.TemporaryDirectory() as folder:
        source = write(Path(folder), {"甲县/行政区划.csv": AREAS})
        for number, parts in enumerate(files):
            text = "".join(",".join(line) + extra + "\n" for lines, extra in parts for line in lines)
            write(source, {f"{'甲乙丙'[number]}县/社区工作者{number}.csv": WORKER_HEADER + text})
        intake = take_in(source, None)

    read, loaded, rejected, duplicate = (
        intake.files.select("rows_read", "rows_loaded", "rows_rejected", "rows_duplicate").sum().row(0)
    )
    assert read == loaded + rejected + duplicate
    assert loaded == sum(frame.height for name, frame in intake.tables.items())
    workers = intake.tables["workers"]
    assert not workers.select("worker_id", "as_of").is_duplicated().any()
    places = ["source_district", "source_file", "source_row"]
    of_workers = intake.rejects.filter(pl.col("table_name") == "workers")
    refused = of_workers.select("district", "file", "row_number").unique()
    assert refused.height == rejected
    assert workers.join(refused, left_on=places, right_on=refused.columns, how="semi").is_empty()
    shown = intake.rejects.write_csv() + intake.files.write_csv() + workers.write_csv()
    assert not [secret for secret in (MAN_1990, WOMAN_1949, "13812345678", "三丰") if secret in shown]
