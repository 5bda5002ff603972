"""A server that has just started: nothing is left to import, and many visitors at once meet no error."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pages.ui.kit import metric_pages
from tests.helpers.pages.browser import serve
from tests.helpers.pages.screens import PAGES
from tests.helpers.pages.sockets import open_visitor

AREA = "370705"
VIEWS = [(page, view) for page in (*PAGES, "meeting", "sql_lab") for view in metric_pages.views(page) or [None]]
SESSIONS = 30
# For each map pydeck looks for ipywidgets, which are not installed.
_NEVER_THERE = ("ipywidgets", "pydeck.widget")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the file in which the server names each module that it imports."""
    return tmp_path_factory.mktemp("warm") / "printed"


@pytest.fixture(scope="module")
def fresh(demo_folder: Path, printed: Path) -> Iterator[str]:
    """Serves the demo only to these tests."""
    with serve(demo_folder, interpreter=("-X", "importtime"), output=printed) as address:
        yield address


def imported(printed: Path) -> set[str]:
    """Returns the modules that were imported so far."""
    lines = printed.read_text(encoding="utf-8", errors="replace").splitlines()
    names = {line.split("|")[2].strip() for line in lines if line.startswith("import time:")}
    return {name for name in names if not name.startswith(_NEVER_THERE)}


def logged(printed: Path) -> str:
    """Returns the rest of what the server printed: the errors that visitors are not told, with their tracebacks."""
    lines = printed.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(line for line in lines if not line.startswith("import time:") and "ScriptRunContext" not in line)


def test_visitors_just_after_a_start_meet_no_error(fresh, printed):
    before = imported(printed)
    # Python prints only the submodules of a package that is imported by its name.
    assert "pages.ui.kit.panels.panels" in before and "pandas.core.frame" in before

    def errors(number: int) -> list[str]:
        """Returns the errors on every view that this visitor opens; each begins with another page."""
        with open_visitor(fresh) as visitor:
            return [
                f"{page} {view}: {error.message}"
                for page, view in VIEWS[number::SESSIONS]
                for error in visitor.ask(page, {"area": AREA, **({"view": view} if view else {})}).elements("exception")
            ]

    with ThreadPoolExecutor(SESSIONS) as visitors:
        met = [error for found in visitors.map(errors, range(SESSIONS)) for error in found]
    assert met == [], logged(printed)
    # If anything were imported late, another visitor's run could find it half imported.
    assert imported(printed) - before == set()


def test_a_download_needs_no_further_module(fresh, printed):
    before = imported(printed)
    with open_visitor(fresh) as visitor:
        run = visitor.ask("staffing", {"area": AREA, "lang": "en"})
        files = dict(visitor.files(visitor.ask("staffing", {"area": AREA, "lang": "en"}, [run.menu("briefing")])))
    assert len(files) >= 5
    assert imported(printed) - before == set()
