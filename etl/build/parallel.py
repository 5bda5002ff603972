"""Runs work that waits for other work, so many at a time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Set
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)
Outcome = TypeVar("Outcome")


def run(
    waits_for: Mapping[Name, Set[Name]], begin: Callable[[Name], Callable[[], Outcome]], at_a_time: int
) -> Iterator[tuple[Name, Outcome]]:
    """Gives each name's outcome once it is there; what waits for it begins only after that was taken.

    `begin` is called here, and gives what is run in a thread. Raises CycleError for names that wait for each other,
    and what was raised for a name, once what ran beside it has ended; nothing new begins then.
    """
    order = TopologicalSorter(waits_for)
    order.prepare()
    ready: list[Name] = []
    running: dict[Future[Outcome], Name] = {}
    with ThreadPoolExecutor(at_a_time) as pool:
        while order.is_active():
            ready += order.get_ready()
            while ready and len(running) < at_a_time:
                name = ready.pop(0)
                running[pool.submit(begin(name))] = name
            for ended in wait(running, return_when=FIRST_COMPLETED).done:
                name = running.pop(ended)
                yield name, ended.result()
                order.done(name)
