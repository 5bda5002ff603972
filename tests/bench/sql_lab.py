"""What the dashboard's viewers wait for while two statements that never end run at the workbench, and while none do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sql import warehouse
from sql.sql_lab import StatementError, execution, run_statement
from sql.warehouse import Version
from tests.bench.processes import server_pid
from tests.bench.viewers import Crowd, crowd
from tests.helpers.browser import serve

# One that works a core without end, and one that takes all the memory it may have, again and again.
BOMBS = (
    "select count(*) from range(10000000000000) where hash(range) = 1",
    "select count(distinct a.request_id || b.request_id) from requests as a, requests as b",
)


def run_alternately(folder: Path, viewers: int, seconds: float, times: int) -> Iterator[tuple[str, Crowd]]:
    """A crowd without and one with bombs, by turns on one server, so that other work on the machine meets both."""
    version = warehouse.current_version(folder)
    with serve(folder) as address:
        process = [server_pid(address)]
        # Fills the caches: each crowd goes the same ways.
        crowd([address], process, version, viewers, 2 * seconds)
        for _ in range(times):
            yield "none", crowd([address], process, version, viewers, seconds)
            with _bombs(version):
                yield "two", crowd([address], process, version, viewers, seconds)


@contextmanager
def _bombs(version: Version) -> Iterator[None]:
    """As many statements at once as may run, begun again as soon as one is ended."""
    is_over = threading.Event()

    class Over(Exception):
        """The crowd has left."""

    def look(_before: int) -> None:
        if is_over.is_set():
            raise Over

    def again(bomb: str) -> None:
        while not is_over.is_set():
            try:
                run_statement(version, bomb, f"crowd of {bomb}", look)
            except (StatementError, Over):
                continue

    threads = [threading.Thread(target=again, args=(bomb,)) for bomb in BOMBS[: execution.MAX_RUNNING]]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
