"""Writes the tables within pages of docs/ that follow from the code: pages, roles and kinds of slides.

A page written by hand says where its table is: between a line `<!-- make docs: … -->` and the next `<!-- end -->`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import get_args

from pages.meeting.slide_kinds import KINDS, SlideKind
from pages.ui.i18n import texts
from pages.ui.shell import page_list
from sql.files.sql_file import Text
from sql.security.access import PERMISSIONS, Permission

# What a permission allows, as it continues "this role may".
PERMISSION_WORDS: dict[Permission, Text] = {
    "run_meetings": Text("放映和遥控会议", "start and step meetings"),
    "ask_sql": Text("在自由查询里写 SQL", "write SQL in 自由查询"),
    "save_queries": Text("存查询", "save queries"),
    "write_annotations": Text("写批注", "write annotations"),
    "write_decisions": Text("写会议决定", "write decisions"),
    "edit_playlists": Text("编播放单", "edit playlists"),
    "see_metrics": Text("看服务器的运行数据", "read the server's metrics"),
}
if nameless := sorted({*get_args(Permission)} - {*PERMISSION_WORDS}):
    raise ValueError(f"word {nameless} in PERMISSION_WORDS of tests/project/reference_tables.py")
_PART = re.compile(r"(<!-- make docs: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def insert(text: str, language: str) -> str:
    """Returns a page with its tables written anew. Raises ValueError where it has no place for one."""

    def part(match: re.Match[str]) -> str:
        with texts.use_language(language):
            return "\n".join([match[1], *TABLES[match[2]](language), "", match[3]])

    written, count = _PART.subn(part, text)
    if not count:
        raise ValueError("the page has no line `<!-- make docs: … -->` with `<!-- end -->` after it")
    return written


def _pages(language: str) -> Iterator[str]:
    yield _row("页面", "回答的问题") if language == "zh" else _row("Page", "Question")
    yield _row("---", "---")
    with texts.use_language("zh"):
        titles = page_list.titles()
    for page in page_list.pages():
        yield _row(f"{titles[page.name]} {page.name}", page.question)


def _roles(language: str) -> Iterator[str]:
    yield _row("角色", "还可以") if language == "zh" else _row("Role", "May also")
    yield _row("---", "---")
    for role, permissions in PERMISSIONS.items():
        words = [getattr(PERMISSION_WORDS[name], language) for name in get_args(Permission) if name in permissions]
        yield _row(role, ("、" if language == "zh" else ", ").join(words))


def _slide_kinds(language: str) -> Iterator[str]:
    yield _row("`kind`", "放什么", "`metrics`") if language == "zh" else _row("`kind`", "Shows", "`metrics`")
    yield _row("---", "---", "---")
    for name, kind in KINDS.items():
        yield _row(f"`{name}`", kind.title(), _metric_count(kind, language))


def _metric_count(kind: SlideKind, language: str) -> str:
    fewest, most = kind.metric_counts
    count = "–" if not most else f"{most}" if fewest == most else f"{fewest}–{most}"
    return count + (("，还要写 `by`" if language == "zh" else ", and `by`") if kind.has_dimension else "")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


TABLES: dict[str, Callable[[str], Iterator[str]]] = {"pages": _pages, "roles": _roles, "slide_kinds": _slide_kinds}
