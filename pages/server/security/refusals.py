"""Writes to the audit log who was refused at the door: one entry a person, kind and minute, with how often.

So a flood of refusals from somebody without a name is a line a minute. What they asked for is nowhere.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Literal

from anyio import to_thread

from sql.audit import log
from sql.audit.log import AuditError

Kind = Literal["foreign", "not_logged_in", "closed_route", "not_administrator", "not_theirs"]
# Who is refused without a login.
NOBODY = "?"
_SECONDS = 60

_counts: Counter[tuple[str, Kind]] = Counter()
_pending = asyncio.Event()


def add(kind: Kind, who: str = NOBODY) -> None:
    """Has a refusal recorded with the next entry."""
    _counts[who, kind] += 1
    _pending.set()


async def record_pending() -> None:
    """Records refusals until it is cancelled, the first at once; those left then are recorded before it ends."""
    try:
        while True:
            await _pending.wait()
            _pending.clear()
            await to_thread.run_sync(_record)
            await asyncio.sleep(_SECONDS)
    finally:
        _record()


def _record() -> None:
    for (who, kind), times in list(_counts.items()):
        try:
            log.record("refused", who, detail={"what": kind, "times": times})
        except AuditError:
            # The count stands, and is tried again with the next one.
            return
        # Meanwhile there may be more.
        _counts[who, kind] -= times
        if not _counts[who, kind]:
            del _counts[who, kind]
