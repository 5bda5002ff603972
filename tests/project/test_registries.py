"""Every registry is declared once: docs/develop/rooms.md says where, and which test demands a case for each member."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from typing import get_args

import pytest

from pages.meeting.slide_kinds import KINDS
from pages.ui.kit import themes
from pages.ui.shell import page_list
from sql.audit.log import FileKind
from sql.files.columns import LEVELS
from sql.paths import PROJECT
from sql.security.access import ROLES, Permission
from sql.source_tables import SOURCE_TABLES

PAGES = {"docs/develop/rooms.md": "## Registries", "docs/zh/develop/rooms.md": "## 注册表"}
# The members of each registry, and the only files of the product that may list most of them.
MEMBERS: dict[str, tuple[Callable[[], Iterable[str]], set[str]]] = {
    "themes": (themes.titles, {"pages/ui/kit/themes.py"}),
    "source tables": (lambda: SOURCE_TABLES, {"sql/source_tables.py"}),
    "their Chinese names": (lambda: [title.zh for title in SOURCE_TABLES.values()], set()),
    "slide kinds": (lambda: KINDS, {"pages/meeting/slide_kinds.py"}),
    "pages": (page_list.titles, set()),
    "roles": (lambda: ROLES, {"sql/security/access.py"}),
    "permissions": (lambda: get_args(Permission), {"sql/security/access.py"}),
    # Each briefing format has a title and a writer.
    "export formats": (
        lambda: get_args(FileKind),
        {"sql/audit/log.py", "pages/ui/kit/tables/exports.py", "pages/briefing/formats.py"},
    ),
    # Each level has digits of its code, a word, a counting word.
    "levels of areas": (
        lambda: LEVELS,
        {"sql/files/columns.py", "etl/contracts/grid.py", "pages/ui/i18n/values.py", "pages/ui/i18n/phrases.py"},
    ),
}


def rows(page: str) -> list[list[str]]:
    """Returns the cells of the table of registries on a page, without its heading."""
    section = (PROJECT / page).read_text(encoding="utf-8").split(PAGES[page] + "\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def quoted(cell: str) -> tuple[str, str]:
    """Returns the name, empty where there is none, and the file or folder that a cell quotes."""
    *names, path = re.findall(r"`([^`]+)`", cell)
    return "".join(names), path


def test_both_languages_list_the_same_registries():
    english, chinese = ([list(map(quoted, row[1:])) for row in rows(page)] for page in PAGES)
    assert english == chinese and len(english) >= 12


@pytest.mark.parametrize("row", rows("docs/develop/rooms.md"), ids=lambda row: row[0])
def test_each_is_where_the_page_says_and_has_its_test(row):
    name, path = quoted(row[1])
    if name:
        assert re.search(rf"(?m)^(def )?{name}\b", (PROJECT / path).read_text(encoding="utf-8")), row[1]
    else:
        assert any((PROJECT / path).iterdir())
    name, path = quoted(row[2])
    assert f"\ndef {name}(" in (PROJECT / path).read_text(encoding="utf-8"), row[2]


def lists(text: str) -> list[set[str]]:
    """Returns the texts of every dictionary's keys, and of every tuple, list and set, that a module writes out."""
    found = []
    for node in ast.walk(ast.parse(text)):
        parts = (
            node.keys
            if isinstance(node, ast.Dict)
            else node.elts
            if isinstance(node, ast.Tuple | ast.List | ast.Set)
            else []
        )
        found.append({part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)})
    return found


def second_lists(members: set[str], lists_of: dict[str, list[set[str]]]) -> set[str]:
    """Returns the modules that list three quarters of a registry's members or more."""
    return {
        module
        for module, written in lists_of.items()
        if any(4 * len(listed & members) >= 3 * len(members) for listed in written)
    }


@pytest.fixture(scope="module")
def lists_of() -> dict[str, list[set[str]]]:
    """Returns the lists of each module of the product. The demo's generator is none: it writes as districts do."""
    paths = [PROJECT / "app.py", *(path for room in ("etl", "pages", "sql") for path in (PROJECT / room).rglob("*.py"))]
    return {path.relative_to(PROJECT).as_posix(): lists(path.read_text(encoding="utf-8")) for path in paths}


@pytest.mark.parametrize("registry", MEMBERS)
def test_no_module_lists_the_members_a_second_time(registry, lists_of):
    members, declared_in = MEMBERS[registry]
    assert second_lists({*members()}, lists_of) == declared_in


def test_a_second_list_is_noticed():
    members = {"csv", "pptx", "docx", "xlsx"}
    for text in (
        '{"csv": 1, "pptx": 2, "docx": 3}',
        'kinds = ("xlsx", "docx", "pptx")',
        'Literal["csv", "pptx", "xlsx"]',
    ):
        assert second_lists(members, {"pages/second.py": lists(text)}) == {"pages/second.py"}
    assert second_lists(members, {"pages/other.py": lists('("csv", "pptx", "html")')}) == set()
