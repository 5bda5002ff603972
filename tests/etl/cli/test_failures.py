"""Tests how a fault in the program is reported: in one line, and with a traceback only on request."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from etl.build import versions
from etl.cli.app import main
from sql.paths import PROJECT
from tests.helpers.warehouse.world import AREAS, EAST, environment, population, workers, write

# Seconds after the start of the parser process: while both processes import their modules, and while files are read.
STAGES = (0.0, 1.5)


@pytest.fixture
def fail(monkeypatch):
    """Makes `rollback` fail with an error."""

    def fail(error: BaseException) -> None:
        def raise_error(*_: object) -> str:
            raise error

        monkeypatch.setattr(versions, "rollback", raise_error)

    return fail


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "程序出错（KeyError: "), ("en", "the program failed (KeyError: ")]
)
def test_an_unexpected_error_is_one_line_with_the_remedy(fail, capsys, language, words):
    fail(KeyError("a\nb\x1b[2J"))
    assert main(["--lang", language, "rollback"]) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.startswith(words) and err.count("\n") == 1 and "--debug" in err and "\x1b" not in err


def test_a_refused_build_names_each_file_on_a_line_of_its_own(tmp_path, capsys):
    for name in ("人口", "网格"):
        file = tmp_path / "source" / "某区" / f"{name}.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("说明：没有表头\n", encoding="utf-8")
    folders = ("--source", str(tmp_path / "source"), "--warehouse", str(tmp_path / "warehouse"))
    assert main(["--lang", "en", "build", *folders]) == 1
    err = capsys.readouterr().err
    assert [line.partition(":")[0] for line in err.splitlines()[-2:]] == ["某区/人口.csv", "某区/网格.csv"]


def test_debug_prints_the_traceback_before_the_message(fail, capsys):
    fail(KeyError("column"))
    assert main(["--lang", "en", "--debug", "rollback"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("Traceback") and "raise_error" in err
    assert err.splitlines()[-1].startswith("the program failed (KeyError: 'column')")
    # The next command has none again.
    assert main(["rollback"]) == 1
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "english", "chinese"),
    [
        (OSError(28, "No space left on device"), "check the disk space", "请检查磁盘空间"),
        (duckdb.IOException("x"), "DuckDB: x", "DuckDB：x"),
        (RecursionError(), "the program failed (RecursionError)", "程序出错（RecursionError）"),
        (MemoryError(), "the program failed (MemoryError)", "程序出错（MemoryError）"),
    ],
)
def test_every_kind_of_error_is_in_one_language(fail, capsys, error, english, chinese):
    fail(error)
    for language, words, other in (("en", english, chinese), ("zh", chinese, english)):
        assert main(["--lang", language, "rollback"]) == 1
        err = capsys.readouterr().err
        assert words in err and other not in err and "Traceback" not in err


def test_a_long_message_is_cut(fail, capsys):
    fail(ValueError("x" * 5000))
    assert main(["rollback"]) == 1
    assert len(capsys.readouterr().err) < 500


def test_a_module_that_cannot_be_imported_is_no_traceback(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "etl.cli.versions", None)
    assert main(["versions"]) == 1
    err = capsys.readouterr().err
    assert "etl.cli.versions" in err and "Traceback" not in err


def test_an_interruption_exits_with_130_and_says_nothing(fail, capsys):
    fail(KeyboardInterrupt())
    assert main(["rollback"]) == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("seconds", STAGES)
def test_ctrl_c_ends_a_build_and_its_parser_without_a_traceback(tmp_path, seconds):
    build = [sys.executable, "-m", "etl", "build", "--source", PROJECT / "data" / "demo", "--warehouse", tmp_path / "w"]
    with subprocess.Popen(
        build,
        cwd=PROJECT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while not children.read_text(encoding="ascii"):
            time.sleep(0.001)
        time.sleep(seconds)
        # As a terminal does: to every process of the group.
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err, out.strip()) == (130, "", "")


def test_a_pipe_that_nobody_reads_is_quiet(tmp_path):
    write(
        tmp_path / "source",
        "庆阳市",
        areas=AREAS,
        population=[population(EAST, "2023-12-31", 2000)],
        workers=workers(3, EAST),
    )
    place = ["--warehouse", str(tmp_path / "w")]
    assert main(["build", "--source", str(tmp_path / "source"), "--as-of", "2024-03-31", *place]) == 0
    metric = f"{sys.executable} -m etl metric workers --by community,month --period all --format csv {' '.join(place)}"
    for command in (f"{metric} | true", f"{metric} | head -1", f"{sys.executable} -m etl --help | true"):
        done = subprocess.run(
            ["bash", "-c", command], cwd=PROJECT, env=environment(), capture_output=True, text=True, check=True
        )
        assert done.stderr == "" and len(re.findall("\n", done.stdout)) <= 1
    full = subprocess.run(["bash", "-c", f"{metric} > /dev/full"], cwd=PROJECT, env=environment(), capture_output=True)
    assert full.returncode == 1 and full.stderr.startswith(b"reading or writing a file failed")
