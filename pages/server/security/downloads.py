"""Sends each downloaded file once, to the login that it was made for.

Streamlit serves a file to anybody who knows its address. It sends the address on one socket only, in reply to a click.
This relies on that message and on the two requests that the front end then makes: a `fetch` from the page to check the
address, and the download by the browser. Files whose address comes with a page's own messages are refused to everybody:
pages have none. tests/pages/server/test_door.py clicks with a real browser.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from pages.internals import messages
from sql.security.access import User

# Beyond this the oldest files that were never fetched are refused.
_MAX_GRANTS = 1000
# Values of Sec-Fetch-Mode for requests by a page's own code, which check that the file exists.
_CHECK_MODES = ("cors", "same-origin", "no-cors")

Outcome = Literal["whole", "nothing", "refused"]
# How many downloads of a file are left, and the user it was made for; by its address below the server's and the digest
# of the login, which is None without a login.
_grants: dict[tuple[str, str | None], tuple[int, User | None]] = {}


def grant(message: bytes, digest: str | None, find_person: Callable[[], User | None]) -> None:
    """Grants the file whose address a message to a browser holds, if any, to the login with that digest.

    The grant ends when the user behind that login changes.
    """
    if address := messages.file_address(message):
        key = address, digest
        _grants[key] = _grants.pop(key, (0, None))[0] + 1, find_person()
        while len(_grants) > _MAX_GRANTS:
            del _grants[next(iter(_grants))]


def claim(path: str, digest: str | None, mode: str | None, person: User | None) -> Outcome:
    """Claims the file at that path for a login; returns the response to send: the whole file, nothing if the request
    only checks the address, or a refusal, for instance if the person's roles or area have changed since it was made.

    `mode` is the request's Sec-Fetch-Mode. Browsers omit it on connections without TLS to a name other than localhost,
    which is possible if no login is configured. The two requests of a click then look the same, and both receive the
    file.
    """
    downloads_left, made_for = _grants.get((path, digest), (None, None))
    if downloads_left is None or made_for != person:
        return "refused"
    if mode in _CHECK_MODES:
        return "nothing"
    min_left = -1 if mode is None and digest is None else 0
    if downloads_left <= min_left:
        return "refused"
    _grants[path, digest] = downloads_left - 1, made_for
    return "whole"
