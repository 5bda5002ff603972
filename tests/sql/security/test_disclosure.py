"""Counts of people in exported files: multiples of five, the same for the same people, and no small count derivable by
combining files.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from etl.cli.app import main
from pages.meeting import decisions, store
from pages.ui.headlines import staffing as headlines
from sql import query, warehouse
from sql.audit import chain
from sql.files.columns import AREA_DIMENSIONS, PERSON_IDS, TIME_DIMENSIONS
from sql.files.sql_file import SqlFile, tables_of
from sql.quality import checks
from sql.security import disclosure
from sql.security.disclosure import ROUNDING_BASE, has_rows_of_people, people_columns
from sql.semantic.alerts import open_alerts
from sql.semantic.catalog import catalog
from sql.semantic.catalog.dimensions import mart_columns
from sql.semantic.compose import ComposedQuery
from sql.semantic.metrics import Metric, metric
from sql.semantic.periods import add_months
from sql.semantic.readings import read_metric
from sql.semantic.scope import Scope, areas
from sql.warehouse import Version
from tests.helpers.depth import examples
from tests.helpers.pages import widgets
from tests.helpers.pages.login import PEOPLE as LOGINS
from tests.helpers.pages.login import LoginServer, login_cookies, serve_with_login
from tests.helpers.pages.screens import PAGES, scope
from tests.helpers.pages.sockets import open_visitor
from tests.helpers.warehouse import world
from tests.helpers.warehouse.world import (
    CITY,
    COUNTY,
    EAST,
    SOUTH,
    STREET,
    WEST,
    population,
    record_nothing,
    standard,
    worker,
)

XIFENG, XIFENG_STREET = "621002", "621002001"


def counting(demo: Version) -> list[Metric]:
    """Returns every metric that counts people."""
    return [one for name in catalog.names("metrics") if people_columns((one := metric(name, demo)).file)]


def is_rounding_of(rounded: float, exact: float) -> bool:
    """Returns true for a multiple of five at most ten away from the exact number, and 0 only of nobody."""
    return (
        rounded % ROUNDING_BASE == 0
        and rounded >= 0
        and -2 * ROUNDING_BASE < rounded - exact <= 2 * ROUNDING_BASE
        and (exact != 0 or rounded == 0)
    )


def test_a_count_becomes_a_multiple_of_five_that_is_right_on_average():
    rounded = duckdb.execute(
        f"select n, {disclosure.rounded_count_sql('n', 'who')} from range(0, 31) as counts (n), range(4000) as people (who)",
        {disclosure.KEY_PARAMETER: "secret"},
    ).fetchall()
    for count in range(31):
        results = [number for n, number in rounded if n == count]
        assert all(is_rounding_of(one, count) for one in set(results)), count
        # 3 is shown as 0 or 5, seldom as 10; 8 as 5 or 10, seldom as 0 or 15; 10 as 10, seldom as 5 or 20.
        lower = count // ROUNDING_BASE * ROUNDING_BASE
        usual = {lower} if count % ROUNDING_BASE == 0 else {lower, lower + ROUNDING_BASE}
        seldom = (
            {lower - ROUNDING_BASE, lower + 2 * ROUNDING_BASE} if count >= ROUNDING_BASE else {0, 2 * ROUNDING_BASE}
        )
        assert set(results) == ({0} if count == 0 else usual | seldom)
        # One in ten is not the nearest; of 4,000 that is 400 with a standard error of 19.
        assert count < ROUNDING_BASE or sum(one in seldom for one in results) == pytest.approx(400, abs=80)
        # The widest spread has a standard deviation of 3.2: four standard errors are 0.2.
        assert sum(results) / len(results) == pytest.approx(count, abs=0.2)


def test_another_warehouse_rounds_differently_and_the_same_one_always_alike(tmp_path):
    found = []
    for name in ("one", "other"):
        path = tmp_path / name / "versions" / "v.duckdb"
        version = Version("v", path)
        key = version.rounding_key
        assert key == Version("w", path.with_name("w.duckdb"), area="621002").rounding_key
        file = tmp_path / name / warehouse.ROUNDING_KEY
        assert file.read_bytes().hex() == key and file.stat().st_mode & 0o777 == 0o600
        results = duckdb.execute(
            f"select {disclosure.rounded_count_sql('7', 'who')} from range(64) as people (who)",
            {disclosure.KEY_PARAMETER: key},
        ).fetchall()
        found.append(results)
    assert found[0] != found[1]


def test_the_secret_is_in_no_sql_that_is_shown(demo):
    subject = metric("workers", demo).sql(scope(demo).with_rounding)
    assert disclosure.KEY_PARAMETER in subject.params and demo.rounding_key not in subject.literal_sql
    assert ComposedQuery("select $a, $b", {"a": 1, "b": 2}).literal_sql == "select 1, 2"


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes a city whose county 621002 has all its 7 workers in one community, and 621021 has 7 others."""
    people = [
        worker(f"{place}-{number}", place, "2024-02-10", education="college", political_status="party_member")
        for place in (EAST, SOUTH)
        for number in range(7)
    ]
    residents = [population(place, "2024-01-01", 3000) for place in (EAST, WEST, SOUTH)]
    return world.build_version(
        tmp_path_factory.mktemp("alone"),
        "2025-06-30",
        workers=people,
        population=residents,
        standards=[standard(18, CITY, "2020-01-01")],
    )


def test_the_same_people_have_the_same_number_in_every_query(alone):
    def rounded_value(name: str, code: str, period: str = "2025", **where: str) -> float:
        return world.value(alone.with_rounding, name, period, code, **where)

    for name in ("workers", "worker_joiners"):
        periods = ("2024", "2024-02", "2023-01..2025-06") if name == "worker_joiners" else ("2025-06", "2024", "all")
        ways = [rounded_value(name, code, period) for code in (EAST, STREET, COUNTY) for period in periods]
        ways += [
            rounded_value(name, EAST, periods[0], **{key: word})
            for key, word in (("education", "college"), ("gender", "male"))
        ]
        by_month = world.values(alone.with_rounding, name, "month", "2024-02..2025-06", EAST)
        ways += [count for count in by_month.values() if count]
        ways += list(world.values(alone.with_rounding, name, ("gender", "education"), periods[0], EAST).values())
        assert len(ways) > 10 and len(set(ways)) == 1, (name, ways)
    # The same seven workers by another table, whose rows are places: the same there, month by month.
    by_month = world.values(alone.with_rounding, "staffing_workers", "month", "2024-03..2025-06", EAST)
    assert len(by_month) == 16 and len(set(by_month.values())) == 1


def test_other_people_of_the_same_count_have_their_own_number(demo):
    # Nearly every community of the demo has one secretary: 5 in nine of fifty, 10 in one of a hundred.
    rows = metric("secretaries", demo).rows(scope(demo, ""), by="community").select("community", exact="value")
    rounded = rows.join(
        metric("secretaries", demo).rows(scope(demo, "").with_rounding, by="community").select("community", "value"),
        on="community",
    ).filter(pl.col("exact") == 1)["value"]
    assert rounded.len() > 100 and {0, 5} <= set(rounded) <= {0, 5, 10}
    # The spread of one person has a standard deviation of 2.1.
    assert rounded.mean() == pytest.approx(1, abs=4 * 2.1 / rounded.len() ** 0.5)


@pytest.mark.parametrize("place", ["621000", "370705", "370785", "141024"])
def test_every_metric_of_people_is_rounded_and_its_ratio_follows_from_that(demo, place):
    at, wrong, seen = scope(demo, place), [], 0
    level = at.child_level
    assert level is not None
    for one in counting(demo):
        exact, rounded = one.rows(at, by=level), one.rows(at.with_rounding, by=level)
        assert exact[level].to_list() == rounded[level].to_list()
        for before, after in zip(exact.iter_rows(named=True), rounded.iter_rows(named=True), strict=True):
            if before["value"] is None:
                assert after["value"] is None
                continue
            seen += 1
            if not _is_redacted(one, before, after):
                wrong.append((one.name, before, after))
    assert seen > 20 and not wrong


def _is_redacted(one: Metric, exact: dict, rounded: dict) -> bool:
    """Returns true where a row is redacted correctly, by the plainest reading of the rule."""
    columns = people_columns(one.file)
    if one.name in ("staffing_gap", "worker_net_change"):
        # The required number less a rounded number; joiners less leavers, both rounded.
        return abs(rounded["value"] - exact["value"]) <= (1 if one.name == "staffing_gap" else 2) * 2 * ROUNDING_BASE
    if one.name in ("training_hours_per_worker", "secondment_average_months", "points_per_account"):
        # The sum comes from few people, or is in another file too: see the test of averages.
        few = exact["denominator"] < ROUNDING_BASE
        return (rounded["value"] is None) == few or not rounded["denominator"]
    if not all(
        is_rounding_of(rounded[name], exact[name])
        for name in columns
        if exact[name] is not None and name != "numerator"
    ):
        return False
    if "denominator" in columns and "numerator" not in columns:
        return rounded["numerator"] is None and rounded["value"] == round(exact["value"], one.decimals)
    if "numerator" not in columns:
        return True
    # The numerator is at most the denominator.
    is_capped = rounded["numerator"] == rounded["denominator"] and exact["numerator"] <= exact["denominator"]
    if not is_rounding_of(rounded["numerator"], exact["numerator"]) and not is_capped:
        return False
    if not rounded["denominator"]:
        return rounded["value"] is None
    factor = exact["value"] * exact["denominator"] / exact["numerator"] if exact["numerator"] else 0
    return rounded["value"] == pytest.approx(factor * rounded["numerator"] / rounded["denominator"])


def test_residents_households_and_organisations_are_not_rounded(demo):
    at = scope(demo, "")
    for name in ("residents", "urban_residents", "households_linked", "partners", "party_organisations"):
        exact, rounded = (metric(name, demo).rows(one, by="community") for one in (at, at.with_rounding))
        assert rounded.equals(exact) and (exact["value"] % ROUNDING_BASE > 0).any(), name


def test_an_average_shows_neither_its_denominator_nor_its_numerator(demo):
    """A session's hours and a place's points are in other files: multiplied and divided they would reveal the exact
    numbers of participants and of accounts.
    """
    at, hours, points = (
        scope(demo, "", "2026-04"),
        metric("training_hours_per_worker", demo),
        metric("points_per_account", demo),
    )
    came = demo.rows(
        "select community, count(*) filter (where training_hours > 0) as came, sum(training_hours) as hours "
        "from worker_months where month = '2026-04-01' and training_is_reported = 1 group by community"
    )
    rows = (
        hours.rows(at.with_rounding, by="community")
        .drop_nulls("value")
        .join(came, on="community")
        .filter(pl.col("came") > 0)
    )
    assert rows.height > 20
    for row in rows.filter(pl.col("denominator") > 0).iter_rows(named=True):
        each = row["hours"] / row["came"]
        people = row["value"] * row["denominator"] / each
        # The result is the number of participants as a multiple of five, as far as the average's decimals allow.
        nearest, off = ROUNDING_BASE * round(people / ROUNDING_BASE), 0.051 * row["denominator"] / each
        assert abs(people - nearest) <= off and abs(nearest - row["came"]) <= 2 * ROUNDING_BASE + off, row
    rounded = points.rows(scope(demo, "370705", "2025").with_rounding, by="community").drop_nulls("value")
    assert rounded.height > 10
    for row in rounded.iter_rows(named=True):
        assert (
            row["value"] == pytest.approx(row["numerator"] / row["denominator"], abs=0.051)
            and row["denominator"] % ROUNDING_BASE == 0
        )
    for one, level in (
        (hours, "community"),
        (points, "community"),
        (metric("secondment_average_months", demo), "community"),
    ):
        exact, rounded = (one.rows(each, by=level) for each in (scope(demo, ""), scope(demo, "").with_rounding))
        few = (exact["denominator"] < ROUNDING_BASE).fill_null(False)
        assert few.any() and rounded.filter(few)["value"].null_count() == few.sum()


def test_a_metric_of_a_table_of_people_counts_people(demo):
    # Measures of places, lists and organisations may have no count of people.
    of_nobody = {"focal_households", "households_linked", "post_households_linked", "model_shops", "property_campaigns"}
    of_nobody |= {"median_claim_hours", "median_close_hours", "top_three_share"}
    silent = [
        name
        for name in catalog.names("metrics")
        if set(PERSON_IDS) & set(mart_columns(demo, (one := metric(name, demo)).mart))
        and not people_columns(one.file)
        and name not in of_nobody
    ]
    assert silent == [], "declare `-- people: numerator, denominator`, or `none`"


def test_a_number_within_the_rounding_of_its_standard_has_no_verdict(demo, alone):
    # 18 for every 10,000: of 3,000 residents 5.4 workers. Seven may be two or eleven when rounded.
    reading = read_metric(metric("staffing_ratio", alone.with_rounding), world.scope(alone.with_rounding, "2025", EAST))
    assert (reading.standard, reading.status) == (None, "none")
    assert read_metric(metric("staffing_ratio", alone), world.scope(alone, "2025", EAST)).status == "on_target"
    rows = metric("staffing_ratio", demo).rows(scope(demo).with_rounding, by="county")
    # 92 workers in 华池县 are 18.3 for every 10,000: two more than the standard. All others are far below.
    assert rows.filter(pl.col("standard").is_null())["county"].to_list() == ["621023"]
    assert headlines.headline(scope(demo, "621023").with_rounding).endswith("，取整后不判断是否达标。")
    assert "8 个县区中 7 个未达标" in headlines.headline(scope(demo).with_rounding)


def test_ratios_of_a_query_follow_from_its_rounded_counts(demo):
    exact, rounded = (query("reserve_profile", at) for at in (scope(demo), scope(demo).with_rounding))
    assert exact.height == 3
    for before, after in zip(exact.iter_rows(named=True), rounded.iter_rows(named=True), strict=True):
        assert is_rounding_of(after["people"], before["people"])
        assert after["bachelors"] <= after["people"]
        assert after["bachelor_share"] == pytest.approx(100 * after["bachelors"] / after["people"])
        assert after["average_age"] == round(before["average_age"], 1)
    ladder = query("training_ladder", scope(demo).with_rounding).drop_nulls("share")
    for row in ladder.iter_rows(named=True):
        assert row["reached"] <= row["workers"] and row["share"] == pytest.approx(100 * row["reached"] / row["workers"])


def test_a_query_or_check_of_a_table_of_people_says_whom_it_counts(demo):
    columns = {
        (schema, table): set(names)
        for schema, table, names in demo.rows(
            "select schema_name, table_name, list(column_name) from duckdb_columns() group by all"
        ).iter_rows()
    }
    silent = []
    for path, file in catalog.current_files().items():
        if path.startswith(("queries/", "checks/")) and isinstance(file, SqlFile) and "people" not in file.header:
            read = {(schema or "main", table) for schema, table in tables_of(path, file.text)}
            silent += [path for table in read if columns.get(table, set()) & set(PERSON_IDS)]
    assert silent == [], "declare `-- people: …` with the columns that count people, `rows` or `none`"


def test_every_query_and_check_that_counts_people_is_rounded(demo):
    at, columns = scope(demo, ""), 0
    for folder, name in [("queries", name) for name in catalog.names("queries")] + [
        ("checks", name) for name in catalog.names("checks")
    ]:
        file = catalog.current_files()[f"{folder}/{name}.sql"]
        assert isinstance(file, SqlFile)
        if file.header.get("params") or not (people_columns(file) or has_rows_of_people(file)):
            continue
        exact, rounded = (
            query(name, each) if folder == "queries" else checks.check_rows(each.version, name)
            for each in (at, at.with_rounding)
        )
        if has_rows_of_people(file):
            assert rounded.is_empty() and rounded.columns == exact.columns
            continue
        assert rounded.height == exact.height and set(people_columns(file)) <= set(exact.columns), name
        for column in people_columns(file):
            pairs = zip(exact[column], rounded[column], strict=True)
            assert all(
                before is None or (abs(after - before) <= 2 * ROUNDING_BASE and after % ROUNDING_BASE == 0)
                for before, after in pairs
            ), name
            columns += 1
    assert columns > 25


def test_an_alert_shows_the_rounded_number(demo):
    exact, rounded = (
        {(one.name, one.area.code): one for one in open_alerts(at)} for at in (scope(demo), scope(demo).with_rounding)
    )
    assert set(exact) == set(rounded)
    below = [key for key in exact if key[0] == "staffing_below_standard"]
    for key in below:
        ratio = metric("staffing_ratio", demo).rows(scope(demo, key[1], "all").with_rounding).row(0, named=True)
        assert rounded[key].value == ratio["value"] and ratio["numerator"] % ROUNDING_BASE == 0
        assert f"{ratio['value']:.1f}" in rounded[key].message.zh
    assert any(rounded[key].value != exact[key].value for key in below)
    # Where the rounded number may lie on either side of the limit, no alert is shown.
    street = scope(demo, XIFENG)
    few = [
        one for one in open_alerts(street.with_rounding) if one.name == "staffing_below_standard" and one.value is None
    ]
    known = {one.area.code: one for one in open_alerts(street) if one.name == "staffing_below_standard"}
    assert all(known[one.area.code].value < 18 and one.beyond_percent is None for one in few)


def test_a_briefing_of_the_command_line_is_rounded_and_recorded(demo, tmp_path, monkeypatch):
    (tmp_path / "few.toml").write_text(
        'title = "Few"\n[[slides]]\nkind = "ranking"\nmetrics = ["worker_leavers"]\n', encoding="utf-8"
    )
    monkeypatch.setenv("LINLI_MEETINGS", str(tmp_path))
    monkeypatch.setenv("LINLI_AUDIT", str(tmp_path / "audit"))
    arguments = ["--area", XIFENG_STREET, "--period", "2026", "--warehouse", str(demo.path.parents[1])]
    assert main(["briefing", "--playlist", "few", "--out", str(tmp_path / "few.xlsx"), *arguments]) == 0
    exact, due = (
        metric("worker_leavers", demo).rows(at, by="community")["value"].sort().to_list()
        for at in (scope(demo, XIFENG_STREET), scope(demo, XIFENG_STREET).with_rounding)
    )
    book = pl.read_excel(tmp_path / "few.xlsx", sheet_id=0)
    (leavers,) = [rows["离职（人）"].to_list() for rows in book.values() if "离职（人）" in rows.columns]
    assert sorted(leavers) == due != exact
    lines = [line for file in chain.files(tmp_path / "audit").values() for line in file.open("rb")]
    (entry,) = [chain.parse_entry(line) for line in lines]
    assert (entry["who"], entry["kind"], entry["area"], entry["detail"]["file"]) == (
        "command",
        "export",
        XIFENG_STREET,
        "xlsx",
    )


def test_a_decision_on_a_number_of_people_is_not_exported_exactly(demo, tmp_path, monkeypatch):
    monkeypatch.setenv("LINLI_MEETINGS", str(tmp_path))
    at, day = scope(demo, "621022"), date(2026, 7, 1)
    for name in ("staffing_gap", "grids_without_leader"):
        decisions.decide("monthly", name, at, "给 3 人补训", "民政局", date(2026, 9, 1), day, record_nothing)
    assert store.path().is_file()
    decided = {row["metric"]: row for row in decisions.rows("monthly", demo.with_rounding, day).iter_rows(named=True)}
    assert decided["staffing_gap"]["value"] is None and decided["staffing_gap"]["moved"] is None
    assert decided["staffing_gap"]["value_now"] == metric("staffing_gap", demo).value(
        scope(demo, "621022", "2026").with_rounding
    )
    assert decided["grids_without_leader"]["value"] == metric("grids_without_leader", demo).value(at)
    assert decided["staffing_gap"]["task"] == "给 <5 人补训"


def test_typed_sentences_show_no_small_count():
    assert disclosure.redact_text("22 人中 3 人未参训，另有 14 名、0 人") == "22 人中 <5 人未参训，另有 14 名、0 人"
    assert disclosure.redact_text("3 workers short, 13 people, 3.4 people") == "<5 workers short, 13 people, 3.4 people"
    assert disclosure.redact_text("3 个社区，2026年3月，每万人 4.2 人") == "3 个社区，2026年3月，每万人 4.2 人"


# The knowledge of somebody who holds every possible file: for each count the numbers that it may be. A cell is an area,
# a period and a value of a dimension; a line is a count and the counts that add up to it.
Cell = tuple[str, str, tuple[str, object] | None]


class Files:
    """Holds everything that files reveal about one metric: areas within areas, periods within periods, by each
    dimension.
    """

    def __init__(self, asked: Metric) -> None:
        self.metric = asked
        self.exact: dict[Cell, float] = {}
        self.told: dict[Cell, float] = {}
        self.lines: list[tuple[Cell, list[Cell]]] = []

    def take(self, at: Scope, by: tuple[str, ...]) -> None:
        level = next((name for name in by if name in AREA_DIMENSIONS), None)
        time = next((name for name in by if name in TIME_DIMENSIONS), None)
        other = next((name for name in by if name not in (level, time)), None)
        for asked, counts in ((at, self.exact), (at.with_rounding, self.told)):
            for row in self.metric.rows(asked, by).iter_rows(named=True):
                if row["value"] is not None:
                    period = f"{row[time]}" if time else str(at.period)
                    counts[(row[level] if level else at.area_code, period, (other, row[other]) if other else None)] = (
                        row["value"]
                    )

    def add_up(self, demo: Version) -> None:
        """Finds the counts that add up to another, where they do: a person may be counted in two months, and once in
        the year.
        """
        tree = areas(demo)
        parts = defaultdict(list)
        for cell in self.exact:
            area, period, value = cell
            if value:
                parts[(area, period, None), value[0]].append(cell)
            if (parent := tree[area].parent) is not None:
                parts[(parent, period, value), "area"].append(cell)
            if len(period) == 10:
                parts[(area, period[:4], value), "month"].append(cell)
        self.lines = [
            (whole, cells)
            for (whole, _by), cells in parts.items()
            if whole in self.exact and sum(self.exact[cell] for cell in cells) == self.exact[whole]
        ]
        ends = {cell: self.exact[cell] for cell in self.exact if ".." in cell[1]}
        for area, period, value in ends:
            # From January to May, and June: two files a month apart.
            first, last = period.split("..")
            longer = f"{first}..{add_months(date.fromisoformat(f'{last}-01'), 1):%Y-%m}"
            month = f"{add_months(date.fromisoformat(f'{last}-01'), 1)}"
            whole, cells = (area, longer, value), [(area, period, value), (area, month, value)]
            if (
                whole in ends
                and cells[1] in self.exact
                and sum(self.exact[cell] for cell in cells) == self.exact[whole]
            ):
                self.lines.append((whole, cells))

    def possible(self) -> dict[Cell, tuple[float, float]]:
        """Returns the least and the most that each count may be, narrowed by all lines until nothing changes."""
        bounds = {
            cell: (max(told - 2 * ROUNDING_BASE, min(told, 1)), told + 2 * ROUNDING_BASE - 1)
            for cell, told in self.told.items()
            if cell in self.exact
        }
        is_moving = True
        while is_moving:
            is_moving = False
            for whole, cells in self.lines:
                least, most = (sum(bounds[cell][end] for cell in cells) for end in (0, 1))
                found = {whole: (max(bounds[whole][0], least), min(bounds[whole][1], most))}
                for cell in cells:
                    low, high = bounds[cell]
                    found[cell] = (
                        max(low, bounds[whole][0] - (most - high)),
                        min(high, bounds[whole][1] - (least - low)),
                    )
                changed = {cell: ends for cell, ends in found.items() if ends != bounds[cell]}
                bounds |= changed
                is_moving = is_moving or bool(changed)
        return bounds


def test_no_small_count_of_people_comes_back_from_all_files_together(demo):
    """Tried with every metric that counts people in its value: areas within areas, months within years, the same period
    a month longer, by every dimension, and by dimensions within areas.
    """
    small, narrowed, found_out = 0, 0, []
    metrics = [
        one
        for one in counting(demo)
        if people_columns(one.file) == ("value",) and one.name not in ("staffing_gap", "worker_net_change")
    ]
    for one in metrics:
        own = [name for name in one.dimensions if name not in (*AREA_DIMENSIONS, *TIME_DIMENSIONS)]
        levels = [name for name in ("county", "street", "community") if name in one.dimensions]
        files = Files(one)
        for place in examples(["621000"], ["621000", "370785"]):
            at = scope(demo, place)
            if not one.value(at):
                continue
            files.take(at, ())
            for by in [(name,) for name in (*levels, *own)] + [
                (level, name) for level in levels for name in own[: examples(2, 4)]
            ]:
                files.take(at, by)
            for period in ("2026", "2025", "2026-01..2026-04", "2026-01..2026-05", "2026-01..2026-06"):
                for by in ((), ("month",), *((level, "month") for level in levels[: examples(1, 3)])):
                    if ".." not in period or "month" not in by:
                        files.take(scope(demo, place, period), by)
                files.take(scope(demo, place, period), (levels[-1],)) if levels else None
        files.add_up(demo)
        bounds = files.possible()
        for cell, count in files.exact.items():
            low, high = bounds[cell]
            assert low <= count <= high, (one.name, cell)
            if 0 < count < ROUNDING_BASE:
                small += 1
                narrowed += high - low < 2 * ROUNDING_BASE - 1
                if low == high:
                    found_out.append((one.name, cell, count))
    assert small > examples(3_000, 6_000)
    # The lines do narrow the bounds: the question above is no empty one.
    assert narrowed > 0
    assert found_out == []


@pytest.fixture(scope="module")
def door(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoginServer]:
    """Serves a dashboard with a login, where one of two people is in the office."""
    with serve_with_login(demo_folder, tmp_path_factory.mktemp("office")) as opened:
        opened.access_file.write_text(
            "".join(
                f'[[people]]\nwho = "{LOGINS[sub]["email"]}"\nroles = ["viewer"]\narea = "621000"\noffice = {office}\n'
                for sub, office in (("qingyang", "true"), ("xifeng", "false"))
            ),
            encoding="utf-8",
        )
        yield opened


def test_the_office_has_exact_files_and_nobody_else(door, demo):
    page_query = {"area": XIFENG_STREET, "period": "2026", "view": "movement"}
    exact, rounded = (
        metric("worker_leavers", demo).rows(at, by="community")["value"].sort().to_list()
        for at in (scope(demo, XIFENG_STREET), scope(demo, XIFENG_STREET).with_rounding)
    )
    assert exact != rounded
    for sub, due in (("qingyang", exact), ("xifeng", rounded)):
        with open_visitor(door.address, login_cookies(door.address, sub)) as visitor:
            run = visitor.ask("workforce", page_query)
            files = {name.rpartition("-")[2]: content for name, content in visitor.files(run)}
            rows = pl.read_csv(io.BytesIO(files["movement_table_csv"]), infer_schema=False)
            assert sorted(map(float, rows["worker_leavers"])) == due
            # The whole page, once its menu is open: the page itself then shows the same as the file.
            opened = visitor.ask("workforce", page_query, [run.menu("briefing")])
            files = {name.rpartition("-")[2]: content for name, content in visitor.files(opened)}
            book = pl.read_excel(files["briefing_xlsx"], sheet_id=0)
            assert _column(book, "离职（人）") == due
            at = scope(demo, XIFENG_STREET) if sub == "qingyang" else scope(demo, XIFENG_STREET).with_rounding
            words = f"有 {metric('workers', demo).value(at):.0f} 名社区工作者"
            assert words in opened.elements("heading")[0].body
            assert words in str(book["目录"]["发现"].to_list())


def _column(book: dict[str, pl.DataFrame], header: str) -> list[float]:
    """Returns the numbers in this column of the one table of areas that has it, in their order."""
    found = [rows[header].to_list() for rows in book.values() if {header, "区域"} <= set(rows.columns)]
    assert len(found) == 1, [rows.columns for rows in book.values()]
    return sorted(found[0])


def test_a_list_of_single_people_is_for_the_office_alone(door):
    page_query = {"area": "621000", "period": "2026", "view": "secondments"}
    for sub, kinds in (("qingyang", {"secondments_csv", "secondments_xlsx"}), ("xifeng", set())):
        with open_visitor(door.address, login_cookies(door.address, sub)) as visitor:
            components = visitor.ask("assessment", page_query).elements("bidi_component")
            (live,) = [one.id for one in components if widgets.key(one.id) == "live"]
            run = visitor.ask("assessment", page_query, widgets.component_states(live, "open", "explain_secondments"))
            # The dialog behind the symbol is open to both.
            assert "sql/queries/secondments_open.sql" in b"".join(run.raw).decode(errors="replace")
            files = {widgets.key(name): content for name, content in visitor.files(run)}
            assert {name for name in files if name.startswith("secondments_")} == kinds
            assert not kinds or pl.read_csv(io.BytesIO(files["secondments_csv"])).height > 1


@pytest.mark.parametrize("page", PAGES)
def test_an_exported_page_has_nothing_exact_in_it(app, page):
    # Only one place has points.
    test = app(page, area="141024" if page == "points" else "621000")
    test.session_state["briefing"] = True
    test.run()
    pieces = list(test.session_state["briefing_collected"].values())
    assert all(piece.scope.version.is_rounded for piece in pieces)
    assert all(read.scope.version.is_rounded for piece in pieces for read in piece.readings)
    assert any("取整到 5 的倍数" in caption.value for caption in test.caption)
