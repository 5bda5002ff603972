"""Builds from a rows folder: the same tables as from files, any multiple of the events, and folders that are wrong."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from data.generator import event_copies
from etl.build import rows_folder
from etl.build.build import build, build_rows, rebuild_models
from etl.build.rows_folder import RowsError
from etl.cli.app import main
from sql import metric, warehouse
from sql.paths import PROJECT
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.warehouse import Version
from tests.helpers.warehouse.small_build import copy_models

TABLES = "select schema_name, table_name from duckdb_tables() where schema_name in ('raw', 'intermediate', 'main') order by all"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns one place of the demo as files, a part of sql/ that builds quickly, and the rows folder with twice its
    events.
    """
    folder = tmp_path_factory.mktemp("rows")
    for district in ("上级区划", "洪洞县"):
        shutil.copytree(PROJECT / "data" / "demo" / district, folder / "source" / district)
    copy_models(folder / "sql")
    event_copies.write(folder / "source", folder / "twice", scale=2)
    return folder


@pytest.fixture(scope="module")
def once(place: Path) -> Version:
    build(place / "source", place / "once", sql_root=place / "sql")
    return warehouse.current_version(place / "once")


@pytest.fixture(scope="module")
def twice(place: Path) -> Version:
    build_rows(place / "twice", place / "doubled", sql_root=place / "sql")
    return warehouse.current_version(place / "doubled")


@pytest.fixture
def wrong(place: Path, tmp_path: Path) -> Path:
    """Returns a rows folder for a test to damage."""
    return Path(shutil.copytree(place / "twice", tmp_path / "wrong"))


def refused(folder: Path, tmp_path: Path) -> RowsError:
    with pytest.raises(RowsError) as error:
        build_rows(folder, tmp_path / "warehouse")
    assert not list((tmp_path / "warehouse").glob("versions/*"))
    return error.value


def test_a_version_written_as_rows_builds_the_same_tables(place, once, tmp_path):
    with duckdb.connect(str(once.path), read_only=True) as connection:
        rows_folder.write_rows(connection, tmp_path / "rows", "demo", once.data_date, once.declared_day)
        tables = connection.execute(TABLES).fetchall()
    report = build_rows(tmp_path / "rows", tmp_path / "again", sql_root=place / "sql")
    again = warehouse.current_version(tmp_path / "again")
    assert report.files.height == once.rows("select * from raw.files").height
    assert again.data_date == once.data_date
    assert again.is_demo
    with duckdb.connect() as connection:
        for name, version in (("one", once), ("other", again)):
            connection.execute(f"attach '{version.path}' as {name} (read_only)")
        for schema, table in tables:
            one, other = (f'select * from {name}.{schema}."{table}"' for name in ("one", "other"))
            differing = connection.execute(
                f"({one} except all {other}) union all ({other} except all {one})"
            ).fetchall()
            assert differing == [], table
    assert len(tables) > 40


def test_duckdbs_temporary_files_are_removed(place, twice):
    assert sorted(path.name for path in (place / "doubled").iterdir()) == ["building.lock", "current", "versions"]


def test_twice_the_events_in_the_same_places(once, twice):
    for table, ids in event_copies.EVENTS.items():
        key = "session_id, attendee_id" if table == "training_attendance" else ids[0]
        count = f"select count(*), count(distinct ({key})) from raw.{table}"
        events = once.rows(count).row(0)[0]
        assert events > 20, table
        assert twice.rows(count).row(0) == (2 * events, 2 * events), table
    for table in ("areas", "workers", "partners", "population", "months", "shapes"):
        assert once.rows(f"select count(*) from raw.{table}").equals(twice.rows(f"select count(*) from raw.{table}")), (
            table
        )
    by_table = "select table_name, sum(rows_loaded) from raw.files where table_name = 'requests' group by table_name"
    assert twice.rows(by_table).item(0, 1) == 2 * once.rows(by_table).item(0, 1)
    # Events stay within the calendar, and durations stay the same.
    assert twice.rows("select max(raised_at)::date from raw.requests").item() <= twice.data_date
    assert twice.rows("select min(raised_at)::date from raw.requests").item() >= twice.first_month
    assert twice.rows("select max(started_on) from raw.training_sessions").item() <= twice.data_date
    waits = "select list_sort(list(distinct date_diff('second', raised_at, closed_at))) from raw.requests"
    assert once.rows(waits).equals(twice.rows(waits))


@pytest.mark.parametrize("name", ["requests_raised", "activities_held", "livelihood_issues_resolved", "participants"])
def test_sums_are_twice_as_large(once, twice, name):
    few, more = (
        metric(name, version).value(Scope(version, "141024", Period(None, version.data_month)))
        for version in (once, twice)
    )
    assert few > 0
    assert more == 2 * few


@pytest.mark.parametrize("name", ["resolution_rate", "satisfaction"])
def test_rates_stay(once, twice, name):
    few, more = (
        metric(name, version).value(Scope(version, "141024", Period(None, version.data_month)))
        for version in (once, twice)
    )
    assert more == pytest.approx(few)


def test_the_same_rows_for_the_same_arguments(place, tmp_path):
    event_copies.write(place / "source", tmp_path / "again", scale=2)
    with duckdb.connect() as connection:
        for table in rows_folder.raw_columns():
            one, other = (f"from '{folder / table}/*.parquet'" for folder in (place / "twice", tmp_path / "again"))
            assert (
                connection.execute(f"({one} except all {other}) union all ({other} except all {one})").fetchall() == []
            ), table
    assert (place / "twice" / "rows.toml").read_text() == (tmp_path / "again" / "rows.toml").read_text()


def test_an_earlier_data_date(place, tmp_path):
    build_rows(place / "twice", tmp_path / "earlier", date(2025, 3, 15), place / "sql")
    version = warehouse.current_version(tmp_path / "earlier")
    assert version.data_date == date(2025, 3, 15)
    assert version.rows("select max(observed_on) from raw.months").item() == date(2025, 3, 15)
    assert version.rows("select max(raised_at)::date from requests").item() <= date(2025, 3, 15)


def test_files_after_rows_begin_from_nothing(place, once, tmp_path):
    build_rows(place / "twice", tmp_path / "warehouse", sql_root=place / "sql")
    build(place / "source", tmp_path / "warehouse", sql_root=place / "sql")
    count = "select count(*) from raw.requests"
    assert warehouse.current_version(tmp_path / "warehouse").rows(count).equals(once.rows(count))


def test_an_edited_model_is_built_from_the_same_rows(place, twice, tmp_path):
    edited = shutil.copytree(place / "sql", tmp_path / "sql")
    activities = edited / "marts" / "activities.sql"
    text = activities.read_text(encoding="utf-8")
    activities.write_text(text.replace("activities.hours,", "2 * activities.hours as hours,"), encoding="utf-8")
    shutil.copytree(place / "doubled", tmp_path / "warehouse")
    # activities itself, and activity_months, which reads it.
    assert rebuild_models(tmp_path / "warehouse", edited).built_count == 2
    hours = "select sum(hours) from activity_months"
    assert warehouse.current_version(tmp_path / "warehouse").rows(hours).item() == 2 * twice.rows(hours).item()


def test_a_folder_that_is_no_rows_folder_is_reported(place, tmp_path, capsys):
    for folder in (tmp_path, place / "source", tmp_path / "nowhere"):
        error = refused(folder, tmp_path)
        assert "rows.toml" in error.zh
        assert str(folder) in error.en
    assert main(["--lang", "zh", "build", "--rows", str(tmp_path), "--warehouse", str(tmp_path / "warehouse")]) == 1
    assert "不是行数据文件夹" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("description", "words"),
    [
        ('format = 2\nsource = "demo"\ndata_date = 2026-06-30\nscale = 1\n', "format should be 1, got 2"),
        ('format = 1\nsource = "demo"\nscale = 1\n', "data_date is missing"),
        ("format = 1\nsource = demo\n", "cannot read"),
    ],
)
def test_a_wrong_description_is_reported(wrong, tmp_path, description, words):
    (wrong / "rows.toml").write_text(description, encoding="utf-8")
    assert words in refused(wrong, tmp_path).en


def test_a_missing_table_is_reported(wrong, tmp_path):
    shutil.rmtree(wrong / "points")
    error = refused(wrong, tmp_path)
    assert "points/*.parquet" in error.zh
    assert "points/*.parquet" in error.en


def test_a_table_with_other_columns_is_reported(wrong, tmp_path):
    path = next((wrong / "points").glob("*.parquet"))
    with duckdb.connect() as connection:
        connection.execute(f"create table points as select * exclude (reason), 1 as colour from '{path}'")
        connection.execute("alter table points alter points type varchar")
        connection.execute(f"copy points to '{path}'")
    error = refused(wrong, tmp_path)
    assert "colour, points, reason" in error.zh
    assert "colour, points, reason" in error.en


@pytest.mark.parametrize("damage", ["no Parquet at all", "cut off", "a byte of the rows"])
def test_a_damaged_file_is_reported(wrong, tmp_path, damage):
    path = next((wrong / "requests").glob("*.parquet"))
    content = bytearray(path.read_bytes())
    if damage == "cut off":
        content = content[: len(content) // 2]
    elif damage == "a byte of the rows":
        content[10:2000] = bytes(1990)
    else:
        content = bytearray(b"request_id\nQ1\n")
    path.write_bytes(content)
    error = refused(wrong, tmp_path)
    assert "requests" in error.zh
    assert "damaged" in error.en


def test_less_than_once_is_refused(place, tmp_path):
    with pytest.raises(ValueError, match="scale 0"):
        event_copies.write(place / "source", tmp_path / "none", 0)
