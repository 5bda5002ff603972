"""Pages of a place whose roster was mostly sent back: its numbers are held, and nothing else is said of them."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from etl.build.build import build
from pages.ui.kit import metric_pages
from sql import warehouse
from sql.paths import PROJECT
from sql.semantic.alerts import open_alerts
from sql.semantic.metrics import metric
from sql.semantic.readings import with_status
from sql.warehouse import Version
from tests.helpers.for_each import for_each
from tests.helpers.pages.screens import PAGES, cards, scope

GAOMI = "370785"
REASON = "▨ 未采用：高密市的社区工作者 1,001 行退回 900 行"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a warehouse: 高密市 as the demo has it, then with nine of ten hire dates that nobody can read."""
    folder = tmp_path_factory.mktemp("held")
    for district in ("上级区划", "高密市"):
        shutil.copytree(PROJECT / "data" / "demo" / district, folder / "source" / district)
    build(folder / "source", folder / "warehouse")
    roster = folder / "source" / "高密市" / "社区工作者.csv"
    with roster.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    hired = header.index("入职日期")
    for number, row in enumerate(rows):
        if number % 10:
            row[hired] = "二〇二〇年元月"
    with roster.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    build(folder / "source", folder / "warehouse")
    return folder / "warehouse"


@pytest.fixture
def version(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Version:
    """Returns the version whose roster is held; pages read it."""
    monkeypatch.setenv("LINLI_WAREHOUSE", str(folder))
    return warehouse.current_version(folder)


def test_a_card_says_held_why_and_what_it_was(app, version):
    card = cards(app("overview", area=GAOMI))[0]
    assert (card.title, card.value) == ("每万人社工", "–")
    # No verdict, no comparison.
    assert card.lines[2:] == ["▨ 未采用 · 上次 14.5 人（2026-06-30）", REASON]


def test_the_headline_names_the_district_and_the_reason(app, version):
    assert app("staffing", area=GAOMI).title[0].value == (
        "高密市的数字未采用：高密市的社区工作者 1,001 行退回 900 行；上次可用的数是 14.5 人（2026-06-30）。"
    )
    assert app("staffing", area=GAOMI, lang="en").title[0].value == (
        "Numbers of Gaomi City are held: 900 of 1,001 rows of community workers from Gaomi City were rejected; "
        "the last usable value was 14.5 (2026-06-30)."
    )


def test_no_alert_speaks_of_a_held_number(version):
    names = {alert.name for alert in open_alerts(scope(version, GAOMI))}
    assert "staffing_below_standard" not in names
    before = warehouse.Version(
        name := warehouse.version_names(version.path.parent.parent)[0], version.path.parent / f"{name}.duckdb"
    )
    assert "staffing_below_standard" in {alert.name for alert in open_alerts(scope(before, GAOMI))}


def test_maps_are_hatched_with_a_legend(app, version):
    test = app("staffing", area=GAOMI)
    assert any("未采用" in element.body for element in test.get("html"))
    deck = test.get("deck_gl_json_chart")[0].proto.json
    assert '"hatches"' in deck and '"path"' in deck
    ratio = metric("staffing_ratio", version)
    assert set(with_status(ratio.rows(scope(version, GAOMI), by="street"), ratio)["status"]) == {"held"}


@for_each("page", PAGES)
def test_every_view_opens(app, version, page):
    for view in metric_pages.views(page) or [""]:
        test = app(page, area=GAOMI, **({"view": view} if view else {}))
        assert not test.exception and not test.error, (page, view)
