"""A statement of the SQL lab saved as a file of sql/queries: it follows area and period, and a statement that would not
work is refused.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sql.errors import InputError, SqlFileError
from sql.files import sql_file
from sql.files.sql_file import Text
from sql.paths import PROJECT
from sql.semantic.catalog import catalog
from sql.semantic.queries import run_file
from sql.sql_lab import saved_queries
from sql.sql_lab.templates import templates
from sql.warehouse import Version
from tests.helpers.depth import examples
from tests.helpers.pages.screens import scope
from tests.helpers.statement_tester import XIFENG

ZHENYUAN = "621027"
TITLE = Text("各县工单", "Requests by county")
MARTS = """
-- title: 工单 | not this one
select requests.county, count(*) as requests
from requests
where requests.kind <> 'shop'
group by requests.county
order by requests.county;
"""


@pytest.fixture
def root(tmp_path) -> Path:
    """Returns a separate folder of sql/, with one query in it."""
    folder = tmp_path / "sql" / "queries"
    folder.mkdir(parents=True)
    (folder / "taken.sql").write_text("-- title: 甲 | A\n-- grain: one row\nselect 1 as one\n", encoding="utf-8")
    return tmp_path / "sql"


def saved(root: Path) -> list[str]:
    """Returns the names of the files saved beside that folder of sql/."""
    return sorted(path.name for path in catalog.saved_folder(root).glob("*"))


def save(
    version: Version,
    root: Path,
    statement: str = MARTS,
    name: str = "requests_by_county",
    title: Text = TITLE,
    grain: str = "county",
) -> Path:
    catalog.clear_cache()
    written = saved_queries.build_file(
        statement, name, title, grain, scope(version, version.area or "621000"), "me", root
    )
    saved_queries.save(written, root)
    return catalog.saved_folder(root) / f"{written.name}.sql"


def test_a_statement_is_saved_as_a_query_that_follows_area_and_period(demo, root):
    path = save(demo, root)
    assert path.read_text(encoding="utf-8") == (
        "-- title: 各县工单 | Requests by county\n-- grain: county\n"
        "select requests.county, count(*) as requests\nfrom requests\nwhere requests.kind <> 'shop'\n"
        "group by requests.county\norder by requests.county\n"
    )
    assert saved(root) == ["requests_by_county.sql"]
    file = catalog.read_file(root, path)
    at = scope(demo, XIFENG, "2026")
    counted = demo.rows(
        "select count(*) as n from requests where county = '621002' and kind <> 'shop' and month between date '2026-01-01' and date '2026-06-01'"
    ).item()
    assert run_file(file.path, file.text, at).rows() == [(XIFENG, counted)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "taken"}, "a query named taken already exists"),
        ({"name": "../taken"}, "only lower-case letters and underscores"),
        ({"name": "Requests"}, "only lower-case letters and underscores"),
        ({"name": "requests2"}, "only lower-case letters and underscores"),
        ({"name": ""}, "only lower-case letters and underscores"),
        ({"title": Text("Requests", "Requests")}, "a Chinese title, an English title"),
        ({"title": Text("工单", "工单")}, "a Chinese title, an English title"),
        ({"grain": " "}, "a Chinese title, an English title"),
        ({"title": Text("工单\n-- params: area", "Requests")}, "must be one line each"),
        ({"grain": "county | x"}, "must be one line each"),
        ({"title": Text("工单\u2028-- people: none", "Requests")}, "must be one line each"),
        ({"title": Text("工单", "Requests\u2029-- people: none")}, "must be one line each"),
        ({"grain": "county\x85-- people: none"}, "must be one line each"),
        ({"grain": "county\x1c-- people: none"}, "must be one line each"),
        ({"grain": "county\x0b-- people: none"}, "must be one line each"),
        ({"title": Text("工单\u202e", "Requests")}, "must be one line each"),
        (
            {"statement": "select county from main.requests order by county"},
            "write the table name alone, such as requests",
        ),
        ({"statement": "select county from requests"}, "order by is missing"),
        ({"statement": "select nosuch from requests order by nosuch"}, "nosuch"),
        (
            {"statement": "select getenv('HOME') as home from requests order by home"},
            "the function getenv cannot be used here",
        ),
        ({"statement": "select * from raw.workers order by name"}, "no table raw.workers to query"),
        ({"statement": "select 1 as one; select 2 as two order by two"}, "expected exactly one SELECT"),
    ],
)
def test_a_statement_that_would_be_no_query_is_refused(demo, root, changes, words):
    with pytest.raises((InputError, SqlFileError)) as error:
        save(demo, root, **changes)
    assert words in error.value.en
    assert saved(root) == [] and [one.name for one in (root / "queries").iterdir()] == ["taken.sql"]


def test_a_name_taken_in_the_meantime_is_not_overwritten(demo, root):
    written = saved_queries.build_file(MARTS, "by_two", TITLE, "county", scope(demo), "me", root)
    path = catalog.saved_folder(root) / "by_two.sql"
    path.parent.mkdir(parents=True)
    path.write_text("another's", encoding="utf-8")
    with pytest.raises(InputError, match="a query named by_two already exists"):
        saved_queries.save(written, root)
    assert path.read_text(encoding="utf-8") == "another's" and saved(root) == ["by_two.sql"]


# Characters that may hide a line in a text: all line ends of Python or DuckDB, and those of a header.
PIECES = st.one_of(
    st.text(max_size=8),
    st.sampled_from([*"\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\u200b\ufeff|;", "-- people: none", "-- area: 621002"]),
    st.sampled_from(
        [
            "--",
            "/*",
            "*/",
            "select 1 as one",
            "工单",
            "Requests",
            " ",
            "with requests as (\n    select *\n    from main.requests\n)\n",
        ]
    ),
)
TEXTS = st.lists(PIECES, max_size=6).map("".join)


@settings(max_examples=examples(400, 5000), deadline=None)
@given(zh=TEXTS, en=TEXTS, grain=TEXTS, statement=TEXTS, area=st.sampled_from([None, XIFENG]))
def test_no_typed_text_adds_a_line_to_the_header(tmp_path_factory, zh, en, grain, statement, area):
    try:
        text = saved_queries.file_text(statement, Text("工单" + zh, "Requests" + en), "row" + grain, area)
    except InputError:
        return
    try:
        written = text.encode()
    except UnicodeEncodeError:
        # The statement itself would not have been answered.
        return
    path = tmp_path_factory.getbasetemp() / "queries" / "tried.sql"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(written)
    file = catalog.read_file(path.parent.parent, path)
    assert file.header == {
        "title": f"{('工单' + zh).strip()} | {('Requests' + en).strip()}",
        "grain": ("row" + grain).strip(),
        **({} if area is None else {"area": area}),
    }


@pytest.mark.parametrize(
    "statement",
    [
        " -- people: none\n{}",
        "\n\t-- people: none\n-- params: a\n{}",
        "with requests as (\n    select *\n    from main.requests\n    where month <= date '2026-06-01'\n)\n-- people: none\n{}",
        "\r-- people: none\r{}",
    ],
)
def test_a_comment_before_a_statement_is_no_header(demo, root, statement):
    path = save(demo, root, statement.format(MARTS.strip().partition("\n")[2]))
    assert catalog.read_file(root, path).header == {"title": "各县工单 | Requests by county", "grain": "county"}


def test_a_saved_query_belongs_to_its_authors_area(demo, root):
    """Names of different areas neither clash nor reveal each other; within an area nobody's file is overwritten."""
    whole = save(demo, root)
    xifeng, zhenyuan = save(demo.restrict_to(XIFENG), root), save(demo.restrict_to(ZHENYUAN), root)
    assert [path.name for path in (whole, xifeng, zhenyuan)] == [
        "requests_by_county.sql",
        "requests_by_county_621002.sql",
        "requests_by_county_621027.sql",
    ]
    assert (
        catalog.read_file(root, xifeng).header["area"] == XIFENG and "area" not in catalog.read_file(root, whole).header
    )
    before = xifeng.read_bytes()
    for version in (demo.restrict_to(XIFENG), demo):
        with pytest.raises(InputError, match="requests_by_county already exists"):
            save(version, root, grain="other")
    assert xifeng.read_bytes() == before
    with pytest.raises(InputError, match="only lower-case letters and underscores"):
        save(demo, root, name="requests_by_county_621002")


def test_a_saved_query_is_a_template_for_users_who_may_see_its_area(demo, monkeypatch):
    text = saved_queries.file_text(MARTS, TITLE, "county", ZHENYUAN)
    saved = sql_file.read(f"queries/by_kind_{ZHENYUAN}.sql", text)
    everybodys = sql_file.read("queries/by_kind.sql", saved_queries.file_text(MARTS, TITLE, "county", None))
    files = {**catalog.current_files(), saved.path: saved, everybodys.path: everybodys}
    monkeypatch.setattr(catalog, "current_files", lambda root=sql_file.SQL_FOLDER: files)
    seen = {
        area: {one.name for one in templates(demo.restrict_to(area))} & {saved.name, everybodys.name}
        for area in (None, "621000", ZHENYUAN, XIFENG, "621027001")
    }
    assert seen == {
        None: {saved.name, everybodys.name},
        "621000": {saved.name, everybodys.name},
        ZHENYUAN: {saved.name, everybodys.name},
        XIFENG: {everybodys.name},
        "621027001": {everybodys.name},
    }


def test_a_broken_query_of_an_area_is_reported_to_nobody_else(monkeypatch):
    saved = sql_file.read("queries/by_kind_621027.sql", saved_queries.file_text(MARTS, TITLE, "county", ZHENYUAN))
    other = sql_file.read("queries/by_kind.sql", saved_queries.file_text(MARTS, TITLE, "county", None))
    files = {saved.path: saved, other.path: other}
    monkeypatch.setattr(catalog, "current_files", lambda root=sql_file.SQL_FOLDER: files)
    monkeypatch.setattr(catalog, "_broken", {path: file.error("broken") for path, file in files.items()})
    assert list(catalog.broken_files()) == [other.path]


def test_a_template_is_saved_unchanged_and_not_as_it_was_narrowed(demo):
    at = scope(demo, "621000", "2026")
    for one in templates(demo):
        narrowed = one.statement(at)
        if one.folder == "queries":
            file = catalog.current_files()[f"queries/{one.name}.sql"]
            assert saved_queries.strip_scope(narrowed).split() == sql_file.without_header(file.text).split(), one.name
    # A metric read at its last month would mean something else over all months: it stays unchanged, and can't be saved.
    ratio = next(one for one in templates(demo) if one.name == "staffing_ratio").statement(at)
    assert saved_queries.strip_scope(ratio) == ratio and "month = date '2026-06-01'" in ratio
    # A user's own text that only looks similar is left alone.
    own = "with requests as (\n    select *\n    from main.requests\n    where kind = 'shop'\n)\nselect 1 from requests"
    assert saved_queries.strip_scope(own) == own


def test_a_saved_query_can_be_used_by_its_name_from_then_on(demo_folder, tmp_path):
    """In a copy of sql/, through the files that pages use."""
    shutil.copytree(PROJECT / "sql", tmp_path / "sql", ignore=shutil.ignore_patterns("__pycache__"))
    program = (
        "from sql import Scope, query, warehouse\nfrom sql.files.sql_file import Text\nfrom sql.semantic.periods import Period\n"
        "from sql.sql_lab import saved_queries\n"
        "if __name__ == '__main__':\n"
        "    version = warehouse.current_version()\n    at = Scope(version, '621000', Period(None, version.data_month))\n"
        "    text = 'select month, sum(workers)::int as workers from community_months group by month order by month desc limit 1'\n"
        "    saved_queries.save(saved_queries.build_file(text, 'workers_now', Text('在岗', 'On post'), 'month', at, 'me'))\n"
        "    print(query('workers_now', at).rows())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "LINLI_WAREHOUSE": str(demo_folder)},
    )
    # As many as the staffing page shows of 庆阳市, to which the query is narrowed.
    assert done.stdout == "[(datetime.date(2026, 6, 1), 1163)]\n", done.stderr
