"""Tests that users who open pages at once all get the locations of metrics."""

from __future__ import annotations

import gc
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from pages.ui.kit import metric_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

THREADS = 6
PAGES = ["requests", "workforce", "partners", "training"]


@pytest.fixture
def crowded() -> Iterator[None]:
    """Lets threads take turns within a single call, as they do on a busy server: at each garbage collection."""

    def take_turns(_phase: str, _info: dict[str, int]) -> None:
        time.sleep(0)

    interval, threshold = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(50)
    gc.callbacks.append(take_turns)
    yield
    gc.callbacks.remove(take_turns)
    gc.set_threshold(*threshold)
    sys.setswitchinterval(interval)


def test_pages_are_read_by_many_users_at_once(crowded):
    expected = {page: metric_pages.views(page) for page in PAGES}
    with ThreadPoolExecutor(THREADS) as users:
        read = list(users.map(metric_pages.views, PAGES * 25))
    assert read == [expected[page] for page in PAGES * 25]
    assert all(expected.values())
