"""Pay is shown for ten people or more, of whom none has most of it, and for no group that others reveal: worked out by
hand.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from etl.build.build import build
from sql import warehouse
from sql.errors import SqlFileError
from sql.files.sql_file import read
from sql.security.dominance import suppress_secondary
from sql.semantic.compose import metric_mart
from sql.semantic.metrics import metric
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.warehouse import Version
from tests.helpers.ingest.ingest_source import AREAS, WORKER_HEADER, worker, write

HEADER = WORKER_HEADER.strip() + ",月薪\n"
# Three communities of a street and one of another.
MORE = """621002001002,湖西社区,社区,621002001,
621002001003,南街社区,社区,621002001,
621002002,南街街道,街道,621002,
621002002001,新村社区,社区,621002002,
"""


def roster(**pay: list[int | None]) -> str:
    """Returns people of the communities by the last digits of their codes, each with the given pay."""
    lines = []
    for code, each in pay.items():
        for place, amount in enumerate(each):
            cells = worker(f"W{code}-{place}", community_code=f"621002{code[1:]}", post="一般社区工作者").strip()
            lines.append(f"{cells},{'' if amount is None else amount}\n")
    return HEADER + "".join(lines)


def built(folder: Path, **pay: list[int | None]) -> Version:
    population = "社区代码,统计日期,常住人口,户数\n621002001001,2024-06-30,900,300\n"
    files = {"行政区划.csv": AREAS + MORE, "社区工作者.csv": roster(**pay), "人口.csv": population}
    write(folder / "source", {f"西峰区/{name}": text for name, text in files.items()})
    build(folder / "source", folder / "warehouse")
    return warehouse.current_version(folder / "warehouse")


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes 10 people of 3,000 to 3,900; 9 people; 12 of whom one has more than all others; 11 in another street."""
    return built(
        tmp_path_factory.mktemp("pay"),
        c001001=[3000 + 100 * place for place in range(10)],
        c001002=[4000] * 9 + [None] * 3,
        c001003=[1000] * 11 + [12_000],
        c002001=[5000] * 11,
    )


def at(version: Version, area: str | None) -> Scope:
    return Scope(version, area, Period.parse("2024-06", version.data_month))


@pytest.mark.parametrize(("name", "sums"), [("monthly_pay_average", [34_500]), ("monthly_pay_median", [])])
def test_nothing_is_shown_for_nine_people_or_where_one_has_most(version, name, sums):
    subject = metric(name, version)
    values = dict(subject.rows(at(version, "621002001"), by="community").select("community", "value").rows())
    # 9 people, three more without an amount: too few. One has 12,000 of 23,000: 52 %. 10 people: shown.
    assert values == {"621002001001": 3450, "621002001002": None, "621002001003": None, "621002001201": None}
    assert subject.rows(at(version, "621002001"), by="community")["numerator"].drop_nulls().to_list() == sums
    assert subject.value(at(version, "621002002")) == 5000


def test_the_average_of_all_includes_the_withheld_pay(version):
    # 34,500 + 36,000 + 23,000 of 10 + 9 + 12 people; the 16th of 31 is the fifth after eleven of 1,000.
    assert metric("monthly_pay_average", version).value(at(version, "621002001")) == pytest.approx(93_500 / 31)
    assert metric("monthly_pay_median", version).value(at(version, "621002001")) == 3400


def test_a_withheld_group_is_not_the_only_one_in_its_line(tmp_path):
    # 7 people are too few; subtracting 12 and then 11 from all 30 would reveal them: the 11 are withheld with them,
    # wherever they are.
    version = built(tmp_path, c001001=[3000] * 12, c001002=[4000] * 11, c001003=[5000] * 7)
    subject = metric("monthly_pay_average", version)
    values = dict(subject.rows(at(version, "621002001"), by="community").select("community", "value").rows())
    assert values == {"621002001001": 3000, "621002001002": None, "621002001003": None, "621002001201": None}
    assert [subject.value(at(version, f"62100200100{place}")) for place in (1, 2, 3)] == [3000, None, None]
    assert subject.rows(at(version, "621002001002"), by="post")["value"].to_list() == [None]
    months = subject.rows(at(version, "621002001002"), by="month")
    assert months.height and months["value"].null_count() == months.height
    assert subject.value(at(version, "621002001")) == pytest.approx((36_000 + 44_000 + 35_000) / 30)


def test_a_line_withholds_two_groups_and_enough_people():
    rows = pl.DataFrame({"area": [*"ABCD"], "denominator": [3.0, 12.0, 20.0, None]})
    is_shown = pl.Series([False, True, True, False])
    assert suppress_secondary(rows, is_shown, ["area"], ["area"], 10).to_list() == [False, False, True, False]
    # Over time a level does not add up.
    assert suppress_secondary(rows, is_shown, ["area"], [], 10).to_list() == is_shown.to_list()


@pytest.mark.parametrize(
    "header", ["", "-- min_people: 9\n-- largest_share: 50\n", "-- min_people: 10\n-- largest_share: 60\n"]
)
def test_a_metric_of_pay_without_the_rule_is_refused(header):
    text = f"-- title: 月薪 | Pay\n{header}select avg(monthly_pay) as value, count(*) as denominator from pay_months"
    with pytest.raises(SqlFileError, match="largest_share: 50"):
        metric_mart(read("metrics/workforce/pay.sql", text))
