"""Metrics: published figures, careless definitions of them, and sums over areas and time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from etl.build.build import build
from sql import metric, warehouse
from sql.errors import InputError
from sql.files.columns import MEASURES, TARGETS
from sql.semantic.catalog import catalog
from sql.semantic.catalog.dimensions import detail_marts
from sql.semantic.compose import metric_mart
from sql.semantic.periods import add_months
from sql.warehouse import Version
from tests.helpers.depth import examples
from tests.helpers.for_each import for_each
from tests.helpers.warehouse.world import (
    AREAS,
    CITY,
    COUNTY,
    EAST,
    OTHER_COUNTY,
    SOUTH,
    VILLAGE,
    WEST,
    build_version,
    duty,
    grid,
    month,
    population,
    scope,
    standard,
    value,
    values,
    worker,
    write,
    write_empty,
)

QINGYANG, KUIWEN, GAOMI = "621000", "370705", "370785"


def rounded_half_up(number: float, decimals: int) -> float:
    """Rounds a number half up, as it is published."""
    return float(int(number * 10**decimals + 0.5)) / 10**decimals


def test_qingyang_as_published(demo):
    assert value(demo, "workers", "2026-06", QINGYANG) == 1163
    assert value(demo, "grids_staffed", "2026-06", QINGYANG) == 678
    assert value(demo, "workers_recruited", "..2026-06", QINGYANG) == 368
    row = metric("staffing_ratio", demo).rows(scope(demo, "2026-06", QINGYANG)).row(0, named=True)
    assert row["standard"] == 18
    assert rounded_half_up(row["value"], 1) == 12.7


def test_kuiwen_as_published(demo):
    recruited = value(demo, "workers_recruited", "2022-07..2026-06", KUIWEN, recruited_via="open_recruitment")
    assert recruited == 348
    assert rounded_half_up(value(demo, "staffing_ratio_all_residents", "2026-06", KUIWEN), 1) == 18.5
    assert rounded_half_up(value(demo, "workers_40_or_under_share", "2026-06", KUIWEN), 1) == 40.1
    assert rounded_half_up(value(demo, "workers_college_share", "2026-06", KUIWEN), 1) >= 91.1
    assert rounded_half_up(value(demo, "certified_share", "2026-06", KUIWEN), 1) == 64.2


def test_gaomi_as_published(demo):
    assert value(demo, "communities", "2026-06", GAOMI) == 44


# The rows of one place as loaded; careless definitions below count them in ways that look right.
AS_LOADED = """
with
areas as (
    select *
    from staging.areas
    where district = (select district from staging.areas where area_code = $place)
),
roster as (
    select workers.*
    from staging.workers as workers
    inner join areas on community_code = area_code
),
counts as (
    select population.*
    from staging.population as population
    inner join areas on community_code = area_code
),
duties as (
    select duties.*, grids.closed_on
    from staging.grid_duties as duties
    inner join staging.grids as grids on duties.grid_code = grids.grid_code
    inner join areas on community_code = area_code
)
"""
END = "date '2026-06-30'"
PER_10K = f"10000.0 * (select count(*) from roster) / (select sum(residents) from counts where as_of = {END})"
STILL_HERE = f"leave_date is null or leave_date > {END}"
AGE = f"date_sub('year', birth_date, {END})"
CARELESS = {
    "workers: leavers kept": (1163, QINGYANG, "count(*) from roster"),
    "workers: as on the first of the year": (
        1163,
        QINGYANG,
        "count(*) from roster where not leave_date <= '2026-01-01'::date",
    ),
    "grids_staffed: ended duties kept": (678, QINGYANG, "count(distinct grid_code) from duties"),
    "grids_staffed: closed grids kept": (
        678,
        QINGYANG,
        f"count(distinct grid_code) from duties where until is null or until > {END}",
    ),
    "grids_staffed: leaders only": (
        678,
        QINGYANG,
        f"count(distinct grid_code) from duties where duty = 'leader' and (until is null or until > {END}) "
        f"and (closed_on is null or closed_on > {END})",
    ),
    "grids_staffed: duties, not grids": (
        678,
        QINGYANG,
        f"count(*) from duties where (until is null or until > {END}) and (closed_on is null or closed_on > {END})",
    ),
    "workers_recruited: hires without a channel kept": (368, QINGYANG, "count(*) from roster"),
    "workers_recruited: later leavers dropped": (
        368,
        QINGYANG,
        f"count(*) from roster where recruited_via is not null and ({STILL_HERE})",
    ),
    "workers_recruited: one channel": (368, QINGYANG, "count(*) from roster where recruited_via = 'open_recruitment'"),
    "workers_recruited: this year": (
        368,
        QINGYANG,
        "count(*) from roster where recruited_via is not null and hire_date >= '2026-01-01'::date",
    ),
    "staffing_ratio: leavers kept": (12.7, QINGYANG, f"round({PER_10K}, 1)"),
    "staffing_ratio: mean of the communities' ratios": (
        12.7,
        QINGYANG,
        "round(avg(ratio), 1) "
        "from (select 10000.0 * count(worker_id) / any_value(urban_residents) as ratio from counts "
        f"left join roster on roster.community_code = counts.community_code and ({STILL_HERE}) "
        f"where counts.as_of = {END} group by counts.community_code)",
    ),
    "Kuiwen recruited: every channel": (
        348,
        KUIWEN,
        "count(*) from roster where recruited_via is not null and hire_date >= '2022-07-01'::date",
    ),
    "Kuiwen recruited: any time": (348, KUIWEN, "count(*) from roster where recruited_via = 'open_recruitment'"),
    "Kuiwen recruited: later leavers dropped": (
        348,
        KUIWEN,
        "count(*) from roster where recruited_via = 'open_recruitment' and hire_date >= '2022-07-01'::date "
        f"and ({STILL_HERE})",
    ),
    "Kuiwen recruited: from the year's beginning": (
        348,
        KUIWEN,
        "count(*) from roster where recruited_via = 'open_recruitment' and hire_date >= '2022-01-01'::date",
    ),
    "ratio of all residents: leavers kept": (18.5, KUIWEN, f"round({PER_10K}, 1)"),
    "40 or under: leavers kept": (40.1, KUIWEN, f"round(100.0 * avg(({AGE} <= 40)::integer), 1) from roster"),
    "40 or under: under 40": (
        40.1,
        KUIWEN,
        f"round(100.0 * avg(({AGE} < 40)::integer), 1) from roster where {STILL_HERE}",
    ),
    "40 or under: by year of birth": (
        40.1,
        KUIWEN,
        f"round(100.0 * avg((2026 - year(birth_date) <= 40)::integer), 1) from roster where {STILL_HERE}",
    ),
    "college: bachelors only": (
        91.1,
        KUIWEN,
        f"round(100.0 * avg((education in ('bachelor', 'postgraduate'))::integer), 1) from roster where {STILL_HERE}",
    ),
    "certified: leavers kept": (
        64.2,
        KUIWEN,
        "round(100.0 * count(*) filter (where certificate <> 'none') / count(*), 1) from roster",
    ),
    "certified: empty cells left out below the line": (
        64.2,
        KUIWEN,
        "round(100.0 * count(*) filter (where certificate <> 'none') / count(certificate), 1) "
        f"from roster where {STILL_HERE}",
    ),
    "communities: streets among them": (44, GAOMI, "count(*) from areas where level <> 'county'"),
    "communities: every month's": (44, GAOMI, "count(distinct (community_code, as_of)) from counts"),
}


@for_each("careless", CARELESS)
def test_a_careless_definition_gives_another_figure(demo, careless):
    published, place, figure = CARELESS[careless]
    wrong = demo.rows(f"{AS_LOADED} select {figure}", {"place": place}).item()
    assert wrong is not None and wrong != published
    # A figure published as "over 91.1" differs from a careless one only if that falls short of it.
    assert published != 91.1 or wrong < published


@pytest.fixture(scope="module")
def alone(demo: Version) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yields a connection to the demo's file as anybody may open it, without the product in between."""
    with duckdb.connect(str(demo.path), read_only=True) as connection:
        yield connection


SCOPES = [("2026-06", None), ("2025", QINGYANG), ("2023-01..2024-06", "370705001"), ("all", "621002001001")]


@pytest.mark.parametrize("number", range(len(SCOPES)))
def test_the_shown_sql_returns_the_shown_number(demo, alone, number):
    """Every metric in two of the scopes, the next in the other two; every metric in all of them in depth."""
    period, area_code = SCOPES[number]
    at = scope(demo, period, area_code)
    level = at.child_level
    places = enumerate(catalog.names("metrics"))

    @for_each("name", [name for place, name in places if (number - place) % len(SCOPES) < examples(2, len(SCOPES))])
    def every_metric(name: str) -> None:
        subject = metric(name, demo)
        found = alone.sql(subject.sql(at).literal_sql).fetchall()
        pasted = found[0][0] if found else None
        if level is not None:
            by_child = {row[0]: row[1] for row in alone.sql(subject.sql(at, (level, "quarter")).literal_sql).fetchall()}
        number = subject.value(at)
        people = subject.rows(at)["denominator"].item()
        if people is not None and people < subject.min_people:
            # For a handful of people nothing is shown, whatever the SQL alone would return.
            assert number is None
            return
        # A scope without any row shows 0 for a count, while the SQL returns nothing.
        assert number == pytest.approx(pasted) if pasted is not None else number in (None, 0)
        if level is not None:
            groups = {
                code
                for (code, _), number in values(demo, name, (level, "quarter"), period, area_code).items()
                if number
            }
            assert groups <= set(by_child)

    every_metric()


MOVES = [
    worker("A", EAST, "2023-11-05"),
    worker("B", EAST, "2024-01-10"),
    worker("C", WEST, "2024-02-10"),
    worker("D", EAST, "2024-04-10", leave_date="2024-08-15"),
    worker("E", SOUTH, "2024-09-30"),
]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Version:
    """Publishes five hires over eleven months and one departure; data to 2024-09-30."""
    return build_version(
        tmp_path_factory.mktemp("year"),
        "2024-09-30",
        population=[population(EAST, "2023-11-30", 10_000), population(SOUTH, "2023-11-30", 2000)],
        workers=MOVES,
    )


def test_a_level_is_read_at_the_last_month_begun(year):
    assert value(year, "workers", "2024-03") == 3
    assert value(year, "workers", "2024Q2") == 4
    assert value(year, "workers", "2023") == 1
    # September is the last month that has begun.
    assert value(year, "workers", "2024") == value(year, "workers", "2024-09") == value(year, "workers", "all") == 4


def test_a_level_by_quarter_and_year_is_that_of_the_last_month(year):
    assert values(year, "workers", "quarter") == {"2023Q4": 1, "2024Q1": 3, "2024Q2": 4, "2024Q3": 4}
    assert values(year, "workers", "year") == {2023: 1, 2024: 4}
    # The last requested month is August: after D left, before E came.
    assert values(year, "workers", "quarter", "2024-01..2024-08") == {"2024Q1": 3, "2024Q2": 4, "2024Q3": 3}
    assert values(year, "staffing_ratio", "quarter", "2024", COUNTY)["2024Q1"] == pytest.approx(2.0)


def test_a_sum_adds_up_all_months_of_the_period(year):
    assert value(year, "worker_joiners", "2024Q1") == 2
    assert value(year, "worker_joiners", "2024") == 4
    assert value(year, "worker_joiners") == 5
    assert values(year, "worker_joiners", "quarter") == {"2023Q4": 1, "2024Q1": 2, "2024Q2": 1, "2024Q3": 1}
    assert values(year, "worker_leavers", ("county", "month"), "2024-07..2024-09") == {
        (COUNTY, month("2024-07")): 0,
        (COUNTY, month("2024-08")): 1,
        (COUNTY, month("2024-09")): 0,
        (OTHER_COUNTY, month("2024-07")): 0,
        (OTHER_COUNTY, month("2024-08")): 0,
        (OTHER_COUNTY, month("2024-09")): 0,
    }


def test_by_month_there_is_a_row_for_every_month_and_area(year):
    rows = metric("workers", year).rows(scope(year, "2024"), ("county", "month"))
    assert rows.columns == ["county", "county_name", "month", "value", "numerator", "denominator", *TARGETS]
    assert rows.height == 2 * 9
    assert rows.select("county", "month").rows() == sorted(rows.select("county", "month").rows())


def test_filters_narrow_every_kind_of_column(year):
    assert value(year, "workers", "2024", gender="male", community=EAST) == 2
    assert value(year, "communities", "2024", is_urban="false") == 0
    assert value(year, "residents", "2024", is_urban="true") == 12_000


HOSTILE = [
    "",
    " ",
    "county; drop table community_months",
    "county--",
    "county/*",
    "county, 1",
    "county,county",
    "1",
    "1=1",
    "'",
    '"',
    "''",
    '"county"',
    "'county'",
    "county'--",
    'county" from community_months; --',
    "*",
    "count(*)",
    "(select 1)",
    "county as value",
    "county) from community_months) --",
    "main.community_months",
    "county\n",
    "COUNTY ",
    "ｃｏｕｎｔｙ",
    "區縣",
    "社区",
    "\u202ecounty",
    "county\u200b",
    "county\x00",
    "$area",
    "$month",
    "{axis}",
    "%s",
    "\\",
    "; attach 'x'",
    "read_text('/etc/passwd')",
    "null",
    "worker_id",
    "value",
    "staffing_standard",
    "period_start",
    "rowid",
    "🙂",
    "a" * 5000,
]


@for_each("text", HOSTILE)
def test_an_unknown_dimension_or_filter_is_refused_with_the_known_ones(year, text):
    for ask in (
        lambda: metric("workers", year).rows(scope(year), (text,)),
        lambda: metric("workers", year).sql(scope(year), (text,)),
        lambda: metric("workers", year).rows(scope(year, **{text: "x"})),
    ):
        with pytest.raises(InputError) as error:
            ask()
        assert "community" in error.value.en and "place" in error.value.zh


@for_each("text", HOSTILE)
def test_a_filters_value_is_only_ever_a_value(year, text):
    subject = metric("workers", year)
    at = scope(year, "all", community=text)
    assert subject.value(at) == 0
    # Also where it is written into the SQL to be pasted; DuckDB's prompt takes no NUL.
    if "\x00" not in text:
        with duckdb.connect(str(year.path), read_only=True) as alone:
            assert alone.sql(subject.sql(at).literal_sql).fetchall() == []
    assert value(year, "workers") == 4


@for_each("text", HOSTILE)
def test_unknown_areas_and_metrics_are_refused(year, text):
    with pytest.raises(InputError):
        scope(year, area_code=text)
    if text not in catalog.names("metrics"):
        with pytest.raises(InputError, match="in sql/metrics; similar names: "):
            metric(text, year)


def test_a_misspelt_name_is_answered_with_the_right_one(year):
    with pytest.raises(InputError, match="staffing_ratio, ") as refused:
        metric("staffing_rato", year)
    assert len(refused.value.en.split(", ")) <= 14


@pytest.mark.parametrize("name", ["month", "quarter", "year"])
def test_time_is_a_period_and_no_filter(year, name):
    with pytest.raises(InputError, match="set a period instead"):
        value(year, "workers", "2024", **{name: "2024"})


# One metric of each mart: its dimensions are those of the mart and of more detailed ones, whichever metric it is.
ONE_OF_EACH_MART = {
    metric_mart(file): file.name for path, file in catalog.current_files().items() if path.startswith("metrics/")
}


@for_each("mart", ONE_OF_EACH_MART)
def test_the_dimensions_offered_are_the_marts(demo, mart):
    subject = metric(ONE_OF_EACH_MART[mart], demo)
    assert subject.mart == mart
    kinds = demo.rows(
        "select column_name, data_type from duckdb_columns() "
        "where schema_name = 'main' and list_contains($marts, table_name) "
        "order by list_position($marts, table_name), column_index",
        {"marts": detail_marts(demo, mart)},
    )
    levels = ["place", "province", "city", "county", "street", "community"]
    own = [
        name
        for name, kind in kinds.rows()
        # Identifiers are counted; a column with the name of a measure would hide it.
        if kind in ("VARCHAR", "BOOLEAN") and not name.endswith("_id") and name not in MEASURES
    ]
    assert subject.dimensions == levels + ["month", "quarter", "year"] + [
        name for name in dict.fromkeys(own) if name not in levels
    ]
    at = scope(demo, "2026", GAOMI)
    for dimension in subject.dimensions:
        assert dimension in subject.rows(at, dimension).columns


def test_dimensions_of_each_mart(demo):
    own = {
        "workers": {
            "gender",
            "education",
            "political_status",
            "post",
            "recruited_via",
            "public_seat",
            "reserve_for",
            "age_group",
            "certificate",
            "grade",
            "has_pension",
            "has_medical",
            "has_housing_fund",
            "has_line_of_work",
            "has_estate",
            "has_project",
        },
        "worker_joiners": {"move", "recruited_via", "post", "gender", "education", "leave_reason"},
        "staffing_ratio": {"is_urban"},
        "grids": {"grid", "grid_type"},
    }
    for name, expected in own.items():
        assert set(metric(name, demo).dimensions[9:]) == expected, name


CODES = (EAST, WEST, VILLAGE, SOUTH)
DATA_DATE = date(2024, 6, 20)
FIRST = date(2024, 1, 1)
MONTHS = [add_months(FIRST, step) for step in range(6)]
EMPTY = {
    "workers": "worker_id,name,gender,birth_date,education,community_code,post,hire_date",
    "grid_duties": "worker_id,grid_code,duty,since",
}
days = st.dates(date(2023, 11, 1), date(2024, 7, 31))


@st.composite
def worlds(draw) -> dict[str, list[dict[str, object]]]:
    """Draws a few people, counts and grids in four communities, with dates close to month ends."""
    people = []
    for number in range(draw(st.integers(0, 8))):
        hired = draw(days)
        left = draw(st.none() | st.dates(hired, date(2024, 8, 31)))
        people.append(
            worker(
                f"W{number}",
                draw(st.sampled_from(CODES)),
                hired.isoformat(),
                leave_date=left and left.isoformat(),
                birth_date=draw(st.dates(date(1982, 1, 1), date(1986, 12, 31))).isoformat(),
            )
        )
    counts = {
        (code, draw(st.sampled_from(["2024-01-31", "2024-03-15", "2024-06-20"]))): draw(st.integers(0, 30_000))
        for code in draw(st.lists(st.sampled_from(CODES), max_size=6))
    }
    grids = [
        grid(
            f"G{number}",
            draw(st.sampled_from(CODES)),
            set_up_on=draw(st.sampled_from([None, "2024-02-29", "2024-03-01"])),
            closed_on=draw(st.sampled_from([None, "2024-04-30", "2024-06-20"])),
        )
        for number in range(draw(st.integers(1, 5)))
    ]
    duties = {}
    for _ in range(draw(st.integers(0, 8)) if people else 0):
        person, where, since = (draw(st.sampled_from(people)), draw(st.sampled_from(grids)), draw(days))
        until = draw(st.none() | st.dates(since, date(2024, 8, 31)))
        duties[person["worker_id"], where["grid_code"], since] = duty(
            person["worker_id"],
            where["grid_code"],
            draw(st.sampled_from(["leader", "member"])),
            since.isoformat(),
            until and until.isoformat(),
        )
    return {
        "population": [population("621002001001", "2024-01-01", 1000)]
        + [population(code, as_of, residents) for (code, as_of), residents in counts.items()],
        "workers": people,
        "grids": grids,
        "grid_duties": list(duties.values()),
        "standards": [standard(draw(st.sampled_from([12, 17.5, 20])), OTHER_COUNTY, "2024-02-01")],
    }


def holds(since: object, until: object, day: date) -> bool:
    """Returns true where since <= day and (until empty or > day)."""
    begun = since is None or date.fromisoformat(str(since)) <= day
    return begun and (until is None or date.fromisoformat(str(until)) > day)


def by_hand(world: dict[str, list[dict[str, object]]], day: date) -> dict[str, dict[str, float | None]]:
    """Returns each additive metric by community, in plain Python, on a day."""
    figures: dict[str, dict[str, float | None]] = defaultdict(dict)
    for code in CODES:
        counts = [
            row
            for row in world["population"]
            if row["community_code"] == code and date.fromisoformat(str(row["as_of"])) <= day
        ]
        last = max(counts, key=lambda row: row["as_of"])["residents"] if counts else None
        people = sum(
            row["community_code"] == code and holds(row["hire_date"], row["leave_date"], day)
            for row in world["workers"]
        )
        is_urban = code != VILLAGE
        figures["workers"][code] = people
        figures["residents"][code] = last
        figures["urban_residents"][code] = last if is_urban else None
        figures["staffing_workers"][code] = people if is_urban and last is not None else None
        open_grids = [
            row["grid_code"]
            for row in world["grids"]
            if row["community_code"] == code and holds(row["set_up_on"], row["closed_on"], day)
        ]
        rows = {
            (row["grid_code"], row["duty"]) for row in world["grid_duties"] if holds(row["since"], row["until"], day)
        }
        figures["grids"][code] = len(open_grids)
        figures["grids_staffed"][code] = sum(
            (name, "leader") in rows or (name, "member") in rows for name in open_grids
        )
        figures["grids_without_leader"][code] = sum((name, "leader") not in rows for name in open_grids)
    return figures


def last_day(at: date) -> date:
    return add_months(at, 1) - timedelta(days=1)


def total(parts: list[float | None]) -> float | None:
    """Sums the known values; None where none is known."""
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


def placed(rows: list[dict[str, object]], number: int) -> list[dict[str, object]]:
    """Moves the rows of a world to a separate province, so that several worlds are built at once."""

    def cell(column: str, value: object) -> object:
        if column in ("area_code", "parent_code", "community_code"):
            return value and code_in(number, str(value))
        return f"{number}-{value}" if column in ("worker_id", "grid_code") else value

    return [{column: cell(column, value) for column, value in row.items()} for row in rows]


def code_in(number: int, code: str) -> str:
    return f"{60 + number}{code[2:]}"


# Builds of five worlds each: fifteen worlds, or fifty. Shrinking one that fails would take hundreds of builds.
@settings(
    max_examples=examples(3, 10),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    phases=[Phase.generate],
)
@given(together=st.lists(worlds(), min_size=5, max_size=5))
def test_sums_and_ratios_are_those_of_plain_python(together):
    with TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        for number, world in enumerate(together):
            tables = {name: placed(rows, number) for name, rows in world.items() if rows}
            write(source, f"第{number}市", areas=placed(AREAS, number), **tables)
            for name in {"workers", "grid_duties"} - set(tables):
                write_empty(source, f"第{number}市", name, EMPTY[name])
        report = build(source, Path(folder) / "warehouse", DATA_DATE)
        assert report.rejects.is_empty()
        version = warehouse.current_version(Path(folder) / "warehouse")
        hands = {
            (number, at): by_hand(world, min(last_day(at), DATA_DATE))
            for number, world in enumerate(together)
            for at in MONTHS
        }
        for name in hands[0, FIRST]:
            by_community, by_county, by_city, everywhere = {}, {}, {}, {at: [] for at in MONTHS}
            for (number, at), figures in hands.items():
                parts = figures[name]
                by_community |= {(code_in(number, code), at): parts[code] for code in CODES}
                by_county[code_in(number, COUNTY), at] = total([parts[code] for code in (EAST, WEST, VILLAGE)])
                by_county[code_in(number, OTHER_COUNTY), at] = parts[SOUTH]
                by_city[code_in(number, CITY), at] = total(list(parts.values()))
                everywhere[at] += parts.values()
            assert values(version, name, ("community", "month")) == by_community, name
            assert values(version, name, ("county", "month")) == by_county, name
            assert values(version, name, ("city", "month")) == by_city, name
            assert values(version, name, "month") == {at: total(parts) for at, parts in everywhere.items()}, name
        ratios = metric("staffing_ratio", version).rows(scope(version), ("city", "month"))
        required = values(version, "staffing_required", ("city", "month"))
        for row in ratios.iter_rows(named=True):
            number, at = int(row["city"][:2]) - 60, row["month"]
            figures = hands[number, at]
            urban, staff = (total(list(figures[name].values())) for name in ("urban_residents", "staffing_workers"))
            assert (row["numerator"], row["denominator"]) == (staff, urban)
            assert row["value"] == (pytest.approx(10_000 * staff / urban) if urban else None)
            # SOUTH's standard is its county's from February on.
            own = together[number]["standards"][0]["value"] if at > FIRST else 18
            needed = sum(
                (residents or 0) * (own if code == SOUTH else 18)
                for code, residents in figures["urban_residents"].items()
            )
            assert required[row["city"], at] == ceil(needed / 10_000)
        for name, column in (("worker_joiners", "hire_date"), ("worker_leavers", "leave_date")):
            moved = {code_in(number, code): 0 for number in range(len(together)) for code in CODES}
            for number, world in enumerate(together):
                for row in world["workers"]:
                    if row[column] and date.fromisoformat(str(row[column])) <= DATA_DATE:
                        moved[code_in(number, str(row["community_code"]))] += 1
            assert values(version, name, "community") == moved
            by_county = defaultdict(int)
            for code, people in moved.items():
                by_county[code[:6]] += people
            assert values(version, name, "county") == by_county
            assert value(version, name) == sum(moved.values())
