"""Another city's own files, which know nothing of this project, are loaded by a mapping.toml alone."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from datetime import datetime

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from etl.build.build import Report, build
from sql import metric, warehouse
from sql.paths import PROJECT
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.warehouse import Version

FILES = PROJECT / "tests" / "data" / "boston"
BOSTON = "250250"
# The parts of 311's service areas that some requests name instead of the area itself.
SERVICE_AREA = {
    "Allston": "Allston / Brighton",
    "Brighton": "Allston / Brighton",
    "Mattapan": "Greater Mattapan",
    "South Boston": "South Boston / South Boston Waterfront",
}
# The 18 figures of the workbook's column "Population 2011-2015", added up by hand.
RESIDENTS = 629_667


def sample() -> list[dict[str, str]]:
    """Returns the rows of the requests' file."""
    with (FILES / "boston311_2015_sample.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def moment(text: str) -> datetime | None:
    """Parses a time as Boston writes it."""
    return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p") if text else None


def is_backwards(row: dict[str, str]) -> bool:
    """Returns true for a request closed before it was opened."""
    closed = moment(row["CLOSED_DT"])
    return closed is not None and closed < moment(row["OPEN_DT"])


def service_area(row: dict[str, str]) -> str | None:
    """Returns the service area of a request, None where it names none."""
    name = row["neighborhood"]
    return None if name in ("", "Boston", "Chestnut Hill") else SERVICE_AREA.get(name, name)


RIGHT = [row for row in sample() if not is_backwards(row)]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Version]:
    """Returns the report of the build of Boston's folder, and the version."""
    folder = tmp_path_factory.mktemp("boston")
    shutil.copytree(FILES, folder / "incoming" / "波士顿")
    build_report = build(folder / "incoming", folder / "warehouse")
    return build_report, warehouse.current_version(folder / "warehouse")


@pytest.fixture(scope="module")
def boston(report: tuple[Report, Version]) -> Version:
    """Returns Boston's version."""
    return report[1]


def by(version: Version, name: str, dimension: str) -> dict[str, float]:
    """Returns a metric of 2015 by the names of the areas inside Boston."""
    scope = Scope(version, BOSTON, Period.parse("2015", version.data_month), ())
    rows = metric(name, version).rows(scope, (dimension,))
    return dict(rows.select(f"{dimension}_name", "value").iter_rows())


def total(version: Version, name: str) -> float | None:
    """Returns a metric of all Boston in 2015."""
    scope = Scope(version, BOSTON, Period.parse("2015", version.data_month), ())
    return metric(name, version).rows(scope, ())["value"].item()


def test_every_row_is_loaded_or_refused(report):
    files = report[0].files.filter(report[0].files["district"] == "波士顿")
    counts = files.select("file", "table_name", "status", "rows_read", "rows_loaded", "rows_rejected", "rows_duplicate")
    assert sorted(counts.rows(), key=lambda row: (row[0], row[1] or "")) == [
        ("Boston_Neighborhoods.geojson", "areas", "loaded", 26, 26, 0, 0),
        ("Boston_Neighborhoods.geojson", "shapes", "loaded", 26, 26, 0, 0),
        ("Calls_by_Neighborhood_per_capita.xlsx", "population", "loaded", 18, 18, 0, 0),
        ("README.md", None, "ignored", 0, 0, 0, 0),
        ("boston311_2015_sample.csv", "requests", "loaded", 2000, 1958, 42, 0),
        ("mapping.toml", "areas", "loaded", 20, 20, 0, 0),
    ]


def test_requests_closed_before_they_were_opened_are_refused(report):
    rejects = report[0].rejects
    wrong = [line for line, row in enumerate(sample(), start=2) if is_backwards(row)]
    assert len(wrong) == 42
    assert rejects["row_number"].to_list() == wrong
    assert set(rejects["column_name"]) == {"closed_at"}
    assert rejects["reason_en"][0].endswith("; correct one of them")


def test_requests_by_service_area(boston):
    expected = Counter(area for row in RIGHT if (area := service_area(row)))
    assert len(expected) == 17
    assert {name: count for name, count in by(boston, "requests_raised", "street").items() if name} == expected
    assert total(boston, "requests_raised") == len(RIGHT) == 1958


def test_resolution_by_service_area(boston):
    raised = Counter(area for row in RIGHT if (area := service_area(row)))
    closed = Counter(area for row in RIGHT if (area := service_area(row)) and row["CASE_STATUS"] == "Closed")
    expected = {area: 100 * closed[area] / count for area, count in raised.items()}
    assert {name: value for name, value in by(boston, "resolution_rate", "street").items() if name} == pytest.approx(
        expected
    )


def test_on_time_matches_the_citys_own_flag(boston):
    # The data end on 11 January 2016, so November is the last month of which every request is 30 days old.
    due = [
        row
        for row in RIGHT
        if moment(row["OPEN_DT"]) < datetime(2015, 12, 1)
        and row["TARGET_DT"]
        and (row["CLOSED_DT"] or moment(row["TARGET_DT"]) < datetime(2016, 1, 12))
    ]
    on_time = sum(row["OnTime_Status"] == "ONTIME" for row in due if row["CLOSED_DT"])
    assert total(boston, "on_time_rate") == pytest.approx(100 * on_time / len(due))


def test_times_and_words(boston):
    rows = boston.rows("select request_id, raised_at, closed_at, due_at, kind, category, source from staging.requests")
    loaded = {row["request_id"]: row for row in rows.iter_rows(named=True)}
    assert set(loaded) == {row["CASE_ENQUIRY_ID"] for row in RIGHT}
    for row in RIGHT:
        mine = loaded[row["CASE_ENQUIRY_ID"]]
        assert (mine["raised_at"], mine["closed_at"], mine["due_at"]) == (
            moment(row["OPEN_DT"]),
            moment(row["CLOSED_DT"]),
            moment(row["TARGET_DT"]),
        )
    assert {row["kind"] for row in loaded.values()} == {"livelihood"}
    words = Counter((row["REASON"], row["Source"]) for row in RIGHT)
    rows_by_id = {row["CASE_ENQUIRY_ID"]: row for row in RIGHT}
    for request, mine in loaded.items():
        theirs = rows_by_id[request]["Source"]
        assert mine["source"] == {"Constituent Call": "hotline", "City Worker App": "grid_visit"}.get(theirs, theirs)
    housing = sum(count for (reason, _), count in words.items() if reason == "Housing")
    assert sum(row["category"] == "property" for row in loaded.values()) == housing > 100


def test_population_without_households(boston):
    assert total(boston, "urban_residents") == RESIDENTS
    assert total(boston, "facility_area_per_100_households") is None
    assert total(boston, "accounts_to_households") is None
    missing = boston.rows(
        "select count(*) as n from community_months where residents is not null and households is not null"
    )
    assert missing["n"].item() == 0


def test_neighbourhoods_are_drawn(boston):
    with (FILES / "Boston_Neighborhoods.geojson").open(encoding="utf-8") as file:
        features = json.load(file)["features"]
    codes = {f"250250{int(feature['properties']['Neighborhood_ID']):06}" for feature in features}
    with duckdb.connect(str(boston.path), read_only=True) as connection:
        shapes = connection.sql("select code, is_derived, lon, lat from raw.shapes").fetchall()
    assert {code for code, is_derived, *_ in shapes if not is_derived} == codes
    # Their 17 service areas, the city and the areas above it are assembled from them.
    assert {code for code, is_derived, *_ in shapes if is_derived} == {
        *(f"250250{number:03}" for number in range(1, 18)),
        BOSTON,
        "250700",
        "25",
    }
    assert all(-71.2 < lon < -70.9 and 42.2 < lat < 42.4 for *_, lon, lat in shapes)


@pytest.mark.parametrize(
    ("page", "finding", "headline"),
    [
        # An area without any counts is neither on target nor complete.
        ("overview", "Boston还没有名册或人口数据。", "## 没有数据"),
        ("requests", "Boston上报 1,958 件诉求", "## 各类事项"),
        ("coverage", "Boston还没有网格数据。", "## 没有网格任职数据"),
    ],
)
def test_pages_are_drawn(boston, monkeypatch, page, finding, headline):
    monkeypatch.setenv("LINLI_WAREHOUSE", str(boston.path.parent.parent))
    test = AppTest.from_file(str(PROJECT / "pages" / "main.py"), default_timeout=60)
    test.query_params["area"], test.query_params["period"] = BOSTON, "2015"
    if page != "overview":
        test.switch_page(str(PROJECT / "pages" / f"{page}.py"))
    test.run()
    assert not test.exception and not test.error
    assert test.title[0].value.startswith(finding)
    assert headline in [element.value.split("\n")[0] for element in test.markdown]
    assert not [element.value for element in test.success]
