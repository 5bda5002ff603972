"""Tests the output of commands without a terminal, and the modules that each of them imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from etl.ingest.parser import launch
from etl.ingest.parser.process import ParserProcess
from etl.ingest.parser.tasks import ListSheets
from sql.paths import PROJECT
from tests.helpers.warehouse.world import AREAS, EAST, SOUTH, environment, population, workers, write

HEAVY = ("dataframely", "duckdb", "fastexcel", "polars", "pyarrow", "rich", "shapely", "sqlglot", "streamlit")
LONG = "社区工作者名册" + "（" + "街道办报送" * 12 + "）.csv"


def piped(*arguments: object) -> str:
    """Returns the output of a command that prints into a file, as cron and CI keep it."""
    environ = {name: text for name, text in environment().items() if name != "COLUMNS"}
    done = subprocess.run(
        [sys.executable, "-m", "etl", *map(str, arguments)],
        cwd=PROJECT,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def imported(*arguments: object, **variables: str) -> set[str]:
    """Returns the heavy packages that a command imports."""
    script = (
        "import sys; from etl.cli.app import main\n"
        "main(sys.argv[1:])\n"
        f"print(*(name for name in {HEAVY} if name in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=PROJECT,
        env=environment() | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.split()) & set(HEAVY)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Returns a warehouse of 3 workers on 2,000 residents and 2 on 900, and the output of its first build."""
    folder = tmp_path_factory.mktemp("start")
    write(
        folder / "source",
        "庆阳市",
        areas=AREAS,
        population=[population(EAST, "2023-12-31", 2000), population(SOUTH, "2023-12-31", 900)],
        workers=[*workers(3, EAST), *workers(2, SOUTH)],
    )
    (folder / "source" / "庆阳市" / "workers.csv").rename(folder / "source" / "庆阳市" / LONG)
    return folder, piped(
        "build", "--source", folder / "source", "--warehouse", folder / "warehouse", "--as-of", "2024-03-31"
    )


def test_names_are_printed_whole_where_output_is_piped(built):
    folder, output = built
    line = next(line for line in output.splitlines() if LONG in line)
    assert "社区工作者" in line and "workers" in line and line.rstrip().endswith("│")
    # The folder and the sentence about the version are on one line each, too.
    assert any(str(folder / "source") in line for line in output.splitlines())
    assert any("published" in line and "models" in line for line in output.splitlines())


def test_a_first_build_reports_that_all_was_built_and_one_without_changes_that_nothing_was(built):
    folder, output = built
    models = sum(1 for kind in ("staging", "intermediate", "marts") for _ in (PROJECT / "sql" / kind).glob("*.sql"))
    assert f"all {models} models built" in output
    again = piped("build", "--source", folder / "source", "--warehouse", folder / "warehouse", "--as-of", "2024-03-31")
    assert f"0 of {models} models built" in again
    in_chinese = piped(
        "--lang",
        "zh",
        "build",
        "--source",
        folder / "source",
        "--warehouse",
        folder / "warehouse",
        "--as-of",
        "2024-03-31",
    )
    assert f"{models} 个模型中重建 0 个" in in_chinese and "models built" not in in_chinese


def test_a_table_of_a_metric_has_its_decimals(built):
    folder, _ = built
    table = piped("metric", "staffing_ratio", "--by", "community", "--warehouse", folder / "warehouse")
    # 10,000 × 3 ÷ 2,000 and 10,000 × 2 ÷ 900 with one decimal; numerator and denominator unrounded.
    east = next(line for line in table.splitlines() if EAST in line)
    south = next(line for line in table.splitlines() if SOUTH in line)
    assert [cell.strip() for cell in east.split("│")[3:7]] == ["15.0", "3", "2,000", "18.0"]
    assert [cell.strip() for cell in south.split("│")[3:7]] == ["22.2", "2", "900", "18.0"]


def test_a_command_imports_only_the_packages_it_needs(built):
    folder, _ = built
    warehouse = folder / "warehouse"
    assert imported("--help") == imported("build", "--help") == imported("--version") == set()
    assert imported("--show-completion") == set()
    completion = {"_LINLI_COMPLETE": "complete_bash", "COMP_WORDS": "linli metric --fo", "COMP_CWORD": "2"}
    assert imported(**completion) == set()
    # No file needs parsing and no SQL text is new, so no parser of files or SQL is needed. No build needs pyarrow.
    unchanged = ("build", "--source", folder / "source", "--warehouse", warehouse, "--as-of", "2024-03-31")
    piped(*unchanged)
    assert imported(*unchanged) == {"dataframely", "duckdb", "polars", "rich"}
    assert imported("versions", "--warehouse", warehouse) == {"duckdb", "polars", "rich"}
    metric = ("metric", "workers", "--warehouse", warehouse)
    piped(*metric)
    assert imported(*metric) == {"duckdb", "polars", "pyarrow", "rich"}
    first = ("build", "--source", folder / "source", "--warehouse", folder / "anew", "--as-of", "2024-03-31")
    assert imported(*first) == {"dataframely", "duckdb", "polars", "rich"}


def test_the_process_that_parses_files_is_started_once(monkeypatch):
    monkeypatch.setattr(launch, "_started_ahead", [])
    launch.start_ahead()
    first, second = launch.get_process(), launch.get_process()
    assert first.pid != second.pid
    for process in (first, second):
        assert process.stdout.readline() == b"{}\n"
        # An idle one ends with the process that started it.
        process.stdin.close()
        assert process.wait(timeout=60) == 0
        process.stdout.close()


def test_a_process_that_nobody_needed_for_a_while_is_not_handed_out(monkeypatch):
    monkeypatch.setattr(launch, "_started_ahead", [])
    launch.start_ahead()
    (ended,) = launch._started_ahead
    ended.stdin.close()
    assert ended.wait(timeout=60) == 0
    process = launch.get_process()
    # The first line of the ended one could still be read; a file sent to it would be lost.
    assert process.pid != ended.pid and ended.stdout.readline() == b"{}\n"
    for each in (ended, process):
        each.kill()
        each.wait()
        each.stdout.close()
    process.stdin.close()


def test_a_file_handed_to_a_process_that_is_just_ending_is_read_by_the_next(monkeypatch, tmp_path):
    # It still runs, but accepts no more work.
    ending = subprocess.Popen(
        [sys.executable, "-c", "import os, time; os.close(0); print('{}', flush=True); time.sleep(600)"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    monkeypatch.setattr(launch, "_started_ahead", [ending])
    path = tmp_path / "行政区划.xlsx"
    with Workbook(path) as book:
        book.add_worksheet("街道")
    reader = ParserProcess()
    try:
        assert reader.ask(ListSheets(path), path, {}) == {"sheets": ["街道"]}
        assert ending.poll() is not None
    finally:
        reader.stop()
