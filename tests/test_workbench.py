"""One SELECT of somebody's own: what it may ask is answered, whatever else it tries is not, and nothing is given away."""
from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from sql import catalog, files, within
from sql.errors import AskError, SqlFileError
from sql.files import Text
from sql.queries import run_file
from sql.warehouse import PROJECT, Version
from sql.workbench import Answer, StatementError, asking, ask, offered, running, saving
from sql.workbench.limits import USUAL, Limits
from sql.workbench.templates import templates
from tests import attacks
from tests.screens import scope

# The process knows the modules beside it by their own names.
sys.path.append(str(PROJECT / "sql" / "workbench"))
from statement import Refused, check  # noqa: E402

SECRET = "canary-7f3a91"
# A bomb goes off the same way, sooner.
SHORT = replace(USUAL, seconds=6, cpu_seconds=1)
SLOW = "select count(*) from range(10000000000000) where hash(range) = 1"
# Not run, or not even read.
REFUSED = {"select", "table", "function", "construct", "duckdb", "deep", "empty"}
STOPPED = {"time", "memory", "bytes"}
XIFENG = "621002"


def outcome(version: Version, statement: str, limits: Limits = USUAL) -> Answer | StatementError:
    try:
        return ask(version, statement, limits=limits)
    except StatementError as error:
        return error


@dataclass
class Trial:
    """Tries statements at a version, with a secret in a file and one in the environment."""

    version: Version
    places: dict[str, str]

    def written(self, statement: str) -> str:
        return re.sub(r"\{(secret|version|folder)\}", lambda found: self.places[found[1]], statement)

    def asked(self, statements: Iterable[str], limits: Limits = USUAL) -> dict[str, Answer | StatementError]:
        """What came of each, two at a time as the product does."""
        statements = tuple(statements)
        with ThreadPoolExecutor(asking.AT_ONCE) as pool:
            came = pool.map(lambda one: outcome(self.version, self.written(one), limits), statements)
            return self.quiet(dict(zip(statements, came, strict=True)))

    def refused(self, statements: tuple[str, ...], allowed: set[str]) -> None:
        """Each is refused for one of the reasons: all are looked at as the process does, what that lets through and some of
        the others are asked."""
        known, found = frozenset(offered.tables(self.version)), {}
        with duckdb.connect(str(self.version.path), read_only=True) as connection:
            for statement in statements:
                try:
                    check(connection, self.written(statement), known)
                except Refused as refused:
                    found[statement] = StatementError(refused.why, asking._without_paths(refused.what, self.written(statement)))
                except duckdb.Error as error:
                    found[statement] = StatementError("duckdb", asking._without_paths(str(error), self.written(statement)))
        looked_at = self.quiet(found)
        asked = self.asked([one for place, one in enumerate(statements) if one not in found or place % 10 == 0])
        assert {one for one in asked if one in found and asked[one].why != looked_at[one].why} == set()
        ended(looked_at | asked, allowed)

    def quiet(self, found: dict[str, Answer | StatementError]) -> dict[str, Answer | StatementError]:
        """The same, where nothing of it holds the secret or a path that the statement does not name."""
        for statement, came in found.items():
            said = str(came.rows.to_dicts()) if isinstance(came, Answer) else f"{came.zh} {came.en}"
            assert SECRET not in said, statement
            for path in re.findall(r"(?:/[\w.-]+){2,}", said):
                assert path in self.written(statement), (statement, path)
        return found


@pytest.fixture(scope="module")
def trial(demo: Version, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    secret = tmp_path_factory.mktemp("secret") / "secret.csv"
    secret.write_text(f"word\n{SECRET}\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINLI_SECRET", SECRET)
        yield Trial(demo, {"secret": str(secret), "version": str(demo.path), "folder": str(demo.path.parent)})


def ended(found: dict[str, Answer | StatementError], allowed: set[str]) -> None:
    """Each was ended for one of the reasons."""
    wrong = {statement[:200]: came for statement, came in found.items() if isinstance(came, Answer) or came.why not in allowed}
    assert wrong == {}


def test_nothing_but_one_select_is_run(trial, demo):
    trial.refused(attacks.OTHER_STATEMENTS, {"select", "construct", "table", "duckdb"})
    assert not list(demo.path.parent.glob("taken*")) and not Path("/tmp/taken.csv").exists()


def test_no_file_is_read(trial):
    trial.refused(attacks.FILES, {"function", "table", "duckdb", "select"})


def test_nothing_is_told_of_the_machine(trial):
    trial.refused(attacks.MACHINE, {"function", "table", "duckdb"})


def test_tables_that_are_not_offered_cannot_be_read(trial):
    trial.refused(attacks.TABLES, {"table"})


def test_bombs_are_ended(trial):
    ended(trial.asked(attacks.BOMBS, SHORT), STOPPED | {"duckdb"})


def test_bombs_are_ended_at_the_limits_there_are(trial):
    hungry = "select list(range) from range(400000000)"
    found = trial.asked((SLOW, hungry))
    assert found[SLOW].why == "time" and found[hungry].why in STOPPED
    assert found[SLOW].en.startswith("it ran for more than 10 seconds and was stopped")


def test_what_is_strange_ends_nothing_but_itself(trial, demo):
    found = trial.asked(attacks.STRANGE, SHORT)
    assert {came.why for came in found.values() if isinstance(came, StatementError)} <= REFUSED | STOPPED
    with pytest.raises(StatementError, match="longer than 100,000 characters"):
        ask(demo, "select '" + "x" * 100_000 + "'")
    assert ask(demo, "select 1").rows.item() == 1


# What the machine itself does not let happen, were the statement's look at it fooled.
BEHIND = """
import json, os, socket, sys
sys.path.insert(0, sys.argv[1])
import process
request = json.loads(sys.argv[2])
process._limit(request["limits"])
connection = process._opened(request)

def tried(what):
    try:
        return repr(what())
    except Exception as error:
        return type(error).__name__

print(json.dumps([
    tried(lambda: open("/etc/passwd").read()), tried(lambda: open("/tmp/taken", "w")), tried(lambda: socket.socket()),
    tried(lambda: os.listdir("/")), tried(lambda: bytearray(1 << 31)),
    *(tried(lambda: connection.execute(statement).fetchall()) for statement in request["statements"]),
]))
sys.stdout.flush()
os._exit(0)
"""


def test_behind_the_look_at_a_statement_the_process_can_do_nothing(demo, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text(f"word\n{SECRET}\n", encoding="utf-8")
    statements = [
        f"select * from read_text('{secret}')", f"select * from '{secret}'", f"copy requests to '{tmp_path}/taken.csv'",
        f"attach '{demo.path}' as other", "set threads = 8", "set enable_external_access = true", "install httpfs",
        "create table main.taken as select 1", "select * from read_parquet('https://127.0.0.1/x.parquet')",
    ]
    request = {"path": str(demo.path), "limits": vars(USUAL), "statements": statements}
    done = subprocess.run(
        [sys.executable, "-c", BEHIND, str(PROJECT / "sql" / "workbench"), json.dumps(request)],
        capture_output=True, text=True, check=True, timeout=60, env={},
    )
    found = json.loads(done.stdout)
    assert found[:5] == ["OSError", "OSError", "OSError", "OSError", "MemoryError"]
    assert all(word.endswith(("Exception", "Error")) for word in found[5:]), found
    assert SECRET not in done.stdout and not (tmp_path / "taken.csv").exists()


@pytest.fixture
def stand_in(tmp_path, monkeypatch) -> Callable[[str], None]:
    """Has another program run in the place of the one that answers."""
    def put(program: str) -> None:
        path = tmp_path / "process.py"
        path.write_text(program, encoding="utf-8")
        monkeypatch.setattr(running, "_PROCESS", path)

    return put


def test_the_process_is_given_nothing_of_the_servers(demo, stand_in, monkeypatch):
    monkeypatch.setenv("LINLI_SECRET", SECRET)
    stand_in(
        "import json, os\n"
        "held = sorted(int(name) for name in os.listdir('/proc/self/fd'))\n"
        "told = json.dumps([dict(os.environ), os.getcwd(), held])\n"
        "print(json.dumps({'columns': [['told', 'text']], 'rows': [[told]], 'is_cut': False}))\n"
    )
    environment, folder, held = json.loads(ask(demo, "select 1").rows.item())
    assert SECRET not in str(environment) and not {name for name in environment if name.startswith("LINLI")}
    # Its three, and the folder that it lists them by.
    assert folder == "/" and held == [0, 1, 2, 3]


@pytest.mark.parametrize(("program", "why"), [
    ("while True: pass", "time"),
    ("import signal\nfor one in (1, 2, 15): signal.signal(one, signal.SIG_IGN)\nwhile True: signal.pause()", "time"),
    ("import sys\nwhile True: sys.stdout.write('x' * 65536)", "bytes"),
    ("import os\nos.abort()", "memory"),
    ("raise SystemExit(3)", "stopped"),
])
def test_a_process_that_does_not_do_its_work_is_ended(demo, stand_in, program, why):
    stand_in(program)
    came = outcome(demo, "select 1", replace(SHORT, seconds=2))
    assert came.why == why


ANSWERED = {
    "select 1 as one": [1],
    "select 1;": [1],
    "  /* what */ select 2 -- why": [2],
    "(select 3)": [3],
    "values (4), (5)": [4, 5],
    "from range(2)": [0, 1],
    "select 'a' as text union all select 'b' order by text desc": ["b", "a"],
    "with recursive steps(n) as (select 1 union all select n + 1 from steps where n < 3) select sum(n) from steps": [6],
    "with one as (select 1 as n), two as (select n + 1 as n from one) select n from two": [2],
    "select list_transform([1, 2], lambda n: n * 2)[2]": [4],
    "select [n + 1 for n in [1, 2] if n > 1][1]": [3],
    "select {'county': 'x'}.county": ["x"],
    "select sum(n) over (order by n) from (values (1), (2)) as numbers(n)": [1, 3],
    "select count(*) filter (where n > 1) from range(4) as numbers(n)": [2],
    "select upper('a') || lower('B') || substring('xyz' from 2 for 1)": ["Aby"],
    "select case when 2 between 1 and 3 and 'ab' like 'a%' and 'x' in ('x') then coalesce(null, 7) end": [7],
    "select date_trunc('month', date '2026-06-15')::date": [date(2026, 6, 1)],
    "select date '2026-06-30' + interval 1 day": [datetime(2026, 7, 1)],
    "select strftime(date '2026-06-01', '%Y-%m')": ["2026-06"],
    "select n from (values (1), (2)) as a(n) where exists (select 1 from range(2) as b(m) where b.m = a.n)": [1],
    "select x from (pivot (select 'x' as k, 1 as v) on k in ('x') using sum(v))": [1],
    "select regexp_extract('a12', '[0-9]+'), 1 qualify row_number() over () = 1": ["12"],
    "select max(county) from main.requests where month = date '2026-06-01' and county = '621002'": ["621002"],
    "select area_name from bases.area_paths where area_code = '621002'": ["西峰区"],
}


def test_what_may_be_asked_is_answered(demo):
    known = frozenset(offered.tables(demo))
    with duckdb.connect(str(demo.path), read_only=True) as connection:
        found = {one: [row[0] for row in connection.execute(check(connection, one, known)).fetchall()] for one in ANSWERED}
    assert found == ANSWERED


def test_every_type_comes_back(demo):
    found = ask(demo, """
        select true as yes, 3 as number, 170141183460469231731687303715884105727 as huge, sum(n) as added, 2.5 as half,
            'nan'::double as nothing, date '2026-06-30' as day, timestamp '2026-06-30 08:15:00' as moment, '甲"乙' as text,
            null as empty, [1, 2] as list, {'a': 1} as struct, interval 3 day as days, 'infinity'::date as ever, 1 as number
        from (values (2), (3)) as numbers(n)
    """).rows
    assert found.columns == [
        "yes", "number", "huge", "added", "half", "nothing", "day", "moment", "text", "empty", "list", "struct", "days", "ever", "number_2",
    ]
    row = found.row(0)
    assert row[:2] == (True, 3) and row[2] == pytest.approx(2**127) and row[3:5] == (5, 2.5) and row[5] != row[5]
    assert row[6:] == (
        date(2026, 6, 30), datetime(2026, 6, 30, 8, 15), '甲"乙', None, "[1, 2]", "{'a': 1}", "3 days", "infinity", 1,
    )
    assert found.schema["added"] == pl.Int64
    assert ask(demo, "select kind from requests where false").rows.shape == (0, 1)


def test_of_many_rows_the_first_ten_thousand_are_kept_in_their_order(demo):
    cut = ask(demo, "select range as n from range(10001) order by n desc")
    assert cut.is_cut and cut.rows.height == 10_000 and cut.rows["n"].head(2).to_list() == [10_000, 9_999]
    whole = ask(demo, "select range as n from range(10000)")
    assert not whole.is_cut and whole.rows.height == 10_000


def test_what_is_wrong_is_told_in_duckdbs_words_with_its_place(demo):
    assert "Referenced column \"nosuch\" not found" in outcome(demo, "select\n    nosuch\nfrom requests").en
    assert outcome(demo, "select\n    nosuch\nfrom requests").en.endswith("LINE 2:     nosuch\n            ^^^^^^")
    assert "LINE 2: from requests requests requests" in outcome(demo, "select 1\nfrom requests requests requests").zh
    assert outcome(demo, "select * from nosuch").zh.startswith("没有可查的表 nosuch")
    assert outcome(demo, "select getenv('HOME')").en.startswith("the function getenv cannot be used here")


def test_words_of_duckdb_lose_the_paths_of_this_machine():
    words = "IO Error: cannot open /srv/linli/data/x.duckdb: /tmp/mine.csv 10000/3 and/or\nStack Trace:\n/usr/lib/a.so(+0x1)"
    assert asking._without_paths(words, "from '/tmp/mine.csv'") == "IO Error: cannot open …: /tmp/mine.csv 10000/3 and/or"


def test_every_template_is_a_statement_that_may_be_asked(demo):
    known = frozenset(offered.tables(demo))
    found = templates(demo)
    assert {one.folder for one in found} == {"queries", "metrics"} and len(found) > 250
    assert not {one.name for one in found} & {"training_ladder", "rejected_list", "served_version"}
    with duckdb.connect(str(demo.path), read_only=True) as connection:
        for one in found:
            check(connection, one.statement(scope(demo, "621000")), known)
    ratio = next(one for one in found if one.name == "staffing_ratio").statement(scope(demo, "621000"))
    rows = ask(demo, ratio).rows
    # 环县's ratio as the staffing page has it.
    assert rows.filter(county="621022")["value"].round(1).to_list() == [9.4]
    assert ask(demo, next(one for one in found if one.name == "longest_open").statement(scope(demo))).rows.height > 0


def test_tables_of_single_people_and_cells_as_sent_are_not_offered(demo):
    tables = set(offered.tables(demo))
    assert {("main", "requests"), ("bases", "area_paths"), ("staging", "months")} <= tables
    assert {schema for schema, _table in tables} == {"main", "bases", "staging"}
    assert not tables & {
        ("staging", "workers"), ("bases", "roster_periods"), ("staging", "rejected_rows"), ("staging", "rejects"), ("staging", "claims"),
    }
    columns = set(offered.columns(demo)["column"])
    assert not columns & {"name", "worker_name", "birth_date", "monthly_pay", "person_number", "phone", "id_number", "cells"}
    assert offered.title("main", "requests") == Text("工单", "Requests")


def test_within_an_area_there_is_nothing_else_to_ask(demo):
    seen = demo.within(XIFENG)
    whole = demo.rows("select count(*) as n from requests where county = '621002'").item()
    assert ask(seen, "select county, count(*) as n from requests group by county").rows.rows() == [(XIFENG, whole)]
    assert set(ask(seen, "select * from requests limit 500").rows["county"]) == {XIFENG}
    paths = ask(seen, "select distinct county from bases.area_paths").rows
    assert paths.rows() == [(XIFENG,)]
    assert outcome(seen, "select * from whole.main.requests").why == "table"


def test_the_file_asked_within_an_area_holds_nothing_of_the_rest(demo):
    ask(demo.within(XIFENG), "select 1")
    copy = within.copied(demo.path, XIFENG)
    # All others of the demo's counties, by name, and their codes.
    others = demo.rows("select area_code, area_name from bases.area_paths where level = 'county' and area_code <> '621002'")
    held = copy.read_bytes()
    for code, name in others.iter_rows():
        assert name.encode() not in held
        assert re.search(rb"(?<!\d)" + code.encode() + rb"\d{6}(?!\d)", held) is None
    with duckdb.connect(str(copy), read_only=True) as connection:
        for table, in connection.execute(
            "select schema_name || '.' || table_name from duckdb_columns() where column_name = 'county' and not internal"
        ).fetchall():
            assert connection.execute(f"select distinct county from {table} where county is not null").fetchall() in ([], [(XIFENG,)]), table


def test_two_that_copy_at_once_get_one_whole_file(demo):
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _again: within.copied(demo.path, "621027"), range(2))
    assert first == second
    with duckdb.connect(str(first), read_only=True) as connection:
        assert connection.execute("select distinct county from requests").fetchall() == [("621027",)]
    assert not [path for path in demo.path.parent.iterdir() if path.is_dir()]


def test_the_third_waits_and_is_told_how_many_are_before(demo):
    patient = replace(USUAL, seconds=4, cpu_seconds=3)
    heard: list[int] = []
    with ThreadPoolExecutor(2) as pool:
        running_now = [pool.submit(outcome, demo, SLOW, patient) for _ in range(2)]
        while len(asking._LINE._places) < 2:
            time.sleep(0.01)
        answer = ask(demo, "select 1", heard.append)
        assert answer.rows.item() == 1
        assert heard[0] == 2 and heard == sorted(heard, reverse=True)
        assert {one.result().why for one in running_now} == {"time"}


class Left(Exception):
    """Who asked has gone elsewhere."""


def test_who_leaves_gives_up_their_place_and_ends_their_process(demo):
    def leave(_before: int) -> None:
        raise Left

    begun = threading.active_count()
    with pytest.raises(Left):
        ask(demo, SLOW, leave)
    assert asking._LINE._places == [] and threading.active_count() == begun
    assert not [path for path in Path("/proc").glob("[0-9]*/cmdline") if running._PROCESS.name.encode() in read(path) and mine(path)]


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def mine(path: Path) -> bool:
    """Whether a process, by its command line's path, is this one's child."""
    return f"\nPPid:\t{os.getpid()}\n".encode() in read(path.with_name("status"))


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
    """A folder of sql/ of its own, with one query in it."""
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "taken.sql").write_text("-- title: 甲 | A\n-- grain: one row\nselect 1 as one\n", encoding="utf-8")
    return tmp_path


def kept(version: Version, root: Path, statement: str = MARTS, name: str = "requests_by_county", title: Text = Text("各县工单", "Requests by county"),
         grain: str = "county") -> Path:
    written = saving.file(statement, name, title, grain, scope(version), root)
    saving.keep(written, root)
    return root / written.path


def test_a_statement_is_kept_as_a_query_that_goes_by_area_and_period(demo, root):
    path = kept(demo, root)
    assert path.read_text(encoding="utf-8") == (
        "-- title: 各县工单 | Requests by county\n-- grain: county\n"
        "select requests.county, count(*) as requests\nfrom requests\nwhere requests.kind <> 'shop'\n"
        "group by requests.county\norder by requests.county\n"
    )
    assert sorted(one.name for one in path.parent.iterdir()) == ["requests_by_county.sql", "taken.sql"]
    file = catalog.read_file(root, path)
    at = scope(demo, XIFENG, "2026")
    counted = demo.rows(
        "select count(*) as n from requests where county = '621002' and kind <> 'shop' and month between date '2026-01-01' and date '2026-06-01'"
    ).item()
    assert run_file(file.path, file.text, at).rows() == [(XIFENG, counted)]


@pytest.mark.parametrize(("changes", "words"), [
    ({"name": "taken"}, "there is a taken in sql/queries already"),
    ({"name": "../taken"}, "small letters and underscores alone"),
    ({"name": "Requests"}, "small letters and underscores alone"),
    ({"name": "requests2"}, "small letters and underscores alone"),
    ({"name": ""}, "small letters and underscores alone"),
    ({"title": Text("Requests", "Requests")}, "a Chinese title, an English title"),
    ({"title": Text("工单", "工单")}, "a Chinese title, an English title"),
    ({"grain": " "}, "a Chinese title, an English title"),
    ({"title": Text("工单\n-- params: area", "Requests")}, "one line each"),
    ({"grain": "county | x"}, "one line each"),
    ({"statement": "select county from main.requests order by county"}, "write the table alone, as requests"),
    ({"statement": "select county from requests"}, "order by is missing"),
    ({"statement": "select nosuch from requests order by nosuch"}, "nosuch"),
    ({"statement": "select getenv('HOME') as home from requests order by home"}, "the function getenv cannot be used here"),
    ({"statement": "select * from raw.workers order by name"}, "no table raw.workers to ask"),
    ({"statement": "select 1 as one; select 2 as two order by two"}, "one SELECT is expected"),
])
def test_what_would_be_no_query_is_not_kept(demo, root, changes, words):
    with pytest.raises((AskError, SqlFileError)) as error:
        kept(demo, root, **changes)
    assert words in error.value.en
    assert [one.name for one in (root / "queries").iterdir()] == ["taken.sql"]


def test_a_name_that_another_takes_meanwhile_is_not_overwritten(demo, root):
    written = saving.file(MARTS, "by_two", Text("各县工单", "Requests by county"), "county", scope(demo), root)
    (root / written.path).write_text("another's", encoding="utf-8")
    with pytest.raises(AskError, match="there is a by_two in sql/queries already"):
        saving.keep(written, root)
    assert (root / written.path).read_text(encoding="utf-8") == "another's"
    assert sorted(one.name for one in (root / "queries").iterdir()) == ["by_two.sql", "taken.sql"]


def test_a_template_is_kept_as_the_query_it_is_not_as_it_was_narrowed(demo):
    at = scope(demo, "621000", "2026")
    for one in templates(demo):
        narrowed = one.statement(at)
        if one.folder == "queries":
            file = catalog.current()[f"queries/{one.name}.sql"]
            assert saving.unscoped(narrowed).split() == files.without_header(file.text).split(), one.name
    # A metric read at its last month says something else of all months: it stays as it is, and is not kept.
    ratio = next(one for one in templates(demo) if one.name == "staffing_ratio").statement(at)
    assert saving.unscoped(ratio) == ratio and "month = date '2026-06-01'" in ratio
    # What somebody wrote that only looks alike is theirs.
    own = "with requests as (\n    select *\n    from main.requests\n    where kind = 'shop'\n)\nselect 1 from requests"
    assert saving.unscoped(own) == own


def test_a_kept_query_is_asked_by_its_name_from_then_on(demo_folder, tmp_path):
    """In a copy of sql/, by the files that pages ask."""
    shutil.copytree(PROJECT / "sql", tmp_path / "sql", ignore=shutil.ignore_patterns("__pycache__"))
    program = (
        "from sql import Scope, query, warehouse\nfrom sql.files import Text\nfrom sql.periods import Period\n"
        "from sql.workbench import saving\n"
        "if __name__ == '__main__':\n"
        "    version = warehouse.current()\n    at = Scope(version, '621000', Period(None, version.data_month))\n"
        "    text = 'select month, sum(workers)::int as workers from community_months group by month order by month desc limit 1'\n"
        "    saving.keep(saving.file(text, 'workers_now', Text('在岗', 'On post'), 'month', at))\n"
        "    print(query('workers_now', at).rows())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "LINLI_WAREHOUSE": str(demo_folder)},
    )
    # As many as the staffing page shows of 庆阳市, to which the query is narrowed.
    assert done.stdout == "[(datetime.date(2026, 6, 1), 1163)]\n", done.stderr
