"""Writes refused requests to the audit log: one entry per user, reason and minute, with a count.

A flood of refusals without a login is thus one line per minute. What was requested is not recorded.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Literal

from anyio import to_thread

from sql.audit import log
from sql.audit.log import AuditError

Kind = Literal["foreign", "not_logged_in", "closed_route", "not_administrator", "not_theirs"]
# The name in the log for requests without a login.
NOBODY = "?"
_SECONDS = 60

_counts: Counter[tuple[str, Kind]] = Counter()
_pending = asyncio.Event()


def add(kind: Kind, user: str = NOBODY) -> None:
    """Counts a refusal for the next entry."""
    _counts[user, kind] += 1
    _pending.set()


async def record_pending() -> None:
    """Records refusals until it is cancelled, the first at once; records the remaining ones before it ends."""
    try:
        while True:
            await _pending.wait()
            _pending.clear()
            await to_thread.run_sync(_record)
            await asyncio.sleep(_SECONDS)
    finally:
        _record()


def _record() -> None:
    for (user, kind), times in list(_counts.items()):
        try:
            log.record("refused", user, detail={"what": kind, "times": times})
        except AuditError:
            # The count is kept and recorded with the next refusal.
            return
        # More may have been added meanwhile.
        _counts[user, kind] -= times
        if not _counts[user, kind]:
            del _counts[user, kind]
