"""Generates a national month-grain mart of 120,000 communities and 60 months, and times the real metrics on it."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import duckdb
import polars as pl

from sql import metric, warehouse
from sql.files.sql_file import without_header
from sql.semantic import metrics
from sql.semantic.catalog import catalog
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.warehouse import Version

COMMUNITIES, MONTHS = 120_000, 60
MART = "community_months"
_NAME = "national"
# The approximate number of areas of each level in the country; each area has an equal share of those below.
_LEVELS = {"province": 31, "city": 341, "county": 2_850, "street": 38_000, "community": COMMUNITIES}
_AREAS = """
create or replace table raw.areas as
with
numbered as (
    select level, step, number, amount, above
    from (values {levels}) as levels(level, step, amount, above)
    cross join range(amount) as numbers(number)
)
select
    step || '-' || number as area_code,
    level || ' ' || number as name,
    level,
    case when step > 1 then (step - 1) || '-' || (number * above // amount) end as parent_code,
    level <> 'community' or number % 3 > 0 as is_urban,
    null::varchar as map_approval_no,
    'everywhere' as source_district,
from numbered
"""
_CALENDAR = """
create or replace table raw.months as
select month::date as month, last_day(month) as month_end, least(last_day(month), $data_date) as observed_on
from range(
    date_trunc('month', $data_date) - interval {before} month, $data_date + interval 1 day, interval 1 month
) as calendar(month)
"""
# The generated columns, which staffing metrics read; all other columns of the mart are empty.
_EXPRESSIONS = {
    "residents": "500 + draw % 4000",
    "households": "200 + draw % 1500",
    "urban_residents": "case when paths.is_urban then 500 + draw % 4000 end",
    "workers": "draw % 9",
    "staffing_workers": "case when paths.is_urban then draw % 9 end",
    "staffing_standard": "18",
    "communities": "1",
    "urban_communities": "case when paths.is_urban then 1 else 0 end",
    "is_urban": "paths.is_urban",
    "period_start": "date_trunc('year', months.month)",
    "month": "months.month",
}


def build_national(base: Version, folder: Path) -> Version:
    """Returns a version with the country's areas and their mart of communities and months; built once in `folder`."""
    path = folder / f"{_NAME}.duckdb"
    if not path.is_file():
        new_path = path.with_suffix(".new")
        shutil.copyfile(base.path, new_path)
        with duckdb.connect(str(new_path)) as connection:
            _fill(connection, base)
        new_path.rename(path)
    return Version(_NAME, path)


def _fill(connection: duckdb.DuckDBPyConnection, base: Version) -> None:
    above = [1, *_LEVELS.values()]
    levels = ", ".join(
        f"('{level}', {step}, {amount}, {above[step - 1]})" for step, (level, amount) in enumerate(_LEVELS.items(), 1)
    )
    connection.execute(_AREAS.format(levels=levels))
    connection.execute(_CALENDAR.format(before=MONTHS - 1), {"data_date": base.data_date})
    files = catalog.current_files()
    for name in ("area_ancestors", "area_paths"):
        connection.execute(
            f"create or replace table intermediate.{name} as {without_header(files[f'intermediate/{name}.sql'].text)}"
        )
    columns = connection.execute(
        "select column_name, data_type from duckdb_columns() where schema_name = 'main' and table_name = $mart "
        "order by column_index",
        {"mart": MART},
    ).fetchall()
    paths = ("province", "city", "county", "street", "community", "place")
    expressions = {**{name: f"paths.{name}" for name in paths}, **_EXPRESSIONS}
    selection = ", ".join(f"({expressions.get(name, 'null')})::{kind} as {name}" for name, kind in columns)
    connection.execute(
        f"create or replace table main.{MART} as select {selection} from intermediate.area_paths as paths "
        "cross join raw.months as months cross join lateral (select hash(paths.community, months.month) as draw) "
        "where paths.level = 'community' order by months.month, paths.area_code"
    )
    connection.execute("update meta.build set source = 'bench'")


def time_metrics(national: Version, repeats: int = 7) -> pl.DataFrame:
    """Times metrics of the mart for the country by month, province and city.

    Returns metric, by, the median milliseconds, those of its SQL alone, and the CPU milliseconds of the SQL, which other
    work on the machine affects less than elapsed time.
    """
    everything = Scope(national, None, Period(None, national.data_month))
    rows = []
    for name in ("staffing_ratio", "staffing_workers", "urban_residents", "residents", "staffing_gap"):
        national_metric = metric(name, national)
        for by in ("month", "province", "city"):
            sql = national_metric.sql(everything, (by,))
            national_metric.rows(everything, by)
            whole, bare, cores = [], [], []
            for _ in range(repeats):
                metrics._rows.cache_clear()
                warehouse._rows.cache_clear()
                # The areas are read once for all queries of a version.
                everything.members("province")
                whole.append(_milliseconds(lambda: national_metric.rows(everything, by)))
                with warehouse.connect(national) as cursor:
                    bound = {
                        key: list(value) if isinstance(value, tuple) else value for key, value in sql.params.items()
                    }
                    before = time.process_time()
                    bare.append(_milliseconds(lambda: cursor.sql(sql.sql, params=bound).pl()))
                    cores.append(1000 * (time.process_time() - before))
            rows.append((name, by, *(pl.Series(times).median() for times in (whole, bare, cores))))
    return pl.DataFrame(rows, schema=["metric", "by", "milliseconds", "sql", "cores"], orient="row")


def _milliseconds(run) -> float:
    started = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - started)
