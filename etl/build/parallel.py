"""Runs jobs that depend on each other in threads, at most a given number at a time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Set
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)
Outcome = TypeVar("Outcome")


def run(
    waits_for: Mapping[Name, Set[Name]], begin: Callable[[Name], Callable[[], Outcome]], max_parallel: int
) -> Iterator[tuple[Name, Outcome]]:
    """Yields the outcome of each job as it finishes; dependent jobs start only after the caller has received it.

    `begin` is called in this thread and returns the function to run in a worker thread. Raises CycleError for jobs that
    wait for each other. After a job fails no new one starts; its exception is raised once the running jobs have ended.
    """
    order = TopologicalSorter(waits_for)
    order.prepare()
    ready: list[Name] = []
    running: dict[Future[Outcome], Name] = {}
    with ThreadPoolExecutor(max_parallel) as pool:
        while order.is_active():
            ready += order.get_ready()
            while ready and len(running) < max_parallel:
                name = ready.pop(0)
                running[pool.submit(begin(name))] = name
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                name = running.pop(future)
                yield name, future.result()
                order.done(name)
