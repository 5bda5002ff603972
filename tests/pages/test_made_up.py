"""Made-up browser input: anything sent for a component, a widget or an address has no effect, or leads to a message."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pages.meeting import shows
from pages.ui.kit import metric_pages
from sql.warehouse import Version
from tests.helpers.depth import examples
from tests.helpers.pages import widgets
from tests.helpers.pages.browser import serve
from tests.helpers.pages.dashboard import PLAYLIST
from tests.helpers.pages.internals import WidgetState
from tests.helpers.pages.screens import PAGES
from tests.helpers.pages.sockets import Run, Visitor, open_visitor
from tests.helpers.warehouse.world import record_nothing

AREA = "621002"
# Values that may come in place of a component's event.
SAID: tuple[object, ...] = (
    None,
    True,
    7,
    -1e308,
    10**400,
    "next",
    "\ud800",
    [],
    [{"turn": 0, "what": "next"}],
    {},
    {"turn": 0},
    {"what": "next"},
    {"turn": None, "what": "next"},
    {"turn": "0", "what": "next"},
    {"turn": 0.0, "what": "pause"},
    {"turn": 10**400, "what": "next"},
    {"turn": -(2**63), "what": "decide"},
    {"turn": 0, "what": None},
    {"turn": 0, "what": ["next"]},
    {"turn": 0, "what": {"next": 1}},
    {"turn": 0, "what": "drop table shows"},
    {"turn": {}, "what": {}},
)
# Values that may come in place of a widget's state.
STATES: tuple[str, ...] = (
    "",
    "null",
    "7",
    '"text"',
    "[]",
    "{}",
    '{"selection": null}',
    '{"selection": 7}',
    '{"selection": []}',
    '{"selection": {}}',
    '{"selection": {"rows": 7, "columns": 7, "cells": 7, "points": 7, "indices": 7, "objects": 7}}',
    '{"selection": {"rows": [], "columns": ["x"], "cells": [[9, "x"]], "points": [7], "objects": {"areas": [7]}}}',
    '{"selection": {"rows": [-1], "columns": [], "cells": [], "points": [{}], "objects": {"areas": [{}]}}}',
    '{"selection": {"rows": ["x"], "columns": [], "cells": [], "points": [{"customdata": 7}], "objects": {"areas": 7}}}',
    '{"selection": {"rows": [], "columns": [], "cells": [], "points": [{"customdata": ["nowhere"], "x": {}}], '
    '"objects": {"areas": [{"code": {}}]}}}',
    '{"width": {}}',
    '{"width": 1e999}',
    "{",
)
# Values that may come in an address.
TEXTS = (
    "",
    "nowhere",
    "2026-13",
    "9" * 400,
    "٢٠٢٦",
    "2026..",
    "..",
    "0000",
    "\x00",
    "'; drop table x",
    "=1+1",
    "%s{0}",
)
PARAMETERS = ("area", "period", "lang", "metric", "places", "compare", "view", "kind", "playlist", "kiosk", "search")


@pytest.fixture(scope="module")
def meetings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("meetings")
    (folder / "short.toml").write_text(PLAYLIST, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINLI_MEETINGS", str(folder))
        yield folder


@pytest.fixture(scope="module")
def visitor(meetings: Path, demo_folder: Path) -> Iterator[Visitor]:
    with serve(demo_folder) as address, open_visitor(address) as found:
        yield found


@pytest.fixture
def show(demo: Version, meetings: Path) -> str:
    return shows.start("short", AREA, "2026", record_nothing)


def complaints(run: Run) -> list[str]:
    """Returns the uncaught errors that a run shows."""
    return [element.message for element in run.elements("exception")]


def components(run: Run, key: str) -> list[str]:
    return [element.id for element in run.elements("bidi_component") if widgets.key(element.id).endswith(key)]


@pytest.mark.parametrize("key", ["stage", "live"])
def test_made_up_events_of_a_component_have_no_effect(visitor, show, key):
    query = {"show": show, "kiosk": "1"}
    (name,) = components(visitor.ask("meeting", query), key)
    event, found = {"stage": "asked", "live": "open"}[key], []
    for value in SAID:
        run = visitor.ask("meeting", query, widgets.component_states(name, event, value))
        found += [(value, complaint) for complaint in complaints(run)]
    aggregator = widgets.component_states(name, event, None)[1].id
    for text in (*STATES, '[{"event": 7}]', json.dumps([{"event": event}]), '[7, null, [], {"value": 1}]', "[[]]"):
        states = [WidgetState(id=name, json_value=text), WidgetState(id=aggregator, json_trigger_value=text)]
        found += [(text, complaint) for complaint in complaints(visitor.ask("meeting", query, states))]
    assert found == []
    after = shows.find(show)
    assert (after.position, after.turn, after.is_paused) == (0, 0, False)


def test_a_screens_request_at_its_turn_is_done_and_a_deleted_show_is_reported(visitor, show, meetings):
    query = {"show": show, "kiosk": "1"}
    (name,) = components(visitor.ask("meeting", query), "stage")
    visitor.ask("meeting", query, widgets.component_states(name, "asked", {"what": "next", "turn": 0}))
    assert shows.find(show).position == 1
    (meetings / "meetings.sqlite").unlink()
    run = visitor.ask("meeting", query, widgets.component_states(name, "asked", {"what": "next", "turn": 1}))
    assert complaints(run) == [] and any("没有代码为" in alert.body for alert in run.elements("alert"))


# First two pages that have maps, pictures and tables.
VIEWS = [("staffing", ""), ("coverage", "")]
VIEWS += [(page, view) for page in (*PAGES, "meeting", "sql_lab") for view in metric_pages.views(page) or [""]]


def test_made_up_widget_states_have_no_effect(visitor):
    """Pictures, tables and maps send the clicked element as JSON."""
    found = []
    for page, view in VIEWS[: examples(2, len(VIEWS))]:
        query = {"area": AREA, "period": "2026"} | ({"view": view} if view else {})
        run = visitor.ask(page, query)
        made_up = [
            element.id
            for kind in ("plotly_chart", "dataframe", "deck_gl_json_chart")
            for element in run.elements(kind)
            if element.id
        ]
        rulers = components(run, "ruler")
        for text in STATES:
            states = [WidgetState(id=name, string_value=text) for name in made_up]
            states += [WidgetState(id=name, json_value=text) for name in rulers]
            found += [(page, view, text, complaint) for complaint in complaints(visitor.ask(page, query, states))]
    assert found == []


def test_a_made_up_address_ends_in_a_message(visitor):
    found = []
    pages = ("meeting", "requests", "sql_lab", *PAGES)
    for page in pages[: examples(2, len(pages))]:
        for text in TEXTS:
            query = dict.fromkeys(PARAMETERS, text)
            found += [(page, text, complaint) for complaint in complaints(visitor.ask(page, query))]
    for text in TEXTS:
        for name in ("show", "control"):
            found += [(name, text, complaint) for complaint in complaints(visitor.ask("meeting", {name: text}))]
    assert found == []


def test_a_choice_that_is_not_offered_is_none(visitor):
    found = []
    pages = (("sql_lab", {}), ("coverage", {"area": AREA}), ("definitions", {}), ("meeting", {"area": AREA}))
    for page, query in pages[: examples(1, len(pages))]:
        for text in TEXTS:
            run = visitor.ask(page, query)
            states = []
            for kind in ("selectbox", "menu_button", "button_group"):
                for element in run.elements(kind):
                    state = WidgetState(id=element.id)
                    if kind == "selectbox":
                        state.string_value = text
                    elif kind == "menu_button":
                        state.string_trigger_value.data = text
                    else:
                        state.string_array_value.data.append(text)
                    states.append(state)
            found += [(page, text, complaint) for complaint in complaints(visitor.ask(page, query, states))]
    assert found == []


@pytest.mark.parametrize(
    ("page", "start", "opened"),
    [("meeting", "FormSubmitter:decide", ""), ("staffing", "noting_staffing_ranking_add", "explain_staffing_ranking")],
)
def test_an_empty_or_made_up_day_ends_in_a_message_or_leaves_the_day_unchanged(visitor, show, page, start, opened):
    query = {"control": show} if page == "meeting" else {"area": AREA}
    run = visitor.ask(page, query)
    if opened:
        (live,) = components(run, "live")
        run = visitor.ask(page, query, widgets.component_states(live, "open", opened))
    (day,) = [element.id for element in run.elements("date_input")]
    emptied = WidgetState(id=day)
    emptied.string_array_value.SetInParent()
    clicked = widgets.find_widget(run, start)
    answer = visitor.ask(page, query, [*widgets.click_states(run, clicked), emptied], clicked.fragment)
    assert complaints(answer) == []
    assert any(word in alert.body for alert in answer.elements("alert") for word in ("要写明完成期限", "应写成"))


def test_the_values_include_everything_json_can_hold():
    kinds = {type(value) for value in SAID}
    assert {type(None), bool, int, float, str, list, dict} <= kinds
    assert all(json.dumps(value) for value in SAID)
