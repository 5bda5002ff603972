"""Results derived from a SQL text are computed once, also across processes, and are never those of another text."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from sql.errors import SqlFileError
from sql.files import parse_cache
from sql.files.sql_file import tables_of
from sql.paths import PROJECT
from sql.semantic.metrics import metric
from sql.warehouse import Version

# Prints the tables that a SELECT reads, and if a parser was needed to find them.
_ASK = """
import sys
from sql.files import parse_cache, sql_file
print(sorted(sql_file.tables_of("marts/x.sql", sys.argv[1])), "sqlglot" in sys.modules)
parse_cache.save()
"""

# Prints how often DuckDB checked that it can run a metric.
_BIND = """
from sql import warehouse
from sql.files import parse_cache
from sql.semantic.metrics import metric
asked, rows = [], warehouse.Version.rows
warehouse.Version.rows = lambda version, sql, params=None: asked.append(sql) or rows(version, sql, params)
metric("workers", warehouse.current_version())
parse_cache.save()
print(sum(sql.startswith("explain") for sql in asked))
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns an empty cache in a separate folder."""
    monkeypatch.setattr(parse_cache, "PATH", tmp_path / "cache" / "parse_cache.json")
    monkeypatch.setattr(parse_cache, "_entries", None)
    monkeypatch.setattr(parse_cache, "_fresh", {})
    # Otherwise texts that this process remembers would not reach the cache.
    tables_of.cache_clear()
    return parse_cache.PATH


def ask(folder: Path, code: str, *arguments: str) -> str:
    """Runs the code in a separate process, with compiled modules and cache in the folder."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPYCACHEPREFIX": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_another_process_need_not_parse_a_text_again(tmp_path):
    assert ask(tmp_path, _ASK, "select 1 as a from raw.x") == "[('raw', 'x')] True"
    assert ask(tmp_path, _ASK, "select 1 as a from raw.x") == "[('raw', 'x')] False"
    # Another text needs parsing again.
    assert ask(tmp_path, _ASK, "select 1 as a from raw.y") == "[('raw', 'y')] True"
    assert ask(tmp_path, _ASK, "select 1 as a from raw.y") == "[('raw', 'y')] False"


def test_a_metric_is_bound_once_to_what_it_reads(tmp_path, demo):
    assert [ask(tmp_path, _BIND) for _ in range(2)] == ["1", "0"]
    # A version with other columns is bound separately.
    other = Version("other", tmp_path / "other.duckdb")
    shutil.copy2(demo.path, other.path)
    with duckdb.connect(str(other.path)) as connection:
        connection.execute("alter table worker_months rename column worker_id to person_id")
    assert metric("workers", demo).file_error is None
    with pytest.raises(SqlFileError, match=r'workers\.sql:9:20: Binder Error: .*"worker_id"'):
        metric("workers", other)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe"])
def test_a_damaged_cache_is_rebuilt(cache, content):
    cache.parent.mkdir()
    cache.write_bytes(content)
    assert tables_of("marts/x.sql", "select 1 as a from staging.damaged") == {("staging", "damaged")}
    parse_cache.save()
    assert list(json.loads(cache.read_bytes()).values()) == [[["staging", "damaged"]]]


def test_a_cache_that_cannot_be_written_costs_time_only(cache):
    # Root may write to a folder without write permission, but nobody can write below a file.
    cache.parent.write_text("a file where the folder should be", encoding="utf-8")
    assert tables_of("marts/x.sql", "select 1 as a from staging.unwritten") == {("staging", "unwritten")}
    parse_cache.save()
    assert not cache.exists()


def test_failures_are_not_cached(cache):
    for _ in range(2):
        with pytest.raises(SqlFileError, match=r"sql/marts/x\.sql"):
            tables_of("marts/x.sql", "select from from")
    parse_cache.save()
    assert not cache.exists()


def test_entries_of_several_processes_are_merged_and_the_oldest_dropped(cache, monkeypatch):
    monkeypatch.setattr(parse_cache, "_MAX_ENTRIES", 3)
    for number in range(5):
        # As in a process that began before the others wrote.
        monkeypatch.setattr(parse_cache, "_entries", {})
        assert parse_cache.get_or_compute("code", (number,), lambda number=number: number) == number
        parse_cache.save()
    assert list(json.loads(cache.read_bytes()).values()) == [2, 3, 4]


def test_changed_code_computes_anew(tmp_path, cache):
    module = tmp_path / "rules.py"
    values = []
    for text in ("a = 1", "a = 1", "a = 2"):
        module.write_text(text, encoding="utf-8")
        parse_cache.fingerprint.cache_clear()
        values.append(parse_cache.get_or_compute(parse_cache.fingerprint(str(module)), ("x",), lambda: len(values)))
    assert values == [0, 0, 2]
