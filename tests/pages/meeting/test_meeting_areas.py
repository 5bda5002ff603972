"""Meetings belong to an area: playlists, shows, decisions and annotations of one county are none of another's."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path

import fastexcel
import pytest

from pages.meeting import decisions, shows, store
from sql.warehouse import Version
from tests.helpers.pages import widgets
from tests.helpers.pages.dashboard import PLAYLIST, QINGYANG, XIFENG, ZHENYUAN, Dashboard, access_entry, serve_copy
from tests.helpers.pages.login import login_cookies
from tests.helpers.pages.screens import scope
from tests.helpers.pages.sockets import Run, Visitor, open_visitor
from tests.helpers.pages.widgets import Widget
from tests.helpers.warehouse.world import record_nothing
from tests.pages.server.test_login import run_bytes

PEOPLE = "".join(
    access_entry("editor", area=area, who=f"{who}@example.cn")
    for who, area in (("xifeng", XIFENG), ("zhenyuan", ZHENYUAN), ("qingyang", QINGYANG))
)


@pytest.fixture(scope="module")
def house(demo_folder: Path, demo: Version, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    with serve_copy(demo_folder, tmp_path_factory.mktemp("areas")) as found, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINLI_MEETINGS", str(found.meetings))
        found.write_access(PEOPLE)
        for key in ("monthly", f"city@{QINGYANG}"):
            (found.meetings / f"{key}.toml").write_text(PLAYLIST.replace("短会", f"会议 {key}"), encoding="utf-8")
        # The file of decisions is created by the first query.
        with store.transaction():
            pass
        yield found


@pytest.fixture(scope="module")
def keys(house: Dashboard) -> Callable[[str], dict[str, str]]:
    return lru_cache(lambda sub: login_cookies(house.server.address, sub))


@pytest.fixture
def visitors(house: Dashboard, keys) -> Iterator[Callable[[str], Visitor]]:
    """Returns visitors by their subject at the provider."""
    with (
        open_visitor(house.server.address, keys("xifeng")) as xifeng,
        open_visitor(house.server.address, keys("zhenyuan")) as zhenyuan,
        open_visitor(house.server.address, keys("qingyang")) as qingyang,
    ):
        yield {"xifeng": xifeng, "zhenyuan": zhenyuan, "qingyang": qingyang}.__getitem__


def offered_playlists(run: Run) -> list[str]:
    """Returns the choices of the meeting selector."""
    (choice,) = [element for element in run.elements("selectbox") if widgets.key(element.id).startswith("playlist_")]
    return list(choice.options)


def saved(visitor: Visitor, query: dict[str, str], name: str) -> Run:
    run = visitor.ask("meeting", query)
    return visitor.ask(
        "meeting", query, widgets.click_states(run, widgets.find_widget(run, "save_playlist"), name=name)
    )


def title(house: Dashboard, key: str) -> str:
    return tomllib.loads((house.meetings / f"{key}.toml").read_text(encoding="utf-8"))["title"]


def test_two_counties_use_one_name_and_neither_overwrites_nor_sees_the_others(house, visitors):
    before = (house.meetings / "monthly.toml").read_bytes()
    for sub, area in (("xifeng", XIFENG), ("zhenyuan", ZHENYUAN)):
        # A playlist of everybody can be shown, and is saved as the county's own.
        run = saved(visitors(sub), {"playlist": "monthly"}, "monthly")
        assert any(area in alert.body for alert in run.elements("alert"))
    assert (house.meetings / "monthly.toml").read_bytes() == before
    assert {title(house, f"monthly@{area}") for area in (XIFENG, ZHENYUAN)} == {widgets.TEXT}
    seen = {sub: offered_playlists(visitors(sub).ask("meeting", {})) for sub in ("xifeng", "zhenyuan", "qingyang")}
    assert seen == {
        "xifeng": ["monthly · 西峰区", "short · 西峰区", "city · 庆阳市", "monthly"],
        "zhenyuan": ["monthly · 镇原县", "city · 庆阳市", "monthly"],
        "qingyang": ["city · 庆阳市", "monthly"],
    }
    # A made-up key in the address is none of theirs.
    run = visitors("zhenyuan").ask("meeting", {"playlist": f"short@{XIFENG}"})
    assert "短会".encode() not in run_bytes(run) and offered_playlists(run) == seen["zhenyuan"]


def test_users_edit_playlists_of_areas_below_but_not_of_those_above(house, visitors):
    saved(visitors("qingyang"), {"area": XIFENG, "playlist": f"short@{XIFENG}"}, "short")
    assert title(house, f"short@{XIFENG}") == widgets.TEXT and not list(house.meetings.glob(f"short@{QINGYANG}*"))
    before = (house.meetings / f"city@{QINGYANG}.toml").read_bytes()
    saved(visitors("xifeng"), {"playlist": f"city@{QINGYANG}"}, "city")
    assert (house.meetings / f"city@{QINGYANG}.toml").read_bytes() == before
    assert title(house, f"city@{XIFENG}") == widgets.TEXT
    (house.meetings / f"city@{XIFENG}.toml").unlink()


@pytest.mark.parametrize("name", ["monthly@621027", "../monthly", "a/b", f"x@{QINGYANG}", "x@"])
def test_a_name_leads_into_no_other_area(house, visitors, name):
    before = house.snapshot()
    run = saved(visitors("xifeng"), {}, name)
    assert house.snapshot() == before
    assert any("会议名只能用" in alert.body for alert in run.elements("alert"))


def test_an_old_link_shows_what_it_showed(house, visitors):
    for sub in ("xifeng", "qingyang"):
        assert "会议 monthly".encode() in run_bytes(visitors(sub).ask("meeting", {"playlist": "monthly"}))


def test_a_show_of_another_area_is_not_there(house, visitors):
    at = {area: shows.start("monthly", area, "2026", record_nothing) for area in (XIFENG, QINGYANG, None)}
    for area, code in at.items():
        for way in ("show", "control"):
            run = visitors("zhenyuan").ask("meeting", {way: code})
            # As if that code did not exist.
            assert any("没有代码为" in alert.body for alert in run.elements("alert")), (area, way)
            assert "会议 monthly".encode() not in run_bytes(run)
    run = visitors("qingyang").ask("meeting", {"control": at[XIFENG]})
    visitors("qingyang").ask(
        "meeting", {"control": at[XIFENG]}, widgets.click_states(run, widgets.find_widget(run, "remote_next"))
    )
    assert shows.find(at[XIFENG]).position == 1


def test_decisions_of_playlists_with_one_name_do_not_mix(house, visitors, demo):
    for area, task in ((XIFENG, "西峰区要做的"), (ZHENYUAN, "镇原县要做的")):
        at = scope(demo, area)
        (house.meetings / f"monthly@{area}.toml").write_text(PLAYLIST, encoding="utf-8")
        decisions.decide(f"monthly@{area}", "workers", at, task, "局", date.max, date.min, record_nothing)
    for sub, own, other in (("xifeng", "西峰区要做的", "镇原县要做的"), ("zhenyuan", "镇原县要做的", "西峰区要做的")):
        area = {"xifeng": XIFENG, "zhenyuan": ZHENYUAN}[sub]
        run = visitors(sub).ask("meeting", {"playlist": f"monthly@{area}"})
        seen = run_bytes(run).decode(errors="replace")
        assert own in seen and other not in seen
        (workbook,) = [file for button, file in visitors(sub).files(run) if button.endswith("decisions_xlsx")]
        cells = fastexcel.read_excel(workbook).load_sheet(0, header_row=None, dtypes="string").to_polars().rows()
        assert [own in row for row in cells].count(True) == 1 and not any(other in row for row in cells)
    rows = decisions.rows("monthly", demo, date.today())
    assert rows.is_empty()


def test_the_last_meeting_of_another_county_does_not_count(demo, house):
    """Changes since the last meeting follow meetings of the area, or of one above it."""
    shows.start("monthly", ZHENYUAN, "2026", record_nothing)
    tomorrow = date.max
    assert shows.last_before(tomorrow, {ZHENYUAN, None}) is not None
    assert shows.last_before(tomorrow, {"621021"}) is None


def test_an_annotation_goes_to_no_other_area_whatever_the_address_says(house, visitors):
    """Sends a form from the page with the address of another area."""
    notes = house.project / "data" / "annotations.csv"
    for address_area, lands in ((ZHENYUAN, XIFENG), (QINGYANG, XIFENG), ("", XIFENG), ("621002001", "621002001")):
        visitor, query = visitors("xifeng"), {"area": XIFENG}
        run = visitor.ask("staffing", query)
        (live,) = [element.id for element in run.elements("bidi_component") if widgets.key(element.id) == "live"]
        run = visitor.ask("staffing", query, widgets.component_states(live, "open", "explain_staffing_ranking"))
        before = notes.read_text(encoding="utf-8").splitlines()
        visitor.ask(
            "staffing", {"area": address_area}, widgets.component_states(live, "open", "explain_staffing_ranking")
        )
        run = visitor.ask(
            "staffing", {"area": address_area}, widgets.component_states(live, "open", "explain_staffing_ranking")
        )
        add: Widget = widgets.find_widget(run, "noting_staffing_ranking_add")
        visitor.ask("staffing", {"area": address_area}, widgets.click_states(run, add))
        (line,) = notes.read_text(encoding="utf-8").splitlines()[len(before) :]
        assert line.split(",")[2] == lands
