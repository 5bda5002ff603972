"""An open page shows edits by itself: of a number, of a table behind it, and of a broken file."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from etl.build.build import build
from sql import warehouse
from sql.paths import PROJECT
from tests.helpers.pages.browser import Visit, free_port, serve
from tests.helpers.warehouse.world import COUNTY, copy_project, make_old


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a copy of the whole product that may be edited; EAST's three workers serve a thousand residents."""
    folder = copy_project(tmp_path_factory.mktemp("project"))
    for name in ("pages", ".streamlit"):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(PROJECT / "app.py", folder / "app.py")
    return folder


@pytest.fixture(scope="module")
def page(context: BrowserContext, copy: Path) -> Iterator[Page]:
    """Opens the staffing page once; nobody touches it again."""
    with serve(copy / "data" / "warehouse", copy) as address:
        tab = Visit(context.new_page(), address)
        tab.open(f"/staffing?area={COUNTY}&period=2024")
        yield tab.page
        assert tab.errors == [] and tab.external_requests == []


def test_a_start_without_data_builds_them(copy, tmp_path):
    with serve(tmp_path / "warehouse", copy) as address, urllib.request.urlopen(f"{address}/health") as answer:
        # The last day that the files cover.
        assert json.load(answer)["data_date"] == "2024-01-31"


def test_a_start_on_files_that_cannot_be_built_says_why_and_nothing_else(copy, tmp_path):
    project = tmp_path / "project"
    shutil.copytree(copy, project, ignore=shutil.ignore_patterns("__pycache__", "incoming", "warehouse"))
    file = project / "data" / "incoming" / "某区" / "网格.csv"
    file.parent.mkdir(parents=True)
    file.write_text("说明：没有表头\n", encoding="utf-8")
    started = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(free_port())],
        cwd=project,
        env={**os.environ, "LINLI_WAREHOUSE": str(tmp_path / "warehouse"), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert started.returncode == 1
    message = started.stderr[started.stderr.index("the data date is unknown") :]
    assert message.splitlines()[-1].startswith("某区/网格.csv: ") and "Traceback" not in started.stdout + started.stderr


def test_a_start_on_data_of_an_earlier_release_builds_its_models_anew(copy, tmp_path):
    folder = tmp_path / "warehouse"
    build(copy / "data" / "incoming", folder)
    make_old(folder)
    with serve(folder, copy) as address, urllib.request.urlopen(f"{address}/health") as answer:
        assert json.load(answer)["data_date"] == "2024-01-31"
    assert warehouse.is_of_this_release(warehouse.intact_version(folder))


def test_an_edit_shows_on_the_open_page(copy, page):
    ratio = page.locator(".piece-card[data-name=staffing_ratio] .piece-value")
    expect(ratio).to_have_text("30.0 人")
    metric = copy / "sql" / "metrics" / "staffing" / "staffing_ratio.sql"
    good = metric.read_text(encoding="utf-8")
    metric.write_text(good.replace("10000.0 * sum", "20000.0 * sum"), encoding="utf-8")
    expect(ratio).to_have_text("60.0 人")

    model = copy / "sql" / "staging" / "population.sql"
    model.write_text(
        model.read_text(encoding="utf-8").replace(
            "    urban_residents,\n", "    2 * urban_residents as urban_residents,\n"
        ),
        encoding="utf-8",
    )
    metric.write_text(good, encoding="utf-8")
    expect(ratio).to_have_text("15.0 人")

    mart = copy / "sql" / "marts" / "community_months.sql"
    for file, right, wrong in (
        (metric, "sum(", "summe("),
        (mart, "left join reported", "left join reports_of_yesterday"),
    ):
        good = file.read_text(encoding="utf-8")
        assert right in good
        file.write_text(good.replace(right, wrong, 1), encoding="utf-8")
        notice = page.get_by_test_id("stAlert").filter(has_text=re.findall(r"\w+", wrong)[-1])
        expect(notice).to_contain_text(f"{file.relative_to(copy).as_posix()}:")
        # The last good definition, or version.
        expect(ratio).to_have_text("15.0 人")
        file.write_text(good, encoding="utf-8")
        expect(notice).to_have_count(0)


def test_an_annotation_added_in_the_metrics_explanation_shows_on_the_open_page(copy, context, page):
    tab = Visit(context.new_page(), page.url.split("/staffing")[0])
    # Typing and clicking count, though something else changes in the same moment.
    tab.notify_on_request("data")
    tab.open(f"/staffing?area={COUNTY}&period=2024")
    # Until the map has sent its width, the page redraws and would close an open dialog.
    tab.page.wait_for_load_state("networkidle")
    dialog = tab.page.get_by_role("dialog")
    tab.page.locator("[data-opens=explain_card_staffing_ratio]").click()
    # One of the city's, from before the calendar, is there already.
    dialog.get_by_text("批注（1）").click()
    dialog.get_by_label("批注（中文）").fill("电话 13900001111")
    dialog.get_by_role("button", name="添加").click()
    expect(dialog.get_by_test_id("stAlert")).to_contain_text("像电话或证件号")
    # The form and its message stay when something redraws the page.
    tab.redraw()
    expect(dialog.get_by_test_id("stAlert")).to_be_visible()
    dialog.get_by_label("批注（中文）").fill("两人借调")
    dialog.get_by_role("button", name="添加").click()
    expect(dialog).to_have_count(0)
    for open_page in (tab.page, page):
        expect(open_page.locator(".annotation-text").filter(has_text="① 两人借调")).to_be_visible()
    assert (
        (copy / "data" / "annotations.csv")
        .read_text(encoding="utf-8")
        .endswith(f"\n2024-03-31,staffing_ratio,{COUNTY},两人借调,\n")
    )
    assert tab.errors == [] and tab.external_requests == []
    tab.page.close()
