"""Pages as somebody has them before them who may write, and what on them needs which permission."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest

from pages.meeting import decisions, shows
from sql.security.access import Permission
from sql.warehouse import Version
from tests.helpers import widgets
from tests.helpers.dashboard import XIFENG, House
from tests.helpers.screens import scope
from tests.helpers.sockets import Run, Visitor
from tests.helpers.widgets import Widget
from tests.helpers.world import unrecorded


class Scene:
    """A page as somebody has it before them, with what can be opened on it open; and a word of it that viewers see too."""

    def __init__(self, page: str, word: str, query: dict[str, str], *opened: Callable[[Run], list[Widget]]) -> None:
        self.page, self.word, self.query, self.opened = page, word, query, opened

    def draw(self, visitor: Visitor) -> Run:
        run = visitor.ask(self.page, self.query)
        for opening in self.opened:
            # Who may not see it has nothing to open.
            if clicked := opening(run):
                run = visitor.ask(self.page, self.query, widgets.message(run, *clicked))
        return run

    def click(self, visitor: Visitor, run: Run, widget: Widget, name: str = "attempt") -> Run:
        return visitor.ask(self.page, self.query, widgets.message(run, widget, name=name), widget.fragment)


def on(start: str) -> Callable[[Run], list[Widget]]:
    """A click on the widgets whose key begins so."""
    return lambda run: [widget for widget in widgets.clicks(run) if widget.key.startswith(start)][:1]


def says(component: str, event: str, value: Callable[[], object]) -> Callable[[Run], list[Widget]]:
    return lambda run: [
        Widget(component, "", tuple(widgets.component_message(element.id, event, value())))
        for element in run.elements("bidi_component")
        if widgets.key(element.id) == component
    ]


@contextmanager
def scenes(house: House, demo: Version) -> Iterator[dict[str, Scene]]:
    """Every page that something is written from, in XIFENG, with a decision and a show that are there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINLI_MEETINGS", str(house.meetings))
        at, key = scope(demo, XIFENG), f"short@{XIFENG}"
        decisions.decide(key, "workers", at, "招聘", "民政局", date.max, date.min, unrecorded)
        code = shows.start(key, XIFENG, "2026", unrecorded)
        area = {"area": XIFENG}
        yield {
            "setup": Scene("meeting", "短会", area | {"playlist": key}, on("decision")),
            "screen": Scene(
                "meeting",
                "短会",
                {"show": code, "kiosk": "1"},
                says("stage", "asked", lambda: {"what": "decide", "turn": shows.find(code).turn}),
            ),
            "remote": Scene("meeting", "短会", {"control": code}, on("remote_decide")),
            "staffing": Scene(
                "staffing", "每万人", area, says("live", "open", lambda: "explain_staffing_ranking"), on("noting_")
            ),
            "definitions": Scene("definitions", "公布的数字", area),
            "sql_lab": Scene("sql_lab", "自由查询只向分析人员开放", area, on("sql_lab_run"), on("sql_lab_keep_open")),
        }


# For each permission what needs it: the scene, the key of what is clicked on, and the entry that it leaves, or one of two.
TRIED: dict[Permission, list[tuple[str, str, str]]] = {
    "run_meetings": [
        ("setup", "show_live", "meeting_start"),
        ("setup", "show_frozen", "meeting_freeze"),
        ("remote", "remote_next", "meeting_step"),
        ("remote", "remote_back", "meeting_step"),
        ("remote", "remote_pause", "meeting_pause meeting_resume"),
        ("screen", "stage", "meeting_step"),
    ],
    "ask_sql": [("sql_lab", "sql_lab_run", "sql")],
    "save_queries": [("sql_lab", "sql_lab_keep_save", "query")],
    "write_annotations": [("staffing", "noting_staffing_ranking_add", "annotation")],
    "write_decisions": [
        ("setup", "decision_done", "decision_done"),
        ("screen", "FormSubmitter:decide", "decision"),
        ("remote", "FormSubmitter:decide", "decision"),
    ],
    "edit_playlists": [("setup", "save_playlist", "playlist")],
}
ATTEMPTS = [(permission, *attempt) for permission, attempts in TRIED.items() for attempt in attempts]
