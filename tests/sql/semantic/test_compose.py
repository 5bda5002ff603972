"""The rules for a metric file, and how a query is composed below its text."""

from __future__ import annotations

import shutil

import duckdb
import pytest

from etl.build.build import build
from sql import Metric, query, warehouse
from sql.errors import InputError, SqlFileError
from sql.files import sql_file
from sql.semantic.compose import metric_mart, metric_sql, query_sql
from sql.warehouse import Version
from tests.helpers.warehouse.world import (
    AREAS,
    CITY,
    EAST,
    OTHER_COUNTY,
    SOUTH,
    WEST,
    month,
    population,
    scope,
    worker,
    write,
)

HEADER = "-- title: 测试 | Test\n-- unit: people\n-- decimals: 0\n-- direction: none\n-- aggregation: sum\n"


def metric_file(text: str, header: str = HEADER) -> sql_file.SqlFile:
    return sql_file.read("metrics/test/tried.sql", header + text)


REFUSED = {
    "inner join": ("select count(*) as value from community_months inner join grid_months using (month)", "join"),
    "comma join": ("select count(*) as value from community_months, grid_months", "join"),
    "cross join": ("select count(*) as value from community_months cross join worker_moves", "join"),
    "lateral join": ("select count(*) as value from community_months, lateral (select 1)", "join"),
    "positional join": ("select count(*) as value from community_months positional join grid_months", "join"),
    "a file beside the mart": ("select count(*) as value from community_months, read_csv('x.csv')", "join"),
    "cte": ("with a as (select * from worker_moves) select count(*) as value from a", "with"),
    "cte named as the mart": (
        "with community_months as (select * from main.community_months) select count(*) as value from community_months",
        "with",
    ),
    "subquery in from": ("select count(*) as value from (select * from community_months) as t", "subquery"),
    "scalar subquery": ("select (select count(*) from grid_months) as value from community_months", "subquery"),
    "subquery in where": (
        "select count(*) as value from community_months where community in (select community from grid_months)",
        "subquery",
    ),
    "exists": ("select count(*) as value from community_months where exists (select 1 from grid_months)", "subquery"),
    "schema main": ("select count(*) as value from main.community_months", "without a schema"),
    "schema staging": ("select count(*) as value from staging.workers", "without a schema"),
    "schema raw": ("select count(*) as value from raw.workers", "without a schema"),
    "information schema": ("select count(*) as value from information_schema.tables", "without a schema"),
    "no mart": ("select 1 as value", "exactly one mart"),
    "group by": ("select count(*) as value from community_months group by month", "group by"),
    "group by all": ("select count(*) as value from community_months group by all", "group by"),
    "having": ("select count(*) as value from community_months having count(*) > 1", "having"),
    "order by": ("select count(*) as value from community_months order by 1", "order by"),
    "limit": ("select count(*) as value from community_months limit 1", "limit"),
    "distinct": ("select distinct count(*) as value from community_months", "distinct"),
    "qualify": ("select count(*) as value from community_months qualify true", "qualify"),
    "union": ("select 1 as value from community_months union all select 2 from community_months", "union"),
    "another column": ("select count(*) as value, max(month) as newest from community_months", "newest"),
    "no value": ("select count(*) as numerator from community_months", "value"),
    "unnamed": ("select count(*) from community_months", "value"),
    "star": ("select * from community_months", "value"),
    "two statements": ("select count(*) as value from community_months; select 1 as value", "one SELECT"),
    "drop": ("drop table community_months", "one SELECT"),
    "insert": ("insert into community_months select * from community_months", "one SELECT"),
    "copy": ("copy community_months to 'x.csv'", "one SELECT"),
    "attach": ("attach 'x.duckdb'", "one SELECT"),
    "nothing": ("", "one SELECT"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_metric_is_one_select_from_one_mart(what):
    text, words = REFUSED[what]
    with pytest.raises(SqlFileError) as error:
        metric_mart(metric_file(text))
    assert error.value.en.startswith("sql/metrics/test/tried.sql") and words in error.value.en
    assert error.value.zh.startswith("sql/metrics/test/tried.sql")


@pytest.mark.parametrize(
    "text",
    [
        "select count(*) as value from read_csv('/etc/passwd')",
        "select count(*) as value from glob('/*')",
        "select count(*) as value from '/etc/passwd'",
        "select count(*) as value from duckdb_tables()",
        "select count(*) as value from range(10)",
    ],
)
def test_a_function_or_file_is_no_mart(year, text):
    def ask() -> None:
        file = metric_file(text)
        metric_mart(file)
        Metric(file, year).rows(scope(year))

    with pytest.raises((SqlFileError, duckdb.Error)):
        ask()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("select\n    count(*) as value,\nfrom community_months\nwhere month => 1 )", "tried.sql:9:"),
        ("select\n    count(* as value\nfrom community_months", "tried.sql:7:"),
        ("selec count(*) as value from community_months", "tried.sql:6:"),
    ],
)
def test_a_syntax_error_is_reported_with_its_line(text, place):
    with pytest.raises(SqlFileError) as error:
        metric_mart(metric_file(text))
    assert place in error.value.en


CASES_MART = """-- title: 案件 | Cases
-- grain: case
-- source_table: areas
with
cases(name, kind, community, month, closed_month) as (
    values
        ('a', 'x', '{east}', date '2023-12-01', date '2024-02-01'),
        ('b', 'x', '{east}', date '2024-01-01', date '2024-02-01'),
        ('c', 'y', '{west}', date '2024-01-01', date '2024-03-01'),
        ('d', 'y', '{south}', date '2024-03-01', null),
)
select
    cases.name as case_id,
    cases.name as zone_id,
    cases.kind,
    cases.month,
    cases.closed_month,
    date_trunc('year', cases.month)::date as period_start,
    paths.province,
    paths.city,
    paths.county,
    paths.street,
    paths.community,
    paths.place,
from cases
inner join intermediate.area_paths as paths
    on cases.community = paths.area_code
"""
RAISED = HEADER + "select count(*) as value from cases"
CLOSED = HEADER + "-- month: closed_month\n-- note: 办结月 | By the month closed\nselect count(*) as value from cases"
SINCE = (
    HEADER
    + "-- month: closed_month\n"
    + "select 100 * year(min(period_start)) + month(min(period_start)) as value from cases"
)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes a world to 2024-03-31 with an extra mart whose rows have two dates."""
    folder = tmp_path_factory.mktemp("year")
    shutil.copytree(sql_file.SQL_FOLDER, folder / "sql", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "sql" / "marts" / "cases.sql").write_text(
        CASES_MART.replace("{east}", EAST).replace("{west}", WEST).replace("{south}", SOUTH), encoding="utf-8"
    )
    source = write(
        folder / "source",
        "庆阳市",
        areas=AREAS,
        population=[population(EAST, "2023-12-31", 1000)],
        workers=[worker("W")],
    )
    build(source, folder / "warehouse", month("2024-03").replace(day=31), sql_root=folder / "sql")
    return warehouse.current_version(folder / "warehouse")


def by(version: Version, text: str, dimensions: str | tuple[str, ...], period: str = "all", **where: str) -> dict:
    rows = Metric(sql_file.read("metrics/test/tried.sql", text), version).rows(
        scope(version, period, **where), dimensions
    )
    dimensions = (dimensions,) if isinstance(dimensions, str) else dimensions
    return {key[0] if len(key) == 1 else key: number for *key, number in rows.select(*dimensions, "value").rows()}


def test_a_metric_follows_the_month_it_names(year):
    assert by(year, RAISED, "month", "2024") == {month("2024-01"): 2, month("2024-02"): 0, month("2024-03"): 1}
    assert by(year, CLOSED, "month", "2024") == {month("2024-01"): 0, month("2024-02"): 2, month("2024-03"): 1}
    assert by(year, RAISED, "quarter") == {"2023Q4": 1, "2024Q1": 3}
    assert by(year, CLOSED, "quarter") == {"2024Q1": 3}
    assert by(year, CLOSED, "year") == {2024: 3}


def test_the_other_month_carries_scope_period_and_filters(year):
    assert by(year, CLOSED, "county", "2024-02") == {"621002": 2, OTHER_COUNTY: 0}
    assert by(year, CLOSED, "kind", "2024", community=EAST) == {"x": 2}
    # A case that was never closed is in no period, not even in all of them.
    assert by(year, CLOSED, "city") == {CITY: 3}
    latest = CLOSED.replace("aggregation: sum", "aggregation: latest")
    assert by(year, latest, "city", "2024") == {CITY: 1}
    assert by(year, latest, "city", "2024-01..2024-02") == {CITY: 2}


def test_where_a_period_starts(year):
    # The year of the month, unless the period begins elsewhere; every quarter, month or year in it starts at its own beginning.
    assert by(year, SINCE, "city", "2024-02..2024-03") == {CITY: 202402}
    assert by(year, SINCE, "quarter", "2024-02..2024-03") == {"2024Q1": 202402}
    assert by(year, SINCE, "month", "2024-02..2024-03") == {month("2024-02"): 202402, month("2024-03"): 202403}
    assert by(year, SINCE, "year") == {2024: 202401}
    # Without a beginning every earlier day is in the period: it starts on the first day there is.
    assert by(year, SINCE, "city", "all") == {CITY: 101}


def test_a_metrics_text_is_unchanged(year):
    text = (
        "select\n    -- it's a comment; with from and select\n"
        "    count(*)   filter (where kind = 'x; --') as value,\nfrom cases"
    )
    composed = metric_sql(metric_file(text), scope(year, "2024", CITY), ("county", "month"))
    assert text.removeprefix("select") in composed.sql
    # Three cases of the first county in 2024's two months, none of kind 'x; --'.
    assert year.rows(composed.sql, composed.params)["value"].to_list() == [0, 0]


def test_a_metric_of_an_aliased_mart_stays_in_the_scope(year):
    text = HEADER + "select count(*) as value from cases as every_case where every_case.kind <> ''"
    assert by(year, text, "county", "all", community=WEST) == {"621002": 1, OTHER_COUNTY: 0}


QUERY = "-- title: 案件 | Cases\n-- grain: case\n"


def rows(
    version: Version, text: str, period: str = "all", area_code: str | None = None, **params: object
) -> list[tuple]:
    composed = query_sql(sql_file.read("queries/tried.sql", text), scope(version, period, area_code), params)
    return version.rows(composed.sql, composed.params).rows()


@pytest.mark.parametrize(
    "text",
    [
        "select case_id from cases order by case_id",
        "with wanted as (select * from cases) select case_id from wanted order by case_id",
        "WITH RECURSIVE climb as (select case_id from cases union select case_id from climb) "
        "select * from climb order by 1",
        "select case_id from (select * from cases) order by case_id;",
        "-- with a comment\nselect case_id from cases where case_id in (select case_id from cases) order by case_id",
    ],
)
def test_a_query_sees_its_marts_in_the_scope(year, text):
    assert rows(year, QUERY + text) == [("a",), ("b",), ("c",), ("d",)]
    assert rows(year, QUERY + text, "2024-01") == [("b",), ("c",)]
    assert rows(year, QUERY + text, "2024", OTHER_COUNTY) == [("d",)]


def test_a_query_takes_the_parameters_it_names(year):
    text = (
        QUERY
        + "-- params: kind, least\n"
        + "select case_id from cases where kind = $kind and case_id >= $least order by case_id"
    )
    assert rows(year, text, kind="x", least="b") == [("b",)]
    assert rows(year, text, kind="x' or '1'='1", least="") == []
    with pytest.raises(InputError, match="kind"):
        rows(year, text, kind="x")
    with pytest.raises(InputError, match="least"):
        rows(year, QUERY + "select 1 from cases", least="x")


@pytest.mark.parametrize(
    ("name", "like"),
    [
        ("grids_at_the_month_end", "grids_at_month_end"),
        ("", "activity_titles"),
        ("../metrics/workers", "sources"),
        ("sources; drop table x", "sources"),
        ("SOURCES", "sources"),
    ],
)
def test_an_unknown_query_is_refused_with_those_like_it(year, name, like):
    with pytest.raises(InputError, match=rf"in sql/queries; similar names: .*\b{like}\b"):
        query(name, scope(year))


def test_an_identifier_that_is_no_persons_filters_but_is_no_dimension(year):
    assert by(year, RAISED, "county", "2024", zone_id="b") == {"621002": 1, OTHER_COUNTY: 0}
    with pytest.raises(InputError, match="zone_id"):
        by(year, RAISED, "zone_id", "2024")


def test_a_filter_narrows_the_marts_of_a_query_that_have_it(year):
    text = (
        QUERY + "select cases.case_id from cases inner join community_months as months "
        "on cases.community = months.community and cases.month = months.month order by cases.case_id"
    )

    def narrowed(**where: str) -> list[str]:
        composed = query_sql(sql_file.read("queries/tried.sql", text), scope(year, "2024", **where), {})
        return year.rows(composed.sql, composed.params)["case_id"].to_list()

    assert narrowed() == ["b", "c", "d"]
    # The kind is a case's own, the community is both's.
    assert narrowed(kind="y") == ["c", "d"]
    assert narrowed(kind="y", community=WEST) == ["c"]
    with pytest.raises(InputError, match="colour"):
        narrowed(colour="red")
