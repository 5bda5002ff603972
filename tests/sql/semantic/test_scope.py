"""Users see only their own data: any query of a version restricted to an area is answered from the rows of that area."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest

from sql import metric, query, warehouse
from sql.errors import InputError
from sql.security import row_filter
from sql.semantic.catalog import catalog
from sql.semantic.peers import peers
from sql.semantic.periods import Period
from sql.semantic.scope import Scope, areas
from sql.semantic.search import search

XIFENG, ZHENYUAN = "621002", "621027"


def everything(version):
    return Scope(version, version.area, Period(None, version.data_month))


def codes(version, area):
    """Returns the codes of an area, of the areas inside it, and of its grids: by the whole version."""
    inside = version.rows(
        "select area_code, area_name from intermediate.area_paths where county = $area", {"area": area}
    )
    grids = version.rows(
        "select grid_code from raw.grids inner join intermediate.area_paths on community_code = area_code where county = $area",
        {"area": area},
    )
    return set(inside["area_code"]) | set(grids["grid_code"])


@pytest.mark.parametrize("area", [XIFENG, ZHENYUAN])
def test_every_table_holds_the_rows_of_the_area_and_no_others(demo, area):
    seen, own = demo.restrict_to(area), codes(demo, area)
    others = codes(demo, ZHENYUAN if area == XIFENG else XIFENG)
    tables = seen.rows(
        "select schema_name as schema, view_name as name from duckdb_views() where database_name = 'memory' and not internal"
    )
    assert tables.height > 90
    held = set()
    for schema, name in tables.iter_rows():
        rows = seen.rows(f"select * from {schema}.{name}")
        for column in rows.columns:
            if column in ("ancestor_code", "parent_code") or rows[column].dtype != pl.String:
                continue
            values = set(rows[column].drop_nulls())
            assert not values & others, (schema, name, column)
            held |= values & own
    assert held == own


def test_a_table_without_a_rule_is_empty_and_each_rule_is_known(demo):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{demo.path}' as whole (read_only)")
        rules = row_filter.rules(connection, XIFENG)
        assert {table for table, rule in rules.items() if rule is None} == {"meta.loaded", "raw.claims"}
        assert set(row_filter.rules(connection, "999999").values()) == {None, "true"}
    seen = demo.restrict_to(XIFENG)
    assert seen.rows("select * from raw.claims").is_empty()
    # Only users who may see all of the city see the city's folder.
    assert seen.rows("select * from raw.files").is_empty()
    assert not demo.restrict_to("621000").rows("select * from raw.files").is_empty()


def test_every_metric_returns_the_areas_own_numbers(demo):
    seen = everything(demo.restrict_to(XIFENG))
    whole = everything(demo).with_area(XIFENG)
    for name in catalog.names("metrics"):
        assert metric(name, seen.version).rows(seen).equals(metric(name, demo).rows(whole)), name


def test_other_areas_and_those_above_cannot_be_queried(demo):
    seen = demo.restrict_to(XIFENG)
    for code in (ZHENYUAN, "621000", "62", "370705"):
        with pytest.raises(InputError):
            Scope(seen, code, Period(None, demo.data_month))
    assert [area.code for area in everything(seen).with_area("621002001").path] == [XIFENG, "621002001"]
    assert {area.code for area in areas(seen).values()} - {None} <= codes(demo, XIFENG)
    assert not [hit for hit in search(seen, "镇原") if hit.key != "page"]


def test_peers_beyond_the_area_are_identified_by_their_numbers(demo):
    restricted = everything(demo.restrict_to("621022"))
    assert [peer.area_code for peer in peers(restricted)] == [
        peer.area_code for peer in peers(everything(demo).with_area("621022"))
    ]


def test_a_version_restricted_to_no_area_holds_nothing(demo):
    seen = demo.restrict_to("")
    assert set(areas(seen)) == {None}
    assert seen.rows("select count(*) as rows from main.worker_months").item() == 0


def test_a_copy_holds_the_same_rows_and_nothing_else(demo):
    copy = row_filter.copy_area(demo.path, XIFENG)
    assert copy == row_filter.copy_area(demo.path, XIFENG)
    seen = demo.restrict_to(XIFENG)
    with duckdb.connect(str(copy), read_only=True) as connection:
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables() where not internal"
        ).fetchall():
            count = f"select count(*) from {schema}.{table}"
            assert connection.execute(count).fetchone()[0] == seen.rows(count).item()
        assert connection.execute("select count(*) from duckdb_databases() where not internal").fetchone()[0] == 1
    # Names of other counties are nowhere in the file.
    assert "镇原".encode() not in copy.read_bytes()


def test_open_connections_of_many_areas_are_bounded(demo):
    for code in codes(demo, XIFENG):
        if code in areas(demo):
            demo.restrict_to(code).rows("select count(*) from main.requests")
    assert len(warehouse._connections) <= warehouse._OPEN_VERSIONS
    assert query("sources", everything(demo.restrict_to(XIFENG)), area=XIFENG).height > 0
