"""What every test may use: the demo built once, and the pages run on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from streamlit.testing.v1 import AppTest

from etl.build import build
from sql import warehouse
from sql.warehouse import PROJECT, Version
from tests.browser import DESKTOP, Visit, launch, serving


def pytest_configure(config: pytest.Config) -> None:
    """What the product does not warn of, though pytest takes up its own list of warnings."""
    config.addinivalue_line("filterwarnings", "ignore:Arrow output on a DB-API result:UserWarning")


@pytest.fixture(scope="session", autouse=True)
def audit_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the tests do is recorded in a log of their own, the servers they start included."""
    folder = tmp_path_factory.mktemp("audit")
    os.environ["LINLI_AUDIT"] = str(folder)
    return folder


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse folder with the committed demo built in it; the pages of this process read it."""
    folder = tmp_path_factory.mktemp("demo")
    build(PROJECT / "data" / "demo", folder)
    os.environ["LINLI_WAREHOUSE"] = str(folder)
    return folder


@pytest.fixture(scope="session")
def demo(demo_folder: Path) -> Version:
    """The demo's version."""
    return warehouse.current(demo_folder)


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, started once for a module."""
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def address(demo_folder: Path) -> Iterator[str]:
    """A dashboard on the demo, started once for a module."""
    with serving(demo_folder) as at:
        yield at


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor's browser, kept for a module: what it has loaded once it need not load again."""
    kept = browser.new_context(accept_downloads=True)
    yield kept
    kept.close()


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
        assert tab.outside == []
