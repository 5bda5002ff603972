"""A meeting in the browser: the show on the screen, the phone that steps it, decisions, and hours without a leak."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from pages.meeting import decisions, shows, store
from sql import warehouse
from sql.paths import PROJECT
from tests.helpers.pages.browser import PHONE, WALL, Visit, serve
from tests.helpers.warehouse.world import AREAS, CITY, EAST, population, publish, record_nothing, workers, write
from tests.pages.meeting.test_meeting import MONTHLY

SLIDES = """
title = "短会"
[[slides]]
kind = "decisions"
seconds = 600
[[slides]]
kind = "numbers"
metrics = ["workers", "staffing_ratio"]
seconds = 600
note = "先说人数"
[[slides]]
kind = "ranking"
metrics = ["staffing_ratio"]
seconds = 600
[[slides]]
kind = "trend"
metrics = ["workers"]
seconds = 600
"""

# Seconds.
PATIENCE = 60

# Loads the edge of a slide twice, as a redrawn page does; under load the first drawing ends last. Keeps the messages of
# each to the show.
_DRAWN_ANEW = """async code => {
    const stage = (await import(URL.createObjectURL(new Blob([code], {type: 'text/javascript'})))).default
    globalThis.told = []
    globalThis.place = document.body.appendChild(document.createElement('div'))
    globalThis.draw = (turn, show) => stage({
        data: {turn, control: show, seconds: 1, language: 'zh-CN'}, parentElement: place,
        setTriggerValue: (name, asked) => told.push({...asked}),
    })
    globalThis.endFirst = draw(1)
    globalThis.drawAnew = () => { globalThis.endSecond = draw(2) }
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Returns a warehouse of three workers, and a folder of meetings with a short one."""
    folder = tmp_path_factory.mktemp("meeting")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINLI_MEETINGS", str(folder / "meetings"))
        (folder / "meetings").mkdir()
        (folder / "meetings" / "short.toml").write_text(SLIDES, encoding="utf-8")
        shutil.copy(MONTHLY, folder / "meetings")
        build(folder, 3)
        yield folder


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """Serves a dashboard on that warehouse, on which visitors open their tabs."""
    with serve(folder / "warehouse") as at:
        yield at


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Yields a separate browser for each meeting: its clock may be set, and its memory is measured."""
    own = browser.new_context()
    yield own
    own.close()


def build(folder: Path, count: int) -> None:
    source = write(
        folder / "source",
        "庆阳市",
        areas=AREAS,
        workers=workers(count, EAST),
        population=[population(EAST, "2026-01-31", 1000)],
    )
    publish(source, folder / "warehouse", "2026-06-30")


def start_show(tab: Visit, button: str, playlist: str = "short") -> str:
    """Starts a show with the button of the meeting's page; returns its code."""
    tab.open(f"/meeting?area={CITY}&playlist={playlist}")
    tab.page.get_by_role("button", name=button).click()
    tab.page.wait_for_url("**kiosk=1**")
    # The keys work once the edge of the slide is there.
    tab.page.locator(".stage-place").wait_for()
    tab.wait_until_settled()
    return re.search(r"show=(\w+)", tab.page.url)[1]


def at(page: Page, place: str) -> None:
    """Waits until the show is at a slide, and that slide has been drawn."""
    expect(page.locator(".stage-place")).to_have_text(place)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def test_a_show_fills_the_screen_and_the_keys_step_it(visit):
    screen = visit(WALL)
    start_show(screen, "放映：实时")
    page = screen.page
    at(page, "1 / 4")
    expect(page.get_by_role("img", name="用手机扫码遥控")).to_be_visible()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    for key, place in (
        ("ArrowRight", "2 / 4"),
        (" ", "3 / 4"),
        ("PageUp", "2 / 4"),
        ("ArrowLeft", "1 / 4"),
        ("ArrowLeft", "4 / 4"),
    ):
        page.keyboard.press(key)
        at(page, place)
    page.keyboard.press("p")
    at(page, "4 / 4 · 已暂停")
    # The text of a slide is readable from the back row, and the picture fills the room there is.
    chart = page.locator(".js-plotly-plot")
    assert chart.bounding_box()["height"] > 0.6 * WALL[1]
    assert (
        float(chart.locator(".xtick text").first.evaluate("tick => parseFloat(getComputedStyle(tick).fontSize)")) >= 19
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= WALL[0]


def test_a_key_counts_though_a_change_arrives_in_the_same_moment(visit):
    screen = visit(WALL)
    screen.notify_on_request("meeting")
    start_show(screen, "放映：实时")
    for step in range(1, 25):
        screen.page.keyboard.press("ArrowRight")
        at(screen.page, f"{step % 4 + 1} / 4")


def test_slides_advance_by_themselves(visit, folder):
    quick = folder / "meetings" / "quick.toml"
    quick.write_text(SLIDES.replace("seconds = 600", "seconds = 3"), encoding="utf-8")
    screen = visit(WALL)
    start_show(screen, "放映：实时", "quick")
    for place in ("2 / 4", "3 / 4"):
        at(screen.page, place)


@pytest.mark.parametrize("is_ended_last", [False, True])
def test_a_redrawn_slide_hears_every_key_and_advances(context, is_ended_last):
    page = context.new_page()
    page.clock.install()
    page.evaluate(_DRAWN_ANEW, (PROJECT / "pages" / "meeting" / "stage.js").read_text(encoding="utf-8"))
    page.keyboard.press("ArrowRight")
    if is_ended_last:
        page.evaluate("drawAnew(); endFirst()")
    else:
        page.evaluate("endFirst()")
        page.keyboard.press("ArrowLeft")
        page.evaluate("drawAnew()")
    page.keyboard.press(" ")
    expected = [("next", 1), *([] if is_ended_last else [("back", 1)]), ("next", 2)]
    assert [(request["what"], request["turn"]) for request in page.evaluate("told")] == expected
    # The timer runs only for the slide that is left.
    page.clock.run_for(1500)
    assert [request["turn"] for request in page.evaluate("told")[len(expected) :]] == [2]
    # Once the show is over, its keys are the page's own.
    page.evaluate("endSecond(); place.remove()")
    page.keyboard.press("ArrowRight")
    assert len(page.evaluate("told")) == len(expected) + 1
    page.close()


def test_a_failed_request_is_repeated_until_the_show_has_moved(context):
    page = context.new_page()
    page.clock.install()
    page.evaluate(_DRAWN_ANEW, (PROJECT / "pages" / "meeting" / "stage.js").read_text(encoding="utf-8"))
    page.keyboard.press("d")
    expected = ["decide"]
    # Redrawn at the same turn: repeated; another show at that turn is unrelated; at the next turn it is done.
    for turn, show, more in ((1, None, ["decide"]), (1, "other", []), (2, None, []), (2, None, [])):
        page.evaluate("([turn, show]) => draw(turn, show ?? undefined)", [turn, show])
        expected += more
        assert [request["what"] for request in page.evaluate("told")] == expected
    # An impossible request is not repeated forever.
    page.keyboard.press("ArrowLeft")
    for _ in range(20):
        page.evaluate("draw(2)")
    assert [request["what"] for request in page.evaluate("told")] == [*expected, *6 * ["back"]]
    page.close()


def test_a_phone_steps_the_screen(visit):
    screen, phone = visit(WALL), visit(PHONE)
    drawn_for_changes = []
    screen.page.on(
        "websocket",
        lambda socket: socket.on(
            "framesent", lambda frame: drawn_for_changes.append(frame) if b'"changed"' in frame else None
        ),
    )
    code = start_show(screen, "放映：实时")
    phone.open(f"/meeting?control={code}")
    phone.page.get_by_role("button", name="下一张").click()
    at(screen.page, "2 / 4")
    expect(phone.page.get_by_text("先说人数")).to_be_visible()
    expect(phone.page.get_by_text(re.compile("^接下来：.*每万人社工"))).to_be_visible()
    phone.page.get_by_role("button", name="暂停").click()
    at(screen.page, "2 / 4 · 已暂停")
    assert len(drawn_for_changes) == 2
    screen.page.keyboard.press("ArrowRight")
    # The phone shows the screen's slide.
    expect(phone.page.locator("h1")).to_contain_text("3 / 4")
    # The screen is not redrawn for its own changes.
    screen.wait_until(lambda: screen.page.evaluate("linliLive.due.size === 0"))
    assert len(drawn_for_changes) == 2
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_a_decision_on_the_screen_opens_the_next_meeting(visit, folder):
    screen = visit(WALL)
    code = start_show(screen, "放映：实时")
    page = screen.page
    page.keyboard.press("ArrowRight")
    at(page, "2 / 4")
    page.keyboard.press("d")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("要做的事").fill("增加 <b>两名</b> =1+1")
    dialog.get_by_label("责任单位").fill("区民政局")
    # The slides wait for the dialog.
    assert shows.find(code).is_paused
    dialog.get_by_role("button", name="记下").click()
    expect(page.get_by_text("已记下")).to_be_visible()
    expect(dialog).to_have_count(0)
    at(page, "2 / 4")
    assert not shows.find(code).is_paused
    rows = decisions.rows("short", warehouse.current_version(folder / "warehouse"), date.today(), CITY)
    assert rows.select("metric", "value", "task", "owner", "due_on").row(0) == (
        "workers",
        3,
        "增加 <b>两名</b> =1+1",
        "区民政局",
        date.today() + timedelta(days=30),
    )
    start_show(screen, "放映：实时")
    expect(page.get_by_role("table")).to_contain_text("增加 <b>两名</b> =1+1")
    # While the slide is redrawn, the one before is still beside it.
    expect(page.get_by_text("1 件还在办")).to_have_count(1)


def test_typing_in_a_dialog_is_not_interrupted(visit):
    screen, other = visit(WALL), visit(WALL)
    code = start_show(screen, "放映：实时")
    other.open(f"/meeting?show={code}&kiosk=1")
    screen.page.keyboard.press("ArrowRight")
    at(screen.page, "2 / 4")
    screen.page.keyboard.press("d")
    owner = screen.page.get_by_role("dialog").get_by_label("责任单位")
    owner.fill("区民政局")
    at(other.page, "2 / 4 · 已暂停")
    shows.pause(code, False, record_nothing)
    at(other.page, "2 / 4")
    word = f"meeting {store.change_count()}"
    screen.wait_until(lambda: screen.page.evaluate("word => linliLive.due.has(word)", word))
    # Not even once nothing has been typed for a while.
    screen.wait_until(lambda: screen.page.evaluate("performance.now() - linliLive.touched > 1500"))
    assert screen.page.evaluate("word => linliLive.due.has(word)", word)
    expect(screen.page.locator(".stage-place")).to_have_text("2 / 4 · 已暂停")
    screen.page.keyboard.press("Tab")
    at(screen.page, "2 / 4")
    expect(owner).to_have_value("区民政局")


def test_a_live_show_follows_new_versions_and_a_frozen_one_does_not(visit, folder):
    live, frozen = visit(WALL), visit(WALL)
    start_show(live, "放映：实时")
    start_show(frozen, "放映：冻结在 2026-06-30")
    before = warehouse.current_version(folder / "warehouse").name
    for screen in (live, frozen):
        screen.page.keyboard.press("ArrowRight")
        expect(screen.page.locator("[data-name=workers] .piece-value")).to_have_text("3 人")
    expect(frozen.page.locator(".stage-data")).to_contain_text(f"冻结于版本 {before}")
    build(folder, 5)
    # Within ten seconds, and the slide does not change.
    expect(live.page.locator("[data-name=workers] .piece-value")).to_have_text("5 人", timeout=10_000)
    at(live.page, "2 / 4")
    # A key pressed before the slide has moved on counts once.
    for key, place in (("ArrowRight", "3 / 4"), ("ArrowLeft", "2 / 4")):
        frozen.page.keyboard.press(key)
        at(frozen.page, place)
    expect(frozen.page.locator("[data-name=workers] .piece-value")).to_have_text("3 人")
    build(folder, 3)


def test_slides_are_edited_in_the_browser(visit, folder):
    page = visit(WALL)
    page.open(f"/meeting?area={CITY}&playlist=short")
    page.page.get_by_label("文件名").fill("copied")
    page.page.get_by_label("标题").fill("抄来的会")
    page.page.get_by_role("button", name="保存").click()
    expect(page.page.get_by_text("已保存到 data/meetings/copied.toml")).to_be_visible()
    copied = (folder / "meetings" / "copied.toml").read_text(encoding="utf-8")
    assert 'title = "抄来的会"' in copied and copied.count("[[slides]]") == 4 and 'note = "先说人数"' in copied
    page.page.get_by_label("文件名").fill("../outside")
    page.page.get_by_role("button", name="保存").click()
    expect(page.page.get_by_text("会议名只能用字、数字和短横线")).to_be_visible()
    assert not (folder / "outside.toml").exists()


def test_many_slides_leave_nothing_behind(visit):
    """Runs a show of hours at the pace of a thumb: the memory of the page does not grow."""
    screen = visit(WALL)
    code = start_show(screen, "放映：实时")
    page = screen.page
    session = page.context.new_cdp_session(page)

    def heap() -> float:
        for _ in range(3):
            session.send("HeapProfiler.collectGarbage")
        return page.evaluate("performance.memory.usedJSHeapSize")

    def round_of(times: int) -> None:
        for _ in range(times):
            turn = shows.find(code).turn
            page.keyboard.press("ArrowRight")
            at(page, f"{(turn + 1) % 4 + 1} / 4")

    round_of(16)
    before = heap()
    round_of(32)
    # A busy browser releases memory a while later; a leak stays.
    ends = time.monotonic() + PATIENCE
    while (now := heap()) >= 1.1 * before:
        assert time.monotonic() < ends, f"{before} bytes grew to {now}"
