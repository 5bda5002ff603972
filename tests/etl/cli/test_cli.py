"""Tests the commands, as a person or a script uses them."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import duckdb
import polars as pl
import pytest

from etl.build import versions
from etl.cli import build as building
from etl.cli.app import main
from sql import warehouse
from sql.files.columns import MEASURES
from sql.warehouse import Version
from tests.helpers.warehouse.world import (
    AREAS,
    CITY,
    COUNTY,
    EAST,
    OTHER_COUNTY,
    SOUTH,
    VILLAGE,
    WEST,
    never_held,
    population,
    publish,
    worker,
    workers,
    write,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Builds 4 workers in EAST, one a woman hired in February 2024, and 2 in SOUTH; three rows with formulas were
    rejected.
    """
    folder = tmp_path_factory.mktemp("cli")
    source = write(
        folder / "source",
        "庆阳市",
        areas=AREAS,
        population=[population(EAST, "2023-12-31", 2000), population(SOUTH, "2023-12-31", 1000)],
        workers=[
            *workers(3, EAST),
            worker("F", EAST, "2024-02-10", gender="female"),
            *workers(2, SOUTH),
            worker("BAD1", education="=1+1"),
            worker("BAD2", education="+cmd|' /C calc'!A0"),
            worker("BAD3", post="@sum"),
        ],
        standards=never_held(),
    )
    publish(source, folder / "warehouse", "2024-03-31")
    return folder / "warehouse"


@pytest.fixture
def run(folder, capsys):
    """Returns a function that runs a command on that warehouse and returns its exit code, output and errors."""

    def run(*arguments: str, on: Path = folder, language: str = "en") -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["--lang", language, *arguments, "--warehouse", str(on)])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_metric_as_json(run):
    code, out, err = run("metric", "workers", "--by", "county", "--format", "json")
    assert (code, err) == (0, "")
    assert json.loads(out) == [
        {
            "county": COUNTY,
            "county_name": f"区划{COUNTY}",
            "value": 4.0,
            "numerator": None,
            "denominator": None,
            "standard": None,
            "recommended": None,
            "year_standard": None,
        },
        {
            "county": OTHER_COUNTY,
            "county_name": f"区划{OTHER_COUNTY}",
            "value": 2.0,
            "numerator": None,
            "denominator": None,
            "standard": None,
            "recommended": None,
            "year_standard": None,
        },
    ]


def test_a_held_number_says_why_beside_its_rows(run, tmp_path):
    source = write(
        tmp_path / "source",
        "庆阳市",
        areas=AREAS,
        population=[population(EAST, "2023-12-31", 2000)],
        workers=[*workers(9, EAST), worker("BAD", post="@sum")],
    )
    publish(source, tmp_path / "warehouse", "2024-03-31")
    code, out, err = run("metric", "workers", "--format", "json", on=tmp_path / "warehouse")
    assert code == 0 and json.loads(out)[0]["value"] is None
    assert err == "held: 1 of 10 rows of community workers from 区划62 were rejected\n"
    _, _, err = run("metric", "workers", on=tmp_path / "warehouse", language="zh")
    assert err == "数字未采用：区划62的社区工作者 10 行退回 1 行\n"


def test_metric_as_csv(run):
    code, out, _ = run(
        "metric", "staffing_ratio", "--by", "community,month", "--period", "2024-01..2024-03", "--format", "csv"
    )
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert list(rows[0]) == ["community", "community_name", "month", *MEASURES]
    assert len(rows) == 4 * 3
    found = {(row["community"], row["month"]): (row["value"], row["numerator"], row["denominator"]) for row in rows}
    # 3, then 4 workers on 2,000; 2 on 1,000; empty where there is no population or no town.
    assert found[EAST, "2024-01-01"] == ("15.0", "3.0", "2000.0")
    assert found[EAST, "2024-02-01"] == ("20.0", "4.0", "2000.0")
    assert found[SOUTH, "2024-03-01"] == ("20.0", "2.0", "1000.0")
    assert found[WEST, "2024-03-01"] == found[VILLAGE, "2024-03-01"] == ("", "", "")
    assert {row["standard"] for row in rows if row["community"] == EAST} == {"18.0"}


@pytest.mark.parametrize(("language", "title"), [("zh", "城镇常住人口"), ("en", "Urban residents")])
def test_metric_as_a_table(run, language, title):
    code, out, _ = run("metric", "urban_residents", "--by", "county", language=language)
    assert code == 0
    assert out.splitlines()[0].strip() == f"{title} · 2024-01..2024-03"
    line = next(line for line in out.splitlines() if OTHER_COUNTY in line)
    assert "1,000" in line


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ((), 6),
        (("--area", COUNTY), 4),
        (("--area", SOUTH), 2),
        (("--area", VILLAGE), 0),
        (("--where", "gender=female"), 1),
        (("--where", "gender=female", "--where", f"county={OTHER_COUNTY}"), 0),
        (("--where", "post=a=b"), 0),
        (("--period", "2024-01"), 5),
        (("--period", "2024Q1"), 6),
        (("--period", "2023"), 5),
        (("--period", "all"), 6),
        (("--period", "2030"), None),
        (("--area", CITY, "--period", "2023-12..2024-01", "--where", f"community={EAST}"), 3),
    ],
)
def test_metric_by_area_period_and_filter(run, options, value):
    code, out, err = run("metric", "workers", "--format", "json", *options)
    assert code == 0, err
    assert [row["value"] for row in json.loads(out)] == [value]


def test_metric_defaults_to_the_datas_year(run):
    assert json.loads(run("metric", "worker_joiners", "--format", "json")[1])[0]["value"] == 1
    assert json.loads(run("metric", "worker_joiners", "--format", "json", "--period", "all")[1])[0]["value"] == 6


def test_metric_sql_runs_alone_and_returns_the_number(run, folder):
    code, out, _ = run("metric", "workers", "--by", "county", "--where", "gender=male", "--period", "2024-02", "--sql")
    assert code == 0
    with duckdb.connect(str(warehouse.current_version(folder).path), read_only=True) as alone:
        assert alone.sql(out).fetchall() == [(COUNTY, 3), (OTHER_COUNTY, 2)]


def test_no_data_yet(run, tmp_path):
    for command in (["metric", "workers"], ["check"], ["rejects"], ["rollback"]):
        code, out, err = run(*command, on=tmp_path)
        assert (code, out) == (1, "") and err
    assert run("versions", on=tmp_path)[:2] == (0, "")


def test_check(run):
    code, out, _ = run("check")
    # WEST is urban and has neither population nor workers: warnings do not stop the build.
    assert code == 0
    lines = {line.split()[2].rstrip(":"): line for line in out.splitlines() if line[:1] in "●▼"}
    assert (
        lines["urban_communities_without_population"].startswith("▼ warn")
        and ": 1 " in lines["urban_communities_without_population"]
    )
    assert lines["no_areas"].startswith("● error") and ": 0 " in lines["no_areas"]
    assert "Add these communities to the population file" in " ".join(out.split())
    out = run("check", language="zh")[1]
    assert "在人口文件里补上这些社区" in out and "Add these communities" not in out


def test_versions_and_rollback(run, folder, tmp_path):
    source = folder.parent / "source"
    first = publish(source, tmp_path, "2024-03-31")[1].name
    second = publish(source, tmp_path, "2024-03-31")[1].name
    assert run("versions", on=tmp_path)[1].split("\n")[:2] == [f"  {first}", f"→ {second}"]
    code, out, _ = run("rollback", on=tmp_path)
    assert code == 0 and first in out and versions.read_pointer(tmp_path) == first
    assert run("versions", on=tmp_path)[1].split("\n")[:2] == [f"→ {first}", f"  {second}"]
    assert run("rollback", on=tmp_path)[0] == 1
    assert run("rollback", second, on=tmp_path)[0] == 0 and versions.read_pointer(tmp_path) == second
    code, _, err = run("rollback", "20000101T000000000-00000000", on=tmp_path)
    assert code == 1 and first in err and versions.read_pointer(tmp_path) == second


@pytest.mark.parametrize(
    ("language", "location", "total"),
    [
        ("zh", "庆阳市/workers.csv 第 {} 行：", "共 3 条"),
        ("en", "庆阳市/workers.csv row {}: ", "3 rejected rows in all"),
    ],
)
def test_rejects_on_the_screen(run, language, location, total):
    code, out, _ = run("rejects", language=language)
    assert code == 0
    # The header is row 1, six good rows follow.
    for row, value in ((8, "=1+1"), (9, "+cmd"), (10, "@sum")):
        assert location.format(row) in out and value in out
    assert total in out and ("is not one of" in out) == (language == "en")


def test_rejects_in_a_workbook_stay_text(run, tmp_path):
    path = tmp_path / "rejects.xlsx"
    code, out, _ = run("rejects", "--out", str(path))
    assert code == 0 and str(path.name) in out.replace("\n", "")
    sheet = pl.read_excel(path)
    assert sheet["行号 row"].to_list() == [8, 9, 10]
    assert sheet["education"].to_list() == ["=1+1", "+cmd|' /C calc'!A0", "college"]
    assert sheet["post"].to_list() == ["worker", "worker", "@sum"]
    assert all("is not one of" in reason for reason in sheet["原因 reason"])
    with zipfile.ZipFile(path) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_the_source_by_default_is_the_demo_until_districts_send_files(tmp_path, monkeypatch):
    monkeypatch.setattr(building, "PROJECT", tmp_path)
    assert building.default_source() == tmp_path / "data" / "demo"
    (tmp_path / "data" / "incoming").mkdir(parents=True)
    assert building.default_source() == tmp_path / "data" / "demo"
    (tmp_path / "data" / "incoming" / "庆阳市").mkdir()
    assert building.default_source() == tmp_path / "data" / "incoming"


def test_published_figures_through_the_command(demo: Version, demo_folder, run):
    for place, name, options, figure in (
        ("621000", "workers", ("--period", "2026-06"), 1163),
        ("621000", "workers_recruited", ("--period", "all"), 368),
        (
            "370705",
            "workers_recruited",
            ("--period", "2022-07..2026-06", "--where", "recruited_via=open_recruitment"),
            348,
        ),
        ("370785", "communities", ("--period", "2026-06"), 44),
    ):
        out = run("metric", name, "--area", place, "--format", "json", *options, on=demo_folder)[1]
        assert json.loads(out)[0]["value"] == figure
