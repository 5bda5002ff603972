"""Gives each file that somebody takes away once, to the login that it was made for.

Streamlit keeps a file where anybody finds it who knows its address. The address is told on one socket alone, as the
answer to a click: this leans on that message, and on nothing else of Streamlit's. Files that stand in a page's own
messages would be told otherwise and are given to nobody: pages have none.
"""

from __future__ import annotations

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

# Of files that were made and never fetched the oldest are given no more.
_MAX = 1000
_MARK = b"media/"

# Address below the server's, and the digest of the login; None where there is no login.
_grants: dict[tuple[str, str | None], None] = {}


def grant(message: bytes, digest: str | None) -> None:
    """Grants the file that a message to a browser tells the address of, if it does, to the login with that digest."""
    if _MARK not in message:
        return
    told = ForwardMsg.FromString(message)
    if told.WhichOneof("type") == "backend_operation_response" and told.backend_operation_response.deferred_file.url:
        _grants[told.backend_operation_response.deferred_file.url.lstrip("/"), digest] = None
        while len(_grants) > _MAX:
            del _grants[next(iter(_grants))]


def take(path: str, digest: str | None) -> bool:
    """Returns whether the file at that path is for that login; from then on it is no more."""
    is_theirs = (path, digest) in _grants
    _grants.pop((path, digest), None)
    return is_theirs
