"""SQL in a model that would not be the same on Spark is refused, with its line and the remedy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from etl.build.build import build, rebuild_models
from etl.engines import portability
from etl.engines.portability.lint import with_types
from etl.engines.portability.rules import RULES
from etl.engines.portability.typed_rules import TYPED_RULES
from sql import warehouse
from sql.errors import SqlFileError
from sql.files.sql_file import SqlFile, parse
from tests.helpers.portability_cases import AGGREGATE_CASES, ROW_CASES, STATEMENTS
from tests.helpers.warehouse.small_build import copy_models
from tests.helpers.warehouse.world import AREAS, write

HEAD = ["-- title: 试 | Try", "with", "given as (", "    select * from raw.given", ")"]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """Yields a database with the tables that the cases read."""
    with duckdb.connect() as connection:
        connection.execute("create schema raw; create schema staging; create table staging.months (month date)")
        connection.execute(
            "create table raw.given (d date, e date, t timestamp, u timestamp, x double, y double, i bigint, j bigint, "
            "s varchar, p varchar, l varchar[])"
        )
        yield connection


def model(statement: str) -> SqlFile:
    return SqlFile("marts/try.sql", {}, "\n".join([*HEAD, statement]))


def expression(text: str) -> str:
    return f"select\n    i,\n    {text} as value,\nfrom given"


@pytest.mark.parametrize(("name", "bad", "good"), [*ROW_CASES, *AGGREGATE_CASES], ids=lambda value: value)
def test_an_expression_that_differs_is_refused_and_the_remedy_is_not(
    connection: duckdb.DuckDBPyConnection, name: str, bad: str, good: str
) -> None:
    with pytest.raises(SqlFileError) as refused:
        portability.check(connection, [model(expression(bad))])
    # The head has five lines; the expression is in the third line after it.
    assert refused.value.en.startswith("sql/marts/try.sql:8: ")
    assert refused.value.zh.startswith("sql/marts/try.sql:8：")
    portability.check(connection, [model(expression(good))])


@pytest.mark.parametrize(("name", "line", "bad", "good"), STATEMENTS, ids=lambda value: str(value)[:20])
def test_a_statement_that_fails_on_spark_is_refused_and_the_remedy_is_not(
    connection: duckdb.DuckDBPyConnection, name: str, line: int, bad: str, good: str
) -> None:
    with pytest.raises(SqlFileError, match=f"sql/marts/try.sql:{len(HEAD) + line}: .*Spark"):
        portability.check(connection, [model(bad)])
    portability.check(connection, [model(good)])


def test_every_rule_refuses_a_case(connection: duckdb.DuckDBPyConnection) -> None:
    columns = tuple(
        ("raw", "given", name, kind) for name, kind, *_ in connection.execute("describe raw.given").fetchall()
    )
    statements = [
        *(expression(bad) for _name, bad, _good in (*ROW_CASES, *AGGREGATE_CASES)),
        *(bad for _name, _line, bad, _good in STATEMENTS),
    ]
    trees = [parse("marts/try.sql", model(statement).text) for statement in statements]
    for rules, read in ((RULES, trees), (TYPED_RULES, [with_types(tree, columns) for tree in trees])):
        refused = {
            rule
            for tree in read
            for kind, each in rules.items()
            for node in tree.find_all(kind)
            for rule in each
            if rule(node)
        }
        assert [kind.__name__ for kind, each in rules.items() if set(each) - refused] == [], (
            "add a case to tests/helpers/portability_cases.py"
        )


@pytest.mark.parametrize(
    ("bad", "remedy"),
    [
        ("isodow(t)", "write date_diff('day', date '0001-01-01', x::date) % 7 + 1"),
        ("date_diff('month', d, e)", "write months as year(b) * 12 + month(b) - year(a) * 12 - month(a)"),
        ("x / y", "write a / nullif(b, 0)"),
        ("x::integer", "write round(x)::integer or floor(x)::integer"),
        ("i * 3600.0", "write a float such as 3.600000e+03, or an integer"),
        ("date_sub('month', d, e)", "date_sub() exists only in DuckDB"),
        ("strftime(d, '%V')", "only %Y %m %d %H %M %S of strftime are the same"),
    ],
)
def test_the_remedy_is_reported(connection: duckdb.DuckDBPyConnection, bad: str, remedy: str) -> None:
    with pytest.raises(SqlFileError) as refused:
        portability.check(connection, [model(expression(bad))])
    assert remedy in refused.value.en


def test_the_first_of_several_is_reported(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(SqlFileError, match=r"try.sql:7: .*median"):
        portability.check(
            connection, [model("select\n    quantile_cont(x, 0.5) as a,\n    sum(x / y) as b,\nfrom given")]
        )


def test_a_build_by_duckdb_refuses_a_model_that_spark_would_compute_differently(tmp_path: Path) -> None:
    own, into = copy_models(tmp_path / "sql"), tmp_path / "warehouse"
    source = write(tmp_path / "source", "庆阳市", areas=AREAS)
    build(source, into, date(2024, 6, 30), sql_root=own)
    before = warehouse.current_version(into).name
    (own / "marts" / "weekdays.sql").write_text(
        "-- title: 试 | Try\n-- grain: request\n-- source_table: requests\nselect\n    dayofweek(raised_at) as weekday,\n"
        "from staging.requests\n",
        encoding="utf-8",
    )
    with pytest.raises(SqlFileError, match=r"sql/marts/weekdays.sql:5: Spark numbers weekdays from another day"):
        rebuild_models(into, own)
    assert warehouse.current_version(into).name == before
