"""What every test may use: the demo built once, and the pages run on it."""
from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl.build import build
from sql import warehouse
from sql.warehouse import PROJECT, Version


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
