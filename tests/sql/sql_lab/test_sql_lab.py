"""The SQL lab answers one SELECT over offered tables; anything else is refused or ends soon, and nothing leaks."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sql.paths import PROJECT
from sql.sql_lab import StatementError, run_statement, runner
from sql.sql_lab.limits import DEFAULT_LIMITS
from sql.warehouse import Version
from tests.helpers.pages import attacks
from tests.helpers.statement_tester import (
    REFUSAL_REASONS,
    SECRET,
    SHORT_LIMITS,
    SLOW_STATEMENT,
    STOP_REASONS,
    StatementTester,
    assert_ended,
    try_statement,
)


@pytest.fixture(scope="module")
def trial(demo: Version, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StatementTester]:
    secret = tmp_path_factory.mktemp("secret") / "secret.csv"
    secret.write_text(f"word\n{SECRET}\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINLI_SECRET", SECRET)
        yield StatementTester(demo, {"secret": str(secret), "version": str(demo.path), "folder": str(demo.path.parent)})


def test_nothing_but_one_select_is_run(trial, demo):
    trial.assert_refused(attacks.OTHER_STATEMENTS, {"select", "construct", "table", "duckdb"})
    assert not list(demo.path.parent.glob("taken*")) and not Path("/tmp/taken.csv").exists()


def test_no_file_is_read(trial):
    trial.assert_refused(attacks.FILES, {"function", "table", "duckdb", "select"})


def test_nothing_about_the_machine_is_shown(trial):
    trial.assert_refused(attacks.MACHINE, {"function", "table", "duckdb"})


def test_tables_that_are_not_offered_cannot_be_read(trial):
    trial.assert_refused(attacks.TABLES, {"table"})


def test_a_name_is_read_as_the_engine_reads_it(trial):
    trial.assert_refused(attacks.NAMES, {"table", "function"})


def test_bombs_are_ended(trial):
    assert_ended(trial.run_all(attacks.BOMBS, SHORT_LIMITS), STOP_REASONS | {"duckdb"})


def test_bombs_are_ended_at_the_real_limits(trial):
    hungry = "select list(range) from range(400000000)"
    found = trial.run_all((SLOW_STATEMENT, hungry))
    assert found[SLOW_STATEMENT].why == "time" and found[hungry].why in STOP_REASONS
    assert found[SLOW_STATEMENT].en.startswith("the query was stopped after 10 seconds")


def test_a_strange_statement_ends_nothing_but_itself(trial, demo):
    found = trial.run_all(attacks.STRANGE_STATEMENTS, SHORT_LIMITS)
    assert {came.why for came in found.values() if isinstance(came, StatementError)} <= REFUSAL_REASONS | STOP_REASONS
    with pytest.raises(StatementError, match="longer than 100,000 characters"):
        run_statement(demo, "select '" + "x" * 100_000 + "'", "me")
    assert run_statement(demo, "select 1", "me").rows.item() == 1


# The machine's own limits, for the case that the check of the statement is fooled.
BEHIND = """
import json, os, socket, sys
sys.path.insert(0, sys.argv[1])
import process
request = json.loads(sys.argv[2])
process._limit(request["limits"])
connection = process._open(request)

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


def test_behind_the_check_of_a_statement_the_process_can_do_nothing(demo, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text(f"word\n{SECRET}\n", encoding="utf-8")
    statements = [
        f"select * from read_text('{secret}')",
        f"select * from '{secret}'",
        f"copy requests to '{tmp_path}/taken.csv'",
        f"attach '{demo.path}' as other",
        "set threads = 8",
        "set enable_external_access = true",
        "install httpfs",
        "create table main.taken as select 1",
        "select * from read_parquet('https://127.0.0.1/x.parquet')",
    ]
    request = {"path": str(demo.path), "limits": vars(DEFAULT_LIMITS), "statements": statements}
    done = subprocess.run(
        [sys.executable, "-c", BEHIND, str(PROJECT / "sql" / "sql_lab"), json.dumps(request)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={},
    )
    found = json.loads(done.stdout)
    assert found[:5] == ["OSError", "OSError", "OSError", "OSError", "MemoryError"]
    assert all(word.endswith(("Exception", "Error")) for word in found[5:]), found
    assert SECRET not in done.stdout and not (tmp_path / "taken.csv").exists()


@pytest.fixture
def stand_in(tmp_path, monkeypatch) -> Callable[[str], None]:
    """Returns a function that runs another program in place of the one that answers."""

    def put(program: str) -> None:
        path = tmp_path / "process.py"
        path.write_text(program, encoding="utf-8")
        monkeypatch.setattr(runner, "_PROCESS", path)

    return put


def test_the_process_inherits_nothing_of_the_servers(demo, stand_in, monkeypatch):
    monkeypatch.setenv("LINLI_SECRET", SECRET)
    stand_in(
        "import json, os\n"
        "held = sorted(int(name) for name in os.listdir('/proc/self/fd'))\n"
        "told = json.dumps([dict(os.environ), os.getcwd(), held])\n"
        "print(json.dumps({'columns': [['told', 'text']], 'rows': [[told]], 'is_cut': False}))\n"
    )
    environment, folder, held = json.loads(run_statement(demo, "select 1", "me").rows.item())
    assert SECRET not in str(environment) and not {name for name in environment if name.startswith("LINLI")}
    # Its three, and the folder that it lists them by.
    assert folder == "/" and held == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("while True: pass", "time"),
        (
            "import signal\nfor one in (1, 2, 15): signal.signal(one, signal.SIG_IGN)\nwhile True: signal.pause()",
            "time",
        ),
        ("import sys\nwhile True: sys.stdout.write('x' * 65536)", "bytes"),
        ("import os\nos.abort()", "memory"),
        ("raise SystemExit(3)", "stopped"),
    ],
)
def test_a_process_that_does_not_respond_is_ended(demo, stand_in, program, why):
    stand_in(program)
    came = try_statement(demo, "select 1", replace(SHORT_LIMITS, seconds=2))
    assert came.why == why
