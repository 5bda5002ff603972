"""Commands and folders of the server are told to administrators; others read what to ask for and of whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from pages.ui.kit import metric_pages
from sql import warehouse
from tests.helpers.pages.login import LoginServer, login_cookies, serve_with_login
from tests.helpers.pages.screens import PAGES
from tests.helpers.pages.sockets import Run, open_visitor
from tests.helpers.warehouse.world import AREAS, CITY, COUNTY, EAST, population, publish, write

VIEWS = [(page, view) for page in (*PAGES, "meeting") for view in metric_pages.views(page) or [""]]
COMMAND = "python -m"


@pytest.fixture(scope="module")
def partial_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the warehouse of a city that has sent its areas and one population count, in a folder of its own."""
    folder = tmp_path_factory.mktemp("partial")
    publish(
        write(folder / "source", "庆阳市", areas=AREAS, population=[population(EAST, "2024-05-31", 3000)]),
        folder / "warehouse",
    )
    return folder / "warehouse"


@pytest.fixture(scope="module")
def door(partial_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoginServer]:
    with serve_with_login(partial_folder, tmp_path_factory.mktemp("door")) as found:
        yield found


@pytest.fixture(scope="module")
def keys(door: LoginServer) -> Callable[[str], dict[str, str]]:
    """Returns a function from a person to the cookies of their login."""
    return lru_cache(lambda sub: login_cookies(door.address, sub))


def text(run: Run) -> str:
    assert not run.elements("exception")
    return b"".join(run.raw).decode(errors="replace")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_tells_a_leader_a_command(door, keys, language):
    ask_for = {"zh": "由管理员装入", "en": "an administrator then loads it"}[language]
    pages_that_ask = set()
    with open_visitor(door.address, keys("xifeng")) as visitor:
        for page, view in VIEWS:
            seen = text(visitor.ask(page, {"area": COUNTY, "lang": language, **({"view": view} if view else {})}))
            assert COMMAND not in seen, (page, view)
            pages_that_ask |= {page} if ask_for in seen else set()
    assert {"staffing", "coverage", "requests", "partners"} <= pages_that_ask


def test_an_administrator_reads_the_command(door, keys):
    with open_visitor(door.address, keys("qingyang")) as visitor:
        for page in ("staffing", "requests", "partners"):
            assert f"{COMMAND} etl build" in text(visitor.ask(page, {"area": CITY})), page
        assert f"{COMMAND} etl rollback" in text(visitor.ask("quality", {"view": "version"}))


def test_a_damaged_or_missing_warehouse_is_explained_to_administrators_alone(door, keys, partial_folder):
    pointer = partial_folder / warehouse.POINTER
    (path,) = (partial_folder / warehouse.VERSIONS).glob("*.duckdb")
    name = pointer.read_text(encoding="utf-8")
    with open_visitor(door.address, keys("xifeng")) as leader, open_visitor(door.address, keys("qingyang")) as admin:
        try:
            pointer.write_text("20240101T000000000-00000000", encoding="utf-8")
            assert (
                "显示的是另一个版本" in (seen := text(leader.ask("quality", {"area": COUNTY}))) and COMMAND not in seen
            )
            assert f"{COMMAND} etl build" in text(admin.ask("quality", {"area": CITY}))
            pointer.unlink()
            path.rename(path.with_suffix(".away"))
            seen = text(leader.ask("overview", {}))
            assert "请告诉管理员" in seen and COMMAND not in seen and str(partial_folder) not in seen
            assert f"{COMMAND} etl build" in text(admin.ask("overview", {}))
        finally:
            if not path.exists():
                path.with_suffix(".away").rename(path)
            pointer.write_text(name, encoding="utf-8")
