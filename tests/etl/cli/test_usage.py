"""Tests the arguments that the command line accepts and refuses, its version and its completion."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from etl.cli.app import main
from etl.cli.commands import app, product_version
from sql.paths import PROJECT
from tests.helpers.warehouse.world import environment

# Wrong arguments of every command, and the message in English and in Chinese.
WRONG = [
    ((), "Missing command", "缺少命令"),
    (("nothing",), "No such command 'nothing'", "没有命令 'nothing'"),
    (("metrc",), "Did you mean 'metric'?", "是不是 'metric'"),
    (("--colour",), "No such option: --colour", "没有选项 --colour"),
    (("--lang", "fr", "check"), "'fr' is not one of 'zh', 'en'", "'fr' 不是 'zh', 'en' 之一"),
    (("build", "--rows", "a", "--source", "b"), "cannot be used together", "不能同用"),
    (("build", "--as-of", "2024-02-30"), "'2024-02-30' should be a date", "'2024-02-30' 应为日期"),
    (("build", "--engine", "dask"), "'dask' is not one of 'duckdb', 'spark'", "'dask' 不是"),
    (("build", "--master", "spark://host:7077"), "belong to --engine spark", "只用于 --engine spark"),
    (("metric",), "Missing argument 'NAME'", "缺少参数 'NAME'"),
    (("metric", "workers", "--by"), "Option '--by' requires an argument", "选项 '--by' 需要一个值"),
    (("metric", "workers", "--sql=1"), "Option '--sql' does not take a value", "选项 '--sql' 不带值"),
    (("metric", "workers", "--where", "gender"), "'gender' should be DIMENSION=VALUE", "'gender' 应为 维度=值"),
    (("metric", "workers", "--format", "xml"), "'xml' is not one of 'table', 'csv', 'json'", "'xml' 不是"),
    (("metric", "workers", "--formt", "csv"), "(Possible options: --format)", "是不是 --format"),
    (("figures", "one"), "unexpected extra argument(s) (one)", "多余的参数 one"),
    (("alerts", "--format", "csv"), "'csv' is not one of 'table', 'json'", "'csv' 不是"),
    (("alerts", "--post", "ftp://example.org"), "http:// or https://", "http:// 或 https://"),
    (("check", "--all"), "No such option: --all", "没有选项 --all"),
    (("versions", "one"), "(one)", "多余的参数 one"),
    (("rollback", "one", "two"), "(two)", "多余的参数 two"),
    (("rejects", "--out"), "requires an argument", "需要一个值"),
    (("inspect",), "Missing argument 'FILE'", "缺少参数 'FILE'"),
    (("watch", "--rows", "a"), "No such option: --rows", "没有选项 --rows"),
    (("briefing",), "Missing option '--playlist'", "缺少选项 '--playlist'"),
    (("briefing", "--playlist", "a", "--out", "b.pptx", "--lang", "fr"), "'fr' is not one of", "'fr' 不是"),
    (("audit",), "Missing argument 'ACTION'", "缺少参数 'ACTION'"),
    (("audit", "mend"), "'mend' is not one of 'verify'", "'mend' 不是 'verify' 之一"),
    (("templates",), "Missing option '--out'", "缺少选项 '--out'"),
    (("demo",), "Missing option '--out'", "缺少选项 '--out'"),
    (("demo", "--out", "x", "--scale", "many"), "should be a valid integer", "应为整数"),
]


@pytest.mark.parametrize(
    ("arguments", "english", "chinese"), WRONG, ids=[" ".join(arguments) or "-" for arguments, _, _ in WRONG]
)
def test_wrong_arguments_exit_with_2_and_say_why(arguments, english, chinese, capsys):
    for language, words, other in (("en", english, chinese), ("zh", chinese, english)):
        assert main(["--lang", language, *arguments]) == 2
        out, err = capsys.readouterr()
        assert out == "" and words in err and other not in err and "Value error" not in err


def test_every_command_has_a_usage_error_that_is_tried():
    assert {command.callback.__name__ for command in app.registered_commands} <= {
        arguments[0] for arguments, _, _ in WRONG if arguments
    }


def test_the_version_is_the_newest_release_of_the_changelog(capsys):
    assert main(["--version"]) == 0
    version = capsys.readouterr().out.strip()
    assert re.fullmatch(r"\d+\.\d+\.\d+", version) and version == product_version()
    headings = re.findall(r"^## (.+)$", (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert next(heading for heading in headings if heading != "Unreleased").startswith(f"{version} ")


@pytest.fixture
def launcher(tmp_path) -> Path:
    """Returns the command `linli` as `make setup` writes it."""
    rule = (PROJECT / "Makefile").read_text(encoding="utf-8")
    line = next(line for line in rule.splitlines() if "bin/linli" in line.replace("$(BIN)", "bin") and "printf" in line)
    for name, value in {
        "$(abspath $(BIN))/python": sys.executable,
        "$(CURDIR)": str(PROJECT),
        "$(BIN)": str(tmp_path),
    }.items():
        line = line.replace(name, value)
    subprocess.run(["sh", "-c", line.strip().lstrip("@")], check=True)
    (tmp_path / "linli").chmod(0o755)
    return tmp_path / "linli"


def test_a_shell_completes_commands_options_and_values(launcher, tmp_path):
    script = subprocess.run(
        [sys.executable, "-m", "etl", "--show-completion"],
        cwd=PROJECT,
        env=environment() | {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
        capture_output=True,
        text=True,
    )
    # Without a shell around it, it has to be named.
    assert script.returncode == 2
    script = subprocess.run(
        [sys.executable, "-m", "etl", "--show-completion", "bash"],
        cwd=PROJECT,
        env=environment() | {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    lines = (("linli", "me"), ("linli", "metric", "workers", "--fo"), ("linli", "metric", "workers", "--format", ""))
    tries = "\n".join(
        f"COMP_WORDS=({' '.join(repr(word) for word in line)}); COMP_CWORD={len(line) - 1}; "
        '_linli_completion linli; echo "${COMPREPLY[*]}"'
        for line in lines
    )
    done = subprocess.run(
        ["bash", "-c", f"{script}\n{tries}"],
        cwd=tmp_path,
        env=environment() | {"PATH": f"{launcher.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split("\n")[:3] == ["metric", "--format", "table csv json"]


def test_completion_is_installed_for_the_launcher(launcher, tmp_path):
    done = subprocess.run(
        ["bash", "-c", f"{launcher} --install-completion; exit $?"],
        cwd=tmp_path,
        env=environment() | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "_linli_completion linli" in (tmp_path / ".bash_completions" / "linli.sh").read_text(encoding="utf-8")


def test_the_launcher_is_the_same_command_from_any_folder(launcher, tmp_path):
    done = subprocess.run(
        [launcher, "metric"], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and done.stderr.startswith("Usage: linli metric ")
