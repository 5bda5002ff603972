"""Tests what is said of a file of sql/ that cannot be used: all of it in Chinese, and all of it in English."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from etl.build.models import order_models
from sql.errors import SqlFileError
from sql.files import sql_file
from sql.files.sql_file import SqlFile
from sql.semantic.catalog import catalog
from sql.semantic.compose import metric_mart

PAY = "select median(monthly_pay) as value, 1 as denominator, 1 as largest_share from worker_months"
# By the SQL of a metric: what is wrong with it, in both languages, with the line and column if they are known.
METRICS = {
    "": ("：应当只有一条 SELECT", ": expected exactly one SELECT"),
    "select 1 as value from community_months limit 1": (
        "：指标只能是对一张集市表的一条 SELECT：不能有 limit（复杂的请写成 marts）",
        ": a metric must be one outer SELECT from one mart: no limit",
    ),
    "select 1 as value from marts.community_months": (
        "：指标只能是对一张集市表的一条 SELECT：只从一张集市表读，不写模式名（复杂的请写成 marts）",
        ": a metric must be one outer SELECT from one mart: exactly one mart, named without a schema",
    ),
    "select 1 as newest from community_months": (
        "：指标只给出 value、numerator、denominator、standard、recommended、year_standard 几列，而不是 newest",
        ": a metric must return value and, where they apply, numerator, denominator, standard, recommended, year_standard; not newest",
    ),
    PAY: (
        "：月薪指标的文件头须写 -- min_people: 10, -- largest_share: 50（或更严），并给出 largest_share 一列",
        ": a metric that reads monthly_pay must have -- min_people: 10, -- largest_share: 50, or stricter, in its header "
        "and return largest_share",
    ),
}


def assert_says(error: SqlFileError, path: str, zh: str, en: str) -> None:
    assert error.zh == f"sql/{path}{zh}；改正这个文件并保存即可"
    assert error.en == f"sql/{path}{en}; correct the file and save it"


@pytest.mark.parametrize("statement", METRICS)
def test_a_metric_that_is_none_is_refused_in_each_language(statement):
    # The header allows the column itself, with limits that are too wide.
    header = "-- title: 甲 | A\n-- min_people: 3\n-- largest_share: 90\n" if statement == PAY else "-- title: 甲 | A\n"
    with pytest.raises(SqlFileError) as refused:
        metric_mart(sql_file.read("metrics/tried.sql", header + statement))
    assert_says(refused.value, "metrics/tried.sql", *METRICS[statement])


@pytest.mark.parametrize(
    ("content", "zh", "en"),
    [
        (b"-- title: \xff", "：不是 UTF-8；请以 UTF-8 保存", ": not UTF-8; save it as UTF-8"),
        (b"-- title: A\nselect 1", ":1：文件头缺少 '-- grain: …'", ":1: header lacks '-- grain: …'"),
        (
            b"-- better: higher\n",
            ":1：'-- better:' 现在写作 '-- direction:'",
            ":1: '-- better:' is now '-- direction:'",
        ),
        (
            b"-- title: A\n-- grain: a\n-- source: a\n-- sql_lab: all\nselect 1",
            ":1：sql_lab: 'all' 不是以下之一：no_person, groups",
            ":1: sql_lab: 'all' is not one of no_person, groups",
        ),
    ],
)
def test_a_header_that_is_wrong_is_reported_in_each_language(tmp_path: Path, content: bytes, zh: str, en: str):
    path = tmp_path / "intermediate" / "tried.sql"
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(SqlFileError) as refused:
        catalog.read_file(tmp_path, path)
    assert_says(refused.value, "intermediate/tried.sql", zh, en)


def test_models_that_cannot_be_ordered_are_reported_in_each_language():
    def model(name: str, source: str) -> SqlFile:
        return sql_file.read(f"intermediate/{name}.sql", f"-- title: A\nselect 1 as one\nfrom {source}")

    with pytest.raises(SqlFileError) as refused:
        order_models({"intermediate/a.sql": model("a", "intermediate.gone")})
    assert_says(
        refused.value,
        "intermediate/a.sql",
        ":3:19：没有模型 intermediate.gone",
        ":3:19: there is no model intermediate.gone",
    )
    with pytest.raises(SqlFileError) as refused:
        order_models({"intermediate/a.sql": model("a", "intermediate.a")})
    assert_says(
        refused.value,
        "intermediate/a.sql",
        "：模型互相引用：intermediate.a → intermediate.a",
        ": these models read each other: intermediate.a → intermediate.a",
    )


def test_what_duckdb_and_sqlglot_say_stands_in_both_languages():
    file = sql_file.read("marts/tried.sql", "-- title: A\nselect (1")
    with pytest.raises(SqlFileError) as refused:
        sql_file.parse(file.path, file.text)
    problem = refused.value.en.removeprefix("sql/marts/tried.sql").removesuffix("; correct the file and save it")
    assert "Expecting )" in problem
    assert_says(refused.value, "marts/tried.sql", problem.replace(": ", "：", 1), problem)
    for statement, position in (("explain\nselect nosuch from range(2)", ":2:8"), ("select error('x')", "")):
        with pytest.raises(duckdb.Error) as failed:
            duckdb.execute(statement)
        file = SqlFile("marts/tried.sql", {}, f"-- title: A\n{statement.splitlines()[-1]}")
        message = str(failed.value).split("\n\n")[0].replace("\n", " ")
        assert_says(
            catalog.duckdb_error(file, statement, failed.value),
            "marts/tried.sql",
            f"{position}：{message}",
            f"{position}: {message}",
        )
