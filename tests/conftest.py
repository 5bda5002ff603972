"""Provides what every test may use: the demo built once a run, a browser and a server once a worker."""

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
from tests.helpers.browser import DESKTOP, Visit, find_browser, launch, serve


def pytest_configure() -> None:
    """Has the command line speak English, whatever the locale of the machine, where no `--lang` says otherwise."""
    os.environ["LC_ALL"] = "C.UTF-8"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests that use a browser, and those that try more with LINLI_EXAMPLES=full."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        names = {part.partition("[")[0] for part in item.nodeid.split("::")[1:]} | {*getattr(item, "fixturenames", ())}
        if names & depth.deep_names(item.path):
            item.add_marker("deep")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips a test whose tool is missing, and says what to install."""
    for tool in tools.TOOLS:
        if item.get_closest_marker(tool) and (lacking := tools.find_missing(tool)):
            pytest.skip(lacking)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Names what continuous integration, which has every tool, should not have skipped."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped and _must_skip_nothing():
        terminalreporter.section("skipped with CI=true, which is a failure", red=True)
        for report in skipped:
            terminalreporter.line(f"{report.nodeid}: {report.longrepr[2] if report.longrepr else ''}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fails a run of continuous integration in which a test was skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and reporter.stats.get("skipped") and _must_skip_nothing() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _must_skip_nothing() -> bool:
    return os.environ.get("CI", "").lower() in ("true", "1")


@pytest.fixture(scope="session", autouse=True)
def audit_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the log of their own that tests, and the servers they start, record in."""
    folder = tmp_path_factory.mktemp("audit")
    os.environ["LINLI_AUDIT"] = str(folder)
    return folder


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a warehouse folder with the committed demo built in it; the pages of this process read it.

    All workers share it: a test that writes into it takes a copy (`own_demo_folder`).
    """
    base = tmp_path_factory.getbasetemp()
    # Workers have folders below that of the run.
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared-demo"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "current").exists():
            build(PROJECT / "data" / "demo", folder)
            # Rounded alike in every run.
            (folder / warehouse.ROUNDING_KEY).write_bytes(bytes(32))
    os.environ["LINLI_WAREHOUSE"] = str(folder)
    return folder


@pytest.fixture
def own_demo_folder(demo_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns the demo's warehouse in a folder that the test may write into; the pages read that one meanwhile."""
    # A version's file never changes: linked, it takes no room.
    folder = shutil.copytree(demo_folder, tmp_path / "own-demo", copy_function=os.link)
    monkeypatch.setenv("LINLI_WAREHOUSE", str(folder))
    return folder


@pytest.fixture(scope="session")
def demo(demo_folder: Path) -> Version:
    """Returns the demo's version."""
    return warehouse.current_version(demo_folder)


@pytest.fixture
def app(demo: Version) -> Callable[..., AppTest]:
    """Runs a page as a visitor's first request would: app("staffing", area="621000")."""

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
    """Starts Chromium once for all tests of a worker."""
    with sync_playwright() as playwright:
        if not Path(find_browser(playwright)).is_file():
            pytest.skip("no browser: run tests/browser.sh, or playwright install chromium")
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def address(demo_folder: Path) -> Iterator[str]:
    """Serves a dashboard on the demo, once for all tests of a worker."""
    with serve(demo_folder) as found:
        yield found


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Opens a visitor's browser, kept for all tests of a worker: what it has loaded once it need not load again."""
    visitor = browser.new_context()
    # Once no tab of a site is open, what has been compiled of its code is forgotten. This one stays; the ports of
    # localhost are one site.
    kept = visitor.new_page()
    kept.route("**", lambda route: route.fulfill(body=""))
    kept.goto("http://localhost/")
    yield visitor
    visitor.close()


@pytest.fixture
def visit(context: BrowserContext, address: str) -> Iterator[Callable[..., Visit]]:
    """Opens a tab: visit(size, dark=…). Afterwards no error and no outside request may have happened in it."""
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
