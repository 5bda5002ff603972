"""Measures the waits of viewers while two endless statements run in the SQL lab, and without them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sql import warehouse
from sql.sql_lab import StatementError, execution, run_statement
from sql.warehouse import Version
from tests.bench.pages.viewers import Crowd, crowd
from tests.bench.processes import server_pid
from tests.helpers.pages.browser import serve

# One keeps a core busy endlessly, the other repeatedly takes all the memory it is allowed.
BOMBS = (
    "select count(*) from range(10000000000000) where hash(range) = 1",
    "select count(distinct a.request_id || b.request_id) from requests as a, requests as b",
)


def run_alternately(folder: Path, viewers: int, seconds: float, times: int) -> Iterator[tuple[str, Crowd]]:
    """Runs crowds without and with bombs in turn on one server, so that other work on the machine affects both."""
    version = warehouse.current_version(folder)
    with serve(folder) as address:
        process = [server_pid(address)]
        # Fills the caches: each crowd opens the same pages.
        crowd([address], process, version, viewers, 2 * seconds)
        for _ in range(times):
            yield "none", crowd([address], process, version, viewers, seconds)
            with _bombs(version):
                yield "two", crowd([address], process, version, viewers, seconds)


@contextmanager
def _bombs(version: Version) -> Iterator[None]:
    """Runs as many statements as may run at once, each restarted as soon as it is stopped."""
    is_over = threading.Event()

    class Over(Exception):
        """Reports that the crowd has left."""

    def check(_before: int) -> None:
        if is_over.is_set():
            raise Over

    def repeat(bomb: str) -> None:
        while not is_over.is_set():
            try:
                run_statement(version, bomb, f"crowd of {bomb}", check)
            except (StatementError, Over):
                continue

    threads = [threading.Thread(target=repeat, args=(bomb,)) for bomb in BOMBS[: execution.MAX_RUNNING]]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
