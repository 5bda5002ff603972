"""An incremental build rebuilds only what changed, and equals a full build: 洪洞县 of the demo, its files coming month by
month, late, corrected and withdrawn.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from etl.build.build import ROWS_CACHE, build, rebuild_models
from etl.build.models import incremental_on, order_models
from sql import warehouse
from sql.errors import SqlFileError
from sql.files import sql_file
from sql.files.sql_file import parse, tables
from sql.paths import PROJECT
from sql.semantic.catalog import catalog
from sql.warehouse import Version

DEMO = PROJECT / "data" / "demo"
# The date column that decides in which month's file a row is sent.
SENT_BY_MONTH = {"工单": "上报时间", "活动": "开始时间", "积分": "日期"}


def _text(path: Path) -> str:
    """Returns the text of a demo file, which is in one of two encodings, as clerks' files are."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


COMPARED_WITH_EARLIER_VERSIONS = {"table_counts", "held_tables", "held_areas"}


class World:
    """Holds a source folder whose files a test changes, and a warehouse that follows it build by build."""

    def __init__(self, folder: Path) -> None:
        self.source, self.into, self.fresh = folder / "source", folder / "followed", folder / "fresh"
        self.district = self.source / "洪洞县"
        shutil.copytree(DEMO / "洪洞县", self.district)
        shutil.copytree(DEMO / "上级区划", self.source / "上级区划")
        self.rows = {}
        for table, column in SENT_BY_MONTH.items():
            path = self.district / f"{table}.csv"
            rows = pl.read_csv(_text(path).encode(), infer_schema=False)
            self.rows[table] = rows.with_columns(month=pl.col(column).str.slice(0, 7))
            path.unlink()
        self.quiet = self._silenced()

    def _silenced(self) -> str:
        """Returns a partner without any activity: neither rated nor named by a request or an activity."""
        path = self.district / "合伙人评价.csv"
        ratings = pl.read_csv(_text(path).encode(), infer_schema=False)
        partner = ratings["合伙人编号"].min()
        ratings.filter(pl.col("合伙人编号") != partner).write_csv(path)
        for table, column in (("工单", "认领合伙人编号"), ("活动", "合伙人编号")):
            self.rows[table] = self.rows[table].with_columns(pl.when(pl.col(column) != partner).then(column))
        return partner

    def send(self, table: str, label: str, months: list[str], *changes: pl.Expr) -> None:
        """Sends the file of some months, with changes to its rows."""
        rows = self.rows[table].filter(pl.col("month").is_in(months)).with_columns(*changes).drop("month")
        rows.write_csv(self.district / f"{table}{label}.csv")

    def months(self, first: str, last: str) -> list[str]:
        return sorted({month for rows in self.rows.values() for month in rows["month"] if first <= month <= last})

    def followed(self, as_of: date | None = None) -> tuple[Version, int]:
        """Returns the version after one more build, and how many models that built; asserts that every model's rows
        equal those of a build from nothing.
        """
        report = build(self.source, self.into, as_of)
        version = warehouse.current_version(self.into)
        shutil.rmtree(self.fresh, ignore_errors=True)
        # The parse cache is reused; the models are not.
        shutil.copytree(self.into / ROWS_CACHE, self.fresh / ROWS_CACHE)
        build(self.source, self.fresh, as_of)
        assert_same(version, warehouse.current_version(self.fresh))
        return version, report.built_count


def assert_same(one: Version, other: Version) -> None:
    """Asserts that both versions hold the same rows in every table, apart from the load times and from what compares a
    version with those before it: a build from nothing has none."""
    with duckdb.connect() as connection:
        for name, version in (("one", one), ("other", other)):
            connection.execute(f"attach '{version.path}' as {name} (read_only)")
        found = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_catalog = 'one' and table_schema in ('raw', 'intermediate', 'main') order by all"
        ).fetchall()
        assert len(found) > 50
        for schema, table in found:
            if table in COMPARED_WITH_EARLIER_VERSIONS:
                continue
            rows = [
                f"select columns(lambda name: name <> 'loaded_at') from {name}.{schema}.\"{table}\""
                for name in ("one", "other")
            ]
            # The sum of row hashes is the same for the same rows in any order.
            one_sum, other_sum = (
                connection.execute(f"select count(*), sum(hash(each)) from ({select}) as each").fetchone()
                for select in rows
            )
            assert one_sum == other_sum, f"{schema}.{table}"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = World(tmp_path_factory.mktemp("restating"))
    for table in SENT_BY_MONTH:
        made.send(table, "", made.months("2022-01", "2026-06"))
    return made


def test_files_that_come_late_corrected_and_withdrawn(tmp_path: Path) -> None:
    world = World(tmp_path)
    early = [month for month in world.months("2022-01", "2026-04") if month != "2024-03"]
    for table in SENT_BY_MONTH:
        world.send(table, "至2026-04", early)
    april, may = date(2026, 4, 30), date(2026, 5, 31)
    first, everything = world.followed(april)

    # Nothing new: nothing is built, and the loaded rows keep their load time.
    second, built = world.followed(april)
    assert built == 0
    times = "select file, loaded_at from raw.files order by all"
    assert first.rows(times).equals(second.rows(times))

    # The next month moves the data date; requests that were not due yet are late now.
    for table in SENT_BY_MONTH:
        world.send(table, "2026-05", ["2026-05"])
    third, built = world.followed(may)
    assert 0 < built < everything
    assert third.rows("select count(*) from requests where month = '2026-05-01'").item() > 0

    # A month comes two years late, in which the otherwise inactive partner claims everything: it is then no longer
    # inactive for half a year. Then the month is corrected: closed two months later, and claimed by nobody.
    world.send("工单", "2024-03", ["2024-03"], pl.lit(world.quiet).alias("认领合伙人编号"))
    active_partners = "select sum(partners) from partner_months where not is_quiet and month = '2024-07-01'"
    assert world.followed(may)[0].rows(active_partners).item() == third.rows(active_partners).item() + 1
    world.send(
        "工单",
        "2024-03",
        ["2024-03"],
        pl.col("办结时间").str.replace(r"^2024-03", "2024-05"),
        pl.lit(None, dtype=pl.String).alias("认领合伙人编号"),
    )
    world.send("积分", "2024-03", ["2024-03"])
    world.send("活动", "2024-03", ["2024-03"])
    world.followed(may)

    # A withdrawn file.
    (world.district / "工单2024-03.csv").unlink()
    last, _ = world.followed(may)
    assert last.rows("select count(*) from requests where month = '2024-03-01'").item() == 0


def test_a_data_date_set_forward_and_back(world: World) -> None:
    for day in (date(2026, 3, 10), date(2026, 3, 20), date(2026, 3, 15)):
        version, _ = world.followed(day)
        assert version.data_date == day


def test_a_changed_table_that_others_refer_to(world: World) -> None:
    """A withdrawn partner takes its claims along; a renamed community changes every path."""
    path = next(world.district.glob("*合伙人名册.xlsx"))
    content = path.read_bytes()
    path.unlink()
    world.followed()
    path.write_bytes(content)
    world.followed()
    areas = world.district / "行政区划.csv"
    areas.write_text(_text(areas).replace("街道,", "街办,", 1), encoding="utf-8")
    world.followed()


def test_an_edited_model_and_its_dependants_are_built_and_no_others(world: World, tmp_path: Path) -> None:
    own = shutil.copytree(sql_file.SQL_FOLDER, tmp_path / "sql", ignore=shutil.ignore_patterns("__pycache__"))
    build(world.source, world.into)
    points = own / "marts" / "points.sql"
    points.write_text(
        points.read_text(encoding="utf-8").replace("points.points,", "2 * points.points as points,"), encoding="utf-8"
    )
    before = warehouse.current_version(world.into)
    report = rebuild_models(world.into, own)
    # points itself, and point_months and account_months, which read it.
    assert report.built_count == 3
    doubled = "select sum(points) from point_months"
    assert warehouse.current_version(world.into).rows(doubled).item() == 2 * before.rows(doubled).item()


def test_every_header_names_dates_of_tables_that_its_model_reads(demo: Version) -> None:
    columns = {
        (row["table_name"], row["column_name"]): row["data_type"]
        for row in demo.rows(
            "select table_schema, table_name, column_name, data_type from information_schema.columns "
            "where table_schema in ('staging', 'intermediate', 'main')"
        ).iter_rows(named=True)
    }
    restating = [file for file in order_models(catalog.current_files()) if "incremental_on" in file.header]
    assert len(restating) > 25
    for file in restating:
        dates = incremental_on(file)
        assert set(dates) <= {table.name for table in tables(parse(file.path, file.text))}, file.path
        for table, named in dates.items():
            for column, _ in named:
                assert columns[table, column] in ("DATE", "TIMESTAMP"), (file.path, table, column)


def test_a_header_that_names_no_date_is_reported(world: World, tmp_path: Path) -> None:
    own = shutil.copytree(sql_file.SQL_FOLDER, tmp_path / "sql", ignore=shutil.ignore_patterns("__pycache__"))
    points = own / "marts" / "points.sql"
    points.write_text(points.read_text(encoding="utf-8").replace("points.on_date,", "points.day,", 1), encoding="utf-8")
    build(world.source, world.into, sql_root=own)
    served = warehouse.current_version(world.into).name
    path = next(world.district.glob("积分*.csv"))
    content = path.read_bytes()
    path.unlink()
    with pytest.raises(SqlFileError, match=r"marts/points.sql.*points.day"):
        build(world.source, world.into, sql_root=own)
    path.write_bytes(content)
    assert warehouse.current_version(world.into).name == served
