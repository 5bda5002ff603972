"""A build: the published version, the rows kept for a district whose file failed, and the rows that never get in."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb
import polars as pl
import pytest

from etl.build.build import BuildRefused, _reopen, build, rebuild_models
from etl.contracts import all_tables
from etl.ingest.errors import SourceError
from sql import warehouse
from sql.files import sql_file
from tests.helpers.warehouse.world import (
    AREAS,
    CITY,
    COUNTY,
    EAST,
    OTHER_COUNTY,
    PROVINCE,
    area,
    duty,
    grid,
    month,
    population,
    publish,
    run_etl,
    standard,
    value,
    values,
    worker,
    workers,
    write,
)

LANZHOU = "620102"
LANZHOU_COMMUNITY = "620102001001"


def two_districts(source: Path) -> Path:
    """Writes 庆阳市 with three workers in EAST and a grid that one of them leads, and 城关区 with five workers."""
    write(
        source,
        "庆阳市",
        areas=AREAS,
        workers=workers(3, EAST),
        population=[population(EAST, "2024-01-31", 1000)],
        grids=[grid("G1"), grid("G2")],
        grid_duties=[duty(f"{EAST}-0", "G1", "leader", "2024-01-01")],
        standards=[standard(20, CITY, "2024-01-01")],
    )
    return write(
        source,
        "城关区",
        areas=[
            area(LANZHOU, "county", PROVINCE),
            area("620102001", "street", LANZHOU),
            area(LANZHOU_COMMUNITY, "community", "620102001"),
        ],
        population=[population(LANZHOU_COMMUNITY, "2024-01-31", 2000)],
        workers=workers(5, LANZHOU_COMMUNITY),
    )


def build_by_command(source: Path, into: Path, *options: str):
    return run_etl("build", "--source", source, "--warehouse", into, *options)


def test_exit_codes(tmp_path):
    source, into = two_districts(tmp_path / "source"), tmp_path / "warehouse"
    done = build_by_command(source, into)
    assert (done.returncode, done.stderr) == (0, "")
    first = warehouse.current_version(into).name
    assert first in done.stdout
    # 2: a usage error.
    assert build_by_command(source, into, "--as-of", "yesterday").returncode == 2
    # 1: nothing to build from; the previous version stays.
    refused = build_by_command(tmp_path / "nowhere", into)
    assert refused.returncode == 1 and "nowhere" in refused.stderr and "Traceback" not in refused.stderr
    assert warehouse.current_version(into).name == first
    # 3: published although a file failed; the output names the file.
    (source / "城关区" / "workers.csv").write_text("一,二\n三,四\n", encoding="utf-8")
    partly = build_by_command(source, into)
    assert partly.returncode == 3
    assert warehouse.current_version(into).name > first
    assert "城关区/workers.csv" in partly.stdout and "stale" in partly.stdout


def test_the_report_accounts_for_every_row(tmp_path):
    source = two_districts(tmp_path / "source")
    good = worker("A1")
    write(
        source,
        "庆阳市",
        workers=[
            good,
            good,
            worker("A2", education="大本"),
            worker("A3", birth_date="2015-01-01"),
            worker("A4"),
            worker("A5"),
            worker("A5", post="deputy"),
        ],
    )
    write(
        source,
        "庆阳市",
        grid_duties=[duty("A1", "G1", "leader", "2024-01-01"), duty("A2", "G1", "member", "2024-01-01")],
    )
    done = build_by_command(source, tmp_path / "warehouse")
    assert done.returncode == 0
    printed = {}
    for line in done.stdout.splitlines():
        cells = [cell.strip() for cell in line.strip("│").split("│")]
        if len(cells) == 8:
            printed[cells[0], cells[2]] = tuple(int(cell.replace(",", "")) for cell in cells[4:])
    # Seven rows: A1 and A4 are loaded; A2, A3 and both A5 rows are rejected; A1's repeat is skipped. A2's duty is
    # rejected with A2.
    assert printed["庆阳市", "workers"] == (7, 2, 4, 1)
    assert printed["庆阳市", "grid_duties"] == (2, 1, 1, 0)
    assert printed["城关区", "workers"] == (5, 5, 0, 0)
    assert all(read == loaded + rejected + repeated for read, loaded, rejected, repeated in printed.values())
    version = warehouse.current_version(tmp_path / "warehouse")
    loaded = dict(version.rows("select table_name, sum(rows_loaded)::int from raw.files group by all").iter_rows())
    for table, rows in loaded.items():
        condition = " where not is_derived" if table == "shapes" else ""
        assert version.rows(f"select count(*) from raw.{table}{condition}").item() == rows
    # Every problem is listed with its row and its reason in both languages.
    rejects = version.rows(
        "select row_number, reason_zh, reason_en from raw.rejects where table_name = 'workers' order by 1"
    )
    assert rejects["row_number"].to_list() == [4, 5, 7, 8]
    assert all("大本" in reason for reason in rejects.row(0)[1:])
    for line in (4, 5, 7, 8):
        assert f"庆阳市/workers.csv row {line}: " in done.stdout


def test_a_failed_file_keeps_the_districts_last_good_rows(tmp_path):
    source, into = two_districts(tmp_path / "source"), tmp_path / "warehouse"
    publish(source, into, "2024-01-31")
    write(source, "城关区", workers=workers(6, LANZHOU_COMMUNITY))
    (source / "庆阳市" / "workers.csv").write_bytes(b"\x00\xff\xfe broken")
    report, version = publish(source, into, "2024-01-31")
    assert report.failed_files.select("district", "file", "status", "rows_loaded").rows() == [
        ("庆阳市", "workers.csv", "stale", 3)
    ]
    assert values(version, "workers", "place") == {LANZHOU: 6, CITY: 3}
    assert value(version, "grids_staffed", area_code=CITY) == 1
    assert version.rows(
        "select distinct is_stale from intermediate.reports where district = '庆阳市' and table_name = 'workers'"
    ).item()
    # A second build, from rows that were stale themselves.
    version = publish(source, into, "2024-01-31")[1]
    assert values(version, "workers", "place") == {LANZHOU: 6, CITY: 3}
    # Once the file is readable again, its own rows count.
    write(source, "庆阳市", workers=workers(4, EAST))
    report, version = publish(source, into, "2024-01-31")
    assert report.failed_files.is_empty()
    assert values(version, "workers", "place") == {LANZHOU: 6, CITY: 4}
    assert not version.rows("select bool_or(is_stale) from intermediate.reports").item()


def test_a_failed_file_without_earlier_rows_leaves_the_district_empty(tmp_path):
    source = two_districts(tmp_path / "source")
    (source / "庆阳市" / "workers.csv").write_text("not,a,roster\n", encoding="utf-8")
    report, version = publish(source, tmp_path / "warehouse", "2024-01-31")
    assert report.failed_files["status"].to_list() == ["failed"]
    assert values(version, "workers", "place") == {LANZHOU: 5, CITY: None}
    assert values(version, "workers", "county", area_code=CITY) == {COUNTY: None, OTHER_COUNTY: None}
    assert value(version, "staffing_ratio", area_code=CITY) is None
    assert value(version, "urban_residents", area_code=CITY) == 1000


def test_raw_rows_say_where_they_came_from(tmp_path):
    source = two_districts(tmp_path / "source")
    version = publish(source, tmp_path / "warehouse", "2024-01-31")[1]
    for name in all_tables():
        rows = version.rows(f"select * from raw.{name}")
        assert {"source_district", "source_file", "source_sheet", "source_row", "loaded_at"} <= set(rows.columns), name
        assert rows["loaded_at"].null_count() == 0
        # A boundary derived from its parts comes from no file.
        sent_rows = rows if name != "shapes" else rows.filter(~pl.col("is_derived"))
        assert sent_rows.select("source_district", "source_file", "source_row").null_count().row(0) == (0, 0, 0), name
    rows = version.rows("select worker_id, source_district, source_file, source_row from raw.workers order by all")
    # The header is row 1.
    assert rows.row(0) == (f"{LANZHOU_COMMUNITY}-0", "城关区", "workers.csv", 2)
    assert rows.row(-1) == (f"{EAST}-2", "庆阳市", "workers.csv", 4)


# Valid by GB 11643: 110105 1990-03-05 003, a man; the second has a wrong check digit.
RIGHT_ID, WRONG_ID = "110105199003050032", "110105199003050033"
CANARIES = (RIGHT_ID, WRONG_ID, "13912345678", "13987654321", "欧阳甲乙", "诸葛丙丁", "司马戊己", "15811112222")


def test_personal_values_are_nowhere_in_a_version_nor_in_the_output(tmp_path):
    source = two_districts(tmp_path / "source")
    write(
        source,
        "庆阳市",
        workers=[
            worker(
                "CANARY-KEPT-ONE", name="欧阳甲乙", id_number=RIGHT_ID, phone="13912345678", birth_date="1990-03-05"
            ),
            worker(
                "CANARY-SENT-BACK", name="诸葛丙丁", id_number=WRONG_ID, phone="13987654321", birth_date="1990-03-05"
            ),
            # Typed into the wrong column.
            worker("CANARY-SHIFTED", education="15811112222"),
            worker("CANARY-CONFLICT", name="司马戊己", phone="15811112222"),
            worker("CANARY-CONFLICT", name="诸葛丙丁", phone="15811112222", post="deputy"),
        ],
    )
    into = tmp_path / "warehouse"
    done = build_by_command(source, into)
    assert done.returncode == 0
    version = warehouse.current_version(into)
    assert version.rows("select name from raw.workers where worker_id = 'CANARY-KEPT-ONE'").item() == "欧*"
    listed = run_etl("rejects", "--warehouse", into)
    # The two rows in conflict are lines 5 and 6.
    assert listed.returncode == 0 and "庆阳市/workers.csv row 5 but different content" in listed.stdout
    written = version.path.read_bytes()
    # A stored value can be found by its bytes, so a value that is not found is not stored.
    assert b"CANARY-KEPT-ONE" in written and "欧*".encode() in written
    held = {}
    for schema, table in version.rows("select schema_name, table_name from duckdb_tables()").rows():
        rows = version.rows(f'select * from "{schema}"."{table}"')
        assert not {"id_number", "phone"} & set(rows.columns), table
        held[f"{schema}.{table}"] = rows.write_json()
    assert "CANARY-SENT-BACK" not in held["raw.workers"]
    for canary in CANARIES:
        assert canary not in done.stdout + done.stderr + listed.stdout
        assert [name for name, text in held.items() if canary in text] == []
        assert canary.encode() not in written and canary.encode("gb18030") not in written


def test_a_version_is_named_by_time_and_hash_and_current_points_to_it(tmp_path):
    report, version = publish(two_districts(tmp_path / "source"), tmp_path / "warehouse", "2024-01-31")
    assert re.fullmatch(r"\d{8}T\d{9}-[0-9a-f]{8}", version.name)
    assert (tmp_path / "warehouse" / "current").read_text().strip() == version.name == report.name
    assert version.path == tmp_path / "warehouse" / "versions" / f"{version.name}.duckdb"
    assert str(version.data_date) == "2024-01-31"
    assert sorted(path.name for path in (tmp_path / "warehouse").iterdir()) == [
        "building.lock",
        "current",
        "kept",
        "versions",
    ]
    row = version.rows("select version, source, sql_hash from meta.build").row(0)
    assert row[:2] == (version.name, "source") and version.name.endswith(row[2][:8])


def test_the_data_date_is_the_latest_event_not_after_today(tmp_path):
    source = write(
        tmp_path / "source",
        "庆阳市",
        areas=AREAS,
        population=[population(EAST, "2024-01-31", 1000)],
        workers=[
            worker("A", hire_date="2024-02-10"),
            worker("B", leave_date="2024-05-05"),
            worker("C", hire_date="2999-01-01"),
        ],
        standards=[standard(20, CITY, "2024-04-01")],
    )
    # A hire is an event; an end date, a future date and the date of a standard are not.
    assert str(publish(source, tmp_path / "warehouse")[1].data_date) == "2024-02-10"


@pytest.fixture
def own_sql(tmp_path: Path) -> Path:
    """Returns a copy of sql/ to edit."""
    return shutil.copytree(sql_file.SQL_FOLDER, tmp_path / "sql", ignore=shutil.ignore_patterns("__pycache__"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_models_are_rebuilt_from_the_rows_of_the_version_alone(tmp_path, own_sql):
    source, into = two_districts(tmp_path / "source"), tmp_path / "warehouse"
    build(source, into, month("2024-01").replace(day=31))
    before = warehouse.current_version(into)
    shutil.rmtree(source)
    edit(
        own_sql / "marts" / "worker_months.sql",
        "on_post.worker_id,\n",
        "on_post.worker_id || on_post.month as worker_id,\n",
    )
    edit(own_sql / "staging" / "population.sql", "    residents,\n", "    10 * residents as residents,\n")
    report = rebuild_models(into, own_sql)
    after = warehouse.current_version(into)
    assert after.name == report.name > before.name
    assert (value(before, "residents"), value(after, "residents")) == (3000, 30_000)
    assert (value(before, "workers"), value(after, "workers")) == (8, 8)
    assert after.data_date == before.data_date
    assert after.rows("select * from raw.workers").equals(before.rows("select * from raw.workers"))
    assert after.sql_file("staging/population.sql") != before.sql_file("staging/population.sql")
    assert report.files.height == before.rows("select count(*) from raw.files").item()


def test_a_removed_model_is_gone_from_the_next_version(tmp_path, own_sql):
    source, into = two_districts(tmp_path / "source"), tmp_path / "warehouse"
    (own_sql / "marts" / "extra.sql").write_text(
        "-- title: 多余 | Extra\n-- grain: area\n-- source_table: areas\nselect area_code from staging.areas\n",
        encoding="utf-8",
    )
    build(source, into, sql_root=own_sql)
    assert warehouse.current_version(into).rows("select count(*) from extra").item() == len(AREAS) + 3
    (own_sql / "marts" / "extra.sql").unlink()
    rebuild_models(into, own_sql)
    with pytest.raises(duckdb.CatalogException):
        warehouse.current_version(into).rows("select count(*) from extra")


def test_a_check_of_severity_error_keeps_a_build_from_being_published(tmp_path, own_sql):
    source, into = two_districts(tmp_path / "source"), tmp_path / "warehouse"
    build(source, into, sql_root=own_sql)
    served = warehouse.current_version(into)
    check = own_sql / "checks" / "nobody_called_three.sql"
    check.write_text(
        "-- title: 三号 | Number two\n-- severity: error\n-- fix: 改 | mend\n"
        "select worker_id from staging.workers where worker_id like '%-2'\n",
        encoding="utf-8",
    )
    for attempt in (lambda: build(source, into, sql_root=own_sql), lambda: rebuild_models(into, own_sql)):
        with pytest.raises(BuildRefused) as error:
            attempt()
        assert "Number two (2 rows)" in error.value.en and "三号（2 行）" in error.value.zh
        assert warehouse.current_version(into) == served
    edit(check, "severity: error", "severity: warn")
    report = build(source, into, sql_root=own_sql)
    assert ("nobody_called_three", "warn", 2) in warehouse.current_version(into).checks.rows()
    assert [(file.name, rows) for file, rows in report.checks if rows and file.name.startswith("nobody")] == [
        ("nobody_called_three", 2)
    ]


def test_without_any_community_a_build_is_refused(tmp_path):
    source = write(tmp_path / "source", "庆阳市", areas=AREAS[:2])
    with pytest.raises(BuildRefused, match="No communities"):
        build(source, tmp_path / "warehouse", month("2024-01"))
    assert not (tmp_path / "warehouse" / "current").exists()


def test_when_every_row_is_rejected_the_refusal_says_why(tmp_path):
    source = write(tmp_path / "source", "庆阳市", areas=AREAS, workers=[worker("A", community="999999999999")])
    done = build_by_command(source, tmp_path / "warehouse")
    assert done.returncode == 1
    assert "庆阳市/workers.csv" in done.stderr and "'999999999999' is not an accepted areas" in done.stderr


def test_an_unusable_source_is_reported_with_the_remedy(tmp_path):
    with pytest.raises(SourceError, match="one subfolder per district"):
        build(tmp_path / "nowhere", tmp_path / "warehouse")


def test_names_with_brackets_are_printed_unchanged(tmp_path):
    source = two_districts(tmp_path / "source")
    (source / "城关区" / "workers.csv").rename(source / "城关区" / "社区工作者[bold].csv")
    (source / "城关区" / "网格[red]清单.csv").write_text("不,是\n", encoding="utf-8")
    done = build_by_command(source, tmp_path / "warehouse")
    assert done.returncode == 3
    assert "社区工作者[bold].csv" in done.stdout and "城关区/网格[red]清单.csv" in done.stdout


def test_a_workbook_among_the_files(tmp_path):
    source = two_districts(tmp_path / "source")
    (source / "城关区" / "workers.csv").unlink()
    rows = pl.DataFrame([worker("X1", LANZHOU_COMMUNITY), worker("X2", LANZHOU_COMMUNITY)])
    rows.write_excel(source / "城关区" / "社区工作者名册.xlsx", worksheet="七月")
    version = publish(source, tmp_path / "warehouse", "2024-01-31")[1]
    assert value(version, "workers", area_code=LANZHOU) == 2
    places = version.rows("select distinct source_file, source_sheet from raw.workers where source_district = '城关区'")
    assert places.rows() == [("社区工作者名册.xlsx", "七月")]


@pytest.mark.parametrize("loaded", [3, 1])
def test_rows_missing_from_the_closed_file_keep_it_from_being_published(tmp_path, loaded):
    path = tmp_path / "built.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema raw")
        connection.execute("create table raw.workers as select unnest([1, 2]) as worker_id")
    _reopen(path, {"workers": 2})
    with pytest.raises(BuildRefused, match=f"workers 只有 2 行，应为 {loaded} 行"):
        _reopen(path, {"workers": loaded})


def test_another_mapping_reads_the_same_file_again(tmp_path):
    source = write(tmp_path / "source", "庆阳市", areas=AREAS, population=[population(EAST, "2024-01-31", 5)])
    counted = []
    for unit in ("千", "万", "千"):
        mapping = f'[[file]]\nname = "population.csv"\ntable = "population"\nunits.residents = "{unit}"\n'
        (source / "庆阳市" / "mapping.toml").write_text(mapping, encoding="utf-8")
        build(source, tmp_path / "warehouse")
        counted.append(
            warehouse.current_version(tmp_path / "warehouse").rows("select residents from raw.population").item()
        )
    assert counted == [5_000, 50_000, 5_000]
