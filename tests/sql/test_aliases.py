"""Old names that people still have in links, saved queries and files: they lead to the current names."""

from __future__ import annotations

import re

import pytest

from sql import aliases, metric
from sql.errors import SqlFileError
from sql.files import sql_file
from sql.paths import PROJECT
from sql.semantic.catalog import catalog
from tests.helpers.for_each import for_each

HEADER = "-- title: 甲 | A\n-- grain: area\n"


@for_each("old, new", aliases.HEADER_KEYS.items())
def test_an_old_key_of_a_header_is_refused_with_the_new_one(tmp_path, old, new):
    path = tmp_path / "marts" / "tried.sql"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{HEADER}-- {old}: workers\nselect 1 as one\n", encoding="utf-8")
    with pytest.raises(SqlFileError, match=rf"marts/tried\.sql:1: '-- {old}:' is now '-- {new}:'"):
        catalog.read_file(tmp_path, path)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            "select area_code\nfrom bases.area_paths as paths\n",
            "select area_code\nfrom intermediate.area_paths as paths\n",
        ),
        # A text, a comment and a column of that name are unaffected.
        (
            "select 'bases.x' as x, t.bases.y from t -- bases.z\n",
            "select 'bases.x' as x, t.bases.y from t -- bases.z\n",
        ),
        ("select 'not ended from bases.area_paths", "select 'not ended from bases.area_paths"),
    ],
)
def test_a_saved_query_still_reads_a_renamed_schema(tmp_path, written, read):
    path = tmp_path / "queries" / "kept.sql"
    path.parent.mkdir()
    path.write_text(HEADER + written, encoding="utf-8")
    assert catalog.read_file(tmp_path, path).text == HEADER + read


def test_a_model_uses_current_schema_names(tmp_path):
    path = tmp_path / "intermediate" / "tried.sql"
    path.parent.mkdir()
    path.write_text(f"{HEADER}select area_code from bases.area_paths\n", encoding="utf-8")
    assert sql_file.tables_of("intermediate/tried.sql", catalog.read_file(tmp_path, path).text) == {
        ("bases", "area_paths")
    }


def test_the_product_uses_current_names():
    old = [*aliases.PAGES, *aliases.METRICS]
    used = [
        f"{path.relative_to(PROJECT)}: {name}"
        for room in ("pages", "sql", "etl")
        for path in (PROJECT / room).rglob("*.py")
        if path.name != "aliases.py"
        for name in old
        if f'"{name}"' in path.read_text(encoding="utf-8")
    ]
    figures = (PROJECT / "data" / "reference" / "published_figures.csv").read_text(encoding="utf-8")
    used += [f"published_figures.csv: {name}" for name in aliases.METRICS if re.search(rf"\b{name}\b", figures)]
    assert used == []


def test_a_metric_is_found_by_its_old_name(demo, monkeypatch):
    monkeypatch.setitem(aliases.METRICS, "community_staff", "workers")
    assert metric("community_staff", demo).name == metric("workers", demo).name == "workers"
