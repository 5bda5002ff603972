"""Files that users wrote in the browser are moved from their old place in sql/ to data/, once, and nothing is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sql.errors import InputError
from sql.semantic import moved_files
from sql.semantic.catalog import catalog

HEADER = "date,metric,area_code,note_zh,note_en\n"
OLD = "2024-01-31,workers,621000,甲,A\n"
NEW = '2024-02-29,workers,621000,"乙，丙",B\n'
QUERY = "-- title: 甲 | A\n-- grain: one row\n{area}select 1 as one\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Returns a folder of sql/ as an earlier release left it."""
    (tmp_path / "sql" / "queries").mkdir(parents=True)
    (tmp_path / "sql" / "annotations.csv").write_text(HEADER + OLD + NEW, encoding="utf-8")
    (tmp_path / "sql" / "queries" / "mine_621002.sql").write_text(
        QUERY.format(area="-- area: 621002\n"), encoding="utf-8"
    )
    (tmp_path / "sql" / "queries" / "shipped.sql").write_text(QUERY.format(area=""), encoding="utf-8")
    return tmp_path / "sql"


def test_annotations_and_queries_of_an_area_are_moved_once(root):
    data = root.parent / "data"
    assert moved_files.move(root) == ["data/annotations.csv", "data/queries/mine_621002.sql"]
    assert (data / "annotations.csv").read_text(encoding="utf-8") == HEADER + OLD + NEW
    assert not (root / "annotations.csv").exists()
    # A query without an area works where it is: nobody can tell it from the product's own.
    assert [path.name for path in (root / "queries").iterdir()] == ["shipped.sql"]
    files = catalog.current_files(root)
    assert sorted(files) == ["queries/saved/mine_621002.sql", "queries/shipped.sql"]
    assert files["queries/saved/mine_621002.sql"].location == "data/queries/mine_621002.sql"
    assert moved_files.move(root) == []


def test_annotations_are_added_to_those_that_are_there_already(root):
    data = root.parent / "data"
    data.mkdir()
    # Other columns' order, a byte order mark as Excel writes it, and a row that both have.
    other = 'metric,date,area_code,note_en,note_zh\nworkers,2024-02-29,621000,B,"乙，丙"\ngrids,2024-03-31,,C,丁\n'
    (data / "annotations.csv").write_text(other, encoding="utf-8-sig")
    assert moved_files.move(root) == ["data/annotations.csv", "data/queries/mine_621002.sql"]
    assert (data / "annotations.csv").read_text(encoding="utf-8") == other + "workers,2024-01-31,621000,A,甲\n"


def test_a_query_whose_name_is_taken_stays_where_it_is(root):
    saved = catalog.saved_folder(root)
    saved.mkdir(parents=True)
    (saved / "mine_621002.sql").write_text(QUERY.format(area="-- area: 621002\n-- note: 另一个 | another\n"), "utf-8")
    assert moved_files.move(root) == ["data/annotations.csv"]
    assert "another" in (saved / "mine_621002.sql").read_text("utf-8")
    assert (root / "queries" / "mine_621002.sql").is_file()


def test_what_cannot_be_moved_is_named_and_unchanged(root, monkeypatch):
    def refuse(old: Path, new: Path) -> None:
        raise OSError(13, "Permission denied", str(old))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(InputError, match=r"annotations\.csv was not moved to data/ \(Permission denied\)"):
        moved_files.move(root)
    assert (root / "annotations.csv").read_text(encoding="utf-8") == HEADER + OLD + NEW
