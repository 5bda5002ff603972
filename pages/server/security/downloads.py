"""Gives each file that somebody takes away once, to the login that it was made for.

Streamlit keeps a file where anybody finds it who knows its address. The address is told on one socket alone, as the
answer to a click: this leans on that message, and on how the front end then asks, which is twice: it looks whether the
address answers (a `fetch` from the page), and has the browser take the file. Files that stand in a page's own messages
would be told otherwise and are given to nobody: pages have none. tests/pages/server/test_door.py clicks with a real
browser.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from sql.security.access import User

# Of files that were made and never fetched the oldest are given no more.
_MAX = 1000
_MARK = b"media/"
# How a page's own code asks: what it gets it could only show.
_LOOKING = ("cors", "same-origin", "no-cors")

Outcome = Literal["whole", "nothing", "refused"]
# How often a file may still be taken, and who took it to be made, by its address below the server's and the digest of
# the login; None where there is no login.
_grants: dict[tuple[str, str | None], tuple[int, User | None]] = {}


def grant(message: bytes, digest: str | None, find_person: Callable[[], User | None]) -> None:
    """Grants the file that a message to a browser tells the address of, if it does, to the login with that digest, for
    as long as who is behind it stays who they are now."""
    if _MARK not in message:
        return
    forward = ForwardMsg.FromString(message)
    response = forward.backend_operation_response
    if forward.WhichOneof("type") == "backend_operation_response" and response.deferred_file.url:
        key = response.deferred_file.url.lstrip("/"), digest
        _grants[key] = _grants.pop(key, (0, None))[0] + 1, find_person()
        while len(_grants) > _MAX:
            del _grants[next(iter(_grants))]


def claim(path: str, digest: str | None, mode: str | None, person: User | None) -> Outcome:
    """Takes the file at that path for a login; returns what to answer: the whole file, nothing to who only looks
    whether it answers, or a refusal, as to a person who has other roles or another area than when it was made.

    `mode` is the request's Sec-Fetch-Mode. Browsers leave it out where they come by another name than localhost and
    without TLS, as they may where no login is configured: there the two requests of a click cannot be told apart, and
    both are given the file.
    """
    left, made_for = _grants.get((path, digest), (None, None))
    if left is None or made_for != person:
        return "refused"
    if mode in _LOOKING:
        return "nothing"
    least = -1 if mode is None and digest is None else 0
    if left <= least:
        return "refused"
    _grants[path, digest] = left - 1, made_for
    return "whole"
