"""Tests that no text speaks Chinese and English at once: a reader gets the one of the page, the locale or the browser."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from sql.paths import PROJECT

CHINESE = re.compile(r"[\u3400-\u9fff]")
# Two English words in a row, neither part of a name such as staffing_ratio or --by.
ENGLISH = re.compile(r"(?<![\w.-])[A-Za-z]?[a-z'’]+(?: [a-z'’]+)+(?![\w-])")
# A command or SQL that a Chinese text quotes reaches to its next letter that is not ASCII.
CODE = re.compile(r"(?:python -m|streamlit run|apt-get|make|order by|[a-z_]+ ?\()[\x00-\x7f]*")
PLACES = ("app.py", "sql", "etl", "pages", "data/generator", "tests/project/advisories.py")
# Whatever holds both languages on purpose, by file, with the reason and how often.
EXCEPTIONS = {
    "etl/ingest/values/types.py": (1, "the English text quotes the two Chinese words that a cell may hold"),
    "etl/profiling/draft.py": (11, "a draft of mapping.toml is a file that readers of either language finish"),
    "pages/server/startup/login_setup.py": (1, "secrets.toml is a file that readers of either language fill in"),
    "sql/audit/log.py": (1, "an exported workbook carries its stamp to readers of either language"),
    "sql/quality/rejects.py": (1, "the workbook of rejected rows goes back to districts, headed in both languages"),
}


def texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yields the line and content of every text but docstrings; an inserted value stands as {}, or as its name if it is
    one language of a pair."""
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    inner |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(map(_content, node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield node.lineno, node.value


def _content(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    value = part.value if isinstance(part, ast.FormattedValue) else part
    return f"{{{value.attr}}}" if isinstance(value, ast.Attribute) and value.attr in ("zh", "en") else "{}"


def is_mixed(text: str) -> bool:
    """Returns whether a text holds both languages other than as `中文 | English`, of which one is chosen later."""
    if "{zh}" in text and "{en}" in text:
        return True
    return any(CHINESE.search(part) and ENGLISH.search(CODE.sub("", part)) for part in text.split("|"))


@pytest.mark.parametrize(
    ("code", "mixed"),
    [
        ('"SELECT is missing / 缺少 SELECT"', True),
        ("f\"header lacks / 文件头缺少 {', '.join(keys)}\"", True),
        ('f"{error.zh}\\n{error.en}"', True),
        ('"没有这样的登录\\nno such login"', True),
        ('"没有用到的列 unused headers"', True),
        # What is chosen from, and what only quotes a command, SQL or a name.
        ('"缺少 SELECT", "SELECT is missing"', False),
        ('"列出版本 | List the versions"', False),
        ('f"{path}：{error.zh}", f"{path}: {error.en}"', False),
        ('"请运行 python -m etl demo --format parquet 重新生成"', False),
        ('"缺少 order by：存下的查询要有固定的顺序"', False),
        ('"list() 在 Spark 上顺序不定；请写 list_sort(coalesce(list(x) filter (where x is not null), []))"', False),
    ],
)
def test_both_languages_at_once_are_recognised(code, mixed):
    assert any(is_mixed(text) for _line, text in texts(ast.parse(f"show({code})"))) is mixed


def test_no_text_of_the_code_is_in_two_languages():
    found: dict[str, list[str]] = {}
    for path in sorted(path for place in PLACES for path in [PROJECT / place, *(PROJECT / place).rglob("*.py")]):
        if path.suffix == ".py":
            file = path.relative_to(PROJECT).as_posix()
            for line, text in texts(ast.parse(path.read_text(encoding="utf-8"))):
                if is_mixed(text):
                    found.setdefault(file, []).append(f"{file}:{line}: {text[:80]!r}")
    # An exception that nothing needs any more goes, too.
    expected = {file: count for file, (count, _reason) in EXCEPTIONS.items()}
    counts = {file: len(lines) for file, lines in found.items()}
    assert counts == expected, "\n".join(
        line for file, lines in found.items() if len(lines) != expected.get(file) for line in lines
    )


@pytest.mark.parametrize("file", ["Makefile", ".ci/run", "tests/browser.sh", "tests/java.sh", "tests/office.sh"])
def test_no_line_of_a_script_is_in_two_languages(file):
    lines = (PROJECT / file).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if is_mixed(line)] == []
