"""Work that waits for other work, at most N items at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from graphlib import CycleError

import pytest

from etl.build import parallel

SECONDS = 60


def begin(work: Callable) -> Callable:
    """Returns a function that begins work of one argument."""
    return lambda name: partial(work, name)


def test_two_run_at_once_and_each_waits_for_what_it_reads():
    met, taken = threading.Barrier(2), []

    def work(name: str) -> int:
        # Neither of the first two continues before the other has begun.
        if name in ("areas", "people"):
            met.wait(SECONDS)
        else:
            assert set(taken) == {"areas", "people"}
        return len(name)

    for name, length in parallel.run({"both": {"areas", "people"}, "areas": set(), "people": set()}, begin(work), 2):
        taken.append(name)
        assert length == len(name)
    assert taken[2:] == ["both"] and len(taken) == 3


def test_no_more_run_at_once_than_the_limit():
    slots = threading.Semaphore(2)

    def work(name: int) -> int:
        assert slots.acquire(blocking=False)
        time.sleep(0.001)
        slots.release()
        return name

    assert dict(parallel.run({name: set() for name in range(50)}, begin(work), 2)) == {name: name for name in range(50)}


def test_after_a_failure_nothing_begins_and_running_work_is_awaited():
    failed, begun, ended = threading.Event(), [], []

    def work(name: str) -> None:
        begun.append(name)
        if name == "bad":
            failed.set()
            raise ValueError(name)
        failed.wait(SECONDS)
        ended.append(name)

    with pytest.raises(ValueError, match="bad"):
        list(parallel.run({"bad": set(), "slow": set(), "third": set(), "after": {"bad"}}, begin(work), 2))
    assert begun == ["bad", "slow"] and ended == ["slow"]


def test_a_circle_is_refused_before_anything_begins():
    with pytest.raises(CycleError):
        list(parallel.run({"one": {"two"}, "two": {"one"}}, begin(pytest.fail), 2))
