"""Tests the language of the command line: the requested one, otherwise that of the locale."""

from __future__ import annotations

import re

import pytest

from etl.cli.app import main
from sql import language

COMMANDS = (
    "build",
    "metric",
    "figures",
    "alerts",
    "check",
    "versions",
    "rollback",
    "rejects",
    "inspect",
    "watch",
    "briefing",
    "audit",
    "templates",
    "demo",
)
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


@pytest.mark.parametrize(
    ("arguments", "environment", "word"),
    [
        ([], {}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "ZH"}, "zh"),
        ([], {"LANG": "de_DE.UTF-8"}, "en"),
        ([], {"LC_MESSAGES": "zh_TW", "LANG": "en_GB"}, "zh"),
        ([], {"LC_ALL": "C", "LC_MESSAGES": "zh_CN", "LANG": "zh_CN"}, "en"),
        # An empty variable counts as unset.
        ([], {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "zh_CN"}, "zh"),
        (["--lang", "en", "check"], {"LANG": "zh_CN"}, "en"),
        (["--debug", "--lang=zh", "check"], {}, "zh"),
        (["--lang", "zh", "--lang", "en"], {}, "en"),
        (["--help", "--lang", "zh"], {}, "zh"),
        # The briefing's language is not the command line's, and the parser refuses an unknown language.
        (["briefing", "--lang", "zh"], {}, "en"),
        (["--lang", "zh", "briefing", "--lang", "en"], {}, "zh"),
        (["--lang", "fr"], {"LANG": "zh_CN"}, "zh"),
        (["--lang"], {"LANG": "zh_CN"}, "zh"),
    ],
)
def test_the_language_is_the_option_or_the_locales(arguments, environment, word):
    language.choose(arguments, environment)
    assert language.pick("zh", "en") == word


def test_the_locale_of_the_process_decides(monkeypatch, capsys, tmp_path):
    missing = ["check", "--warehouse", str(tmp_path)]
    for locale, words in (("zh_CN.UTF-8", "里还没有数据"), ("en_GB.UTF-8", "no data in")):
        monkeypatch.setenv("LC_ALL", locale)
        assert main(missing) == 1
        message = capsys.readouterr().err
        assert words in message and message.count("\n") == 1


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_in_one_language(command, capsys):
    arguments = [command, "--help"] if command else ["--help"]
    assert main(["--lang", "en", *arguments]) == 0
    english = capsys.readouterr().out
    assert not CHINESE.search(english) and "|" not in re.sub(r"<[\w|]+>", "", english)
    assert main(["--lang", "zh", *arguments]) == 0
    chinese = capsys.readouterr().out
    own_words = [line for line in chinese.splitlines() if line.strip() and "Show this message" not in line]
    assert CHINESE.search(own_words[1]) and "default:" not in chinese.replace("[default:", "")
    assert "--warehouse" in chinese or not command


def test_help_names_every_command_and_the_exit_codes(capsys):
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert re.findall(r"^  (\w+) ", out.partition("Commands:")[2], re.MULTILINE) == list(COMMANDS)
    for command, words in (("build", "3 published, but some files failed"), ("alerts", "3 not read or not posted")):
        assert main([command, "--help"]) == 0
        assert words in " ".join(capsys.readouterr().out.split())


def test_without_an_option_the_locale_decides(monkeypatch):
    monkeypatch.setattr(language, "_language", None)
    for locale, word in (("zh_CN.UTF-8", "zh"), ("C", "en")):
        monkeypatch.setenv("LC_ALL", locale)
        assert language.pick("zh", "en") == word
