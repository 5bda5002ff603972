"""Answers of the SQL lab: every type, a limited number of rows, of one's own area alone, and in turn."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from sql import warehouse
from sql.security import row_filter
from sql.sql_lab import execution, rounded_copy, run_statement, tables
from sql.sql_lab.templates import templates
from tests.helpers.pages.screens import scope
from tests.helpers.statement_tester import XIFENG, check, try_statement

# The user.
ME = "me"
ANSWERED = {
    "select 1 as one": [1],
    "select 1;": [1],
    "  /* what */ select 2 -- why": [2],
    "(select 3)": [3],
    "values (4), (5)": [4, 5],
    "from range(2)": [0, 1],
    "select 'a' as text union all select 'b' order by text desc": ["b", "a"],
    "with recursive steps(n) as (select 1 union all select n + 1 from steps where n < 3) select sum(n) from steps": [6],
    "with one as (select 1 as n), two as (select n + 1 as n from one) select n from two": [2],
    "select list_transform([1, 2], lambda n: n * 2)[2]": [4],
    "select [n + 1 for n in [1, 2] if n > 1][1]": [3],
    "select {'county': 'x'}.county": ["x"],
    "select sum(n) over (order by n) from (values (1), (2)) as numbers(n)": [1, 3],
    "select count(*) filter (where n > 1) from range(4) as numbers(n)": [2],
    "with 各县 as (select 1 as 数) select 数 from 各县": [1],
    'with "Own" as (select 2 as n) select n from OWN': [2],
    "select upper('a') || lower('B') || substring('xyz' from 2 for 1)": ["Aby"],
    "select case when 2 between 1 and 3 and 'ab' like 'a%' and 'x' in ('x') then coalesce(null, 7) end": [7],
    "select date_trunc('month', date '2026-06-15')::date": [date(2026, 6, 1)],
    "select date '2026-06-30' + interval 1 day": [datetime(2026, 7, 1)],
    "select strftime(date '2026-06-01', '%Y-%m')": ["2026-06"],
    "select n from (values (1), (2)) as a(n) where exists (select 1 from range(2) as b(m) where b.m = a.n)": [1],
    "select x from (pivot (select 'x' as k, 1 as v) on k in ('x') using sum(v))": [1],
    "select regexp_extract('a12', '[0-9]+'), 1 qualify row_number() over () = 1": ["12"],
    "select max(county) from main.requests where month = date '2026-06-01' and county = '621002'": ["621002"],
    "select area_name from intermediate.area_paths where area_code = '621002'": ["西峰区"],
}


def test_an_allowed_statement_is_answered(demo):
    known = frozenset(tables.tables(demo))
    with duckdb.connect(str(demo.path), read_only=True) as connection:
        found = {
            one: [row[0] for row in connection.execute(check(connection, one, known)).fetchall()] for one in ANSWERED
        }
    assert found == ANSWERED


def test_a_warehouse_may_be_given_relative_to_the_servers_folder(demo, monkeypatch):
    monkeypatch.chdir(demo.path.parent)
    named = replace(demo, path=Path(demo.path.name))
    assert (
        run_statement(named, "select count(*) from requests", ME).rows.item()
        == demo.rows("select count(*) from requests").item()
    )


def test_every_type_comes_back(demo):
    found = run_statement(
        demo,
        """
        select true as yes, 3 as number, 170141183460469231731687303715884105727 as huge, sum(n) as added, 2.5 as half,
            'nan'::double as nothing, date '2026-06-30' as day, timestamp '2026-06-30 08:15:00' as moment, '甲"乙' as text,
            null as empty, [1, 2] as list, {'a': 1} as struct, interval 3 day as days, 'infinity'::date as ever, 1 as number
        from (values (2), (3)) as numbers(n)
    """,
        ME,
    ).rows
    assert found.columns == [
        "yes",
        "number",
        "huge",
        "added",
        "half",
        "nothing",
        "day",
        "moment",
        "text",
        "empty",
        "list",
        "struct",
        "days",
        "ever",
        "number_2",
    ]
    row = found.row(0)
    assert row[:2] == (True, 3) and row[2] == pytest.approx(2**127) and row[3:5] == (5, 2.5) and row[5] != row[5]
    assert row[6:] == (
        date(2026, 6, 30),
        datetime(2026, 6, 30, 8, 15),
        '甲"乙',
        None,
        "[1, 2]",
        "{'a': 1}",
        "3 days",
        "infinity",
        1,
    )
    assert found.schema["added"] == pl.Int64
    assert run_statement(demo, "select kind from requests where false", ME).rows.shape == (0, 1)


# The largest, the smallest and the strangest values of every type.
EXTREMES = (
    "'-infinity'::timestamp",
    "'infinity'::timestamp_s",
    "'infinity'::timestamp_ns",
    "'infinity'::timestamptz",
    "'infinity'::date",
    "'5877642-06-25 (BC)'::date",
    "'5881580-07-10'::date",
    "'0044-03-15 (BC)'::date",
    "date '10000-01-01'",
    "timestamp '294247-01-10 04:00:54.775806'",
    "'290309-12-22 (BC) 00:00:00'::timestamp",
    "date '0001-01-01'",
    "timestamp '9999-12-31 23:59:59.999999'",
    "timestamp_ns '2026-06-30 08:15:00.123456789'",
    "unnest([date '2026-01-01', null, 'infinity'])",
    "unnest([timestamp '2026-01-01', '-infinity'])",
    "'nan'::double",
    "'-infinity'::float",
    "1e308 * 10",
    "170141183460469231731687303715884105727",
    "(-170141183460469231731687303715884105728)::hugeint",
    "340282366920938463463374607431768211455::uhugeint",
    "18446744073709551615::ubigint",
    "(-9223372036854775808)::bigint",
    "repeat('9', 300)::bignum",
    "99999999999999999999999999999999999999::decimal(38, 0)",
    "'\\x00\\xFF'::blob",
    "'10101'::bit",
    "'a'::enum('a', 'b')",
    "1::union(num int, word varchar)",
    "{'a': [1, null]}::variant",
    "interval '178956970 years'",
    "time '24:00:00'",
    "'23:59:59.999999+15:59:59'::timetz",
    "'00000000-0000-0000-0000-000000000000'::uuid",
    "map {[1]: {'x': 'infinity'::date}}",
    "[[1], [null]]",
    "[1, 2]::int[2]",
    "{'x': {'y': ['nan'::double]}}",
    "'POINT(1 2)'::geometry",
    "'{\"a\": 1}'::json",
    "chr(0)",
    "null",
)


def test_the_extremes_of_every_type_are_rows_or_an_error_message(demo):
    """The rows convert to Python objects as well, not only to Polars."""
    for one in EXTREMES:
        assert isinstance(run_statement(demo, f"select {one} as x", ME).rows.to_dicts()[0]["x"], object), one
    at_once = ", ".join(f"{one} as c{place}" for place, one in enumerate(EXTREMES))
    rows = run_statement(demo, f"select {at_once}", ME).rows
    named = dict(zip(EXTREMES, rows.row(0), strict=True))
    assert named["'-infinity'::timestamp"] == "-infinity" and named["date '10000-01-01'"] == "10000-01-01"
    assert named["'0044-03-15 (BC)'::date"] == "0044-03-15 (BC)"
    assert named["timestamp_ns '2026-06-30 08:15:00.123456789'"] == "2026-06-30 08:15:00.123456789"
    assert rows["c14"].to_list() == ["2026-01-01", None, "infinity"]


def test_every_existing_type_has_an_empty_value(demo):
    kinds = demo.rows("select distinct type_name from duckdb_types() order by all")["type_name"]
    # The others are no types without a parameter.
    bare = [
        kind
        for kind in kinds
        if kind not in ("array", "enum", "list", "map", "null", "row", "struct", "tuple", "union")
    ]
    listed = ", ".join(f"null::{kind} as c{place}" for place, kind in enumerate(bare))
    assert run_statement(demo, f"select {listed}", ME).rows.rows() == [(None,) * len(bare)] and len(bare) > 70


def test_the_first_ten_thousand_rows_are_kept_in_their_order(demo):
    cut = run_statement(demo, "select range as n from range(10001) order by n desc", ME)
    assert cut.is_truncated and cut.rows.height == 10_000 and cut.rows["n"].head(2).to_list() == [10_000, 9_999]
    whole = run_statement(demo, "select range as n from range(10000)", ME)
    assert not whole.is_truncated and whole.rows.height == 10_000


def test_an_exported_answer_is_computed_from_rounded_counts(demo):
    """A statement can only compute with the rounded count: as a text, a difference, a ratio, a condition."""
    cells = "select community, workers from community_months where county = '621002' and month = '2026-06-01'"
    exact, rounded = (dict(run_statement(version, cells, "li").rows.rows()) for version in (demo, demo.with_rounding))
    assert exact.keys() == rounded.keys() and len(exact) > 10
    assert all(
        count is None or (rounded[code] % 5 == 0 and abs(rounded[code] - count) <= 10) for code, count in exact.items()
    )
    # The same people have the same number month after month.
    few = next(code for code, count in exact.items() if count and count < 10)
    made = run_statement(
        demo.with_rounding,
        "select workers::varchar, workers - 1, 100.0 * workers / 40, case when workers between 1 and 4 then 'few' end, "
        f"list(workers) over () from community_months where community = '{few}' and month = '2026-06-01'",
        "li",
    ).rows.row(0)
    assert made == (str(rounded[few]), rounded[few] - 1, 2.5 * rounded[few], None, f"[{rounded[few]}]")
    sums = "select sum(workers)::varchar from community_months where county = '621002' and month = '2026-06-01'"
    assert run_statement(demo.with_rounding, sums, "li").rows.item() == str(sum(filter(None, rounded.values())))
    # A user of one county has a separate copy.
    assert dict(run_statement(demo.restrict_to("621002").with_rounding, cells, "li").rows.rows()) == rounded
    # Groups: counts hidden for few people stay hidden, the others are rounded.
    groups = "select workers from worker_group_months where month = '2026-06-01' order by all"
    exact, rounded = (run_statement(version, groups, "li").rows["workers"] for version in (demo, demo.with_rounding))
    assert exact.null_count() == rounded.null_count() > 0 and set(rounded.drop_nulls() % 5) == {0}


def test_the_rounded_copy_holds_only_tables_that_can_be_queried(demo):
    path = rounded_copy.copy_rounded(demo)
    with duckdb.connect(str(path), read_only=True) as connection:
        copied = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
    assert sorted(copied) == sorted(tables.tables(demo)) and rounded_copy.copy_rounded(demo) == path


def test_an_error_is_reported_in_duckdbs_words_with_its_location(demo):
    assert 'Referenced column "nosuch" not found' in try_statement(demo, "select\n    nosuch\nfrom requests").en
    assert try_statement(demo, "select\n    nosuch\nfrom requests").en.endswith(
        "LINE 2:     nosuch\n            ^^^^^^"
    )
    assert (
        "LINE 2: from requests requests requests" in try_statement(demo, "select 1\nfrom requests requests requests").zh
    )
    assert try_statement(demo, "select * from nosuch").zh.startswith("没有可查的表 nosuch")
    assert try_statement(demo, "select getenv('HOME')").en.startswith("the function getenv cannot be used here")


def test_duckdbs_messages_lose_the_paths_of_this_machine():
    words = "IO Error: cannot open /srv/linli/data/x.duckdb: /tmp/mine.csv 10000/3 and/or\nStack Trace:\n/usr/lib/a.so(+0x1)"
    assert (
        execution._without_paths(words, "from '/tmp/mine.csv'")
        == "IO Error: cannot open …: /tmp/mine.csv 10000/3 and/or"
    )


def test_every_template_is_an_allowed_statement(demo):
    known = frozenset(tables.tables(demo))
    found = templates(demo)
    assert {one.folder for one in found} == {"queries", "metrics"} and len(found) > 150
    assert not {one.name for one in found} & {"training_ladder", "rejected_list", "served_version"}
    with duckdb.connect(str(demo.path), read_only=True) as connection:
        for one in found:
            check(connection, one.statement(scope(demo, "621000")), known)
    ratio = next(one for one in found if one.name == "staffing_ratio").statement(scope(demo, "621000"))
    rows = run_statement(demo, ratio, ME).rows
    # 环县's ratio as the staffing page has it.
    assert rows.filter(county="621022")["value"].round(1).to_list() == [9.4]
    assert (
        run_statement(
            demo, next(one for one in found if one.name == "longest_open").statement(scope(demo)), ME
        ).rows.height
        > 0
    )


def test_there_is_no_template_over_rows_of_people(demo):
    names = {one.name for one in templates(demo)}
    assert {"staffing_ratio", "requests_raised", "partners", "longest_open"} <= names
    assert not names & {"workers", "average_annual_score", "points_earned", "trained_people", "grades_by_post"}


def test_within_an_area_there_is_nothing_else_to_query(demo):
    seen = demo.restrict_to(XIFENG)
    whole = demo.rows("select count(*) as n from requests where county = '621002'").item()
    assert run_statement(seen, "select county, count(*) as n from requests group by county", ME).rows.rows() == [
        (XIFENG, whole)
    ]
    assert set(run_statement(seen, "select * from requests limit 500", ME).rows["county"]) == {XIFENG}
    paths = run_statement(seen, "select distinct county from intermediate.area_paths", ME).rows
    assert paths.rows() == [(XIFENG,)]
    assert try_statement(seen, "select * from whole.main.requests").why == "table"


def test_the_copy_for_an_area_holds_nothing_of_the_rest(demo):
    run_statement(demo.restrict_to(XIFENG), "select 1", ME)
    copy = row_filter.copy_area(demo.path, XIFENG)
    streets = demo.rows("select county, area_code, area_name from intermediate.area_paths where level = 'street'")
    own = streets.filter(county=XIFENG)
    content = copy.read_bytes()
    assert all(name.encode() in content for name in own["area_name"])
    others = streets.filter(pl.col("county") != XIFENG, ~pl.col("area_name").is_in(own["area_name"].implode()))
    assert others.height > 100
    assert [name for name in others["area_name"] if name.encode() in content] == []
    # A community's code begins with its street's.
    codes = {code[:9].decode() for code in re.findall(rb"(?<!\d)\d{12}(?!\d)", content)}
    assert codes & set(own["area_code"]) and not codes & set(others["area_code"])
    with duckdb.connect(str(copy), read_only=True) as connection:
        for (table,) in connection.execute(
            "select schema_name || '.' || table_name from duckdb_columns() where column_name = 'county' and not internal"
        ).fetchall():
            assert connection.execute(f"select distinct county from {table} where county is not null").fetchall() in (
                [],
                [(XIFENG,)],
            ), table


def test_two_copies_at_once_produce_one_whole_file(own_demo_folder):
    demo = warehouse.current_version(own_demo_folder)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _again: row_filter.copy_area(demo.path, "621027"), range(2))
    assert first == second
    with duckdb.connect(str(first), read_only=True) as connection:
        assert connection.execute("select distinct county from requests").fetchall() == [("621027",)]
    # No temporary folder is left; under load from other tests of the demo, DuckDB spills to a separate folder.
    assert not [path for path in demo.path.parent.glob("*.within-*") if path.is_dir()]
