"""Provides the shared fixtures: the demo, built once per run, and a browser and a server, started once per worker."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from streamlit.testing.v1 import AppTest

from etl.build.build import build
from sql import warehouse
from sql.paths import PROJECT
from sql.warehouse import Version
from tests.helpers import depth, tools
from tests.helpers.pages.browser import DESKTOP, Visit, find_browser, launch, serve


def pytest_configure() -> None:
    """Makes the command line speak English, whatever the locale of the machine, where no `--lang` says otherwise."""
    os.environ["LC_ALL"] = "C.UTF-8"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests that use a browser, and those that try more examples with LINLI_EXAMPLES=full."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        names = {part.partition("[")[0] for part in item.nodeid.split("::")[1:]} | {*getattr(item, "fixturenames", ())}
        if names & depth.deep_names(item.path):
            item.add_marker("deep")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips a test whose tool is missing, and says what to install."""
    for tool in tools.TOOLS:
        if item.get_closest_marker(tool) and (reason := tools.find_missing(tool)):
            pytest.skip(reason)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Lists the tests skipped in continuous integration, which has every tool and should skip none."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped and _must_skip_nothing():
        terminalreporter.section("skipped with CI=true, which is a failure", red=True)
        for report in skipped:
            terminalreporter.line(f"{report.nodeid}: {report.longrepr[2] if report.longrepr else ''}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fails a run in continuous integration in which a test was skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and reporter.stats.get("skipped") and _must_skip_nothing() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _must_skip_nothing() -> bool:
    return os.environ.get("CI", "").lower() in ("true", "1")


@pytest.fixture(scope="session", autouse=True)
def audit_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the folder of the audit log that tests, and the servers they start, write to."""
    folder = tmp_path_factory.mktemp("audit")
    os.environ["LINLI_AUDIT"] = str(folder)
    return folder


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Builds the committed demo and returns its warehouse folder, which the pages of this process read.

    All workers share it: a test that writes to it must use a copy (`own_demo_folder`).
    """
    base = tmp_path_factory.getbasetemp()
    # Each worker has a folder below that of the run.
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared-demo"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "current").exists():
            build(PROJECT / "data" / "demo", folder)
            # A fixed key rounds alike in every run.
            (folder / warehouse.ROUNDING_KEY).write_bytes(bytes(32))
    os.environ["LINLI_WAREHOUSE"] = str(folder)
    return folder


@pytest.fixture
def own_demo_folder(demo_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns a copy of the demo's warehouse that the test may write to and that pages read meanwhile."""
    # A version's file never changes, so a hard link is enough and takes no space. A link to any other file would have a
    # test write into the folder that all share.
    folder = shutil.copytree(demo_folder, tmp_path / "own-demo", copy_function=_link_versions)
    monkeypatch.setenv("LINLI_WAREHOUSE", str(folder))
    return folder


def _link_versions(source: str, target: str) -> None:
    (os.link if source.endswith(".duckdb") else shutil.copy2)(source, target)


@pytest.fixture(scope="session")
def demo(demo_folder: Path) -> Version:
    """Returns the demo's version."""
    return warehouse.current_version(demo_folder)


@pytest.fixture
def app(demo: Version) -> Callable[..., AppTest]:
    """Returns a function that runs a page as a visitor's first request would: app("staffing", area="621000")."""

    def run(page: str = "overview", **query: str) -> AppTest:
        test = AppTest.from_file(str(PROJECT / "pages" / "main.py"), default_timeout=60)
        for name, value in query.items():
            test.query_params[name] = value
        if page != "overview":
            test.switch_page(str(PROJECT / "pages" / f"{page}.py"))
        return test.run()

    return run


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Starts Chromium, once for all tests of a worker."""
    with sync_playwright() as playwright:
        if not Path(find_browser(playwright)).is_file():
            pytest.skip("no browser: run tests/browser.sh, or playwright install chromium")
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def address(demo_folder: Path) -> Iterator[str]:
    """Serves a dashboard on the demo, once for all tests of a worker."""
    with serve(demo_folder) as url:
        yield url


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Opens a browser context, shared by all tests of a worker so that it loads the front end only once."""
    visitor = browser.new_context()
    # Chromium drops a site's compiled code once none of its tabs is open, so this tab stays open. All ports of localhost
    # are one site.
    idle_tab = visitor.new_page()
    idle_tab.route("**", lambda route: route.fulfill(body=""))
    idle_tab.goto("http://localhost/")
    yield visitor
    visitor.close()


@pytest.fixture
def visit(context: BrowserContext, address: str) -> Iterator[Callable[..., Visit]]:
    """Returns a function that opens a tab, visit(size, dark=…); afterwards fails on errors or external requests in it."""
    tabs: list[Visit] = []

    def open_tab(size: tuple[int, int] = DESKTOP, dark: bool = False) -> Visit:
        page = context.new_page()
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme="dark" if dark else "light")
        tabs.append(Visit(page, address))
        return tabs[-1]

    yield open_tab
    for tab in tabs:
        tab.page.close()
        assert tab.errors == []
        assert tab.external_requests == []
