"""Source tables of a column: what its expression reads and what decides which rows there are, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sql.files import sql_file
from sql.semantic.catalog import catalog, lineage

STAGING = "-- title: 甲 | A\n-- grain: row\n-- source: raw.{name}\nselect id, area_code, amount from raw.{name}\n"
HEADER = "-- title: 甲 | A\n-- grain: row\n-- source_table: calls\n"


@pytest.fixture
def sources(tmp_path: Path) -> Callable[[str, str], list[str]]:
    """Returns a function that traces a metric over a mart with this SELECT."""
    for name in ("calls", "areas", "people", "budgets"):
        path = tmp_path / "staging" / f"{name}.sql"
        path.parent.mkdir(exist_ok=True)
        path.write_text(STAGING.format(name=name), encoding="utf-8")
    (tmp_path / "marts").mkdir()

    def trace(mart: str, metric: str) -> list[str]:
        (tmp_path / "marts" / "tried.sql").write_text(HEADER + mart, encoding="utf-8")
        catalog.clear_cache()
        return lineage.sources(
            sql_file.read("metrics/x/tried.sql", f"-- title: 甲 | A\n{metric} from tried", ()), tmp_path
        )

    return trace


JOINED = """select calls.area_code as month, calls.amount as calls, people.amount as people
from staging.calls as calls
inner join staging.areas as areas on calls.area_code = areas.area_code
left join staging.people as people on calls.id = people.id"""


def test_a_left_join_counts_only_where_its_column_is_needed(sources):
    assert sources(JOINED, "select sum(calls) as value") == ["areas", "calls"]
    assert sources(JOINED, "select sum(people) as value") == ["areas", "calls", "people"]
    assert sources(JOINED, "select sum(people) as numerator, sum(calls) as value") == ["areas", "calls", "people"]


def test_what_filters_rows_counts(sources):
    where = JOINED + "\nwhere people.amount > 0"
    assert sources(where, "select sum(calls) as value") == ["areas", "calls", "people"]
    nested = JOINED + "\nwhere calls.id in (select budgets.id from staging.budgets as budgets)"
    assert sources(nested, "select sum(calls) as value") == ["areas", "budgets", "calls"]


def test_columns_are_followed_through_common_table_expressions(sources):
    mart = f"with joined as (\n{JOINED}\n), again as (select * from joined) select month, calls, people from again"
    assert sources(mart, "select sum(calls) as value") == ["areas", "calls"]
    assert sources(mart, "select sum(people) as value") == ["areas", "calls", "people"]


def test_a_left_join_that_gives_the_key_of_a_needed_one_counts(sources):
    mart = (
        "select calls.area_code as month, budgets.amount as budget from staging.calls as calls "
        "left join staging.people as people on calls.id = people.id "
        "left join staging.budgets as budgets on people.amount = budgets.id"
    )
    assert sources(mart, "select sum(budget) as value") == ["budgets", "calls", "people"]
    assert sources(mart, "select count(month) as value") == ["calls"]


def test_the_columns_of_a_union_match_by_position(sources):
    mart = (
        "select id as month, amount as calls, area_code as place from staging.calls "
        "union all select budgets.id, budgets.amount, people.area_code from staging.budgets as budgets "
        "left join staging.people as people on budgets.id = people.id"
    )
    assert sources(mart, "select sum(calls) as value") == ["budgets", "calls"]
    assert sources(mart, "select count(place) as value") == ["budgets", "calls", "people"]


def test_every_metric_has_sources_and_names_fewer_than_its_mart(demo):
    for path, file in catalog.current_files().items():
        if path.startswith("metrics/"):
            assert lineage.sources(file), path
