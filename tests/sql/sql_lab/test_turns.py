"""The order of statements in the SQL lab: one at a time for each person, people in turn, and few waiting."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sql.sql_lab import StatementError, execution, run_statement, runner
from sql.sql_lab.fair_queue import FairQueue
from tests.helpers.statement_tester import SLOW_STATEMENT

ME = "me"


class Left(Exception):
    """Raised when the user has left the page."""


class Asking:
    """Represents a user in the queue: if they wait or run, the reported number of users before them, and their leaving."""

    def __init__(self, line: FairQueue, who: str, log: list[str], name: str) -> None:
        self.heard: list[int] = []
        self._is_placed, self._is_told, self._runs, self._is_to_end = (threading.Event() for _ in range(4))
        self._thread = threading.Thread(target=self._wait, args=(line, who, log, name))
        self._thread.start()
        assert self._is_placed.wait(30)

    def _wait(self, line: FairQueue, who: str, log: list[str], name: str) -> None:
        def report(before: int) -> None:
            self.heard.append(before)
            self._is_placed.set()
            self._is_told.set()

        with line.slot(who, report):
            log.append(name)
            self._is_placed.set()
            self._runs.set()
            self._is_to_end.wait(30)

    def runs(self) -> bool:
        """Waits until it is their turn."""
        return self._runs.wait(30)

    def hears(self) -> int:
        """Waits for the next report of how many are before them."""
        self._is_told.clear()
        assert self._is_told.wait(30)
        return self.heard[-1]

    def is_running(self) -> bool:
        return self._runs.is_set()

    def end(self) -> None:
        self._is_to_end.set()
        self._thread.join(30)


def test_people_take_turns_and_nobody_has_two_at_once():
    line, log = FairQueue(2, 3), []
    first, second, third = (Asking(line, "long", log, f"long {place}") for place in range(3))
    assert first.runs() and not second.is_running()
    # There is room beside a user's running statement: another user's begins at once, though it came later.
    other = Asking(line, "other", log, "other 0")
    assert other.runs() and other.heard == [] and not second.is_running()
    # A user without a turn so far comes before one who just had a turn.
    late = Asking(line, "late", log, "late 0")
    first.end()
    assert late.runs() and not second.is_running()
    other.end()
    assert second.runs() and not third.is_running()
    late.end()
    assert not third.is_running()
    second.end()
    assert third.runs()
    third.end()
    assert log == ["long 0", "other 0", "late 0", "long 1", "long 2"]


def test_waiting_users_see_how_many_have_their_turn_before():
    line, log = FairQueue(1, 3), []
    runs = Asking(line, "a", log, "a 0")
    waiting = [Asking(line, who, log, f"{who} {place}") for place, who in enumerate("abbca", 1)]
    assert runs.runs()
    # One runs; b and c have a turn, then a, then the second of b, then of a.
    expected = [3, 1, 4, 2, 5]
    for one, before in zip(waiting, expected, strict=True):
        assert one.hears() == before
    runs.end()
    for place in (1, 3, 0, 2, 4):
        assert waiting[place].runs()
        waiting[place].end()
    assert log == ["a 0", "b 2", "c 4", "a 1", "b 3", "a 5"]


def test_few_statements_of_a_person_wait_and_the_next_is_refused_with_a_message():
    line, log = FairQueue(2, 2), []
    three = [Asking(line, "long", log, f"long {place}") for place in range(3)]
    with pytest.raises(StatementError, match="2 of your queries are already waiting") as refused:
        Asking._wait(three[0], line, "long", log, "a fourth")
    assert refused.value.why == "waiting" and refused.value.zh.startswith("您已有 2 条查询在等")
    other = Asking(line, "other", log, "other 0")
    assert other.runs()
    for one in (*three, other):
        assert one.runs()
        one.end()
    assert log == ["long 0", "other 0", "long 1", "long 2"]
    # The queue keeps nothing about anybody.
    assert line._running == {} and line._waiting == {}


def test_six_long_statements_of_one_person_leave_another_s_answered_at_once(demo):
    outcomes: list[str] = []
    runs, are_to_end = threading.Event(), threading.Event()

    def long() -> None:
        def report(before: int) -> None:
            if before == 0:
                runs.set()
            if are_to_end.is_set():
                raise Left

        try:
            run_statement(demo, SLOW_STATEMENT, "long", report)
        except StatementError as error:
            outcomes.append(error.why)
        except Left:
            outcomes.append("left")

    with ThreadPoolExecutor(6) as pool:
        try:
            six = [pool.submit(long) for _ in range(6)]
            assert runs.wait(30)
            reports: list[int] = []
            assert run_statement(demo, "select 1", "other", reports.append).rows.item() == 1
            # While it ran; it never waited.
            assert set(reports) <= {0}
        finally:
            are_to_end.set()
        for one in six:
            one.result()
    assert outcomes.count("waiting") == 3


def test_the_third_waits_and_sees_how_many_are_before(demo):
    reports: list[int] = []
    run, are_to_end = [threading.Event(), threading.Event()], threading.Event()

    def busy(place: int) -> None:
        def report(before: int) -> None:
            assert before == 0
            run[place].set()
            if are_to_end.is_set():
                raise Left

        with pytest.raises(Left):
            run_statement(demo, SLOW_STATEMENT, f"busy {place}", report)

    def wait(before: int) -> None:
        reports.append(before)
        are_to_end.set()

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(busy, place) for place in range(2)]
        assert all(one.wait(8) for one in run)
        assert run_statement(demo, "select 1", ME, wait).rows.item() == 1
        # Two ran; then one had ended, or both; then it ran itself.
        assert reports[0] == 2 and reports == sorted(reports, reverse=True)
        for one in both:
            one.result()


def test_a_user_who_leaves_gives_up_their_place_and_ends_their_process(demo):
    def leave(_before: int) -> None:
        raise Left

    begun = threading.active_count()
    with pytest.raises(Left):
        run_statement(demo, SLOW_STATEMENT, ME, leave)
    assert execution._QUEUE._running == {} and execution._QUEUE._waiting == {} and threading.active_count() == begun
    assert not [
        path
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if runner._PROCESS.name.encode() in read(path) and mine(path)
    ]


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def mine(path: Path) -> bool:
    """Returns true where a process, given by its command line's path, is a child of this one."""
    return f"\nPPid:\t{os.getpid()}\n".encode() in read(path.with_name("status"))
