"""Opens pages as a user with all permissions sees them, and lists the widgets that need a permission."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest

from pages.meeting import decisions, shows
from sql.security.access import Permission
from sql.warehouse import Version
from tests.helpers.pages import widgets
from tests.helpers.pages.dashboard import XIFENG, Dashboard
from tests.helpers.pages.screens import scope
from tests.helpers.pages.sockets import Run, Visitor
from tests.helpers.pages.widgets import Widget
from tests.helpers.warehouse.world import record_nothing


class Scene:
    """Describes a page with its panels and dialogs opened, and a text on it that viewers see too."""

    def __init__(
        self, page: str, marker_text: str, query: dict[str, str], *openings: Callable[[Run], list[Widget]]
    ) -> None:
        self.page, self.marker_text, self.query, self.openings = page, marker_text, query, openings

    def draw(self, visitor: Visitor) -> Run:
        run = visitor.ask(self.page, self.query)
        for opening in self.openings:
            # A user without the permission has nothing to open.
            if targets := opening(run):
                run = visitor.ask(self.page, self.query, widgets.click_states(run, *targets))
        return run

    def click(self, visitor: Visitor, run: Run, widget: Widget, name: str = "attempt") -> Run:
        return visitor.ask(self.page, self.query, widgets.click_states(run, widget, name=name), widget.fragment)


def click_on(start: str) -> Callable[[Run], list[Widget]]:
    """Returns a click on the first widget whose key begins with `start`."""
    return lambda run: [widget for widget in widgets.clicks(run) if widget.key.startswith(start)][:1]


def component_event(component: str, event: str, value: Callable[[], object]) -> Callable[[Run], list[Widget]]:
    return lambda run: [
        Widget(component, "", tuple(widgets.component_states(element.id, event, value())))
        for element in run.elements("bidi_component")
        if widgets.key(element.id) == component
    ]


@contextmanager
def scenes(dashboard: Dashboard, demo: Version) -> Iterator[dict[str, Scene]]:
    """Yields every page from which something is written, in XIFENG, with an existing decision and show."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINLI_MEETINGS", str(dashboard.meetings))
        xifeng, key = scope(demo, XIFENG), f"short@{XIFENG}"
        decisions.decide(key, "workers", xifeng, "招聘", "民政局", date.max, date.min, record_nothing)
        code = shows.start(key, XIFENG, "2026", record_nothing)
        area = {"area": XIFENG}
        yield {
            "setup": Scene("meeting", "短会", area | {"playlist": key}, click_on("decision")),
            "screen": Scene(
                "meeting",
                "短会",
                {"show": code, "kiosk": "1"},
                component_event("stage", "asked", lambda: {"what": "decide", "turn": shows.find(code).turn}),
            ),
            "remote": Scene("meeting", "短会", {"control": code}, click_on("remote_decide")),
            "staffing": Scene(
                "staffing",
                "每万人",
                area,
                component_event("live", "open", lambda: "explain_staffing_ranking"),
                click_on("noting_"),
            ),
            "definitions": Scene("definitions", "公布的数字", area),
            "sql_lab": Scene(
                "sql_lab", "自由查询只向分析人员开放", area, click_on("sql_lab_run"), click_on("sql_lab_keep_open")
            ),
        }


# For each permission the clicks that need it: the scene, the widget's key, and the audit entry it leaves, or one of two.
PERMISSION_ATTEMPTS: dict[Permission, list[tuple[str, str, str]]] = {
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
ATTEMPTS = [(permission, *attempt) for permission, attempts in PERMISSION_ATTEMPTS.items() for attempt in attempts]
