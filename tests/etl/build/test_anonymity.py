"""The SQL lab reveals nothing about a single person: proved on the demo's data and on models that would reveal
something.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

import duckdb
import pytest

from etl.build import anonymity
from etl.build.models import MATERIALIZATIONS
from etl.contracts import all_tables, people
from etl.contracts.columns import SourceSchema, Table, code, day, integer, text
from etl.contracts.identifiers import COMMUNITY, WORKER
from sql.errors import SqlFileError
from sql.files import sql_file
from sql.files.sql_file import SqlFile
from sql.semantic.catalog import catalog
from sql.sql_lab import tables
from sql.warehouse import Version
from tests.helpers.statement_tester import StatementTester

FILES = {path: file for path, file in catalog.current_files().items() if isinstance(file, SqlFile)}
MODELS = {
    (MATERIALIZATIONS[file.folder][0], file.name): file for file in FILES.values() if file.folder in MATERIALIZATIONS
}
# The demo's tables whose rows each belong to a person: listed one by one, so that no contract can miss one unnoticed.
OF_PEOPLE = {
    ("main", "account_months"),
    ("main", "assessments"),
    ("main", "career_events"),
    ("main", "honours"),
    ("main", "partner_post_months"),
    ("main", "pay_months"),
    ("main", "point_account_months"),
    ("main", "point_months"),
    ("main", "points"),
    ("main", "secondment_months"),
    ("main", "training_attendance"),
    ("main", "training_attendee_months"),
    ("main", "training_months"),
    ("main", "worker_months"),
    ("main", "worker_moves"),
    ("intermediate", "roster_periods"),
    ("staging", "activities"),
    ("staging", "assessments"),
    ("staging", "career_events"),
    ("staging", "claims"),
    ("staging", "full_roster_gaps"),
    ("staging", "grid_duties"),
    ("staging", "honours"),
    ("staging", "partner_posts"),
    ("staging", "points"),
    ("staging", "rejected_rows"),
    ("staging", "rejects"),
    ("staging", "requests"),
    ("staging", "training_attendance"),
    ("staging", "workers"),
}


def every_table(demo: Version) -> set[tuple[str, str]]:
    return set(
        demo.rows(
            "select distinct schema_name, table_name from duckdb_columns() "
            "where database_name = current_database() and not internal"
        ).rows()
    )


def test_every_table_is_offered_by_its_file_or_refused(demo):
    open_tables = set(tables.tables(demo))
    others = every_table(demo) - open_tables
    assert {table for table in others if table[0] not in ("raw", "meta")} == OF_PEOPLE
    assert open_tables == {table for table, file in MODELS.items() if catalog.SQL_LAB in file.header}
    statements = [f"select * from {schema}.{name}" for schema, name in sorted(others)]
    statements += [f"select count(*) from {name}" for schema, name in sorted(others) if schema == "main"]
    StatementTester(demo, {}).assert_refused(tuple(statements), {"table"})


def test_the_attempts_on_a_communitys_only_secretary_are_refused(demo):
    joined = (
        "select w.*, a.* from worker_months as w join assessments as a using (worker_id) where w.post = 'secretary'"
    )
    events = "select * from career_events join secondment_months using (worker_id), worker_moves"
    StatementTester(demo, {}).assert_refused(
        (joined, events, "select account_id, sum(points) from points group by all"), {"table"}
    )


def test_a_file_changed_since_the_build_offers_nothing(demo, monkeypatch):
    """The version's own text decides: only that text was proved."""
    changed = dict(FILES)
    for path in ("marts/worker_months.sql", "staging/workers.sql"):
        text = f"-- sql_lab: no_person\n{FILES[path].text}"
        changed[path] = sql_file.read(path, text)
    monkeypatch.setattr(catalog, "current_files", lambda root=sql_file.SQL_FOLDER: changed)
    tables.columns.cache_clear()
    assert ("main", "worker_months") not in tables.tables(demo)


def test_no_offered_table_holds_a_persons_or_an_accounts_identifier(demo):
    """Compares the values themselves, whatever their columns are called."""
    named = set()
    for table in all_tables().values():
        columns = people.identifying_columns(table) & set(
            demo.rows(f'select * from raw."{table.name}" limit 0').columns
        )
        for column in columns - {"birth_date", "monthly_pay"}:
            named |= set(demo.rows(f'select distinct "{column}"::varchar as value from raw."{table.name}"')["value"])
    named |= set(demo.rows("select distinct person_number::varchar as value from raw.workers")["value"])
    # Partners attend training and receive honours too, but they are organisations.
    named -= {None, *demo.rows("select partner_id from raw.partners")["partner_id"]}
    assert len(named) > 40_000
    columns = tables.columns(demo)
    found = {}
    for schema, table, column, kind in columns.rows():
        if kind.startswith("varchar") and column != "geometry":
            values = demo.rows(f'select distinct "{column}" as value from {schema}."{table}"')["value"]
            if leaked := named & set(values.explode() if kind.endswith("[]") else values):
                found[schema, table, column] = sorted(leaked)[:3]
    assert found == {}


def test_no_offered_table_has_a_row_for_each_person_or_account(demo):
    counted = {}
    for (schema, name), file in MODELS.items():
        if (schema, name) in OF_PEOPLE:
            whole_ = demo.rows(f'select * from {schema}."{name}" limit 0').columns
            for key in people.identifying_names() & set(whole_) - {"name"}:
                for by in ((), ("month",), ("assess_year",), ("session_id",), ("community_code",)):
                    if set(by) <= set(whole_):
                        distinct = ", ".join(f'"{one}"' for one in (key, *by))
                        rows = demo.rows(
                            f'select count(distinct ({distinct})) as n, count(*) as n_rows from {schema}."{name}" where "{key}" is not null'
                        ).row(0)
                        counted |= dict.fromkeys(rows, (file.path, key, by))
    assert len(counted) > 20
    heights = {
        table: demo.rows(f'select count(*) as n from {table[0]}."{table[1]}"').item() for table in tables.tables(demo)
    }
    # Few rows of requests and activities name the person in charge: count those rows, not all of them.
    own = {"requests": "staging/requests.sql", "activities": "staging/activities.sql"}
    same = {
        table: counted[height]
        for table, height in heights.items()
        if height > 100 and height in counted and own.get(table[1]) != counted[height][0]
    }
    assert same == {}


GROUPS = {
    "worker_group_months": (
        "select month, county, unnest(['post', 'gender', 'age_group', 'education', 'political_status', 'recruited_via', "
        "'certificate', 'grade', 'all']) as attribute, unnest([post, gender, age_group, education, political_status, "
        "recruited_via, certificate, grade, 'all']) as attribute_value, worker_id, null::double as annual_score "
        "from worker_months"
    ),
    "assessment_groups": (
        "select month, county, unnest(['post', 'result', 'all']) as attribute, unnest([post, result, 'all']) as attribute_value, "
        "worker_id, annual_score from assessments"
    ),
}


@pytest.mark.parametrize("name", GROUPS)
def test_no_small_group_count_is_shown_or_can_be_derived(demo, name):
    """Compares the mart with a plain count of the people themselves."""
    exact: dict[tuple, dict[str, list[float | None]]] = defaultdict(lambda: defaultdict(list))
    for month, county, attribute, value, _worker, score in demo.rows(GROUPS[name]).iter_rows():
        exact[month, county, attribute][value or "not_given"].append(score)
    count = "workers" if name == "worker_group_months" else "assessed"
    mart_rows: dict[tuple, dict[str, dict]] = defaultdict(dict)
    for row in demo.rows(f"select * from {name}").iter_rows(named=True):
        mart_rows[row["month"], row["county"], row["attribute"]][row["attribute_value"]] = row
    hidden_somewhere, shown_somewhere = 0, 0
    for line, groups in exact.items():
        people_of_line = sum(map(len, groups.values()))
        if people_of_line < 5 and line[2] != "all":
            assert line not in mart_rows
            continue
        assert set(mart_rows[line]) == set(groups), line
        hidden = [value for value, row in mart_rows[line].items() if row[count] is None]
        for value, row in mart_rows[line].items():
            if value in hidden:
                assert {row[of] for of in row if of.endswith("_score")} <= {None}
            else:
                assert row[count] == len(groups[value]) >= 5
                if name == "assessment_groups":
                    assert row["annual_score"] == pytest.approx(sum(groups[value]) / len(groups[value]))
        if line[2] == "all" or not hidden:
            assert all(len(groups[value]) >= 5 for value in groups) == (not hidden)
            continue
        hidden_somewhere += 1
        visible = sorted(set(groups) - set(hidden))
        total = sum(len(groups[value]) for value in hidden)
        if not visible:
            # Everything is hidden: only the overall total is known.
            continue
        shown_somewhere += 1
        # Somebody who knows the rule tries every way to divide the total among the hidden groups.
        for value in hidden:
            able = _possible(value, hidden, visible, total)
            assert len(groups[value]) >= 5 or (len(groups[value]) in able and len(able) > 1), (line, value)
    assert hidden_somewhere > 20 and shown_somewhere > 20


def _possible(value: str, hidden: list[str], visible: list[str], total: int) -> set[int]:
    """Returns the counts from one to four that a hidden group may have, given the total of the hidden groups. One of
    the hidden groups may have five or more, and is then the first such group by name; the others have one to four.
    """
    able = set()
    for enough in (None, *(one for one in hidden if one != value and one < visible[0])):
        others = len(hidden) - 1 - (enough is not None)
        for size in range(1, 5):
            rest = total - size
            if others <= rest <= 4 * others if enough is None else rest >= 5 + others:
                able.add(size)
    return able


@pytest.fixture(scope="module")
def prove_offer(demo: Version) -> Iterator[Callable[..., None]]:
    """Returns a function that proves that a mart with the given SELECT may be offered, over the demo's empty staging
    views.
    """
    staging = {path: file for path, file in FILES.items() if file.folder == "staging"}
    with duckdb.connect() as connection:
        connection.execute(f"attach '{demo.path}' as whole (read_only)")
        for schema in ("raw", "staging"):
            connection.execute(f"create schema {schema}")
        for (table,) in connection.execute(
            "select table_name from duckdb_tables() where database_name = 'whole' and schema_name = 'raw'"
        ).fetchall():
            connection.execute(f"create table raw.{table} as from whole.raw.{table} limit 0")
        connection.execute("create table raw.volunteer_hours (worker_id varchar, hours double, community_code varchar)")
        new = {
            "staging/volunteer_hours.sql": sql_file.read(
                "staging/volunteer_hours.sql",
                "-- title: 时长 | Hours\n-- grain: row\n-- source: raw.volunteer_hours\n"
                "select worker_id as helper, hours, community_code from raw.volunteer_hours",
            )
        }
        for file in (staging | new).values():
            connection.execute(f"create view staging.{file.name} as {file.text}")

        def prove(select: str, kind: str = "no_person", header: str = "") -> None:
            path = "marts/tried.sql"
            text = f"-- title: 甲 | A\n-- grain: x\n-- source_table: workers\n-- sql_lab: {kind}\n{header}{select}\n"
            connection.execute(f"create or replace table main.tried as {select}")
            anonymity.check(connection, staging | new | {path: sql_file.read(path, text)})

        yield prove


WHOSE = "identifies a person or an account"
OF_ONE = "describes single people"
ROWS = "each row is one person"


@pytest.mark.parametrize(
    ("select", "words"),
    [
        ("select worker_id, community_code from staging.workers", WHOSE),
        ("select worker_id as code from staging.workers", WHOSE),
        ("select lower(worker_id) || '!' as code, count(*) as n from staging.workers group by all", WHOSE),
        ("select community_code, min(worker_id) as first from staging.workers group by community_code", WHOSE),
        ("select community_code, max(worker_id) from staging.workers group by community_code", WHOSE),
        (
            "select session_id, list(distinct attendee_id) as those from staging.training_attendance group by session_id",
            WHOSE,
        ),
        ("select request_id, coalesce(partner_id, worker_id) as who from staging.requests", WHOSE),
        ("select * from staging.requests", WHOSE),
        ("with own as (select * from staging.activities) select * exclude (title) from own", WHOSE),
        ("select * exclude (worker_id) replace (worker_id as title) from staging.activities", WHOSE),
        ("select activity_id as id from staging.activities union all select worker_id from staging.activities", WHOSE),
        (
            "select request_id, case when worker_id is null then 'nobody' else worker_id end as who from staging.requests",
            WHOSE,
        ),
        ("select request_id, lag(worker_id) over (order by raised_at) as before from staging.requests", WHOSE),
        ("select request_id, (select max(worker_id) from staging.activities) as other from staging.requests", WHOSE),
        ("select community_code, max(birth_date) as youngest from staging.workers group by community_code", WHOSE),
        ("select community_code, max(hire_date) as last from staging.workers group by community_code", WHOSE),
        ("select community_code, any_value(account_id) as book from staging.points group by community_code", WHOSE),
        ("select community_code, min(entry_id) as entry from staging.points group by community_code", WHOSE),
        ("select community_code, min(recipient_id) as one from staging.honours group by community_code", WHOSE),
        ("select district, min(worker_id) as gap from staging.full_roster_gaps group by district", WHOSE),
        ("select community_code, min(helper) as one from staging.volunteer_hours group by community_code", WHOSE),
        ("select community_code, avg(hours) as hours from staging.volunteer_hours group by community_code", OF_ONE),
        ("select request_id, requests from staging.requests as requests", "returns whole rows"),
        (
            "with own(id, who) as (select request_id, worker_id from staging.requests) select * from own",
            "renames columns",
        ),
        ("select * rename (worker_id as who) from staging.requests", "renames columns"),
        ("select community_code, max(monthly_pay) as pay from staging.workers group by community_code", WHOSE),
        ("select community_code, gender, count(*) as n from staging.workers group by all", OF_ONE),
        (
            "select community_code, count(*) filter (where gender = 'female') as n from staging.workers group by all",
            OF_ONE,
        ),
        (
            "select assess_year, count(*) as n from staging.assessments where result = 'incompetent' group by all",
            OF_ONE,
        ),
        ("select assess_year, avg(annual_score) as score from staging.assessments group by assess_year", OF_ONE),
        ("select community_code, sum(points.points) as points from staging.points group by community_code", OF_ONE),
        ("select community_code, max(person_number) as n from staging.workers group by community_code", OF_ONE),
        ("select district, max(value) as value from staging.rejects group by district", OF_ONE),
        ("select s from (select request_id, worker_id from staging.requests) as s", "returns whole rows"),
        ("select community_code, (select count(*) from staging.areas) as n from staging.workers", ROWS),
        (
            "select area_code from staging.areas join lateral (select community_code from staging.workers) as w on true",
            ROWS,
        ),
        ("select community_code, count(*) over () as n from staging.workers", ROWS),
        ("select community_code from staging.workers", ROWS),
        ("select community_code, count(*) as n from staging.workers group by community_code, worker_id", ROWS),
        ("select count(*) as n from staging.points group by account_id", ROWS),
        ("with own as (select distinct worker_id, grid_code from staging.grid_duties) select grid_code from own", ROWS),
        (
            "select grid_code, duty from staging.grid_duties qualify row_number() over (partition by worker_id) = 1",
            ROWS,
        ),
        ("select areas.area_code from staging.areas join staging.workers on area_code = community_code", ROWS),
    ],
)
def test_a_model_that_reveals_single_people_is_not_offered(prove_offer, select, words):
    with pytest.raises(SqlFileError) as refused:
        prove_offer(select)
    assert refused.value.en.startswith("sql/marts/tried.sql says sql_lab: no_person, but")
    assert words in refused.value.en


@pytest.mark.parametrize(
    "select",
    [
        "select community_code, count(distinct worker_id) as workers from staging.workers group by community_code",
        "select request_id, case when worker_id is not null then 'worker' end as who from staging.requests",
        "select request_id, raised_at, satisfaction from staging.requests",
        "select grid_code, count(*) filter (where duty = 'leader') as leaders from staging.grid_duties group by grid_code",
        "select partner_id, resident_score from staging.partner_ratings",
        "with own as (select community_code, worker_id from staging.workers) select community_code, count(*) as n from own group by all",
        "select areas.area_code, exists (select 1 from staging.workers where community_code = area_code) as has from staging.areas",
    ],
)
def test_a_model_that_counts_people_is_offered(prove_offer, select):
    prove_offer(select)


COUNT_AND_AGE = "-- people: workers\n-- of_people: oldest = round(oldest)\n"
FEW = "select community_code, gender, workers, oldest from (values ('1', 'female', {workers}, {oldest})) as of(community_code, gender, workers, oldest)"


@pytest.mark.parametrize(
    ("select", "header", "words"),
    [
        (FEW.format(workers=4, oldest=60), COUNT_AND_AGE, "1 rows describe groups of fewer than 5"),
        (FEW.format(workers="null::int", oldest=60), COUNT_AND_AGE, "1 rows describe groups"),
        (FEW.format(workers=5, oldest=60), "-- people: workers\n", "the numeric column oldest is not declared"),
        (FEW.format(workers=5, oldest=60), "", "people names no count"),
        (
            FEW.format(workers=5, oldest=60),
            COUNT_AND_AGE.replace("oldest =", "eldest ="),
            "columns that do not exist: eldest",
        ),
        (
            "select gender, min(worker_id) as one, 5 as workers from staging.workers group by gender",
            "-- people: workers\n",
            WHOSE,
        ),
        ("select gender from staging.workers", "", ROWS),
    ],
)
def test_a_model_of_groups_shows_no_small_group(prove_offer, select, header, words):
    with pytest.raises(SqlFileError) as refused:
        prove_offer(select, "groups", header)
    assert words in refused.value.en


def test_a_model_of_large_groups_is_offered(prove_offer):
    prove_offer(FEW.format(workers=5, oldest=60), "groups", COUNT_AND_AGE)
    prove_offer(FEW.format(workers="null::int", oldest="null::int"), "groups", COUNT_AND_AGE)


def test_a_new_contract_declares_whose_its_rows_are():
    class Visits(SourceSchema):
        """Holds the visits that a worker pays."""

        visit_id = code("走访编号")
        visitor = code("走访人", WORKER)
        community_code = code("社区代码", COMMUNITY)
        on_date = day("日期")
        minutes = integer("分钟")
        remark = text("备注", required=False)

    visits = Table("visits", "走访", "activity", ("visit_id",), Visits, None)
    found = people.classify_contract(visits, dict.fromkeys([*visits.columns, "added_later"], "VARCHAR"))
    assert found.is_of_people
    assert found.keys == {"visit_id", "visitor", "on_date"}
    assert found.attributes == {"minutes", "remark", "added_later"}


def test_identifying_columns_are_declared_once_and_follow_references():
    own = {
        name: people.identifying_columns(table)
        for name, table in all_tables().items()
        if people.identifying_columns(table)
    }
    assert own == {
        "workers": {"worker_id", "name", "id_number", "phone", "birth_date", "monthly_pay"},
        "grid_duties": {"worker_id"},
        "assessments": {"worker_id"},
        "career_events": {"worker_id", "event_id"},
        "training_attendance": {"attendee_id"},
        "activities": {"worker_id"},
        "requests": {"worker_id"},
        "points": {"account_id", "entry_id"},
        "partner_posts": {"holder_id", "post_id"},
        "honours": {"recipient_id", "honour_id"},
    }


def test_an_offer_that_is_not_a_known_word_is_reported(tmp_path):
    path = tmp_path / "intermediate" / "tried.sql"
    path.parent.mkdir()
    path.write_text("-- title: 甲 | A\n-- grain: x\n-- sql_lab: yes\nselect 1 as one\n", encoding="utf-8")
    with pytest.raises(SqlFileError, match="'yes' is not one of"):
        catalog.read_file(tmp_path, path)


def test_columns_of_people_that_are_not_offered_are_available_as_groups(demo):
    """Queries a month's shares by gender and a year's mean by post, as a user would."""
    workers = demo.rows(
        "select attribute_value, sum(workers)::int as n from worker_group_months "
        "where month = date '2026-06-01' and attribute = 'gender' and city = '621000' group by all order by all"
    )
    exact = demo.rows(
        "select gender, count(*)::int as n from worker_months where month = date '2026-06-01' and city = '621000' group by all order by all"
    )
    assert workers.rows() == exact.rows() and workers["n"].sum() == 1163
    assert demo.rows("select count(*) as n from assessment_groups where assessed is not null").item() > 150
