"""README, CONTRIBUTING and docs/: both languages say the same, links and paths lead somewhere, commands exist, and
generated pages are up to date."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from pages.meeting import playlist
from sql.files.sql_file import SqlFile
from sql.paths import PROJECT
from sql.security import access
from sql.semantic.catalog import catalog
from tests.project import reference_docs
from tests.project.test_imports import imported

DOCS = PROJECT / "docs"
PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
ENGLISH = [page for page in PAGES if not page.startswith("zh/")]
FRONT = ("README.md", "README.zh-CN.md", "CONTRIBUTING.md", "CONTRIBUTING.zh-CN.md", "SECURITY.md")
EVERY = [*FRONT, *(f"docs/{page}" for page in PAGES)]
TWINS = [
    ("README.md", "README.zh-CN.md"),
    ("CONTRIBUTING.md", "CONTRIBUTING.zh-CN.md"),
    *((f"docs/{page}", f"docs/zh/{page}") for page in ENGLISH),
]
MAX_README_LINES = 150
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
# What people and the product write while it runs is in no clone.
_AT_RUN_TIME = [line.rstrip("*/").lstrip("/") for line in (PROJECT / ".gitignore").read_text("utf-8").split()]
_TOP = {path.name for path in PROJECT.iterdir() if not path.name.startswith(".")} - {"build"}


def read(page: str) -> str:
    return (PROJECT / page).read_text(encoding="utf-8")


def prose(page: str) -> str:
    """Returns a page without its blocks of code."""
    return _FENCE.sub("", read(page))


def blocks(page: str) -> list[tuple[str, str]]:
    """Returns the blocks of code of a page: language and text."""
    return [(match[2], match[3]) for match in _FENCE.finditer(read(page))]


def without_words(language: str, text: str) -> str:
    """Returns a block of code without what is written for people: comments, and labels of diagrams."""
    if language == "mermaid":
        return re.sub(r'\["[^"]*"\]', "", text)
    return "\n".join(re.sub(r"(^|\s+)# .*$", "", line).rstrip() for line in text.splitlines())


def slug(heading: str) -> str:
    """Returns the anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {slug(heading) for heading in headings}


def commands(page: str) -> Iterator[list[str]]:
    """Yields the words of every `python -m etl …` in the blocks and the text of a page."""
    lines = [line for _language, text in blocks(page) for line in text.splitlines()]
    for line in [*lines, *re.findall(r"`(python -m etl [^`]+)`", prose(page))]:
        if match := re.search(r"python -m etl ([^#|>]+)", line):
            yield shlex.split(match[1])


@pytest.mark.parametrize("page", [page for page in FRONT if page.startswith("README")])
def test_a_readme_is_short(page):
    assert len(read(page).splitlines()) <= MAX_README_LINES


def test_both_languages_have_the_same_pages():
    assert [page.removeprefix("zh/") for page in PAGES if page.startswith("zh/")] == ENGLISH


@pytest.mark.parametrize(("english", "chinese"), TWINS)
def test_both_languages_have_the_same_headings_and_code(english, chinese):
    levels = [re.findall(r"^#+(?= )", prose(page), re.MULTILINE) for page in (english, chinese)]
    assert levels[0] == levels[1]
    code = [
        [(language, without_words(language, text)) for language, text in blocks(page)] for page in (english, chinese)
    ]
    assert code[0] == code[1]


@pytest.mark.parametrize("page", EVERY)
def test_links_lead_somewhere(page):
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if target.startswith(("https://", "http://")):
            continue
        path, _, anchor = target.partition("#")
        file = (PROJECT / page).parent / path if path else PROJECT / page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            lost.append(target)
    assert lost == []


@pytest.mark.parametrize("page", EVERY)
def test_paths_that_are_named_are_there(page):
    lost = []
    for name in re.findall(r"`([\w.*@<>/-]+)`", prose(page)):
        first = name.split("/")[0]
        if first not in _TOP or any(name.rstrip("/").startswith(path) for path in _AT_RUN_TIME):
            continue
        pattern = re.sub(r"<[^>]*>", "*", name).rstrip("/")
        if not any(PROJECT.glob(pattern)):
            lost.append(name)
    assert lost == []


def imports_of(room: str) -> set[str]:
    """Returns the full names that the modules of a room import."""
    path = PROJECT / room.replace(".", "/")
    return set().union(*(imported(file) for file in [path.with_suffix(".py"), *path.rglob("*.py")] if file.is_file()))


def test_imports_that_are_drawn_are_there():
    (drawn, layers) = (text for language, text in blocks("docs/develop/rooms.md") if language == "mermaid")
    lost, tried = [], 0
    for diagram in (drawn, layers):
        rooms = {
            name: re.findall(r"\b(?:etl|pages|sql)(?:\.\w+)*\b", label)
            for name, label in re.findall(r'(\w+)\["([^"]*)"\]', diagram)
        }
        arrows = re.findall(r'^ *(\w+)(?:\["[^"]*"\])? --> (\w+)', diagram, re.MULTILINE)
        for source, target in arrows:
            if not rooms[source] or not rooms[target]:
                continue
            tried += 1
            names = set().union(*map(imports_of, rooms[source]))
            if not any(f"{name}.".startswith(f"{room}.") for name in names for room in rooms[target]):
                lost.append(f"{source} --> {target}")
    assert lost == [] and tried > 12


def test_every_page_is_in_the_index():
    for index in ("docs/README.md", "docs/zh/README.md"):
        linked = {target.partition("#")[0] for target in re.findall(r"\]\(([^)]+)\)", read(index))}
        folder = (PROJECT / index).parent
        there = {page.relative_to(folder).as_posix() for page in folder.rglob("*.md")}
        there = {page for page in there if not page.startswith("zh/") and page != "README.md"}
        assert there - linked == set()


def test_generated_pages_are_up_to_date():
    stale = [path for path, text in reference_docs.pages().items() if (DOCS / path).read_text(encoding="utf-8") != text]
    assert stale == [], "run `make docs`"


def test_every_variable_is_described():
    code = [
        PROJECT / "app.py",
        *(path for room in ("etl", "pages", "sql", "data") for path in (PROJECT / room).rglob("*.py")),
    ]
    read_there = {name for path in code for name in re.findall(r"\bLINLI_[A-Z_]+\b", path.read_text(encoding="utf-8"))}
    assert {variable.name for variable in reference_docs.VARIABLES} == read_there | {"LINLI_EXAMPLES"}
    for variable in (*reference_docs.VARIABLES, *reference_docs.OTHER_VARIABLES):
        if "/" in variable.read_by:
            assert variable.name.removeprefix("STREAMLIT_SERVER_") and (PROJECT / variable.read_by).is_file(), (
                variable.name
            )
    for variable in reference_docs.VARIABLES:
        assert variable.name in read(variable.read_by)


def test_every_package_has_its_reason_in_chinese():
    asked = {name for file in reference_docs.REQUIREMENTS for name, _version, _reason in reference_docs.packages(file)}
    assert asked - set(reference_docs.PACKAGES_ZH) == set()


@pytest.mark.parametrize("page", [page for page in EVERY if "operate/command-line" not in page])
def test_commands_and_options_exist(page):
    known = reference_docs.command_options()
    for name, *rest in commands(page):
        assert name in known, f"python -m etl {name}"
        options = {word.partition("=")[0] for word in rest if word.startswith("--")}
        assert options - known[name] == set(), f"python -m etl {name}"


@pytest.mark.parametrize("page", ["docs/metrics/sql-files.md", "docs/zh/metrics/sql-files.md"])
def test_the_metric_that_is_shown_is_the_product_s(page):
    (shown,) = (text for language, text in blocks(page) if language == "sql")
    assert shown == read("sql/metrics/staffing/staffing_ratio.sql")


@pytest.mark.parametrize("page", ["docs/metrics/header-keys.md", "docs/zh/metrics/header-keys.md"])
def test_every_header_key_is_explained(page):
    explained = {
        key for cell in re.findall(r"^\| (.*?) \|", read(page), re.MULTILINE) for key in re.findall(r"`(\w+)`", cell)
    }
    files = [file for file in catalog.current_files().values() if isinstance(file, SqlFile)]
    used = {key for file in files for key in file.header} | {
        key for keys in catalog.REQUIRED_KEYS.values() for key in keys
    }
    assert used - explained == set()
    assert explained - used <= {catalog.AREA_KEY}


@pytest.mark.parametrize("page", ["docs/guide/meetings.md", "docs/zh/guide/meetings.md"])
def test_the_playlist_that_is_shown_is_one(page, tmp_path, monkeypatch):
    (shown,) = (text for language, text in blocks(page) if language == "toml")
    monkeypatch.setenv("LINLI_MEETINGS", str(tmp_path))
    (tmp_path / "monthly.toml").write_text(shown, encoding="utf-8")
    played = playlist.load("monthly")
    assert played.title == "月度调度会"
    assert [(slide.kind, slide.metrics, slide.each, slide.seconds) for slide in played.slides] == [
        ("trend", ("staffing_ratio",), True, 10)
    ]


@pytest.mark.parametrize("page", ["docs/operate/access.md", "docs/zh/operate/access.md"])
def test_the_entry_of_access_that_is_shown_is_one(page, tmp_path, monkeypatch):
    (shown,) = (text for language, text in blocks(page) if language == "toml")
    monkeypatch.setenv("LINLI_ACCESS", str(tmp_path / "access.toml"))
    (tmp_path / "access.toml").write_text(shown, encoding="utf-8")
    assert access.find_user("li@qingyang.example.cn") == access.User(
        "li@qingyang.example.cn", frozenset({"viewer"}), "621002", is_office=False
    )
