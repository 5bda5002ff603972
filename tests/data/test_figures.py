"""The SQL reproduces the places' published figures, and only because of every condition in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import sqlglot
from sqlglot import exp

from sql import metric
from sql.files import sql_file
from sql.files.columns import TARGETS
from sql.paths import PROJECT
from sql.quality.published_figures import FIGURES_FILE, compare
from sql.semantic.compose import metric_mart
from sql.semantic.metrics import Metric
from sql.semantic.periods import Period
from sql.semantic.scope import Scope
from sql.warehouse import Version
from tests.helpers.for_each import for_each

FIGURES = pl.read_csv(FIGURES_FILE, infer_schema=False).to_dicts()


def test_every_published_figure_is_met(demo: Version):
    compared = compare(demo)
    assert compared.height == 98
    assert compared.filter(~pl.col("is_met")).to_dicts() == []


def test_the_command_prints_them_and_fails_where_one_differs(demo_folder: Path, tmp_path: Path):
    def run(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "etl", "figures", "--warehouse", str(folder), *more],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            env={"COLUMNS": "200", "PATH": "", "PYTHONUTF8": "1"},
        )

    met = run(demo_folder, "--area", "141024")
    assert met.returncode == 0 and "wishes_granted" in met.stdout and "▼" not in met.stdout
    places = tmp_path / "places"
    (places / "demo").mkdir(parents=True)
    for district in ("上级区划", "洪洞县"):
        (places / "demo" / district).symlink_to(PROJECT / "data" / "demo" / district)
    built = [sys.executable, "-m", "etl", "build", "--source", str(places / "demo"), "--warehouse", str(tmp_path / "w")]
    assert subprocess.run(built, cwd=PROJECT, capture_output=True).returncode == 0
    missing = run(tmp_path / "w", "--area", "141024")
    assert missing.returncode == 0
    # The other three are not there: an area that the version does not hold is a usage error.
    assert run(tmp_path / "w").returncode == 2


def variants(text: str) -> list[tuple[str, str]]:
    """Returns the metric's text with each condition of its filters left out in turn, and the condition."""
    found = []
    count = len(conditions(sqlglot.parse_one(text, read="duckdb")))
    for index in range(count):
        tree = sqlglot.parse_one(text, read="duckdb")
        condition = conditions(tree)[index]
        left_out = condition.sql(dialect="duckdb")
        condition.replace(exp.true())
        found.append((left_out, tree.sql(dialect="duckdb")))
    return found


def conditions(tree: exp.Expression) -> list[exp.Expression]:
    """Returns every term of every `filter (where …)` in the figure itself, in order; without the targets' guards
    against gaps.
    """
    return [
        term
        for projection in tree.expressions
        if projection.alias not in TARGETS
        for where in projection.find_all(exp.Where)
        for term in (where.this.flatten() if isinstance(where.this, exp.And) else [where.this])
    ]


def reworded(known: Metric, body: str, **header: str) -> Metric:
    lines = "".join(f"-- {key}: {value}\n" for key, value in (known.file.header | header).items())
    return Metric(sql_file.read(known.file.path, lines + sql_file.without_header(body)), known.version)


def scope_of(demo: Version, row: dict[str, str | None]) -> Scope:
    period = Period.parse(f"{row['from_month'] or ''}..{row['to_month']}", demo.data_month)
    where = tuple(tuple(item.split("=", 1)) for item in (row["where"] or "").split(",") if item)
    return Scope(demo, row["area_code"], period, where)


# Where a figure does not depend on a condition, because everybody meets it or nobody there could break it, another
# place or time in the demo does: 100 % trained, 100 % with a party organisation, no rural community among 高密's 44, and
# a tier for every secretary of 奎文.
TOLD_ELSEWHERE = {
    **{f"secretary_tier_{tier}_share": ("370705", "2024-06") for tier in (1, 2, 3)},
    "training_coverage": ("621000", "2026"),
    "property_party_coverage": ("370785", "2022-06"),
    "social_orgs_per_community": ("621022", "2026-06"),
}


# A row's filter repeats a condition of the metric; a compared standard has only guards against gaps.
@for_each("row", [row for row in FIGURES if not row["where"] and row["comparison"] != "standard ="])
def test_leaving_out_a_condition_changes_the_figure(demo: Version, row: dict[str, str | None]):
    known, scope = metric(row["metric"], demo), scope_of(demo, row)
    if row["metric"] in TOLD_ELSEWHERE:
        area, period = TOLD_ELSEWHERE[row["metric"]]
        scope = Scope(demo, area, Period.parse(period, demo.data_month))
    right = known.rows(scope).select("value", "numerator", "denominator").row(0)
    for left_out, text in variants(known.file.text):
        careless = reworded(known, text).rows(scope).select("value", "numerator", "denominator").row(0)
        assert careless != right, f"{row['metric']} is the same without {left_out}"


def has_ends(known: Metric) -> bool:
    """Returns true where the metric reads the open rows at a month's end, so that ended ones must not count.

    Standards do not add up over months, minimum counts neither, and the five tiers of an organisation have never ended.
    """
    if known.name == "organisation_tiers" or metric_mart(known.file) in ("area_standards", "community_months"):
        return False
    return known.aggregation == "latest"


@for_each("row", FIGURES)
def test_counting_ended_rows_changes_the_figure(demo: Version, row: dict[str, str | None]):
    known, scope = metric(row["metric"], demo), scope_of(demo, row)
    if not has_ends(known):
        return
    ever = scope.with_period(Period(None, scope.period.last))
    assert reworded(known, known.file.text, aggregation="sum").value(ever) != known.value(scope)


@for_each("row", [row for row in FIGURES if row["from_month"] not in (None, "2026-06")])
def test_another_period_is_another_figure(demo: Version, row: dict[str, str | None]):
    known, scope = metric(row["metric"], demo), scope_of(demo, row)
    if known.aggregation != "latest":
        assert known.value(scope.with_period(Period(None, scope.period.last))) != known.value(scope)


@for_each("row", [row for row in FIGURES if row["where"]])
def test_without_the_filter_it_is_another_figure(demo: Version, row: dict[str, str | None]):
    known, scope = metric(row["metric"], demo), scope_of(demo, row)
    assert known.value(Scope(demo, scope.area_code, scope.period)) != known.value(scope)
