"""A mart and more detailed ones agree: a metric has the same number from each of them."""

from __future__ import annotations

import pytest

from sql import metric
from sql.files.sql_file import SqlFile, columns
from sql.semantic.catalog import catalog
from sql.semantic.catalog.dimensions import detail_marts, dimensions, filters, mart_columns, rollup_of
from sql.semantic.compose import metric_mart, metric_sql
from sql.semantic.periods import Period
from sql.semantic.scope import Scope

FILES = catalog.current_files()
FINER = {
    (file.name, finer): file for path, file in FILES.items() if path.startswith("marts/") for finer in rollup_of(file)
}
METRICS = {path: file for path, file in FILES.items() if path.startswith("metrics/")}


def answer(version, file: SqlFile, by: str, source: str) -> list[tuple]:
    """Returns a metric of all months by the dimension, read from one mart or another."""
    mart = metric_mart(file)
    composed = metric_sql(file, Scope(version, None, Period(None, version.data_month)), (by,))
    assert f"from main.{mart}\n" in composed.sql
    return version.rows(composed.sql.replace(f"from main.{mart}\n", f"from main.{source}\n"), composed.params).rows()


@pytest.mark.parametrize(("coarse", "finer"), FINER)
def test_a_finer_mart_agrees_with_the_coarser_one(demo, coarse, finer):
    has = set(mart_columns(demo, finer))
    files = [
        file
        for file in METRICS.values()
        # A metric that names a column of the coarser mart only is never read from the finer one.
        if metric_mart(file) == coarse and columns(file.path, file.text) <= has
    ]
    assert files
    for file in files:
        for by in ("month", "year", "county"):
            rows = answer(demo, file, by, coarse)
            assert rows == [pytest.approx(row) for row in answer(demo, file, by, finer)], (file.name, by)


def test_the_mart_with_the_fewest_rows_that_has_all_columns_is_read(demo):
    assert detail_marts(demo, "request_months") == (
        "request_months",
        "request_topic_months",
        "request_hour_months",
        "requests",
    )

    def read(by: tuple[str, ...], *where: tuple[str, str]) -> str:
        at = Scope(demo, "621000", Period.parse("2025", demo.data_month), where)
        return metric_sql(metric("requests_raised", demo).file, at, by).sql.split("from main.")[1].split("\n")[0]

    assert read(()) == "request_months"
    assert read(("county", "month")) == "request_months"
    assert read(("month",), ("kind", "dispute")) == "request_months"
    assert read(("responder",), ("kind", "dispute")) == "request_topic_months"
    assert read(("weekday", "hour")) == "request_hour_months"
    assert read(("weekday",), ("source", "hotline")) == "requests"
    assert read((), ("partner_id", "P1")) == "requests"
    # The metric's own text reads a kind of partner, which the days don't have.
    at = Scope(demo, "621000", Period.parse("2025", demo.data_month))
    assert "from main.activities" in metric_sql(metric("property_joint_activities", demo).file, at, ("day",)).sql


def test_every_dimension_that_a_mart_offers_is_in_one_detailed_mart(demo):
    for coarse in {coarse for coarse, _ in FINER}:
        names = set(dimensions(demo, coarse)) - {"quarter", "year"} | set(filters(demo, coarse))
        assert any(names <= set(mart_columns(demo, detail)) for detail in detail_marts(demo, coarse)), coarse
