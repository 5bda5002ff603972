"""The files of sql/: each declares what it must, runs as written, and is reported with its location when broken."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from etl.build import versions
from etl.build.build import build
from etl.build.models import order_models
from etl.contracts import all_tables
from pages.ui.i18n import texts
from sql import Scope, metric
from sql.errors import SqlFileError
from sql.files import sql_file
from sql.files.sql_file import parse, tables
from sql.semantic.catalog import catalog
from sql.semantic.catalog.dimensions import mart_columns
from sql.semantic.compose import ComposedQuery, query_sql
from sql.semantic.periods import Period
from sql.warehouse import Version
from tests.helpers.for_each import for_each
from tests.helpers.warehouse.world import copy_project, environment, run_etl, scope

FILES = catalog.current_files()
BOTH_LANGUAGES = ("title", "short", "note", "fix")
# A value with results for every parameter of the queries.
SAMPLES: dict[str, object] = {
    "area": "621000",
    "standard": "staffing_ratio",
    "codes": ("621000",),
    "levels": ("county", "street"),
    "kinds": ("service_centre",),
    "partner_id": "370785P0001",
    "group": None,
    "month": date(2026, 6, 1),
    "most": 10,
    "today": date(2026, 7, 6),
}
# The demo's rows are all loaded: tests/pages/subjects/test_quality.py runs these on rejected rows.
OF_REJECTS = {"rejected_list", "rejected_reasons"}
OTHERS = {"standard_items": {"area": "370705", "standard": "exit_rule"}}


def of(folder: str) -> list[str]:
    return [path for path in FILES if path.startswith(f"{folder}/")]


@for_each("path", FILES)
def test_every_file_has_a_title_in_both_languages(path):
    file = FILES[path]
    assert not isinstance(file, SqlFileError), file
    for key in BOTH_LANGUAGES:
        if key in file.header:
            zh, bar, en = file.header[key].partition("|")
            is_in_both = bar and re.search(r"[\u4e00-\u9fff]", zh) and re.search(r"[A-Za-z]", en)
            assert is_in_both, f"sql/{path}: write `-- {key}:` as 中文 | English, not {file.header[key]!r}"
    assert re.search(r"^(select|with)", file.text, re.MULTILINE)


@for_each("path", of("metrics"))
def test_a_metrics_header_makes_sense(path):
    file = FILES[path]
    assert file.header["unit"] in texts.UNITS, "word it in UNITS of pages/ui/i18n/texts.py"
    assert 0 <= int(file.header["decimals"]) <= 4


def test_names_are_unique_within_a_folder():
    for folder in catalog.FOLDERS:
        assert len({Path(path).stem for path in of(folder)}) == len(of(folder))


@pytest.fixture(scope="module")
def alone(demo: Version) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yields a connection to the demo's file as anybody may open it, without the product in between."""
    with duckdb.connect(str(demo.path), read_only=True) as connection:
        yield connection


@for_each("path", [path for path in FILES if not path.startswith("queries/")])
def test_a_file_pasted_alone_runs(alone, path):
    # An alert may ask for the day on which it is read.
    bound = {"today": SAMPLES["today"]} if FILES[path].header.get("params") == "today" else None
    alone.execute(FILES[path].text, bound).fetchall()


# Not every place has all data, but a file without rows in any of them proves nothing.
PLACES = ("621000", "370785", "370705", "141024")


@for_each("path", of("queries"))
def test_a_query_pasted_alone_runs_with_its_parameters_bound(demo, alone, path):
    file = FILES[path]
    names = [name.strip() for name in file.header.get("params", "").split(",") if name.strip()]
    samples = SAMPLES | OTHERS.get(file.name, {})
    for params in (dict.fromkeys(names), {name: samples[name] for name in names}):
        bound = {name: list(value) if isinstance(value, tuple) else value for name, value in params.items()}
        alone.execute(file.text, bound or None).fetchall()
    statements = [
        query_sql(file, scope(demo, "all", place), {name: samples[name] for name in names if name != "today"})
        for place in PLACES
    ]
    assert file.name in OF_REJECTS or any(
        demo.rows(composed.sql, composed.params).height > 0 for composed in statements
    )
    assert "order by" in file.text or file.header["grain"] == "one row"


@for_each("path", of("metrics"))
def test_a_metrics_text_is_unchanged_in_the_composed_sql(demo, path):
    subject = metric(Path(path).stem, demo)
    select = re.search(r"^select\b", subject.file.text, re.MULTILINE)
    body = subject.file.text[select.end() :].rstrip()
    for by in ((), ("county",), ("county", "quarter")):
        assert body in subject.sql(scope(demo, "2026", "621000"), by).sql


@for_each("path", of("marts"))
def test_a_mart_carries_month_and_every_area_above_its_rows(demo, path):
    columns = mart_columns(demo, FILES[path].name)
    assert {"month", "place", "province", "city", "county", "street", "community"} <= set(columns)
    assert columns["month"] == "DATE" and columns["period_start"] == "DATE"
    assert FILES[path].header["source_table"] in all_tables()


def test_models_come_after_those_they_read():
    done: set[tuple[str, str]] = set()
    for file in order_models(FILES):
        for table in tables(parse(file.path, file.text)):
            assert table.db == "raw" or (table.db or "marts", table.name) in done, file.path
        done.add((file.folder, file.name))
    assert len(done) == sum(path.startswith(("staging/", "intermediate/", "marts/")) for path in FILES)


def test_staging_reads_raw_alone_and_every_raw_column_that_is_no_source():
    for path in of("staging"):
        file = FILES[path]
        assert [f"{table.db}.{table.name}" for table in tables(parse(file.path, file.text))] == [file.header["source"]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("select 1", "title"),
        ("-- title: 甲 | A\nselect 1", "severity"),
        ("-- title: 甲 | A\n-- severity: fatal\n-- fix: 改 | mend\nselect 1", "'fatal' is not one of"),
    ],
)
def test_a_header_that_lacks_something_is_refused_by_file_and_line(tmp_path, text, words):
    path = tmp_path / "checks" / "tried.sql"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SqlFileError) as error:
        catalog.read_file(tmp_path, path)
    assert words in error.value.en and error.value.en.startswith("sql/checks/tried.sql:1")


def test_models_that_read_each_other_or_nothing_are_refused():
    def model(name: str, reads: str) -> sql_file.SqlFile:
        return sql_file.read(f"marts/{name}.sql", f"-- title: {name} | {name}\nselect * from {reads}")

    with pytest.raises(SqlFileError, match="read each other"):
        order_models({file.path: file for file in (model("one", "two"), model("two", "one"))})
    with pytest.raises(SqlFileError, match=r"there is no model intermediate.nothing"):
        order_models({"marts/one.sql": model("one", "intermediate.nothing")})


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a copy of the project with a version built in it."""
    return copy_project(tmp_path_factory.mktemp("project"))


BROKEN_METRIC = {
    "a column that is not there": (
        lambda text: text.replace("count(distinct worker_id)", "count(distinct nobody_id)"),
        r"workers\.sql:9:\d+: .*nobody_id",
    ),
    "a bracket that is not closed": (
        lambda text: text.replace("count(distinct worker_id)", "count(distinct worker_id"),
        r"workers\.sql:\d+:\d+: ",
    ),
    "a header without its unit": (lambda text: text.replace("-- unit: people\n", ""), r"workers\.sql:1: .*unit"),
    "a word that is no choice": (lambda text: text.replace("latest", "newest"), r"workers\.sql:1: .*'newest'.*latest"),
    "a mart that is not there": (
        lambda text: text.replace("worker_months", "worker_weeks"),
        r"workers\.sql.*worker_weeks",
    ),
    "a join": (lambda text: text + "join worker_moves using (month)\n", r"workers\.sql: .*join"),
}


# Breaks a metric in one way after another and prints what a page would then show.
ASK_BROKEN = """
import json, sys
from pathlib import Path
from sql import Scope, metric, warehouse
from sql.semantic.catalog import catalog
from sql.semantic.periods import Period
path = Path("sql/metrics/workforce/workers.sql")
version = warehouse.current_version()
told = {}
for what, text in json.load(sys.stdin).items():
    path.write_text(text, encoding="utf-8")
    catalog.clear_cache()
    asked = metric("workers", version)
    value = asked.value(Scope(version, None, Period(None, version.data_month)))
    told[what] = [value, str(asked.file_error or ""), list(catalog.broken_files())]
print(json.dumps(told))
"""


def test_a_broken_metric_is_reported_and_the_last_good_definition_used(copy):
    good = (copy / "sql" / "metrics" / "workforce" / "workers.sql").read_text(encoding="utf-8")
    texts = {what: change(good) for what, (change, _) in BROKEN_METRIC.items()}
    assert good not in texts.values()
    found = json.loads(run(copy, ASK_BROKEN, json.dumps(texts | {"mended": good})))
    assert found.pop("mended") == [3, "", []]
    assert set(found) == set(BROKEN_METRIC)
    for what, (value, message, broken) in found.items():
        assert value == 3, what
        assert re.search(BROKEN_METRIC[what][1], message), message
        assert broken == ["metrics/workforce/workers.sql"], what


def test_a_file_that_is_not_utf_8_is_reported(copy):
    path = copy / "sql" / "metrics" / "workforce" / "workers.sql"
    good = path.read_bytes()
    path.write_bytes(good.decode("utf-8").encode("gb18030"))
    try:
        done = run_etl("metric", "workers", "--format", "json", cwd=copy)
    finally:
        path.write_bytes(good)
    assert json.loads(done.stdout)[0]["value"] == 3
    assert "not UTF-8" in done.stderr and "workers.sql" in done.stderr
    assert "last good definition" in done.stderr


def test_a_repaired_metric_is_no_longer_reported(copy):
    done = run_etl("metric", "workers", "--format", "json", cwd=copy)
    assert done.stderr == "" and json.loads(done.stdout)[0]["value"] == 3


def test_a_new_metric_works_at_once_and_when_broken_has_nothing_to_fall_back_on(copy):
    path = copy / "sql" / "metrics" / "workforce" / "men.sql"
    good = (copy / "sql" / "metrics" / "workforce" / "workers.sql").read_text(encoding="utf-8")
    path.write_text(good + "where gender = 'male'\n", encoding="utf-8")
    done = run_etl("metric", "men", "--format", "json", cwd=copy)
    assert json.loads(done.stdout)[0]["value"] == 3
    path.write_text(good + "where sex = 'male'\n", encoding="utf-8")
    done = run_etl("metric", "men", "--format", "json", cwd=copy)
    path.unlink()
    assert done.returncode == 1 and done.stdout == ""
    # The last of eleven lines, after "where ".
    assert re.search(r"men\.sql:11:7: .*sex", done.stderr), done.stderr


def test_a_broken_query_is_reported_and_the_last_good_text_used(copy):
    ask = (
        "from sql import Scope, query, warehouse\n"
        "from sql.semantic.catalog import catalog\n"
        "from sql.semantic.periods import Period\n"
        "version = warehouse.current_version()\n"
        "at = Scope(version, None, Period(None, version.data_month))\n"
        "rows = query('communities_without_population', at)\n"
        "print(rows['community'].to_list(), catalog.broken_files())\n"
    )
    path = copy / "sql" / "queries" / "communities_without_population.sql"
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace("paths.area_name", "paths.area_title"), encoding="utf-8")
    try:
        done = run(copy, ask)
    finally:
        path.write_text(good, encoding="utf-8")
    # Broken or not: WEST and SOUTH are urban and have no population.
    assert "['621002001002', '621021001001']" in done
    assert re.search(r"communities_without_population\.sql:6:\d+: .*area_title", done), done
    mended = run(copy, ask)
    assert mended.strip() == "['621002001002', '621021001001'] {}"


@pytest.mark.parametrize(
    ("path", "old", "new", "message"),
    [
        ("marts/worker_months.sql", "periods.birth_date", "periods.born_on", r"worker_months\.sql:\d+:\d+: .*born_on"),
        ("marts/worker_months.sql", "as periods", "as periods where ((", r"worker_months\.sql:\d+:\d+: "),
        ("staging/workers.sql", "as_of,", "as_off,", r"staging/workers\.sql:6:5: .*as_off"),
        ("intermediate/reports.sql", "-- grain: district, table\n", "", r"reports\.sql:1: .*grain"),
        ("checks/no_areas.sql", "staging.areas", "staging.area", r"no_areas\.sql:\d+:\d+: .*area"),
        (
            "marts/worker_months.sql",
            "inner join staging.months",
            "inner join staging.weeks",
            r"no model staging\.weeks",
        ),
    ],
)
def test_a_broken_model_or_check_is_not_published(copy, tmp_path, path, old, new, message):
    shutil.copytree(copy / "sql", tmp_path / "sql", ignore=shutil.ignore_patterns("__pycache__"))
    broken, into = tmp_path / "sql" / path, copy / "data" / "warehouse"
    served = versions.read_pointer(into)
    broken.write_text(broken.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SqlFileError, match=message):
        build(copy / "data" / "incoming", into, sql_root=tmp_path / "sql")
    assert versions.read_pointer(into) == served
    assert not (into / "building.duckdb").exists()


def test_a_build_with_a_broken_model_exits_with_1_and_its_location(copy):
    model = copy / "sql" / "staging" / "workers.sql"
    good = model.read_text(encoding="utf-8")
    model.write_text(good.replace("as_of,", "as_off,"), encoding="utf-8")
    try:
        done = run_etl("build", cwd=copy)
    finally:
        model.write_text(good, encoding="utf-8")
    assert done.returncode == 1 and "sql/staging/workers.sql:6:5: Binder Error" in done.stderr


def run(folder: Path, code: str, stdin: str = "") -> str:
    """Returns the output of a Python program run in the copy."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(),
        check=True,
    )
    return done.stdout


def test_the_location_of_an_error_in_a_long_line_with_chinese_before_it(demo):
    line = (
        "    case when '" + "社区" * 30 + "' = '' then 1 else nothing + 1 end as value, '" + "x" * 90 + "' as standard,"
    )
    text = f"-- title: 甲 | A\nselect\n    1 as one,\n{line}\nfrom intermediate.area_paths\n"
    file = sql_file.read("queries/tried.sql", text)
    with pytest.raises(SqlFileError) as error:
        catalog.explain(demo, file, ComposedQuery(sql_file.without_header(text), {}))
    assert error.value.en.startswith(f"sql/queries/tried.sql:4:{line.index('nothing') + 1}: Binder Error")


def test_the_location_of_an_error_in_the_second_of_two_similar_lines(demo):
    text = (
        "-- title: 甲 | A\n"
        "select area_name\nfrom (\n    select\n        area_name,\n    from intermediate.area_paths\n)\n"
        "union all\nselect area_name\nfrom (\n    select\n        area_name,\n    from staging.months\n)\n"
    )
    file = sql_file.read("queries/tried.sql", text)
    with pytest.raises(SqlFileError, match=r"tried\.sql:12:9: "):
        catalog.explain(demo, file, ComposedQuery(sql_file.without_header(text), {}))


def test_a_version_keeps_the_text_it_was_built_with(demo):
    for path, file in FILES.items():
        assert demo.sql_file(path) == file.text
    assert demo.sql_file("metrics/nothing.sql") is None


def test_whole_catalogue_binds(demo):
    at = Scope(demo, None, Period(None, demo.data_month))
    assert {name: metric(name, demo).file_error for name in catalog.names("metrics")} == dict.fromkeys(
        catalog.names("metrics")
    )
    assert metric("workers", demo).value(at) > 0
